package io.millstream.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AdmissionTest {

    @Test
    void eachAddressIsCountedByItself() throws UnknownHostException {
        // given
        InetAddress one = InetAddress.getByName("10.0.0.1");
        InetAddress two = InetAddress.getByName("10.0.0.2");
        Admission admission = new Admission(new ConnectionLimits(3, 1, Map.of(two, 5)));

        // when, then
        assertThat(admission.admit(one)).isTrue();
        assertThat(admission.admit(one)).isFalse();
        assertThat(admission.admit(two)).isTrue();
        assertThat(admission.admit(two)).isTrue();
        assertThat(admission.admit(two)).as("more than all may have").isFalse();
        admission.release(one);
        assertThat(admission.admit(two)).isTrue();
        assertThat(admission.open()).isEqualTo(3);
    }
}
