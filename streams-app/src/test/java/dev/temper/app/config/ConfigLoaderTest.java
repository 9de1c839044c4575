package dev.temper.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.app.policy.Action;
import dev.temper.app.policy.CategoryRule;
import dev.temper.runtime.TemperException;
import dev.temper.runtime.serve.GenerationRequest.PromptOverflow;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {
    private static final String LEAST =
            "kafka: {bootstrap.servers: 'b:9092'}\nschema_registry: {schema.registry.url: 'http://r:8081'}\n";

    private static final Path FOLDER = Path.of("/etc/temper");

    private static SidecarConfig parse(String more) {
        return ConfigLoader.parse("temper.yaml", LEAST + more, FOLDER);
    }

    @Test
    void shouldTakeDefaultsForAllThatIsLeftOut() {
        // When
        SidecarConfig config = parse("");

        // Then
        assertThat(config.topics().prompts()).isEqualTo("temper.prompts");
        assertThat(config.engine()).isEqualTo(EngineConfig.DEFAULT);
        assertThat(config.limits()).isEqualTo(LimitsConfig.DEFAULT);
        assertThat(config.policy().defaultRule().action()).isEqualTo(Action.BLOCK);
        assertThat(config.kafka()).containsEntry("state.dir", "/etc/temper/.temper/state");
    }

    @Test
    void shouldReadTheExampleAsTheDefaultsThatItSays() throws IOException {
        // Given
        String example;
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("/temper-example.yaml"))) {
            example = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }

        // When
        SidecarConfig config = ConfigLoader.parse("temper-example.yaml", example, FOLDER);

        // Then
        SidecarConfig defaults = parse("");
        assertThat(config.topics()).isEqualTo(defaults.topics());
        assertThat(config.policy()).isEqualTo(defaults.policy());
        assertThat(config.limits()).isEqualTo(defaults.limits());
        assertThat(config.admin()).isEqualTo(defaults.admin()).isEqualTo(AdminConfig.DEFAULT);
        assertThat(config.moderation()).isEqualTo(defaults.moderation()).isEqualTo(ModerationConfig.DEFAULT);
        assertThat(config.serde()).isEqualTo(defaults.serde());
        assertThat(config.engine().decoding()).isEqualTo(defaults.engine().decoding());
        assertThat(config.engine().requireModel()).isEqualTo(FOLDER.resolve("models/chat"));
    }

    @Test
    void shouldMergeNestedSectionsWithTheirDefaults() {
        // When
        SidecarConfig config = parse("""
                engine:
                  model: m
                  scorer: /abs/s
                  prompt_overflow: reject
                  subspaces: {toxicity: {file: t.bin, beta: 2}}
                  decoding: {top_p: 0.5}
                policy:
                  categories: {insult: {threshold: 0.9, action: audit}}
                limits:
                """);

        // Then
        assertThat(config.engine().requireModel()).isEqualTo(FOLDER.resolve("m"));
        assertThat(config.engine().scorer()).isEqualTo(Path.of("/abs/s"));
        assertThat(config.engine().promptOverflow()).isEqualTo(PromptOverflow.REJECT);
        assertThat(config.engine().guidance().betas()).containsEntry("toxicity", 2.0);
        assertThat(config.engine().decoding().topP()).isEqualTo(0.5);
        assertThat(config.engine().decoding().temperature()).isEqualTo(1.0);
        assertThat(config.policy().categories()).containsEntry("insult", new CategoryRule(0.9, Action.AUDIT));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            engin: {model: m}                               | engin is no setting; did you mean engine?
            engine: {modle: m}                              | engine.modle is no setting; did you mean model?
            engine: {decoding: {topp: 0.9}}                 | engine.decoding.topp is no setting; did you mean top_p?
            engine: {decoding: {top_p: 0}}                  | engine.decoding: top_p must be in (0, 1], not 0.0
            engine: {decoding: {top_p: lots}}               | engine.decoding.top_p
            engine: {device: tpu}                           | engine: device must be cpu, cuda or cuda:N, not 'tpu'
            engine: {dtype: int4}                           | engine.dtype must be one of float32, bfloat16, float16, int8, not 'int4'
            engine: {max_batch: 0}                          | engine: max_batch must be at least 1, not 0
            engine: {max_batch: 1.5}                        | engine.max_batch
            engine: {max_batch: }                           | engine.max_batch has no value
            engine: {subspaces: {t: {beta: 1}}}             | engine.subspaces.t: file is missing
            engine: {subspaces: {t: {file: f, beta: -1}}}   | engine.subspaces.t: beta must be a finite number of at least 0, not -1.0
            engine: {prompt_overflow: drop}                 | engine.prompt_overflow must be one of truncate_left, reject, not 'drop'
            topics: {results: temper.prompts}               | topics: the topics must be different
            topics: {results: 'a b'}                        | topics: 'a b' is no topic name
            policy: {refusal: ''}                           | policy: refusal must not be blank
            policy: {default_rule: {threshold: 2}}          | policy.default_rule: threshold must be in (0, 1], not 2.0
            policy: {categories: {x: {action: scold}}}      | policy.categories.x.action must be one of allow, audit, rewrite, block, not 'scold'
            limits: {max_inbox: 0}                          | limits: max_inbox must be at least 1, not 0
            limits: [1]                                     | limits cannot be read
            admin: {address: 0.0.0.0}                       | admin: address 0.0.0.0 can be reached from other machines, so a token is needed
            admin: {port: 70000}                            | admin: port must be from 1 to 65535, or 0 for any free one, not 70000
            admin: {token_env: 'my secret'}                 | admin: token_env must be the name of an environment variable
            moderation: {retention_hours: 0}                | moderation: retention_hours must be from 1 to 8760, not 0
            moderation: {max_flagged: 0}                    | moderation: max_flagged must be at least 1, not 0
            moderation: {advertised_url: 'here:8686'}       | moderation: advertised_url must be http://HOST:PORT or https://HOST:PORT, not 'here:8686'
            moderation: {advertised_url: 'http://a:1/b'}    | moderation: advertised_url must be http://HOST:PORT or https://HOST:PORT
            serde: ''                                       | serde must name a class
            `engine: {device: cpu, device: cuda}`           | line 3: is no valid YAML
            `engine: {device: cpu`                          | is no valid YAML
            """)
    void shouldRefuseABadSettingInOneLineThatNamesFileAndKey(String yaml, String said) {
        assertThatThrownBy(() -> parse(yaml))
                .isInstanceOf(TemperException.class)
                .hasMessageStartingWith("temper.yaml")
                .hasMessageContaining(said)
                .message()
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            kafka: {client.id: x}                                             | kafka.bootstrap.servers is missing
            kafka: {bootstrap.servers: 'b:1'}                                 | schema_registry.schema.registry.url is missing
            - a list                                                          | must hold sections
            """)
    void shouldRefuseWhatMustBeGivenAndIsNot(String yaml, String said) {
        assertThatThrownBy(() -> ConfigLoader.parse("temper.yaml", yaml, FOLDER))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining(said);
    }

    @Test
    void shouldRefuseToWeakenExactlyOnce() {
        assertThatThrownBy(() -> ConfigLoader.parse(
                        "temper.yaml",
                        LEAST.replace("{bootstrap", "{processing.guarantee: at_least_once, bootstrap"),
                        FOLDER))
                .hasMessageContaining("kafka.processing.guarantee must be exactly_once_v2, not at_least_once");
    }

    @Test
    void shouldPassKafkaSettingsThroughOverItsOwnDefaults() {
        // When
        SidecarConfig config = ConfigLoader.parse(
                "temper.yaml", LEAST.replace("{bootstrap", "{poll.ms: 50, security.protocol: SSL, bootstrap"), FOLDER);

        // Then
        assertThat(config.streamsProperties())
                .containsEntry("poll.ms", "50")
                .containsEntry("security.protocol", "SSL")
                .containsEntry(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2)
                .containsEntry("application.id", "temper");
        assertThat(config.adminProperties())
                .containsEntry("security.protocol", "SSL")
                .doesNotContainKey("poll.ms");
    }

    @Test
    void shouldPollNoMoreThanAnInboxHolds() {
        // When
        SidecarConfig usual = parse("");
        SidecarConfig small = parse("limits: {max_inbox: 6}");

        // Then
        assertThat(usual.streamsProperties()).containsEntry("main.consumer.max.poll.records", "64");
        assertThat(small.streamsProperties()).containsEntry("main.consumer.max.poll.records", "1");
        assertThatThrownBy(() -> ConfigLoader.parse(
                        "temper.yaml",
                        LEAST.replace("{bootstrap", "{consumer.max.poll.records: 500, bootstrap"),
                        FOLDER))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining(
                        "kafka.consumer.max.poll.records must be from 1 to limits.max_inbox (256), not 500");
    }

    @Test
    void shouldNotShowSecretsInItsText() {
        // When
        SidecarConfig config = ConfigLoader.parse(
                "temper.yaml", LEAST.replace("{bootstrap", "{sasl.jaas.config: hunter2, bootstrap"), FOLDER);

        // Then
        assertThat(config.toString()).contains("sasl.jaas.config").doesNotContain("hunter2");
    }

    @Test
    void shouldSayWhichFileCannotBeRead(@TempDir Path folder) {
        assertThatThrownBy(() -> ConfigLoader.load(folder.resolve("none.yaml")))
                .isInstanceOf(TemperException.class)
                .hasMessageContaining("none.yaml");
    }

    @Test
    void shouldTakeRelativePathsFromTheFilesFolder(@TempDir Path folder) throws IOException {
        // Given
        Path file = Files.writeString(folder.resolve("t.yaml"), LEAST + "engine: {model: m}\n");

        // When
        SidecarConfig config = ConfigLoader.load(file);

        // Then
        assertThat(config.engine().requireModel()).isEqualTo(folder.resolve("m"));
    }

    @Test
    void shouldDoubleTheWaitsBetweenAttemptsUpToTheLongestEachSpreadOverItsSecondHalf() {
        assertThat(LimitsConfig.DEFAULT.backoffMs(1, 0)).isEqualTo(100);
        assertThat(LimitsConfig.DEFAULT.backoffMs(3, 0.5)).isEqualTo(600);
        assertThat(LimitsConfig.DEFAULT.backoffMs(1000, 0.9999)).isBetween(9_999L, 10_000L);
    }
}
