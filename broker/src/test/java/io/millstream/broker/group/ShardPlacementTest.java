package io.millstream.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ShardPlacementTest {

    private static final int SHARDS = 1_000;

    private static List<Integer> owners(Set<Integer> brokers) {
        return IntStream.range(0, SHARDS)
                .mapToObj(shard -> ShardPlacement.owner(shard, brokers))
                .toList();
    }

    @Test
    void shardsAreSharedOutEvenly() {
        for (int first : List.of(0, 1, 100, 1_000_000)) {
            Map<Integer, Long> counts = owners(Set.of(first, first + 1, first + 2)).stream()
                    .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));

            assertThat(counts).hasSize(3);
            assertThat(counts.values()).as("%s", counts).allMatch(count -> count > 270 && count < 400);
        }
    }

    @Test
    void aBrokerThatGoesLeavesAloneWhatOthersHave() {
        // given
        List<Integer> three = owners(Set.of(1, 2, 3));
        List<Integer> two = owners(Set.of(1, 3));

        // then
        Set<Integer> heirs = new HashSet<>();
        for (int shard = 0; shard < SHARDS; shard++) {
            if (three.get(shard) == 2) {
                heirs.add(two.get(shard));
            } else {
                assertThat(two.get(shard)).isEqualTo(three.get(shard));
            }
        }
        assertThat(heirs).containsExactlyInAnyOrder(1, 3);
    }

    @Test
    void exactlyOneBrokerTakesAShardFromWhoeverHasIt() {
        Registered registered = new Registered(Set.of(1, 2, 3), Set.of(1, 3));
        for (int shard = 0; shard < 50; shard++) {
            for (int holder : List.of(-1, 1, 2, 3, 9)) {
                int number = shard;
                assertThat(IntStream.of(1, 2, 3)
                                .filter(broker -> ShardPlacement.belongs(number, broker, holder, registered)))
                        .hasSize(1)
                        .doesNotContain(2);
            }
        }
    }

    @Test
    void whileNobodyStaysBrokersKeepWhatTheyHaveAndTakeWhatNobodyEverHad() {
        Registered stopping = new Registered(Set.of(1, 2), Set.of());

        assertThat(ShardPlacement.belongs(0, 1, 1, stopping)).isTrue();
        assertThat(ShardPlacement.belongs(0, 1, 2, stopping)).isFalse();
        assertThat(ShardPlacement.belongs(0, 1, 3, stopping)).isFalse();
        assertThat(ShardPlacement.belongs(0, 1, -1, new Registered(Set.of(), Set.of())))
                .isTrue();
    }
}
