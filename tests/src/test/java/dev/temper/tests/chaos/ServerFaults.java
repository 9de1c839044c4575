package dev.temper.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.app.Sidecar;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.tests.chaos.Load.Draft;
import dev.temper.tests.chaos.Sent.Due;
import dev.temper.tests.stream.Backbone;
import dev.temper.tests.stream.PacedEngine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.streams.KafkaStreams;

/** Harm to what the sidecar stands on: brokers and registry. The sidecar is in this process and is never touched. */
final class ServerFaults {
    private final Trial trial;
    private final Backbone servers;
    private final Scale scale;

    ServerFaults(Trial trial, Backbone servers, Scale scale) {
        this.trial = trial;
        this.servers = servers;
        this.scale = scale;
    }

    /** Each broker goes away for up to a few seconds and comes back, one after the other. */
    void restartBrokers() throws Exception {
        Random moments = new Random(scale.seed());
        try (PacedEngine engine = new PacedEngine(16, 12);
                Sidecar sidecar = trial.sidecar(engine);
                Load load = trial.load()) {
            trial.awaitAnswers(20);
            for (int round = 0; round < scale.brokerRounds(); round++) {
                for (int node = 0; node < servers.brokers().count(); node++) {
                    Ledger.Fault fault = trial.ledger().fault();
                    servers.brokers().interrupt(node, Duration.ofMillis(moments.nextInt(scale.brokerOutageMs())));
                    trial.awaitEndOf(fault);
                }
            }
            end(load, sidecar);
        }
    }

    /** While the registry is away, prompts come whose schema only the registry knows. */
    void loseRegistry() throws Exception {
        Schema schema = newSchema();
        int id = servers.registryClient().register(trial.promptsTopic() + "-value", schema);
        IntFunction<Draft> known = trial.good();
        try (PacedEngine engine = new PacedEngine(16, 12);
                Sidecar sidecar = trial.sidecar(engine)) {
            try (Load load = trial.load(known, 100)) {
                trial.awaitSent(load);
            }
            trial.awaitAllAnswered();
            servers.stopRegistry();
            IntFunction<Draft> mixed = n -> n % 10 == 3 ? ofNewSchema(schema, id, n) : known.apply(n);
            try (Load load = trial.load(mixed, Integer.MAX_VALUE)) {
                trial.awaitAnswers(20); // those whose schema is known go on
                Thread.sleep(scale.outageMs());
                int waiting = trial.ledger().sentCount() - trial.ledger().answeredCount();
                assertThat(waiting).as("prompts that wait for the registry").isPositive();
                trial.ledger().fault();
                servers.startRegistry();
                trial.awaitAnswers(100);
                end(load, sidecar);
            }
        }
    }

    /** The prompt's schema as a later client may have it: one more field. */
    private static Schema newSchema() {
        Schema today = PromptEvent.getClassSchema();
        List<Schema.Field> fields = new ArrayList<>();
        today.getFields().forEach(field -> fields.add(new Schema.Field(field, field.schema())));
        fields.add(new Schema.Field("mood", Schema.create(Schema.Type.STRING), "Theirs.", "fine"));
        return Schema.createRecord(today.getName(), today.getDoc(), today.getNamespace(), false, fields);
    }

    private static Draft ofNewSchema(Schema schema, int id, int n) {
        String text = "prompt " + n + " of a new schema";
        GenericRecord prompt =
                new GenericRecordBuilder(schema).set("prompt", text).build();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        try {
            new GenericDatumWriter<GenericRecord>(schema).write(prompt, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Draft(text, bytes.toByteArray(), Due.ANSWER);
    }

    private void end(Load load, Sidecar sidecar) throws Exception {
        load.finish();
        trial.awaitAllAnswered();
        assertThat(sidecar.state()).isEqualTo(KafkaStreams.State.RUNNING);
        sidecar.close();
    }
}
