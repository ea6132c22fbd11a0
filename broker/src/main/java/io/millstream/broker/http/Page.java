package io.millstream.broker.http;

import java.util.List;

/**
 * The part of a list that is asked for.
 *
 * @param offset how many are left out first
 * @param limit how many are listed at most
 */
record Page(int offset, int limit) {

    /** @param most what is listed if nothing is said, or if more is asked for */
    static Page of(Query query, int most) {
        int limit = query.number("limit", -1);
        return new Page(Math.max(0, query.number("offset", 0)), limit < 1 ? most : Math.min(limit, most));
    }

    /** Of a list that is short enough to be listed whole. */
    static Page of(Query query) {
        return of(query, Integer.MAX_VALUE);
    }

    <T> List<T> of(List<T> all) {
        return all.stream().skip(offset).limit(limit).toList();
    }
}
