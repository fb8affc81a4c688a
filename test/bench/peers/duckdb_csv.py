"""CSV and DuckDB. It need not keep the rows' order, since id tells it."""
import duckdb
from common import FOLDS, SMOOTH

FOLD = f"((t.id - 1) % {FOLDS})::integer"


def make_codes(connection, column):
    connection.execute(f"""
        CREATE TABLE codes_{column} AS
        SELECT {column}, (row_number() OVER (ORDER BY {column}) - 1)::integer AS code
        FROM (SELECT DISTINCT {column} FROM t)""")


def make_encodings(connection, column):
    connection.execute(f"""
        CREATE TABLE encodings_{column} AS
        WITH cells AS (
            SELECT {column}, {FOLD} AS fold, sum(y) AS s, count(y) AS n FROM t GROUP BY ALL
        ), totals AS (
            SELECT *, sum(s) OVER (PARTITION BY {column}) AS all_s, sum(n) OVER (PARTITION BY {column}) AS all_n FROM cells
        )
        SELECT {column}, fold, (all_s - s + {SMOOTH} * prior) / (all_n - n + {SMOOTH}) AS encoding
        FROM totals, (SELECT avg(y) AS prior FROM t)""")


def run(job):
    job.copy_out()
    connection = duckdb.connect()
    connection.execute("SET preserve_insertion_order = false")
    with job.step("read"):
        connection.execute(f"CREATE TABLE t AS SELECT * FROM read_csv('{job.csv_in}')")
    with job.step("encode"):
        for column in "abc":
            make_codes(connection, column)
        for column in "bc":
            make_encodings(connection, column)
    with job.step("write"):
        connection.execute(f"""
            COPY (
                SELECT t.id, a.code AS a, b.code AS b, c.code AS c, t.y, eb.encoding AS "b_TE", ec.encoding AS "c_TE"
                FROM t JOIN codes_a AS a USING (a) JOIN codes_b AS b USING (b) JOIN codes_c AS c USING (c)
                     JOIN encodings_b AS eb ON eb.b = t.b AND eb.fold = {FOLD}
                     JOIN encodings_c AS ec ON ec.c = t.c AND ec.fold = {FOLD}
            ) TO '{job.csv_out}' (HEADER)""")
    job.copy_in()
