"""The measurements of the benchmark s3.  Arguments: port and secret of Swift, a directory in which anybody may write."""
import os
import re
import statistics
import subprocess
import sys
import threading
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../s3"))
from client import Client  # noqa: E402

PORT, SECRET, DIRECTORY = int(sys.argv[1]), sys.argv[2], sys.argv[3]
MEGABYTES, REPEATS = int(os.environ["MEGABYTES"]), int(os.environ["REPEATS"])
FILE, OUTPUT, PID = DIRECTORY + "/rows.csv", DIRECTORY + "/output.csv", DIRECTORY + "/pid"
ROW = """i AS id, 'city ' || i * 7919 % 1000 AS city, timestamp '2020-01-01' + i * interval '17 second' AS visited,
 round((i * 31 % 100000)::numeric / 100, 2)::float8 AS amount, md5(i::text) AS note, i % 3 = 0 AS flag, (i * 13 % 5000)::int AS code"""
client = Client(PORT, "test:tester", SECRET)
times, cpu, memory = {}, {}, {}


def psql(text):
    result = subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1"], input=text, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(result.stderr)
    return result.stdout.strip()


def watch(name, stop):
    """Peak of private memory, and processor seconds, of the backend whose pid is written to a file."""
    peak = seconds = 0
    while not stop.wait(0.02):
        try:
            with open(PID) as file:
                pid = int(file.read())
            with open("/proc/%d/status" % pid) as file:
                peak = max(peak, int(re.search(r"RssAnon:\s*(\d+)", file.read())[1]))
            with open("/proc/%d/stat" % pid) as file:
                seconds = sum(map(int, file.read().rsplit(")", 1)[1].split()[11:13])) / os.sysconf("SC_CLK_TCK")
        except (OSError, ValueError):
            pass
    memory[name] = max(memory.get(name, 0), peak)
    cpu.setdefault(name, []).append(seconds)


def measure(name, statement, before=""):
    psql("CHECKPOINT; " + before)
    stop = threading.Event()
    open(PID, "w").close()
    watcher = threading.Thread(target=watch, args=(name, stop))
    watcher.start()
    begun = time.time()
    psql("\\o %s\nSELECT pg_backend_pid();\n\\o\n%s\n" % (PID, statement))
    times.setdefault(name, []).append(time.time() - begun)
    stop.set()
    watcher.join()
    print("  %-28s %6.2f s" % (name, times[name][-1]), flush=True)


def make_rows():
    psql("""CREATE EXTENSION gpu_encode;
        CREATE UNLOGGED TABLE rows AS SELECT %s FROM generate_series(1::bigint, %d) i;
        COPY rows TO '%s' (FORMAT csv, HEADER)""" % (ROW, MEGABYTES * 12000, FILE))
    os.chmod(FILE, 0o644)
    print("%.0f MB of CSV, %s rows" % (os.path.getsize(FILE) / 1e6, psql("SELECT count(*) FROM rows")), flush=True)
    psql("CREATE UNLOGGED TABLE target (LIKE rows)")


def make_servers():
    bytes_server = subprocess.Popen([sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "byte_server.py"), FILE],
                                    stdout=subprocess.PIPE, text=True)
    ports = {"swift": PORT, "bytes": int(bytes_server.stdout.readline())}
    for name, port in ports.items():
        psql("CREATE SERVER %s FOREIGN DATA WRAPPER gpu_encode_s3 OPTIONS (endpoint 'http://127.0.0.1:%d');"
             "SELECT gpu_encode.s3_set_credentials('%s', 'test:tester', '%s')" % (name, port, name, SECRET))
    return bytes_server


def export(server):
    return "SELECT gpu_encode.s3_export('TABLE rows', 's3://bench/out.csv', server => '%s', overwrite => true);" % server


def import_from(server):
    return "SELECT gpu_encode.s3_import('target', 's3://bench/rows.csv', server => '%s');" % server


def check_rows():
    found = psql("SELECT count(*), sum(id), sum(code) FROM target")
    if found != psql("SELECT count(*), sum(id), sum(code) FROM rows"):
        sys.exit("wrong rows: " + found)


def measure_commands():
    for _ in range(REPEATS):
        measure("\\copy FROM a file", "\\copy target FROM '%s' (FORMAT csv, HEADER)" % FILE, "TRUNCATE target")
        measure("s3_import from Swift", import_from("swift"), "TRUNCATE target")
        check_rows()
        measure("s3_import, bytes only", import_from("bytes"), "TRUNCATE target")
        measure("COPY TO a file", "COPY rows TO '%s' (FORMAT csv, HEADER);" % OUTPUT, "TRUNCATE target")
        os.unlink(OUTPUT)
        measure("s3_export to Swift", export("swift"))
        client.delete("bench", "out.csv")
        measure("s3_export, bytes only", export("bytes"))


def curl(name, commands):
    begun = time.time()
    for process in [subprocess.Popen(["bash", "-c", "set -o pipefail; " + command.replace("CURL", "curl -sSf --noproxy '*'")], stdout=subprocess.DEVNULL)
                    for command in commands]:
        if process.wait() != 0:
            sys.exit("curl failed")
    times.setdefault(name, []).append(time.time() - begun)
    print("  %-28s %6.2f s" % (name, times[name][-1]), flush=True)


def measure_swift():
    """What Swift gives to and takes from curl, which does nothing with it: in one stream and in four."""
    size = os.path.getsize(FILE)
    quarter = -(-size // 4)
    source = client.url("GET", "bench", "rows.csv")
    for i in range(4):
        subprocess.run("tail -c +%d '%s' | head -c %d >'%s.%d'" % (i * quarter + 1, FILE, quarter, FILE, i), shell=True, check=True)
    for _ in range(REPEATS):
        curl("curl GET from Swift", ["CURL '%s'" % source])
        curl("curl GET, four ranges", ["CURL -r %d-%d '%s'" % (i * quarter, min((i + 1) * quarter, size) - 1, source) for i in range(4)])
        curl("curl PUT to Swift", ["CURL -T '%s' '%s'" % (FILE, client.url("PUT", "bench", "put"))])
        client.delete("bench", "put")
        curl("curl PUT, four objects", ["CURL -T '%s.%d' '%s'" % (FILE, i, client.url("PUT", "bench", "put%d" % i)) for i in range(4)])
        for i in range(4):
            client.delete("bench", "put%d" % i)


def report():
    median = {name: statistics.median(values) for name, values in times.items()}
    bars = {"s3_import from Swift": "\\copy FROM a file", "s3_import, bytes only": "\\copy FROM a file",
            "s3_export to Swift": "COPY TO a file", "s3_export, bytes only": "COPY TO a file"}
    print("\n| | seconds | of its bar | processor seconds of the backend | its private memory, MB |\n|---|---|---|---|---|")
    for name, value in median.items():
        ratio = "%.2f" % (value / median[bars[name]]) if name in bars else ""
        more = (statistics.median(cpu[name]), memory[name] / 1024) if name in cpu else None
        print("| %s | %.2f | %s | %s | %s |" % (name, value, ratio, "%.2f" % more[0] if more else "", "%.0f" % more[1] if more else ""))


make_rows()
bytes_server = make_servers()
client.make_bucket("bench")
psql("SELECT gpu_encode.s3_export('TABLE rows', 's3://bench/rows.csv', server => 'swift')")
measure_commands()
measure_swift()
bytes_server.kill()
report()
