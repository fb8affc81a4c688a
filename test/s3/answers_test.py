"""Answers as no endpoint should give them: lists that are no lists, versions that cannot be told apart, refusals of If-None-Match; and answers
that a seed spoils.  Arguments: file with a secret, first seed, runs."""
import os
import random
import re
import struct
import subprocess
import sys
import threading
import time

import tap
from hostile_server import HTML, HostileServer, Spoiler, prefixed
from odd_server import OddServer, Request, tag
from tap import check, equal, fails, sql

SECRET_FILE, FIRST, RUNS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
WORKERS = 4
ROWS = ("id,name\n" + "".join("%d,row %d\n" % (i, i) for i in range(20000))).encode()
IMPORT = "TRUNCATE answers; SET gpu_encode.s3_part_size = '64kB'; SELECT rows_imported FROM gpu_encode.s3_import('answers', 's3://odd/rows', server => 'odd'%s)"
COUNT = "SELECT count(DISTINCT id) FROM answers WHERE name = 'row ' || id"
SMALL = "SELECT rows_uploaded FROM gpu_encode.s3_export('SELECT 1 AS a', 's3://odd/out', server => 'odd'%s)"
# several files, of which all but the last go in parts
FILES = ("SELECT files_uploaded FROM gpu_encode.s3_export('SELECT i AS a FROM generate_series(1, %d) i', 's3://odd/out', '(format csv)', server => 'odd',"
         " max_file_size => '1kB'%s)")
odd = OddServer()


def make_server(name, port):
    return sql("CREATE SERVER %s FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (endpoint 'http://127.0.0.1:%d');"
               "SELECT gpu_encode.s3_set_credentials('%s', 'key', btrim(pg_read_file('%s'), E'\\n'))" % (name, port, name, SECRET_FILE))


def test_setup():
    sql("CREATE DATABASE answers")
    os.environ["PGDATABASE"] = "answers"
    check(sql(tap.CREATE_EXTENSION + "CREATE TABLE answers (id int, name text)") == "" and make_server("odd", odd.port) == "",
          "a server is created")


def page(keys, truncated="false", token=None, root="ListBucketResult"):
    return ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%s xmlns=\"x\">%s%s%s</%s>" % (
        root, "<IsTruncated>%s</IsTruncated>" % truncated if truncated else "", "<NextContinuationToken>%s</NextContinuationToken>" % token if token else "",
        "".join("<Contents><Key>%s</Key><Size>1</Size><ETag>&quot;t&quot;</ETag></Contents>" % key for key in keys), root)).encode()


def encoded(page):
    """Its keys are encoded as urls are."""
    return page.replace(b"<IsTruncated>", b"<EncodingType>url</EncodingType><IsTruncated>")


def gives(*pages):
    """Lists give these, one after the other and again."""
    return lambda request: request.command == "GET" and not request.key and (request.answer(200, pages[(request.number - 1) % len(pages)]), True)[1]


