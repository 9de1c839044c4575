package dev.temper.app.subspaces;

import static dev.temper.app.subspaces.SampleSubspaces.NAME;
import static dev.temper.app.subspaces.SampleSubspaces.event;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.temper.app.subspaces.SubspaceReading.Cause;
import dev.temper.app.subspaces.SubspaceReading.Invalid;
import dev.temper.app.subspaces.SubspaceReading.Withdrawn;
import dev.temper.runtime.sasa.SubspaceFile;
import dev.temper.schemas.event.SubspaceEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SubspaceBookTest {
    private final SubspaceBook book = new SubspaceBook(SampleSubspaces.configured());

    private SubspaceReading put(long offset, SubspaceEvent event) {
        String key = SubspaceReading.key(event);
        return book.put(key, offset, SubspaceReading.of(key, event));
    }

    @Test
    void shouldPutTheNewestValidVersionInForce() {
        // Given
        SubspaceEvent first = event("m", 0, 1).build();
        SubspaceEvent second = event("m", 1, 1).build();

        // When
        put(0, first);
        put(1, second);
        put(2, event("other", 1, 0).build());
        put(3, event("m", 1, 0, 0).build());

        // Then
        assertThat(book.inForce()).containsExactly(Map.entry(NAME, second.getVersion()));
        assertThat(book.versions().get(NAME)).isNotNull().satisfies(version -> {
            assertThat(version.hash()).isEqualTo(second.getHash());
            assertThat(version.subspace().direction()).containsExactly(1, 1);
        });
        assertThat(book.refused(Cause.OTHER_MODEL)).isEqualTo(1);
        assertThat(book.refused(Cause.INVALID)).isEqualTo(1);
        assertThat(book.entries()).hasSize(4);
    }

    @Test
    void shouldGoBackToAnEarlierOneThatIsPublishedAgainAndToTheConfiguredOneWhenAllAreWithdrawn() {
        // Given
        SubspaceEvent first = event("m", 0, 1).build();
        SubspaceEvent second = event("m", 1, 1).build();
        put(0, first);
        put(1, second);

        // When
        put(2, first);
        String again = String.valueOf(book.inForce().get(NAME));
        book.put(SubspaceReading.key(first), 3, new Withdrawn());
        String earlier = String.valueOf(book.inForce().get(NAME));
        book.put(SubspaceReading.key(second), 4, new Withdrawn());

        // Then
        assertThat(again).isEqualTo(first.getVersion());
        assertThat(earlier).isEqualTo(second.getVersion());
        assertThat(book.inForce()).containsEntry(NAME, SubspaceBook.CONFIGURED);
        assertThat(book.versions()).isEmpty();
    }

    @Test
    void shouldSayTheSameWhateverTheOrderInWhichCompactedRecordsAreRead() {
        // Given: the last record of each key, with its offset
        List<SubspaceEvent> events = List.of(
                event("m", 0, 1).build(),
                event("m", 1, 1).build(),
                event("m", 2, 1).build());
        List<Integer> order = new ArrayList<>(List.of(0, 1, 2));
        Collections.shuffle(order, new Random(4));

        // When
        order.forEach(i -> put(10 + i, events.get(i)));

        // Then
        assertThat(book.inForce()).containsEntry(NAME, events.get(2).getVersion());
    }

    static Stream<Arguments> wrong() {
        SubspaceEvent good = event("m", 0, 1).build();
        String key = SubspaceReading.key(good);
        String changed = good.getDocument().replace("0.75", "0.99");
        String zero = good.getDocument().replace("[ 0.0, 1.0 ]", "[ 0.0, 0.0 ]");
        return Stream.of(
                arguments("another", good, "its key must be '" + key + "'"),
                arguments(key, event("m", 0, 1).setDocument(changed).build(), "its hash is not its document's"),
                arguments(key, event("m", 0, 1).setModelHash("n").build(), "its model_hash is not its document's"),
                arguments(
                        key,
                        event("m", 0, 1)
                                .setDocument("{}")
                                .setHash(SubspaceFile.hash("{}".getBytes(UTF_8)))
                                .build(),
                        "the document is not a subspace file"),
                arguments(
                        key,
                        event("m", 0, 1)
                                .setDocument(zero)
                                .setHash(SubspaceFile.hash(zero.getBytes(UTF_8)))
                                .build(),
                        "a direction that is zero or not finite"),
                arguments(
                        NAME + "/latest", event("m", 0, 1).setVersion("latest").build(), "16 hexadecimal digits"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void shouldSayWhatIsWrongWithAnInvalidOne(String key, SubspaceEvent event, String reason) {
        // When
        SubspaceReading reading = book.put(key, 1, SubspaceReading.of(key, event));

        // Then
        assertThat(reading).isInstanceOfSatisfying(Invalid.class, invalid -> {
            assertThat(invalid.cause()).isEqualTo(Cause.INVALID);
            assertThat(invalid.reason()).contains(reason);
        });
        assertThat(book.inForce()).containsEntry(NAME, SubspaceBook.CONFIGURED);
    }
}
