package dev.temper.app;

import dev.temper.app.config.SidecarConfig;
import dev.temper.app.config.TopicsConfig;
import dev.temper.runtime.TemperException;
import dev.temper.schemas.event.FlaggedEvent;
import dev.temper.schemas.event.PolicyEvent;
import dev.temper.schemas.event.PromptEvent;
import dev.temper.schemas.event.RejectEvent;
import dev.temper.schemas.event.ResultEvent;
import dev.temper.schemas.event.SubspaceEvent;
import dev.temper.schemas.event.VerdictEvent;
import dev.temper.schemas.registry.CompatibilityLevel;
import dev.temper.schemas.registry.RegistryConfig;
import dev.temper.schemas.registry.RegistryRefusedException;
import dev.temper.schemas.registry.SchemaRegistryClient;
import dev.temper.schemas.serde.SubjectSchema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Puts the events' schemas into the registry, for services that may not do so themselves ({@code auto.register.schemas:
 * false}), and says how they stand there.
 */
public final class SchemaAdmin {
    private final SchemaRegistryClient client;
    private final List<SubjectSchema> all;

    private SchemaAdmin(SidecarConfig config) {
        client = new SchemaRegistryClient(new RegistryConfig(config.schemaRegistry()));
        all = schemas(config.topics()).entrySet().stream()
                .map(entry -> SubjectSchema.ofValues(entry.getKey(), entry.getValue(), config.schemaRegistry()))
                .distinct()
                .toList();
    }

    private static Map<String, Schema> schemas(TopicsConfig topics) {
        Map<String, Schema> schemas = new LinkedHashMap<>();
        schemas.put(topics.prompts(), PromptEvent.getClassSchema());
        schemas.put(topics.results(), ResultEvent.getClassSchema());
        schemas.put(topics.flagged(), FlaggedEvent.getClassSchema());
        schemas.put(topics.rejects(), RejectEvent.getClassSchema());
        schemas.put(topics.policies(), PolicyEvent.getClassSchema());
        schemas.put(topics.verdicts(), VerdictEvent.getClassSchema());
        schemas.put(topics.subspaces(), SubspaceEvent.getClassSchema());
        return schemas;
    }

    /**
     * Looks whether every schema is registered.
     *
     * @param lines takes a line for each subject: ok, or what is wrong and what to do
     * @return whether all are
     * @throws TemperException if the registry cannot be asked
     */
    public static boolean check(SidecarConfig config, Consumer<String> lines) {
        return asking(() -> {
            SchemaAdmin admin = new SchemaAdmin(config);
            List<Finding> findings = admin.all.stream().map(admin::look).toList();
            findings.forEach(finding -> lines.accept(finding.line()));
            return findings.stream().allMatch(Finding::ok);
        });
    }

    /**
     * Registers what is missing, once the registry has said of all of it that it is compatible; else nothing.
     *
     * @param level what each subject's schemas must be to each other from now on; absent, as the registry has it
     * @param lines takes a line for each subject
     * @return whether all schemas are registered now
     * @throws TemperException if the registry cannot be asked
     */
    public static boolean register(SidecarConfig config, @Nullable CompatibilityLevel level, Consumer<String> lines) {
        return asking(() -> {
            SchemaAdmin admin = new SchemaAdmin(config);
            if (level != null) {
                admin.all.forEach(each -> admin.client.setCompatibility(each.subject(), level));
            }
            List<SubjectSchema> incompatible = admin.all.stream()
                    .filter(each -> admin.id(each).isEmpty())
                    .filter(each -> !admin.client.isCompatible(each.subject(), each.schema()))
                    .toList();
            if (!incompatible.isEmpty()) {
                incompatible.forEach(each -> lines.accept(admin.look(each).line()));
                lines.accept("nothing was registered");
                return false;
            }
            admin.all.forEach(each -> lines.accept(admin.register(each)));
            return true;
        });
    }

    private String register(SubjectSchema each) {
        boolean known = id(each).isPresent();
        int id = client.register(each.subject(), each.schema());
        return (known ? "exists     " : "registered ") + each.subject() + ": id " + id + ", "
                + client.compatibility(each.subject());
    }

    private Finding look(SubjectSchema each) {
        String subject = "subject " + each.subject();
        OptionalInt id = id(each);
        if (id.isPresent()) {
            return Finding.ok(subject, "holds this version's schema, id " + id.getAsInt());
        }
        if (client.isCompatible(each.subject(), each.schema())) {
            return Finding.wrong(
                    subject,
                    "does not hold this version's schema, and would take it",
                    "register it: temper schemas register --config FILE");
        }
        return Finding.wrong(
                subject,
                "holds schemas that this version's would break (" + client.compatibility(each.subject()) + ")",
                "publish under other topics, or change the subject's compatibility");
    }

    private OptionalInt id(SubjectSchema each) {
        try {
            return OptionalInt.of(client.lookup(each.subject(), each.schema()));
        } catch (RegistryRefusedException e) {
            if (e.notFound()) {
                return OptionalInt.empty();
            }
            throw e;
        }
    }

    private interface Question {
        boolean ask();
    }

    private static boolean asking(Question question) {
        try {
            return question.ask();
        } catch (KafkaException e) {
            throw new TemperException("schema_registry: " + e.getMessage(), e);
        }
    }
}