def test_lists():
    listing = "SET gpu_encode.s3_max_attempts = 2; SELECT object_uri FROM gpu_encode.s3_list('s3://odd/', 'odd')"
    good = page(["a", "b"])
    for name, pages in [("as it should be", [good]), ("with a prefix", [prefixed(good)]), ("after white space", [b"\n \n" + good + b"\n"]),
                        ("behind a byte order mark", [b"\xef\xbb\xbf" + good]), ("with comments", [good.replace(b"<Contents>", b"<!-- <Contents> --><Contents>")]),
                        ("with other elements", [good.replace(b"<Key>", b"<Owner><ID>x</ID></Owner><Checksum/><Key>")]),
                        ("with other elements of the same names", [good.replace(b"<Key>", b"<Owner><Key>x</Key><Size>7</Size></Owner><Key>")]),
                        ("with attributes", [good.replace(b"<Key>", b"<Key a='>' b=\"/>\">")]),
                        ("of character data", [good.replace(b"<Key>a</Key>", b"<Key><![CDATA[a]]></Key>")]),
                        ("with two pages", [page(["a"], "true", "t"), page(["b"])]), ("with an empty page", [page(["a"], "true", "t"), page([], "true", "u"), page(["b"])]),
                        ("with their number", [good.replace(b"<Contents>", b"<KeyCount>2</KeyCount><Contents>", 1)]),
                        ("of an endpoint that does not count", [good.replace(b"<Contents>", b"<KeyCount>0</KeyCount><Contents>", 1)]),
                        ("with empty elements", [good.replace(b"<Contents>", b"<KeyCount/><EncodingType/><Prefix/><CommonPrefixes><Prefix/></CommonPrefixes><CommonPrefixes/><Contents>", 1)]),
                        ("with another name of the bucket", [good.replace(b"<Contents>", b"<Name>an-alias</Name><Contents>", 1)]),
                        ("which says True", [page(["a"], "True", "t"), page(["b"], "False")])]:
        odd.reset(gives(*pages))
        equal(listing, "s3://odd/a\ns3://odd/b", "a list " + name)
    for name, pages in [("HTML", [HTML]), ("nothing", [b""]), ("text", [b"a\nb\n"]), ("JSON", [b"{\"Contents\": []}"]), ("another document", [page(["a"], root="Other")]),
                        ("cut", [good[:-5]]), ("cut at its objects", [good[:good.index(b"<Contents>")]]), ("doubled", [good + good]), ("with more behind it", [good + b"x"]),
                        ("within another", [b"<html>" + good + b"</html>"]), ("without the end of an object", [good.replace(b"</Contents>", b"", 1)]),
                        ("with tags that cross", [good.replace(b"</Size><ETag>", b"<ETag></Size>")]), ("of UTF-16", [good.decode().encode("utf-16")]),
                        ("which goes on without a token", [page(["a"], "true")]), ("which goes on with an empty one", [page(["a"], "true", " ").replace(b"> <", b"><")]),
                        ("which does not say whether it goes on", [page(["a"], None)]), ("which may go on", [page(["a"], "maybe")]),
                        ("whose token repeats", [page(["a"], "true", "t"), page(["b"], "true", "t")]),
                        ("whose tokens go in circles", [page([str(i)], "true", "t%d" % (i % 3)) for i in range(9)]),
                        ("of an error", [b"<Error><Code>InternalError</Code></Error>"]), ("without keys", [good.replace(b"Key>", b"Name>")]),
                        ("with a zero byte in a key", [page(["a&#0;b", "b"])]), ("with another one", [page(["&#x00;", "b"])]), ("with one in its token", [page(["a"], "true", "&#0;"), page(["b"])]),
                        ("with two keys of one object", [good.replace(b"<Key>a</Key>", b"<Key>a</Key><Key>c</Key>")]), ("with an empty key", [page(["", "b"])]),
                        ("whose key has an entity that is none", [page(["a&nbsp;", "b"])]), ("whose key ends in an entity", [page(["a&#6", "b"])]),
                        ("which is whole and goes on", [good.replace(b"<Contents>", b"<IsTruncated>true</IsTruncated><Contents>", 1)]),
                        ("with half a byte in a key", [encoded(page(["a%2", "b"]))]), ("with a byte that is none", [encoded(page(["a%g0", "b"]))]),
                        ("of keys encoded as URL", [encoded(good).replace(b">url<", b">URL<")]), ("of keys encoded as url with spaces", [encoded(good).replace(b">url<", b"> url <")]),
                        ("of keys encoded twice", [encoded(encoded(good))]), ("of keys encoded as something", [encoded(good).replace(b">url<", b"><b>url</b><")]),
                        ("of fewer objects than it counts", [good.replace(b"<Contents>", b"<KeyCount>3</KeyCount><Contents>", 1)]),
                        ("of more objects than it counts", [good.replace(b"<Contents>", b"<KeyCount>1</KeyCount><Contents>", 1)]),
                        ("with a number that is none", [good.replace(b"<Contents>", b"<KeyCount>two</KeyCount><Contents>", 1)]),
                        ("of objects by another name", [good.replace(b"Contents>", b"contents>").replace(b"<contents>", b"<KeyCount>2</KeyCount><contents>", 1)]),
                        ("with an error in it", [page([]).replace(b"<IsTruncated>", b"<Error><Code>SlowDown</Code></Error><IsTruncated>")]),
                        ("with an error behind its objects", [good.replace(b"</ListBucketResult>", b"<Error/></ListBucketResult>")]),
                        ("whose key has an element in it", [page(["<b>a</b>", "b"])]), ("with groups of keys", [good.replace(b"<Contents>", b"<CommonPrefixes><Prefix>c/</Prefix></CommonPrefixes><Contents>", 1)]),
                        ("of objects in a group", [good.replace(b"<Contents>", b"<CommonPrefixes><Contents>", 1).replace(b"</Contents>", b"</Contents></CommonPrefixes>", 1)]),
                        ("deeper than any", [b"<ListBucketResult>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</ListBucketResult>"])]:
        odd.reset(gives(*pages))
        begun = time.time()
        fails(listing, ["38000"], "a list that is %s is an error" % name)
        check(time.time() - begun < 10 and len(odd.requests) < 12, "soon", (time.time() - begun, len(odd.requests)))
    for prefix, good in [("in/", True), ("in%2F", True), ("in%252F", True), ("in", True), ("/in/", True), ("in//", True), ("place/odd/in/", True), ("", True),
                         ("q/", False), ("in/q/", False), ("b", False), ("%71/", False), ("in/</Prefix><Prefix>in/", False)]:
        odd.reset(gives(page(["in/a"]).replace(b"<IsTruncated>", b"<Prefix>%s</Prefix><IsTruncated>" % prefix.encode())))
        found = sql("SELECT object_uri FROM gpu_encode.s3_list('s3://odd/in/', 'odd')")
        check(found == "s3://odd/in/a" if good else "38000" in found, "the prefix in/, which the endpoint calls \"%s\", is %s" % (prefix, "meant" if good else "another"), found)
    odd.reset(gives(*[page([], "true", "t%d" % i) for i in range(3000)]))
    fails(listing, ["38000", "pages without objects"], "a list without objects that never ends is an error")
    odd.reset(gives(HTML))
    fails("SELECT gpu_encode.s3_import('answers', 's3://odd/*', server => 'odd')", ["ListBucketResult"], "the message says what was expected")


