"""Who gets whose region, keys and endpoint; what may enter a request; what comes out of an answer.  Arguments: file with a secret, directory
that the server can read.  The server logs all statements."""
import os
import re
import subprocess
import sys

import tap
from odd_server import OddServer
from tap import check, equal, fails, sql

SECRET_FILE, DIRECTORY = sys.argv[1], sys.argv[2]
LIST = (b"<?xml version=\"1.0\"?><ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>%s</ListBucketResult>")
odd, trap = OddServer(), OddServer()


def make_server(name, port, options=""):
    return sql("CREATE SERVER %s FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (endpoint 'http://127.0.0.1:%d'%s)" % (name, port, options))


def test_setup():
    sql("CREATE DATABASE security")
    os.environ["PGDATABASE"] = "security"
    found = sql(tap.CREATE_EXTENSION + "CREATE EXTENSION gpu_encode_aws_s3; CREATE TABLE one (a int);"
                "CREATE ROLE s_owner; CREATE ROLE s_caller; GRANT gpu_encode_s3_read, gpu_encode_s3_write TO s_owner, s_caller;"
                "GRANT CREATE ON SCHEMA public TO s_owner, s_caller; GRANT ALL ON one TO PUBLIC")
    check(found == "" and make_server("odd", odd.port, ", scope 's3://odd'") == "", "two roles and a server", found)
    sql("GRANT USAGE ON FOREIGN SERVER odd TO s_owner, s_caller; SET ROLE s_owner; SELECT gpu_encode.s3_set_credentials('odd', 'OWNER', 'x');"
        "SET ROLE s_caller; SELECT gpu_encode.s3_set_credentials('odd', 'CALLER', 'x')")


def keys_and_regions():
    """Of the requests that came, in order, each once."""
    found = [re.search(r"Credential=(\w+)/\d+/([\w-]+)/", r.headers.get("Authorization", "")) for r in odd.requests]
    return list(dict.fromkeys(f.groups() if f else None for f in found))


def test_choices():
    """Region and keys that a call brings are that call's alone."""
    importing = "aws_s3.table_import_from_s3('one', '', '(format csv)', 'odd', 'rows', 'eu-west-9', 'BROUGHT', 'x', 'token')"
    sql("CREATE FUNCTION theirs() RETURNS bigint LANGUAGE sql SECURITY DEFINER BEGIN ATOMIC SELECT count(*) FROM gpu_encode.s3_list('s3://odd/x', 'odd'); END;"
        "ALTER FUNCTION theirs OWNER TO s_owner; GRANT EXECUTE ON FUNCTION theirs TO PUBLIC;"
        "CREATE FUNCTION in_between() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM theirs(); RETURN NEW; END';"
        "CREATE TRIGGER in_between BEFORE INSERT ON one FOR EACH ROW EXECUTE FUNCTION in_between()")
    equal("SELECT string_agg(proname, ' ' ORDER BY proname) FROM pg_proc WHERE pronamespace = 'aws_commons'::regnamespace"
          " AND has_function_privilege('public', oid, 'EXECUTE')", "_import create_aws_credentials create_s3_uri", "what anybody may call sets nothing")
    for name, statement in [
            ("a trigger of the table", "SELECT %s" % importing),
            ("another function of the statement", "SELECT %s, theirs()" % importing),
            ("one before it", "SELECT theirs(), %s" % importing),
            ("the block that caught an error", "DO $$ BEGIN BEGIN PERFORM %s; EXCEPTION WHEN OTHERS THEN NULL; END; PERFORM theirs(); END $$"
             % importing.replace("'rows'", "'none'")),
            ("the session that ended in an error", "SELECT %s; SELECT theirs()" % importing.replace("'rows'", "'none'"))]:
        odd.reset(lambda request: request.command == "GET" and not request.key and (request.answer(200, LIST % b""), True)[1], rows=b"1\n")
        found = sql("SET ROLE s_caller; " + statement)
        check(sorted(set(keys_and_regions())) == [("BROUGHT", "eu-west-9"), ("OWNER", "us-east-1")],
              "a definer's function sees nothing of a call: " + name, (keys_and_regions(), found))
    sql("DROP TRIGGER in_between ON one")
    for function, role in [("table_import_from_s3('one', '', '', 'odd', 'x', 'eu-west-9')", "gpu_encode_s3_read"),
                           ("query_export_to_s3('SELECT 1', 'odd', 'x')", "gpu_encode_s3_write")]:
        odd.reset()
        fails("CREATE ROLE s_nobody; SET ROLE s_nobody; SELECT aws_s3.%s" % function, ["42501", "permission denied"], "it is for members of " + role)
        check(not odd.requests, "others send nothing")


