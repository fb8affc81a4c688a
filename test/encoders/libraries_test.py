"""Statistics beside those of category_encoders, catstat and numpy."""
import random

import catstat
import category_encoders
import numpy as np
import pandas as pd
from sklearn.model_selection import PredefinedSplit

from database import create_table, finish, numbers, psql, report, table

FOLDS = 4
STATISTICS = ["mean", "count", "frequency", "var", "std", "median", "min", "max"]
PERMUTATION = 5
PERCENTS = [1, 10, 25, 50, 77, 90, 99]


def make_rows(rng):
    """Rows of t: i, fold, c, y, flag.  Every category has rows in every fold."""
    for i in range(4000):
        c = i % 25 if rng.random() < 0.7 else rng.randrange(8)
        yield [i, rng.randrange(FOLDS), "c%d" % c, rng.gauss(c, 5) * 10 ** rng.randrange(3), int(rng.random() < 0.2 + c / 40)]


def encode(target, stats, more="", smooth="NULL", split="fold_column => 'fold', order_by => '{i}'"):
    """Tables o, out of fold, and n, of new rows."""
    psql("DROP TABLE IF EXISTS o, e, n; SELECT FROM gpu_encode.fit_transform('e', 't', 'o', '%s', '{c}', '{}', stats => '{%s}', smooth => %s, %s %s)"
         % (target, ",".join(stats), smooth, split, more))
    psql("SELECT FROM gpu_encode.transform('e', 'news', 'n')")


def outputs(stats):
    return ["c_TE" if stat == "mean" else "c_TE_%s" % stat for stat in stats]


def rows_elsewhere(values, folds):
    """By row, how many rows of other folds have its value."""
    return np.array([np.sum((values == v) & (folds != f)) for v, f in zip(values, folds)])


def compare_catstat(frame, folds, y):
    """Variances there are divided by n - 1, so they are brought to n before they are compared."""
    splitter = PredefinedSplit(folds)
    theirs = catstat.TargetEncoder(cols=["c"], stats=STATISTICS, target_type="continuous", smooth="auto", cv=splitter, backend="cpu", output="pandas").fit_transform(frame[["c"]], y)
    n = rows_elsewhere(frame["c"].to_numpy(), folds)
    encode("y", STATISTICS)
    found = numbers("o", outputs(STATISTICS))
    for k, stat in enumerate(STATISTICS):
        wanted = theirs.iloc[:, k].to_numpy(dtype=float)
        if stat == "var":
            wanted = wanted * (n - 1) / n
        if stat == "std":
            wanted = wanted * np.sqrt((n - 1) / n)
        report("catstat, %s out of fold" % stat, found[:, k], wanted)


def compare_catstat_woe(frame, folds, flag):
    theirs = catstat.TargetEncoder(cols=["c"], stats=["woe"], target_type="binary", smooth=0.0, cv=PredefinedSplit(folds), backend="cpu", output="pandas").fit_transform(frame[["c"]], flag)
    encode("flag", ["woe"], """, column_options => '{"c": {"regularization": 1e-9}}'""")
    report("catstat, woe out of fold, with almost no regularization", numbers("o", ["c_TE_woe"]), theirs.to_numpy(dtype=float), 1e-9)


def compare_catstat_schemes(frame, y):
    """The mean of all other rows, and of the rows before in a permutation; the first row, which has none, is 0 there and NULL here."""
    for scheme, split in (("loo", "n_folds => %d, order_by => '{i}'" % len(y)), ("ordered", "split_method => 'ordered', order_by => '{place}'")):
        encode("y", ["mean"], smooth="3", split=split)
        theirs = catstat.TargetEncoder(cols=["c"], scheme=scheme, target_type="continuous", smooth=3, random_state=PERMUTATION, backend="cpu", output="pandas").fit_transform(frame[["c"]], y)
        report("catstat, scheme %s" % scheme, np.nan_to_num(numbers("o", ["c_TE"])), theirs.to_numpy(dtype=float))


