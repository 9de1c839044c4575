package dev.temper.runtime.lm;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What one number of a tensor is, in a safetensors file and in PyTorch. All are little endian in files. */
public enum ElementType {
    FLOAT64("F64", 8, 7),
    FLOAT32("F32", 4, 6),
    FLOAT16("F16", 2, 5),
    BFLOAT16("BF16", 2, 15),
    INT64("I64", 8, 4),
    INT32("I32", 4, 3),
    INT16("I16", 2, 2),
    INT8("I8", 1, 1),
    UINT8("U8", 1, 0),
    BOOL("BOOL", 1, 11);

    private final String safetensorsName;
    private final int bytes;
    private final int torchCode;

    ElementType(String safetensorsName, int bytes, int torchCode) {
        this.safetensorsName = safetensorsName;
        this.bytes = bytes;
        this.torchCode = torchCode;
    }

    /** The name in a safetensors header, {@code BF16} for one. */
    public String safetensorsName() {
        return safetensorsName;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** PyTorch's ScalarType number, which TorchScript text takes for a dtype. */
    public int torchCode() {
        return torchCode;
    }

    /** The name in {@code config.json} and on the command line, {@code bfloat16} for one. */
    public String torchName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether weights can be of this type. */
    public boolean isFloating() {
        return this == FLOAT64 || this == FLOAT32 || this == FLOAT16 || this == BFLOAT16;
    }

    /** What a model computes in whose weights are of this type: float32 if they are int8. */
    public ElementType computed() {
        return this == INT8 ? FLOAT32 : this;
    }

    /** Whether models compute in this type: float32, bfloat16 or float16. */
    public boolean isComputed() {
        return isFloating() && this != FLOAT64;
    }

    /** The type of this name in a safetensors header. */
    public static Optional<ElementType> ofSafetensorsName(String name) {
        return Arrays.stream(values())
                .filter(type -> type.safetensorsName.equals(name))
                .findFirst();
    }

    /** The type of this PyTorch name, with or without {@code torch.} before it. */
    public static Optional<ElementType> ofTorchName(String name) {
        String bare = name.startsWith("torch.") ? name.substring("torch.".length()) : name;
        return Arrays.stream(values())
                .filter(type -> type.torchName().equals(bare))
                .findFirst();
    }
}
