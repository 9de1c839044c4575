package dev.temper.training.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.runtime.TemperException;
import dev.temper.training.data.DataFile;
import dev.temper.training.data.PromptFile;
import dev.temper.training.data.PromptFile.TextAs;
import dev.temper.training.data.PromptRow;
import dev.temper.training.data.RowDraw;
import dev.temper.training.data.RowFilter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which prompts a suite asks.
 *
 * @param data files of prompts, at least one; several are one set
 * @param where fields and values of the rows that count, see {@link RowFilter}
 * @param heldOut only rows that no training of ours has seen, see {@link PromptRow#isHeldOut()}
 * @param limit most rows, drawn by the plan's seed; 0 = all
 */
public record PromptSet(List<Path> data, Map<String, JsonNode> where, boolean heldOut, int limit) {

    public PromptSet {
        data = data == null ? List.of() : List.copyOf(data);
        if (data.isEmpty()) {
            throw new IllegalArgumentException("data must name at least one file of prompts");
        }
        if (limit < 0) {
            throw new IllegalArgumentException("limit must be 0 (all) or more, not " + limit);
        }
        new RowFilter(where);
    }

    /** What was read: the rows that were drawn, at least one, and the files that they are from. */
    public record Read(List<PromptRow> rows, List<DataFile> files) {}

    /**
     * Reads the files, and draws.
     *
     * @param suite the suite's name, for errors
     * @param groupBy field that tells a row's group
     */
    public Read read(String suite, TextAs textAs, Optional<String> groupBy, long seed) {
        List<PromptRow> rows = new ArrayList<>();
        List<DataFile> files = new ArrayList<>();
        for (Path file : data) {
            // Ids are unique in a file; with several files the file's name keeps them apart.
            String prefix = data.size() == 1 ? "" : file.getFileName() + ":";
            files.add(PromptFile.read(file, textAs, new RowFilter(where), groupBy, row -> {
                if (!heldOut || row.isHeldOut()) {
                    rows.add(new PromptRow(prefix + row.id(), row.prompt(), row.group()));
                }
            }));
        }
        if (rows.isEmpty()) {
            throw new TemperException(
                    "suites." + suite + ": no row of its data fulfils where and held_out; loosen them");
        }
        return new Read(limit == 0 ? rows : RowDraw.of(rows, limit, seed, PromptRow::id), files);
    }
}
