"""Import and export beside the server's own COPY: the same rows, bytes and errors.  Arguments: port, secret, file with the secret."""
import gzip
import os
import subprocess
import sys

import tap
from client import Client
from tap import check, equal, fails, sql

PORT, SECRET, SECRET_FILE = int(sys.argv[1]), sys.argv[2], sys.argv[3]
DIRECTORY = os.path.dirname(SECRET_FILE)
client = Client(PORT, "test:tester", SECRET)
MARK = b"\xef\xbb\xbf"

# body, options, columns
IMPORTS = [
    (b"a,b\n1,x\n2,y\n", "(format csv, header match)", ""),
    (b"a,b\n1,x\n2,y", "(format csv, header match)", ""),
    (b"a,b\r\n1,x\r\n2,y\r\n", "(format csv, header match)", ""),
    (b"a,b\r\n1,x\r\n2,y", "(format csv, header match)", ""),
    (b"a,b\r1,x\r2,y\r", "(format csv, header match)", ""),
    (b"a,b\n1,x\r\n2,y\n", "(format csv, header match)", ""),
    (b"a,b\n1,\"x\ny\"\n2,\"q\"\"r\"\n", "(format csv, header)", ""),
    (b"a,b\n1,\\.\n2,y\n", "(format csv, header)", ""),
    (b"1\tx\n\\.\n2\ty\n", "", ""),
    (b"1\tx\\ty\\n\\\\ \\N\n2\t\\N\n", "(format text)", ""),
    (b"1;'x''y'\n2;none\n", "(format csv, delimiter ';', quote '''', null 'none')", ""),
    (b"1,\"a\\\"b\"\n", "(format csv, escape '\\')", ""),
    (b"b,a\nx,1\n", "(format csv, header match)", "b,a"),
    (b"b,a\nx,1\n", "(format csv, header match)", ""),
    (b"b\nx\ny\n", "(format csv, header match)", "b"),
    (b"x,1\n", "csv", "b,a"),
    (b"x|1\n", "delimiter '|'", "b,a"),
    (b"1,\n2,\"\"\n", "(format csv, force_null (b))", ""),
    (b"1,\n2,\"\"\n", "(format csv, force_not_null (b))", ""),
    (b"1,\xfc\n", "(format csv, encoding 'latin1')", ""),
    ("1,\u3042\u8868\n".encode("sjis"), "(format csv, encoding 'sjis')", ""),
    (b"1,\xfc\n", "(format csv)", ""),
    (b"a,b\n", "(format csv, header match)", ""),
    (b"a,b", "(format csv, header match)", ""),
    (b"\n", "(format csv)", "b"),
    (b"1,x,y\n", "(format csv)", ""),
    (b"1\n", "(format csv)", ""),
    (b"1,\"x", "(format csv)", ""),
    (b"x,x\n", "(format csv)", ""),
    (b"1,x\0y\n", "(format csv)", ""),
    (b"1,x\n", "(format csv, freeze)", ""),
    (b"1,x\n", "(format csv, delimiter 'ab')", ""),
    (b"1,x\n", "(format xml)", ""),
    (b"1,x\n", "(format csv, force_quote *)", ""),
    (b"a\tb\n1\tx\n", "(header)", ""),
    (b"a\tb\n1\tx\n", "(header match)", ""),
    (b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0\0\2\0\0\0\4\0\0\0\7\0\0\0\1x\0\2\0\0\0\4\0\0\0\x08\xff\xff\xff\xff\xff\xff", "(format binary)", ""),
    (b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0\0\2\0\0\0\4\0\0\0\7", "(format binary)", ""),
    (b"1,x\n", "(format binary)", ""),
]
EXPORTS = [
    "", "(format text)", "csv", "csv header", "(format csv, header)", "(format text, header)", "(format csv, delimiter ';')",
    "(format csv, quote '''')", "(format csv, escape '\\')", "(format csv, quote '''', escape '\\', delimiter '|')", "(format csv, delimiter '1')",
    "(format csv, null 'N')", "(format csv, null '3')", "(format text, null 'N')", "(format text, null '-3')", "(format text, delimiter E'\\x01')",
    "(format text, delimiter E'\\b')", "(format csv, force_quote *)", "(format csv, force_quote (\"T e,x\", i))", "(format csv, encoding 'latin1')",
    "(format text, encoding 'sjis')", "(format csv, header match)", "(format csv, null E'x\\ny')", "(format csv, force_null (i))",
    "(format csv, delimiter E'\\t', header)", "(format csv, header, null 'i')", "(format binary)", "(format binary, header)",
]
VALUES = ["plain", "", None, "E'tab\\there'", "E'a,b\"c''''d'", "E'new\\nline'", "E'cr\\rx'", "\\.", "\\N", "N", "E'back\\\\slash'", "ünï",
          "E'\\v\\f\\b'", " lead", "a;b|c", "E'\\x01'", "NULL", "1", "-3"]


def kept(output):
    """What of a message is to be the same: not where in the code it comes from, nor in which statement."""
    return "\n".join(line for line in output.split("\n")
                     if not line.startswith(("CONTEXT", "LOCATION", "LINE", "   ", "HINT", "import of", "SQL statement", "PL/pgSQL")))


def test_setup():
    client.make_bucket("copy")
    check(sql("CREATE EXTENSION IF NOT EXISTS gpu_encode; CREATE SERVER copy FOREIGN DATA WRAPPER gpu_encode_s3"
              " OPTIONS (endpoint 'http://127.0.0.1:%d', scope 's3://copy');"
              "SELECT gpu_encode.s3_set_credentials('copy', 'test:tester', btrim(pg_read_file('%s'), E'\\n'))" % (PORT, SECRET_FILE)) == "",
          "a server is created")
    values = ", ".join("NULL" if v is None else v if v.startswith("E'") else "'%s'" % v for v in VALUES)
    check(sql("CREATE TABLE kinds (i int, \"T e,x\" text, f float8, b bytea, gone int, n numeric, d date, ts timestamptz, a text[], j jsonb, js json,"
              " bo bool, c \"char\", bp char(5), vc varchar(9), iv interval, big bigint, s smallint, r real, u uuid);"
              "INSERT INTO kinds SELECT g - 3, (ARRAY[%s])[1 + g %% %d], g / 3.0, decode(md5(g::text), 'hex'), g, g * 1.10, date '2020-01-01' + g,"
              " timestamptz '2020-01-01 00:00+00' + g * interval '1 hour', ARRAY['x,' || g, NULL, '\"'], jsonb_build_object('k', g),"
              " json_build_object('k', g), g %% 2 = 0, 'x', 'ab', 'v,' || g, g * interval '1 min', -g::bigint * 10000000000, -g, g / 7.0,"
              " md5(g::text)::uuid FROM generate_series(0, 59) g;"
              "ALTER TABLE kinds DROP COLUMN gone, ADD later text DEFAULT 'later'" % (values, len(VALUES))) == "", "a table of many types")


def import_beside_copy(i, body, options, columns):
    path = "%s/import" % DIRECTORY
    with open(path, "wb") as file:
        file.write(body)
    client.put("copy", "in/%d" % i, body)
    new = "DROP TABLE IF EXISTS pair; CREATE TABLE pair (a int, b text); "
    show = "; SELECT a, b, b IS NULL FROM pair ORDER BY 1, 2"
    by_copy = sql(new + "COPY pair %s FROM '%s' %s" % (columns and "(%s)" % columns, path, options) + show)
    by_us = sql(new + "DO $d$ BEGIN PERFORM gpu_encode.s3_import('pair', 's3://copy/in/%d', %s, $o$%s$o$); END $d$"
                % (i, "'{%s}'" % columns if columns else "NULL", options) + show)
    return "" if kept(by_copy) == kept(by_us) else "%r %s\nCOPY: %s\ns3_import: %s" % (body, options, by_copy, by_us)


def test_imports():
    wrong = [found for found in (import_beside_copy(i, *case) for i, case in enumerate(IMPORTS)) if found]
    check(not wrong, "%d imports give the rows or the error of COPY FROM" % len(IMPORTS), "\n".join(wrong))


def errors_of(statements):
    """Run statements; what each of them says in its messages, without what they answer."""
    return [kept(found.strip()) for found in sql("\\o /dev/null\n" + "".join("\\warn @@\n%s;\n" % s for s in statements)).split("@@")[1:]]


def exports_beside_copy(query, many):
    """What is wrong with the exports of a query."""
    wrong, targets = [], []
    for i, options in enumerate(many):
        path = "%s/export%d" % (DIRECTORY, i)
        other = "latin1" in options or "sjis" in options
        targets.append((path, "out/%s/%d" % (abs(hash(query)), i), "SELECT * FROM (%s) x WHERE x::text !~ 'ünï'" % query if other else query, options))
        if os.path.exists(path):
            os.unlink(path)
    by_copy = errors_of("COPY (%s) TO '%s' %s" % (q, path, options) for path, key, q, options in targets)
    by_us = errors_of("SELECT gpu_encode.s3_export($q$%s$q$, 's3://copy/%s', $o$%s$o$)" % (q, key, options) for path, key, q, options in targets)
    for (path, key, q, options), copy, us in zip(targets, by_copy, by_us):
        body = None
        if copy == "":
            with open(path, "rb") as file:
                body = file.read()
        if copy.split("\n")[0] != us.split("\n")[0] or client.get("copy", key) != body:
            wrong.append("%s %s\nCOPY: %s\ns3_export: %s" % (q, options, copy, us))
    return wrong


def test_exports():
    wrong, n = [], 0
    for i, query in enumerate(["TABLE kinds", "SELECT \"T e,x\" FROM kinds", "SELECT '\\.' AS \"\\.\", i FROM kinds LIMIT 1", "SELECT '\\.' AS \"\\.\"",
                               "SELECT FROM kinds", "SELECT i FROM kinds WHERE false"]):
        many = EXPORTS if i == 0 else [options for options in EXPORTS[i % 3::3] if "\"T e,x\"" not in options]
        n += len(many)
        wrong += exports_beside_copy(query, many)
    check(not wrong, "%d exports have the bytes or the error of COPY TO" % n, "\n".join(wrong))
    wrong = []
    for i, style in enumerate(["ISO, YMD", "SQL, DMY", "German, DMY", "Postgres, MDY"]):
        tap.preamble.value = "SET DateStyle = '%s'; SET TimeZone = 'Asia/Tokyo';" % style
        wrong += exports_beside_copy("SELECT d, ts, t, b FROM (VALUES (date '2020-02-29', timestamptz '2020-02-29 12:34:56.789+02', timestamp '1999-12-31 23:59:59.999999', true),"
                                     " ('infinity', 'infinity', 'infinity', false), ('-infinity', '-infinity', '-infinity', NULL),"
                                     " ('4713-01-01 BC', '4713-01-01 BC', '4713-01-01 00:00:00.5 BC', true), ('5874897-12-31', '294276-12-31', '294276-12-31', false),"
                                     " ('0001-01-01', '0001-01-01', '0001-01-01 00:00:01', false)) x (d, ts, t, b) LIMIT %d" % (100 + i),
                                     ["csv", "(format text)", "(format csv, force_quote *)", "(format csv, delimiter '-')", "(format csv, delimiter ':', null 't')",
                                      "(format text, delimiter '-')", "(format csv, null 'f', quote 'i')", "(format csv, null '2020-02-29')"])
    tap.preamble.value = ""
    check(not wrong, "so have dates, times and booleans in each DateStyle", "\n".join(wrong))
    fails("SELECT gpu_encode.s3_export('TABLE kinds', 's3://copy/out2', '(format csv, force_quote (nope))')", ["42703", "nope"],
          "FORCE_QUOTE with a column that there is not")


def test_split():
    """Each file by itself is one that COPY reads."""
    for name, options in [("csv.gz", "(format csv, header)"), ("txt", "(format text)"), ("bin.zst", "(format binary)"), ("raw", "binary")]:
        equal("SELECT files_uploaded > 3 FROM gpu_encode.s3_export('SELECT * FROM kinds, generate_series(1, 200) g', 's3://copy/split.%s', $o$%s$o$,"
              " max_file_size => '500kB'); CREATE TABLE again AS SELECT *, 0 AS g FROM kinds WHERE false;"
              "SELECT rows_imported FROM gpu_encode.s3_import('again', 's3://copy/split.%s*', options => $o$%s$o$);"
              "SELECT count(*) FROM (SELECT k::text, g FROM kinds k, generate_series(1, 200) g EXCEPT ALL"
              " SELECT (a.i, \"T e,x\", f, b, n, d, ts, a, j, js, bo, c, bp, vc, iv, big, s, r, u, later)::text, g FROM again a) x;"
              "DROP TABLE again" % (name, options, name, options), "t\n12000\n0", "files cut between rows come back: " + name)


def test_marks():
    for name, body, encoding in [("plain", MARK + b"a,b\n1,x\n", ""), ("gzip", gzip.compress(MARK + b"a,b\n1,x\n"), ""),
                                 ("alone", MARK, ""), ("crlf", MARK + b"a,b\r\n1,x\r\n", ", encoding 'utf8'")]:
        client.put("copy", "mark", body)
        equal("DROP TABLE IF EXISTS pair; CREATE TABLE pair (a int, b text); SELECT rows_imported FROM gpu_encode.s3_import('pair', 's3://copy/mark',"
              " options => $o$(format csv, header match%s)$o$)" % encoding, "0" if name == "alone" else "1", "a byte order mark is left out: " + name)
    client.put("copy", "mark", MARK + b"NA,1\n")
    equal("TRUNCATE pair; SELECT rows_imported FROM gpu_encode.s3_import('pair', 's3://copy/mark', '{b,a}', 'csv', null_values => '{NA}');"
          "SELECT b IS NULL, a FROM pair", "1\nt|1", "a byte order mark does not hide a text that means NULL")
    client.put("copy", "mark", MARK + b"x,1\n")
    equal("TRUNCATE pair; SELECT gpu_encode.s3_import('pair', 's3://copy/mark', '{b,a}', '(format csv, encoding ''latin1'')');"
          "SELECT octet_length(b) FROM pair", "(1,1,7)\n7", "bytes that are no mark in the file's encoding stay")


def test_null_values():
    for body, options, nulls, expected in [
            (b"1,\r\n2,x\r\n3,-\r\n", "(format csv, null 'N')", '{"",-}', "1||t\n2|x|f\n3||t"),
            (b"1,N\n2,\"\"\n3,\"-\"\n", "(format csv, null 'N')", '{"",-}', "1||t\n2||f\n3|-|f"),
            (b"1\t-\n2\tx\\\t-\n3\t\\N\n4\t\n", "", '{-,""}', "1||t\n2|x\t-|f\n3||t\n4||t"),
            (b"a,b\n1,a\n2,b\n", "(format csv, header match)", '{a,b}', "1||t\n2||t"),
            (b"\"a\",b\r\n1,NA\r\n2,\"x\r\nNA\"\r\n3,NA", "(format csv, header match)", '{NA}', "1||t\n2|x\nNA|f\n3||t"),
            (b"1;'x\\';NA'\n2;NA\n", "(format csv, delimiter ';', quote '''', escape '\\')", '{NA}', "1|x';NA|f\n2||t"),
            (b"1,\xfc\n2,x\n", "(format csv, encoding 'latin1')", '{ü}', "1||t\n2|x|f"),
            (b"1,NAN\n2,N\n3,NA NA\n", "csv", '{NA}', "1|NAN|f\n2|N|f\n3|NA NA|f")]:
        client.put("copy", "nulls", body)
        equal("DROP TABLE IF EXISTS pair; CREATE TABLE pair (a int, b text); DO $d$ BEGIN PERFORM gpu_encode.s3_import('pair', 's3://copy/nulls',"
              " options => $o$%s$o$, null_values => '%s'); END $d$; SELECT a, b, b IS NULL FROM pair ORDER BY a" % (options, nulls), expected,
              "null_values %s in %r" % (nulls, body))
    for n in range(65530, 65540):  # a carriage return at the end of a chunk of the filter
        body = b"1," + b"x" * (n - 3) + b"\r\n2,-\r\n"
        client.put("copy", "edge", body)
        found = sql("TRUNCATE pair; DO $d$ BEGIN PERFORM gpu_encode.s3_import('pair', 's3://copy/edge', options => $o$(format csv, null 'N')$o$,"
                    " null_values => '{\"\",-}'); END $d$; SELECT a, length(b) FROM pair ORDER BY a")
        if found != "1|%d\n2|" % (n - 3):
            return check(False, "null_values at the edge of a chunk", "%d: %s" % (n, found))
    check(True, "null_values at the edge of a chunk")
    fails("SELECT gpu_encode.s3_import('pair', 's3://copy/nulls', options => 'binary', null_values => '{NA}')", ["0A000", "binary"],
          "null_values do not go with binary")


def test_compression():
    text = b"a,b\n" + b"".join(b"%d,row %d\n" % (i, i) for i in range(20000))
    cut = len(text) // 3
    zstd = lambda data: subprocess.run(["zstd", "-qc"], input=data, capture_output=True, timeout=60).stdout
    count = "TRUNCATE pair; SELECT rows_imported FROM gpu_encode.s3_import('pair', 's3://copy/%s'%s); SELECT count(DISTINCT a) FROM pair"
    for name, body, more in [
            ("members.csv.gz", gzip.compress(text[:cut]) + gzip.compress(b"") + gzip.compress(text[cut:]), ""),
            ("padded.csv.gz", gzip.compress(text[:cut]) + b"\0" * 512 + gzip.compress(text[cut:]) + b"\0" * 512, ""),
            ("frames.csv.zst", zstd(text[:cut]) + zstd(b"") + zstd(text[cut:]), ""),
            ("skippable.csv.zstd", zstd(text[:cut]) + b"\x50\x2a\x4d\x18\4\0\0\0abcd" + zstd(text[cut:]), ""),
            ("nosuffix", gzip.compress(text), ""), ("nosuffix2", zstd(text), ""), ("upper.CSV.GZ", gzip.compress(text), ""),
            ("forced", gzip.compress(text), ", compression => 'gzip'"), ("forced2", zstd(text), ", compression => 'zstd'"),
            ("plain.gz", text, ", compression => 'none'")]:
        client.put("copy", name, body)
        equal(count % (name, more), "20000\n20000", "compressed: " + name)
    for name, body, more, parts in [
            ("cut.gz", gzip.compress(text)[:-9], "", ["22P03", "cut short"]), ("cut.zst", zstd(text)[:-9], "", ["22P03", "cut short"]),
            ("junk.gz", gzip.compress(text) + b"junk", "", ["22P03", "not valid"]), ("junk.zst", zstd(text) + b"junk", "", ["22P03", "not valid"]),
            ("a", text, ", compression => 'gzip'", ["22P03", "not valid"]), ("a", text, ", compression => 'lz4'", ["22023", '"auto", "none", "gzip" or "zstd"']),
            ("a.gz", zstd(b""), ", compression => NULL", ["22004", "compression"])]:
        client.put("copy", name, body)
        fails("SELECT gpu_encode.s3_import('pair', 's3://copy/%s'%s)" % (name, more), parts, "refused: %s%s" % (name, more))
    equal("SELECT bool_and(g.rows_uploaded = 3) FROM unnest('{auto,none,gzip,zstd}'::text[]) c, gpu_encode.s3_export('SELECT generate_series(1, 3) AS a',"
          " 's3://copy/by/' || c || '.csv', compression => c) g", "t", "exports with each compression")
    bodies = {c: client.get("copy", "by/%s.csv" % c) for c in ["auto", "none", "gzip", "zstd"]}
    check(bodies["auto"] == bodies["none"] == b"a\n1\n2\n3\n" == gzip.decompress(bodies["gzip"]) and bodies["zstd"][:4] == b"\x28\xb5\x2f\xfd",
          "which is what is there", bodies)
    equal("TRUNCATE pair; SELECT rows_imported, files_imported FROM gpu_encode.s3_import('pair', 's3://copy/by/*.csv', '{a}')", "12|4", "and comes back")


def test_tables():
    """Whatever COPY fills."""
    client.put("copy", "t.csv", b"a,b\n1,x\n2,y\n3,z\n")
    equal("CREATE TABLE divided (a int, b text) PARTITION BY LIST (a); CREATE TABLE part12 PARTITION OF divided FOR VALUES IN (1, 2);"
          "CREATE TABLE part3 PARTITION OF divided FOR VALUES IN (3);"
          "SELECT rows_imported FROM gpu_encode.s3_import('divided', 's3://copy/t.csv'); SELECT tableoid::regclass, count(*) FROM divided GROUP BY 1 ORDER BY 1",
          "3\npart12|2\npart3|1", "a partitioned table")
    equal("CREATE TABLE rich (a int PRIMARY KEY, b text CHECK (b <> 'q'), twice int GENERATED ALWAYS AS (a * 2) STORED, n serial, d text DEFAULT 'd');"
          "SELECT rows_imported FROM gpu_encode.s3_import('rich', 's3://copy/t.csv', '{a,b}'); SELECT * FROM rich ORDER BY a",
          "3\n1|x|2|1|d\n2|y|4|2|d\n3|z|6|3|d", "generated columns, sequences and defaults")
    fails("SELECT gpu_encode.s3_import('rich', 's3://copy/t.csv', '{a,b}')", ["23505", "rich_pkey", "line 2", "s3://copy/t.csv"], "a key that is there")
    fails("SELECT gpu_encode.s3_import('rich', 's3://copy/t.csv', '{a,nope}')", ["42703", "nope"], "a column that there is not")
    fails("SELECT gpu_encode.s3_import('rich', 's3://copy/t.csv', '{a,a}')", ["42701"], "a column twice")
    fails("CREATE VIEW seen AS TABLE rich; SELECT gpu_encode.s3_import('seen', 's3://copy/t.csv')", ["42809"], "a view")
    fails("BEGIN READ ONLY; SELECT gpu_encode.s3_import('rich', 's3://copy/t.csv', '{a,b}')", ["25006"], "a read-only transaction")
    equal("CREATE TABLE three (a int, b text); BEGIN; SELECT rows_imported FROM gpu_encode.s3_import('three', 's3://copy/t.csv'); ROLLBACK;"
          "SELECT count(*) FROM three", "3\n0", "an import that is rolled back")


tap.run([test_setup, test_imports, test_exports, test_split, test_marks, test_null_values, test_compression, test_tables])
check(not any(SECRET in output for output in tap.outputs), "no secret in any message")
tap.finish()
