"""What Swift never does: faults one by one, versions that change, how requests overlap, cancels, memory.  Arguments: file with a secret,
tries of each cancel, megabytes of the test of memory."""
import os
import re
import socket
import sys
import threading
import time

import tap
from odd_server import OddServer, tag
from tap import Session, check, equal, fails, sql, wait_for

SECRET_FILE, TRIES, MEGABYTES = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
ROWS = ("id,name\n" + "".join("%d,row %d\n" % (i, i) for i in range(100000))).encode()
IMPORT = "SELECT rows_imported FROM gpu_encode.s3_import('odd', 's3://odd/rows', server => 'odd'); SELECT count(DISTINCT id) FROM odd"
EXPORT = "SELECT rows_uploaded FROM gpu_encode.s3_export('SELECT i AS id, md5(i::text) AS h FROM generate_series(1, 400000) i', 's3://odd/out', server => 'odd')"
odd = OddServer()


def make_server(name, port):
    return sql("CREATE SERVER %s FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (endpoint 'http://127.0.0.1:%d');"
               "SELECT gpu_encode.s3_set_credentials('%s', 'key', btrim(pg_read_file('%s'), E'\\n'))" % (name, port, name, SECRET_FILE))


def test_setup():
    check(sql("CREATE EXTENSION IF NOT EXISTS gpu_encode; CREATE TABLE odd (id int, name text)") == "" and make_server("odd", odd.port) == "",
          "a server is created")


def once(action):
    """A script that acts on the first request of which action says that it did."""
    done = []

    def script(request):
        if done or not action(request):
            return False
        done.append(1)
        return True
    return script


