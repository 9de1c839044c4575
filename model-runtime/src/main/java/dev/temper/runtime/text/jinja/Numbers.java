package dev.temper.runtime.text.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** Python's numbers: {@link BigInteger} (bounded), {@link Double}, and {@link Boolean} as 0 or 1. */
final class Numbers {

    /** As Python limits the digits of text that becomes an int. */
    private static final int MAX_DIGITS = 600;

    private Numbers() {}

    static boolean isNumber(Object value) {
        return value instanceof BigInteger || value instanceof Double || value instanceof Boolean;
    }

    static boolean isWhole(Object value) {
        return value instanceof BigInteger || value instanceof Boolean;
    }

    static BigInteger whole(Object value) {
        if (value instanceof BigInteger i) {
            return i;
        } else if (value instanceof Boolean b) {
            return b ? BigInteger.ONE : BigInteger.ZERO;
        }
        Values.defined(value);
        throw JinjaException.evaluation("'" + Values.typeName(value) + "' object cannot be interpreted as an integer");
    }

    /** A whole number that must fit an int: an index, a width, a count. */
    static int index(Object value) {
        BigInteger whole = whole(value);
        if (whole.bitLength() > 31) {
            throw JinjaException.evaluation("a number used as an index or a width is too large");
        }
        return whole.intValue();
    }

    static double real(Object value) {
        return value instanceof Double d ? d : whole(value).doubleValue();
    }

    static int compare(Object a, Object b) {
        if (isWhole(a) && isWhole(b)) {
            return whole(a).compareTo(whole(b));
        }
        double x = real(a);
        double y = real(b);
        return x < y ? -1 : x == y ? 0 : x > y ? 1 : Double.compare(x, y);
    }

    /** The whole part, towards zero. */
    static BigInteger truncate(Object number) {
        if (number instanceof Double d) {
            if (d.isNaN() || d.isInfinite()) {
                throw JinjaException.evaluation("cannot convert float NaN or infinity to integer");
            }
            return new BigDecimal(d).toBigInteger();
        }
        return whole(number);
    }

    /** The number that a text spells in base 10, or null. */
    static @Nullable BigInteger parseWhole(String text) {
        String digits = Strings.strip(text, Strings::isSpace, true, true).replace("_", "");
        boolean valid = digits.length() <= MAX_DIGITS && digits.matches("[+-]?\\d+");
        return valid ? new BigInteger(digits) : null;
    }

    static @Nullable Double parseReal(String text) {
        String number = Strings.strip(text, Strings::isSpace, true, true).replace("_", "");
        boolean valid =
                number.length() <= MAX_DIGITS && number.matches("[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d{1,6})?");
        return valid ? Double.valueOf(number) : null;
    }

    static Object arithmetic(char operator, Object a, Object b) {
        if (isWhole(a) && isWhole(b) && operator != '/') {
            return whole(operator, whole(a), whole(b));
        }
        double x = real(a);
        double y = real(b);
        if (y == 0 && (operator == '/' || operator == 'f' || operator == '%')) {
            throw JinjaException.evaluation("division by zero");
        }
        return switch (operator) {
            case '+' -> x + y;
            case '-' -> x - y;
            case '*' -> x * y;
            case '/' -> x / y;
            case 'f' -> Math.floor(x / y);
            case '%' -> x - Math.floor(x / y) * y;
            case 'p' -> Math.pow(x, y);
            default -> throw new IllegalArgumentException(String.valueOf(operator));
        };
    }

    private static Object whole(char operator, BigInteger a, BigInteger b) {
        if ((operator == 'f' || operator == '%') && b.signum() == 0) {
            throw JinjaException.evaluation("integer division or modulo by zero");
        }
        return switch (operator) {
            case '+' -> bounded(a.add(b));
            case '-' -> bounded(a.subtract(b));
            case '*' -> bounded(a.multiply(b));
            case 'f' -> floorDivide(a, b);
            case '%' -> a.subtract(floorDivide(a, b).multiply(b));
            case 'p' -> power(a, b);
            default -> throw new IllegalArgumentException(String.valueOf(operator));
        };
    }

    private static BigInteger floorDivide(BigInteger a, BigInteger b) {
        BigInteger[] parts = a.divideAndRemainder(b);
        boolean below = parts[1].signum() != 0 && parts[1].signum() != b.signum();
        return below ? parts[0].subtract(BigInteger.ONE) : parts[0];
    }

    private static Object power(BigInteger base, BigInteger exponent) {
        if (exponent.signum() < 0) {
            return Math.pow(base.doubleValue(), exponent.doubleValue());
        }
        if (exponent.bitLength() > 31 || (long) base.bitLength() * exponent.intValue() > Budget.MAX_INTEGER_BITS) {
            throw JinjaException.limit("a number is too large");
        }
        return base.pow(exponent.intValue());
    }

    static BigInteger bounded(BigInteger value) {
        if (value.bitLength() > Budget.MAX_INTEGER_BITS) {
            throw JinjaException.limit("a number is too large");
        }
        return value;
    }

    /** Python's {@code round}: half to even on the exact binary value. */
    static double round(double value, int digits, RoundingMode mode) {
        if (Double.isNaN(value) || Double.isInfinite(value) || digits > 340) {
            return value;
        }
        return digits < -310 ? 0 : new BigDecimal(value).setScale(digits, mode).doubleValue();
    }

    /** The shortest text that reads back as the same number, in Python's notation. */
    static String text(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        } else if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        } else if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        BigDecimal exact = new BigDecimal(value);
        BigDecimal shortest = exact;
        for (int precision = 1; precision <= 17; precision++) {
            shortest = exact.round(new MathContext(precision, RoundingMode.HALF_EVEN));
            if (shortest.doubleValue() == value) {
                break;
            }
        }
        shortest = shortest.stripTrailingZeros();
        int exponent = shortest.precision() - shortest.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            String plain = shortest.toPlainString();
            return plain.indexOf('.') < 0 ? plain + ".0" : plain;
        }
        String digits = shortest.unscaledValue().abs().toString();
        String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        String magnitude = Math.abs(exponent) < 10 ? "0" + Math.abs(exponent) : "" + Math.abs(exponent);
        return (value < 0 ? "-" : "") + mantissa + "e" + (exponent < 0 ? "-" : "+") + magnitude;
    }
}