def test_content_types():
    odd.reset()
    equal(FILES % (1000, ""), "4", "files of several parts")
    types = [(r.command, sorted(r.query), r.headers["Content-Type"]) for r in odd.requests]
    check(not any("form" in (kind or "") for _, _, kind in types), "no body is called a form", types)
    check(all(kind is None for command, query, kind in types if "partNumber" in query), "parts have no type of their own", types)


def begin_otherwise(request, change):
    """Answers of the request's connection have other headers."""
    request.begin = lambda status, headers: Request.begin(request, status, change(headers))


def weak(request):
    """Weak ETags, which never match."""
    if request.headers.get("If-Match"):
        return (request.refuse(412, "PreconditionFailed"), True)[1]
    begin_otherwise(request, lambda headers: {name: "W/" + value if name == "ETag" else value for name, value in headers.items()})
    return False


def test_weak_etags():
    odd.reset(weak, rows=ROWS)
    equal(IMPORT % "" + ";" + COUNT, "20000\n20000", "an object with a weak ETag is read in ranges")

    def changing(request):
        weak(request)
        if len(odd.asked("GET")) > 2:
            request.odd.objects["rows"] = ROWS[:8] + ROWS[8:][::-1]
        return False
    odd.reset(changing, rows=ROWS)
    fails(IMPORT % "", ["55000", "replaced"], "a change of it is seen")
    odd.reset(weak)
    equal(FILES % (600, ""), "3", "parts may have weak ones")
    completes = [r.body for r in odd.asked("POST", "uploadId")]
    check(completes and all(b"<ETag>&quot;" in body and b"W/" not in body for body in completes), "which are given back without the mark", completes)


def test_no_etags():
    def bare(change):
        def script(request):
            if change and len(odd.asked("GET")) > 1:
                request.odd.objects["rows"] = ROWS[:8] + ROWS[8:][::-1]
            begin_otherwise(request, lambda headers: {name: value for name, value in headers.items() if name != "ETag"})
            return False
        return script
    for change in [True, False]:
        odd.reset(bare(change), rows=ROWS)
        fails(IMPORT % "", ["38000", "no ETag", "s3_part_size"], "an object of several ranges without an ETag")
        equal("SELECT count(*) FROM answers", "0", "leaves no rows")
        odd.reset(bare(change), rows=ROWS)
        equal((IMPORT % "").replace("64kB", "16MB") + ";" + COUNT, "20000\n20000", "in one range it is read")

    def cut(request):
        if request.command != "GET":
            return False
        first, end = request.range_of(request.odd.objects["rows"])
        headers = request.range_headers(request.odd.objects["rows"])
        del headers["ETag"]
        request.begin(206, headers)
        request.wfile.write(request.odd.objects["rows"][first:min(end, first + 100000)])
        request.odd.objects["rows"] = ROWS[:8] + ROWS[8:][::-1]
        request.cut()
        return True
    odd.reset(cut, rows=ROWS)
    fails((IMPORT % "").replace("64kB", "16MB"), ["08006", "no ETag"], "whose rest is not asked for when the connection breaks")
    check(len(odd.requests) == 1, "at all", len(odd.requests))


