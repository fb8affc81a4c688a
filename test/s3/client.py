"""A small client of S3 with a signer of its own, for looking at what gpu_encode did from outside."""
import datetime
import hashlib
import hmac
import http.client
import re
import time
import urllib.parse


def encode(text, safe=""):
    return urllib.parse.quote(text, safe="-_.~" + safe)


class Client:
    def __init__(self, port, access_key, secret_key, region="us-east-1"):
        self.host, self.region = "127.0.0.1:%d" % port, region
        self.access_key, self.secret_key = access_key, secret_key

    def sign(self, method, path, query, headers, date, payload):
        request = "\n".join([method, path, query, "".join("%s:%s\n" % (n, headers[n]) for n in sorted(headers)), ";".join(sorted(headers)), payload])
        text = "\n".join(["AWS4-HMAC-SHA256", date, self.scope(date), hashlib.sha256(request.encode()).hexdigest()])
        key = ("AWS4" + self.secret_key).encode()
        for part in self.scope(date).split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def scope(self, date):
        return "/".join([date[:8], self.region, "s3", "aws4_request"])

    def authorization(self, method, path, query, headers):
        date = headers["x-amz-date"]
        return "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (
            self.access_key, self.scope(date), ";".join(sorted(headers)),
            self.sign(method, path, query, headers, date, headers["x-amz-content-sha256"]))

    def url(self, method, bucket, key):
        """A url that is signed for an hour, for clients that sign nothing."""
        path, date = "/" + bucket + "/" + encode(key, "/"), datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        query = "&".join("%s=%s" % (name, encode(value)) for name, value in [
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"), ("X-Amz-Credential", self.access_key + "/" + self.scope(date)), ("X-Amz-Date", date),
            ("X-Amz-Expires", "3600"), ("X-Amz-SignedHeaders", "host")])
        return "http://%s%s?%s&X-Amz-Signature=%s" % (self.host, path, query, self.sign(method, path, query, {"host": self.host}, date, "UNSIGNED-PAYLOAD"))

    def request(self, method, bucket, key="", query=None, body=b""):
        path = "/" + bucket + ("/" + encode(key, "/") if key else "")
        text = "&".join("%s=%s" % (encode(k), encode(v)) for k, v in sorted((query or {}).items()))
        headers = {"host": self.host, "x-amz-content-sha256": hashlib.sha256(body).hexdigest(),
                   "x-amz-date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")}
        headers["authorization"] = self.authorization(method, path, text, headers)
        connection = http.client.HTTPConnection(self.host, timeout=30)
        connection.request(method, path + ("?" + text if text else ""), body or None, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content

    def make_bucket(self, bucket):
        for i in range(6):  # the first write of an account may find its parts not ready
            time.sleep(i * 0.2)
            if self.request("PUT", bucket)[0] in (200, 409):
                return
        raise RuntimeError("no bucket could be made")

    def put(self, bucket, key, body):
        status, content = self.request("PUT", bucket, key, body=body)
        if status != 200:
            raise RuntimeError("PUT %s: %d %r" % (key, status, content[:300]))

    def get(self, bucket, key):
        status, content = self.request("GET", bucket, key)
        return content if status == 200 else None

    def keys(self, bucket, prefix=""):
        return re.findall(rb"<Key>([^<]*)</Key>", self.request("GET", bucket, query={"list-type": "2", "prefix": prefix})[1])

    def uploads(self, bucket):
        return re.findall(rb"<UploadId>([^<]+)</UploadId>", self.request("GET", bucket, query={"uploads": ""})[1])

    def delete(self, bucket, key):
        self.request("DELETE", bucket, key)
