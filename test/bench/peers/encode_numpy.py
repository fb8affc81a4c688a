"""The encoding written by hand with numpy: codes are given, sums and counts by bincount over cells of code and fold."""
import numpy as np
from common import FOLDS, SMOOTH


def target_encode(codes, categories, y):
    """Out-of-fold encodings, interleaved folds, of codes below categories against y; all categories have rows."""
    prior = y.mean()
    cells = codes.astype(np.int64) * FOLDS + np.arange(len(y)) % FOLDS
    size = categories * FOLDS
    sums = np.bincount(cells, y, size).reshape(categories, FOLDS)
    counts = np.bincount(cells, minlength=size).reshape(categories, FOLDS)
    other_sums = sums.sum(axis=1, keepdims=True) - sums
    other_counts = counts.sum(axis=1, keepdims=True) - counts
    return ((other_sums + SMOOTH * prior) / (other_counts + SMOOTH)).ravel()[cells]
