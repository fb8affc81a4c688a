"""Tables from CSV objects, and the job from bucket to bucket, against Swift.  Arguments: port, secret, file with the secret."""
import gzip
import os
import sys

import tap
from client import Client
from tap import check, equal, fails, skip, sql

PORT, SECRET, SECRET_FILE = int(sys.argv[1]), sys.argv[2], sys.argv[3]
CENSUS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../shared/data/census")
client = Client(PORT, "test:tester", SECRET)
JOB = ("SELECT part, rows, columns, cardinality(label_coded) FROM gpu_encode.preprocess_s3('s3://job/%s', 's3://job/%s', 'income', '{%s}',"
       " 's3://job/%s', 's3://job/%s', smooth => 0.001, null_value => 'None', pos_label => '50000+.'%s)")


def part(first, last):
    return "class,age,income\n" + "".join("%s,%02d,%s\n" % ("abc"[i % 3] if i % 7 else "", i % 90, "50000+." if i % 4 else "- 50000.")
                                          for i in range(first, last))


def test_setup():
    client.make_bucket("job")
    check(sql("CREATE EXTENSION IF NOT EXISTS gpu_encode; CREATE SERVER job FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (endpoint 'http://127.0.0.1:%d', scope 's3://job');"
              "SELECT gpu_encode.s3_set_credentials('job', 'test:tester', pg_catalog.btrim(pg_read_file('%s'), E'\\n'))"
              % (PORT, SECRET_FILE)) == "", "a server is created")
    client.put("job", "in/part1.csv", part(0, 5000).encode())
    client.put("job", "in/part2.csv.gz", gzip.compress(part(5000, 9000).encode()))
    client.put("job", "in/part3.csv", b"")
    client.put("job", "new.csv", part(20, 400).encode())


def test_create_table():
    equal("SELECT created, rows_imported, files_imported FROM gpu_encode.s3_create_table('parts', 's3://job/in/*');"
          "SELECT attname, atttypid::regtype FROM pg_attribute WHERE attrelid = 'parts'::regclass AND attnum > 0",
          "parts|9000|3\nclass|text\nage|text\nincome|text", "a pattern makes one table")
    equal("SELECT rows_imported FROM gpu_encode.s3_create_table('typed', 's3://job/in/', '{\"age\": \"int\"}', sample_rows => 10);"
          "SELECT sum(age), count(class) FROM typed", "9000\n%d|%d" % (sum(i % 90 for i in range(9000)), sum(i % 7 > 0 for i in range(9000))),
          "a prefix, with a type that is given")
    client.put("job", "other/a.csv", b"a,b\n1,2\n")
    client.put("job", "other/b.csv", b"b,a\n1,2\n")
    fails("SELECT gpu_encode.s3_create_table('e', 's3://job/other/')", ["22P04", "other/b.csv"], "files with other columns are refused")
    fails("SELECT gpu_encode.s3_create_table('e', 's3://job/none*')", ["58P01"], "a pattern without objects")


def test_job():
    arguments = ("in/*", "out/train.csv", "class", "new.csv", "out/", "")
    equal(JOB % arguments, "train|9000|4|2\nvalidation|380|4|2", "the job from bucket to bucket")
    train, new = client.get("job", "out/train.csv"), client.get("job", "out/new.csv")
    equal("SELECT rows_imported FROM gpu_encode.s3_create_table('new', 's3://job/new.csv');"
          "SELECT part, rows FROM gpu_encode.preprocess('parts', 'parts_t', 'income', '{class}', 'new', 'new_t',"
          " smooth => 0.001, null_value => 'None', pos_label => '50000+.');"
          "SELECT rows_uploaded FROM gpu_encode.s3_export('SELECT * FROM parts_t ORDER BY ctid', 's3://job/t/train.csv');"
          "SELECT rows_uploaded FROM gpu_encode.s3_export('SELECT * FROM new_t ORDER BY ctid', 's3://job/t/new.csv')",
          "380\ntrain|9000\nvalidation|380\n9000\n380", "the job on tables")
    check(train is not None and train == client.get("job", "t/train.csv"), "train is equal to that of tables")
    check(new is not None and new == client.get("job", "t/new.csv"), "validation is equal to that of tables")
    fails(JOB % arguments, ["58P02", "out/train.csv"], "objects that exist stay")
    equal(JOB % (arguments[:5] + (", overwrite => true",)), "train|9000|4|2\nvalidation|380|4|2", "unless they may be replaced")
    check(train == client.get("job", "out/train.csv"), "twice the same bytes")
    equal("BEGIN; " + JOB % ("in/*", "rolled/a.csv.gz", "class", "new.csv", "rolled/b.csv", "") + "; ROLLBACK",
          "train|9000|4|2\nvalidation|380|4|2", "a job that is rolled back")
    check(gzip.decompress(client.get("job", "rolled/a.csv.gz") or b"") == train, "leaves its objects, compressed by their names")


