"""run.py NAME DIRECTORY: one peer does the whole job; prints seconds of its steps and its peak of memory in kB.

NAME is a module here whose run(job) does it. Its packages are imported before the clock starts. Further uses:
    run.py can NAME    ends with status 1, and says why, where a package that NAME imports is missing
    run.py versions    prints the versions of the packages that are here
"""
import importlib
import importlib.metadata
import sys

PACKAGES = ("numpy", "pandas", "pyarrow", "adbc-driver-postgresql", "duckdb", "polars", "scikit-learn", "catstat", "cudf-cu13", "cuml-cu13")


def main(arguments):
    if arguments == ["versions"]:
        for package in PACKAGES:
            try:
                print(f"{package}\t{importlib.metadata.version(package)}")
            except importlib.metadata.PackageNotFoundError:
                pass
    elif arguments[0] == "can":
        try:
            importlib.import_module(arguments[1])
        except Exception as error:  # a GPU library may fail in any way where there is no GPU
            sys.exit(f"{arguments[1]}: {error}")
    else:
        from common import Job

        name, directory = arguments
        peer = importlib.import_module(name)
        job = Job(directory)
        peer.run(job)
        job.report()


main(sys.argv[1:])
