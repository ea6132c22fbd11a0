package io.millstream.coordination;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A network between a client and a server on this machine that can be made to fail. */
final class TcpProxy implements AutoCloseable {

    /** What happens to what the network carries. */
    enum Weather {
        FAIR,
        /** What the server says is lost. */
        ANSWERS_LOST,
        /** What the client says is lost. */
        REQUESTS_LOST,
        /** New connections are closed at once. */
        REFUSED
    }

    private final int target;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile Weather weather = Weather.FAIR;

    TcpProxy(int target) throws IOException {
        this.target = target;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("accept", this::acceptAll);
    }

    int port() {
        return listener.getLocalPort();
    }

    void weather(Weather now) {
        weather = now;
    }

    /** Closes all connections. */
    void cut() {
        sockets.forEach(TcpProxy::close);
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, "proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private void acceptAll() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                if (weather == Weather.REFUSED) {
                    close(client);
                    continue;
                }
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(client);
                sockets.add(server);
                start("requests", () -> carry(client, server, Weather.REQUESTS_LOST));
                start("answers", () -> carry(server, client, Weather.ANSWERS_LOST));
            } catch (IOException e) {
                cut(); // Closed, or the server is gone: the client sees a broken connection.
            }
        }
    }

    private void carry(Socket from, Socket to, Weather fatal) {
        byte[] buffer = new byte[8192];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (weather != fatal) {
                    out.write(buffer, 0, read);
                }
            }
        } catch (IOException e) {
            close(to);
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cut();
    }
}
