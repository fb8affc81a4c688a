"""ADBC and Polars: cells of category and fold, a group-by of the cells of the other folds for each fold, and joins."""
import polars as pl
from five_statistics import COLUMNS, FOLDS, OUTPUTS, SMOOTH, output_name, run_by_adbc


def figures_of_others(cells, keys):
    """The sums of all folds but one, for each fold."""
    sums = [pl.col("n", "s", "q").sum(), pl.col("least").min(), pl.col("greatest").max()]
    return pl.concat([cells.filter(pl.col("fold") != fold).group_by(keys).agg(sums).with_columns(fold=pl.lit(fold, pl.Int64)) for fold in range(FOLDS)])


def statistics_of(frame, name):
    """One row for each value of column name and fold, with its statistics."""
    cells = frame.group_by(name, "fold").agg(n=pl.len(), s=pl.col("y").sum(), q=(pl.col("y") ** 2).sum(), least=pl.col("y").min(), greatest=pl.col("y").max())
    priors = figures_of_others(cells.with_columns(every=pl.lit(1)), ["every"]).select("fold", m=pl.col("s") / pl.col("n"))
    mean = pl.col("s") / pl.col("n")
    return (figures_of_others(cells, [name]).join(priors, on="fold").join(cells.group_by(name).agg(rows=pl.col("n").sum()), on=name).select(
        name, "fold",
        ((pl.col("s") + SMOOTH * pl.col("m")) / (pl.col("n") + SMOOTH)).alias(output_name(name, "mean")),
        pl.col("rows").cast(pl.Float64).alias(output_name(name, "count")),
        (pl.col("q") / pl.col("n") - mean ** 2).clip(lower_bound=0).sqrt().alias(output_name(name, "std")),
        pl.col("least").alias(output_name(name, "min")), pl.col("greatest").alias(output_name(name, "max"))))


def encode(rows):
    frame = pl.from_arrow(rows)
    columns = frame.columns
    frame = frame.with_columns(fold=(pl.col("id") - 1) % FOLDS)
    for name in COLUMNS:
        frame = frame.join(statistics_of(frame, name), on=[name, "fold"], how="left", maintain_order="left")
    return frame.select(*columns, *OUTPUTS).to_arrow()


def run(job):
    run_by_adbc(job, encode)
