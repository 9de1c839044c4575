package dev.temper.runtime.lm;

import java.nio.ByteBuffer;

/** The 16-bit floating types that Java 17 lacks, and reading of any floating type as float32. */
public final class HalfPrecision {
    private static final int BFLOAT16_SHIFT = 16;

    private HalfPrecision() {}

    /** The value of bfloat16 bits: exact. */
    public static float fromBfloat16(short bits) {
        return Float.intBitsToFloat(bits << BFLOAT16_SHIFT);
    }

    /** Bits of the nearest bfloat16, ties to even, as PyTorch rounds. */
    public static short toBfloat16(float value) {
        if (Float.isNaN(value)) {
            return (short) 0x7fc0;
        }
        int bits = Float.floatToRawIntBits(value);
        int lowestKept = bits >>> BFLOAT16_SHIFT & 1;
        return (short) (bits + 0x7fff + lowestKept >>> BFLOAT16_SHIFT);
    }

    /** The value of IEEE 754 binary16 bits: exact. */
    public static float fromFloat16(short bits) {
        int exponent = bits >>> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        float magnitude =
                switch (exponent) {
                    case 0 -> fraction * 0x1p-24f; // subnormal
                    case 0x1f -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
                    default -> Float.intBitsToFloat(exponent + 112 << 23 | fraction << 13);
                };
        return bits < 0 ? -magnitude : magnitude;
    }

    /**
     * Elements of a floating type, from the buffer's position to its limit, as float32. float64 is rounded.
     *
     * @param bytes little endian
     */
    public static float[] toFloats(ByteBuffer bytes, ElementType type) {
        float[] floats = new float[bytes.remaining() / type.bytes()];
        int start = bytes.position();
        for (int i = 0; i < floats.length; i++) {
            int at = start + i * type.bytes();
            floats[i] = switch (type) {
                case FLOAT32 -> bytes.getFloat(at);
                case BFLOAT16 -> fromBfloat16(bytes.getShort(at));
                case FLOAT16 -> fromFloat16(bytes.getShort(at));
                case FLOAT64 -> (float) bytes.getDouble(at);
                default -> throw new IllegalArgumentException(type + " is no floating type");
            };
        }
        return floats;
    }
}
