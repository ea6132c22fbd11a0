package io.millstream.nemesis;

import static org.awaitility.Awaitility.await;

import io.millstream.fixture.cluster.Network;
import io.millstream.fixture.cluster.ProcCluster;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What goes wrong with a broker, and that it is put right again. What is left open is decided by the scene's random numbers. */
enum Fault {
    SIGKILL {
        @Override
        void strike(Scene scene, int victim) {
            scene.cluster().kill9(victim);
            hold(scene, 0, 1.5); // a restart before or after its session has ended
            scene.cluster().restart(victim).join();
        }
    },
    SIGTERM {
        @Override
        void strike(Scene scene, int victim) {
            scene.cluster().terminate(victim);
            hold(scene, 0, 0.5);
            scene.cluster().restart(victim).join();
        }
    },
    SIGSTOP {
        @Override
        void strike(Scene scene, int victim) {
            scene.cluster().pause(victim);
            hold(scene, 0.5, 2);
            scene.cluster().resume(victim);
        }
    },
    /** Nothing goes between it and the other brokers; maybe neither to ZooKeeper, maybe neither to clients. */
    PARTITION {
        @Override
        void strike(Scene scene, int victim) {
            Network network = scene.cluster().network();
            String node = ProcCluster.node(victim);
            others(scene, victim).forEach(other -> network.partition(node, other));
            if (scene.random().nextBoolean()) {
                network.partition(node, ProcCluster.ZOOKEEPER);
            }
            if (scene.random().nextBoolean()) {
                network.partition(node, ProcCluster.CLIENTS);
            }
            hold(scene, 0.5, 2);
            network.heal();
        }
    },
    /** What it sends does not arrive, or nothing reaches it: at the other brokers, or at ZooKeeper. */
    ASYMMETRIC_PARTITION {
        @Override
        void strike(Scene scene, int victim) {
            Network network = scene.cluster().network();
            String node = ProcCluster.node(victim);
            List<String> cut = scene.random().nextBoolean() ? others(scene, victim) : List.of(ProcCluster.ZOOKEEPER);
            boolean mute = scene.random().nextBoolean();
            cut.forEach(other -> network.block(mute ? node : other, mute ? other : node));
            hold(scene, 0.5, 2);
            network.heal();
        }
    },
    ZOOKEEPER_RESTART {
        @Override
        void strike(Scene scene, int victim) {
            scene.cluster().restartZooKeeper();
        }
    },
    /** Cut off from ZooKeeper, and from nobody else, until its session is over. */
    SESSION_EXPIRY {
        @Override
        void strike(Scene scene, int victim) {
            scene.cluster().network().partition(ProcCluster.node(victim), ProcCluster.ZOOKEEPER);
            hold(scene, 1.3, 1.6);
            scene.cluster().network().heal();
        }
    },
    /** Everything between it and the rest takes long, both ways. */
    SLOW_LINK {
        @Override
        void strike(Scene scene, int victim) {
            Network network = scene.cluster().network();
            String node = ProcCluster.node(victim);
            long millis = 50L + scene.random().nextInt(250);
            for (String other : others(scene, victim)) {
                network.delay(node, other, millis);
                network.delay(other, node, millis);
            }
            network.delay(node, ProcCluster.ZOOKEEPER, millis);
            network.delay(ProcCluster.CLIENTS, node, millis);
            hold(scene, 1, 1.5);
            network.heal();
        }
    },
    /** Its wall clock jumps by hours or days, forward or back, and back again. */
    CLOCK_JUMP {
        @Override
        void strike(Scene scene, int victim) {
            long hours = 1L + scene.random().nextInt(LONGEST_JUMP_HOURS);
            scene.cluster()
                    .setClock(victim, TimeUnit.HOURS.toMillis(scene.random().nextBoolean() ? hours : -hours));
            hold(scene, 1, 1.5);
            scene.cluster().setClock(victim, 0);
        }
    };

    private static final int LONGEST_JUMP_HOURS = 6 * 24; // less than records are kept

    /** Does it, waits, and puts it right. */
    abstract void strike(Scene scene, int victim);

    private static List<String> others(Scene scene, int victim) {
        return scene.cluster().ids().stream()
                .filter(id -> id != victim)
                .map(ProcCluster::node)
                .toList();
    }

    /** Leaves it as it is for a time between {@code least} and {@code most} sessions. */
    private static void hold(Scene scene, double least, double most) {
        double sessions = least + scene.random().nextDouble() * (most - least);
        Duration time = Duration.ofMillis(Math.max((long) (sessions * scene.sessionMillis()), 1));
        await().pollDelay(time).atMost(time.plusMinutes(1)).until(() -> true);
    }
}
