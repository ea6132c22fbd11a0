package io.millstream.coordination;

import org.apache.zookeeper.common.PathUtils;

/**
 * The znode below which everything is. Kept on this side, so that it can be made when it is missing.
 *
 * @param prefix of all paths; empty for the root
 */
record Chroot(String prefix) {

    /** @throws IllegalArgumentException if {@code path} is not an absolute path */
    static Chroot of(String path) {
        PathUtils.validatePath(path);
        return new Chroot(path.equals("/") ? "" : path);
    }

    /**
     * Where {@code path} is. Checked here, because behind a prefix a relative path would look well.
     *
     * @throws IllegalArgumentException if it is not an absolute path
     */
    String full(String path) {
        PathUtils.validatePath(path);
        return path.equals("/") && !prefix.isEmpty() ? prefix : prefix + path;
    }

    /** The inverse of {@link #full}. */
    String below(String fullPath) {
        String path = fullPath.substring(prefix.length());
        return path.isEmpty() ? "/" : path;
    }
}
