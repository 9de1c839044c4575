package dev.temper.runtime.text.jinja;

/** One lexical unit of a template; the text of a STRING is already unescaped. Lines count from 1. */
record Token(Type type, String text, int line) {

    enum Type {
        TEXT,
        BEGIN_PRINT,
        END_PRINT,
        BEGIN_TAG,
        END_TAG,
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        END
    }

    boolean is(Type wanted, String wantedText) {
        return type == wanted && text.equals(wantedText);
    }

    /** For error messages. */
    String shown() {
        return switch (type) {
            case TEXT -> "text";
            case BEGIN_PRINT -> "'{{'";
            case END_PRINT -> "'}}'";
            case BEGIN_TAG -> "'{%'";
            case END_TAG -> "'%}'";
            case STRING -> "a string";
            case END -> "the end of the template";
            case NAME, INTEGER, FLOAT, OPERATOR -> "'" + text + "'";
        };
    }
}