def test_overlap():
    def slow(request):
        time.sleep(0.03)
        return False
    odd.reset(slow, rows=ROWS)
    equal("TRUNCATE odd; SET gpu_encode.s3_part_size = '64kB'; " + IMPORT + "; SELECT bool_and(name = 'row ' || id) FROM odd",
          "100000\n100000\nt", "ranges give every row")
    ranges = [r.headers["Range"] for r in odd.asked("GET")]
    check(len(ranges) == len(set(ranges)) == -(-len(ROWS) // 65536) and odd.most_running == 4,
          "each range is asked for once, gpu_encode.s3_requests at a time", "%d %d" % (len(ranges), odd.most_running))
    check(all(r.headers["If-Match"] for r in odd.asked("GET")[1:]), "all but the first for the version of the first")
    odd.reset(slow)
    equal("SET gpu_encode.s3_requests = 3; SET gpu_encode.s3_part_size = '5MB'; " + EXPORT, "400000", "parts are written")
    sizes = [len(r.body) for r in sorted(odd.asked("PUT", "partNumber"), key=lambda r: int(r.query["partNumber"][0]))]
    check(set(sizes[:-1]) == {5 << 20} and len(sizes) == 4 and odd.most_running >= 2, "of one size, several at a time", "%s %d" % (sizes, odd.most_running))
    lines = odd.objects["out"].split(b"\n")
    check(lines[0] == b"id,h" and len(lines) == 400002 and [int(line.split(b",")[0]) for line in lines[1:-1]] == list(range(1, 400001)),
          "and make the object in order")


def test_resume():
    def cut(request):
        if request.command != "GET" or "bytes=65536-" not in request.headers["Range"]:
            return False
        body = request.odd.objects["rows"]
        request.begin(206, request.range_headers(body))
        request.wfile.write(body[65536:65536 + 1000])
        request.cut()
        return True
    odd.reset(once(cut), rows=ROWS)
    equal("TRUNCATE odd; SET gpu_encode.s3_part_size = '64kB'; " + IMPORT, "100000\n100000", "a range that is cut is read on")
    check("bytes=66536-131071" in [r.headers["Range"] for r in odd.asked("GET")], "at the byte where it broke off",
          [r.headers["Range"] for r in odd.asked("GET")])

    def cut_first(request):
        if request.command != "GET":
            return False
        request.begin(206, request.range_headers(request.odd.objects["rows"]))
        request.wfile.write(request.odd.objects["rows"][:1000])
        request.odd.objects["rows"] = ROWS[::-1]
        request.cut()
        return True
    odd.reset(once(cut_first), rows=ROWS)
    fails("TRUNCATE odd; " + IMPORT, ["55000", "replaced"], "an object that is replaced before the rest of its first range")
    equal("SELECT count(*) FROM odd", "0", "leaves no rows")


def test_versions():
    def ignore_version(request):
        if request.command != "GET":
            return False
        body = request.odd.objects["rows"]
        first, end = request.range_of(body)
        request.answer(206, body[first:end], request.range_headers(body))
        request.odd.objects["rows"] = ROWS[:8] + ROWS[8:][::-1]
        return True
    odd.reset(ignore_version, rows=ROWS)
    fails("SET gpu_encode.s3_part_size = '64kB'; " + IMPORT, ["55000", "replaced"], "another version is seen where If-Match is not heeded")

    def shorter(request):
        if request.command != "GET" or "bytes=0-" in request.headers["Range"]:
            return False
        request.answer(206, b"x" * 10, {"ETag": tag(ROWS), "Content-Range": "bytes %d-%d/*" % (request.range_of(ROWS)[0], request.range_of(ROWS)[0] + 9)})
        return True
    odd.reset(shorter, rows=ROWS)
    fails("SET gpu_encode.s3_part_size = '64kB'; " + IMPORT, ["38000", "shorter"], "a range that is too short")

    def other_bytes(request):
        if request.command != "GET" or "bytes=0-" in request.headers["Range"]:
            return False
        request.answer(206, ROWS[:65536], {"Content-Range": "bytes 0-65535/%d" % len(ROWS)})
        return True
    odd.reset(other_bytes, rows=ROWS)
    fails("SET gpu_encode.s3_part_size = '64kB'; " + IMPORT, ["other bytes"], "other bytes than were asked for")

    def whole(request):
        if request.command != "GET":
            return False
        request.answer(200, ROWS, {"ETag": "\"x\""})
        return True
    odd.reset(whole, rows=ROWS)
    equal("TRUNCATE odd; " + IMPORT, "100000\n100000", "an endpoint without ranges gives an object of one part")
    fails("SET gpu_encode.s3_part_size = '64kB'; " + IMPORT, ["ERROR"], "but no bigger one")
    equal("SELECT count(*) FROM odd", "100000", "and none of that left rows")


def test_retries():
    for status, code, attempts in [(503, "SlowDown", 3), (500, "InternalError", 3), (502, "BadGateway", 3), (504, "x", 3), (408, "RequestTimeout", 3),
                                   (429, "TooManyRequests", 3), (400, "RequestTimeout", 3), (400, "InvalidArgument", 1), (403, "AccessDenied", 1),
                                   (404, "NoSuchKey", 1), (405, "MethodNotAllowed", 1), (501, "NotImplemented", 1)]:
        odd.reset(lambda request: (request.refuse(status, code), True)[1])
        found = sql("SET gpu_encode.s3_max_attempts = 3; SELECT gpu_encode.s3_list('s3://odd/x', 'odd')")
        check("ERROR" in found and code in found and str(status) in found and len(odd.requests) == attempts, "%d %s is tried %d times" % (status, code, attempts),
              "%s %d" % (found, len(odd.requests)))
    odd.reset(lambda request: (request.cut(), True)[1])
    found = sql("SET gpu_encode.s3_max_attempts = 4; SELECT gpu_encode.s3_list('s3://odd/x', 'odd')")
    check("08006" in found and "attempt 4" in found and len(odd.requests) == 4, "connections that are cut are tried 4 times", found)
    waits = []
    for _ in range(3):
        odd.reset(lambda request: (request.refuse(500, "InternalError"), True)[1])
        sql("SET gpu_encode.s3_max_attempts = 6; SELECT gpu_encode.s3_list('s3://odd/x', 'odd')")
        times = [r.begun for r in odd.requests]
        waits.append([b - a for a, b in zip(times, times[1:])])
    longest = [max(w[i] for w in waits) for i in range(5)]
    check(all(longest[i] < 0.05 * 2 ** i + 0.15 for i in range(5)), "backoff is at most 50 ms, doubled each time", waits)
    check(len({round(w[4], 2) for w in waits}) > 1, "and random", waits)


def test_clock():
    def skewed(request):
        date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() + 7200))
        if request.headers["x-amz-date"][:11] == date[:11]:
            return False
        request.send_response_only(403)
        body = b"<Error><Code>RequestTimeTooSkewed</Code></Error>"
        request.send_header("Date", time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 7200)))
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
        return True
    odd.reset(skewed, rows=ROWS)
    equal("TRUNCATE odd; " + IMPORT, "100000\n100000", "a clock that is wrong is corrected by the endpoint's")


