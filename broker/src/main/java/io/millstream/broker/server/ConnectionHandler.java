package io.millstream.broker.server;

import io.millstream.wire.ApiKey;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestHeader;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.WireException;
import io.millstream.wire.message.ApiMessages;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: frames in, answers out, and when to stop reading.
 *
 * <p>Reading stops while too many requests are under way here or everywhere, the peer does not take its answers, or memory
 * for a frame is short. What is wrong with a connection costs that connection alone. Belongs to the connection's event loop.
 */
final class ConnectionHandler extends ChannelInboundHandlerAdapter
        implements FrameIntake.Sink, ResponseSequencer.Outlet {

    private static final Logger log = LoggerFactory.getLogger(ConnectionHandler.class);

    /** Requests of one connection that may be under way; then reading stops until half of them are done. */
    private static final int MAX_REQUESTS = 64;

    /** The same in bytes of request frames, because what a handler keeps of a request is about as large. */
    private static final long MAX_REQUEST_BYTES = 16L * 1024 * 1024;

    private final Server server;
    private final Channel channel;
    private final FrameIntake intake;
    private final ResponseSequencer sequencer;
    private final ConnectionWatch watch;
    private final Exchange.Connected connected;

    private ChannelHandlerContext context;
    private boolean reading;
    private boolean flushDue;
    private boolean paused;
    private boolean resumeDue;
    private boolean draining;
    private boolean admitted;

    /** @param listener name of the listener that the peer came in by */
    ConnectionHandler(Server server, Channel channel, String listener) {
        this.server = server;
        this.channel = channel;
        intake = new FrameIntake(
                this,
                channel.alloc(),
                server.settings().maxRequestBytes(),
                server.memory().open());
        sequencer = new ResponseSequencer(this, server.load());
        watch = new ConnectionWatch(this, server);
        connected = new Exchange.Connected(
                server.load(),
                listener,
                (InetSocketAddress) channel.remoteAddress(),
                new ConnectionLoop(channel.eventLoop()),
                server.clock(),
                new Attachments());
        channel.config().setRecvByteBufAllocator(new FrameReads(intake));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelActive(ChannelHandlerContext ignored) {
        admitted = server.shared().admission().admit(connected.peer().getAddress());
        if (!admitted) {
            hangUp();
            return;
        }
        server.connections().add(this);
        watch.begin(channel.eventLoop());
        log.debug("Connection from {}", connected.peer());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ignored) {
        if (admitted) {
            server.shared().admission().release(connected.peer().getAddress());
            server.connections().remove(this);
        }
        watch.end();
        intake.close();
        sequencer.close();
        connected.attachments().close();
        log.debug("Connection from {} is closed", connected.peer());
    }

    @Override
    public void channelRead(ChannelHandlerContext ignored, Object bytes) {
        reading = true;
        watch.traffic();
        intake.receive((ByteBuf) bytes);
        pauseIfNeeded();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ignored) {
        reading = false;
        if (flushDue) {
            flush();
        }
    }

    @Override
    public void frame(ByteBuf frame) {
        int size = frame.readableBytes();
        Reader in = new Reader(frame, (short) 0, false);
        RequestHeader header = RequestHeader.read(in);
        ApiKey api = server.dispatcher().route(header);
        ResponseSequencer.Turn turn = sequencer.begin(new Exchange(connected, header, api, size));
        if (api.speaks(header.version())) {
            var request = ApiMessages.readRequest(api, header.body(in, api));
            server.dispatcher()
                    .dispatch(turn.exchange(), request)
                    .whenComplete((response, failure) -> settle(turn, response, failure));
        } else { // only ApiVersions gets here
            answer(turn, server.dispatcher().versions().unsupported(), VersionTable.UNSUPPORTED_ANSWER_VERSION);
        }
    }

    private void settle(ResponseSequencer.Turn turn, ResponseBody response, Throwable failure) {
        if (channel.eventLoop().inEventLoop()) {
            settleHere(turn, response, failure);
            return;
        }
        try {
            channel.eventLoop().execute(() -> settleHere(turn, response, failure));
        } catch (RejectedExecutionException stopped) {
            log.debug("The listener has stopped; an answer is dropped", stopped);
            if (failure == null) {
                response.discard();
            }
        }
    }

    private void settleHere(ResponseSequencer.Turn turn, ResponseBody response, Throwable failure) {
        if (failure != null) {
            log.error("{} from {} failed", turn.exchange().api(), connected.peer(), failure);
            hangUp();
        } else if (response instanceof NoAnswer silence) {
            sequencer.answer(turn, silence);
        } else {
            answer(turn, response, turn.exchange().version());
        }
        afterAnswer();
    }

    private void answer(ResponseSequencer.Turn turn, ResponseBody response, short version) {
        try {
            sequencer.answer(turn, encode(turn.exchange(), response, version));
        } catch (RuntimeException e) { // whatever it is: nobody else would tell the peer
            log.error("The answer to {} from {} cannot be sent", turn.exchange().api(), connected.peer(), e);
            hangUp();
        }
    }

    private OutboundResponse encode(Exchange exchange, ResponseBody response, short version) {
        return OutboundResponse.encode(channel.alloc(), exchange.responseHeader(), exchange.api(), version, response);
    }

    @Override
    public void send(ResponseSequencer.Turn turn, OutboundResponse response) {
        ChannelPromise sent = context.newPromise();
        sent.addListener(done -> {
            sequencer.sent(turn);
            watch.traffic();
            afterAnswer();
        });
        response.writeTo(context, sent);
        if (!flushDue) {
            flushDue = true;
            if (!reading) {
                channel.eventLoop().execute(this::flush);
            }
        }
    }

    private void flush() {
        flushDue = false;
        context.flush();
    }

    private void afterAnswer() {
        if (draining && sequencer.requests() == 0) {
            hangUp();
        } else if (paused) {
            resumeSoon();
        }
    }

    @Override
    public boolean ready() {
        return sequencer.requests() < MAX_REQUESTS
                && sequencer.requestBytes() < MAX_REQUEST_BYTES
                && !crowded()
                && channel.isWritable()
                && !draining;
    }

    /** Whether requests of all connections are too much, and this one has its share: one. */
    private boolean crowded() {
        return sequencer.requests() > 0 && server.load().full();
    }

    private void pauseIfNeeded() {
        boolean pause = !ready() || intake.stashed() || intake.shortOfMemory();
        if (pause != paused) {
            paused = pause;
            channel.config().setAutoRead(!pause);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ignored) {
        if (paused) {
            resumeSoon();
        }
    }

    private void resumeSoon() {
        if (!resumeDue && calm()) {
            resumeDue = true;
            channel.eventLoop().execute(this::resume);
        }
    }

    private boolean calm() {
        return sequencer.requests() <= MAX_REQUESTS / 2
                && sequencer.requestBytes() <= MAX_REQUEST_BYTES / 2
                && !crowded()
                && channel.isWritable()
                && !intake.shortOfMemory();
    }

    private void resume() {
        resumeDue = false;
        if (!paused || !calm() || !channel.isActive()) {
            return;
        }
        try {
            intake.resume();
            pauseIfNeeded();
        } catch (RuntimeException e) {
            exceptionCaught(context, e);
        }
    }

    @Override
    public void memoryGranted() {
        try {
            channel.eventLoop().execute(() -> {
                intake.granted();
                resume();
            });
        } catch (RejectedExecutionException stopped) {
            log.debug("The listener has stopped; nothing to resume", stopped);
        }
    }

    boolean midFrame() {
        return intake.midFrame() && !paused;
    }

    long framesBegun() {
        return intake.framesBegun();
    }

    boolean unanswered() {
        return sequencer.unanswered() > 0;
    }

    /** Takes no more requests and closes when the last answer has left. From any thread. */
    void drain() {
        channel.eventLoop().execute(() -> {
            draining = true;
            channel.config().setAutoRead(false);
            sequencer.hurry();
            afterAnswer();
        });
    }

    /** Closes because of what the peer did, and says so. */
    void refuse(String reason) {
        log.warn("Closed the connection from {}: {}", connected.peer(), reason);
        hangUp();
    }

    @Override
    public void hangUp() {
        context.flush();
        context.close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ignored, Throwable cause) {
        if (cause instanceof WireException) {
            refuse(cause.getMessage());
        } else if (cause instanceof IOException) {
            log.debug("Connection from {} broke", connected.peer(), cause);
            hangUp();
        } else {
            log.error("Closed the connection from {} after a failure", connected.peer(), cause);
            hangUp();
        }
    }
}
