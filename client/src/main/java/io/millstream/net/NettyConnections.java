package io.millstream.net;

import io.millstream.core.BrokerEndpoint;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** TCP by Netty: epoll where the system has it, NIO otherwise. One daemon thread for the network, others for names. */
final class NettyConnections implements Connections {

    private static final long SHUTDOWN_MILLIS = 5_000;

    private final ConnectionSettings settings;
    private final FrameMemory memory = new FrameMemory(); // of all connections
    private final SlabReads reads = new SlabReads(); // of the one event loop
    private final EventLoopGroup loops;
    private final NameLookup names;
    private final Map<Long, CompletableFuture<Connection>> opening = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong(); // of those that were asked for
    private final Class<? extends SocketChannel> channelType;
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

    NettyConnections(ConnectionSettings settings) {
        this(settings, InetAddress::getAllByName);
    }

    /** @param resolver what finds the addresses of a host; may block */
    NettyConnections(ConnectionSettings settings, NameLookup.Resolver resolver) {
        this.settings = settings;
        names = new NameLookup(resolver);
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        loops = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("millstream-net", true), handlers);
        channelType = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    @Override
    public CompletableFuture<Connection> open(BrokerEndpoint endpoint) {
        CompletableFuture<Connection> opened = new CompletableFuture<>();
        long number = numbers.incrementAndGet();
        opening.put(number, opened);
        CompletableFuture<?> unused = opened.whenComplete((connection, failure) -> opening.remove(number));
        Bootstrap bootstrap = new Bootstrap()
                .group(loops)
                .channel(channelType)
                .resolver(names)
                .option(ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.RECVBUF_ALLOCATOR, reads)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(
                        ChannelOption.CONNECT_TIMEOUT_MILLIS,
                        Math.toIntExact(settings.connectTimeout().toMillis()))
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channels.add(channel);
                        channel.pipeline().addLast(new NettyConnection(channel, endpoint, settings, memory, opened));
                    }
                });
        try {
            ChannelFuture connecting = bootstrap.connect(endpoint.host(), endpoint.port());
            connecting.addListener(done -> {
                if (!done.isSuccess()) {
                    opened.completeExceptionally(unreachable(endpoint, done.cause()));
                }
            });
        } catch (RejectedExecutionException e) {
            opened.completeExceptionally(unreachable(endpoint, e));
        }
        return opened;
    }

    private static ConnectionException unreachable(BrokerEndpoint endpoint, Throwable cause) {
        return new ConnectionException(
                ConnectionException.Reason.UNREACHABLE,
                "Cannot connect to broker " + endpoint + ": " + cause.getMessage(),
                cause);
    }

    @Override
    public void close() {
        channels.close().awaitUninterruptibly(SHUTDOWN_MILLIS);
        names.close();
        loops.shutdownGracefully(0, SHUTDOWN_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly(2 * SHUTDOWN_MILLIS);
        // Those whose names are still looked up: nobody else tells them.
        opening.values()
                .forEach(opened -> opened.completeExceptionally(new ConnectionException(
                        ConnectionException.Reason.UNREACHABLE, "The connection was closed by this client", null)));
    }
}