def test_complete():
    error = b"<?xml version=\"1.0\"?>\n<Error><Code>InternalError</Code><Message>We met an error.</Message></Error>"

    def fail_complete(request):
        if request.command != "POST" or "uploadId" not in request.query:
            return False
        request.answer(200, error)
        return True
    odd.reset(once(fail_complete))
    equal("SET gpu_encode.s3_part_size = '5MB'; " + EXPORT, "400000", "an answer 200 with an error in it is tried again")
    check(len(odd.asked("POST", "uploadId")) == 2 and list(odd.objects) == ["out"] and not odd.uploads, "and the object appears")
    odd.reset(fail_complete)
    fails("SET gpu_encode.s3_part_size = '5MB'; SET gpu_encode.s3_max_attempts = 2; " + EXPORT, ["could not write", "InternalError"],
          "one that stays is an error")
    check(not odd.objects and not odd.uploads, "that leaves nothing", odd.uploads)

    def empty_complete(request):
        if request.command != "POST" or "uploadId" not in request.query:
            return False
        request.answer(200, b"")
        return True
    odd.reset(empty_complete)
    fails("SET gpu_encode.s3_part_size = '5MB'; SET gpu_encode.s3_max_attempts = 2; " + EXPORT, ["could not write"], "an answer without a body is none")
    check(not odd.objects and not odd.uploads, "and nothing is left", odd.uploads)

    def lose_answer(request):
        if request.command != "POST" or "uploadId" not in request.query:
            return False
        parts = request.odd.uploads.pop(request.query["uploadId"][0], None)
        if parts is None:
            request.refuse(404, "NoSuchUpload")
            return True
        request.keep(b"".join(parts[i] for i in sorted(parts)))
        request.cut()
        return True
    odd.reset(lose_answer)
    equal("SET gpu_encode.s3_part_size = '5MB'; " + EXPORT, "400000", "an object whose answer was lost is found")
    check(list(odd.objects) == ["out"], "and kept")


def test_lost_begin():
    """The answer that had the id of an upload is lost."""
    def lose(request):
        if request.command != "POST" or "uploads" not in request.query:
            return False
        request.odd.uploads["lost"] = {}
        request.odd.begun["lost"] = (b"out", time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()).encode())
        request.odd.uploads["of another key"] = {}
        request.odd.begun["of another key"] = (b"out2", b"2999-01-01T00:00:00.000Z")
        request.odd.uploads["older"] = {}
        request.odd.begun["older"] = (b"out", b"2001-01-01T00:00:00.000Z")
        request.cut()
        return True
    odd.reset(once(lose))
    equal("SET gpu_encode.s3_part_size = '5MB'; " + EXPORT, "400000", "an upload is begun again")
    check(set(odd.uploads) == {"of another key", "older"} and list(odd.objects) == ["out"], "and the first one is found and ended", odd.uploads)
    odd.reset(lose)
    fails("SET gpu_encode.s3_part_size = '5MB'; SET gpu_encode.s3_max_attempts = 1; " + EXPORT, ["08006", "could not begin"], "or it is not")
    check(set(odd.uploads) == {"of another key", "older"} and not odd.objects, "and the first one is ended all the same", odd.uploads)

    def begin_late(request):
        if request.command != "POST" or "uploads" not in request.query:
            return False
        date = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()).encode()

        def begin():
            odd.begun["late"] = (b"out", date)
            odd.uploads["late"] = {}
            late.append(1)
        threading.Timer(0.25, begin).start()
        request.cut()
        return True
    late = []
    odd.reset(begin_late)
    fails("SET gpu_encode.s3_part_size = '5MB'; SET gpu_encode.s3_max_attempts = 1; " + EXPORT, ["could not begin an upload"], "an upload that begins after its failure")
    check(late and not odd.uploads, "is ended all the same", odd.uploads)


def test_late_put():
    """An endpoint that goes on with what was cut."""
    def store_late(request):
        if request.command != "PUT":
            return False

        def store():
            request.keep(request.body)
            late.append(1)
        threading.Timer(0.25, store).start()
        request.cut()
        return True
    late = []
    odd.reset(store_late)
    fails("SET gpu_encode.s3_max_attempts = 1; SELECT gpu_encode.s3_export('SELECT 1 AS a', 's3://odd/small', server => 'odd')", ["could not write"],
          "an object that appears after its failure")
    check(late and not odd.objects, "is removed all the same", odd.objects)


def test_lost_put():
    def lose(request):
        if request.command != "PUT":
            return False
        request.keep(request.body)
        request.cut()
        return True
    odd.reset(once(lose))
    equal("SELECT rows_uploaded FROM gpu_encode.s3_export('SELECT 1 AS a', 's3://odd/small', server => 'odd')", "1", "a small object whose answer was lost")
    check(odd.objects == {"small": b"a\n1\n"}, "is there", odd.objects)
    odd.reset(lambda request: lose(request) or request.command == "HEAD" and request.odd.asked("PUT") and (request.refuse(403, "AccessDenied"), True)[1])
    fails("SET gpu_encode.s3_max_attempts = 2; SELECT gpu_encode.s3_export('SELECT 1 AS a', 's3://odd/small', server => 'odd')",
          ["could not write"], "one that cannot be looked for is an error")