def without_etag(value):
    """Answers to GET have this in place of an ETag; None: no such header."""
    def change(headers):
        return {name: value if name == "ETag" else other for name, other in headers.items() if name != "ETag" or value is not None}

    def script(request):
        if request.command == "GET":
            begin_otherwise(request, change)
        return False
    return script


def replaced_after_first(script):
    """An endpoint that does not heed If-Match, and an object of equal size after the first range."""
    def whole_script(request):
        if request.command != "GET":
            return False
        del request.headers["If-Match"]
        later = len(odd.asked("GET")) > 1
        if later:
            request.odd.objects["rows"] = ROWS[:8] + ROWS[8:][::-1]
        return script(request, later)
    return whole_script


def test_empty_etags():
    """An empty ETag tells nothing, and one that later answers lack compares with nothing."""
    one_request = "SET gpu_encode.s3_requests = 1;"
    for value in ["\"\"", "W/\"\"", "W/", "\""]:
        bare = without_etag(value)
        odd.reset(replaced_after_first(lambda request, later: bare(request)), rows=ROWS)
        fails(one_request + IMPORT % "", ["38000", "no ETag", "s3_part_size"], "an object of several ranges with the ETag %s" % value)
        equal("SELECT count(*) FROM answers", "0", "leaves no rows")
        odd.reset(bare, rows=ROWS)
        equal((IMPORT % "").replace("64kB", "16MB") + ";" + COUNT, "20000\n20000", "in one range it is read")
        for name, first in [("strong", lambda request: False), ("weak", weak)]:
            odd.reset(replaced_after_first(lambda request, later: (bare if later else first)(request)), rows=ROWS)
            fails(one_request + IMPORT % "", ["55000", "without the ETag"], "a %s ETag that becomes %s" % (name, value))
            equal("SELECT count(*) FROM answers", "0", "leaves no rows")
    odd.reset(lambda request: request.command == "HEAD" and request.key == "out" and (request.answer(200, b"", {"ETag": "\"\""}), True)[1], out=b"old")
    equal(SMALL % ", overwrite => true", "1", "an object with an empty ETag can be replaced")
    bare = without_etag(None)
    odd.reset(replaced_after_first(lambda request, later: later and bare(request)), rows=ROWS)
    fails(one_request + IMPORT % "", ["55000", "without the ETag"], "an ETag that later answers lack")
    equal("SELECT count(*) FROM answers", "0", "leaves no rows")


def test_swollen_ranges():
    def swollen(request):
        if request.command != "GET":
            return False
        request.answer(206, ROWS[:60000], {"ETag": tag(ROWS), "Content-Range": "bytes 0-9999/10000"})
        return True
    odd.reset(swollen)
    fails(IMPORT % "", ["38000", "longer"], "more bytes than the object has")
    odd.reset(lambda request: request.command == "GET" and (request.answer(200, HTML), True)[1])
    fails(IMPORT % "", ["38000", "no ETag"], "a page in place of an object")
    odd.reset(lambda request: request.command == "GET" and (request.answer(416, b"", {"Content-Range": "bytes */5000"}), True)[1])
    fails(IMPORT % "", ["416"], "a refusal of the first byte is not an empty object")


