package dev.temper.runtime.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.runtime.TemperException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Text to token ids and back, as {@code tokenizer.json} of a Hugging Face folder says. The work is done by the Rust
 * {@code tokenizers} library through DJL, so ids equal the reference implementation's.
 *
 * <p>Thread-safe; {@link #close()} waits for calls in progress, and later calls throw {@link IllegalStateException}.
 * The owner closes it: the vocabulary lives in native memory.
 *
 * <p>Nothing is padded. Nothing is truncated, unless the tokenizer was made by {@link #loadTruncating}.
 */
public final class Tokenizer implements AutoCloseable {

    static {
        // DJL asks nvidia-smi and may look for a CUDA build unless told otherwise; the tokenizer only ever runs on CPU.
        if (System.getenv("RUST_FLAVOR") == null && System.getProperty("RUST_FLAVOR") == null) {
            System.setProperty("RUST_FLAVOR", "cpu");
        }
    }

    /**
     * Characters of one text. The library's regular expressions may take as many steps as a run of blanks is long, and
     * it ends the process after ten million; this many take seconds.
     */
    public static final int MAX_TEXT_LENGTH = 4 << 20;

    private static final int MAX_QUOTED = 200;

    private final HuggingFaceTokenizer nativeTokenizer;
    private final Vocabulary vocabulary;
    private final SpecialTokens specialTokens;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    private Tokenizer(HuggingFaceTokenizer nativeTokenizer, Vocabulary vocabulary, SpecialTokens specialTokens) {
        this.nativeTokenizer = nativeTokenizer;
        this.vocabulary = vocabulary;
        this.specialTokens = specialTokens;
    }

    /**
     * A text or a pair of texts as a classifier reads it.
     *
     * @param ids token ids, special tokens included
     * @param typeIds for each token 0 (first text) or 1 (second text), as {@code token_type_ids} of BERT
     */
    public record TypedTokens(int[] ids, int[] typeIds) {
        public TypedTokens {
            if (ids.length != typeIds.length) {
                throw new IllegalArgumentException(ids.length + " ids but " + typeIds.length + " type ids");
            }
        }

        /** A text alone: all its tokens are of type 0. */
        public static TypedTokens single(int[] ids) {
            return new TypedTokens(ids, new int[ids.length]);
        }
    }

    /**
     * Loads {@code tokenizer.json} and the special tokens of a model folder.
     *
     * @throws TemperException when a file is missing, unreadable or not a tokenizer that the library knows
     */
    public static Tokenizer load(Path folder) {
        return load(folder, Map.of("truncation", "false", "padding", "false"));
    }

    /**
     * As {@link #load}, but every encoding is cut to {@code maxTokens}, special tokens included; of a pair the longer
     * text is cut first. This is what classifiers with a fixed number of positions need.
     */
    public static Tokenizer loadTruncating(Path folder, int maxTokens) {
        if (maxTokens < 1) {
            throw new IllegalArgumentException("max tokens must be at least 1, not " + maxTokens);
        }
        return load(
                folder,
                Map.of("truncation", "longest_first", "maxLength", String.valueOf(maxTokens), "padding", "false"));
    }

    private static Tokenizer load(Path folder, Map<String, String> options) {
        Path file = folder.resolve("tokenizer.json");
        byte[] content = TokenizerFiles.readRequired(
                file,
                "the folder needs the fast tokenizer's file; save it with transformers'"
                        + " AutoTokenizer.from_pretrained(...).save_pretrained(folder)");
        JsonNode root = TokenizerFiles.parse(file, content);
        TokenizerGuard.check(file, root);
        RegexGuard.check(file, root);
        Vocabulary vocabulary = Vocabulary.of(file, root);
        SpecialTokens specialTokens = SpecialTokens.load(folder, vocabulary);
        return new Tokenizer(open(file, content, options), vocabulary, specialTokens);
    }

    private static HuggingFaceTokenizer open(Path file, byte[] content, Map<String, String> options) {
        try {
            return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(content), options);
        } catch (LinkageError e) {
            throw new TemperException(
                    "The native tokenizers library does not load on this machine (" + e.getMessage()
                            + "); it is published for Linux, macOS and Windows on x86-64 or ARM64, and needs a"
                            + " writable folder to unpack into: set DJL_CACHE_DIR",
                    e);
        } catch (IOException | RuntimeException e) {
            throw new TemperException(
                    file + " is not a tokenizer that the tokenizers library can read (" + shortened(e)
                            + "); fetch the file again or save it with a current transformers",
                    e);
        }
    }

    /** The library quotes what it read, which comes from strangers. */
    private static String shortened(Exception e) {
        String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return line.length() > MAX_QUOTED ? line.substring(0, MAX_QUOTED) + "…" : line;
    }

    /**
     * Ids of a text; with special tokens, those that the model expects around every text (BOS for one) are added.
     *
     * @throws TemperException when the text is longer than {@link #MAX_TEXT_LENGTH}, as all encoding here does
     */
    public int[] encode(String text, boolean addSpecialTokens) {
        return guarded(() -> toInts(nativeTokenizer
                .encode(wellFormed(text), addSpecialTokens, false)
                .getIds()));
    }

    /** Ids of many texts, in their order; computed in parallel by the native library. */
    public List<int[]> encodeAll(List<String> texts, boolean addSpecialTokens) {
        if (texts.isEmpty()) {
            return List.of();
        }
        String[] wellFormed = texts.stream().map(Tokenizer::wellFormed).toArray(String[]::new);
        return guarded(() -> Arrays.stream(nativeTokenizer.batchEncode(wellFormed, addSpecialTokens, false))
                .map(encoding -> toInts(encoding.getIds()))
                .toList());
    }

    /** A text with special tokens and type ids, for a classifier. */
    public TypedTokens encodeTyped(String text) {
        return guarded(() -> typed(nativeTokenizer.encode(wellFormed(text), true, false)));
    }

    /** A pair of texts with special tokens and type ids, for a classifier. */
    public TypedTokens encodeTyped(String text, String pair) {
        return guarded(() -> typed(nativeTokenizer.encode(wellFormed(text), wellFormed(pair), true, false)));
    }

    /**
     * Text of token ids. Ids beyond the vocabulary give nothing: models pad their output layer. Bytes that are not
     * UTF-8 give U+FFFD.
     *
     * @param skipSpecialTokens leaves out tokens such as {@code </s>}
     * @throws IllegalArgumentException on a negative id
     */
    public String decode(int[] ids, boolean skipSpecialTokens) {
        long[] longs = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0) {
                throw new IllegalArgumentException("a token id is at least 0, not " + ids[i]);
            }
            longs[i] = ids[i];
        }
        return guarded(() -> nativeTokenizer.decode(longs, skipSpecialTokens));
    }

    /** The id of a token as {@code tokenizer.json} spells it (in byte-level vocabularies a space is {@code Ġ}). */
    public OptionalInt idOf(String token) {
        return vocabulary.idOf(token);
    }

    /** Tokens in the vocabulary, added tokens included; the model's output layer may be larger. */
    public int vocabularySize() {
        return vocabulary.size();
    }

    /** Whether the same texts of tokens have the same ids in both. */
    public boolean hasSameTokens(Tokenizer other) {
        return vocabulary.hasSameTokens(other.vocabulary);
    }

    /** BOS, EOS, padding and the other tokens with a role. */
    public SpecialTokens specialTokens() {
        return specialTokens;
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                nativeTokenizer.close();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Runs a native call; freeing the native tokenizer under a running call would crash the JVM. */
    private <T> T guarded(Supplier<T> call) {
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the tokenizer is closed");
            }
            return call.get();
        } catch (RuntimeException e) {
            if (e.getClass() == RuntimeException.class) { // the library's own; its words may quote the text
                throw new TemperException(
                        "the tokenizer cannot read a text; fetch tokenizer.json again, its vocabulary lacks what it needs");
            }
            throw e;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** UTF-8 has no unpaired surrogates: each becomes U+FFFD, as Java's own encoder would write "?". */
    private static String wellFormed(String text) {
        if (text.length() > MAX_TEXT_LENGTH) {
            throw new TemperException("A text has " + text.length() + " characters; shorten it to " + MAX_TEXT_LENGTH
                    + " or send it in parts");
        }
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                return text.codePoints()
                        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
            }
        }
        return text;
    }

    private static TypedTokens typed(Encoding encoding) {
        return new TypedTokens(toInts(encoding.getIds()), toInts(encoding.getTypeIds()));
    }

    private static int[] toInts(long[] ids) {
        int[] ints = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            ints[i] = Math.toIntExact(ids[i]);
        }
        return ints;
    }
}
