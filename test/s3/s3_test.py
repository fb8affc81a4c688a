"""S3 import, export and list against Swift.  Arguments: port, secret, file with the secret, CA file."""
import gzip
import os
import socket
import subprocess
import sys
import threading
import time

import tap
from client import Client
from tap import check, equal, fails, skip, sql

PORT, SECRET, SECRET_FILE, CA_FILE = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
ROWS = "id,name\n" + "".join("%d,row %d\n" % (i, i) for i in range(30000))
client = Client(PORT, "test:tester", SECRET)


def make_server(name, endpoint, secret="pg_catalog.btrim(pg_read_file('%s'), E'\\n')" % SECRET_FILE, options=""):
    return sql("CREATE SERVER %s FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (endpoint '%s', region 'us-east-1'%s);"
               "SELECT gpu_encode.s3_set_credentials('%s', 'test:tester', %s)" % (name, endpoint, options, name, secret))


def test_setup():
    client.make_bucket("bkt")
    check(sql("CREATE EXTENSION gpu_encode; CREATE TABLE t (id int, name text)") == "", "the extension is created")
    check(make_server("swift", "http://127.0.0.1:%d" % PORT, options=", scope 's3://bkt'") == "", "a server is created")


def test_import():
    client.put("bkt", "in/a.csv", ROWS.encode())
    client.put("bkt", "in/b.csv.gz", gzip.compress(ROWS[:100000].encode()) + gzip.compress(ROWS[100000:].encode()))
    zstd = subprocess.run(["zstd", "-qc"], input=ROWS.encode(), capture_output=True, timeout=60).stdout
    client.put("bkt", "in/c.csv.zst", zstd + zstd[:0])
    client.put("bkt", "in/sub/d.csv", b"id,name\n1,x\n")
    size = len(ROWS)
    equal("SELECT * FROM gpu_encode.s3_import('t', 's3://bkt/in/a.csv')", "30000|1|%d" % size, "one object is imported")
    equal("TRUNCATE t; SET gpu_encode.s3_part_size = '64kB'; SELECT rows_imported FROM gpu_encode.s3_import('t', 's3://bkt/in/a.csv');"
          "SELECT count(*), count(DISTINCT id), sum(id), bool_and(name = 'row ' || id) FROM t",
          "30000\n30000|30000|449985000|t", "many ranges give every row once")
    equal("TRUNCATE t; SELECT rows_imported, files_imported FROM gpu_encode.s3_import('t', 's3://bkt/in/*');"
          "SELECT count(*), count(DISTINCT id) FROM t", "90000|3\n90000|30000", "a pattern imports plain, gzip and zstd, not sub/")
    equal("TRUNCATE t; SELECT rows_imported, files_imported FROM gpu_encode.s3_import('t', 's3://bkt/in/')", "90001|4",
          "a prefix imports what is under it, at any depth")
    client.put("bkt", "empty.csv", b"")
    equal("SELECT * FROM gpu_encode.s3_import('t', 's3://bkt/empty.csv')", "0|1|0", "an empty object has no rows")
    client.put("bkt", "cut.csv.gz", gzip.compress(ROWS.encode())[:-20])
    fails("SELECT gpu_encode.s3_import('t', 's3://bkt/cut.csv.gz')", ["22P03", "cut short"], "a gzip stream that is cut is an error")
    client.put("bkt", "false.csv.gz", ROWS.encode())
    fails("SELECT gpu_encode.s3_import('t', 's3://bkt/false.csv.gz')", ["22P03", "not compressed by gzip"], "a false suffix is an error")
    equal("SELECT rows_imported FROM gpu_encode.s3_import('t', 's3://bkt/false.csv.gz', compression => 'none')", "30000",
          "compression => 'none' reads it")


