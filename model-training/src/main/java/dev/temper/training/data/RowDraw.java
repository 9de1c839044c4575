package dev.temper.training.data;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A part of the rows, drawn by a seed: files are often sorted, so their beginning stands for nothing. The same seed draws
 * the same rows, and fewer of them are a part of more.
 */
public final class RowDraw {
    private RowDraw() {}

    /** So many rows, or all if there are not so many, in their order. */
    public static <T> List<T> of(List<T> rows, int limit, long seed, Function<T, String> id) {
        if (limit >= rows.size()) {
            return List.copyOf(rows);
        }
        Set<String> drawn = rows.stream()
                .map(id)
                .sorted(Comparator.comparing(
                        name -> UUID.nameUUIDFromBytes((seed + "/" + name).getBytes(StandardCharsets.UTF_8))))
                .limit(limit)
                .collect(Collectors.toCollection(HashSet::new));
        return rows.stream().filter(row -> drawn.contains(id.apply(row))).toList();
    }
}
