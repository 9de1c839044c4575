package dev.temper.runtime.serve;

import dev.temper.runtime.TemperException;
import dev.temper.runtime.sasa.SubspaceVersion;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Answers prompts, many at once. Thread-safe.
 *
 * <p>Promises to callers:
 *
 * <ol>
 *   <li>Every accepted request gets exactly one outcome, also when the device fails, when it is cancelled, when its time
 *       is over or when the engine is closed.
 *   <li>No method waits for the model, but {@link #close()}, which waits for the step that is under way.
 *   <li>The consumer is called on an engine thread; it must hand the outcome over and return at once.
 *   <li>The same request on the same weights gives the same answer, up to floating point.
 * </ol>
 */
public interface GenerationEngine extends AutoCloseable {

    /**
     * Asks for an answer.
     *
     * @return false when the bounded queue is full, in which case nothing was accepted and the consumer is never called
     * @throws IllegalStateException after {@link #close()}
     */
    boolean offer(GenerationRequest request, Consumer<GenerationOutcome> onOutcome);

    /**
     * Asks the engine to give up requests: those with this id that were accepted before this call and have no outcome
     * yet. They end with {@link GenerationOutcome.Reason#CANCELLED} at the next step at the latest, wherever they are; one
     * whose answer is being finished at this moment may still complete. An unknown id is ignored.
     *
     * <p>Ids should be unique among unanswered requests, since outcomes and this method know requests by them. Requests
     * that share an id are each answered, and are cancelled together.
     *
     * @return whether there was an unanswered request with this id
     */
    boolean cancel(String requestId);

    /**
     * From now on requests are taken in but none begins, until the hold has been released and all that wait can begin
     * together. So the batches of bulk work, and with them the last digits of its answers, depend on the order of its
     * requests and not on when they came. Releasing twice does nothing; one caller at a time.
     */
    default Hold hold() {
        return () -> {};
    }

    /** Ends {@link #hold()}. */
    @FunctionalInterface
    interface Hold {
        void release();
    }

    /** What answers: recorded on every event. */
    Identity identity();

    /** The subspaces of {@link #identity()}, by name, where the engine can exchange them; else none. */
    default Map<String, SubspaceVersion> configuredSubspaces() {
        return Map.of();
    }

    /**
     * Guides by these versions from now on, and by the configured ones of all other names: answers that have begun keep
     * what they began with, requests that are offered after this call get the new ones. Only where answers are still
     * running that began before the last exchange, requests get what guides now, and the new ones once those have ended.
     *
     * @throws TemperException if a name is not configured, or a subspace is not of this model; nothing changes then
     */
    default void guideBy(Map<String, SubspaceVersion> versions) {
        if (!versions.isEmpty()) {
            throw new TemperException("this engine has no subspaces that can be exchanged");
        }
    }

    /** Requests accepted and not yet answered. */
    int inFlight();

    /** How busy the engine is at this moment; costs next to nothing, from any thread. */
    EngineStatus status();

    /** Fails what is still unanswered with {@link GenerationOutcome.Reason#ENGINE_CLOSED} and frees the device. */
    @Override
    void close();

    /**
     * Names and hashes of what answers and judges.
     *
     * @param modelId the model folder's name
     * @param modelHash SHA-256 of the weights, hexadecimal
     * @param scorerId the scorer's folder name, empty without a scorer
     * @param scorerHash SHA-256 of the scorer's weights, empty without a scorer
     * @param subspaceHashes subspace name to SHA-256 of its file, as configured
     */
    record Identity(
            String modelId, String modelHash, String scorerId, String scorerHash, Map<String, String> subspaceHashes) {
        public Identity {
            subspaceHashes = Map.copyOf(subspaceHashes);
        }
    }
}
