"""A server of S3 that knows session tokens: it checks signatures and tokens, and hands good requests on to one that does not.

`known` has what a signature is made with, by access key id: secret, token, uses (requests that it is good for, None for any
number), code (what is said after that). With objects={path: bytes} nothing is behind it, and it gives those itself.
"""
import hashlib
import http.client
import http.server
import re
import threading

from client import Client

HEADER = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d{8}/([^/]+)/s3/aws4_request, SignedHeaders=([^,]+), Signature=[0-9a-f]{64}$")


class CheckingFront:
    def __init__(self, known, behind=None, objects=None):
        """behind: a Client of the server behind."""
        self.known, self.behind, self.objects, self.keys, self.parts, self.lock = known, behind, objects, [], [], threading.Lock()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"front": self}))
        self.server.daemon_threads = True
        self.server.handle_error = lambda *arguments: None  # clients that go away in the middle
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def refusal(self, method, path, query, headers, body):
        """The code with which a request is refused; None for a good one."""
        match = HEADER.match(headers.get("authorization", ""))
        if not match:
            return "AccessDenied"
        key, region, names = match.groups()
        if key not in self.known:
            return "InvalidAccessKeyId"
        known = self.known[key]
        names = names.split(";")
        if any(name.startswith("x-amz-") and name not in names for name in headers) or "host" not in names:
            return "AccessDenied"
        signer = Client(0, key, known["secret"], region)
        if signer.authorization(method, path, query, {name: headers.get(name, "") for name in names}) != headers["authorization"]:
            return "SignatureDoesNotMatch"
        if headers["x-amz-content-sha256"] != hashlib.sha256(body).hexdigest():
            return "XAmzContentSHA256Mismatch"
        if headers.get("x-amz-security-token") != known["token"]:
            return "InvalidToken"
        with self.lock:
            self.keys.append(key)
            if known["uses"] is not None:
                known["uses"] -= 1
                if known["uses"] < 0:
                    return known["code"]
        return None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, headers, body, length=None):
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        try:
            self.wfile.write(b"" if self.command == "HEAD" else body)
        except OSError:
            pass

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        code = self.front.refusal(self.command, path, query, headers, body)
        if code:
            text = "<Error><Code>%s</Code><Message>Refused.</Message></Error>" % code
            return self.answer(400 if "Token" in code else 403, [("Content-Type", "application/xml")], text.encode())
        if "partNumber=" in query:
            self.front.parts.append(len(body))
        if self.front.objects is not None:
            return self.serve_object(path, headers)
        return self.hand_on(path, query, headers, body)

    def serve_object(self, path, headers):
        body = self.front.objects.get(path)
        if body is None:
            return self.answer(404, [], b"<Error><Code>NoSuchKey</Code></Error>")
        first, last = re.match(r"bytes=(\d+)-(\d+)", headers["range"]).groups()
        piece = body[int(first):int(last) + 1]
        return self.answer(206, [("ETag", '"1"'), ("Content-Range", "bytes %s-%d/%d" % (first, int(first) + len(piece) - 1, len(body)))], piece)

    def hand_on(self, path, query, headers, body):
        behind = self.front.behind
        kept = {name: value for name, value in headers.items()
                if name in ("range", "if-match", "content-type", "content-encoding", "x-amz-date", "x-amz-content-sha256")}
        kept["host"] = behind.host
        kept["authorization"] = behind.authorization(self.command, path, query, kept)
        connection = http.client.HTTPConnection(behind.host, timeout=30)
        connection.request(self.command, self.path, body or None, kept)
        answer = connection.getresponse()
        content = answer.read()
        self.answer(answer.status, answer.getheaders(), content, answer.headers.get("Content-Length"))
        connection.close()

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = serve
