package io.millstream.clients;

import java.util.List;
import org.junit.jupiter.api.DynamicTest;

/** A group of tests that every version of a client runs, loaded beside that version's jars. */
public interface ClientSuite {

    /** The tests, each independent of the others. */
    List<DynamicTest> tests(Target target);

    /** After the last of them. */
    void close();
}
