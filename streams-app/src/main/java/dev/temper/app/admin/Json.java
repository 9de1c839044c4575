package dev.temper.app.admin;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON that is inert wherever it ends up: {@code <}, {@code >}, {@code &} and the two line ends that JavaScript knows
 * besides are escaped, so that no text in it can end a script, open a tag or start an entity.
 */
final class Json {
    static final ObjectWriter WRITER = new ObjectMapper().writer().with(new Inert());

    private Json() {}

    private static final class Inert extends CharacterEscapes {
        private static final long serialVersionUID = 1;
        private static final int LINE_SEPARATOR = 0x2028;
        private static final int PARAGRAPH_SEPARATOR = 0x2029;
        private static final Map<Integer, SerializedString> BEYOND_ASCII = Map.of(
                LINE_SEPARATOR, new SerializedString("\\u2028"), PARAGRAPH_SEPARATOR, new SerializedString("\\u2029"));

        private static final int[] ASCII = standardAsciiEscapesForJSON();

        static {
            for (char active : "<>&".toCharArray()) {
                ASCII[active] = ESCAPE_STANDARD;
            }
        }

        @Override
        public int[] getEscapeCodesForAscii() {
            return ASCII;
        }

        @Override
        public @Nullable SerializableString getEscapeSequence(int character) {
            return BEYOND_ASCII.get(character);
        }
    }
}
