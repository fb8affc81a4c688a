"""ADBC and catstat on the CPU, with pandas."""
import catstat
import pyarrow as pa
from five_statistics import COLUMNS, FOLDS, OUTPUTS, SMOOTH, STATISTICS, run_by_adbc
from sklearn.model_selection import PredefinedSplit


def encode(rows):
    frame = rows.to_pandas()
    splitter = PredefinedSplit((frame["id"].to_numpy() - 1) % FOLDS)
    encoder = catstat.TargetEncoder(cols=list(COLUMNS), stats=STATISTICS, target_type="continuous", smooth=SMOOTH, cv=splitter, backend="cpu", output="pandas")
    encodings = encoder.fit_transform(frame[list(COLUMNS)], frame["y"].to_numpy())
    encodings.columns = OUTPUTS
    for name in OUTPUTS:
        frame[name] = encodings[name].to_numpy(dtype=float)
    return pa.Table.from_pandas(frame, preserve_index=False)


def run(job):
    run_by_adbc(job, encode)