def test_warning():
    for train, validation, warns in [("new.csv", "new.csv", True), ("in/*", "in/part1.csv", True), ("in/part1.csv", "in/", True), ("in/*", "new.csv", False)]:
        found = sql(JOB % (train, "warn/a.csv", "class", validation, "warn/b.csv", ", overwrite => true"))
        check("validation|" in found and ("WARNING" in found and "both train and validation" in found) == warns, "%s and %s: %s" % (train, validation, warns), found)
    found = sql((JOB % ("new.csv", "warn/a.csv", "", "new.csv", "warn/b.csv", ", overwrite => true")).replace("'income', '{}'", "NULL, '{}'").replace("pos_label => '50000+.'", "pos_label => NULL"))
    check("validation|" in found and "WARNING" not in found, "codes alone give no warning", found)


def test_failures():
    client.put("job", "odd.csv", part(20, 400).replace("b,", "never seen,").encode())
    begun = client.keys("job")
    fails(JOB % ("in/*", "no/a.csv", "class", "odd.csv", "no/b.csv", ", labels_from_validation => false"), ["never seen"],
          "values without a code")
    fails(JOB % ("in/*", "no/", "class", "new.csv", "no/", ""), ["22023", "base name"], "a pattern has no base name")
    for train, output, new, new_output in [("in/*", "in/train.csv", "new.csv", "no/"), ("in/", "in/deep/train.csv", "new.csv", "no/"),
                                           ("in/part1.csv", "no/", "other/*.csv", "other/new.csv"), ("in/*", "no/a.csv", "new.csv", "in/new.csv"),
                                           ("new.csv", "new.csv", "in/part1.csv", "no/")]:
        fails(JOB % (train, output, "class", new, new_output, ", overwrite => true"), ["22023", "output would be an input"],
              "an output is not among the inputs: %s, %s" % (output, new_output))
    fails((JOB % ("in/*", "in/train.csv", "class", "new.csv", "no/", "")).replace("'s3://job/in/t", "'S3://job/in/t"), ["22023", "would be an input"],
          "however its uri is written")
    fails("SET statement_timeout = '30ms'; " + JOB % ("in/*", "no/a.csv", "class", "new.csv", "no/b.csv", ""), ["57014"], "a time-out")
    check(client.keys("job") == begun and not client.uploads("job"), "leave neither objects nor uploads", client.uploads("job"))


def test_census():
    if not os.path.exists(CENSUS):
        return skip("the census job", "no ../shared/data here")
    for name in ["train.csv.gz", "validation.csv.gz"]:
        with open(os.path.join(CENSUS, name), "rb") as file:
            client.put("job", "census/" + name, file.read())
    columns = "class of worker,education,major industry code"
    job = lambda folder, more: sql(JOB % ("census/train.csv.gz", folder + "/train.csv", columns, "census/validation.csv.gz",
                                          folder + "/validation.csv", more), timeout=300)
    outputs = lambda folder: [client.get("job", folder + "/" + name) for name in ["train.csv", "validation.csv"]]
    found = job("c1", "")
    check(found == "train|199523|37|28\nvalidation|99762|37|28", "the census job codes 28 columns by inference", found)
    found = job("c2", ", column_types => '{\"*\": \"text\"}'")
    check(found == "train|199523|37|33\nvalidation|99762|37|33", "33 with all columns as text", found)
    job("c3", ", column_types => '{\"*\": \"text\"}'")
    check(outputs("c2") == outputs("c3") and None not in outputs("c2"), "twice the same bytes")
    sql("".join("SELECT gpu_encode.s3_create_table('%s', 's3://job/census/%s.csv.gz', '{\"*\": \"text\"}');" % (name, name)
                for name in ["train", "validation"]) +
        "SELECT gpu_encode.preprocess('train', 'train_t', 'income', '{%s}', 'validation', 'validation_t', smooth => 0.001,"
        " null_value => 'None', pos_label => '50000+.');" % columns +
        "".join("SELECT gpu_encode.s3_export('SELECT * FROM %s_t ORDER BY ctid', 's3://job/c4/%s.csv');" % (name, name)
                for name in ["train", "validation"]), timeout=300)
    check(outputs("c2") == outputs("c4"), "the same as from tables of text")


tap.run([test_setup, test_create_table, test_job, test_warning, test_failures, test_census])
check(not any(SECRET in output for output in tap.outputs), "no secret in any message")
tap.finish()
