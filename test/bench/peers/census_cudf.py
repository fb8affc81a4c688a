"""census_cudf.py DIRECTORY RESULTS: the census job from CSV to CSV with cuDF and cuML, every column read as text."""
import cudf
from census import FOLDS, SMOOTH, main
from cuml.preprocessing import LabelEncoder, TargetEncoder


def read(path):
    return cudf.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])


def label_encode(train, validation):
    encoder = LabelEncoder().fit(cudf.concat([train, validation]))
    return encoder.transform(train), encoder.transform(validation)


def target_encode(train, validation, y):
    encoder = TargetEncoder(n_folds=FOLDS, smooth=SMOOTH, split_method="interleaved", output_type="cupy")
    return encoder.fit_transform(train.to_frame(), y).ravel(), encoder.transform(validation.to_frame()).ravel()


def write(frame, path):
    frame.to_csv(path, index=False)


if __name__ == "__main__":
    main(read, label_encode, target_encode, write)
