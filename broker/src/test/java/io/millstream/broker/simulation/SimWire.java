package io.millstream.broker.simulation;

import io.millstream.broker.server.SimulatedServer;
import java.net.InetSocketAddress;

/** Lays the two pipes of a connection between a client and a listener, and sees to it that one's end is the other's. */
final class SimWire {

    private SimWire() {}

    static void lay(
            SimNet net,
            String machine,
            SimProcess process,
            SimLoop loop,
            SimNet.Listener listener,
            SimConnection connection) {
        SimPipe[] back = new SimPipe[1];
        InetSocketAddress peer = InetSocketAddress.createUnresolved(machine, 1);
        SimulatedServer.Line line = listener.server()
                .accept(peer, listener.name(), listener.loop(), new SimulatedServer.Outlet() {
                    @Override
                    public void send(byte[] frame) {
                        back[0].send(frame);
                    }

                    @Override
                    public void hangUp() {
                        back[0].finish();
                    }
                });
        SimPipe there = new SimPipe(net, machine, listener.machine(), listener.loop(), line::receive, line::closed);
        back[0] = new SimPipe(
                net,
                listener.machine(),
                machine,
                loop,
                connection::receive,
                () -> connection.lost("closed the connection"));
        Runnable reset = () -> {
            there.breakOff();
            back[0].breakOff();
        };
        there.onReset(reset);
        back[0].onReset(reset);
        connection.attach(there);
        process.atDeath(() -> {
            back[0].drop();
            there.finish();
        });
        listener.process().atDeath(() -> {
            there.drop();
            back[0].finish();
        });
    }
}