def compare_category_encoders_by_row(frame, news, y):
    """Their encoders that keep the target of a training row from the row itself."""
    target = pd.Series(y)
    encode("y", ["mean"], ", prior => 'global'", smooth="0", split="n_folds => %d, order_by => '{i}'" % len(y))
    report("category_encoders, LeaveOneOutEncoder", numbers("o", ["c_TE"]), category_encoders.LeaveOneOutEncoder(cols=["c"]).fit_transform(frame[["c"]], target))
    encode("y", ["sum", "count"], split="split_method => 'ordered', order_by => '{i}'")
    encoder = category_encoders.CatBoostEncoder(cols=["c"], a=2).fit(frame[["c"]], target)
    for what, name, theirs in (("rows before", "o", encoder.transform(frame[["c"]], target)), ("new rows", "n", encoder.transform(news[["c"]]))):
        sums, counts = numbers(name, ["c_TE_sum", "c_TE_count"]).T
        report("category_encoders, CatBoostEncoder(a=2), %s" % what, ((sums + 2 * np.mean(y)) / (counts + 2))[:, None], theirs)


def compare_category_encoders(frame, news, y, flag):
    """Their fit and transform of new rows; what they give training rows is not out of fold."""
    encode("flag", ["woe"])
    report("category_encoders, WOEEncoder", numbers("n", ["c_TE_woe"]), category_encoders.WOEEncoder(cols=["c"]).fit(frame[["c"]], flag).transform(news[["c"]]))
    encode("y", ["q90"])
    report("category_encoders, QuantileEncoder(0.9, m=0)", numbers("n", ["c_TE_q90"]), category_encoders.QuantileEncoder(cols=["c"], quantile=0.9, m=0.0).fit(frame[["c"]], y).transform(news[["c"]]))
    encode("y", ["mean"], smooth="20")
    report("category_encoders, MEstimateEncoder(m=20)", numbers("n", ["c_TE"]), category_encoders.MEstimateEncoder(cols=["c"], m=20.0).fit(frame[["c"]], y).transform(news[["c"]]))
    encode("y", ["count", "frequency"])
    for stat, normalize in (("count", False), ("frequency", True)):
        report("category_encoders, CountEncoder(normalize=%s)" % normalize, numbers("n", ["c_TE_%s" % stat]),
               category_encoders.CountEncoder(cols=["c"], normalize=normalize, handle_unknown=0).fit(frame[["c"]]).transform(news[["c"]]))
    encode("y", ["count"], ", min_frequency => 120")
    theirs = category_encoders.CountEncoder(cols=["c"], min_group_size=120, handle_unknown=0).fit(frame[["c"]])
    report("category_encoders, CountEncoder(min_group_size=120), training rows", numbers("o", ["c_TE_count"]), theirs.transform(frame[["c"]]))


def compare_numpy(frame, folds, y):
    stats = ["q%02d" % p for p in PERCENTS] + ["var", "std", "sum"]
    encode("y", stats)
    wanted = np.empty((len(y), len(stats)))
    values = frame["c"].to_numpy()
    for value in set(values):
        for fold in range(FOLDS):
            others = y[(values == value) & (folds != fold)]
            wanted[(values == value) & (folds == fold)] = list(np.quantile(others, np.array(PERCENTS) / 100)) + [np.var(others), np.std(others), np.sum(others)]
    found = numbers("o", outputs(stats))
    for k, stat in enumerate(stats):
        report("numpy, %s out of fold" % stat, found[:, k], wanted[:, k])


print("# category_encoders %s, catstat 0.5.3, numpy %s" % (category_encoders.__version__, np.__version__))
rows = list(make_rows(random.Random(3)))
places = np.argsort(np.random.RandomState(PERMUTATION).permutation(len(rows)))
psql("DROP TABLE IF EXISTS t, news; CREATE EXTENSION IF NOT EXISTS gpu_encode")
create_table("t", "i int, fold int, c text, y float8, flag int, place int", [row + [place] for row, place in zip(rows, places)])
psql("CREATE TABLE news AS SELECT i, CASE WHEN i % 10 = 0 THEN 'new ' || i ELSE c END AS c FROM t WHERE i % 4 = 0")
frame, news = pd.DataFrame(table("t", ["c"]), columns=["c"]), pd.DataFrame(table("news", ["c"]), columns=["c"])
folds, y, flag = (np.array([row[at] for row in rows]) for at in (1, 3, 4))
compare_catstat(frame, folds, y)
compare_catstat_woe(frame, folds, flag)
compare_catstat_schemes(frame, y)
compare_category_encoders_by_row(frame, news, y)
compare_category_encoders(frame, news, y, pd.Series(flag))
compare_numpy(frame, folds, y)
finish()
