"""Encodings beside those of scikit-learn's TargetEncoder, and codes beside its LabelEncoder and OrdinalEncoder."""
import random

import numpy as np
import sklearn
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.preprocessing import LabelEncoder, OrdinalEncoder, TargetEncoder

from database import create_table, finish, numbers, psql, report, table

CATEGORIES = ["short", "long"]
TARGETS = {"y": "continuous", "flag": "binary", "class": "multiclass"}
SMOOTHS = [0.0, 3.5, "auto"]


def make_rows(rng):
    """Rows of t: i, short, long, y, flag, class; few values of `short`, many of `long`."""
    for i in range(3000):
        short, long = "s%d" % rng.randrange(9), "l%d" % (int(rng.paretovariate(0.8)) % 400)
        y = rng.gauss(len(long), 3) + int(short[1:])
        yield [i, short, long, y, int(y > 8), "class %d" % (int(y) % 3)]


def folds_of(splitter, target):
    """The fold of each row, by scikit-learn's own splitter."""
    folds = np.empty(len(target), dtype=int)
    for k, (_, held_out) in enumerate(splitter.split(np.zeros((len(target), 1)), target)):
        folds[held_out] = k
    return folds


def outputs_of(target, kind):
    classes = ["_%s" % c for c in sorted(set(target))] if kind == "multiclass" else [""]
    return ["%s_TE%s" % (category, c) for category in CATEGORIES for c in classes]


def compare_target(name, kind, smooth, values, new_values, target):
    splitter = (KFold if kind == "continuous" else StratifiedKFold)(n_splits=5, shuffle=True, random_state=11)
    psql("DROP TABLE IF EXISTS train, o, e, n")
    create_table("folds", "i int, fold int", enumerate(folds_of(splitter, target)))
    psql("CREATE TABLE train AS SELECT * FROM t JOIN folds USING (i); DROP TABLE folds")
    psql("SELECT FROM gpu_encode.fit_transform('e', 'train', 'o', '%s', '{short,long}', '{}', target_type => '%s', smooth => %s, fold_column => 'fold', order_by => '{i}')"
         % (name, kind, "NULL" if smooth == "auto" else smooth))
    psql("SELECT FROM gpu_encode.transform('e', 'news', 'n')")
    theirs = TargetEncoder(target_type=kind, smooth=smooth, cv=splitter)
    what, outputs = "TargetEncoder, %s, smooth %s" % (kind, smooth), outputs_of(target, kind)
    report("%s: out of fold" % what, numbers("o", outputs), theirs.fit_transform(values, target))
    report("%s: new rows" % what, numbers("n", outputs), theirs.transform(new_values))


def compare_codes(values):
    psql("SELECT FROM gpu_encode.preprocess('t', 'codes', label_columns => '{short,long}', order_by => '{i}')")
    report("LabelEncoder", numbers("codes", CATEGORIES), np.column_stack([LabelEncoder().fit_transform(values[:, k].astype(str)) for k in (0, 1)]))
    # a share that no value has exactly, so that nothing hangs on equal numbers of rows
    theirs = OrdinalEncoder(min_frequency=0.0031, handle_unknown="use_encoded_value", unknown_value=-1).fit(values)
    psql("SELECT FROM gpu_encode.fit('rare', 't', label_columns => '{short,long}', min_frequency => 0.0031); SELECT FROM gpu_encode.transform('rare', 'news', 'rare_news', handle_unknown => 'value', unknown_value => -1)")
    report("OrdinalEncoder(min_frequency=0.0031), new rows", numbers("rare_news", CATEGORIES), theirs.transform(table("news", CATEGORIES)))


print("# scikit-learn %s" % sklearn.__version__)
rows = list(make_rows(random.Random(7)))
psql("CREATE EXTENSION IF NOT EXISTS gpu_encode")
create_table("t", "i int, short text, long text, y float8, flag int, class text", rows)
# half the values of "long" are new here
psql("CREATE TABLE news AS SELECT i, short, CASE WHEN i % 2 = 0 THEN long ELSE 'new ' || i END AS long FROM t WHERE i % 3 = 0")
values, new_values = table("t", CATEGORIES), table("news", CATEGORIES)
for at, (name, kind) in enumerate(TARGETS.items()):
    for smooth in SMOOTHS:
        compare_target(name, kind, smooth, values, new_values, np.array([row[3 + at] for row in rows]))
compare_codes(values)
finish()
