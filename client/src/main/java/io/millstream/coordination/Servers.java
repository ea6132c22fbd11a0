package io.millstream.coordination;

import java.net.InetSocketAddress;
import java.util.Collection;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.client.HostProvider;
import org.apache.zookeeper.client.StaticHostProvider;

/**
 * The ensemble's servers in the order they are tried. ZooKeeper's own list lets a second pass once all have been tried,
 * which with a single server is before each attempt; the client's random pause of up to a second is enough.
 */
final class Servers implements HostProvider {

    private static final long PAUSE_MILLIS = 50;

    private final HostProvider all;

    /** @throws IllegalArgumentException if {@code hosts} is not {@code host:port,host:port} */
    Servers(String hosts) {
        all = new StaticHostProvider(new ConnectStringParser(hosts).getServerAddresses());
    }

    @Override
    public int size() {
        return all.size();
    }

    @Override
    public InetSocketAddress next(long pauseMillis) {
        return all.next(Math.min(pauseMillis, PAUSE_MILLIS));
    }

    @Override
    public void onConnected() {
        all.onConnected();
    }

    @Override
    public boolean updateServerList(Collection<InetSocketAddress> addresses, InetSocketAddress current) {
        return all.updateServerList(addresses, current);
    }
}
