"""What the peers share: the server at both ends, and the seconds of each step."""
import contextlib
import os
import resource
import subprocess
import time

FOLDS = 5
SMOOTH = 0.001
COLUMNS = 'id bigint, a integer, b integer, c integer, y float8, "b_TE" float8, "c_TE" float8'


class Job:
    """Table t of the server that PGHOST leads to, to be encoded into table output; files in between go to directory."""

    def __init__(self, directory):
        self.csv_in = f"{directory}/t.csv"
        self.csv_out = f"{directory}/output.csv"
        self.uri = "postgresql:///{PGDATABASE}?host={PGHOST}&port={PGPORT}&user={PGUSER}".format(**os.environ)
        self.steps = {}
        self.started = time.perf_counter()

    @contextlib.contextmanager
    def step(self, name):
        started = time.perf_counter()
        yield
        self.steps[name] = time.perf_counter() - started

    def copy_out(self):
        with self.step("out"):
            run_sql(f"COPY t TO '{self.csv_in}' (FORMAT csv, HEADER)")

    def create_output(self, columns=COLUMNS):
        run_sql(f"CREATE UNLOGGED TABLE output ({columns})")

    def copy_in(self):
        with self.step("in"):
            self.create_output()
            run_sql(f"COPY output FROM '{self.csv_out}' (FORMAT csv, HEADER)")

    def report(self):
        print_figures({**self.steps, "total": time.perf_counter() - self.started})
        print(f"peak_kb\t{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}")


def print_figures(figures):
    for name, seconds in figures.items():
        print(f"{name}\t{seconds:.4f}")


def run_sql(statement):
    subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement], check=True, stdout=subprocess.DEVNULL)
