"""What the peers for statistics share: five of them, of three columns, out of fold; means smoothed by 20 rows. Rows go by ADBC."""
import adbc_driver_postgresql.dbapi as adbc

COLUMNS = ("a", "b", "c")
STATISTICS = ("mean", "count", "std", "min", "max")
FOLDS = 5
SMOOTH = 20.0


def output_name(column, statistic):
    return f"{column}_TE" if statistic == "mean" else f"{column}_TE_{statistic}"


OUTPUTS = [output_name(column, statistic) for column in COLUMNS for statistic in STATISTICS]
OUTPUT_TABLE = "id bigint, a text, b text, c text, y float8, zero_one integer, class integer, learned integer, " + ", ".join(
    f'"{name}" float8' for name in OUTPUTS)


def run_by_adbc(job, encode):
    """Rows out as an Arrow table, encode(rows) as another one, and that in."""
    with adbc.connect(job.uri) as connection, connection.cursor() as cursor:
        with job.step("out"):
            cursor.execute("SELECT * FROM t")
            rows = cursor.fetch_arrow_table()
            connection.commit()
        with job.step("encode"):
            result = encode(rows)
        with job.step("in"):
            job.create_output(OUTPUT_TABLE)
            cursor.adbc_ingest("output", result, mode="append")
            connection.commit()