def test_scopes():
    """A scope leads only the calls of those who trust its owner."""
    sql("GRANT USAGE ON FOREIGN DATA WRAPPER gpu_encode_s3 TO s_caller; SET ROLE s_caller;"
        "CREATE SERVER trap FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (endpoint 'https://trap.example', scope 's3://odd/deep/');"
        "CREATE SERVER twin FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (endpoint 'https://twin.example', scope 's3://odd');"
        "GRANT USAGE ON FOREIGN SERVER trap, twin TO PUBLIC")
    export = "SELECT rows_uploaded FROM gpu_encode.s3_export('SELECT 1 AS a', 's3://odd/%s'%s)"
    limit = "SET gpu_encode.s3_allowed_endpoints = '127.0.0.1';"
    for role in ["postgres", "s_owner"]:
        odd.reset()
        equal(limit + "SET ROLE %s; " % role + export % ("deep/a", ""), "1", "a stranger's longer scope leads nobody astray: " + role)
        equal(limit + "SET ROLE %s; " % role + export % ("b", ""), "1", "nor does an equal one get in the way: " + role)
        check(sorted(odd.objects) == ["b", "deep/a"], "and the objects are where they belong", sorted(odd.objects))
        fails(limit + "SET ROLE %s; " % role + export % ("deep/a", ", server => 'trap'"), ["42501", "trap.example"], "a server that is named is used")
    fails(limit + "SET ROLE s_caller; " + export % ("deep/c", ""), ["42501", "trap.example"], "whoever owns it means it")
    fails(limit + "SET ROLE s_caller; " + export % ("c", ""), ["42P08", "odd", "twin"], "also where a superuser's is equal")
    sql("GRANT s_caller TO s_owner")
    odd.reset()
    equal(limit + "SET ROLE s_owner; " + export % ("deep/a", ""), "1", "to be a member of the owner's role is not to own")
    sql("REVOKE s_caller FROM s_owner; DROP SERVER trap, twin CASCADE")


def test_controls():
    """One header stays one header."""
    injected = "%s\r\nX-Injected: yes"
    calls = {"kms_key": "SELECT gpu_encode.s3_export('SELECT 1', 's3://odd/k', kms_key => E'%s')",
             "RDS's kms_key": "SELECT aws_s3.query_export_to_s3('SELECT 1', 'odd', 'k', NULL, NULL, E'%s')",
             "RDS's region": "SELECT aws_s3.query_export_to_s3('SELECT 1', 'odd', 'k', E'%s')",
             "access key": "SELECT aws_s3.table_import_from_s3('one', '', '', 'odd', 'k', '', E'%s', 'x', '')",
             "secret key": "SELECT aws_s3.table_import_from_s3('one', '', '', 'odd', 'k', '', 'x', E'%s', '')",
             "session token": "SELECT aws_s3.table_import_from_s3('one', '', '', 'odd', 'k', '', 'x', 'x', E'%s')",
             "bucket": "SELECT aws_s3.table_import_from_s3('one', '', '', E'%s', 'k', '')",
             "path": "SELECT aws_s3.table_import_from_s3('one', '', '', 'odd', E'%s', '')"}
    for name, call in calls.items():
        for value in [injected % "x", "x\x7f", "\x01", "a\tb", "\n"]:
            odd.reset(k=b"1\n")
            escaped = "".join(c if " " <= c <= "~" else "\\x%02x" % ord(c) for c in value)
            found = sql(call % escaped)
            check("ERROR" in found and "22023" in found and not odd.requests, "%s: %s is refused before anything is sent" % (name, escaped), found)
    # what stands in the catalogs, as a validator may have been weaker, or absent
    for name, catalog, column, before, value in [
            ("region", "pg_foreign_server", "srvoptions", "region=", "region=x\\r\\nX-Injected: yes"),
            ("access key id", "pg_user_mapping", "umoptions", "access_key_id=", "access_key_id=x\\r\\nX-Injected: yes"),
            ("session token", "pg_user_mapping", "umoptions", "session_token=", "session_token=x\\r\\nX-Injected: yes")]:
        sql("SELECT gpu_encode.s3_set_credentials('odd', 'A', 'b')")
        odd.reset(k=b"1\n")
        where = "srvname = 'odd'" if "server" in catalog else "umuser = 'postgres'::regrole"
        kept = "array(SELECT o FROM unnest(%s) AS o WHERE o NOT LIKE '%s%%')" % (column, before)
        found = sql("UPDATE %s SET %s = %s || E'%s'::text WHERE %s; SELECT gpu_encode.s3_import('one', 's3://odd/k', server => 'odd', options => '(format csv)');"
                    "UPDATE %s SET %s = %s WHERE %s" % (catalog, column, kept, value, where, catalog, column, kept, where))
        check("22023" in found and "control character" in found and not odd.requests, "a %s of the catalog with a line break is not sent" % name,
              (found, [str(r.headers) for r in odd.requests]))
    sql("DROP USER MAPPING FOR postgres SERVER odd")
    long = "repeat('x', 99999)"
    for name, call in [("an endpoint", "DO $$BEGIN EXECUTE format('CREATE SERVER long FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (endpoint %%L)', %s); END$$" % long),
                       ("a style", "DO $$BEGIN EXECUTE format('CREATE SERVER long FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (url_style %%L)', %s); END$$" % long),
                       ("a server", "SELECT gpu_encode.s3_set_credentials(%s, 'key', 'secret')" % long)]:
        found = sql("\\set VERBOSITY terse\n" + call)
        check("ERROR" in found and len(found) < 300 and "(99935 more characters)" in found, "a message shows 64 characters of %s" % name, found[:300])
    odd.reset()
    fails("SELECT gpu_encode.s3_list(E's3://odd/a\\nb')", ["22023"], "nor is there a uri with one")


