package io.millstream.benchmarks;

import io.millstream.wire.ApiKey;
import io.millstream.wire.ByTopic;
import io.millstream.wire.BytesPayload;
import io.millstream.wire.ErrorCode;
import io.millstream.wire.Reader;
import io.millstream.wire.RequestBody;
import io.millstream.wire.RequestHeader;
import io.millstream.wire.ResponseBody;
import io.millstream.wire.ResponseHeader;
import io.millstream.wire.Writer;
import io.millstream.wire.message.ApiMessages;
import io.millstream.wire.message.Fetch;
import io.millstream.wire.message.Produce;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Encoding and decoding Produce and Fetch in the highest version, 16 KiB of records for each partition. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class WireBenchmark {

    private static final int BATCH_BYTES = 16 * 1024;
    private static final int CORRELATION_ID = 42;

    @Param({"1", "10", "100"})
    private int partitions;

    private final ByteBuf records = Unpooled.buffer(BATCH_BYTES).writeZero(BATCH_BYTES);
    private final ByteBuf scratch = Unpooled.buffer(64 * 1024);
    private ByteBuf produceRequest;
    private ByteBuf produceResponse;
    private ByteBuf fetchRequest;
    private ByteBuf fetchResponse;

    /** Makes the frames that are decoded. */
    @Setup(Level.Trial)
    public void prepare() {
        produceRequest = flat(ApiKey.PRODUCE, produce());
        fetchRequest = flat(ApiKey.FETCH, fetch());
        produceResponse = flat(ApiKey.PRODUCE, produced());
        fetchResponse = flat(ApiKey.FETCH, fetched());
    }

    private <T> List<ByTopic<T>> each(IntFunction<T> body) {
        return List.of(new ByTopic<>(
                "clicks", IntStream.range(0, partitions).mapToObj(body).toList()));
    }

    private Produce.Request produce() {
        return new Produce.Request(
                null, Produce.ACKS_ALL, 30_000, each(i -> new Produce.Data(i, new BytesPayload(records))));
    }

    private Produce.Response produced() {
        return new Produce.Response(each(i -> Produce.Result.appended(i, 1_000_000L, -1, 0)), 0);
    }

    private Fetch.Request fetch() {
        return new Fetch.Request(
                Fetch.CONSUMER,
                new Fetch.Bounds(500, 1, 1 << 20),
                Fetch.READ_UNCOMMITTED,
                Fetch.Session.NONE,
                each(i -> Fetch.Query.consumer(i, 3, 1_000_000L, 1 << 20)),
                "");
    }

    private Fetch.Response fetched() {
        return new Fetch.Response(
                0,
                ErrorCode.NONE,
                0,
                each(i -> new Fetch.Data(
                        i, ErrorCode.NONE, 2_000_000L, 2_000_000L, 0, null, -1, new BytesPayload(records))));
    }

    private static ByteBuf flat(ApiKey api, RequestBody body) {
        ByteBuf fields = Unpooled.buffer();
        return flat(request(fields, api, body), fields);
    }

    private static ByteBuf flat(ApiKey api, ResponseBody body) {
        ByteBuf fields = Unpooled.buffer();
        return flat(response(fields, api, body), fields);
    }

    private static Writer request(ByteBuf out, ApiKey api, RequestBody body) {
        Writer writer = new Writer(out, api.max(), api.flexible(api.max()));
        ApiMessages.writeRequest(writer, new RequestHeader(api.id(), api.max(), CORRELATION_ID, "bench"), body);
        return writer;
    }

    private static Writer response(ByteBuf out, ApiKey api, ResponseBody body) {
        Writer writer = new Writer(out, api.max(), api.flexible(api.max()));
        Writer rest = new ResponseHeader(CORRELATION_ID).write(writer, api, api.max());
        ApiMessages.writeResponse(rest, body);
        return rest;
    }

    /** The frame as it comes over the wire, with the payloads in their places. */
    private static ByteBuf flat(Writer writer, ByteBuf fields) {
        ByteBuf frame = Unpooled.buffer();
        for (Writer.Placed placed : writer.payloads()) {
            frame.writeBytes(fields, placed.at() - fields.readerIndex());
            BytesPayload payload = (BytesPayload) placed.payload();
            frame.writeBytes(payload.bytes(), payload.bytes().readerIndex(), payload.sizeInBytes());
        }
        return frame.writeBytes(fields);
    }

    /** What a producer's connection does. */
    @Benchmark
    public int encodeProduceRequest() {
        return request(scratch.clear(), ApiKey.PRODUCE, produce()).payloads().size();
    }

    /** What a broker does with it. */
    @Benchmark
    public RequestBody decodeProduceRequest() {
        return request(produceRequest, ApiKey.PRODUCE);
    }

    /** What a broker answers. */
    @Benchmark
    public int encodeProduceResponse() {
        return response(scratch.clear(), ApiKey.PRODUCE, produced()).payloads().size();
    }

    /** What a producer's connection reads. */
    @Benchmark
    public ResponseBody decodeProduceResponse() {
        return response(produceResponse, ApiKey.PRODUCE);
    }

    /** What a reader's connection does. */
    @Benchmark
    public int encodeFetchRequest() {
        return request(scratch.clear(), ApiKey.FETCH, fetch()).payloads().size();
    }

    /** What a broker does with it. */
    @Benchmark
    public RequestBody decodeFetchRequest() {
        return request(fetchRequest, ApiKey.FETCH);
    }

    /** What a broker answers; the records stay where they are. */
    @Benchmark
    public int encodeFetchResponse() {
        return response(scratch.clear(), ApiKey.FETCH, fetched()).payloads().size();
    }

    /** What a reader's connection reads; the records are slices. */
    @Benchmark
    public ResponseBody decodeFetchResponse() {
        return response(fetchResponse, ApiKey.FETCH);
    }

    private static RequestBody request(ByteBuf frame, ApiKey api) {
        Reader in = new Reader(frame.duplicate(), (short) 0, false);
        return ApiMessages.readRequest(api, RequestHeader.read(in).body(in, api));
    }

    private static ResponseBody response(ByteBuf frame, ApiKey api) {
        Reader in = new Reader(frame.duplicate(), api.max(), api.flexible(api.max()));
        ResponseHeader.read(in, api, api.max());
        return ApiMessages.readResponse(api, ResponseHeader.body(in, api, api.max()));
    }
}
