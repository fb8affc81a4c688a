"""What the peers of the census job share: its columns, its files, and the seconds of each step."""
import sys
import time

from common import print_figures

TARGET = "income"
TARGET_COLUMNS = ("class of worker", "education", "major industry code")
FOLDS = 5
SMOOTH = 0.001


class Clock:
    """The seconds since the step before, by name."""

    def __init__(self):
        self.started = self.last = time.perf_counter()
        self.steps = {}

    def end(self, name):
        now = time.perf_counter()
        self.steps[name], self.last = now - self.last, now

    def report(self):
        print_figures({**self.steps, "total": self.last - self.started})


def main(read, label_encode, target_encode, write):
    """Arguments: the directory of train.csv and validation.csv, that of the results."""
    source, results = sys.argv[1:]
    clock = Clock()
    train, validation = read(f"{source}/train.csv"), read(f"{source}/validation.csv")
    clock.end("read")
    for name in [name for name in train.columns if name != TARGET]:
        train[name], validation[name] = label_encode(train[name].fillna("None"), validation[name].fillna("None"))
    clock.end("label codes")
    y = (train[TARGET] == "50000+.").astype("float64")
    for name in TARGET_COLUMNS:
        train[name + "_TE"], validation[name + "_TE"] = target_encode(train[name], validation[name], y)
    clock.end("target encodings")
    write(train, f"{results}/train.csv")
    write(validation, f"{results}/validation.csv")
    clock.end("write")
    clock.report()
