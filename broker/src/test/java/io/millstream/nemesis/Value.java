package io.millstream.nemesis;

/**
 * What a record of the workload says: who sent it, and as which one. Written as one number.
 *
 * @param producer from 0
 * @param number counts what the producer sent to this partition, from 0
 */
record Value(int producer, long number) {

    private static final int NUMBER_BITS = 40;

    long packed() {
        return (long) producer << NUMBER_BITS | number;
    }

    static Value unpack(long packed) {
        return new Value((int) (packed >> NUMBER_BITS), packed & (1L << NUMBER_BITS) - 1);
    }

    @Override
    public String toString() {
        return "record " + number + " of producer " + producer;
    }
}
