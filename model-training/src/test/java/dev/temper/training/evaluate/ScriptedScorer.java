package dev.temper.training.evaluate;

import dev.temper.runtime.score.TextScorer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the number in the answers of {@link ScriptedSystem}. */
public final class ScriptedScorer implements TextScorer, ScorerPlan {
    @Override
    public ToxicityMeter open(Workbench bench) {
        return new ToxicityMeter(this, Optional.empty(), () -> {});
    }

    @Override
    public List<Map<String, Double>> score(List<String> texts) {
        return texts.stream()
                .map(text -> Map.of("toxic", Double.parseDouble(text.substring("secret ".length()))))
                .toList();
    }

    @Override
    public List<String> categories() {
        return List.of("toxic");
    }

    @Override
    public String id() {
        return "scripted-scorer";
    }

    @Override
    public String hash() {
        return "4567";
    }
}