def test_conditions():
    """What endpoints say to If-None-Match."""
    conditional = lambda request: request.headers.get("If-None-Match") == "*"

    def conflict(times, code="ConditionalRequestConflict"):
        left = [times]

        def script(request):
            if not conditional(request) or left[0] == 0:
                return False
            left[0] -= 1
            return (request.refuse(409, code) if code else request.answer(409), True)[1]
        return script
    for name, statement, done in [("one request", SMALL % "", "1"), ("parts", FILES % (600, ""), "3")]:
        for code in ["ConditionalRequestConflict", "OperationAborted", "Conflict", "PreconditionFailed", None]:
            odd.reset(conflict(2, code))
            equal(statement, done, "a conflict that passes, %s: %s" % (code or "without a code", name))
        odd.reset(conflict(-1))
        fails("SET gpu_encode.s3_max_attempts = 2;" + statement, ["could not write", "409 ConditionalRequestConflict"], "one that does not")
        check(not odd.objects and not odd.uploads, "leaves nothing", odd.uploads)

        def rival(request):
            if conditional(request) and "out" not in request.odd.objects:
                request.odd.objects["out"] = b"of another"
                return (request.refuse(409, "ConditionalRequestConflict"), True)[1]
            return False
        odd.reset(rival)
        fails(statement, ["58P02", "already exists"], "one with another's object, which stays")
        check(odd.objects.get("out") == b"of another" and not odd.uploads, "as it is", odd.uploads)
        for status, code in [(501, "NotImplemented"), (400, "NotImplemented")]:
            odd.reset(lambda request: conditional(request) and (request.refuse(status, code), True)[1])
            equal(statement, done, "an endpoint that answers %d %s gets it without: %s" % (status, code, name))
        check(not any(r.headers.get("If-None-Match") for r in odd.requests[-1:]), "and is not asked again", odd.requests[-1].headers)


def test_other_conflicts():
    """A conflict of a write without a condition is no passing one."""
    odd.reset(lambda request: request.command == "PUT" and (request.refuse(409, "Conflict"), True)[1])
    fails(SMALL % ", overwrite => true", ["could not write", "409 Conflict"], "an unconditional write that conflicts")
    check(len(odd.asked("PUT")) == 1, "is not repeated", len(odd.asked("PUT")))


def test_dates():
    """Without the endpoint's time an export does not take older uploads for its own."""
    def lose(request):
        begin_otherwise(request, lambda headers: {**headers, "Date": "never"})
        if request.command != "POST" or "uploads" not in request.query or len(odd.asked("POST", "uploads")) > 1:
            return False
        request.odd.uploads["older"] = {}
        request.odd.begun["older"] = (b"out", b"2001-01-01T00:00:00.000Z")
        request.cut()
        return True
    odd.reset(lose)
    equal(FILES % (600, ""), "3", "an export at an endpoint without a clock")
    check(list(odd.uploads) == ["older"], "leaves older uploads", odd.uploads)


def test_skippable_frames():
    plain = ROWS[:100000].rsplit(b"\n", 1)[0] + b"\n"
    frames = b""
    for i in range(0, len(plain), 30000):  # as pzstd writes them
        frame = subprocess.run(["zstd", "-qc"], input=plain[i:i + 30000], capture_output=True, timeout=60).stdout
        frames += struct.pack("<III", 0x184D2A50, 4, len(frame)) + frame
    rows = str(plain.count(b"\n") - 1)
    for name, data in [("pzstd's", frames), ("any number", struct.pack("<II5s", 0x184D2A5F, 5, b"hello") + struct.pack("<II", 0x184D2A53, 0) + frames)]:
        for key in ["rows", "rows.zst"]:
            odd.reset(**{key: data})
            equal((IMPORT % "").replace("odd/rows", "odd/" + key) + ";" + COUNT, rows + "\n" + rows, "skippable frames first, %s: %s" % (name, key))
        odd.reset(rows=data[:-10])
        fails(IMPORT % "", ["compressed data is damaged"], "cut short it is an error")


def test_names():
    for name in ["out*", "*", "a/*/b.csv", "out*.gz"]:
        odd.reset()
        fails("SELECT gpu_encode.s3_export('SELECT 1', 's3://odd/%s', server => 'odd')" % name, ["22023", "stands for any"], "no object is called %s" % name)
        fails("SELECT gpu_encode.preprocess_s3('s3://odd/rows', 's3://odd/%s', server => 'odd')" % name, ["ERROR"], "nor an output of a job")
        check(not odd.objects, "and none is made", list(odd.objects))


def test_older_parts():
    more = ", overwrite => true"
    odd.reset()
    equal(FILES % (1000, ""), "4", "four files")
    found = sql(FILES % (600, more))
    check("WARNING" in found and "out_part4" in found and found.startswith("3"), "three in their place: the fourth is told of", found)
    check(sorted(odd.objects) == ["out", "out_part2", "out_part3", "out_part4"], "and left", sorted(odd.objects))
    del odd.objects["out_part4"]
    equal(FILES % (600, more), "3", "nothing is told where nothing is left")
    odd.reset(lambda request: request.key == "out_part4" and (request.refuse(403, "AccessDenied"), True)[1])
    equal(FILES % (600, more), "3", "nor where nobody may look")