def item(key, etag=b"&quot;t&quot;", kind=b"STANDARD", time=b"2026-01-02T03:04:05.000Z", size=b"5"):
    return (b"<Contents><Key>%s</Key><LastModified>%s</LastModified><ETag>%s</ETag><Size>%s</Size><StorageClass>%s</StorageClass></Contents>"
            % (key, time, etag, size, kind))


def listed(*items):
    """A script that lists these."""
    return lambda request: request.command == "GET" and not request.key and (request.answer(200, LIST % b"".join(items)), True)[1]


def test_bytes():
    """What an endpoint says is text in the database's encoding, and a dump of it is restored."""
    odd.reset(listed(item(b"a", b"\xff\xfe", b"\x1b[31mRED\x07"), item(b"b%0Ac", b"caf\xc3\xa9", b"&#xD800;"), item(b"%C3%A9", b"\xc3", b"\x85"),
                     item(b"d", b"W/&quot;weak&quot;", b"<![CDATA[A&B]]>"), item(b"e", b"\xc2\x9b31mRED", b"&#x85;\xc2\xa0")))
    equal("CREATE TABLE listed AS SELECT * FROM gpu_encode.s3_list('s3://odd/', 'odd'); SELECT replace(object_uri, E'\\n', '<LF>'), etag, storage_class FROM listed",
          "s3://odd/a|\\xff\\xfe|\\x1b[31mRED\\x07\ns3://odd/b<LF>c|caf\u00e9|\\xed\\xa0\\x80\ns3://odd/d|weak|A&B\ns3://odd/e|\\xc2\\x9b31mRED|\\xc2\\x85\u00a0\ns3://odd/\u00e9|\\xc3|\\x85",
          "bytes that are no text are escaped")
    dump = os.path.join(DIRECTORY, "listed.sql")
    subprocess.run(["pg_dump", "-t", "listed", "-f", dump], check=True, timeout=60)
    sql("CREATE DATABASE restored")
    found = subprocess.run(["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", "restored", "-f", dump], capture_output=True, text=True, timeout=60)
    check(found.returncode == 0, "a dump of them is restored", found.stderr)
    equal("DROP TABLE listed", "", "the table goes")
    sql("DROP DATABASE restored")

    def refuse(request):
        request.begin(400, {"Content-Length": 170, "x-amz-request-id": "re\xffq\x01uest", "x-amz-bucket-region": "eu\xfe\x1b[0m"})
        body = b"<Error><Code>Bad\xff\x1b[0mCode</Code><Message>first\nsecond \xc3\xa9\xff</Message><RequestId>x</RequestId></Error>"
        request.wfile.write(body + b" " * (170 - len(body)))
        return True
    odd.reset(refuse)
    result = subprocess.run(["psql", "-XqAt", "-c", "SELECT gpu_encode.s3_list('s3://odd/', 'odd')"], capture_output=True, timeout=60)
    check(b"Bad" in result.stderr and all(b == 10 or 32 <= b < 127 for b in result.stderr) and b"first?second" in result.stderr,
          "in messages there is printable text only", result.stderr)


