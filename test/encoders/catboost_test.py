"""Ordered target statistics beside those of CatBoost.

CatBoost shows no statistic itself.  But each tree of depth 1 parts the rows at one border, and what the tree adds to the
prediction of a row tells on which side the row is.  So many trees are compared with as many borders, for every row: training
rows, which know the rows before them alone, and new rows.
"""
import json
import os
import random
import tempfile

import catboost
import numpy as np

from database import create_table, finish, numbers, psql, report, table

BORDERS = 250
TREES = 200
# no value of (ones + PRIOR) / (rows + 1) is a border
PRIOR = 0.37


class Watch:
    """A metric that keeps the predictions of training rows after each tree.  CatBoost works with a copy of it."""
    predictions = []

    def is_max_optimal(self):
        return True

    def get_final_error(self, error, weight):
        return error

    def evaluate(self, approximations, target, weight):
        Watch.predictions.append(np.array(approximations[0]))
        return 0.0, 1.0


def make_rows(rng):
    """Rows of t: at, c, y.  The order of learning, `at`, is not the order in which rows are stored."""
    places = list(range(4000))
    rng.shuffle(places)
    for at in places:
        c = rng.randrange(20)
        yield [at, "c%d" % c, int(rng.random() < 0.1 + c / 25)]


def train(values, target, statistic):
    """A model of one statistic, as its JSON, and the predictions of training rows after each tree."""
    Watch.predictions = []
    model = catboost.CatBoostClassifier(
        iterations=TREES, depth=1, has_time=True, boosting_type="Plain", bootstrap_type="No", random_strength=3, random_seed=1, one_hot_max_size=1,
        simple_ctr=["%s:CtrBorderCount=%d:Prior=%g" % (statistic, BORDERS, PRIOR)], max_ctr_complexity=1, leaf_estimation_iterations=1, eval_metric=Watch(),
        boost_from_average=False, allow_writing_files=False, logging_level="Silent", thread_count=2)
    pool = catboost.Pool(values, target, cat_features=[0])
    model.fit(pool)
    with tempfile.TemporaryDirectory() as directory:
        model.save_model(os.path.join(directory, "model"), format="json", pool=pool)
        with open(os.path.join(directory, "model")) as file:
            return model, json.load(file), Watch.predictions


def compare(what, trees, predictions, statistic):
    """A border is that of a whole number of parts of 1, counted in single precision.  Trees that found no border are left out."""
    with_border = [at for at, tree in enumerate(trees) if tree["splits"]]
    borders = np.round([trees[at]["splits"][0]["border"] for at in with_border])
    low, high = np.array([trees[at]["leaf_values"] for at in with_border]).T
    added = np.diff(np.array(predictions), axis=0, prepend=0)[with_border]
    above = np.abs(added - high[:, None]) < np.abs(added - low[:, None])
    parts = np.floor(np.float32(statistic) * np.float32(BORDERS))
    report("%s: %d rows beside %d borders" % (what, len(parts), len(set(borders))), above, parts[None, :] >= borders[:, None], 0)


def compare_ordered(values, target, news):
    psql("SELECT FROM gpu_encode.fit_transform('e', 't', 'o', 'y', '{c}', '{}', stats => '{sum,count}', split_method => 'ordered', order_by => '{i}')")
    psql("SELECT FROM gpu_encode.transform('e', 'news', 'n')")
    model, found, predictions = train(values, target, "Borders")
    for what, name, seen in (("rows before", "o", predictions), ("new rows", "n", list(model.staged_predict(news, prediction_type="RawFormulaVal")))):
        ones, rows = numbers(name, ["c_TE_sum", "c_TE_count"]).T
        compare("Borders, (ones + prior) / (rows + 1), %s" % what, found["oblivious_trees"], seen, (ones + PRIOR) / (rows + 1))


def compare_counter(values, target):
    """Counts of all rows, of which the training rows know their own."""
    psql("SELECT FROM gpu_encode.preprocess('t', 'counts', target_columns => '{c}', label_columns => '{}', stats => '{count}', order_by => '{i}')")
    _, found, predictions = train(values, target, "Counter")
    rows = numbers("counts", ["c_TE_count"])[:, 0]
    compare("Counter, (rows + prior) / (most rows + 1)", found["oblivious_trees"], predictions, (rows + PRIOR) / (np.max(rows) + 1))


print("# catboost %s" % catboost.__version__)
rows = list(make_rows(random.Random(17)))
psql("CREATE EXTENSION IF NOT EXISTS gpu_encode")
create_table("t", "i int, c text, y int", rows)
psql("CREATE TABLE news AS SELECT i, 'c' || i % 25 AS c FROM generate_series(0, 99) i")
values, target = table("t", ["c"]), numbers("t", ["y"])[:, 0]
compare_ordered(values, target, table("news", ["c"]))
compare_counter(values, target)
finish()
