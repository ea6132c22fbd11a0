package io.millstream.broker.server.handler;

import io.millstream.broker.config.InvalidConfigException;
import io.millstream.broker.config.Setting;
import io.millstream.broker.config.SettingType;
import io.millstream.broker.controller.Outcome;
import io.millstream.broker.controller.Reconfiguration;
import io.millstream.broker.controller.Refusal;
import io.millstream.broker.controller.Refusal.Reason;
import io.millstream.wire.message.AlterConfigs;
import io.millstream.wire.message.IncrementalAlterConfigs;
import io.millstream.wire.message.IncrementalAlterConfigs.Step;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What requests ask to be done to the settings of a resource. Pure. */
final class SettingSteps {

    private final SettingRules rules;

    SettingSteps(SettingRules rules) {
        this.rules = rules;
    }

    /** Replaces all that is set. */
    Reconfiguration.Edit replace(List<AlterConfigs.Setting> settings) {
        List<Step> steps = settings.stream()
                .map(setting -> new Step(setting.name(), IncrementalAlterConfigs.SET, setting.value()))
                .toList();
        Reconfiguration.Edit edit = change(steps);
        return current -> edit.apply(new TreeMap<>());
    }

    /** Changes some and leaves the others. */
    Reconfiguration.Edit change(List<Step> steps) {
        return current -> {
            Set<String> named = new HashSet<>();
            SortedMap<String, String> wanted = new TreeMap<>(current);
            for (Step step : steps) {
                if (!named.add(step.name())) {
                    return refused(Reason.INVALID_REQUEST, "The request names " + step.name() + " twice");
                }
                if (step.operation() < IncrementalAlterConfigs.SET
                        || step.operation() > IncrementalAlterConfigs.SUBTRACT) {
                    return refused(
                            Reason.INVALID_REQUEST, "There is no operation " + step.operation() + " on " + step.name());
                }
                if (step.value() == null && step.operation() != IncrementalAlterConfigs.DELETE) {
                    return refused(Reason.INVALID_REQUEST, step.name() + " has no value");
                }
                if (rules.objection(step.name()).isPresent()) {
                    return refused(
                            Reason.INVALID_REQUEST, rules.objection(step.name()).get());
                }
                try {
                    take(step, wanted);
                } catch (InvalidConfigException e) {
                    return refused(Reason.INVALID_CONFIG, e.getMessage());
                }
            }
            return together(wanted);
        };
    }

    private Outcome<SortedMap<String, String>> together(SortedMap<String, String> wanted) {
        try {
            rules.checkTogether(wanted);
            return new Outcome<>(wanted, null);
        } catch (InvalidConfigException e) {
            return refused(Reason.INVALID_CONFIG, e.getMessage());
        }
    }

    private void take(Step step, SortedMap<String, String> wanted) {
        switch (step.operation()) {
            case IncrementalAlterConfigs.SET -> set(step.name(), step.value(), wanted);
            case IncrementalAlterConfigs.DELETE -> wanted.remove(step.name()); // maybe another release's
            case IncrementalAlterConfigs.APPEND -> {
                Set<String> entries = new LinkedHashSet<>(entries(step, wanted));
                entries.addAll(split(step.value()));
                set(step.name(), String.join(",", entries), wanted);
            }
            case IncrementalAlterConfigs.SUBTRACT -> {
                Set<String> entries = new LinkedHashSet<>(entries(step, wanted));
                split(step.value()).forEach(entries::remove);
                set(step.name(), String.join(",", entries), wanted);
            }
            default -> throw new AssertionError("Operation " + step.operation()); // refused before
        }
    }

    private void set(String name, String value, SortedMap<String, String> wanted) {
        rules.table().check(name, value);
        wanted.put(name, value);
    }

    /** The list that a step adds to or takes from: the resource's own or, without one, what holds instead. */
    private List<String> entries(Step step, SortedMap<String, String> current) {
        Setting<?> setting = rules.table()
                .find(step.name())
                .orElseThrow(() -> new InvalidConfigException("There is no setting " + step.name()));
        if (setting.type() != SettingType.LIST) {
            throw new InvalidConfigException(step.name() + " is no list: it can only be set or deleted");
        }
        return split(rules.text(setting, current));
    }

    private static List<String> split(String list) {
        return Arrays.stream(list.split(",", -1))
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .toList();
    }

    private static Outcome<SortedMap<String, String>> refused(Reason reason, String message) {
        return new Outcome<>(null, new Refusal(reason, message));
    }
}
