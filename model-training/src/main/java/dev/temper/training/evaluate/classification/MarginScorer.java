package dev.temper.training.evaluate.classification;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.sasa.SubspaceFile;
import dev.temper.training.data.LabelledRow;
import dev.temper.training.evaluate.EvaluatedSystem;
import dev.temper.training.evaluate.Workbench;
import dev.temper.training.subspace.LabelRule;
import dev.temper.training.subspace.SubspaceMargins;
import dev.temper.training.subspace.SubspaceSettings;
import dev.temper.training.subspace.SubspaceSettings.EmbedAs;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The negative margin of the text's last state to the model's own subspace. Keeps the model of the last system loaded until
 * the next one comes, or it is closed.
 */
final class MarginScorer implements RowScorer {
    private final Map<String, Path> subspaces;
    private final EmbedAs embedAs;
    private final int maxTokens;
    private final Workbench bench;
    private @Nullable Path model;
    private @Nullable SubspaceMargins margins;

    /** @param subspaces files by the name of the model that they were fitted on */
    MarginScorer(Map<String, Path> subspaces, EmbedAs embedAs, int maxTokens, Workbench bench) {
        this.subspaces = Map.copyOf(subspaces);
        this.embedAs = embedAs;
        this.maxTokens = maxTokens;
        this.bench = bench;
    }

    @Override
    public ObjectNode description() {
        ObjectNode node = new ObjectMapper()
                .createObjectNode()
                .put("by", "margin")
                .put("embed_as", embedAs.name().toLowerCase(Locale.ROOT))
                .put("max_tokens", maxTokens);
        subspaces.forEach((name, file) -> node.withObject("/subspaces").put(name, SubspaceFile.hash(file)));
        return node;
    }

    @Override
    public Optional<String> inapplicable(EvaluatedSystem system) {
        return subspaces.containsKey(system.model().modelId())
                ? Optional.empty()
                : Optional.of("the suite's subspaces name none for the model "
                        + system.model().modelId());
    }

    @Override
    public double[] toxicity(EvaluatedSystem system, List<LabelledRow> rows) {
        double[] margins = open(system.model()).of(rows);
        return Arrays.stream(margins).map(margin -> -margin).toArray();
    }

    private SubspaceMargins open(ModelFolder folder) {
        if (margins == null || !folder.path().equals(model)) {
            close();
            SubspaceSettings settings = new SubspaceSettings(
                    SubspaceSettings.DEFAULT_NAME,
                    LabelRule.DEFAULT,
                    embedAs,
                    false,
                    Math.min(maxTokens, folder.decoder().shape().maxPositions()),
                    bench.weights().computed(),
                    SubspaceSettings.DEFAULT_CUTOFF);
            Path file = Optional.ofNullable(subspaces.get(folder.modelId())).orElseThrow();
            margins = SubspaceMargins.open(folder, file, settings, bench.runtime());
            model = folder.path();
        }
        return margins;
    }

    @Override
    public void close() {
        if (margins != null) {
            margins.close();
            margins = null;
        }
    }
}
