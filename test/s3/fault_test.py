"""Jobs behind a proxy that spoils connections by plans.  Arguments: port, secret, file with the secret, first seed, runs.

A run is one import, export or job with a plan that its seed decides.  It either does all of its work or ends in a clear error, and then it
leaves nothing: no row, no object, no upload.  Several runs go on at once, each worker with a proxy and a bucket of its own.
"""
import gzip
import os
import sys
import threading

import tap
from client import Client
from fault_proxy import FaultProxy
from tap import check, sql

PORT, SECRET, SECRET_FILE, FIRST, RUNS = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
WORKERS = 8
ROWS = "id,name\n" + "".join("%d,row %d\n" % (i, i) for i in range(30000))
LINES = b"".join(b"%d,%s\n" % (i, b"row %d" % i if i % 7 else b"") for i in range(1, 20001))
WIDE = b"".join(b"%d,%s\n" % (i, b"x" * 1000) for i in range(1, 6001))
TRAIN = "class,age,income\n" + "".join("%s,%02d,%d\n" % ("abc"[i % 3], i % 90, i % 2) for i in range(6000))
client = Client(PORT, "test:tester", SECRET)
lock = threading.Lock()
wrong, good, runs, counts = [], 0, 0, {}
expected_job = {}


def is_clear(found):
    return "ERROR" in found and "XX000" not in found and "server closed the connection" not in found


def import_run(bucket, name):
    found = sql("BEGIN; SELECT rows_imported FROM gpu_encode.s3_import('back', 's3://%s/%s', server => '%s');"
                "SELECT count(*), count(DISTINCT id), sum(id) FROM back" % (bucket, name, bucket))
    well = found == "30000\n30000|30000|449985000"
    return well, well or (is_clear(found) and "30000" not in found.split("\n")[0]), found


def look(bucket, prefix):
    """The bytes of the objects under a prefix, in the order of their parts; whether uploads are left; all is removed."""
    keys = sorted((k.decode() for k in client.keys(bucket, prefix)), key=lambda k: (len(k), k))
    uploads = client.uploads(bucket)
    bodies = {k: client.get(bucket, k) or b"" for k in keys}
    for k in keys:
        client.delete(bucket, k)
    for upload in set(uploads):
        client.request("DELETE", bucket, prefix, query={"uploadId": upload.decode()})
    return bodies, uploads


def judge(bucket, prefix, found, done, right):
    bodies, uploads = look(bucket, prefix)
    if uploads:
        return False, False, "uploads left: %r after %s" % (uploads, found)
    if found == done:
        return True, right(bodies), "wrong bytes in %r" % sorted(bodies)
    return False, is_clear(found) and not bodies, "%s, and these objects: %r" % (found, sorted(bodies))


def export_run(bucket, prefix, query, rows, more, lines):
    found = sql("SELECT rows_uploaded FROM gpu_encode.s3_export('%s', 's3://%s/%s', '(format csv)', server => '%s'%s)"
                % (query, bucket, prefix, bucket, more))
    plain = lambda body: gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
    return judge(bucket, prefix, found, rows, lambda bodies: b"".join(plain(body) for body in bodies.values()) == lines)


def job_run(bucket, prefix):
    found = sql("SELECT part, rows FROM gpu_encode.preprocess_s3('s3://%s/train', 's3://%s/%s/a.csv', 'income', '{class}', 's3://%s/new.gz',"
                " 's3://%s/%s/b.csv', server => '%s', smooth => 1)" % (bucket, bucket, prefix, bucket, bucket, prefix, bucket))
    return judge(bucket, prefix, found, "train|6000\nvalidation|6000",
                 lambda bodies: {k.rsplit("/")[-1]: body for k, body in bodies.items()} == expected_job)


