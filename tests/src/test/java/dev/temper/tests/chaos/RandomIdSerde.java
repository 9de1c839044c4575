package dev.temper.tests.chaos;

import dev.temper.schemas.event.FlaggedEvent;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RejectEvent;
import dev.temper.schemas.event.ResultEvent;
import dev.temper.schemas.serde.TemperAvroSerde;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/** The built-in serde, but every event gets a new id as it is written. */
public final class RandomIdSerde implements Serde<SpecificRecord> {
    private final TemperAvroSerde<PromptEvent> whole = new TemperAvroSerde<>();

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        whole.configure(configs, isKey);
    }

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"}) // it writes any record
    public Serializer<SpecificRecord> serializer() {
        Serializer any = whole.serializer();
        return (topic, event) -> any.serialize(topic, withRandomId(event));
    }

    private static SpecificRecord withRandomId(SpecificRecord event) {
        String id = UUID.randomUUID().toString();
        if (event instanceof ResultEvent result) {
            return ResultEvent.newBuilder(result).setEventId(id).build();
        } else if (event instanceof FlaggedEvent flagged) {
            return FlaggedEvent.newBuilder(flagged).setEventId(id).build();
        } else if (event instanceof RejectEvent reject) {
            return RejectEvent.newBuilder(reject).setEventId(id).build();
        }
        return event;
    }

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"}) // prompts are the only records that are read
    public Deserializer<SpecificRecord> deserializer() {
        return (Deserializer) whole.deserializer();
    }
}
