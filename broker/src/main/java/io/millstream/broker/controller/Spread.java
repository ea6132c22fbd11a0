package io.millstream.broker.controller;

import io.millstream.broker.controller.Refusal.Reason;
import io.millstream.coordination.BrokerRegistration;
import io.millstream.coordination.Versioned;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The order in which brokers are given replicas: where they have racks, neighbours stand in different ones as far as
 * possible. Pure.
 */
final class Spread {

    private final List<Integer> brokers;
    private final Map<Integer, String> racks;

    private Spread(List<Integer> brokers, Map<Integer, String> racks) {
        this.brokers = brokers;
        this.racks = racks;
    }

    /** Over the brokers that are not about to stop. Refused if some of them have a rack and some have none. */
    static Outcome<Spread> over(ClusterState cluster) {
        SortedMap<Integer, String> racks = new TreeMap<>();
        List<Integer> rackless = new ArrayList<>();
        for (Map.Entry<Integer, Versioned<BrokerRegistration>> broker :
                cluster.brokers().entrySet()) {
            if (cluster.stays(broker.getKey())) {
                String rack = broker.getValue().value().rack();
                racks.put(broker.getKey(), rack == null ? "" : rack);
                if (rack == null) {
                    rackless.add(broker.getKey());
                }
            }
        }
        if (rackless.size() == racks.size()) {
            racks.replaceAll((broker, none) -> "broker " + broker); // each by itself
        } else if (!rackless.isEmpty()) {
            return Outcome.refused(
                    Reason.INVALID_REQUEST,
                    "Not all brokers have rack information for replica rack aware assignment: set broker.rack of brokers "
                            + rackless + ", or of none");
        }
        return Outcome.of(new Spread(alternating(racks), racks));
    }

    /** The first broker of each rack, then the second of each, and so on. */
    private static List<Integer> alternating(SortedMap<Integer, String> racks) {
        boolean eachAlone = racks.values().stream().distinct().count() == racks.size();
        if (eachAlone) {
            return List.copyOf(racks.keySet());
        }
        SortedMap<String, Deque<Integer>> byRack = new TreeMap<>();
        racks.forEach((broker, rack) ->
                byRack.computeIfAbsent(rack, name -> new ArrayDeque<>()).add(broker));
        List<Integer> order = new ArrayList<>();
        while (order.size() < racks.size()) {
            for (Deque<Integer> left : byRack.values()) {
                if (!left.isEmpty()) {
                    order.add(left.remove());
                }
            }
        }
        return List.copyOf(order);
    }

    /** How many brokers there are. */
    int size() {
        return brokers.size();
    }

    /** Where in the order a broker stands; -1 if it does not. */
    int place(int broker) {
        return brokers.indexOf(broker);
    }

    /**
     * The replicas of a partition. Leaders go round the brokers; the followers' distance grows by one each time round, to
     * spread a leader's load. Each follower goes to the rack that has the fewest replicas so far.
     *
     * @param start where among the brokers the leader of partition 0 stands
     */
    List<Integer> row(int replicas, int start, int partition) {
        int count = brokers.size();
        int leader = Math.floorMod(start + partition, count);
        List<Integer> candidates = new ArrayList<>();
        for (int i = 0; i < count - 1; i++) {
            int distance = 1 + (partition / count + i) % (count - 1);
            candidates.add(brokers.get((leader + distance) % count));
        }
        List<Integer> row = new ArrayList<>();
        Map<String, Integer> inRack = new HashMap<>();
        take(brokers.get(leader), row, inRack);
        while (row.size() < replicas) {
            Integer next = candidates.get(0);
            for (Integer candidate : candidates) {
                if (inRack(candidate, inRack) < inRack(next, inRack)) {
                    next = candidate;
                }
            }
            candidates.remove(next);
            take(next, row, inRack);
        }
        return List.copyOf(row);
    }

    private int inRack(int broker, Map<String, Integer> inRack) {
        return inRack.getOrDefault(racks.get(broker), 0);
    }

    private void take(int broker, List<Integer> row, Map<String, Integer> inRack) {
        row.add(broker);
        inRack.merge(racks.get(broker), 1, Integer::sum);
    }
}