def test_keys():
    """Keys of all bytes: the right list, or an error that says which key."""
    for name, key, part in [("a byte 0", b"in/a%00b", "byte 0"), ("bytes that are no UTF-8", b"in/%FFb", "\\xff"), ("half a character", b"in/%C3", "\\xc3")]:
        odd.reset(listed(item(b"in/1"), item(key), item(b"in/2")))
        fails("SELECT object_uri FROM gpu_encode.s3_list('s3://odd/in/', 'odd')", ["38000", "cannot be read", part], "a key with %s is an error" % name)
    odd.reset(listed(item(b"in/1.csv"), item(b"in/%FF"), item(b"in/%C3"), item(b"in/2.csv")))
    equal("SELECT object_uri FROM gpu_encode.s3_list('s3://odd/in/*.csv', 'odd')", "s3://odd/in/1.csv\ns3://odd/in/2.csv", "which is in nobody's way who does not ask for it")
    odd.reset(listed(item(b"in/%01%09"), item(b"in/%7F"), item(b"in/+%2B")))
    equal("SELECT encode(convert_to(object_uri, 'UTF8'), 'hex') FROM gpu_encode.s3_list('s3://odd/in/', 'odd')",
          "\n".join(sorted(("s3://odd/in/" + end).encode().hex() for end in ["\x01\t", "\x7f", " +"])), "control characters are listed")
    sql("CREATE TABLE numbers (a int)")
    importing, creating = "SELECT * FROM gpu_encode.s3_import('numbers', 's3://odd/p/', server => 'odd')", "SELECT * FROM gpu_encode.s3_create_table('made', 's3://odd/p/', %sserver => 'odd')"
    csi = "p/\u009b31m.csv"
    for name, key, part, statements in [
            ("of ASCII", b"p/a%1B%5B31mb%0Ac.csv", "p/a\\x1b[31mb\\x0ac.csv", [importing, creating % ""]),
            ("beyond ASCII", b"p/%C2%9B31m.csv", "p/\\xc2\\x9b31m.csv", [importing, creating % "column_types => '{\"z\": \"int\"}', ", creating % "column_types => '{\"a\": \"int\"}', "])]:
        odd.reset(lambda request: listed(item(key))(request), **{csi: b"a\nx\n"})
        for statement in statements:
            found = sql(statement)
            check("ERROR" in found and part in found and "\x1b" not in found and "\u009b" not in found and "b\nc" not in found,
                  "control characters %s in a key are escapes in messages" % name, found)
    for name, content in [("a field that is missing", b"a,b\n1\n"), ("a byte 0", b"a\n\0\n")]:
        odd.reset(lambda request: listed(item(b"p/%C2%9B31m.csv"))(request), **{csi: content})
        found = sql(creating % "")
        check("ERROR" in found and "\\xc2\\x9b31m" in found and "\u009b" not in found, "so they are in errors of %s" % name, found)
    odd.reset(lambda request: listed(item(b"p/%C2%9B31m.csv"))(request), **{csi: b"a\n1\n"})
    equal("SELECT rows_imported FROM gpu_encode.s3_import('numbers', 's3://odd/p/', server => 'odd'); DROP TABLE numbers", "1", "and such a key is read")
    for what, text in [("size", {"size": b"-1"}), ("size", {"size": b"5x"}), ("size", {"size": b"99999999999999999999"}), ("size", {"size": b""}),
                       ("time", {"time": b"now"}), ("time", {"time": b"infinity"}), ("time", {"time": b"\xff"})]:
        odd.reset(listed(item(b"a", **text)))
        fails("SELECT * FROM gpu_encode.s3_list('s3://odd/', 'odd')", ["38000", what], "a %s %s is an error" % (what, list(text.values())[0]))
    odd.reset(listed(item(b"a", time=b"2026-99-99T00:00:00Z")))
    fails("SELECT * FROM gpu_encode.s3_list('s3://odd/', 'odd')", ["22008"], "so is a day that is none")
    odd.reset(listed(item(b"a"), item(b"b"), item(b"a")))
    fails("SELECT * FROM gpu_encode.s3_list('s3://odd/', 'odd')", ["38000", "twice"], "and an object that comes twice")