def test_rivals():
    def rival(request):
        if request.command == "PUT" or (request.command == "POST" and "uploadId" in request.query):
            request.odd.objects.setdefault("out", b"of another")
        return False
    for name, query in [("one request", "SELECT 1"), ("parts", "SELECT i, md5(i::text) FROM generate_series(1, 400000) i")]:
        odd.reset(rival)
        fails("SET gpu_encode.s3_part_size = '5MB'; SELECT gpu_encode.s3_export('%s', 's3://odd/out', server => 'odd')" % query,
              ["58P02", "already exists"], "an object that another makes meanwhile stays: " + name)
        check(odd.objects == {"out": b"of another"} and not odd.uploads, "as it is", odd.uploads)


def test_same_bytes():
    """Equal bytes do not tell whose an object is."""
    small = "SELECT rows_uploaded FROM gpu_encode.s3_export('SELECT 1 AS a', 's3://odd/out', server => 'odd'%s)"

    def lose(request):
        if request.command != "PUT" and (request.command != "POST" or "uploadId" not in request.query):
            return False
        if "partNumber" in request.query:
            return False
        parts = request.odd.uploads.pop(request.query["uploadId"][0]) if request.query else {0: request.body}
        request.keep(b"".join(parts[i] for i in sorted(parts)))
        request.cut()
        return True

    def refuse_second(request):
        return "uploadId" in request.query and request.command == "POST" and len(request.odd.asked("POST", "uploadId")) > 1 and \
            (request.refuse(404, "NoSuchUpload"), True)[1]
    odd.reset()
    equal("SET gpu_encode.s3_part_size = '5MB'; " + EXPORT, "400000", "an object in parts")
    parts = odd.objects["out"]
    for name, statement, rows, old in [("one request", small % ", overwrite => true", "1", b"a\n1\n"),
                                       ("parts", EXPORT.replace("'odd')", "'odd', overwrite => true)"), "400000", parts)]:
        first = once(lose)
        odd.reset(lambda request: first(request) or refuse_second(request), out=old)
        equal("SET gpu_encode.s3_part_size = '5MB'; " + statement, rows, "an object is replaced by its very bytes and the answer lost: " + name)
        check(odd.objects == {"out": old} and odd.tokens.get("out") and not odd.uploads, "and it is the new one", odd.tokens)

    def rival(body):
        def script(request):
            if request.command != "PUT" and (request.command != "POST" or "uploadId" not in request.query) or "partNumber" in request.query:
                return False
            request.odd.objects["out"] = body
            request.cut()
            return True
        return script
    for name, statement, body in [("one request, the same bytes", small % "", b"a\n1\n"), ("one request, other bytes", small % "", b"of another"),
                                  ("parts, the same bytes", EXPORT, parts), ("parts, other bytes", EXPORT, b"of another")]:
        odd.reset(rival(body))
        fails("SET gpu_encode.s3_max_attempts = 1; SET gpu_encode.s3_part_size = '5MB'; " + statement, ["could not write"],
              "another's object comes and the answer is lost: " + name)
        check(odd.objects == {"out": body} and not odd.uploads, "and it stays", "%s %s" % (list(odd.objects), odd.uploads))


def test_two_outputs():
    """The second output of a job fails when the first has appeared."""
    def refuse_second(request):
        return request.key == "b.csv" and request.command == "POST" and "uploadId" in request.query and (request.refuse(403, "AccessDenied"), True)[1]
    table = b"class,income\n" + b"".join(b"%s,%d\n" % (b"abc"[i % 3:i % 3 + 1], i % 2) for i in range(300))
    for more in ["", ", overwrite => true"]:
        odd.reset(refuse_second, train=table, new=table)
        fails("SELECT gpu_encode.preprocess_s3('s3://odd/train', 's3://odd/a.csv', 'income', '{class}', 's3://odd/new', 's3://odd/b.csv', server => 'odd'%s)" % more,
              ["42501", "could not write", "b.csv"], "an output that cannot appear is the job's error")
        check(sorted(odd.objects) == ["new", "train"] and not odd.uploads, "and takes the other one back", sorted(odd.objects))
        check(len(odd.asked("POST", "uploadId")) == 2, "which had appeared")


