package dev.temper.tests.reference;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.doctree.TextTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** What the Javadoc of a record says, as Markdown: read from its source, since class files do not have it. */
final class SourceDocs {
    private static final List<String> MODULES = List.of("schemas", "model-runtime", "model-training", "streams-app");

    private static final Map<Class<?>, Optional<DocCommentTree>> READ = new ConcurrentHashMap<>();

    private SourceDocs() {}

    /** A setting's name as files write it. */
    static String key(String component) {
        return SnakeCaseStrategy.INSTANCE.translate(component);
    }

    /** The description, without what is said of components. */
    static String of(Class<?> type) {
        return comment(type).map(doc -> markdown(type, doc.getFullBody())).orElse("");
    }

    /** What {@code @param} says of a component; empty if nothing. */
    static String of(Class<?> type, String component) {
        return comment(type).stream()
                .flatMap(doc -> doc.getBlockTags().stream())
                .filter(ParamTree.class::isInstance)
                .map(ParamTree.class::cast)
                .filter(param -> param.getName().toString().equals(component))
                .map(param -> markdown(type, param.getDescription()))
                .collect(Collectors.joining());
    }

    private static String markdown(Class<?> type, List<? extends DocTree> parts) {
        return parts.stream()
                .map(part -> markdown(type, part))
                .collect(Collectors.joining())
                .replaceAll("\\s+", " ")
                .replace("Immutable; thread-safe.", "") // who sets something needs not know
                .replace("|", "\\|")
                .strip();
    }

    private static String markdown(Class<?> type, DocTree part) {
        if (part instanceof TextTree text) {
            return text.getBody();
        }
        if (part instanceof LiteralTree code) {
            String body = code.getBody().getBody();
            return "`" + (isComponent(type, body) ? key(body) : body) + "`";
        }
        if (part instanceof LinkTree link) {
            String signature = link.getReference().getSignature();
            String name = signature.substring(Math.max(signature.lastIndexOf('#'), signature.lastIndexOf('.')) + 1);
            return link.getLabel().isEmpty()
                    ? "`" + constant(type, signature).orElse(name) + "`"
                    : markdown(type, link.getLabel());
        }
        return part.getKind() == DocTree.Kind.START_ELEMENT || part.getKind() == DocTree.Kind.END_ELEMENT
                ? " "
                : part.toString();
    }

    private static boolean isComponent(Class<?> type, String name) {
        return Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .anyMatch(name::equals);
    }

    /** The value of a link to a constant of this class. */
    private static Optional<String> constant(Class<?> type, String signature) {
        try {
            return signature.startsWith("#")
                    ? Optional.of(
                            String.valueOf(type.getField(signature.substring(1)).get(null)))
                    : Optional.empty();
        } catch (ReflectiveOperationException e) {
            return Optional.empty();
        }
    }

    private static Optional<DocCommentTree> comment(Class<?> type) {
        return READ.computeIfAbsent(type, SourceDocs::read);
    }

    private static Optional<DocCommentTree> read(Class<?> type) {
        Class<?> outermost = type;
        while (outermost.getEnclosingClass() != null) {
            outermost = outermost.getEnclosingClass();
        }
        String path = outermost.getName().replace('.', '/') + ".java";
        Path source = Stream.of("..")
                .flatMap(root -> MODULES.stream().map(module -> Path.of(root, module, "src/main/java", path)))
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no source of " + type));
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask)
                    compiler.getTask(null, files, null, List.of("-proc:none"), null, files.getJavaFileObjects(source));
            DocTrees docs = DocTrees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                TreePath found = new ClassFinder(type.getSimpleName()).scan(unit, null);
                if (found != null) {
                    return Optional.ofNullable(docs.getDocCommentTree(found));
                }
            }
            throw new IllegalStateException("no " + type + " in " + source);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + source, e);
        }
    }

    private static final class ClassFinder extends TreePathScanner<@Nullable TreePath, @Nullable Void> {
        private final String name;

        ClassFinder(String name) {
            this.name = name;
        }

        @Override
        public @Nullable TreePath visitClass(ClassTree tree, @Nullable Void nothing) {
            return tree.getSimpleName().contentEquals(name) ? getCurrentPath() : super.visitClass(tree, nothing);
        }

        @Override
        public @Nullable TreePath reduce(@Nullable TreePath first, @Nullable TreePath second) {
            return first == null ? second : first;
        }
    }
}
