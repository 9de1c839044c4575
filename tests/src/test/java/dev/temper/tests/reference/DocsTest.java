package dev.temper.tests.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.temper.app.cli.Temper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documentation names is there: files, tests, commands with their options. */
class DocsTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern FENCED = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
    private static final Pattern LINK = Pattern.compile("]\\((?!\\w+:|#)([^)#\\s]+)(?:#[^)]*)?\\)");
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)`");
    private static final Pattern COMMAND = Pattern.compile("(?m)^(?:\\./)?temper (.*)$");
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
                Stream<Path> models = Files.walk(ROOT.resolve("models"), 2)) {
            return Stream.of(Stream.of(ROOT.resolve("README.md")), docs, models)
                    .flatMap(files -> files)
                    .filter(file -> file.toString().endsWith(".md"))
                    .distinct()
                    .sorted()
                    .toList();
        }
    }

    private static Stream<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1));
    }

    @Test
    void shouldLeadToFilesThatThereAre() throws Exception {
        // Given
        List<String> broken = new ArrayList<>();

        // When
        for (Path page : pages()) {
            found(LINK, FENCED.matcher(Files.readString(page)).replaceAll(""))
                    .filter(target -> !Files.exists(page.resolveSibling(target)))
                    .forEach(target -> broken.add(page + " -> " + target));
        }

        // Then
        assertThat(broken).isEmpty();
    }

    @Test
    void shouldNameTestsThatThereAre() throws Exception {
        // Given
        Set<String> known;
        try (Stream<Path> modules = Files.list(ROOT)) {
            known = modules.map(module -> module.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .flatMap(DocsTest::files)
                    .map(file -> file.getFileName().toString().replace(".java", ""))
                    .collect(Collectors.toSet());
        }
        List<String> unknown = new ArrayList<>();

        // When
        for (Path page : pages()) {
            found(TEST, Files.readString(page))
                    .filter(name -> !known.contains(name))
                    .forEach(name -> unknown.add(page + ": " + name));
        }

        // Then
        assertThat(unknown).isEmpty();
    }

    private static Stream<Path> files(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.toList().stream();
        } catch (IOException e) {
            throw new IllegalStateException("cannot list " + folder, e);
        }
    }

    @Test
    void shouldShowCommandsThatThereAre() throws Exception {
        // Given
        List<String> commands = new ArrayList<>();
        for (Path page : pages()) {
            FENCED.matcher(Files.readString(page))
                    .results()
                    .filter(block -> block.group(1).equals("sh"))
                    .map(block -> block.group(2).replace("\\\n", " "))
                    .forEach(block -> found(COMMAND, block).forEach(commands::add));
        }

        var line = Temper.commandLine();

        // When, Then
        assertThat(commands).hasSizeGreaterThan(20).allSatisfy(command -> {
            String[] words = WORD.matcher(command.replaceAll("\\s#.*", ""))
                    .results()
                    .map(DocsTest::word)
                    .toArray(String[]::new);
            assertThatCode(() -> line.parseArgs(words)).as(command).doesNotThrowAnyException();
        });
    }

    private static String word(MatchResult match) {
        return match.group(1) == null ? match.group(2) : match.group(1);
    }
}
