"""census_pandas.py DIRECTORY RESULTS: the census job from CSV to CSV with pandas and scikit-learn, every column read as text."""
import pandas as pd
from census import FOLDS, SMOOTH, main
from sklearn.preprocessing import LabelEncoder, TargetEncoder


def read(path):
    return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])


def label_encode(train, validation):
    encoder = LabelEncoder().fit(pd.concat([train, validation]))
    return encoder.transform(train), encoder.transform(validation)


def target_encode(train, validation, y):
    encoder = TargetEncoder(cv=FOLDS, smooth=SMOOTH, target_type="continuous")
    return encoder.fit_transform(train.to_frame(), y)[:, 0], encoder.transform(validation.to_frame())[:, 0]


def write(frame, path):
    frame.to_csv(path, index=False)


if __name__ == "__main__":
    main(read, label_encode, target_encode, write)