def test_import_options():
    client.put("bkt", "nulls.csv", b"name,id\nNA,1\n\"NA\",2\n?,3\n,4\nNAN,5\n")
    equal("TRUNCATE t; SELECT rows_imported FROM gpu_encode.s3_import('t', 's3://bkt/nulls.csv', columns => '{name,id}',"
          " null_values => '{NA,?}'); SELECT id, coalesce(name, '<null>') FROM t ORDER BY id",
          "5\n1|<null>\n2|NA\n3|<null>\n4|<null>\n5|NAN", "null_values and columns")
    fails("SELECT gpu_encode.s3_import('t', 's3://bkt/nulls.csv')", ["22P04", "column name mismatch in header"],
          "header match refuses swapped columns")
    equal("TRUNCATE t; SELECT rows_imported FROM gpu_encode.s3_import('t', 's3://bkt/nulls.csv', '{name,id}', 'format csv, header')",
          "5", "options without parentheses")
    fails("SELECT gpu_encode.s3_import('t', 's3://bkt/nulls.csv', options => '(format csv); DROP TABLE t')", ["42601"],
          "options are options only")
    client.put("bkt", "bad.csv", b"id,name\n1,a\nx,b\n")
    fails("SELECT gpu_encode.s3_import('t', 's3://bkt/bad.csv')", ["22P02", "line 3, column id", 's3://bkt/bad.csv'],
          "an error names file, line and column")
    fails("SELECT gpu_encode.s3_import('t', 's3://bkt/none.csv')", ["58P01", "NoSuchKey"], "a missing key")
    fails("SELECT gpu_encode.s3_import('t', 's3://bkt/none*')", ["58P01", "no object matches"], "a pattern without objects")
    fails("SELECT gpu_encode.s3_import('t', 's3://nobucket/a', server => 'swift')", ["58P01", "NoSuchBucket"], "a missing bucket")


def test_odd_keys():
    for key in ["odd/a b+c=d&e.csv", "odd/é~x!(1).csv", "odd/q?x#y%41.csv", "odd/../x//y.csv", "odd/a@b:c,d;e$f.csv"]:
        client.put("bkt", key, b"id,name\n1,x\n")
        equal("SELECT rows_imported FROM gpu_encode.s3_import('t', 's3://bkt/%s')" % key, "1", "import of key " + key)
        sql("SELECT gpu_encode.s3_export('SELECT 7 AS id', 's3://bkt/%s.out')" % key)
        check(client.get("bkt", key + ".out") == b"id\n7\n", "export to key " + key)
        equal("SELECT object_uri FROM gpu_encode.s3_list('s3://bkt/%s')" % key, "s3://bkt/" + key, "list of key " + key)


def test_list():
    for i in range(45):
        client.put("bkt", "many/%04d" % i, b"")
    client.put("bkt", "many/dir/", b"")
    equal("SELECT count(*), min(object_uri), max(object_uri) FROM gpu_encode.s3_list('s3://bkt/many/')",
          "45|s3://bkt/many/0000|s3://bkt/many/0044", "a list of more than one page, without directories")
    equal("SELECT count(*) FROM gpu_encode.s3_list('s3://bkt/many/*7')", "4", "a list by pattern")
    equal("SELECT size, etag, last_modified > now() - interval '1 hour' FROM gpu_encode.s3_list('s3://bkt/bad.csv')",
          "16|%s|t" % __import__("hashlib").md5(b"id,name\n1,a\nx,b\n").hexdigest(), "a list of one object")


def test_export():
    sql("CREATE TABLE big AS SELECT i AS id, CASE WHEN i % 7 = 0 THEN NULL WHEN i % 11 = 0 THEN E'a,\"b\\n' WHEN i % 13 = 0 THEN '' ELSE"
        " 'row ' || i END AS name FROM generate_series(1, 400000) i; CREATE TABLE back (LIKE big)")
    directory = os.path.dirname(SECRET_FILE)
    for name, options in [("csv", "(format csv, header)"), ("txt", "(format text)"),
                          ("force", "(format csv, header, delimiter ';', force_quote *, null 'N')")]:
        text = sql("COPY big TO '%s/copy' WITH %s; SELECT rows_uploaded, files_uploaded FROM gpu_encode.s3_export('TABLE big',"
                   " 's3://bkt/out.%s', '%s')" % (directory, options, name, options.replace("'", "''")))
        with open(directory + "/copy", "rb") as file:
            check(text == "400000|1" and client.get("bkt", "out." + name) == file.read(), "export is COPY TO's bytes: " + name, text)
    for suffix in ["gz", "zst"]:
        equal("TRUNCATE back; SELECT rows_uploaded, files_uploaded > 1 FROM gpu_encode.s3_export('TABLE big', 's3://bkt/split.csv.%s',"
              " max_file_size => '2MB'); SELECT rows_imported FROM gpu_encode.s3_import('back', 's3://bkt/split.csv.%s*');"
              "SELECT count(*) FROM (TABLE big EXCEPT ALL TABLE back) x" % (suffix, suffix), "400000|t\n400000\n0",
              "split and compressed files come back: " + suffix)
    fails("SELECT gpu_encode.s3_export('TABLE big', 's3://bkt/out.csv')", ["58P02", "already exists"], "an object that exists is kept")
    equal("SELECT rows_uploaded FROM gpu_encode.s3_export('SELECT 1 AS one', 's3://bkt/out.csv', overwrite => true)", "1", "or replaced")
    equal("SELECT * FROM gpu_encode.s3_export('SELECT 1 WHERE false', 's3://bkt/no.txt', '(format text)')", "0|1|0", "no rows, empty object")


