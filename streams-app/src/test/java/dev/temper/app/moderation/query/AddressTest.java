package dev.temper.app.moderation.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.streams.state.HostInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressTest {

    @ParameterizedTest
    @CsvSource({
        "'', http://127.0.0.1:8686, http://127.0.0.1:8686",
        "'', http://[0:0:0:0:0:0:0:1]:8686, http://[0:0:0:0:0:0:0:1]:8686",
        "https://temper-0.temper:443, http://0.0.0.0:8686, https://temper-0.temper:443"
    })
    void shouldBeWhatIsAdvertisedOrElseTheServersOwn(String advertised, String server, String url) {
        // When
        Address address = Address.of(advertised, server);

        // Then
        assertThat(address.url()).isEqualTo(url);
        assertThat(address.of(HostInfo.buildFromEndpoint(address.hostAndPort())))
                .isEqualTo(address);
    }

    @Test
    void shouldNameThisMachineWhereTheServerListensOnAll() {
        // When
        Address address = Address.of("", "http://0.0.0.0:8686");

        // Then
        assertThat(address.host()).isNotEqualTo("0.0.0.0").isNotEmpty();
        assertThat(address.port()).isEqualTo(8686);
    }
}
