package dev.temper.schemas.event;

import java.util.Collection;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecordBase;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * What every generated event extends, so that {@link #toString()} never shows a prompt or an answer: a field tagged
 * {@value #TAG} in its schema is shown by its size alone. The tag is the one that Confluent's data contracts act on.
 */
@NullMarked
public abstract class PrivateRecord extends SpecificRecordBase {

    static {
        TrustedEvents.allow();
    }

    /** Marks a field that holds what people or the model wrote. */
    static final String TAG = "PII";

    private static final String TAGS_PROPERTY = "confluent:tags";

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(getSchema().getName()).append('[');
        String separator = "";
        for (Schema.Field field : getSchema().getFields()) {
            Object value = get(field.pos());
            text.append(separator).append(field.name()).append('=').append(isPrivate(field) ? sizeOf(value) : value);
            separator = ", ";
        }
        return text.append(']').toString();
    }

    static boolean isPrivate(Schema.Field field) {
        return field.getObjectProp(TAGS_PROPERTY) instanceof Collection<?> tags && tags.contains(TAG);
    }

    private static String sizeOf(@Nullable Object value) {
        if (value == null) {
            return "null";
        }
        if (value instanceof CharSequence characters) {
            return "<" + characters.length() + " characters>";
        }
        if (value instanceof Collection<?> items) {
            return "<" + items.size() + " items>";
        }
        return value instanceof Map<?, ?> entries ? "<" + entries.size() + " entries>" : "<private>";
    }
}