def test_failed_export():
    fails("SELECT gpu_encode.s3_export('SELECT 1 / (id - 390000) FROM big, generate_series(1, 3)', 's3://bkt/fail/a')", ["22012"],
          "an error of the query is the export's")
    fails("SELECT gpu_encode.s3_export('TABLE big; TABLE big', 's3://bkt/fail/a')", ["22023"], "one statement only")
    start = time.time()
    fails("SET statement_timeout = 700; SELECT gpu_encode.s3_export('SELECT id, name, pg_sleep(0.000001) FROM big, generate_series(1, 9)',"
          " 's3://bkt/fail/b', max_file_size => '100kB')", ["57014"], "an export is canceled")
    check(time.time() - start < 2, "soon", time.time() - start)
    check(client.keys("bkt", "fail/") == [] and client.uploads("bkt") == [], "failed exports leave nothing", client.keys("bkt", "fail/"))


def sleeping(function):
    """A session beside is in pg_sleep() of that function's statement."""
    return sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'beside' AND wait_event = 'PgSleep' AND query LIKE '%%%s%%'"
               % function) == "1"


def run_beside(text):
    """Start a statement."""
    process = subprocess.Popen(["psql", "-X", "-At", "-q"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               env={**os.environ, "PGAPPNAME": "beside"})
    process.stdin.write(text)
    process.stdin.close()
    process.stdin = None
    return process


def test_terminated():
    process = run_beside("SELECT gpu_encode.s3_export('SELECT id, name, pg_sleep(0.000001) FROM big, generate_series(1, 9)',"
                         " 's3://bkt/fail/c', max_file_size => '100kB');")
    tap.wait_for("an upload of the export that is to be terminated", lambda: client.uploads("bkt"))
    equal("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'beside'", "t", "an export is terminated")
    tap.wait_for_end(process, "psql whose session was terminated")
    check(client.keys("bkt", "fail/") == [] and client.uploads("bkt") == [], "and leaves nothing", client.uploads("bkt"))


def test_progress():
    sql("CREATE TABLE crawl (id int, name text); CREATE FUNCTION crawl() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN IF NEW.id = 20000 THEN PERFORM pg_sleep(2); END IF; RETURN NEW; END';"
        "CREATE TRIGGER crawl BEFORE INSERT ON crawl FOR EACH ROW EXECUTE FUNCTION crawl()")
    process = run_beside("SELECT gpu_encode.s3_import('crawl', 's3://bkt/in/a.csv');")
    tap.wait_for("the row of the import's trigger that sleeps", lambda: sleeping("s3_import"))
    equal("SELECT command, relid::regclass, tuples_processed > 0, bytes_processed > 0 FROM pg_stat_progress_copy", "COPY FROM|crawl|t|t",
          "pg_stat_progress_copy shows an import")
    tap.wait_for_end(process, "an import")
    process = run_beside("SELECT gpu_encode.s3_export('SELECT i, pg_sleep(CASE WHEN i = 2000 THEN 2 END) FROM generate_series(1, 3000) i',"
                         " 's3://bkt/progress.csv');")
    tap.wait_for("the row of the export that sleeps", lambda: sleeping("s3_export"))
    equal("SELECT command, type, tuples_processed, bytes_processed > 8000 FROM pg_stat_progress_copy", "COPY TO|CALLBACK|1999|t",
          "and an export")
    tap.wait_for_end(process, "an export")
    equal("SELECT count(*) FROM pg_stat_progress_copy", "0", "until it has ended")


def test_credentials():
    make_server("wrong", "http://127.0.0.1:%d" % PORT, secret="'not-the-one'", options=", scope 's3://bkt/wrong/'")
    fails("SELECT gpu_encode.s3_import('t', 's3://bkt/in/a.csv', server => 'wrong')", ["42501", "403"], "a wrong secret")
    fails("SELECT gpu_encode.s3_import('t', 's3://bkt/wrong/a.csv')", ["42501"], "the longest scope decides")
    sql("CREATE SERVER twin FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (endpoint 'http://127.0.0.1:1', scope 's3://bkt')")
    fails("SELECT gpu_encode.s3_import('t', 's3://bkt/in/a.csv')", ["42P08"], "two equal scopes are an error")
    sql("DROP SERVER twin; ALTER SERVER wrong OPTIONS (SET region 'eu-nowhere-9', SET scope 's3://elsewhere');"
        "SELECT gpu_encode.s3_set_credentials('wrong', 'test:tester', btrim(pg_read_file('%s'), E'\\n'))" % SECRET_FILE)
    if os.environ.get("GE_S3_ANY_REGION"):
        skip("a wrong region", "this endpoint takes any")
    else:
        fails("SELECT gpu_encode.s3_import('t', 's3://bkt/in/a.csv', server => 'wrong')", ["region"], "a wrong region")
    fails("CREATE SERVER x FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (secret_access_key 'x')", ["HV00D"], "a server has no secrets")
    fails("CREATE SERVER x FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (url_style 'x')", ["HV024"], "a wrong value of an option")


def test_rights():
    sql("CREATE ROLE reader; GRANT USAGE ON FOREIGN SERVER swift TO reader; GRANT ALL ON t TO reader")
    as_reader = "SET ROLE reader; "
    fails(as_reader + "SELECT gpu_encode.s3_list('s3://bkt/in/')", ["42501", "permission denied for function"], "a role is needed")
    sql("GRANT gpu_encode_s3_read TO reader")
    fails(as_reader + "SELECT gpu_encode.s3_list('s3://bkt/in/')", ["no user mapping"], "and a user mapping")
    fails(as_reader + "SELECT gpu_encode.s3_import('t', 'file:///etc/passwd')", ["42501", "pg_read_server_files"], "files need their role")
    fails(as_reader + "SELECT gpu_encode.s3_import('big', 's3://bkt/in/a.csv')", ["42501"], "INSERT is needed")
    sql("ALTER TABLE t ENABLE ROW LEVEL SECURITY")
    fails(as_reader + "SELECT gpu_encode.s3_import('t', 's3://bkt/in/a.csv')", ["0A000", "row-level security"], "row security is kept")
    sql("ALTER TABLE t DISABLE ROW LEVEL SECURITY; ALTER SERVER swift OWNER TO reader")
    fails("SELECT gpu_encode.s3_list('s3://bkt/in/', 'swift')", ["42501", "http"], "http only for servers of superusers")
    sql("ALTER SERVER swift OPTIONS (SET endpoint 'https://127.0.0.1:%d')" % (PORT + 1))
    fails("SELECT gpu_encode.s3_list('s3://bkt/in/', 'swift')", ["42501", "not public"], "so are addresses that are not public")
    sql("ALTER SERVER swift OPTIONS (SET endpoint 'http://127.0.0.1:%d'); ALTER SERVER swift OWNER TO postgres" % PORT)
    fails("SET gpu_encode.s3_allowed_endpoints = 'example.org, *.example.com'; SELECT gpu_encode.s3_list('s3://bkt/in/')",
          ["42501", "not allowed"], "the list of endpoints is kept to")
    fails("LOAD 'gpu_encode'; SET ROLE reader; SET gpu_encode.s3_allowed_endpoints = ''", ["42501"], "and only superusers set it")
    sql("CREATE ROLE serverless IN ROLE gpu_encode_s3_read")
    fails("LOAD 'gpu_encode'; SET gpu_encode.s3_allowed_endpoints = 'example.org'; SET ROLE serverless; SELECT gpu_encode.s3_list('s3://bkt/in/')",
          ["42501", "s3.us-east-1.amazonaws.com"], "who may use no server asks AWS")


def test_tls():
    make_server("tls", "https://localhost:%d" % (PORT + 1))
    make_server("tlsvirtual", "https://localhost:%d" % (PORT + 1), options=", url_style 'virtual'")
    fails("SELECT gpu_encode.s3_list('s3://bkt/in/a.csv', 'tls')", ["08006"], "an unknown certificate is refused")
    for server in ["tls", "tlsvirtual"]:
        equal("SET gpu_encode.s3_ca_file = '%s'; SELECT object_uri FROM gpu_encode.s3_list('s3://bkt/in/a.csv', '%s');"
              "SELECT rows_imported FROM gpu_encode.s3_import('t', 's3://bkt/in/a.csv', server => '%s')" % (CA_FILE, server, server),
              "s3://bkt/in/a.csv\n30000", "TLS with a private CA: " + server)
    sql("DROP SERVER tls, tlsvirtual CASCADE")


def test_cancel():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        make_server("silent", "http://127.0.0.1:%d" % silent.getsockname()[1], options=", scope 's3://silent'")
        start = time.time()
        fails("SET statement_timeout = 300; SELECT gpu_encode.s3_list('s3://silent/x')", ["57014"], "a silent endpoint can be canceled")
        check(time.time() - start < 0.8, "within 200 ms", time.time() - start)
    start = time.time()
    fails("SET statement_timeout = 300; SET gpu_encode.s3_max_attempts = 100; SELECT gpu_encode.s3_list('s3://silent/x')", ["57014"],
          "backoff can be canceled")
    check(time.time() - start < 0.8, "within 200 ms", time.time() - start)


def test_replaced():
    body = ROWS.encode() * 40
    client.put("bkt", "changing.csv", body)
    sql("CREATE TABLE slow (id text, name text); CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN IF NEW.id = ''5'' THEN PERFORM pg_sleep(0.5); END IF; RETURN NEW; END';"
        "CREATE TRIGGER dawdle BEFORE INSERT ON slow FOR EACH ROW EXECUTE FUNCTION dawdle()")
    threading.Timer(0.4, lambda: client.put("bkt", "changing.csv", body[::-1])).start()
    fails("SET gpu_encode.s3_part_size = '64kB'; SELECT gpu_encode.s3_import('slow', 's3://bkt/changing.csv')",
          ["55000", "replaced"], "an object that is replaced while it is read is an error")
    equal("SELECT count(*) FROM slow", "0", "and leaves no rows")


def test_rds():
    check(sql("CREATE EXTENSION gpu_encode_aws_s3") == "", "gpu_encode_aws_s3 is created")
    equal("TRUNCATE t; SELECT aws_s3.table_import_from_s3('t', '', '(format csv, header)', aws_commons.create_s3_uri('bkt', 'in/a.csv',"
          " 'us-east-1'))", '30000 rows imported into relation "t" from file in/a.csv of %d bytes' % len(ROWS), "RDS's import")
    equal("SELECT aws_s3.table_import_from_s3('t', 'name, \"id\"', 'format csv, header', 'bkt', 'nulls.csv', 'us-east-1')",
          '5 rows imported into relation "t" from file nulls.csv of 33 bytes', "with columns, bucket and path")
    for columns in ["name.id", '"name"id', "name,,id", "name,", ",name", '"name', 'id"name"', "name id"]:
        fails("SELECT aws_s3.table_import_from_s3('t', '%s', 'format csv, header', 'bkt', 'nulls.csv', 'us-east-1')" % columns, ["42703", columns],
              "what is no list of columns is an error: " + columns)
    equal("SELECT * FROM aws_s3.query_export_to_s3('SELECT 1, ''x''', aws_commons.create_s3_uri('bkt', 'rds', 'us-east-1'),"
          " options := 'format text'); SELECT rows_uploaded FROM aws_s3.query_export_to_s3('TABLE t', 'bkt', 'rds', options := 'format csv')",
          "1|1|4\n30005", "RDS's export, which overwrites")
    fails("SELECT aws_s3.table_import_from_s3('t', '', '', 'bkt', 'in/a.csv', 'us-east-1', 'test:tester', 'wrong', NULL)", ["42501", "403"],
          "credentials of the call are used")
    equal("SELECT aws_s3.table_import_from_s3('t', '', '(format csv, header)', aws_commons.create_s3_uri('bkt', 'in/a.csv', 'us-east-1'),"
          " aws_commons.create_aws_credentials('test:tester', btrim(pg_read_file('%s'), E'\\n'), ''))" % SECRET_FILE,
          '30000 rows imported into relation "t" from file in/a.csv of %d bytes' % len(ROWS), "also right ones")
    fails("SELECT aws_s3.table_import_from_s3('t', '', '', 'bkt', 'in/a.csv', 'x.example.org/')", ["22023"], "a region is a name")
    fails("DROP EXTENSION gpu_encode_aws_s3; CREATE SCHEMA aws_s3; CREATE EXTENSION gpu_encode_aws_s3", ["42P06"],
          "a schema aws_s3 that exists is left alone")
    fails("DROP SCHEMA aws_s3; CREATE SCHEMA aws_commons; CREATE EXTENSION gpu_encode_aws_s3", ["42P06"], "and a schema aws_commons")


def test_secrets():
    with open(os.environ["GE_SERVER_LOG"], errors="replace") as file:
        log = file.read()
    seen = sql("SELECT * FROM pg_stat_activity; SELECT * FROM pg_settings; SELECT * FROM pg_foreign_server")
    check(SECRET not in log, "no secret in the server's log")
    check("s3_set_credentials" in log, "which has the statements")
    check(SECRET not in seen, "none in pg_stat_activity, pg_settings, pg_foreign_server")
    check(not any(SECRET in output for output in tap.outputs), "none in any message")


tap.run([test_setup, test_import, test_import_options, test_odd_keys, test_list, test_export, test_failed_export,
         test_terminated, test_progress, test_credentials, test_rights, test_tls, test_cancel, test_replaced, test_rds, test_secrets])
tap.finish()
