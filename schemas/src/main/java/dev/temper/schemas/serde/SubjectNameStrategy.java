package dev.temper.schemas.serde;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;

/** How the subject is named under which a schema stands in the registry. */
enum SubjectNameStrategy {
    /** {@code topic-value} or {@code topic-key}: one type for each topic. */
    TOPIC_NAME("TopicNameStrategy") {
        @Override
        String subject(String topic, boolean isKey, String recordName) {
            return topic + (isKey ? "-key" : "-value");
        }
    },
    /** The record's full name: one type for all topics. */
    RECORD_NAME("RecordNameStrategy") {
        @Override
        String subject(String topic, boolean isKey, String recordName) {
            return recordName;
        }
    },
    /** {@code topic-recordname}: several types for each topic. */
    TOPIC_RECORD_NAME("TopicRecordNameStrategy") {
        @Override
        String subject(String topic, boolean isKey, String recordName) {
            return topic + "-" + recordName;
        }
    };

    private final String className;

    SubjectNameStrategy(String className) {
        this.className = className;
    }

    abstract String subject(String topic, boolean isKey, String recordName);

    /**
     * Reads a setting: Confluent's class, its name, or its name without the package.
     *
     * @throws ConfigException for any other strategy, since code of another's cannot be run here
     */
    static SubjectNameStrategy parse(String key, Object setting) {
        String name = setting instanceof Class<?> type
                ? type.getName()
                : setting.toString().trim();
        String simpleName = name.substring(name.lastIndexOf('.') + 1);
        return Arrays.stream(values())
                .filter(strategy -> strategy.className.equals(simpleName))
                .findFirst()
                .orElseThrow(() -> new ConfigException(
                        key,
                        name,
                        "must be one of "
                                + Arrays.stream(values())
                                        .map(strategy -> strategy.className)
                                        .collect(Collectors.joining(", "))));
    }
}
