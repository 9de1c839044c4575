package dev.temper.app.moderation.store;

import dev.temper.schemas.event.Action;
import dev.temper.schemas.event.CategoryScore;
import dev.temper.schemas.event.RejectEvent;
import dev.temper.schemas.event.ResultEvent;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.WindowStore;

/**
 * One partition's numbers, in fine and coarse windows. Who writes prompts chooses the tenants' names, so that a window tells
 * only the first so many apart, as the metrics do; the others are {@value #OTHER}. One thread.
 */
final class Statistics {
    static final String OTHER = "other";
    static final int MOST_TENANTS = 100;
    static final int MOST_CATEGORIES = 200;
    /** Of scores in [0, 1]. */
    static final int BINS = 20;

    private static final int MOST_CHARACTERS = 100;
    /** Coarse windows whose tenants are known without a look into the store. */
    private static final int WINDOWS_AT_HAND = 8;

    private final WindowStore<String, Counts> fine;
    private final WindowStore<String, Counts> coarse;
    private final Map<Long, Set<String>> tenants = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Set<String>> eldest) {
            return size() > WINDOWS_AT_HAND;
        }
    };

    Statistics(WindowStore<String, Counts> fine, WindowStore<String, Counts> coarse) {
        this.fine = fine;
        this.coarse = coarse;
    }

    /**
     * Gives a store without data a segment, which shows nothing. A window store notes in its segments how far it has read its
     * changelog (Kafka Streams from 4.3 on); one that never had any has noted nothing, and each start would take its task for
     * damaged, log an error and restore it.
     */
    void open() {
        for (WindowStore<String, Counts> store : List.of(fine, coarse)) {
            try (KeyValueIterator<Windowed<String>, Counts> all = store.all()) {
                if (!all.hasNext()) {
                    store.put(OTHER, null, 0); // so long ago that no event is too old beside it
                }
            }
        }
    }

    void add(ResultEvent result, long at) {
        add(result.getTenant(), at, counts -> {
            counts.add(Counts.RESULTS);
            for (CategoryScore score : result.getAssessment().getScores()) {
                String category = category(counts, score.getCategory());
                counts.add(Counts.SCORE + bin(score.getScore()) + '/' + category);
                if (result.getFlagged() && score.getExceeded()) {
                    counts.add(Counts.CATEGORY + category);
                }
            }
            counts.add(Counts.LATENCY
                    + LatencyBuckets.of(
                            1000 * result.getGeneration().getTimings().getTotalSeconds()));
            if (result.getFlagged()) {
                Action action = result.getAssessment().getAction();
                counts.add(Counts.FLAGGED);
                counts.add(Counts.ACTION + action);
                counts.add(Counts.SEVERITY
                        + Math.max(0, Math.min(6, result.getAssessment().getSeverity())));
            }
        });
    }

    void add(RejectEvent reject, long at) {
        String tenant = reject.getTenant();
        add(tenant == null ? OTHER : tenant, at, counts -> {
            counts.add(Counts.REJECTS);
            counts.add(Counts.REASON + reject.getReason());
        });
    }

    private void add(String tenant, long at, Consumer<Counts> what) {
        String known = tenant(tenant, at - at % PageTopology.COARSE_STEP.toMillis());
        add(fine, PageTopology.FINE_STEP, known, at, what);
        add(coarse, PageTopology.COARSE_STEP, known, at, what);
    }

    private static void add(
            WindowStore<String, Counts> store, Duration step, String tenant, long at, Consumer<Counts> what) {
        long window = at - at % step.toMillis();
        Counts counts = store.fetch(tenant, window);
        if (counts == null) {
            counts = new Counts();
        }
        what.accept(counts);
        store.put(tenant, counts, window);
    }

    private String tenant(String name, long window) {
        Set<String> known = tenants.computeIfAbsent(window, this::stored);
        if (known.contains(name)) {
            return name;
        }
        if (name.length() > MOST_CHARACTERS || known.size() >= MOST_TENANTS) {
            return OTHER;
        }
        known.add(name);
        return name;
    }

    private Set<String> stored(long window) {
        Set<String> names = new HashSet<>();
        try (KeyValueIterator<Windowed<String>, Counts> all = coarse.fetchAll(window, window)) {
            while (all.hasNext()) {
                KeyValue<Windowed<String>, Counts> one = all.next();
                names.add(one.key.key());
            }
        }
        return names;
    }

    private static String category(Counts counts, String name) {
        if (name.length() > MOST_CHARACTERS) {
            return OTHER;
        }
        return counts.knows(name) || counts.categories() < MOST_CATEGORIES ? name : OTHER;
    }

    private static String bin(double score) {
        return String.format("%02d", Math.max(0, Math.min(BINS - 1, (int) (score * BINS))));
    }
}
