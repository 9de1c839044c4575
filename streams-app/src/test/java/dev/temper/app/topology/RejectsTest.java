package dev.temper.app.topology;

import static dev.temper.app.topology.TopologyHarness.at;
import static dev.temper.app.topology.TopologyHarness.chat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.schemas.event.Message;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RejectEvent;
import dev.temper.schemas.event.RejectReason;
import dev.temper.schemas.event.RequestedParameters;
import dev.temper.schemas.event.ResultEvent;
import dev.temper.schemas.event.Role;
import dev.temper.schemas.event.Stage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@SuppressWarnings("NullAway.Init") // JUnit sets the fields
class RejectsTest {
    private static final int MAX_RECORD_BYTES = 40_000;

    @TempDir
    Path folder;

    private TopologyHarness service;

    @BeforeEach
    void start() {
        service = new TopologyHarness(folder, "limits: {max_record_bytes: " + MAX_RECORD_BYTES + "}");
    }

    @AfterEach
    void close() {
        service.close();
    }

    private static PromptEvent messages(Object... rolesAndTexts) {
        Stream<Message> messages = java.util.stream.IntStream.range(0, rolesAndTexts.length / 2)
                .mapToObj(i -> new Message((Role) rolesAndTexts[2 * i], (String) rolesAndTexts[2 * i + 1]));
        return PromptEvent.newBuilder().setMessages(messages.toList()).build();
    }

    private static PromptEvent asking(RequestedParameters.Builder parameters) {
        return chat("secret words").setParameters(parameters.build()).build();
    }

    private static RequestedParameters.Builder ask() {
        return RequestedParameters.newBuilder();
    }

    static Stream<Arguments> badPrompts() {
        return Stream.of(
                Arguments.of(messages(), "neither messages nor prompt"),
                Arguments.of(chat("a").setPrompt("b").build(), "both messages and prompt"),
                Arguments.of(PromptEvent.newBuilder().setPrompt("  ").build(), "the prompt is blank"),
                Arguments.of(messages(Role.USER, " "), "message 1 of 1 is blank"),
                Arguments.of(messages(Role.UNKNOWN, "a"), "unknown role"),
                Arguments.of(messages(Role.ASSISTANT, "a"), "message 1 of 1 has the role ASSISTANT where USER is due"),
                Arguments.of(messages(Role.USER, "a", Role.USER, "b"), "has the role USER where ASSISTANT is due"),
                Arguments.of(messages(Role.USER, "a", Role.SYSTEM, "b"), "which only the first message may have"),
                Arguments.of(messages(Role.SYSTEM, "a"), "does not end with a message of the user"),
                Arguments.of(messages(Role.USER, "a", Role.ASSISTANT, "b"), "does not end with a message of the user"),
                Arguments.of(chat("a").setId("i".repeat(300)).build(), "the id has 300 characters"),
                Arguments.of(chat("a").setTenant("t".repeat(300)).build(), "the tenant has 300 characters"));
    }

    @ParameterizedTest
    @MethodSource("badPrompts")
    void shouldRejectAPromptThatCannotBeAsked(PromptEvent prompt, String said) {
        // When
        service.send("c1", prompt);

        // Then
        RejectEvent reject = service.rejects().get(0);
        assertThat(reject.getReason()).isEqualTo(RejectReason.INVALID_PROMPT);
        assertThat(reject.getStage()).isEqualTo(Stage.VALIDATION);
        assertThat(reject.getDetail()).contains(said);
        assertThat(service.engine.offered).isEmpty();
        assertThat(service.inbox()).isZero();
    }