def test_parts_beside():
    """Parts of an older export are told of whatever their numbers, and whether or not the new one replaces objects."""
    lists = lambda request: request.command == "GET" and not request.key and (
        request.answer(200, page(sorted(key for key in request.odd.objects if key.startswith(request.query["prefix"][0])))), True)[1]
    told = lambda found, key: re.search("WARNING: .*object \"s3://odd/%s\" is still there" % key, found)
    no_list = lambda request: request.command == "GET" and not request.key and (request.refuse(403, "AccessDenied"), True)[1]
    no_look = lambda request: no_list(request) or request.key == "out_part2" and (request.refuse(403, "AccessDenied"), True)[1]
    endless = lambda request: request.command == "GET" and not request.key and (request.answer(200, page(["out_party"], "true", "t")), True)[1]
    old = {"out_part2": b"old", "out_part3": b"old"}
    for more in ["", ", overwrite => true"]:
        odd.reset(lists, **old)
        found = sql(SMALL % more)
        check(told(found, "out_part2") and found.startswith("1"), "parts beside a single file" + more, found)
        check("wrote 1 file." in found, "which is one file", found)
        odd.reset(lists, out_part3=b"old", out_part12=b"old")
        found = sql(SMALL % more)
        check(told(found, "out_part3"), "the first of them, behind a gap" + more, found)
        odd.reset(lists, **{"out_part10": b"old", "out_part9": b"old"})
        found = sql(FILES % (600, more))
        check(told(found, "out_part9") and "wrote 3 files." in found, "the lowest number, not the first name" + more, found)
        odd.reset(lists, **{key: b"other" for key in ["out_part", "out_part1", "out_part02", "out_part2.csv", "out_part2x", "out_part-2", "out_party",
                                                      "out_part99999999999999999999", "other/out_part2", "Out_part2"]})
        equal(SMALL % more, "1", "other names are no parts" + more)
        for name, script in [("refused", no_list), ("not whole", endless)]:
            odd.reset(script, **old)
            found = sql(SMALL % more)
            check(told(found, "out_part2") and found.startswith("1"), "a list that is %s: the next number is looked at%s" % (name, more), found)
        odd.reset(no_look, **old)
        equal(SMALL % more, "1", "where nobody may look nothing is told" + more)
        for script in [no_list, lists]:
            odd.reset(script)
            equal(SMALL % more, "1", "nor where nothing is" + more)
        odd.reset(lists, out_part2=b"old")
        equal("SET gpu_encode.s3_max_attempts = 1;" + FILES % (600, ", overwrite => true"), "3", "nor of parts that are replaced" + more)


    late = lambda request: request.command == "GET" and not request.key and time.sleep(2)
    odd.reset(late)
    fails("SET statement_timeout = '500ms';" + FILES % (600, ""), ["57014"], "a cancel while older parts are looked for")
    check(not odd.objects and not odd.uploads, "leaves nothing", (list(odd.objects), odd.uploads))
    odd.reset(lambda request: request.command == "GET" and not request.key and (request.refuse(503, "SlowDown"), True)[1])
    equal(SMALL % "", "1", "an endpoint that is asked too often")
    check(len([r for r in odd.requests if r.command == "GET"]) == 1, "is asked once for older parts", [r.command for r in odd.requests])


# ------------------------------------------------------------------ answers that a seed spoils

KEYS = ["in/%d.csv" % i for i in range(5)]
EXPORTED = b"".join(b"%d\n" % i for i in range(1, 601))


def list_in_pages(request):
    """Two objects a page."""
    if request.command != "GET" or request.key or "uploads" in request.query:
        return False
    start = int(request.query.get("continuation-token", ["0"])[0])
    more = start + 2 < len(KEYS)
    request.answer(200, page(KEYS[start:start + 2], str(more).lower(), str(start + 2) if more else None))
    return True


