package io.millstream.net;

import io.millstream.core.BrokerEndpoint;
import io.millstream.wire.ApiKey;
import io.millstream.wire.message.ApiVersions;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What a broker speaks, held against what is spoken here. Immutable. */
final class Versions {

    private final BrokerEndpoint broker;
    private final Map<ApiKey, ApiVersions.Window> offered = new EnumMap<>(ApiKey.class);

    Versions(BrokerEndpoint broker, List<ApiVersions.Window> windows) {
        this.broker = broker;
        for (ApiVersions.Window window : windows) {
            ApiKey.of(window.apiKey()).ifPresent(api -> offered.put(api, window));
        }
    }

    boolean speaks(ApiKey api) {
        ApiVersions.Window window = offered.get(api);
        return window != null && highestCommon(api, window) >= lowestCommon(api, window);
    }

    short pick(ApiKey api) {
        ApiVersions.Window window = offered.get(api);
        if (window == null) {
            throw unsupported("does not offer " + api);
        }
        if (highestCommon(api, window) < lowestCommon(api, window)) {
            throw unsupported("speaks " + api + " " + window.min() + " to " + window.max() + ", this client "
                    + api.min() + " to " + api.max() + "; upgrade the older of the two");
        }
        return highestCommon(api, window);
    }

    private static short highestCommon(ApiKey api, ApiVersions.Window window) {
        return (short) Math.min(api.max(), window.max());
    }

    private static short lowestCommon(ApiKey api, ApiVersions.Window window) {
        return (short) Math.max(api.min(), window.min());
    }

    private ConnectionException unsupported(String what) {
        return new ConnectionException(ConnectionException.Reason.UNSUPPORTED, "Broker " + broker + " " + what);
    }
}
