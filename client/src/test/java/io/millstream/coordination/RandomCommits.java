package io.millstream.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Random commits on few paths, each compared with a map that obeys the rules of {@link Write}. */
final class RandomCommits {

    private record Node(String data, int version) {}

    private final Coordination coordination;
    private final Random random;
    private Map<String, Node> model = new HashMap<>();

    private RandomCommits(Coordination coordination, long seed) {
        this.coordination = coordination;
        random = new Random(seed);
    }

    static Optional<String> firstDifference(Coordination coordination, long seed, int rounds) {
        RandomCommits commits = new RandomCommits(coordination, seed);
        for (int round = 0; round < rounds; round++) {
            Optional<String> difference = commits.commitOne();
            if (difference.isPresent()) {
                return difference.map("%s"::formatted);
            }
        }
        return commits.compareAll();
    }

    private Optional<String> commitOne() {
        List<Write> steps = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            steps.add(step());
        }
        Map<String, Node> expected = new HashMap<>(model);
        boolean allowed = steps.stream().allMatch(step -> apply(step, expected));
        boolean done = isDone(steps);
        if (done != allowed) {
            return Optional.of(steps + (done ? " was accepted" : " was refused") + " in state " + model);
        }
        model = done ? expected : model;
        return Optional.empty();
    }

    private boolean isDone(List<Write> steps) {
        try {
            Coordination.await(coordination.commit(steps));
            return true;
        } catch (CoordinationException e) {
            if (e.reason() != CoordinationException.Reason.CONFLICT) {
                throw e;
            }
            return false;
        }
    }

    private Write step() {
        String path = random.nextBoolean() ? "/" + random.nextInt(3) : "/" + random.nextInt(3) + "/c";
        Node node = model.get(path);
        int version = node == null || random.nextInt(8) == 0 ? random.nextInt(3) : node.version();
        byte[] data = Integer.toString(random.nextInt(1000)).getBytes(UTF_8);
        return switch (random.nextInt(4)) {
            case 0 -> new Write.Check(path, version);
            case 1 -> new Write.Create(path, data);
            case 2 -> new Write.Update(path, data, version);
            default -> new Write.Delete(path, version);
        };
    }

    private static boolean apply(Write step, Map<String, Node> state) {
        String path = step.path();
        Node node = state.get(path);
        if (step instanceof Write.Check check) {
            return node != null && node.version == check.version();
        }
        if (step instanceof Write.Create create) {
            String parent = path.substring(0, path.lastIndexOf('/'));
            boolean allowed = node == null && (parent.isEmpty() || state.containsKey(parent));
            state.put(path, new Node(new String(create.data(), UTF_8), 0));
            return allowed;
        }
        if (step instanceof Write.Update update) {
            boolean allowed = node != null && node.version == update.version();
            state.put(path, new Node(new String(update.data(), UTF_8), update.version() + 1));
            return allowed;
        }
        boolean childless = state.keySet().stream().noneMatch(other -> other.startsWith(path + "/"));
        state.remove(path);
        return node != null && node.version == ((Write.Delete) step).version() && childless;
    }

    private Optional<String> compareAll() {
        for (int i = 0; i < 3; i++) {
            for (String path : List.of("/" + i, "/" + i + "/c")) {
                Node found = Coordination.await(coordination.read(path))
                        .map(it -> new Node(new String(it.value(), UTF_8), it.version()))
                        .orElse(null);
                if (!java.util.Objects.equals(found, model.get(path))) {
                    return Optional.of(path + " is " + found + ", not " + model.get(path));
                }
            }
        }
        return Optional.empty();
    }
}
