package io.millstream.broker.server;

import io.millstream.core.BrokerEndpoint;
import io.millstream.core.Clock;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections at each of the broker's listeners and serves them on event loops, one thread per core: epoll where
 * the machine has it. Listeners share the loops and the limits.
 *
 * <p>Safe for use by several threads.
 */
public final class NetworkServer implements Listening {

    private static final Logger log = LoggerFactory.getLogger(NetworkServer.class);

    /** Large enough to keep a link busy, small enough that file regions are sent while they are in the cache. */
    private static final int SEND_BUFFER_BYTES = 100 * 1024;

    private static final WriteBufferWaterMark WRITE_BUFFER = new WriteBufferWaterMark(128 * 1024, 512 * 1024);
    private static final int BACKLOG = 1024;

    /** How long {@link #close} lets requests under way finish. */
    private static final long DRAIN_MILLIS = 2_000;

    private final Server server;
    private final EventLoopGroup boss;
    private final EventLoopGroup workers;
    private final Map<String, Channel> acceptors = new LinkedHashMap<>();

    private NetworkServer(Server server) {
        this.server = server;
        boss = group("millstream-accept", 1);
        workers = group("millstream-io", server.settings().threads());
    }

    /**
     * Binds all listeners and begins to serve.
     *
     * @throws IOException if an address cannot be bound; the message names it. Nothing is served then
     */
    public static NetworkServer start(ServerSettings settings, Dispatcher dispatcher, Clock clock) throws IOException {
        NetworkServer network = new NetworkServer(Server.of(settings, dispatcher, clock));
        try {
            for (ServerSettings.Binding listener : settings.listeners()) {
                network.bind(listener);
            }
        } catch (IOException e) {
            network.close();
            throw e;
        }
        return network;
    }

    private void bind(ServerSettings.Binding listener) throws IOException {
        BrokerEndpoint address = listener.address();
        ChannelFuture bound =
                bootstrap(listener.name()).bind(address.host(), address.port()).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "Cannot listen on " + address + ": " + bound.cause().getMessage(), bound.cause());
        }
        acceptors.put(listener.name(), bound.channel());
        log.info("Listener {} is at {}", listener.name(), new BrokerEndpoint(address.host(), port(listener.name())));
    }

    private static EventLoopGroup group(String name, int threads) {
        IoHandlerFactory io = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name), io);
    }

    private ServerBootstrap bootstrap(String listener) {
        Class<? extends ServerChannel> type =
                Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        return new ServerBootstrap()
                .group(boss, workers)
                .channel(type)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_BUFFER)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new ConnectionHandler(server, channel, listener));
                    }
                });
    }

    @Override
    public int port(String listener) {
        return ((InetSocketAddress) acceptors.get(listener).localAddress()).getPort();
    }

    @Override
    public void limit(ConnectionLimits limits) {
        server.shared().admission().limit(limits);
    }

    /** What the connections have together. */
    Server.Shared shared() {
        return server.shared();
    }

    /**
     * Accepts no more connections and requests, lets those under way finish for a moment, then closes everything.
     * Returns when the threads have stopped. Must not be called from an event loop.
     */
    @Override
    public void close() {
        acceptors.values().forEach(acceptor -> acceptor.close().awaitUninterruptibly());
        stop(boss);
        server.connections().drain(DRAIN_MILLIS);
        stop(workers);
    }

    private static void stop(EventLoopGroup group) {
        group.shutdownGracefully(0, DRAIN_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    }
}
