"""ADBC (binary COPY to Arrow and back) and Polars."""
import adbc_driver_postgresql.dbapi as adbc
import polars as pl
from encode_polars import encode


def run(job):
    with adbc.connect(job.uri) as connection, connection.cursor() as cursor:
        with job.step("out"):
            cursor.execute("SELECT * FROM t")
            frame = pl.from_arrow(cursor.fetch_arrow_table())
            connection.commit()
        with job.step("encode"):
            result = encode(frame)
        with job.step("in"):
            job.create_output()
            cursor.adbc_ingest("output", result.to_arrow(), mode="append")
            connection.commit()
