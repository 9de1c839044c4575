package dev.temper.training.evaluate.classification;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.score.ToxicityScorer;
import dev.temper.training.data.LabelledRow;
import dev.temper.training.evaluate.EvaluatedSystem;
import dev.temper.training.evaluate.ToxicityMeter;
import dev.temper.training.evaluate.Workbench;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The toxicity that a classification head gives a text. Keeps the last head loaded until the next one is needed, or it is
 * closed.
 */
final class HeadScorer implements RowScorer {
    private final Map<String, Path> heads;
    private final Workbench bench;
    private @Nullable Path opened;
    private @Nullable ToxicityMeter meter;

    /** @param heads folders of classifiers by the name of the language model that they belong to */
    HeadScorer(Map<String, Path> heads, Workbench bench) {
        this.heads = Map.copyOf(heads);
        this.bench = bench;
    }

    @Override
    public ObjectNode description() {
        ObjectNode node = new ObjectMapper().createObjectNode().put("by", "head");
        heads.forEach((name, folder) ->
                node.withObject("/heads").put(name, ModelFolder.open(folder).weightsHash()));
        return node;
    }

    @Override
    public Optional<String> inapplicable(EvaluatedSystem system) {
        return heads.containsKey(system.model().modelId())
                ? Optional.empty()
                : Optional.of("the suite's heads name no classifier for the model "
                        + system.model().modelId());
    }

    @Override
    public double[] toxicity(EvaluatedSystem system, List<LabelledRow> rows) {
        Path folder = Optional.ofNullable(heads.get(system.model().modelId())).orElseThrow();
        return open(folder).toxicity(rows.stream().map(LabelledRow::text).toList());
    }

    private ToxicityMeter open(Path folder) {
        if (meter == null || !folder.equals(opened)) {
            close();
            ToxicityScorer scorer = ToxicityScorer.load(
                    ModelFolder.open(folder), bench.runtime(), bench.weights().computed(), LoadProgress.SILENT);
            meter = new ToxicityMeter(scorer, Optional.empty(), scorer::close);
            opened = folder;
        }
        return meter;
    }

    @Override
    public void close() {
        if (meter != null) {
            meter.close();
            meter = null;
        }
    }
}