    static Stream<Arguments> badParameters() {
        return Stream.of(
                Arguments.of(ask().setTopP(0.0), "top_p must be in (0, 1], not 0.0"),
                Arguments.of(ask().setTopP(Double.NaN), "top_p"),
                Arguments.of(ask().setTemperature(-1.0), "temperature"),
                Arguments.of(ask().setTopK(-1), "top_k"),
                Arguments.of(ask().setMaxNewTokens(0), "max_new_tokens must be at least 1"),
                Arguments.of(ask().setMaxNewTokens(1_000_000), "max_new_tokens must be at most 1024"),
                Arguments.of(ask().setRepetitionPenalty(0.0), "repetition_penalty"),
                Arguments.of(ask().setStopStrings(List.of("")), "stop string"),
                Arguments.of(ask().setMinNewTokens(-1), "min_new_tokens"),
                Arguments.of(ask().setMinP(1.5), "min_p must be in [0, 1], not 1.5"),
                Arguments.of(ask().setTypicalP(0.0), "typical_p"),
                Arguments.of(ask().setEpsilonCutoff(1.0), "epsilon_cutoff"),
                Arguments.of(ask().setPresencePenalty(3.0), "presence_penalty"),
                Arguments.of(ask().setFrequencyPenalty(Double.NaN), "frequency_penalty"),
                Arguments.of(ask().setNoRepeatNgramSize(-2), "no_repeat_ngram_size"),
                Arguments.of(ask().setBadWords(List.of("secret words", " ")), "a bad word must not be blank"),
                Arguments.of(ask().setBeta(-1.0), "beta must be a finite number of at least 0"),
                Arguments.of(ask().setBetas(Map.of("toxicity", -2.0)), "beta of subspace 'toxicity'"),
                Arguments.of(ask().setBetas(Map.of("other", 1.0)), "there is no subspace 'other' here"),
                Arguments.of(ask().setMaxCandidates(1), "max_candidates"),
                Arguments.of(ask().setGuidanceMode(dev.temper.schemas.event.GuidanceMode.UNKNOWN), "guidance_mode"),
                Arguments.of(ask().setModel("gpt-9"), "the model 'gpt-9' is not run here"));
    }

    @ParameterizedTest
    @MethodSource("badParameters")
    void shouldRejectParametersOutOfRange(RequestedParameters.Builder parameters, String said) {
        // When
        service.send("c1", asking(parameters));

        // Then
        RejectEvent reject = service.rejects().get(0);
        assertThat(reject.getReason()).isEqualTo(RejectReason.INVALID_PARAMETERS);
        assertThat(reject.getDetail()).contains(said).doesNotContain("secret words");
    }

    @Test
    void shouldAcceptAConversationWithASystemMessageAndTurns() {
        // When
        service.send("c1", messages(Role.SYSTEM, "s", Role.USER, "a", Role.ASSISTANT, "b", Role.USER, "c"));

        // Then
        assertThat(service.engine.open()).containsExactly(at(0));
    }

    @Test
    void shouldKeepTheOriginalRecordAndSayWhatWasWrong() {
        // Given
        byte[] poison = "{\"json\": true}".getBytes(UTF_8);
        Headers headers = new RecordHeaders();
        headers.add("traceparent", "00-a-b-01".getBytes(UTF_8)).add("theirs", null);

        // When
        service.send("c1", poison, headers);

        // Then
        TestRecord<byte[], byte[]> record = service.rejectRecords().get(0);
        assertThat(record.key()).asString(UTF_8).isEqualTo("c1");
        assertThat(record.value()).isEqualTo(poison);
        assertThat(record.getRecordTime()).isEqualTo(TopologyHarness.START);
        assertThat(Arrays.stream(record.headers().toArray()).map(Header::key))
                .startsWith("traceparent", "theirs")
                .contains("temper.reject", "__streams.errors.exception", "__streams.errors.message");
        assertThat(header(record, "__streams.errors.topic")).isEqualTo("temper.prompts");
        assertThat(header(record, "__streams.errors.partition")).isEqualTo("0");
        assertThat(header(record, "__streams.errors.offset")).isEqualTo("0");
        RejectEvent reject = service.reject(record);
        assertThat(reject.getReason()).isEqualTo(RejectReason.UNREADABLE_RECORD);
        assertThat(reject.getStage()).isEqualTo(Stage.DESERIALIZATION);
        assertThat(reject.getAttempts()).isZero();
    }

