"""A server of S3's requests whose answers a seed spoils: cut, doubled, of another kind, with huge headers, or no HTTP at all.

The deed is done all the same: only what is said of it is wrong.
"""
import io
import re

from odd_server import OddServer

HTML = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><p>Welcome to the <b>WiFi</b>.<br></body></html>\n"


def with_length(head, length):
    return re.sub(rb"(?i)\r\nContent-Length: *\d+", b"\r\nContent-Length: %d" % length, head)


def prefixed(body):
    """The same document, with a prefix for every name."""
    body = re.sub(rb"<(/?)(\w)", rb"<\1s3:\2", body)
    return re.sub(rb"<s3:(\w+)>", b"<s3:\\1 xmlns:s3='http://s3.amazonaws.com/doc/2006-03-01/'>", body, count=1)


class Spoiler:
    """A script for OddServer: `faults` of the requests are spoiled."""

    def __init__(self, random, faults):
        self.random, self.faults, self.done = random, faults, []
        self.kinds = [getattr(self, name) for name in dir(self) if name.startswith("spoil_")]

    def __call__(self, request):
        if self.random.random() >= self.faults:
            return False
        kind = self.random.choice(self.kinds)
        real, request.wfile = request.wfile, io.BytesIO()
        request.serve()
        answer, request.wfile = request.wfile.getvalue(), real
        head, _, body = answer.partition(b"\r\n\r\n")
        if request.command == "HEAD":
            body = b""
        spoiled, closes = kind(request, head, body)
        self.done.append("%s of %s %s" % (kind.__name__, request.command, request.path))
        request.wfile.write(spoiled)
        if closes:
            request.cut()
        return True

    def spoil_by_cut(self, request, head, body):
        answer = head + b"\r\n\r\n" + body
        return answer[:self.random.randrange(len(answer))], True

    def spoil_by_polite_cut(self, request, head, body):
        body = body[:self.random.randrange(len(body) + 1)]
        return with_length(head, len(body)) + b"\r\n\r\n" + body, False

    def spoil_by_silent_end(self, request, head, body):
        """No length: the end of the connection is that of the answer."""
        return re.sub(rb"(?i)\r\nContent-Length: *\d+", b"", head) + b"\r\n\r\n" + body[:self.random.randrange(len(body) + 1)], True

    def spoil_by_doubling(self, request, head, body):
        return with_length(head, 2 * len(body)) + b"\r\n\r\n" + body + body, False

    def spoil_by_more(self, request, head, body):
        """More than it says that there is."""
        return head + b"\r\n\r\n" + body + body, False

    def spoil_by_two_answers(self, request, head, body):
        return 2 * (head + b"\r\n\r\n" + body), False

    def spoil_by_swelling(self, request, head, body):
        more = bytes(self.random.randrange(256) for _ in range(self.random.choice([1, 100, 100000])))
        return with_length(head, len(body) + len(more)) + b"\r\n\r\n" + body + more, False

    def spoil_by_html(self, request, head, body):
        page = b"" if request.command == "HEAD" else HTML
        return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (len(HTML), page), False

    def spoil_by_html_of_an_error(self, request, head, body):
        page = b"" if request.command == "HEAD" else HTML
        return b"HTTP/1.1 500 Oops\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (len(HTML), page), False

    def spoil_by_prefix(self, request, head, body):
        """Another way to say the same."""
        if body.startswith(b"<") and not request.key or request.command == "POST":
            body = prefixed(body)
        return with_length(head, len(body) if request.command != "HEAD" else 0) + b"\r\n\r\n" + body if body else head + b"\r\n\r\n", False

    def spoil_by_content_type(self, request, head, body):
        return head + b"\r\nContent-Type: " + self.random.choice([b"image/png", b"x" * 300, b"\xff\xfe", b""]) + b"\r\n\r\n" + body, False

    def spoil_by_huge_header(self, request, head, body):
        return head + b"\r\nX-Amz-Meta-Long: " + b"x" * self.random.choice([1000, 90000, 400000]) + b"\r\n\r\n" + body, False

    def spoil_by_many_headers(self, request, head, body):
        return head + b"".join(b"\r\nX-Amz-Meta-%d: %d" % (i, i) for i in range(self.random.choice([100, 6000]))) + b"\r\n\r\n" + body, False

    def spoil_by_strange_headers(self, request, head, body):
        lines = [b"ETag: \"" + b"e" * 300 + b"\"", b"ETag: \"\xff\x00\x01\"", b"ETag:", b"Date: never", b"Content-Range: bytes 9-1/x",
                 b"x-amz-request-id: \xff\x1b[0m", b"Content-Encoding: gzip"]
        return head + b"\r\n" + self.random.choice(lines) + b"\r\n\r\n" + body, False

    def spoil_by_random_bytes(self, request, head, body):
        return bytes(self.random.randrange(256) for _ in range(self.random.choice([0, 1, 20, 3000]))), True

    def spoil_by_random_body(self, request, head, body):
        if request.command == "GET" and request.key:  # nobody could tell
            return head + b"\r\n\r\n" + body, False
        body = bytes(self.random.randrange(256) for _ in body)
        return head + b"\r\n\r\n" + body, False

    def spoil_by_stall(self, request, head, body):
        request.wfile.write((head + b"\r\n\r\n" + body)[:self.random.randrange(len(head))])
        request.server.odd.pause.wait(2)
        return b"", True


class HostileServer(OddServer):
    """pause: an event that ends stalls."""

    def __init__(self, pause):
        super().__init__()
        self.pause = pause