def test_part_failures():
    for name, action in [("refused", lambda request: request.refuse(403, "AccessDenied")), ("without an ETag", lambda request: request.answer(200))]:
        odd.reset(lambda request: "partNumber" in request.query and request.query["partNumber"] == ["2"] and (action(request), True)[1])
        fails("SET gpu_encode.s3_part_size = '5MB'; " + EXPORT, ["ERROR", "part"], "a part that is " + name)
        check(not odd.objects and not odd.uploads and odd.asked("DELETE", "uploadId"), "leaves nothing", odd.uploads)
    odd.reset(lambda request: ("partNumber" in request.query or request.command == "DELETE") and (request.refuse(403, "AccessDenied"), True)[1])
    fails("SET gpu_encode.s3_part_size = '5MB'; " + EXPORT, ["could not write a part", "WARNING", "an unfinished upload to \"s3://odd/out\" may be left"],
          "an upload that may not be ended is told")


def test_headers():
    odd.reset()
    sql("SELECT gpu_encode.s3_export('SELECT 1', 's3://odd/small.csv', server => 'odd', kms_key => 'the-key');"
        "SELECT gpu_encode.s3_export('SELECT 1', 's3://odd/small', '(format text)', server => 'odd', compression => 'gzip');"
        "SELECT gpu_encode.s3_export('SELECT 1', 's3://odd/small.zst', 'binary', server => 'odd');"
        "SET gpu_encode.s3_part_size = '5MB'; " + EXPORT.replace("server => 'odd'", "server => 'odd', kms_key => 'the-key'"))
    names = ["content-type", "content-encoding", "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id"]
    found = [[r.headers[name] for name in names] for r in odd.asked("PUT") + odd.asked("POST", "uploads") if "partNumber" not in r.query]
    check(found == [["text/csv", None, "aws:kms", "the-key"], ["text/plain", "gzip", None, None], ["application/octet-stream", None, None, None],
                    ["text/csv", None, "aws:kms", "the-key"]], "type, encoding and key of objects", found)
    check(all(re.match("AWS4-HMAC-SHA256 Credential=key/", r.headers["Authorization"]) for r in odd.requests), "every request is signed")
    check(not any(r.headers[name] for r in odd.asked("PUT", "partNumber") for name in names[2:]), "parts do not name the key")


def test_redirects():
    odd.reset(lambda request: (request.refuse(301, "PermanentRedirect", {"Location": "http://127.0.0.1:1/", "x-amz-bucket-region": "eu-west-7"}), True)[1])
    fails("SELECT gpu_encode.s3_list('s3://odd/x', 'odd')", ["PermanentRedirect", "region eu-west-7"], "a redirect is an error that names the region")
    check(len(odd.requests) == 1, "and not followed")


def test_list():
    """Names of all kinds, over pages, encoded and not."""
    keys = ["a b+c", "é~x!", "q?x#y%41", "..//z", "<&>\"'"]
    import html
    import urllib.parse

    def pages(request):
        encoded = request.query.get("encoding-type") == ["url"] and request.bucket == "odd"
        start = int(request.query.get("continuation-token", ["0 +/="])[0].split()[0])
        name = urllib.parse.quote(keys[start], safe="/") if encoded else html.escape(keys[start])
        more = start + 1 < len(keys)
        request.answer(200, ("<ListBucketResult>%s<IsTruncated>%s</IsTruncated>%s<Contents><Key>%s</Key><Size>5</Size><ETag>&quot;t&quot;</ETag></Contents>"
                             "</ListBucketResult>" % ("<EncodingType>url</EncodingType>" if encoded else "", str(more).lower(),
                                                      "<NextContinuationToken>%d +/=</NextContinuationToken>" % (start + 1) if more else "", name)).encode())
        return True
    for bucket in ["odd", "plain"]:
        odd.reset(pages)
        found = sql("SELECT object_uri FROM gpu_encode.s3_list('s3://%s/', 'odd')" % bucket)
        check(sorted(found.split("\n")) == sorted("s3://%s/%s" % (bucket, key) for key in keys), "pages of odd names: " + bucket, found)


def test_killed():
    """The endpoint dies in the middle."""
    for name, command in [("import", "GET"), ("export", "PUT")]:
        dying = OddServer()
        make_server("dying", dying.port)

        def die(request):
            if request.command == command and request.number > 4:
                threading.Thread(target=dying.stop).start()
                request.cut()
                return True
            return dying.listener.socket.fileno() < 0 and (request.cut(), True)[1]
        dying.reset(die, rows=ROWS)
        begun = time.time()
        fails("TRUNCATE odd; SET gpu_encode.s3_max_attempts = 3; SET gpu_encode.s3_part_size = '%s'; %s"
              % ("64kB" if name == "import" else "5MB", (IMPORT if name == "import" else EXPORT).replace("'odd')", "'dying')")),
              ["08006", "127.0.0.1", "attempt 3"] + ["may be left"] * (name == "export"), "an endpoint that dies is a clear error: " + name)
        check(time.time() - begun < 10, "soon", time.time() - begun)
        sql("DROP SERVER dying CASCADE")
    equal("SELECT count(*) FROM odd", "0", "and leaves no rows")