def test_other_encodings():
    for encoding, shown in [("LATIN1", ["s3://odd/\u00e9", "\u00e9\\xd0\\x96"]), ("SQL_ASCII", None)]:
        sql("CREATE DATABASE other ENCODING %s TEMPLATE template0 LOCALE 'C'" % encoding)
        other = {"PGDATABASE": "other", "PGCLIENTENCODING": "UTF8"}
        sql(tap.CREATE_EXTENSION + "CREATE SERVER odd FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (endpoint 'http://127.0.0.1:%d')" % odd.port, env=other)
        odd.reset(listed(item(b"%C3%A9", b"\xc3\xa9\xd0\x96"), item(b"in/%D0%96")))
        if shown:
            check(sql("SELECT object_uri, etag FROM gpu_encode.s3_list('s3://odd/\u00e9', 'odd')", env=other) == "|".join(shown), encoding + " has what it can", tap.outputs[-1])
            found = sql("SELECT object_uri FROM gpu_encode.s3_list('s3://odd/in/', 'odd')", env=other)
            check("38000" in found and "LATIN1" in found, "and an error for a key that it cannot have", found)
        else:
            found = sql("SELECT object_uri FROM gpu_encode.s3_list('s3://odd/', 'odd')", env={**other, "PGCLIENTENCODING": "SQL_ASCII"})
            check(found == "s3://odd/in/\u0416\ns3://odd/\u00e9", encoding + " has all bytes", found)
        sql("DROP DATABASE other")


def warn_of_texts(quiet):
    """However a statement's text has a secret, and for whatever reason it is logged."""
    setting = "SELECT gpu_encode.s3_set_credentials('odd', 'key', %s)"
    elsewhere = "btrim(pg_read_file('%s'), E'\\n')" % SECRET_FILE
    written = {"a doubled quote": setting % "'sec''ret'", "an escape": setting % "E'sec\\\\ret'", "a letter as a number": setting % "E'\\x73ecret'",
               "a code point": setting % "U&'\\0073ecret'", "two parts": setting % "'sec' || 'ret'", "parts of a stable function": setting % "concat('sec', 'ret')",
               "PREPARE": "PREPARE p AS %s; EXECUTE p" % (setting % "'secret4'"), "EXECUTE": "SET log_parameter_max_length = 0; PREPARE p(text) AS %s; EXECUTE p(E'sec\\x72et')" % (setting % "$1"),
               "EXECUTE of a generic plan": "SET log_parameter_max_length = 0; SET plan_cache_mode = force_generic_plan; PREPARE p(text) AS %s; EXECUTE p(E'sec\\x72et')" % (setting % "$1"),
               "a subquery": setting % "(SELECT E'sec\\x72et')", "rows": setting % "s" + " FROM (VALUES (E'sec\\x72et'), (E'sec\\x72ets')) v (s)",
               "DO": "DO $$ BEGIN PERFORM gpu_encode.s3_set_credentials('odd', 'key', E'sec\\x72et'); END $$"}
    for name, statement in written.items():
        found = sql(statement)
        check("WARNING" in found and "secret access key may" in found and "ERROR" not in found, "a secret with %s: a warning" % name, found)
        found = sql(quiet + statement)
        check(found == "", "no warning when it is not logged", found)
    found = sql(setting % (elsewhere + ", 'to' || 'ken'"))
    check("session token may" in found and "secret access key may" not in found, "a token in the text beside a key that is not: a warning of the token", found)
    equal(setting % "s" + " FROM %s AS s" % elsewhere, "", "a key from a file: none")
    equal("CREATE TABLE secrets AS SELECT 'Table' || 'S3cret' AS s; %s FROM secrets; DROP TABLE secrets" % (setting % "s"), "", "nor for one from a table")
    for name in ["log_statement_stats", "log_parser_stats", "log_planner_stats", "log_executor_stats", "debug_print_parse", "debug_print_rewritten", "debug_print_plan"]:
        secret = "Traced_%s" % name
        found = sql(quiet + "SET %s = on; " % name + setting % "'%s'" % secret)
        with open(os.environ["GE_SERVER_LOG"], errors="replace") as file:
            check("WARNING" in found and secret in file.read(), "%s logs the text: a warning" % name, found)
    equal(quiet + "SET log_duration = on; " + setting % "'Timed' || 'S3cret'", "", "log_duration does not: no warning")
    found = sql("SET log_statement = ddl; %s\\; CREATE TEMP TABLE beside ()" % (setting % "'Beside' || 'S3cret'"))
    check("WARNING" in found, "one statement of a text is logged with the others: a warning", found)


