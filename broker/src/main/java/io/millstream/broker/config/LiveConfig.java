package io.millstream.broker.config;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A broker's settings as they are now: what was set at run time before what its file says. Safe for use by several threads. */
public final class LiveConfig {

    private static final Logger log = LoggerFactory.getLogger(LiveConfig.class);

    private final BrokerConfig file;
    private final List<Consumer<BrokerConfig>> listeners = new CopyOnWriteArrayList<>();
    private volatile BrokerConfig current;

    /** @param file what the broker was started with */
    public LiveConfig(BrokerConfig file) {
        this.file = file;
        this.current = file;
    }

    /** What the broker was started with. */
    public BrokerConfig file() {
        return file;
    }

    /** The settings now. */
    public BrokerConfig current() {
        return current;
    }

    /** Calls {@code listener} after every change, on the thread that {@link #update} is called by. */
    public void onChange(Consumer<BrokerConfig> listener) {
        listeners.add(listener);
    }

    /**
     * Takes over what was set at run time. What this broker cannot have is left out, and logged. Called by one thread.
     *
     * @param own for this broker
     * @param ofAll for all brokers
     */
    public void update(Map<String, String> own, Map<String, String> ofAll) {
        if (current.isOverridden(own, ofAll)) {
            return;
        }
        BrokerConfig before = current;
        BrokerConfig next = file.overridden(
                own, ofAll, objection -> log.warn("A setting made at run time is ignored: {}", objection.getMessage()));
        current = next;
        for (Setting<?> setting : BrokerSettings.TABLE.all()) {
            String was = before.text(setting);
            String is = next.text(setting);
            if (is != null && !is.equals(was)) {
                log.info("{} is now {}, was {}", setting.name(), is, was);
            }
        }
        listeners.forEach(listener -> listener.accept(next));
    }
}
