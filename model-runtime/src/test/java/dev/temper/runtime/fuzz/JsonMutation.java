package dev.temper.runtime.fuzz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Changes a JSON document as a careless or hostile author would: it stays JSON, but means something else. */
final class JsonMutation {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private static final List<String> TEXTS = List.of(
            "",
            "x",
            "a".repeat(50_000),
            "\u0000",
            "\ud800",
            "../../etc/passwd",
            "llama",
            "gelu_new",
            "(a+)+$",
            "(?:a{0,99}){0,99}b",
            "((a{1000}){1000}){1000}",
            "[",
            "\\",
            "(?<=a*)b",
            "(?=",
            "\\p{Nope}",
            "{% for i in range(1000000000) %}{{ i }}{% endfor %}",
            "{{ x * 99999999 }}",
            "{%");

    private static final double[] NUMBERS = {
        -1, 0, 1, 2, 7, 65_536, 1 << 24, Integer.MAX_VALUE, 1L << 31, 1L << 53, 1e-320, 0.5, -0.0, 1e308
    };

    private JsonMutation() {}

    /** The document after one to three changes. */
    static byte[] mutate(byte[] document, Random random) throws JsonProcessingException {
        JsonNode root;
        try {
            root = JSON.readTree(document);
        } catch (java.io.IOException e) {
            throw new IllegalStateException("the original is no JSON", e);
        }
        if (root instanceof ObjectNode object) {
            for (int i = 0; i <= random.nextInt(3); i++) {
                change(object, random);
            }
        }
        return JSON.writeValueAsString(root).getBytes(StandardCharsets.UTF_8);
    }

    /** Walks down to a random place, so that what is near the root is changed as often as the entries of a vocabulary. */
    private static void change(ContainerNode<?> root, Random random) {
        ContainerNode<?> place = root;
        for (int depth = 0; depth < 8; depth++) {
            JsonNode child = child(place, random);
            if (child instanceof ContainerNode<?> inner && !inner.isEmpty() && random.nextInt(4) != 0) {
                place = inner;
            } else {
                break;
            }
        }
        if (place instanceof ObjectNode object && !object.isEmpty()) {
            changeField(object, root, random);
        } else if (place instanceof ArrayNode array && !array.isEmpty()) {
            changeItem(array, root, random);
        }
    }

    private static JsonNode child(ContainerNode<?> parent, Random random) {
        if (parent.isEmpty()) {
            return parent;
        }
        int chosen = random.nextInt(parent.size());
        return parent instanceof ObjectNode object ? object.get(names(object).get(chosen)) : parent.get(chosen);
    }

    private static List<String> names(ObjectNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static void changeField(ObjectNode object, ContainerNode<?> root, Random random) {
        List<String> names = names(object);
        String name = names.get(random.nextInt(names.size()));
        switch (random.nextInt(6)) {
            case 0 -> object.remove(name);
            case 1 -> object.set(TEXTS.get(random.nextInt(TEXTS.size())), object.get(name));
            case 2 ->
                object.set(
                        name,
                        object.get(names.get(random.nextInt(names.size()))).deepCopy());
            default -> object.set(name, instead(object.get(name), root, random));
        }
    }

    private static void changeItem(ArrayNode array, ContainerNode<?> root, Random random) {
        int at = random.nextInt(array.size());
        switch (random.nextInt(6)) {
            case 0 -> array.remove(at);
            case 1 -> array.removeAll();
            case 2 -> {
                JsonNode item = array.get(at);
                for (int i = 0; i < 300; i++) {
                    array.add(item.deepCopy());
                }
            }
            default -> array.set(at, instead(array.get(at), root, random));
        }
    }

    private static JsonNode instead(JsonNode before, ContainerNode<?> root, Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> NODES.nullNode();
            case 1 -> NODES.booleanNode(random.nextBoolean());
            case 2 -> NODES.objectNode();
            case 3 -> NODES.arrayNode();
            case 4 -> nested(random.nextInt(900));
            case 5 -> NODES.numberNode(BigInteger.TEN.pow(random.nextInt(60)));
            case 6, 7 -> number(random);
            case 8 -> child(root, random).deepCopy();
            case 9 -> NODES.textNode(TEXTS.get(random.nextInt(TEXTS.size())));
            default -> nudged(before, random);
        };
    }

    private static JsonNode number(Random random) {
        double value = NUMBERS[random.nextInt(NUMBERS.length)];
        return value == Math.rint(value) && Math.abs(value) < 1e18 ? new LongNode((long) value) : new DoubleNode(value);
    }

    private static JsonNode nested(int depth) {
        ArrayNode inner = NODES.arrayNode();
        for (int i = 0; i < depth; i++) {
            inner = NODES.arrayNode().add(inner);
        }
        return inner;
    }

    /** Nearly what was there: the likeliest to be accepted. */
    private static JsonNode nudged(JsonNode before, Random random) {
        if (before.isIntegralNumber()) {
            return new LongNode(before.longValue() + random.nextInt(5) - 2);
        } else if (before.isNumber()) {
            return new DoubleNode(before.doubleValue() * (random.nextInt(5) - 1));
        } else if (before.isTextual() && !before.textValue().isEmpty()) {
            StringBuilder text = new StringBuilder(before.textValue());
            text.insert(random.nextInt(text.length()), "(){}[]*+?|\\^$.,:\"0 \ufffd".charAt(random.nextInt(20)));
            return new TextNode(text.toString());
        }
        return TextNode.valueOf("x");
    }
}
