package dev.temper.training.subspace;

import ai.djl.ndarray.NDManager;
import dev.temper.runtime.lm.CausalLm;
import dev.temper.runtime.lm.LoadProgress;
import dev.temper.runtime.lm.ModelFolder;
import dev.temper.runtime.lm.ModelKind;
import dev.temper.runtime.sasa.Subspace;
import dev.temper.runtime.sasa.SubspaceFile;
import dev.temper.runtime.text.PromptEncoder;
import dev.temper.runtime.text.Tokenizer;
import dev.temper.runtime.torch.TorchRuntime;
import dev.temper.training.data.LabelledRow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * On which side of a subspace texts are: the margin of the last token's state, as {@link SubspaceFitting} judges held-out
 * rows. Owns its model and tokenizer; used by one thread.
 */
public final class SubspaceMargins implements AutoCloseable {
    private final CausalLm model;
    private final Tokenizer tokenizer;
    private final TextEmbedding embedding;
    private final HiddenStates reader;
    private final Subspace subspace;

    private SubspaceMargins(
            CausalLm model, Tokenizer tokenizer, Path folder, Subspace subspace, SubspaceSettings settings) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.embedding = new TextEmbedding(tokenizer, PromptEncoder.load(folder, tokenizer), settings);
        this.reader = new HiddenStates(model, model.newScope(), false);
        this.subspace = subspace;
    }

    /**
     * Loads a model.
     *
     * @param file a subspace of this model
     * @param settings how texts are embedded; its rule does not matter
     * @throws dev.temper.runtime.TemperException if the subspace is of another model
     */
    public static SubspaceMargins open(ModelFolder folder, Path file, SubspaceSettings settings, TorchRuntime runtime) {
        folder.require(ModelKind.CAUSAL_LM);
        Subspace subspace = SubspaceFile.read(
                file, folder.weightsHash(), folder.decoder().shape().hidden());
        CausalLm model = CausalLm.load(folder, runtime, settings.computeType(), LoadProgress.SILENT);
        try {
            return new SubspaceMargins(model, Tokenizer.load(folder.path()), folder.path(), subspace, settings);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /** For each text its margin, above 0 on the non-toxic side; 0 for a text of which nothing reaches the model. */
    public double[] of(List<LabelledRow> rows) {
        double[] margins = new double[rows.size()];
        Map<EmbeddedText, Integer> places = new IdentityHashMap<>();
        List<EmbeddedText> texts = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            int place = i;
            embedding.ofAnyLabel(rows.get(i)).ifPresent(text -> {
                places.put(text, place);
                texts.add(text);
            });
        }
        reader.read(texts, (NDManager owner, List<EmbeddedText> some, ai.djl.ndarray.NDArray states, int[] counts) -> {
            float[] values = states.toFloatArray(); // [texts, hidden]
            int width = values.length / some.size();
            for (int t = 0; t < some.size(); t++) {
                int place = java.util.Objects.requireNonNull(places.get(some.get(t)));
                margins[place] = subspace.margin(Arrays.copyOfRange(values, t * width, (t + 1) * width));
            }
        });
        return margins;
    }

    @Override
    public void close() {
        tokenizer.close();
        model.close();
    }
}