class Canceler:
    """Cancels statements, and knows how long that takes when nothing but this machine is slow."""

    def __init__(self):
        self.session = Session()
        self.sent = threading.Event()
        self.allowed = 0.2  # seconds, on a machine that has nothing else to do

    def measure(self):
        """What a cancel takes that nothing holds up; a busy machine gets that much more time."""
        seconds = max(self.cancel("SELECT pg_sleep(30)", lambda: True, 0.05)[0] for _ in range(3))
        self.allowed = 0.2 + 10 * seconds

    def cancel(self, statement, ready, wait):
        """Seconds from a cancel to the end of a statement that ready() says is in the state to be tested, and what it said."""
        beside = Session()
        self.sent.clear()
        beside.start(statement)
        wait_for("the state in which to cancel: " + statement[-200:], ready)
        time.sleep(wait)
        begun = time.time()
        asked = self.session.ask("SELECT pg_cancel_backend(%d)" % beside.pid)
        self.sent.set()
        output = beside.rest()
        seconds = time.time() - begun
        beside.close()
        if asked != "t" or "canceling statement" not in output:
            raise RuntimeError("not canceled, as the statement had ended: %s%s" % (asked, output))
        return seconds, output

    def close(self):
        self.session.close()


def test_cancels():
    canceler = Canceler()
    full = socket.socket()
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    fillers = []
    for _ in range(3):  # the queue is full: further connections are not answered
        fillers.append(socket.socket())
        fillers[-1].setblocking(False)
        fillers[-1].connect_ex(full.getsockname())
    make_server("deaf", full.getsockname()[1])

    def stall(request):
        if request.command != "GET" or "Range" not in request.headers:
            return False
        request.begin(206, request.range_headers(ROWS))
        request.wfile.write(ROWS[:5000])
        hang(canceler)
        return True
    unlimited = "SET gpu_encode.s3_max_attempts = 100; "
    asked = lambda n: lambda: len(odd.requests) >= n
    for name, script, statement, ready, wait in [
            ("connecting", None, "SELECT gpu_encode.s3_list('s3://deaf/x', 'deaf')", lambda: True, 0.3),
            ("before an answer", lambda r: (hang(canceler), True)[1], unlimited + "SELECT gpu_encode.s3_list('s3://odd/x', 'odd')", asked(1), 0.1),
            ("in a body", stall, unlimited + "SELECT gpu_encode.s3_import('odd', 's3://odd/rows', server => 'odd')", asked(1), 0.1),
            ("in backoff", lambda r: (r.refuse(503, "SlowDown"), True)[1], unlimited + "SELECT gpu_encode.s3_list('s3://odd/x', 'odd')", asked(2), 0.05),
            ("while parts are sent", lambda r: "partNumber" in r.query and (hang(canceler), True)[1],
             unlimited + "SET gpu_encode.s3_part_size = '5MB'; SET gpu_encode.s3_requests = 1; " + EXPORT, asked(3), 0.3)]:
        times = []
        canceler.measure()
        for _ in range(TRIES):
            odd.reset(script, rows=ROWS)
            times.append(canceler.cancel(statement, ready, wait)[0])
        check(max(times) < canceler.allowed, "%d cancels %s: all within 200 ms" % (TRIES, name), (times, canceler.allowed))
        print("# cancel %s: median %.0f ms, longest %.0f ms, allowed %.0f ms"
              % (name, 1000 * sorted(times)[len(times) // 2], 1000 * max(times), 1000 * canceler.allowed))
    check(not odd.uploads, "a canceled export leaves no upload", odd.uploads)
    canceler.close()


def hang(canceler, seconds=3):
    """Until a while after the cancel: a statement that waits for this answer cannot end before the cancel comes."""
    canceler.sent.wait(30)
    time.sleep(seconds)


def test_canceled_uploads():
    """A cancel while it is not known whether an upload has begun or an object appeared."""
    canceler = Canceler()
    small = "SELECT gpu_encode.s3_export('SELECT 1 AS a', 's3://odd/out', server => 'odd')"
    begins = lambda r: r.command == "POST" and "uploads" in r.query
    ends = lambda r: r.command == "POST" and "uploadId" in r.query
    puts = lambda r: r.command == "PUT" and not r.query

    def lose(asks):
        def script(request):
            if not asks(request):
                return False
            answer, request.answer = request.answer, lambda *arguments, **more: None
            request.serve()
            request.answer = answer
            hang(canceler)
            return True
        return script
    silent = lambda asks: lambda request: asks(request) and (hang(canceler), True)[1]
    late = lambda asks: lambda request: asks(request) and hang(canceler, 0.01)
    refused = lambda asks: lambda request: asks(request) and (request.refuse(503, "SlowDown"), True)[1]

    def cancel(script, statement, asks, warning):
        """One try: seconds, what went wrong ("": nothing), what was said.  What is left must be told, whatever else is."""
        odd.reset(script)
        seconds, output = canceler.cancel("SET gpu_encode.s3_max_attempts = 100; SET gpu_encode.s3_part_size = '5MB'; " + statement,
                                          lambda: any(map(asks, odd.requests)), 0.1)
        left = bool(odd.uploads or odd.objects)
        told = "WARNING" in output and "s3://odd/out" in output
        check(told or not left, "a cancel leaves nothing, or tells of it", output)
        as_meant = not left and (warning in output and told if warning else not told) and seconds < canceler.allowed
        return seconds, "" if as_meant else "%.0f ms, %s, %s, %s" % (1000 * seconds, list(odd.uploads), list(odd.objects), output)
    for name, script, statement, asks, warning in [
            ("an upload that begins in a moment", late(begins), EXPORT, begins, ""),
            ("one that has begun without an answer", lose(begins), EXPORT, begins, ""),
            ("one that does not begin", silent(begins), EXPORT, begins, "may be left"),
            ("one that is to be begun again", refused(begins), EXPORT, begins, "may be left"),
            ("an object that appears in a moment", late(puts), small, puts, ""),
            ("one that has appeared without an answer", lose(puts), small, puts, ""),
            ("one that does not appear", silent(puts), small, puts, "or still appear"),
            ("one of parts that appears in a moment", late(ends), EXPORT, ends, ""),
            ("one of parts that has appeared without an answer", lose(ends), EXPORT, ends, ""),
            ("one of parts that does not appear", silent(ends), EXPORT, ends, "or still appear")]:
        canceler.measure()
        times, misses = [], []
        # a busy machine may not let this server answer in the time that the clean-up after a cancel has
        while len(times) < TRIES and len(misses) < 10:
            seconds, wrong = cancel(script, statement, asks, warning)
            (misses if wrong else times).append(wrong or seconds)
        check(len(times) == TRIES, "%d cancels of %s leave nothing, %s a warning, within 200 ms" % (TRIES, name, "with" if warning else "without"), misses)
        print("# cancel of %s: longest %.0f ms, %d tries more" % (name, 1000 * max(times + [0]), len(misses)))
    for name, action, left in [("slow", lambda request: time.sleep(0.3), False), ("refused", lambda request: (request.refuse(403, "AccessDenied"), True)[1], True)]:
        for what, asks, statement in [("an upload", begins, EXPORT), ("an object", puts, small)]:
            for _ in range(10):
                odd.reset(lambda request: action(request) if request.command == "DELETE" else lose(asks)(request))
                seconds, output = canceler.cancel("SET gpu_encode.s3_part_size = '5MB'; " + statement, lambda: any(map(asks, odd.requests)), 0.1)
                if bool(odd.uploads or odd.objects) == left:
                    break
            check(bool(odd.uploads or odd.objects) == left == ("WARNING" in output), "%s whose removal is %s is %s" % (what, name, "told" if left else "gone"),
                  "%s %s %s" % (list(odd.uploads), list(odd.objects), output))
    canceler.close()


def peak_memory(statement):
    """The largest private memory, in MB, of a session that runs a statement; and what the statement said."""
    session, peaks, ended = Session(), [0], threading.Event()

    def watch():
        while not ended.wait(0.01):
            try:
                with open("/proc/%d/status" % session.pid) as file:
                    peaks.append(int(re.search(r"RssAnon:\s*(\d+)", file.read())[1]))
            except (OSError, TypeError):
                pass
    threading.Thread(target=watch, daemon=True).start()
    try:
        found = session.ask(statement, 600)
    finally:
        ended.set()
    session.close()
    return max(peaks) / 1024, found


def test_memory():
    """However big the object: parts in flight times their size, and a constant."""
    line = b"x" * 999 + b"\n"
    size = MEGABYTES * 1000 * len(line)

    def endless(request):
        if request.command == "GET":
            asked = re.match(r"bytes=(\d+)-(\d+)", request.headers["Range"])
            first, end = int(asked[1]), min(int(asked[2]) + 1, size)
            request.begin(206, {"Content-Length": end - first, "Content-Range": "bytes %d-%d/%d" % (first, end - 1, size), "ETag": "\"e\""})
            request.wfile.write((line * ((end - first) // len(line) + 2))[first % len(line):][:end - first])
            return True
        if "partNumber" in request.query:
            request.body = b""
        return False
    bound = 4 * 5 + 12
    odd.reset(endless, forgetful=True)
    settings = "SET gpu_encode.s3_part_size = '5MB'; SET gpu_encode.s3_requests = 4; "
    peak, found = peak_memory("CREATE UNLOGGED TABLE long (t text); " + settings +
                              "SELECT rows_imported FROM gpu_encode.s3_import('long', 's3://odd/long', options => '(format csv)', server => 'odd')")
    check(found == str(MEGABYTES * 1000) and peak < bound, "an import of %d MB holds less than %d MB" % (MEGABYTES, bound), "%s, %.1f MB" % (found, peak))
    print("# import of %d MB: %.1f MB" % (MEGABYTES, peak))
    for name, more in [("one file", ""), ("files of 2 MB", ", max_file_size => '2MB'")]:
        odd.reset(endless, forgetful=True)
        peak, found = peak_memory(settings + "SELECT rows_uploaded FROM gpu_encode.s3_export('TABLE long', 's3://odd/long', server => 'odd'%s)" % more)
        check(found == str(MEGABYTES * 1000) and peak < bound, "an export of %d MB into %s, too" % (MEGABYTES, name), "%s, %.1f MB" % (found, peak))
        print("# export of %d MB into %s: %.1f MB" % (MEGABYTES, name, peak))
    sql("DROP TABLE long")


def test_memory_of_outputs():
    """The parts of one output of a job are gone when the next is written."""
    wide = b"c,t,w\n" + b"".join(b"%s,%d,%s\n" % (b"abc"[i % 3:i % 3 + 1], i % 2, b"x" * 480) for i in range(50000))
    peaks = []
    # one file as both is warned of
    job = ("SET client_min_messages = error; SET gpu_encode.s3_part_size = '16MB'; SET gpu_encode.s3_requests = 2; SET gpu_encode.backend = 'cpu'; SELECT count(*) FROM gpu_encode.preprocess_s3("
           "'s3://odd/wide', 's3://odd/o1', 't', '{c}'%s, label_columns => '{c}', server => 'odd')")
    for more in ["", ", validation => 's3://odd/wide', validation_output => 's3://odd/o2'"]:
        odd.reset(wide=wide)
        peak, found = peak_memory(job % more)
        check(found == ("2" if more else "1"), "a job of %s" % ("two outputs" if more else "one output"), found)
        peaks.append(peak)
    print("# one output: %.1f MB, two: %.1f MB" % tuple(peaks))
    # on a busy machine one part of 16 MB is still on its way
    check(peaks[1] < peaks[0] + 20, "two outputs take no more memory than one", peaks)


def test_many_objects():
    """What one object of a pattern took is free for the next, though types are found in all before any is imported."""
    names = ["many/%02d.csv" % i for i in range(16)]
    contents = ("".join("<Contents><Key>%s</Key><Size>5000002</Size><ETag>t</ETag></Contents>" % name for name in names)).encode()

    def list_all(request):
        if request.command != "GET" or request.key:
            return False
        request.answer(200, b"<ListBucketResult><IsTruncated>false</IsTruncated>%s</ListBucketResult>" % contents)
        return True
    odd.reset(list_all, **{name: b"t\n" + (b"x" * 999 + b"\n") * 5000 for name in names})
    peak, found = peak_memory("SET gpu_encode.s3_part_size = '5MB'; SET gpu_encode.s3_requests = 4; "
                              "SELECT rows_imported FROM gpu_encode.s3_create_table('many', 's3://odd/many/*.csv', server => 'odd')")
    bound = 4 * 5 + 16
    check(found == str(16 * 5000) and peak < bound, "16 objects of 5 MB hold less than %d MB" % bound, "%s, %.1f MB" % (found, peak))
    print("# 16 objects of 5 MB: %.1f MB" % peak)


tap.run([test_setup, test_overlap, test_resume, test_versions, test_retries, test_clock, test_complete, test_lost_begin, test_late_put,
         test_lost_put, test_rivals, test_same_bytes, test_two_outputs, test_part_failures, test_headers, test_redirects, test_list, test_killed,
         test_cancels, test_canceled_uploads, test_memory, test_memory_of_outputs, test_many_objects])
tap.finish()
