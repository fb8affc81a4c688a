"""Tables of a database as arrays, and comparisons as TAP.  PGHOST leads to the server."""
import csv
import io
import subprocess
import sys

import numpy as np

count = failed = 0


def psql(sql, rows=None):
    """What psql prints as CSV; an error is an exception that shows it."""
    command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "--csv", "-c", "SET client_min_messages = error", "-c", sql]
    result = subprocess.run(command, input=rows, capture_output=True, text=True, timeout=60)
    if result.returncode != 0:
        raise RuntimeError("%s\nin: %s" % (result.stderr, sql))
    return result.stdout


def create_table(name, columns, rows):
    psql("CREATE TABLE %s (%s)" % (name, columns))
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    psql("COPY %s FROM STDIN (FORMAT csv)" % name, text.getvalue())


def table(name, columns):
    """Columns of a table with a column i, as texts: one row of the array for each row."""
    quoted = ", ".join('"%s"' % column for column in columns)
    rows = csv.reader(io.StringIO(psql("SELECT %s FROM %s ORDER BY i" % (quoted, name))))
    # a NULL alone in its row is an empty line
    return np.array([row or [""] for row in rows][1:], dtype=object)


def numbers(name, columns):
    return np.where(table(name, columns) == "", "nan", table(name, columns)).astype(float)


def report(what, found, wanted, near=1e-12):
    """Equal, but for `near` of the largest number."""
    global count, failed
    count += 1
    found, wanted = np.asarray(found, dtype=float), np.asarray(wanted, dtype=float)
    if found.shape != wanted.shape:
        failed += 1
        print("not ok %d - %s: %s instead of %s" % (count, what, found.shape, wanted.shape), flush=True)
        return
    distance = float(np.max(np.abs(found - wanted)))
    good = distance <= near * max(1.0, float(np.max(np.abs(wanted))))
    failed += not good
    print("%s %d - %s%s" % ("ok" if good else "not ok", count, what, "" if good else ": off by %r" % distance), flush=True)


def finish():
    print("1..%d" % count)
    sys.exit(failed != 0)
