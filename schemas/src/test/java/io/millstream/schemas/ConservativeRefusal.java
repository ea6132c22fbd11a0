package io.millstream.schemas;

/** Why a schema may be refused though Avro's readers read all that was written: all reasons there are. */
enum ConservativeRefusal {

    /** Avro's checker wants one short name of two records; readers compare their fields alone, unless in a union. */
    RECORD_NAME {
        @Override
        boolean covers(Incompatibility reason) {
            return reason.clash() == Clash.NAME && reason.reader().startsWith("record ");
        }
    },

    /** Nor does it take a record of another name from a union; readers take the first that looks alike. */
    RECORD_IN_UNION {
        @Override
        boolean covers(Incompatibility reason) {
            return reason.clash() == Clash.UNION_BRANCH && reason.writer().startsWith("record ");
        }
    },

    /** A record in a union is compared to its namesake; readers take another that looks alike, if the namesake does not. */
    NAMESAKE_IN_UNION {
        @Override
        boolean covers(Incompatibility reason) {
            return reason.path().contains("<");
        }
    },

    /** It looks at parts that no value has: of an enum without symbols, or of a record that needs itself. */
    NO_VALUE {
        @Override
        boolean covers(Incompatibility reason) {
            return false; // random schemas have no such parts
        }
    },

    /**
     * Aliases that can be understood in two ways. Avro's checker throws at some. At others readers leave a field that was
     * written aside and fill in the default, without a word; or they read what was meant only as long as they happen to
     * rename once, not twice.
     */
    ALIAS_IN_DOUBT {
        @Override
        boolean covers(Incompatibility reason) {
            return reason.clash() == Clash.ALIAS;
        }
    },

    /** A default that is taken for one of another branch: readers fill in what nobody meant. Or they never need it. */
    DEFAULT_NOT_MEANT {
        @Override
        boolean covers(Incompatibility reason) {
            return reason.clash() == Clash.BAD_DEFAULT;
        }
    },

    /** The bytes can be read, but mean something else: another unit, or another type that looks alike. */
    MEANING {
        @Override
        boolean covers(Incompatibility reason) {
            return reason.clash() == Clash.LOGICAL_TYPE || reason.clash() == Clash.BRANCH_ORDER;
        }
    };

    abstract boolean covers(Incompatibility reason);
}
