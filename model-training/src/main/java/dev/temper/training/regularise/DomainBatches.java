package dev.temper.training.regularise;

import dev.temper.training.data.EpochOrder;
import dev.temper.training.decoder.TokenSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which sequences a batch has: of each domain the same number, rows of shuffled epochs one after the other. They follow
 * from the seed and the batch's number. Used by one thread; threads with one of their own each see the same batches.
 */
final class DomainBatches {
    private final List<Domain> domains;
    private final int batchSize;
    private final List<EpochOrder> orders;

    DomainBatches(List<Domain> domains, int batchSize, long seed) {
        this.domains = List.copyOf(domains);
        this.batchSize = batchSize;
        this.orders = IntStream.range(0, domains.size())
                .mapToObj(d -> new EpochOrder(domains.get(d).sequences().size(), 31 * seed + d))
                .toList();
    }

    /**
     * A batch.
     *
     * @param sequences domain after domain
     * @param domains of each sequence
     */
    record Drawn(List<TokenSequence> sequences, List<Domain> domains) {

        /** Those that the regulariser looks at. */
        List<TokenSequence> regularised() {
            return IntStream.range(0, sequences.size())
                    .filter(s -> domains.get(s).lambda() > 0)
                    .mapToObj(sequences::get)
                    .toList();
        }
    }

    /** @param batch from 0 */
    Drawn draw(long batch) {
        List<TokenSequence> sequences = new ArrayList<>();
        List<Domain> owners = new ArrayList<>();
        for (int d = 0; d < domains.size(); d++) {
            for (int i = 0; i < batchSize; i++) {
                int row = orders.get(d).row(batch * batchSize + i);
                sequences.add(domains.get(d).sequences().get(row));
                owners.add(domains.get(d));
            }
        }
        return new Drawn(sequences, owners);
    }
}
