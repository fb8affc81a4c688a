"""A server of S3's requests that answers what a test wants: objects in memory, no signatures, a record of all requests.

A test sets `script`, a function of the request that may answer it in another way: it returns True when it did.
"""
import functools
import hashlib
import http.server
import re
import socketserver
import threading
import time
import urllib.parse

TOKEN = "x-amz-meta-gpu-encode-upload"  # by which an upload knows its object again
ERROR = b"<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>So it is.</Message><RequestId>odd</RequestId></Error>"


class Record:
    """What was asked, kept."""

    def __init__(self, request):
        self.command, self.key, self.query, self.headers = request.command, request.key, request.query, request.headers
        self.begun, self.body = time.time(), b""


class Request(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *arguments):
        pass

    def handle(self):
        try:
            super().handle()
        except OSError:
            pass

    def handle_one(self):
        url = urllib.parse.urlsplit(self.path)
        self.query = urllib.parse.parse_qs(url.query, keep_blank_values=True)
        self.bucket, _, self.key = urllib.parse.unquote(url.path)[1:].partition("/")
        self.odd = self.server.odd.state
        record = Record(self)
        with self.odd.lock:
            self.odd.requests.append(record)
            self.number = len(self.odd.requests)
            self.odd.running += 1
            self.odd.most_running = max(self.odd.most_running, self.odd.running)
        try:
            self.body = record.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.odd.forgetful:
                record.body = b""
            if not (self.odd.script and self.odd.script(self)):
                self.serve()
        finally:
            with self.odd.lock:
                self.odd.running -= 1

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_one

    def answer(self, status, body=b"", headers=None):
        self.begin(status, {"Content-Length": len(body), **(headers or {})})
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, status, code, headers=None):
        self.answer(status, ERROR % code.encode(), headers)

    def begin(self, status, headers):
        """The head of an answer; the body is the caller's."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.end_headers()

    def cut(self):
        """Break off, without an end."""
        self.close_connection = True
        self.wfile.flush()
        self.connection.close()

    def serve(self):
        objects = self.odd.objects
        if self.command in ("GET", "HEAD") and self.key:
            self.serve_object(objects.get(self.key))
        elif self.command == "GET" and "uploads" in self.query:
            self.answer(200, b"<ListMultipartUploadsResult>%s</ListMultipartUploadsResult>" % b"".join(
                b"<Upload><Key>%s</Key><UploadId>%s</UploadId><Initiated>%s</Initiated></Upload>"
                % (self.odd.begun[name][0], name.encode(), self.odd.begun[name][1]) for name in self.odd.uploads))
        elif self.command == "PUT" and "partNumber" in self.query:
            self.odd.uploads[self.query["uploadId"][0]][int(self.query["partNumber"][0])] = self.body
            self.answer(200, headers={"ETag": tag(self.body)})
        elif self.command == "PUT":
            self.store(self.body)
        elif self.command == "POST" and "uploads" in self.query:
            name = "upload-%d" % self.number
            self.odd.uploads[name] = {}
            self.odd.upload_tokens[name] = self.headers.get(TOKEN)
            self.odd.begun[name] = (self.key.encode(), time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()).encode())
            self.answer(200, b"<InitiateMultipartUploadResult><UploadId>%s</UploadId></InitiateMultipartUploadResult>" % name.encode())
        elif self.command == "POST":
            parts = self.odd.uploads.pop(self.query["uploadId"][0])
            self.store(b"".join(parts[i] for i in sorted(parts)))
        else:
            self.odd.uploads.pop(self.query.get("uploadId", [""])[0], None)
            if not self.query:
                objects.pop(self.key, None)
                self.odd.tokens.pop(self.key, None)
            self.answer(204)

    def store(self, body):
        if self.headers.get("If-None-Match") == "*" and self.key in self.odd.objects:
            return self.refuse(412, "PreconditionFailed")
        self.keep(body)
        self.answer(200, b"<CompleteMultipartUploadResult></CompleteMultipartUploadResult>" if self.command == "POST" else b"",
                    {"ETag": tag(body)})

    def keep(self, body):
        """Store an object as the upload that asks for it described it."""
        tag(body)
        self.odd.objects[self.key] = body
        self.odd.tokens[self.key] = self.odd.upload_tokens.get(self.query["uploadId"][0]) if "uploadId" in self.query else self.headers.get(TOKEN)

    def range_of(self, body):
        asked = re.match(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        return (int(asked[1]), min(int(asked[2]) + 1, len(body))) if asked else (0, len(body))

    def range_headers(self, body):
        first, end = self.range_of(body)
        return {"Content-Length": end - first, "Content-Range": "bytes %d-%d/%d" % (first, end - 1, len(body)), "ETag": tag(body),
                **({TOKEN: self.odd.tokens[self.key]} if self.odd.tokens.get(self.key) else {})}

    def serve_object(self, body):
        if body is None:
            return self.refuse(404, "NoSuchKey")
        if self.headers.get("If-Match", tag(body)) != tag(body):
            return self.refuse(412, "PreconditionFailed")
        first, end = self.range_of(body)
        if first >= len(body) and "Range" in self.headers:
            return self.refuse(416, "InvalidRange")
        self.answer(206 if "Range" in self.headers else 200, body[first:end], self.range_headers(body))


@functools.lru_cache(maxsize=16)  # a look at an object is to be quick, however big it is
def tag(body):
    return "\"%s\"" % hashlib.md5(body).hexdigest()


class Listener(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, address):
        pass


class State:
    """Objects and record from one reset to the next.  A request that outlives its test goes on with the state that it began with."""

    def __init__(self, script, forgetful, objects):
        self.lock = threading.Lock()
        self.script, self.objects, self.uploads, self.begun, self.requests = script, objects, {}, {}, []
        self.tokens, self.upload_tokens = {}, {}  # of objects and of uploads, where those have one
        self.forgetful = forgetful  # of bodies
        self.running = self.most_running = 0

    def asked(self, command, *query):
        """The requests with that command and those names in their query."""
        return [r for r in self.requests if r.command == command and all(name in r.query for name in query)]


class OddServer:
    """Has the attributes of its present state too."""

    def __init__(self):
        self.reset()
        self.listener = Listener(("127.0.0.1", 0), Request)
        self.listener.odd = self
        self.port = self.listener.server_address[1]
        threading.Thread(target=self.listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def reset(self, script=None, forgetful=False, **objects):
        self.state = State(script, forgetful, objects)

    def __getattr__(self, name):
        return getattr(self.state, name)

    def stop(self):
        self.listener.shutdown()
        self.listener.server_close()
