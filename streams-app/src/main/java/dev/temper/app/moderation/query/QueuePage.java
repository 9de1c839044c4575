package dev.temper.app.moderation.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.app.moderation.store.Position;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Flagged answers, the newest first.
 *
 * @param items summaries with verdicts
 * @param next how far it was looked, where there is more behind; null where that was all
 * @param open answers without a verdict, whatever the filter
 */
public record QueuePage(List<ObjectNode> items, @Nullable Position next, long open) {

    private static final Comparator<ObjectNode> NEWEST_FIRST =
            Comparator.<ObjectNode, Position>comparing(QueuePage::position).reversed();

    static final QueuePage EMPTY = new QueuePage(List.of(), null, 0);

    /** The place of a summary. */
    static Position position(JsonNode summary) {
        return new Position(summary.path("at").asLong(), summary.path("id").asText());
    }

    /**
     * Pages of different answers as one. Behind the earliest end of a page that is not whole nothing can be said: there that
     * page may hold answers between the others'.
     */
    static QueuePage merge(List<QueuePage> pages, int limit) {
        Optional<Position> horizon =
                pages.stream().flatMap(page -> Stream.ofNullable(page.next())).max(Comparator.naturalOrder());
        List<ObjectNode> all = new ArrayList<>();
        for (QueuePage page : pages) {
            page.items().stream()
                    .filter(item -> horizon.isEmpty() || position(item).compareTo(horizon.get()) >= 0)
                    .forEach(all::add);
        }
        all.sort(NEWEST_FIRST);
        long open = pages.stream().mapToLong(QueuePage::open).sum();
        if (all.size() > limit) {
            List<ObjectNode> first = List.copyOf(all.subList(0, limit));
            return new QueuePage(first, position(first.get(limit - 1)), open);
        }
        return new QueuePage(List.copyOf(all), horizon.orElse(null), open);
    }

    ObjectNode toJson() {
        ObjectNode json = Answers.object();
        json.putArray("items").addAll(items);
        json.put("next", next == null ? null : next.toString());
        return json.put("open", open);
    }

    static QueuePage of(JsonNode json) {
        List<ObjectNode> items = new ArrayList<>();
        for (JsonNode item : json.path("items")) {
            items.add((ObjectNode) item);
        }
        return new QueuePage(
                items,
                Position.parse(json.path("next").asText()).orElse(null),
                json.path("open").asLong());
    }
}
