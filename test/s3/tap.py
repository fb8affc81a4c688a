"""Results of tests as TAP, and psql.  Whatever waits has an end, and says what it waited for."""
import os
import queue
import subprocess
import sys
import threading
import time

count = failed = 0
preamble = threading.local()  # value: what comes before each script of a thread
outputs = []  # everything that psql has said, for the search for secrets


# In a database of its own beside others the extension warns of the members that its roles have there.
CREATE_EXTENSION = "SET client_min_messages = error; CREATE EXTENSION gpu_encode; RESET client_min_messages; "


def check(good, name, detail=""):
    global count, failed
    count += 1
    failed += not good
    print("%s %d - %s" % ("ok" if good else "not ok", count, name), flush=True)
    if not good:
        print("# " + str(detail).replace("\n", "\n# ")[:2000], flush=True)


def skip(name, why):
    global count
    count += 1
    print("ok %d - %s # SKIP %s" % (count, name, why), flush=True)


def sql(text, timeout=60, env=None):
    """What psql prints for a script, with its errors; it goes on after an error."""
    try:
        result = subprocess.run(["psql", "-X", "-At", "-q", "-v", "VERBOSITY=verbose"], input=getattr(preamble, "value", "") + text, capture_output=True,
                                text=True, errors="backslashreplace", timeout=timeout,
                                env={**os.environ, "PGOPTIONS": "-c client_min_messages=warning", **(env or {})})
    except subprocess.TimeoutExpired:
        raise RuntimeError("waited %d s for the end of: %s" % (timeout, text[-500:])) from None
    outputs.append(result.stdout + result.stderr)
    return (result.stdout + result.stderr).strip()


def equal(text, expected, name):
    found = sql(text)
    check(found == expected, name, "expected %r\nfound    %r" % (expected, found))


def fails(text, parts, name):
    """Fails with all of parts in its messages."""
    found = sql(text)
    check("ERROR" in found and all(part in found for part in parts), name, "expected %r\nfound    %r" % (parts, found))


def wait_for(what, ready, seconds=30):
    """Until ready() is true, which it returns; an error that says what did not come."""
    end = time.time() + seconds
    while True:
        found = ready()
        if found:
            return found
        if time.time() > end:
            raise RuntimeError("waited %d s for %s" % (seconds, what))
        time.sleep(0.005)


def wait_for_end(process, what, seconds=60):
    """What a process still prints; it is killed where it does not end."""
    try:
        return process.communicate(timeout=seconds)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise RuntimeError("waited %d s for the end of %s" % (seconds, what)) from None


class Session:
    """A psql that stays."""
    END = "end of the statement"

    def __init__(self):
        self.process = subprocess.Popen(["psql", "-XqAt"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                        errors="backslashreplace", env={**os.environ, "PGOPTIONS": "-c client_min_messages=warning"})
        self.lines = queue.Queue()
        threading.Thread(target=self.read_lines, daemon=True).start()
        self.pid = int(self.ask("SELECT pg_backend_pid()"))

    def read_lines(self):
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def start(self, text):
        """Send a script; rest() has what it prints."""
        self.text = text
        self.process.stdin.write("%s;\n\\echo %s\n" % (text, self.END))
        self.process.stdin.flush()

    def rest(self, seconds=30):
        """What the script prints until its end."""
        end, output = time.time() + seconds, ""
        while True:
            try:
                line = self.lines.get(timeout=max(end - time.time(), 0.001))
            except queue.Empty:
                raise RuntimeError("waited %d s for the end of: %s; so far: %s" % (seconds, self.text[-500:], output)) from None
            if line is None:
                raise RuntimeError("psql ended in: %s; it said: %s" % (self.text[-500:], output))
            if line.strip() == self.END:
                outputs.append(output)
                return output
            output += line

    def ask(self, text, seconds=30):
        self.start(text)
        return self.rest(seconds).strip()

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise RuntimeError("waited 30 s for the end of psql") from None


def run(tests):
    for test in tests:
        begun = time.time()
        try:
            test()
        except Exception as error:  # the other tests are worth running all the same
            check(False, test.__name__, "%s: %s" % (type(error).__name__, error))
        print("# %s: %.1f s" % (test.__name__, time.time() - begun), flush=True)


def finish():
    print("1..%d" % count)
    sys.exit(failed != 0)
