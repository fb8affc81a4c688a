"""A server of S3's requests that only moves bytes: no signatures, no digests, no disk.  Argument: the file that every GET reads.

It shows what the client can do.  What is written to it is thrown away.  Prints its port.
"""
import os
import re
import socket
import sys
import threading

FILE = open(sys.argv[1], "rb")
SIZE = os.fstat(FILE.fileno()).st_size
ANSWER = b"HTTP/1.1 %s\r\nETag: \"e\"\r\nContent-Length: %d\r\n%s\r\n"
UPLOAD = b"<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
COMPLETE = b"<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>"


def read_head(connection, rest):
    while b"\r\n\r\n" not in rest:
        more = connection.recv(65536)
        if not more:
            return None, b""
        rest += more
    return rest.split(b"\r\n\r\n", 1)


def discard(connection, length, buffer):
    while length > 0:
        length -= connection.recv_into(buffer, min(length, len(buffer)))


def send_range(connection, head):
    asked = re.search(rb"(?i)\r\nrange: bytes=(\d+)-(\d+)", head)
    first, last = (int(asked[1]), min(int(asked[2]), SIZE - 1)) if asked else (0, SIZE - 1)
    status = b"206 Partial Content" if asked else b"200 OK"
    connection.sendall(ANSWER % (status, last + 1 - first, b"Content-Range: bytes %d-%d/%d\r\n" % (first, last, SIZE) if asked else b""))
    while first <= last:
        first += os.sendfile(connection.fileno(), FILE.fileno(), first, last + 1 - first)


def serve(connection):
    buffer, rest = bytearray(1 << 20), b""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while True:
        head, rest = read_head(connection, rest)
        if head is None:
            return
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
        length = int(length[1]) if length else 0
        discard(connection, length - len(rest), buffer)
        rest = rest[length:]
        method, path = head.split(b" ", 2)[:2]
        if method == b"GET":
            send_range(connection, head)
        elif method == b"HEAD":
            connection.sendall(ANSWER % (b"404 Not Found", 0, b""))
        else:
            body = b"" if method != b"POST" else UPLOAD if path.endswith(b"uploads=") else COMPLETE
            connection.sendall(ANSWER % (b"200 OK", len(body), b"") + body)


listener = socket.create_server(("127.0.0.1", 0), backlog=64)
print(listener.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
