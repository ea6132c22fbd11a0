package io.millstream.net;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/**
 * Looks names up on threads of its own. The system's resolver blocks, for many seconds where a name server is gone, and on
 * the network thread that would hold up everything that healthy brokers say.
 */
final class NameLookup extends AddressResolverGroup<InetSocketAddress> {

    /** What may block; {@link InetAddress#getAllByName}. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    private final Resolver resolver;

    /** A thread for each look-up under way: one that hangs must not hold up the others. */
    private final ExecutorService threads =
            Executors.newCachedThreadPool(new DefaultThreadFactory("millstream-names", true));

    NameLookup(Resolver resolver) {
        this.resolver = resolver;
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new Names(executor).asAddressResolver();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        super.close();
    }

    private final class Names extends InetNameResolver {

        private Names(EventExecutor executor) {
            super(executor);
        }

        @Override
        protected void doResolve(String host, Promise<InetAddress> promise) {
            look(host, promise, found -> found[0]);
        }

        @Override
        protected void doResolveAll(String host, Promise<List<InetAddress>> promise) {
            look(host, promise, List::of);
        }

        private <T> void look(String host, Promise<T> promise, Function<InetAddress[], T> answer) {
            InetAddress literal = NetUtil.createInetAddressFromIpAddressString(host);
            if (literal != null) {
                promise.trySuccess(answer.apply(new InetAddress[] {literal}));
                return;
            }
            try {
                threads.execute(() -> {
                    try {
                        InetAddress[] found = resolver.resolve(host);
                        if (!executor().isShuttingDown()) { // else nobody can be told
                            promise.trySuccess(answer.apply(found));
                        }
                    } catch (UnknownHostException | RuntimeException e) {
                        if (!executor().isShuttingDown()) {
                            promise.tryFailure(e);
                        }
                    }
                });
            } catch (RejectedExecutionException closed) {
                promise.tryFailure(closed);
            }
        }
    }
}