    private static String header(TestRecord<?, ?> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    @Test
    void shouldTellAnUnknownSchemaATombstoneAndAnEventOfAnotherKindApart() {
        // Given
        byte[] unknownId = service.bytes(chat("a").build());
        unknownId[3] = 0x7f;
        byte[] cut = service.bytes(chat("some words").build());
        byte[] another = service.bytes(anotherEvent());

        // When
        service.send("c1", unknownId, new RecordHeaders());
        service.send("c2", null, new RecordHeaders());
        service.send("c3", another, new RecordHeaders());
        service.send("c4", Arrays.copyOf(cut, cut.length - 4), new RecordHeaders());

        // Then
        List<TestRecord<byte[], byte[]>> records = service.rejectRecords();
        assertThat(records)
                .extracting(record -> service.reject(record).getReason())
                .containsExactly(
                        RejectReason.UNKNOWN_SCHEMA,
                        RejectReason.MISSING_VALUE,
                        RejectReason.UNREADABLE_RECORD,
                        RejectReason.UNREADABLE_RECORD);
        assertThat(records.get(1).value()).isNull();
    }

    private RejectEvent anotherEvent() {
        service.send("c0", new byte[0], new RecordHeaders());
        return service.rejects().get(0);
    }

    @Test
    void shouldCutARecordThatIsTooLargeToBeSentAgain() {
        // Given
        byte[] large = new byte[MAX_RECORD_BYTES];
        Arrays.fill(large, (byte) 7);

        // When
        service.send("c1", large, new RecordHeaders());

        // Then
        TestRecord<byte[], byte[]> record = service.rejectRecords().get(0);
        assertThat(service.reject(record).getReason()).isEqualTo(RejectReason.RECORD_TOO_LARGE);
        assertThat(record.key()).asString(UTF_8).isEqualTo("c1");
        assertThat(record.value()).startsWith(7, 7, 7);
        assertThat(sizeOf(record)).isLessThan(MAX_RECORD_BYTES);
    }

    @Test
    void shouldCutEvenAKeyAndHeadersThatAreTooLarge() {
        // Given
        Headers headers = new RecordHeaders();
        headers.add("h", new byte[MAX_RECORD_BYTES]);

        // When
        service.send("k".repeat(MAX_RECORD_BYTES), new byte[] {1}, headers);

        // Then
        TestRecord<byte[], byte[]> record = service.rejectRecords().get(0);
        assertThat(service.reject(record).getReason()).isEqualTo(RejectReason.RECORD_TOO_LARGE);
        assertThat(sizeOf(record)).isLessThan(MAX_RECORD_BYTES);
    }

    @Test
    void shouldRejectAnAnswerThatWouldNotFit() {
        // Given
        service.send("c1", chat("a").build());

        // When
        service.engine.complete(at(0), "w".repeat(MAX_RECORD_BYTES), 0);
        service.tick();

        // Then
        RejectEvent reject = service.rejects().get(0);
        assertThat(reject.getReason()).isEqualTo(RejectReason.RECORD_TOO_LARGE);
        assertThat(reject.getStage()).isEqualTo(Stage.OUTPUT);
        assertThat(reject.getAttempts()).isEqualTo(1);
        assertThat(service.results()).isEmpty();
    }

    private static int sizeOf(TestRecord<byte[], byte[]> record) {
        return InboxEntry.sizeOf(record.key(), record.value(), record.headers());
    }

    @Test
    void shouldAnswerTheGoodAndRejectTheBadOfMixedTraffic() {
        // Given
        Random random = new Random(17);
        int good = 0;
        int bad = 0;

        // When
        for (int i = 0; i < 400; i++) {
            byte[] value = service.bytes(chat("prompt " + i).build());
            if (random.nextInt(3) == 0) {
                value[random.nextInt(5)] = (byte) 0xEE; // of the wire format's magic and schema id
                bad++;
            } else {
                good++;
            }
            service.send("c" + random.nextInt(10), value, new RecordHeaders());
            service.engine.open().forEach(id -> service.engine.complete(id, id, 0));
        }
        for (int i = 0; i < 400 && service.inbox() > 0; i++) {
            service.engine.open().forEach(id -> service.engine.complete(id, id, 0));
            service.tick();
        }

        // Then
        assertThat(service.results())
                .extracting(ResultEvent::getEventId)
                .hasSize(good)
                .doesNotHaveDuplicates();
        assertThat(service.rejects())
                .extracting(RejectEvent::getEventId)
                .hasSize(bad)
                .doesNotHaveDuplicates();
    }
}
