"""rapids.py [--rows N] [--repeats N] [--only TEXT] [--classes]: label codes and target encodings by cuDF and cuML on a GPU.

The data are those of gpu_bench, made on the device by build/gpu/gpu_bench_data.so, and the names of the cases too, so that
its lines and these can be compared. On the device: from cuDF columns to codes or encodings in device memory, the device
synchronised before and after; the median of the repeats, after one that is not counted. Host to host: from Arrow and numpy
arrays to numpy arrays. A case that runs out of memory is tried again with half of the rows, and says so. LabelEncoder brings
the classes to the host as Python strings: beyond a million distinct it is left out unless --classes.

Sums are those of gpu_bench (gpu_bench_codes.cuh): the same sum of codes means the same codes. cuML's random folds are others.
Packages: cudf-cu13 and cuml-cu13, or cudf-cu12 and cuml-cu12. Before, where nvcc is:
    make -C cuda && make -C test/bench ../../build/gpu/gpu_bench ../../build/gpu/gpu_bench_data.so
"""
import argparse
import ctypes
import gc
import pathlib
import statistics
import sys
import time

import cupy
import rmm

free_bytes, _ = cupy.cuda.Device().mem_info
rmm.reinitialize(pool_allocator=True, initial_pool_size=free_bytes * 3 // 4 // 256 * 256)

import cudf  # noqa: E402 (the pool comes first)
import cuml  # noqa: E402
import numpy  # noqa: E402
import pyarrow  # noqa: E402
from cuml.preprocessing import LabelEncoder, TargetEncoder  # noqa: E402

STRING_BYTES = 12
FOLDS = 5
SMOOTH = 0.001
UNIFORM, ZIPF, ONE_VALUE = range(3)
LABELS = (
    ("labels 1000 uniform", 1000, UNIFORM),
    ("labels 1000000 uniform", 1000000, UNIFORM),
    ("labels 50000000 uniform", 50000000, UNIFORM),
    ("labels 1000 zipf", 1000, ZIPF),
    ("labels 1000000 zipf", 1000000, ZIPF),
    ("labels 50000000 zipf", 50000000, ZIPF),
    ("labels 1000000 one value in 99 %", 1000000, ONE_VALUE),
)
TARGETS = (
    ("target uniform float8", 1000000, UNIFORM, False, "interleaved"),
    ("target uniform 0/1", 1000000, UNIFORM, True, "interleaved"),
    ("target zipf float8", 1000000, ZIPF, False, "interleaved"),
    ("target 99 % float8", 1000000, ONE_VALUE, False, "interleaved"),
    ("target 1000 float8", 1000, UNIFORM, False, "interleaved"),
    ("target 10 float8", 10, UNIFORM, False, "interleaved"),
    ("target random folds float8", 1000000, UNIFORM, False, "random"),
)
HOST = (("host 1000", 1000), ("host 1000000", 1000000), ("host 50000000", 50000000))

library = ctypes.CDLL(str(pathlib.Path(__file__).parents[2] / "build/gpu/gpu_bench_data.so"))


def make(function, first, second, *rest):
    """Have the library fill two arrays of the device."""
    arguments = (ctypes.c_void_p(first.data.ptr), ctypes.c_void_p(second.data.ptr), *rest)
    if function(*arguments) != 0:
        raise SystemExit("the data could not be made on the device")


def strings(rows, distinct, how):
    """Strings as an Arrow array of the host."""
    data, offsets = cupy.empty(rows * STRING_BYTES, cupy.uint8), cupy.empty(rows + 1, cupy.uint32)
    make(library.ge_bench_strings, data, offsets, ctypes.c_uint64(rows), ctypes.c_uint32(distinct), ctypes.c_int(how))
    buffers = pyarrow.py_buffer(offsets.get()), pyarrow.py_buffer(data.get())
    return pyarrow.StringArray.from_buffers(rows, *buffers)


def ids_and_targets(rows, distinct, how, binary):
    """Ids and targets as arrays of the device."""
    ids, targets = cupy.empty(rows, cupy.int32), cupy.empty(rows, cupy.int64)
    n, kind = ctypes.c_uint64(rows), ctypes.c_int(binary)
    make(library.ge_bench_rows, ids, targets, n, ctypes.c_uint32(distinct), ctypes.c_int(how), kind)
    return ids, targets if binary else targets.view(cupy.float64)


def sum_of_codes(codes):
    numbers = cupy.arange(1, len(codes) + 1, dtype=cupy.uint64)
    return int((codes.astype(cupy.uint64) * numbers).sum())


def sum_of_encodings(encodings):
    numbers = cupy.arange(len(encodings), dtype=cupy.int64) % 1000 + 1
    return float((encodings.ravel() * numbers).sum())


def target_encoder(split):
    return TargetEncoder(n_folds=FOLDS, smooth=SMOOTH, split_method=split, output_type="cupy")


class Report:
    """Times work and prints a line for it."""

    def __init__(self, options):
        self.options = options
        self.failed = False

    def measure(self, name, work, show, repeats=None):
        """work() is timed; show() makes of its last result what is printed beside."""
        times = []
        for _ in range((repeats or self.options.repeats) + 1):
            result = None
            gc.collect()
            cupy.cuda.Device().synchronize()
            started = time.perf_counter()
            result = work()
            cupy.cuda.Device().synchronize()
            times.append((time.perf_counter() - started) * 1000)
        counted = times[1:]
        each = " ".join(f"{t:.1f}" for t in counted)
        print(f"{name:<52} {statistics.median(counted):10.1f} ms ({each}; first {times[0]:.1f}) {show(result)}", flush=True)

    def attempt(self, name, case, *arguments):
        """case(rows, ...) with as many rows as memory allows."""
        if self.options.only not in name:
            return
        rows = self.options.rows
        while True:
            try:
                case(self, name if rows == self.options.rows else f"{name} ({rows} rows)", rows, *arguments)
                return
            except MemoryError:
                print(f"{name}: {rows} rows do not fit", flush=True)
            except Exception as error:  # of a library that is not ours: the other cases go on
                print(f"{name}: FAILED, {type(error).__name__} {str(error)[:300]}", flush=True)
                self.failed = True
                return
            gc.collect()
            rows //= 2


def bench_labels(report, name, rows, distinct, how):
    series = cudf.Series.from_arrow(strings(rows, distinct, how))
    ways = {
        "cuDF factorize": lambda: series.factorize(sort=True),
        "cuDF category": lambda: category_codes(series),
        "cuML LabelEncoder": lambda: label_codes(series),
    }
    for way, work in ways.items():
        if way == "cuML LabelEncoder" and distinct > 1000000 and not report.options.classes:
            continue
        report.measure(f"{name}, {way}", work, lambda result: f"{len(result[1])} distinct, sum {sum_of_codes(result[0])}")


def category_codes(series):
    categories = series.astype("category")
    return categories.cat.codes.to_cupy(), categories.cat.categories


def label_codes(series):
    encoder = LabelEncoder(output_type="cupy")
    return encoder.fit_transform(series), encoder.classes_


def bench_target(report, name, rows, distinct, how, binary, split):
    ids, targets = ids_and_targets(rows, distinct, how, binary)
    frame, y = cudf.DataFrame({"id": ids}), cudf.Series(targets)
    del ids, targets
    report.measure(
        f"{name}, cuML TargetEncoder",
        lambda: target_encoder(split).fit_transform(frame, y),
        lambda encodings: f"sum {sum_of_encodings(encodings):.15g}",
    )


def bench_host(report, name, rows, distinct):
    """Label codes of strings and their encodings against float8 targets, from and to the host."""
    texts = strings(rows, distinct, UNIFORM)
    targets = ids_and_targets(rows, 10, UNIFORM, False)[1].get()

    def work():
        codes, _ = cudf.Series.from_arrow(texts).factorize(sort=True)
        host_codes = codes.astype(cupy.int32).get()
        frame = cudf.DataFrame({"code": codes})
        encodings = target_encoder("interleaved").fit_transform(frame, cudf.Series(targets))
        return host_codes, encodings.get()

    report.measure(name + ", cuDF factorize and TargetEncoder", work, lambda result: f"{numpy.max(result[0]) + 1} distinct", 2)


def main():
    parser = argparse.ArgumentParser(description="cuDF and cuML on the data of gpu_bench")
    parser.add_argument("--rows", type=int, default=100000000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", default="")
    parser.add_argument("--classes", action="store_true")
    report = Report(parser.parse_args())
    device = cupy.cuda.runtime.getDeviceProperties(0)["name"].decode()
    print(f"{device}, {report.options.rows} rows, cudf {cudf.__version__}, cuml {cuml.__version__}, cupy {cupy.__version__}")
    for name, *arguments in TARGETS:
        report.attempt(name, bench_target, *arguments)
    for name, *arguments in LABELS:
        report.attempt(name, bench_labels, *arguments)
    for name, *arguments in HOST:
        report.attempt(name, bench_host, *arguments)
    return report.failed


if __name__ == "__main__":
    sys.exit(main())