class Run:
    """One worker's server, table and statements."""

    def __init__(self, number):
        self.name, self.pause = "hostile%d" % number, threading.Event()
        self.server = HostileServer(self.pause)
        found = make_server(self.name, self.server.port) + sql("CREATE TABLE %s (id int, name text)" % self.name)
        check(found == "", "a hostile server", found)

    def statement(self, kind):
        return {"list": "SELECT object_uri FROM gpu_encode.s3_list('s3://odd/in/', '%s')",
                "get": "SELECT rows_imported FROM gpu_encode.s3_import('%s', 's3://odd/rows', server => '%s')".replace("%s", self.name, 1),
                "put": SMALL.replace("'odd'%s", "'%s'"), "multipart": (FILES % (600, "")).replace("=> 'odd'", "=> '%s'")}[kind] % self.name

    def run(self, seed):
        """None, or what is wrong."""
        chance = random.Random(seed)
        kind = ["list", "get", "put", "multipart"][seed % 4]
        spoiler = Spoiler(chance, chance.choice([0.2, 0.5, 1]))
        self.server.reset(lambda request: spoiler(request) or list_in_pages(request), rows=ROWS)
        begun = time.time()
        found = sql("SET gpu_encode.s3_max_attempts = 2; SET gpu_encode.s3_stall_timeout = 1; SET gpu_encode.s3_connect_timeout = '1s';"
                    "TRUNCATE %s; SET gpu_encode.s3_part_size = '64kB'; %s" % (self.name, self.statement(kind)))
        seconds = time.time() - begun
        wrong = self.judge(kind, found)
        if not wrong and seconds > 30:
            wrong = "%.0f s" % seconds
        return wrong and "seed %d, %s: %s; %s; %s" % (seed, kind, wrong, found[:600], spoiler.done), "ERROR" not in found

    def judge(self, kind, found):
        if "ERROR" in found:
            if "XX000" in found or "server closed" in found or "PANIC" in found:
                return "not a clear error"
            left = [key for key in self.server.objects if key != "rows"] + list(self.server.uploads)
            if left and "WARNING" not in found:
                return "left without a word: %s" % left
            if kind == "get" and sql("SELECT count(*) FROM " + self.name) != "0":
                return "rows are left"
            return None
        lines = "\n".join(line for line in found.split("\n") if not re.match("WARNING|DETAIL|HINT|LOCATION", line))
        if kind == "list":
            return None if lines == "\n".join("s3://odd/" + key for key in KEYS) else "a wrong list"
        if kind == "get":
            return None if lines == "20000" and sql(COUNT.replace("answers", self.name)) == "20000" else "wrong rows"
        objects = {key: body for key, body in self.server.objects.items() if key != "rows"}
        if kind == "put":
            return None if lines == "1" and objects == {"out": b"a\n1\n"} else "wrong bytes: %s" % objects
        return None if lines == "3" and b"".join(objects[key] for key in sorted(objects)) == EXPORTED else "wrong files: %s" % sorted(objects)


def test_hostile():
    lock, wrong, counts = threading.Lock(), [], {"well": 0, "all": 0}

    def work(number, seeds):
        worker = Run(number)
        for seed in seeds:
            try:
                found, well = worker.run(seed)
            except Exception as error:  # the other runs are worth having all the same
                found, well = "seed %d: %s: %s" % (seed, type(error).__name__, error), False
            with lock:
                counts["all"] += 1
                counts["well"] += well
                if found:
                    wrong.append(found)
        worker.pause.set()
    threads = [threading.Thread(target=work, args=(i, range(FIRST + i, FIRST + RUNS, WORKERS)), daemon=True) for i in range(WORKERS)]
    for thread in threads:
        thread.start()
    end = time.time() + 60 + 5 * RUNS
    for thread in threads:
        thread.join(max(end - time.time(), 0.1))
    check(not any(thread.is_alive() for thread in threads), "every run with spoiled answers ends", "waited for one of %d workers" % WORKERS)
    check(not wrong and counts["all"] == RUNS, "%d runs with spoiled answers: the right result or a clear error" % RUNS, "\n".join(wrong[:9]))
    check(RUNS / 10 < counts["well"] < RUNS, "some end well, some do not", counts)
    print("# %(well)d of %(all)d runs ended well" % counts)


tap.run([test_setup, test_lists, test_content_types, test_weak_etags, test_no_etags, test_empty_etags, test_swollen_ranges, test_conditions, test_other_conflicts,
         test_dates, test_skippable_frames, test_names, test_older_parts, test_parts_beside, test_hostile])
tap.finish()
