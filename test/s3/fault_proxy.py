"""A proxy on 127.0.0.1 that spoils connections, by a plan that a seed decides.

Each connection gets one fate: it works; it is closed at once; its request or its answer is cut after some bytes; it is
answered 503 SlowDown or 500 InternalError; it stalls after some bytes.
"""
import random
import socket
import threading
import time

ERROR = (b"HTTP/1.1 %s\r\nContent-Type: application/xml\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s")
SLOW_DOWN = b"<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>"
INTERNAL = b"<?xml version=\"1.0\"?><Error><Code>InternalError</Code><Message>We met an error.</Message></Error>"


class FaultProxy:
    def __init__(self, target):
        self.target, self.random, self.faults, self.counts = target, random.Random(0), 0.0, {}
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def plan(self, seed, faults):
        """faults: the part of connections that are spoiled."""
        self.random, self.faults = random.Random(seed), faults

    def accept(self):
        while True:
            client = self.listener.accept()[0]
            fate = "ok"
            if self.random.random() < self.faults:
                fate = self.random.choice(["close", "cut answer", "cut answer", "cut request", "503", "500", "stall"])
            size = int(2 ** self.random.uniform(0, 18))
            self.counts[fate] = self.counts.get(fate, 0) + 1
            threading.Thread(target=self.serve, args=(client, fate, size), daemon=True).start()

    def serve(self, client, fate, size):
        try:
            if fate == "close":
                return
            if fate in ("503", "500"):
                client.recv(65536)
                body = SLOW_DOWN if fate == "503" else INTERNAL
                status = b"503 Slow Down" if fate == "503" else b"500 Internal Server Error"
                client.sendall(ERROR % (status, len(body), body))
                return
            with socket.create_connection(("127.0.0.1", self.target)) as server:
                cut = threading.Thread(target=self.pump, daemon=True,
                                       args=(client, server, size if fate == "cut request" else None, False))
                cut.start()
                self.pump(server, client, size if fate in ("cut answer", "stall") else None, fate == "stall")
        except OSError:
            pass
        finally:
            client.close()

    @staticmethod
    def pump(source, sink, limit, stall):
        try:
            while limit is None or limit > 0:
                data = source.recv(65536)
                if not data:
                    break
                sink.sendall(data[:limit])
                limit = None if limit is None else limit - len(data[:limit])
            if stall and limit == 0:
                time.sleep(3)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
