package io.millstream.coordination;

import io.millstream.coordination.CoordinationException.Reason;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;

/** What ZooKeeper's result codes mean for the caller. A code that is not known to mean "nothing was done" is not taken so. */
final class Failures {

    private Failures() {}

    /** Whether a read should be tried again, on the connection or session that comes next. */
    static boolean isPassing(Code code) {
        return switch (code) {
            case CONNECTIONLOSS, OPERATIONTIMEOUT, REQUESTTIMEOUT, SESSIONEXPIRED, SESSIONMOVED -> true;
            default -> false;
        };
    }

    /** Whether the code can only be an answer by ZooKeeper's leader to a call of a session that lives. */
    static boolean isAnswer(Code code) {
        return switch (code) {
            case OK, BADVERSION, NODEEXISTS, NONODE, NOTEMPTY, NOAUTH, NOCHILDRENFOREPHEMERALS -> true;
            default -> false;
        };
    }

    /**
     * A write that was sent, or was about to be, and failed.
     *
     * @param what names the step, for the message
     * @param path the znode in the way, or null
     */
    static CoordinationException ofWrite(Code code, String what, String path) {
        Reason reason =
                switch (code) {
                    case BADVERSION, NODEEXISTS, NONODE, NOTEMPTY -> Reason.CONFLICT;
                    case AUTHFAILED,
                            BADARGUMENTS,
                            EPHEMERALONLOCALSESSION,
                            INVALIDACL,
                            NOAUTH,
                            NOCHILDRENFOREPHEMERALS,
                            NOTREADONLY,
                            QUOTAEXCEEDED,
                            THROTTLEDOP,
                            UNIMPLEMENTED -> Reason.REFUSED;
                    // Includes SESSIONEXPIRED: the client also says so of what it had sent when its session was closed.
                    default -> Reason.UNKNOWN_OUTCOME;
                };
        return new CoordinationException(reason, what + ": " + explain(code), path, KeeperException.create(code, path));
    }

    /** A read that failed for good. */
    static CoordinationException ofRead(Code code, String what, String path) {
        Reason reason = isPassing(code) ? Reason.UNKNOWN_OUTCOME : Reason.REFUSED;
        return new CoordinationException(reason, what + ": " + explain(code), path, KeeperException.create(code, path));
    }

    private static String explain(Code code) {
        return switch (code) {
            case BADVERSION -> "it was changed meanwhile";
            case NODEEXISTS -> "it exists already";
            case NONODE -> "it, or its parent, does not exist";
            case NOTEMPTY -> "it has children";
            case CONNECTIONLOSS -> "the connection to ZooKeeper was lost";
            case OPERATIONTIMEOUT, REQUESTTIMEOUT -> "ZooKeeper did not answer in time";
            case SESSIONEXPIRED -> "the ZooKeeper session ended";
            case SESSIONMOVED -> "the ZooKeeper session moved to another server";
            case AUTHFAILED -> "ZooKeeper refused the credentials";
            case NOAUTH -> "ZooKeeper's ACL does not allow it";
            case NOCHILDRENFOREPHEMERALS -> "its parent is ephemeral";
            case QUOTAEXCEEDED -> "ZooKeeper's quota is exceeded";
            case THROTTLEDOP -> "ZooKeeper is throttling";
            case BADARGUMENTS -> "not a legal path";
            default -> "ZooKeeper answered " + code;
        };
    }
}
