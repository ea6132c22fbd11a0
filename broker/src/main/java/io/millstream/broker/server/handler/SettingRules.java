package io.millstream.broker.server.handler;

import io.millstream.broker.config.BrokerConfig;
import io.millstream.broker.config.BrokerConfig.Layer;
import io.millstream.broker.config.BrokerSettings;
import io.millstream.broker.config.DynamicSettings;
import io.millstream.broker.config.InvalidConfigException;
import io.millstream.broker.config.Setting;
import io.millstream.broker.config.SettingTable;
import io.millstream.broker.config.TopicConfig;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** What may be set for a kind of resource. Pure. */
interface SettingRules {

    /** All settings it has. */
    SettingTable table();

    /** Why a setting that exists cannot be set; empty if it can. */
    Optional<String> objection(String name);

    /** The value of a setting where {@code own} is set, and the rest is as ever. */
    String text(Setting<?> setting, SortedMap<String, String> own);

    /**
     * Checks what has been checked one by one as a whole.
     *
     * @throws InvalidConfigException if it contradicts itself or what is not set here
     */
    void checkTogether(SortedMap<String, String> own);

    /** Of a topic. */
    record OfTopic(BrokerConfig broker) implements SettingRules {

        @Override
        public SettingTable table() {
            return TopicConfig.TABLE;
        }

        @Override
        public Optional<String> objection(String name) {
            return Optional.empty();
        }

        @Override
        public String text(Setting<?> setting, SortedMap<String, String> own) {
            return TopicConfig.stored(own, broker, objection -> {}).text(setting);
        }

        @Override
        public void checkTogether(SortedMap<String, String> own) {
            // Another release's settings may be among them: what this one does not know it cannot check.
        }
    }

    /**
     * Of a broker, or of all.
     *
     * @param broker as it is now
     * @param layer which of the two
     */
    record OfBroker(BrokerConfig broker, Layer layer) implements SettingRules {

        @Override
        public SettingTable table() {
            return BrokerSettings.TABLE;
        }

        @Override
        public Optional<String> objection(String name) {
            return DynamicSettings.isReadOnly(name)
                    ? Optional.of(name + " cannot be changed while the broker runs: change its file and restart it")
                    : Optional.empty();
        }

        @Override
        public String text(Setting<?> setting, SortedMap<String, String> own) {
            return with(own).text(setting, layer).orElseGet(() -> broker.text(setting));
        }

        @Override
        public void checkTogether(SortedMap<String, String> own) {
            BrokerConfig unused = with(own);
        }

        private BrokerConfig with(SortedMap<String, String> own) {
            Map<String, String> ofBroker = layer == Layer.BROKER ? own : broker.overrides(Layer.BROKER);
            Map<String, String> ofAll = layer == Layer.CLUSTER ? own : broker.overrides(Layer.CLUSTER);
            return broker.overridden(ofBroker, ofAll, objection -> {
                throw objection;
            });
        }
    }
}