def test_warning():
    """The log of statements has what is bound, too."""
    script = os.path.join(DIRECTORY, "bound.sql")
    with open(script, "w") as file:
        file.write("SELECT gpu_encode.s3_set_credentials('odd', :id, :secret);\n")
    for name, options, warned in [("as they are", "", True), ("without parameters in the log", "-c log_parameter_max_length=0", False),
                                  ("when nothing is logged", "-c log_statement=none", False),
                                  ("when slow statements are", "-c log_statement=none -c log_min_duration_statement=10s", True),
                                  ("when data definitions are", "-c log_statement=ddl", False),
                                  ("when figures of statements are", "-c log_statement=none -c log_executor_stats=on", False),
                                  ("with parameters of errors", "-c log_statement=none -c log_executor_stats=on -c log_parameter_max_length_on_error=-1", True),
                                  ("when plans are", "-c log_parameter_max_length=0 -c debug_print_plan=on", True)]:
        secret = "Bound%dS3cret" % len(name)
        result = subprocess.run(["pgbench", "-n", "-t", "1", "-M", "extended", "-D", "id=key", "-D", "secret=" + secret, "-f", script], capture_output=True,
                                text=True, timeout=60, env={**os.environ, "PGOPTIONS": options})
        with open(os.environ["GE_SERVER_LOG"], errors="replace") as file:
            logged = secret in file.read()
        check(("WARNING" in result.stderr and "log_parameter_max_length" in result.stderr) == warned and (warned or not logged) and result.returncode == 0,
              "secrets that are bound, with the settings %s: %s" % (name, "a warning" if warned else "no warning, and not in the log"), result.stderr)
    found = sql("SELECT gpu_encode.s3_set_credentials('odd', 'key', 'LiteralS3cret')")
    check("WARNING" in found and "as a parameter" in found, "one in the statement's text: a warning", found)
    equal("SET log_statement = none; SELECT gpu_encode.s3_set_credentials('odd', 'key', 'LiteralS3cret')", "", "unless that is not logged")
    quiet = "SET log_statement = none; "
    found = sql(quiet + "LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SELECT gpu_encode.s3_set_credentials('odd', 'key', 'ExplainedS3cret')")
    check("WARNING" in found and "as a parameter" in found, "auto_explain has it, too: a warning", found)
    equal(quiet + "LOAD 'auto_explain'; SELECT gpu_encode.s3_set_credentials('odd', 'key', 'ExplainedS3cret')", "", "unless it explains nothing")
    warn_of_texts(quiet)
    for name, call in [("a server that is none", "SELECT gpu_encode.s3_set_credentials('od', 'key', 'FailedS3cret')"),
                       ("a key that is none", "SELECT gpu_encode.s3_set_credentials('odd', E'a\\nb', 'FailedS3cret')"),
                       ("a NULL", "SELECT gpu_encode.s3_set_credentials('odd', NULL, 'FailedS3cret')"),
                       ("parameters", "SET log_parameter_max_length_on_error = -1; PREPARE p AS SELECT gpu_encode.s3_set_credentials('od', 'key', $1); EXECUTE p('FailedS3cret')")]:
        fails(quiet + call, ["ERROR"], "an error of %s" % name)
    for arguments in ["'none', '', 'KEY', 'FailedS3cret'", "'none', '', NULL, 'FailedS3cret'"]:
        fails(quiet + "SELECT aws_s3.table_import_from_s3('one', '', '', 'odd', %s)" % arguments, ["ERROR"], "an error of an import with keys")
    for name, table, columns, parts in [("no table", "nope", "", ["42P01", '"nope" does not exist']), ("a name that is none", 'one."a', "", ["42602"]),
                                        ("a schema that is none", "nowhere.one", "", ["3F000"]), ("a NULL", None, "", ["22004", "table_name"]),
                                        ("columns that are none", "one", "1a", ["42703", "1a"]), ("a column twice", "one", "a, a", ["42701"])]:
        for credentials in ["'KEY', 'FailedS3cret'", "'KEY', 'x', 'FailedS3cret'"]:
            fails(quiet + "SELECT aws_s3.table_import_from_s3(%s, '%s', '', 'odd', 'none', '', %s)" % ("'%s'" % table if table else "NULL", columns, credentials), parts,
                  "an import with keys into %s" % name)
    odd.reset(rows=b"1\n")
    equal(quiet + "CREATE SCHEMA s_first; CREATE TABLE s_first.theirs (a int); SET search_path = s_first;"
          "SELECT aws_s3.table_import_from_s3('theirs', '', '(format csv)', 'odd', 'rows', '', 'KEY', 'FailedS3cret')",
          '1 rows imported into relation "theirs" from file rows of 2 bytes', "tables are found in the caller's search_path")
    fails(quiet + "SET ROLE s_nobody; SELECT aws_s3.table_import_from_s3('one', '', '', 'odd', 'none', '', 'KEY', 'FailedS3cret')",
          ["42501", "permission denied to read objects of S3", "gpu_encode_s3_read"], "an import with keys by nobody")
    fails(quiet + "SELECT aws_s3.table_import_from_s3('one', '', '', 'odd', 'none', '', NULL, NULL, 'FailedS3cret')", ["22023", "session token"],
          "a session token without keys is not ignored")
    with open(os.environ["GE_SERVER_LOG"], errors="replace") as file:
        check("FailedS3cret" not in file.read(), "leaves no secret in the log")
    equal("SELECT gpu_encode.s3_set_credentials('odd', 'key', btrim(pg_read_file('%s'), E'\\n'))" % SECRET_FILE, "", "nor of one that comes from elsewhere")


