"""ADBC (binary COPY to Arrow and back) and numpy: the fastest parts of all, and the encoding written by hand."""
import adbc_driver_postgresql.dbapi as adbc
import numpy as np
import pyarrow as pa
from encode_numpy import target_encode


def label_encode(column):
    """Codes in sorted order, and how many there are."""
    encoded = column.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    order = np.argsort(np.array(encoded.dictionary.to_pylist(), dtype=object))
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank[encoded.indices.to_numpy()], len(order)


def encode(table):
    y = table["y"].to_numpy()
    columns, encodings = {"id": table["id"]}, {}
    for name in ("a", "b", "c"):
        codes, categories = label_encode(table[name])
        columns[name] = pa.array(codes)
        if name != "a":
            encodings[name + "_TE"] = pa.array(target_encode(codes, categories, y))
    return pa.table({**columns, "y": table["y"], **encodings})


def run(job):
    with adbc.connect(job.uri) as connection, connection.cursor() as cursor:
        with job.step("out"):
            cursor.execute("SELECT * FROM t")
            table = cursor.fetch_arrow_table()
            connection.commit()
        with job.step("encode"):
            result = encode(table)
        with job.step("in"):
            job.create_output()
            cursor.adbc_ingest("output", result, mode="append")
            connection.commit()
