package io.millstream.hadoop.jars;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What a class says of others, and which members it has itself, as its file has it (JVM specification, chapter 4). Names are
 * internal ones, with slashes.
 *
 * @param above its superclass and interfaces
 * @param members its own fields and methods, name and descriptor
 * @param references the fields and methods of others, and of its own, that it uses
 * @param texts all its strings, names and descriptors
 */
record ClassFile(Set<String> above, Set<String> members, Set<Reference> references, Set<String> texts) {

    private static final int MAGIC = 0xCAFEBABE;

    /** A field or method as it is referred to: not necessarily declared where it is looked for first. */
    record Reference(String owner, String member) {}

    private record Pair(int first, int second) {}

    static ClassFile read(InputStream stream) throws IOException {
        DataInputStream in = new DataInputStream(stream);
        if (in.readInt() != MAGIC) {
            throw new IOException("Not a class file");
        }
        in.skipNBytes(4); // version
        Object[] pool = pool(in);
        in.skipNBytes(4); // access flags, the class itself
        Set<String> above = new LinkedHashSet<>();
        int superclass = in.readUnsignedShort();
        if (superclass != 0) {
            above.add(className(pool, superclass));
        }
        for (int count = in.readUnsignedShort(); count > 0; count--) {
            above.add(className(pool, in.readUnsignedShort()));
        }
        Set<String> members = new HashSet<>();
        members(in, pool, members); // fields
        members(in, pool, members); // methods
        return new ClassFile(above, members, references(pool), texts(pool));
    }

    /** Texts are Strings, class names Integers, member references arrays of two, names with types Pairs. */
    private static Object[] pool(DataInputStream in) throws IOException {
        Object[] pool = new Object[in.readUnsignedShort()];
        for (int i = 1; i < pool.length; i++) {
            int tag = in.readUnsignedByte();
            switch (tag) {
                case 1 -> pool[i] = in.readUTF();
                case 3, 4 -> in.skipNBytes(4);
                case 5, 6 -> {
                    in.skipNBytes(8);
                    i++; // takes two places
                }
                case 7 -> pool[i] = in.readUnsignedShort();
                case 8, 16, 19, 20 -> in.skipNBytes(2);
                case 9, 10, 11 -> pool[i] = new int[] {in.readUnsignedShort(), in.readUnsignedShort()};
                case 12 -> pool[i] = new Pair(in.readUnsignedShort(), in.readUnsignedShort());
                case 15 -> in.skipNBytes(3);
                case 17, 18 -> in.skipNBytes(4);
                default -> throw new IOException("Constant of unknown kind " + tag);
            }
        }
        return pool;
    }

    private static String className(Object[] pool, int index) {
        return (String) pool[(Integer) pool[index]];
    }

    private static void members(DataInputStream in, Object[] pool, Set<String> members) throws IOException {
        for (int count = in.readUnsignedShort(); count > 0; count--) {
            in.skipNBytes(2); // access flags
            members.add(pool[in.readUnsignedShort()] + " " + pool[in.readUnsignedShort()]);
            for (int attributes = in.readUnsignedShort(); attributes > 0; attributes--) {
                in.skipNBytes(2);
                in.skipNBytes(in.readInt() & 0xFFFFFFFFL);
            }
        }
    }

    private static Set<Reference> references(Object[] pool) {
        Set<Reference> references = new HashSet<>();
        for (Object each : pool) {
            if (each instanceof int[] member) {
                Pair named = (Pair) pool[member[1]];
                references.add(
                        new Reference(className(pool, member[0]), pool[named.first()] + " " + pool[named.second()]));
            }
        }
        return references;
    }

    private static Set<String> texts(Object[] pool) {
        Set<String> texts = new HashSet<>();
        for (Object each : pool) {
            if (each instanceof String text) {
                texts.add(text);
            }
        }
        return texts;
    }
}
