package dev.temper.sandbox;

import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** The interface that everything embedded listens on, and its ports. */
public final class Loopback {
    /** The address as clients spell it: IPv4, also where the JVM prefers IPv6. */
    public static final String HOST = "127.0.0.1";

    private static final byte[] ADDRESS = {127, 0, 0, 1};

    private Loopback() {}

    /** A socket address on this interface; port 0 stands for any free one. */
    public static InetSocketAddress at(int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(HOST, ADDRESS), port);
        } catch (UnknownHostException impossible) {
            throw new AssertionError("four bytes are an address", impossible);
        }
    }

    /**
     * Finds free ports that differ from each other. They are not reserved: between this call and their use another
     * process may take one, which the kernel's rotation of ephemeral ports makes unlikely.
     *
     * @param count how many, at least 1
     */
    public static List<Integer> freePorts(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                ServerSocket socket = new ServerSocket();
                sockets.add(socket);
                socket.bind(at(0));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } catch (IOException e) {
            throw new TemperException("No free port on the loopback interface: " + e.getMessage(), e);
        } finally {
            for (ServerSocket socket : sockets) {
                closeQuietly(socket);
            }
        }
    }

    /** Whether nothing listens on this loopback port. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(at(port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    private static void closeQuietly(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException ignored) {
            // A listening socket without connections has nothing to lose.
        }
    }
}
