package io.millstream.schemas;

import java.util.List;

/**
 * What a check for compatibility came to.
 *
 * @param compatible whether the schema could be registered
 * @param messages why not, one line each; empty if it could
 */
public record CompatibilityResult(boolean compatible, List<String> messages) {

    public CompatibilityResult {
        messages = List.copyOf(messages);
    }
}
