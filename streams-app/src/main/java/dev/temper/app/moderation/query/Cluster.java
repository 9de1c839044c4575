package dev.temper.app.moderation.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.app.moderation.query.Peers.Heard;
import dev.temper.app.moderation.store.PageTopology;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsMetadata;
import org.jspecify.annotations.Nullable;

/**
 * All instances' memory as one: each partition's part is asked of the instance that has it. An instance that does not
 * answer is named, and the others' parts are given all the same. Thread-safe.
 */
public final class Cluster {
    public static final String LOCAL = "/api/v1/local/";

    private final KafkaStreams streams;
    private final Memory memory;
    private final Address self;
    private final String topic;
    private final Peers peers = new Peers();

    /** @param topic one that the page's tasks read: its partitions are theirs */
    public Cluster(KafkaStreams streams, Memory memory, Address self, String topic) {
        this.streams = streams;
        this.memory = memory;
        this.self = self;
        this.topic = topic;
    }

    /**
     * What was gathered.
     *
     * @param parts those that came
     * @param instances one for each, with its url and whether it was reachable
     * @param missing partitions whose part did not come
     */
    record Gathered<T>(List<T> parts, ArrayNode instances, Set<Integer> missing) {}

    /** @param problem why it was not reached; null where it was */
    private record Asked(
            Address address,
            Set<Integer> partitions,
            @Nullable String problem,
            Optional<JsonNode> part) {}

    /**
     * Asks every instance for its part.
     *
     * @param here this instance's part of these partitions
     * @param path what the others are asked, below {@link #LOCAL}
     * @param parse a part as it comes from another
     */
    <T> Gathered<T> gather(
            Function<Set<Integer>, T> here,
            String path,
            Map<String, String> query,
            Function<JsonNode, T> parse,
            String authorization) {
        Set<Integer> mine = memory.partitions();
        Set<Integer> missing = new TreeSet<>();
        List<CompletableFuture<Asked>> others = new ArrayList<>();
        for (StreamsMetadata instance : instances()) {
            Set<Integer> theirs = partitions(instance);
            missing.addAll(theirs);
            theirs.removeAll(mine);
            Address address = self.of(instance.hostInfo());
            if (!theirs.isEmpty()) {
                others.add(ask(address, theirs, path, query, authorization));
            }
        }
        missing.removeAll(mine);
        List<T> parts = new ArrayList<>();
        parts.add(here.apply(mine));
        ArrayNode instances = Answers.object().arrayNode();
        instances.addObject().put("url", self.url()).put("reachable", true);
        for (CompletableFuture<Asked> other : others) {
            Asked asked = other.join();
            ObjectNode entry =
                    instances.addObject().put("url", asked.address().url()).put("reachable", asked.problem() == null);
            if (asked.problem() != null) {
                entry.put("error", asked.problem());
            }
            asked.part().ifPresent(part -> {
                parts.add(parse.apply(part.path("part")));
                part.path("partitions").forEach(partition -> missing.remove(partition.asInt()));
            });
        }
        return new Gathered<>(parts, instances, missing);
    }

    private CompletableFuture<Asked> ask(
            Address address, Set<Integer> partitions, String path, Map<String, String> query, String authorization) {
        if (address.equals(self)) {
            return CompletableFuture.completedFuture(new Asked(
                    address,
                    partitions,
                    "another instance has this one's address, or partitions move; set moderation.advertised_url of each",
                    Optional.empty()));
        }
        Map<String, String> whole = new LinkedHashMap<>(query);
        whole.put("partitions", partitions.stream().map(String::valueOf).collect(Collectors.joining(",")));
        return peers.ask(address, LOCAL + path, whole, authorization)
                .thenApply(heard -> asked(address, partitions, heard));
    }

    private static Asked asked(Address address, Set<Integer> partitions, Heard heard) {
        if (heard instanceof Heard.Answer answer) {
            return new Asked(address, partitions, null, Optional.of(answer.json()));
        }
        String problem = heard instanceof Heard.Silence silence ? silence.problem() : "runs another version";
        return new Asked(address, partitions, problem, Optional.empty());
    }

    /** A part as another instance gets it: of those of the partitions asked for that are here. */
    <T> ObjectNode part(String partitions, Function<Set<Integer>, T> here, Function<T, ObjectNode> json) {
        Set<Integer> asked = new TreeSet<>();
        for (String partition : partitions.split(",", -1)) {
            if (!partition.matches("\\d{1,9}")) {
                throw new PageException(400, "partitions must be numbers with commas between them");
            }
            asked.add(Integer.parseInt(partition));
        }
        asked.retainAll(memory.partitions());
        ObjectNode answer = Answers.object();
        answer.set("partitions", Answers.tree(asked));
        answer.set("part", json.apply(here.apply(asked)));
        return answer;
    }

    /**
     * All of a flagged answer, wherever it is.
     *
     * @throws PageException 404 where no instance has it, 503 where one that may have it was not reached
     */
    public ObjectNode item(String id, String authorization) {
        Optional<ObjectNode> here = memory.item(id);
        if (here.isPresent()) {
            return here.get();
        }
        Set<Integer> mine = memory.partitions();
        List<CompletableFuture<Heard>> others = new ArrayList<>();
        for (StreamsMetadata instance : instances()) {
            Set<Integer> theirs = partitions(instance);
            theirs.removeAll(mine);
            Address address = self.of(instance.hostInfo());
            if (!theirs.isEmpty() && !address.equals(self)) {
                others.add(peers.ask(address, LOCAL + "flagged/" + id, Map.of(), authorization));
            }
        }
        boolean all = true;
        for (CompletableFuture<Heard> other : others) {
            Heard heard = other.join();
            if (heard instanceof Heard.Answer answer) {
                return answer.json();
            }
            all &= heard instanceof Heard.Nothing;
        }
        if (!all) {
            throw new PageException(503, "an instance that may have this answer does not answer; ask again");
        }
        throw new PageException(404, "no flagged answer has this id, or it is older than moderation.retention_hours");
    }

    private Collection<StreamsMetadata> instances() {
        try {
            return streams.streamsMetadataForStore(PageTopology.QUEUE);
        } catch (IllegalStateException e) {
            throw PageException.away(streams.state());
        }
    }

    private Set<Integer> partitions(StreamsMetadata instance) {
        return instance.topicPartitions().stream()
                .filter(partition -> partition.topic().equals(topic))
                .map(TopicPartition::partition)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