def run(proxy, bucket, seed):
    """(ended well, was right, what was said)"""
    settings = ("SET gpu_encode.s3_stall_timeout = 1; SET gpu_encode.s3_max_attempts = %d; SET gpu_encode.s3_part_size = '%s';"
                % (1 + seed // 8 % 5, "5MB" if seed % 8 == 6 else "64kB"))
    name = "run/%d" % seed
    proxy.plan(seed, 0.15 + 0.5 * (seed // 8 % 4) / 3)
    kinds = [lambda: export_run(bucket, name, "SELECT id, name FROM small ORDER BY id", "20000", ", max_file_size => '120kB'", LINES),
             lambda: import_run(bucket, "plain"),
             lambda: export_run(bucket, name, "SELECT id, name FROM small ORDER BY id", "20000", "", LINES),
             lambda: import_run(bucket, "zipped.gz"),
             lambda: export_run(bucket, name + ".gz", "SELECT id, name FROM small ORDER BY id", "20000", ", max_file_size => '200kB'", LINES),
             lambda: import_run(bucket, "pl*"),
             lambda: export_run(bucket, name, "SELECT id, name FROM wide ORDER BY id", "6000", "", WIDE),
             lambda: job_run(bucket, name)]
    tap.preamble.value = settings
    result = kinds[seed % 8]()
    proxy.plan(seed, 0)
    return result


def work(bucket, seeds):
    global good, runs
    proxy = FaultProxy(PORT)
    sql("CREATE SERVER %s FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (endpoint 'http://127.0.0.1:%d');"
        "SELECT gpu_encode.s3_set_credentials('%s', 'test:tester', btrim(pg_read_file('%s'), E'\\n'))" % (bucket, proxy.port, bucket, SECRET_FILE))
    for seed in seeds:
        try:
            well, right, said = run(proxy, bucket, seed)
        except Exception as error:  # the other runs are worth having all the same
            well, right, said = False, False, "%s: %s" % (type(error).__name__, error)
        with lock:
            runs += 1
            good += well
            if not right:
                wrong.append("seed %d: %s" % (seed, said))
    with lock:
        for fate, n in proxy.counts.items():
            counts[fate] = counts.get(fate, 0) + n


def prepare(bucket):
    client.make_bucket(bucket)
    client.put(bucket, "plain", ROWS.encode())
    client.put(bucket, "zipped.gz", gzip.compress(ROWS.encode()))
    client.put(bucket, "train", TRAIN.encode())
    client.put(bucket, "new.gz", gzip.compress(TRAIN.encode()))


tap.preamble.value = ""
sql("CREATE DATABASE faults")
os.environ["PGDATABASE"] = "faults"
found = sql(tap.CREATE_EXTENSION + "CREATE TABLE back (id int, name text);"
    "CREATE TABLE small AS SELECT i AS id, CASE WHEN i %% 7 > 0 THEN 'row ' || i END AS name FROM generate_series(1, 20000) i;"
    "CREATE TABLE wide AS SELECT i AS id, repeat('x', 1000) AS name FROM generate_series(1, 6000) i;"
    "CREATE SERVER faults FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (endpoint 'http://127.0.0.1:%d');"
    "SELECT gpu_encode.s3_set_credentials('faults', 'test:tester', btrim(pg_read_file('%s'), E'\\n'))" % (PORT, SECRET_FILE))
check(found == "", "tables and a server", found)
for i in range(WORKERS):
    prepare("faults%d" % i)
sql("SELECT gpu_encode.preprocess_s3('s3://faults0/train', 's3://faults0/out/a.csv', 'income', '{class}', 's3://faults0/new.gz', 's3://faults0/out/b.csv',"
    " server => 'faults', smooth => 1)")
expected_job = {name: client.get("faults0", "out/" + name) for name in ["a.csv", "b.csv"]}
check(None not in expected_job.values(), "the job without faults", tap.outputs[-1:])
threads = [threading.Thread(target=work, args=("faults%d" % i, range(FIRST + i, FIRST + RUNS, WORKERS)), daemon=True) for i in range(WORKERS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(60 * (2 + RUNS // WORKERS))  # a statement may take a minute
check(not any(thread.is_alive() for thread in threads), "every run has ended", "waited for the runs of one proxy")
check(not wrong and runs == RUNS, "%d runs with faults: all of the work or an error, and nothing left" % RUNS, "\n".join(wrong[:9]))
check(good >= RUNS / 4, "many of them end well", good)
print("# %d of %d runs ended well, %d were wrong; connections: %s" % (good, runs, len(wrong), counts))
check(not any(SECRET in output for output in tap.outputs), "no secret in any message")
tap.finish()
