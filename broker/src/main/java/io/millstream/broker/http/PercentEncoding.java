package io.millstream.broker.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Paths and queries, decoded exactly once (RFC 3986): a slash that came encoded stays inside its segment, {@code ..} is a
 * name like any other, and a percent sign that came encoded encodes nothing.
 */
final class PercentEncoding {

    private PercentEncoding() {}

    /**
     * The segments of a path. One slash at its end counts as none.
     *
     * @throws ApiException (400) if it does not begin with a slash, or is not well encoded UTF-8
     */
    static List<String> segments(String path) {
        if (!path.startsWith("/")) { // whoever guards addresses in front of the broker would take it for another
            throw ApiException.malformed("A path begins with a slash; '" + path + "' does not");
        }
        List<String> segments = new ArrayList<>();
        for (String raw : path.split("/", -1)) {
            segments.add(decode(raw, false));
        }
        segments.remove(0); // nothing, before the first slash
        int last = segments.size() - 1;
        if (last >= 0 && segments.get(last).isEmpty()) {
            segments.remove(last);
        }
        return segments;
    }

    /** @param plus whether a plus sign stands for a space, as it does in queries */
    static String decode(String raw, boolean plus) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                bytes.write(octet(raw, i));
                i += 2;
            } else if (c == '+' && plus) {
                bytes.write(' ');
            } else if (c <= 0xff) { // what was not encoded came as bytes, too
                bytes.write(c);
            } else {
                throw notUtf8(raw);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw notUtf8(raw);
        }
    }

    private static int octet(String raw, int at) {
        int high = at + 2 < raw.length() ? Character.digit(raw.charAt(at + 1), 16) : -1;
        int low = at + 2 < raw.length() ? Character.digit(raw.charAt(at + 2), 16) : -1;
        if (high < 0 || low < 0) {
            throw ApiException.malformed("Two hexadecimal digits must follow each % of '" + raw + "'");
        }
        return 16 * high + low;
    }

    private static ApiException notUtf8(String raw) {
        return ApiException.malformed("'" + raw + "' is not percent-encoded UTF-8");
    }
}
