package dev.temper.runtime.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Compiled TorchScript text: how a model is run. The text holds no weights; they are passed in as values, so the same
 * text decodes (inference mode) and trains (autograd).
 *
 * <p>Owned by the manager that it was compiled with. {@link #call} and its sisters run in inference mode and may be
 * used by one thread at a time; their results belong to the manager that the caller names, whatever the operands'
 * owners.
 *
 * <p>Arguments may be: {@link NDArray}, {@code NDArray[]}, {@link Integer}, {@link Long}, {@link Double},
 * {@link Boolean}, {@link String}, {@code long[]}, {@code double[]}, or a {@link Values} that was wrapped once and is
 * reused.
 */
public final class Script {
    /** A method that the text declares for the module; the class header is added around all of them. */
    private static final String HEADER = "class " + ScriptArchive.MODULE
            + "(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n";

    private final PtSymbolBlock module;

    private Script(PtSymbolBlock module) {
        this.module = module;
    }

    /**
     * Compiles functions and methods.
     *
     * @param owner the compiled module lives as long as this manager, on its device
     * @param functions resources (class-path names), or texts of more than one line, with top-level functions, in the order in which they need each other
     * @param methods a resource with the methods of the module, indented by two spaces, {@code self} typed
     *     {@code __torch__.Module_}
     */
    public static Script compile(NDManager owner, List<String> functions, String methods) {
        StringBuilder source = new StringBuilder();
        functions.forEach(name -> source.append(resource(name)).append('\n'));
        source.append(HEADER).append(resource(methods));
        return compileText(owner, source.toString());
    }

    private static Script compileText(NDManager owner, String source) {
        try {
            Path file = Files.createTempFile("temper-script", ".pt");
            try {
                Files.write(file, ScriptArchive.of(source));
                // The last argument marks the block as trainable; gradients flow either way, since weights are
                // arguments.
                return new Script(
                        JniUtils.loadModule((PtNDManager) owner, file, false, new String[0], new String[0], true));
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new TemperException("cannot write a temporary file for the compiled model; check java.io.tmpdir", e);
        }
    }

    private static String resource(String name) {
        if (name.indexOf('\n') >= 0) {
            return name; // the text itself
        }
        try (InputStream in = Script.class.getResourceAsStream("/dev/temper/runtime/" + name)) {
            if (in == null) {
                throw new IllegalArgumentException("no TorchScript text named " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read the TorchScript text " + name, e);
        }
    }

    /** Runs a method that returns one tensor. */
    public NDArray call(NDManager owner, String method, Object... arguments) {
        try (IValue result = run(method, arguments)) {
            return result.toTensor((PtNDManager) owner);
        }
    }

    /** Runs a method that returns a tuple or list of tensors. */
    public NDList callAll(NDManager owner, String method, Object... arguments) {
        try (IValue result = run(method, arguments)) {
            return result.toNDList((PtNDManager) owner);
        }
    }

    /** Runs a method that returns a float. */
    public double callForDouble(String method, Object... arguments) {
        try (IValue result = run(method, arguments)) {
            return result.toDouble();
        }
    }

    /** Runs a method for its effect on the tensors that it is given. */
    public void execute(String method, Object... arguments) {
        run(method, arguments).close();
    }

    /**
     * Runs a method under autograd: gradients flow to the arrays that require them. Called inside
     * {@link Autograd#backward}.
     *
     * @param arguments tensors and tensor lists only; the result belongs to the manager of the first, which must be a
     *     single tensor
     */
    public NDArray forwardWithGradients(String method, Object... arguments) {
        NDList named = new NDList();
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] instanceof NDArray array) {
                named.add(rename(array, null));
            } else if (arguments[i] instanceof NDArray[] arrays) {
                for (NDArray array : arrays) {
                    named.add(rename(array, "list" + i + "[]"));
                }
            } else {
                throw new IllegalArgumentException("argument " + i + " of " + method + " is no tensor");
            }
        }
        try (NDArray methodName = named.head().getManager().create(0)) {
            methodName.setName("module_method:" + method);
            named.add(methodName);
            return IValueUtils.forward(module, named, true).singletonOrThrow();
        }
    }

    @SuppressWarnings("NullAway") // DJL's names are nullable, but it is not annotated so
    private static NDArray rename(NDArray array, @org.jspecify.annotations.Nullable String name) {
        array.setName(name);
        return array;
    }

    private IValue run(String method, Object... arguments) {
        IValue[] values = new IValue[arguments.length];
        List<IValue> mine = new ArrayList<>(arguments.length);
        try {
            for (int i = 0; i < values.length; i++) {
                if (arguments[i] instanceof Values kept) {
                    values[i] = kept.value();
                } else {
                    values[i] = wrap(arguments[i]);
                    mine.add(values[i]);
                }
            }
            return IValueUtils.runMethod(module, method, values);
        } finally {
            mine.forEach(IValue::close);
        }
    }

    private static IValue wrap(Object argument) {
        if (argument instanceof NDArray array) {
            return IValue.from((PtNDArray) array);
        } else if (argument instanceof NDArray[] arrays) {
            return listOf(arrays);
        } else if (argument instanceof Integer i) {
            return IValue.from(i.longValue());
        } else if (argument instanceof Long l) {
            return IValue.from(l);
        } else if (argument instanceof Double d) {
            return IValue.from(d);
        } else if (argument instanceof Boolean b) {
            return IValue.from(b);
        } else if (argument instanceof String s) {
            return IValue.from(s);
        } else if (argument instanceof long[] longs) {
            return IValue.listFrom(longs);
        } else if (argument instanceof double[] doubles) {
            return IValue.listFrom(doubles);
        }
        throw new IllegalArgumentException("a TorchScript argument cannot be a " + argument.getClass());
    }

    private static IValue listOf(NDArray[] arrays) {
        PtNDArray[] tensors = new PtNDArray[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            tensors[i] = (PtNDArray) arrays[i];
        }
        return IValue.listFrom(tensors);
    }

    /**
     * Tensors (or numbers) wrapped once for many calls: wrapping a few hundred weights anew costs more than a small
     * model's step. Does not own the tensors.
     */
    public static final class Values implements AutoCloseable {
        private final IValue value;

        private Values(IValue value) {
            this.value = value;
        }

        /** Wraps anything that {@link Script} takes as an argument. */
        public static Values of(Object argument) {
            return new Values(wrap(argument));
        }

        private IValue value() {
            return value;
        }

        @Override
        public void close() {
            value.close();
        }
    }
}
