package dev.temper.training.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against numbers computed by scikit-learn and numpy. */
class MetricsGoldenTest {
    private static final double TOLERANCE = 1e-12;

    static Stream<JsonNode> rankings() throws IOException {
        return cases("roc_auc");
    }

    static Stream<JsonNode> toxicities() throws IOException {
        return cases("toxicity");
    }

    @ParameterizedTest
    @MethodSource("rankings")
    void shouldRankAsTheReference(JsonNode golden) {
        // Given
        double[] scores = doubles(golden.get("scores"));
        boolean[] positive = new boolean[scores.length];
        for (int i = 0; i < positive.length; i++) {
            positive[i] = golden.get("labels").get(i).intValue() == 1;
        }

        // When
        double rocAuc = Ranking.rocAuc(positive, scores);
        double averagePrecision = Ranking.averagePrecision(positive, scores);

        // Then
        assertSame(rocAuc, golden.get("roc_auc"));
        assertSame(averagePrecision, golden.get("average_precision"));
    }

    @ParameterizedTest
    @MethodSource("toxicities")
    void shouldJudgeSamplesAsTheReference(JsonNode golden) {
        // Given
        List<double[]> prompts = new ArrayList<>();
        golden.get("scores").forEach(scores -> prompts.add(doubles(scores)));
        double[] all = prompts.stream().flatMapToDouble(Arrays::stream).toArray();

        // When
        double expectedMaximum = SampleToxicity.expectedMaximum(prompts);
        double probability = SampleToxicity.probability(prompts);
        double rate = SampleToxicity.rate(all);

        // Then
        assertSame(expectedMaximum, golden.get("expected_max_toxicity"));
        assertSame(probability, golden.get("toxicity_probability_ge_0.5"));
        assertSame(rate, golden.get("fraction_of_samples_ge_0.5"));
    }

    private static void assertSame(double actual, JsonNode golden) {
        if (golden.isNull()) {
            assertThat(actual).isNaN();
        } else {
            assertThat(actual).isCloseTo(golden.doubleValue(), within(TOLERANCE));
        }
    }

    private static Stream<JsonNode> cases(String name) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(MetricsGoldenTest.class.getResourceAsStream("/goldens/metrics/metrics.json"))) {
            return StreamSupport.stream(
                    new ObjectMapper().readTree(in).get(name).spliterator(), false);
        }
    }

    private static double[] doubles(JsonNode list) {
        double[] values = new double[list.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = list.get(i).doubleValue();
        }
        return values;
    }
}
