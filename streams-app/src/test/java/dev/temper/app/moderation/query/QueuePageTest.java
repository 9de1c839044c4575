package dev.temper.app.moderation.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.app.moderation.store.Position;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueuePageTest {

    private static ObjectNode item(Position position) {
        return Answers.object().put("at", position.at()).put("id", position.id());
    }

    /** A partition's page, as a search gives it that looks at so many and finds those with an even time. */
    private static QueuePage page(List<Position> newestFirst, @Nullable Position before, int limit, int mostLookedAt) {
        List<ObjectNode> found = new ArrayList<>();
        Position last = null;
        int looked = 0;
        for (Position position : newestFirst) {
            if (before != null && position.compareTo(before) >= 0) {
                continue;
            }
            if (found.size() == limit || looked == mostLookedAt) {
                return new QueuePage(found, last, 1);
            }
            looked++;
            last = position;
            if (position.at() % 2 == 0) {
                found.add(item(position));
            }
        }
        return new QueuePage(found, null, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldShowEachAnswerOnceAndInOrderHoweverTheyAreSpread(int seed) {
        // Given
        SplittableRandom random = new SplittableRandom(seed);
        List<List<Position>> partitions = Stream.<List<Position>>generate(ArrayList::new)
                .limit(1 + random.nextInt(4))
                .toList();
        List<Position> expected = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Position position = new Position(random.nextInt(60), "id" + i);
            // Not evenly: one partition gets most.
            partitions
                    .get(random.nextInt(3) == 0 ? random.nextInt(partitions.size()) : 0)
                    .add(position);
            if (position.at() % 2 == 0) {
                expected.add(position);
            }
        }
        partitions.forEach(partition -> partition.sort(Collections.reverseOrder()));
        expected.sort(Collections.reverseOrder());
        int limit = 1 + random.nextInt(9);

        // When
        List<Position> shown = new ArrayList<>();
        Position before = null;
        do {
            Position from = before;
            QueuePage page = QueuePage.merge(
                    partitions.stream()
                            .map(partition -> page(partition, from, limit, 11))
                            .map(one -> QueuePage.of(one.toJson())) // as instances tell each other
                            .toList(),
                    limit);
            assertThat(page.items()).hasSizeLessThanOrEqualTo(limit);
            assertThat(page.open()).isEqualTo(partitions.size());
            page.items().forEach(item -> shown.add(QueuePage.position(item)));
            before = page.next();
        } while (before != null);

        // Then
        assertThat(shown).isEqualTo(expected);
    }
}
