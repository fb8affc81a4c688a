"""Services that give credentials, on one port of 127.0.0.1: EC2's instance metadata, the agents of ECS and EKS, and STS.

Every secret that is given out, or that has to be shown, has MARK in it, so that a log can be searched for them. `issued` is
what a server of S3 has to know. `mode` spoils answers; `requests` is what was asked.
"""
import datetime
import http.server
import json
import threading
import time
import urllib.parse

ROLE = "job+role@x"
HTML = b"<html><body>Welcome to the WiFi</body></html>"


class MetadataServer:
    def __init__(self, mark, address="127.0.0.1", port=0):
        self.mark, self.issued, self.requests, self.n = mark, {}, [], 0
        self.lifetime, self.uses, self.renews, self.mode, self.code = 3600, None, True, "ok", "ExpiredToken"
        self.after = self.last = None
        self.web_token, self.container_token, self.imds_token = "Wt" + mark, "Ct" + mark, "It" + mark
        handler = type("Handler", (Handler,), {"service": self})
        self.server = http.server.ThreadingHTTPServer((address, port), handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *arguments: None  # clients that go away in the middle
        self.port = self.server.server_address[1]
        self.url = "http://%s:%d" % (address, self.port)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def reset(self, lifetime=3600, uses=None, renews=True, mode="ok", code="ExpiredToken", after=None):
        """uses: requests that credentials are good for, then a server of S3 answers `code`; renews: the next ones are others;
        after: what changes of these once credentials have been given."""
        self.lifetime, self.uses, self.renews, self.mode, self.code, self.after = lifetime, uses, renews, mode, code, after
        self.requests = []
        self.last = None

    def issue(self, kind):
        """New credentials of a kind, which the access key id begins with."""
        if not self.renews and self.last:
            return self.last
        self.n += 1
        key = "%s%d" % (kind, self.n)
        expires = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self.lifetime)
        self.last = {"AccessKeyId": key, "SecretAccessKey": "Sk%s%d" % (self.mark, self.n),
                     "Token": "To%s%d/+=" % (self.mark, self.n) + "x" * 1000, "Expiration": expires.strftime("%Y-%m-%dT%H:%M:%SZ")}
        self.issued[key] = {"secret": self.last["SecretAccessKey"], "token": self.last["Token"], "uses": self.uses, "code": self.code}
        return self.last


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body, kind="application/json"):
        mode = self.service.mode
        if self.service.last and self.service.after:
            vars(self.service).update(self.service.after)
        if mode == "stall":
            time.sleep(3)
        if mode == "html":
            body, kind = HTML, "text/html"
        if mode == "huge":
            body = body + b" " * 1000000
        if mode == "truncated":
            body = body[:len(body) // 2]
        if mode == "echo":  # what was sent comes back in an error
            status, body = 400, b"<ErrorResponse><Error><Code>Bad</Code><Message>" + self.sent + b"</Message></Error></ErrorResponse>"
        if mode.isdigit():
            status = int(mode)
        if mode == "once 500":
            self.service.mode, status = "ok", 500
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass

    def serve(self):
        service = self.service
        self.sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or str(self.headers).replace("\n", " ").encode()
        service.requests.append(self.command + " " + self.path)
        roles = "/latest/meta-data/iam/security-credentials/"
        if self.command == "PUT" and self.path == "/latest/api/token":
            good = self.headers.get("x-aws-ec2-metadata-token-ttl-seconds", "").isdigit()
            return self.answer(200 if good else 400, service.imds_token.encode(), "text/plain")
        if self.path.startswith(roles):
            if self.headers.get("x-aws-ec2-metadata-token") != service.imds_token or self.command != "GET":
                return self.answer(401, b"")
            if service.mode == "no role":
                return self.answer(404, b"")
            name = urllib.parse.unquote(self.path[len(roles):])
            if not name:
                return self.answer(200, ROLE.encode(), "text/plain")
            if service.mode == "failed":
                return self.answer(200, b'{"Code": "AssumeRoleUnauthorizedAccess", "Message": "no"}')
            return self.answer(200 if name == ROLE else 404, json.dumps({"Code": "Success", "Type": "AWS-HMAC", **service.issue("IMDS")}).encode())
        if self.path == "/container":
            if self.headers.get("Authorization") != service.container_token:
                return self.answer(401, b"")
            return self.answer(200, json.dumps({"RoleArn": "x", "Nested": {"AccessKeyId": "no"}, **service.issue("CONT")}).encode())
        if self.path == "/relative":
            return self.answer(200, json.dumps(service.issue("CONT")).encode())
        if self.command == "POST" and self.path == "/":
            return self.serve_sts()
        return self.answer(404, b"")

    def serve_sts(self):
        sent = dict(urllib.parse.parse_qsl(self.sent.decode()))
        if sent.get("WebIdentityToken") != self.service.web_token:
            return self.answer(400, b"<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>no</Message></Error></ErrorResponse>")
        if sent.get("Action") != "AssumeRoleWithWebIdentity" or sent.get("Version") != "2011-06-15" or not sent.get("RoleSessionName"):
            return self.answer(400, b"<ErrorResponse><Error><Code>ValidationError</Code></Error></ErrorResponse>")
        if sent.get("RoleArn") != "arn:aws:iam::1:role/r+1":
            return self.answer(403, b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>")
        found = self.service.issue("WEBID")
        found = {**found, "SessionToken": found["Token"]}
        body = "".join("<%s>%s</%s>" % (name, found[name], name) for name in ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"])
        return self.answer(200, ("<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>%s</Credentials>"
                                 "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>" % body).encode(), "text/xml")

    do_GET = do_PUT = do_POST = serve
