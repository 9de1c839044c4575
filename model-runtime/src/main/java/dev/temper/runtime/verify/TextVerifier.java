package dev.temper.runtime.verify;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.runtime.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/** Compares token ids of the golden texts, and the texts of the golden tokens. */
final class TextVerifier {
    private final GoldenFile golden;
    private final Tokenizer tokenizer;
    private final List<TokenAgreement> agreements = new ArrayList<>();

    private TextVerifier(GoldenFile golden, Tokenizer tokenizer) {
        this.golden = golden;
        this.tokenizer = tokenizer;
    }

    /** Of a language model: prompts, the batch, the text of the perplexity, and what was generated. */
    static List<TokenAgreement> ofPrompts(GoldenFile golden, Tokenizer tokenizer) {
        TextVerifier verifier = new TextVerifier(golden, tokenizer);
        JsonNode prompts = golden.json().path("prompts");
        for (int i = 0; i < prompts.size(); i++) {
            verifier.compare("prompt" + i + ".input_ids", prompts.get(i));
        }
        verifier.compare("ppl.input_ids", golden.json().path("perplexity").path("text"));
        verifier.compareBatch(golden.json().path("batch_prompts"));
        JsonNode texts = golden.json().path("greedy_text");
        for (int i = 0; i < texts.size(); i++) {
            verifier.compareText("greedy" + i + ".tokens", texts.get(i));
        }
        return verifier.agreements;
    }

    /** Of a classifier: texts and pairs of texts, cut to what it reads. */
    static List<TokenAgreement> ofCases(GoldenFile golden, Tokenizer tokenizer) {
        TextVerifier verifier = new TextVerifier(golden, tokenizer);
        JsonNode cases = golden.json().path("cases");
        for (int i = 0; i < cases.size(); i++) {
            String name = "case" + i + ".input_ids";
            if (golden.has(name)) {
                String text = cases.get(i).path("text").asText();
                JsonNode pair = cases.get(i).path("text_pair");
                int[] ids = pair.isTextual()
                        ? tokenizer.encodeTyped(text, pair.asText()).ids()
                        : tokenizer.encodeTyped(text).ids();
                verifier.agreements.add(TokenAgreement.of(name, ids, golden.ints(name), true));
            }
        }
        return verifier.agreements;
    }

    /** The reference may have read only the beginning of a text. */
    private void compare(String name, JsonNode text) {
        if (text.isTextual() && golden.has(name)) {
            int[] reference = golden.ints(name);
            int[] ids = tokenizer.encode(text.asText(), true);
            boolean cut = name.startsWith("ppl") && ids.length > reference.length;
            agreements.add(TokenAgreement.of(
                    name, cut ? java.util.Arrays.copyOf(ids, reference.length) : ids, reference, true));
        }
    }

    private void compareBatch(JsonNode texts) {
        if (texts.isEmpty() || !golden.has("batch.input_ids") || !golden.has("batch.attention_mask")) {
            return;
        }
        List<int[]> rows = golden.unpaddedRows("batch.input_ids", "batch.attention_mask");
        for (int row = 0; row < Math.min(rows.size(), texts.size()); row++) {
            int[] ids = tokenizer.encode(texts.get(row).asText(), true);
            agreements.add(TokenAgreement.of("batch.input_ids[" + row + "]", ids, rows.get(row), true));
        }
    }

    /** A text counts as one token. */
    private void compareText(String name, JsonNode text) {
        if (text.isTextual() && golden.has(name)) {
            boolean equal = tokenizer.decode(golden.ints(name), false).equals(text.asText());
            agreements.add(new TokenAgreement(name + " as text", 1, equal ? 1 : 0, true));
        }
    }
}
