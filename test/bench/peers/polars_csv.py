"""CSV and Polars."""
import polars as pl
from encode_polars import encode


def run(job):
    job.copy_out()
    with job.step("read"):
        frame = pl.read_csv(job.csv_in)
    with job.step("encode"):
        result = encode(frame)
    with job.step("write"):
        result.write_csv(job.csv_out)
    job.copy_in()
