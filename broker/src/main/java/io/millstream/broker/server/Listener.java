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
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections and serves them on event loops, one thread per core: epoll where the machine has it.
 *
 * <p>Safe for use by several threads.
 */
public final class Listener implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Listener.class);

    /** Large enough to keep a link busy, small enough that file regions are sent while they are in the cache. */
    private static final int SEND_BUFFER_BYTES = 100 * 1024;

    private static final WriteBufferWaterMark WRITE_BUFFER = new WriteBufferWaterMark(128 * 1024, 512 * 1024);
    private static final int BACKLOG = 1024;

    /** How long {@link #close} lets requests under way finish. */
    private static final long DRAIN_MILLIS = 2_000;

    private final Server server;
    private final EventLoopGroup boss;
    private final EventLoopGroup workers;
    private final Channel acceptor;

    private Listener(Server server, EventLoopGroup boss, EventLoopGroup workers, Channel acceptor) {
        this.server = server;
        this.boss = boss;
        this.workers = workers;
        this.acceptor = acceptor;
    }

    /**
     * Binds and begins to serve.
     *
     * @throws IOException if the address cannot be bound; the message names it
     */
    public static Listener start(ServerSettings settings, Dispatcher dispatcher, Clock clock) throws IOException {
        Server server = Server.of(settings, dispatcher, clock);
        EventLoopGroup boss = group("millstream-accept", 1);
        EventLoopGroup workers = group("millstream-io", settings.threads());
        ChannelFuture bound = bootstrap(server, boss, workers)
                .bind(settings.bind().host(), settings.bind().port())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            stop(boss);
            stop(workers);
            throw new IOException(
                    "Cannot listen on " + settings.bind() + ": " + bound.cause().getMessage(), bound.cause());
        }
        Listener listener = new Listener(server, boss, workers, bound.channel());
        log.info("Listening on {}:{}", settings.bind().host(), listener.port());
        return listener;
    }

    private static EventLoopGroup group(String name, int threads) {
        IoHandlerFactory io = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory(name), io);
    }

    private static ServerBootstrap bootstrap(Server server, EventLoopGroup boss, EventLoopGroup workers) {
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
                        channel.pipeline().addLast(new ConnectionHandler(server, channel));
                    }
                });
    }

    /** The port bound, which {@link ServerSettings#bind} may have left open. */
    public int port() {
        return ((InetSocketAddress) acceptor.localAddress()).getPort();
    }

    /** Where clients on this machine's network reach this listener: the host bound and the real port. */
    public BrokerEndpoint endpoint() {
        return new BrokerEndpoint(server.settings().bind().host(), port());
    }

    /**
     * Accepts no more connections and requests, lets those under way finish for a moment, then closes everything.
     * Returns when the threads have stopped. Must not be called from an event loop.
     */
    @Override
    public void close() {
        acceptor.close().awaitUninterruptibly();
        stop(boss);
        server.connections().drain(DRAIN_MILLIS);
        stop(workers);
    }

    private static void stop(EventLoopGroup group) {
        group.shutdownGracefully(0, DRAIN_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    }
}