def test_allowed():
    """gpu_encode.s3_allowed_endpoints by host, port and address."""
    for entry, reached in [("127.0.0.1", True), ("127.0.0.1:%d" % odd.port, True), ("127.0.0.1:80", False), ("127.0.0.1:443", False), ("[::1]", False),
                           ("other.example, 127.0.0.1:%d" % odd.port, True)]:
        odd.reset(listed())
        found = sql("SET gpu_encode.s3_allowed_endpoints = '%s'; SELECT gpu_encode.s3_list('s3://odd/', 'odd')" % entry)
        check(bool(odd.requests) == reached and ("42501" in found) != reached, "the entry %s %s" % (entry, "allows" if reached else "does not"), found)


def test_wrong_entries():
    """An entry that no endpoint can match is refused, and closes where it cannot be."""
    for value in ["::1", "http://127.0.0.1", "*", ",", " , ", " ", "127.0.0.1, http://127.0.0.1"]:
        fails("LOAD 'gpu_encode'; SET gpu_encode.s3_allowed_endpoints = '%s'" % value, ["22023", "DETAIL", "without a scheme"], "the value '%s' is refused" % value)
        odd.reset(listed())
        found = sql("SET gpu_encode.s3_allowed_endpoints = '%s'; LOAD 'gpu_encode'; SELECT gpu_encode.s3_list('s3://odd/', 'odd')" % value)
        right = "127.0.0.1," in value
        check("WARNING" in found and "without a scheme" in found and ("42501" in found and not odd.requests) != right, "said before the library is there it %s"
              % ("allows what is right in it" if right else "allows nothing"), found)
    equal("LOAD 'gpu_encode'; SET gpu_encode.s3_allowed_endpoints = ''; SHOW gpu_encode.s3_allowed_endpoints", "", "an empty list is none")
    for value in ["[::1]:80, *.example.org,127.0.0.1", "a.example.org,"]:
        equal("LOAD 'gpu_encode'; SET gpu_encode.s3_allowed_endpoints = '%s'; SHOW gpu_encode.s3_allowed_endpoints" % value, value, "the value '%s' is taken" % value)


tap.run([test_setup, test_choices, test_scopes, test_controls, test_bytes, test_keys, test_other_encodings, test_allowed, test_wrong_entries, test_warning])
tap.finish()
