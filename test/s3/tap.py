"""Results of tests as TAP, and psql."""
import os
import subprocess
import sys
import threading
import time

count = failed = 0
preamble = threading.local()  # value: what comes before each script of a thread
outputs = []  # everything that psql has said, for the search for secrets


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
    result = subprocess.run(["psql", "-X", "-At", "-q", "-v", "VERBOSITY=verbose"], input=getattr(preamble, "value", "") + text, capture_output=True, text=True,
                            timeout=timeout, env={**os.environ, "PGOPTIONS": "-c client_min_messages=warning", **(env or {})})
    outputs.append(result.stdout + result.stderr)
    return (result.stdout + result.stderr).strip()


def equal(text, expected, name):
    found = sql(text)
    check(found == expected, name, "expected %r\nfound    %r" % (expected, found))


def fails(text, parts, name):
    """Fails with all of parts in its messages."""
    found = sql(text)
    check("ERROR" in found and all(part in found for part in parts), name, "expected %r\nfound    %r" % (parts, found))


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
