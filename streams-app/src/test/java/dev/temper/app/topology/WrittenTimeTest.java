package dev.temper.app.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WrittenTimeTest {

    @ParameterizedTest
    @CsvSource({"-1, 0", "0, 0", "1700000000000, 1700000000000"})
    void shouldNotFailOnARecordWithoutATime(long written, long expected) {
        // Given
        ConsumerRecord<Object, Object> record = new ConsumerRecord<>(
                "prompts",
                0,
                7,
                written,
                TimestampType.CREATE_TIME,
                1,
                1,
                "k",
                "v",
                new RecordHeaders(),
                Optional.empty());

        // When, Then
        assertThat(new WrittenTime().extract(record, 42)).isEqualTo(expected);
    }
}
