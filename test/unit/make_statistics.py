"""Writes statistics_vectors.txt: encodings by all finishes in exact rational arithmetic, for finishes_test.c.

The formulas are those at the head of src/backend/finish.h, computed with Python's fractions.  A line each for a data set,
its finishes, its rows, and what is expected; doubles are 16 hexadecimal digits, sums are digits as exact_sum.h has them.
"""
import math
import random
import struct
import sys
from fractions import Fraction

import make_vectors
from make_vectors import digits_of, random_double, touched

ROWS, TARGETS, SUM, SQUARES, WEIGHTS, LEAST, GREATEST, ALL = (1 << i for i in range(8))
MEAN, COUNT, FREQUENCY, FINISH_SUM, VAR, STD, MIN, MAX, QUANTILE, WOE = range(10)
NONE, INTERLEAVED, CONTIGUOUS, RANDOM, CUSTOM = range(5)
NO_VALUE = None
INFINITY = float("inf")


def nearest(x):
    """RN: what is nearest to 0 is +0."""
    return make_vectors.nearest(x) + 0.0


def bits(x):
    return "7ff8000000000000" if x is NO_VALUE else struct.pack(">d", x).hex()


def round53(x):
    """A rational >= 0 rounded to 53 bits, the exponent unbounded."""
    if x == 0:
        return Fraction(0)
    shift = x.numerator.bit_length() - x.denominator.bit_length() - 55
    scaled = x / Fraction(2) ** shift
    whole = scaled.numerator // scaled.denominator
    drop = whole.bit_length() - 53
    unit = Fraction(2) ** (shift + drop)
    return Fraction(round(x / unit)) * unit  # ties to even


def root53(x):
    """The square root of a rational m * 2^e >= 0, rounded to 53 bits."""
    if x == 0:
        return Fraction(0)
    shift = 2 * ((x.numerator.bit_length() - x.denominator.bit_length() - 130) // 2)
    scaled = x / Fraction(2) ** shift
    assert scaled.denominator == 1
    root = math.isqrt(scaled.numerator)
    sticky = root * root != scaled.numerator
    return round53(Fraction(4 * root + sticky)) / 4 * Fraction(2) ** (shift // 2)


def in_range(x):
    return INFINITY if math.isnan(x) else x


def divide(a, b):
    if b == 0 or math.isnan(a) or math.isnan(b):
        return math.nan if a == 0 or math.isnan(a) or math.isnan(b) else math.copysign(INFINITY, a)
    return a / b


def ln(x):
    """The steps of ln.h in Python's doubles, which are never fused."""
    mantissa, exponent = math.frexp(x)
    mantissa, exponent = 2 * mantissa, exponent - 1
    if mantissa > float.fromhex("0x1.6a09e667f3bcdp0"):
        mantissa, exponent = mantissa / 2, exponent + 1
    f, k = mantissa - 1, float(exponent)
    half = 0.5 * f * f
    s = f / (2 + f)
    z, series = s * s, 2.0 / 21
    for i in range(19, 1, -2):
        series = 2.0 / i + z * series
    series *= z
    correction = s * (half + series) + k * float.fromhex("0x1.a39ef35793c76p-33")
    return k * float.fromhex("0x1.62e42feep-1") - ((half - correction) - f)


class Figures:
    """What some rows come to: (y, w) pairs, y exact."""

    def __init__(self, rows):
        self.rows = rows
        self.n = len(rows)
        self.weight = sum((w for _, w in rows), Fraction(0))
        self.total = sum((y * w for y, w in rows), Fraction(0))
        self.squares = sum((y * y * w for y, w in rows), Fraction(0))
        self.values = [y for y, w in rows if w > 0]
        self.empty = self.weight == 0

    def variance(self):
        weight = nearest(self.weight)
        if math.isinf(weight):
            return None
        spread = round53(self.weight * self.squares - self.total**2)
        return round53(round53(spread / Fraction(weight)) / Fraction(weight))


def weight_of(figures):
    weight = nearest(figures.weight)
    return math.nan if math.isinf(weight) else weight


def quantile(values, percent):
    values = sorted(nearest(y) for y in values)
    at, rest = divmod((len(values) - 1) * percent, 100)
    t, a = rest / 100, values[at]
    if t == 0:
        return a
    b = values[at + 1]
    return a * (1 - t) + b * t if a <= 0 <= b else a + (b - a) * t


def mean_of(figures, smooth, prior):
    """The smoothed mean; prior: the figures of the rows that it counts."""
    overall = in_range(divide(nearest(prior.total), weight_of(prior)))
    if figures.empty:
        return overall
    if smooth < 0:
        whole = prior.variance()
        if whole == 0:
            return overall
        smooth = nearest(round53(figures.variance() / whole)) if whole is not None else 0.0
    return in_range(divide(nearest(figures.total) + smooth * overall, weight_of(figures) + smooth))


def woe_of(figures, r, prior):
    if figures.empty:
        return 0.0
    p, q = nearest(figures.total), nearest(figures.weight - figures.total)
    big_p, big_q = nearest(prior.total), nearest(prior.weight - prior.total)
    odds = divide(divide(p + r, big_p + 2 * r), divide(q + r, big_q + 2 * r))
    return ln(odds) if 0 < odds < INFINITY else INFINITY


def of_targets(kind, figures, parameter):
    if figures.empty:
        return NO_VALUE
    if kind in (VAR, STD):
        variance = figures.variance()
        if variance is None:
            return INFINITY
        return nearest(variance if kind == VAR else root53(variance))
    if kind == QUANTILE:
        return quantile(figures.values, parameter)
    return nearest((min if kind == MIN else max)(figures.values))


def encode(finish, figures, n_rows, prior, n_all):
    """figures None: the rows belong to no category."""
    kind, parameter = finish
    empty = figures is None or figures.empty
    if kind in (COUNT, FREQUENCY):
        count = 0 if figures is None else n_rows
        return float(count) if kind == COUNT else count / n_all
    if kind == FINISH_SUM:
        return 0.0 if empty else nearest(figures.total)
    if kind == WOE:
        return 0.0 if empty else woe_of(figures, parameter, prior)
    if empty and prior.empty:
        return NO_VALUE
    if kind == MEAN:
        return mean_of(Figures([]) if empty else figures, parameter, prior)
    return of_targets(kind, prior if empty else figures, parameter)


def fold_of(split, i, k, n, custom):
    return {NONE: 0, INTERLEAVED: i % k, CONTIGUOUS: i * k // n, CUSTOM: custom}[split]


def draw_targets(rng, kind, n):
    """(is integer, is binary, targets)."""
    if kind == "binary":
        return True, True, [rng.randint(0, 1) for _ in range(n)]
    if kind == "binary doubles":
        return False, True, [float(rng.randint(0, 1)) for _ in range(n)]
    if kind == "small":
        return True, False, [rng.randint(-5, 20) for _ in range(n)]
    if kind == "equal":
        return False, False, [0.1] * n
    if kind == "int64":
        return True, False, [rng.choice([2**53 + 1, -(2**63), 2**63 - 1, rng.randint(-(2**63), 2**63 - 1)]) for _ in range(n)]
    if kind == "cents":
        return False, False, [rng.randint(-10000, 10000) / 100 for _ in range(n)]
    if kind == "beyond 2^53":
        return True, False, [2**53 + rng.randint(0, 3) for _ in range(n)]
    if kind == "spoiler":
        return False, False, [rng.choice([1e20, -1e20, 0.1, 0.3, -0.0, 0.7]) for _ in range(n)]
    if kind == "subnormal":
        return False, False, [rng.choice([5e-324, -5e-324, 1e-310, 3e-320, 2.5e-308, -0.0]) for _ in range(n)]
    if kind == "huge":
        return False, False, [rng.choice([1e308, -1e308, 3e307, 1.7976931348623157e308, -9e307]) for _ in range(n)]
    if kind == "near":
        return False, False, [1e15 + rng.randint(0, 7) / 8 for _ in range(n)]
    spread = rng.choice([3, 60, 1000])
    middle = rng.randint(1, 2045)
    bounds = max(0, middle - spread), min(2046, middle + spread)
    return False, False, [random_double(rng, *bounds) for _ in range(n)]


def draw_weights(rng, kind, n):
    if kind == "whole":
        return [float(rng.randint(0, 3)) for _ in range(n)]
    if kind == "parts":
        return [rng.choice([0.0, 0.1, 0.25, 1.5, rng.random()]) for _ in range(n)]
    if kind == "zero":
        return [0.0] * n
    if kind == "tiny":
        return [rng.choice([5e-324, 1e-320, 2e-308, 0.0]) for _ in range(n)]
    if kind == "huge":
        return [rng.choice([1e308, 1.5e308, 1.0]) for _ in range(n)]
    return [abs(random_double(rng, 0, 2046)) for _ in range(n)]


TARGET_KINDS = ["binary", "small", "cents", "spoiler", "int64", "binary doubles", "subnormal", "huge", "near", "equal", "beyond 2^53", "random"]
WEIGHT_KINDS = [None, "whole", None, "parts", "zero", None, "tiny", "random", None, "huge"]


def finishes_of(rng, binary, weighted):
    finishes = [(MEAN, -1.0), (MEAN, rng.choice([0.0, 0.001, 20.3])), (COUNT, 0), (FREQUENCY, 0), (FINISH_SUM, 0), (VAR, 0), (STD, 0),
                (MIN, 0), (MAX, 0)]
    if binary:
        finishes += [(WOE, 1.0), (WOE, rng.choice([0.5, 1e-300, 7.25]))]
    if not weighted:
        finishes += [(QUANTILE, 50), (QUANTILE, rng.randint(1, 99))]
    return finishes


def bins_of(values):
    touched_bins = [b for x in values for b in touched(x)] or [0]
    return min(touched_bins), max(touched_bins)


def sum_bins(low, high, low_weight, high_weight, weighted, binary, times, largest):
    if times == 2 and not binary:
        low, high = 2 * low, 2 * high + 1
        if 0 < largest < 2**32 and high > 0:
            high = 0 if largest < 65536 else 1
    if weighted:
        low, high = low + low_weight, high + high_weight + 1
    return low, high


def expected_sums(figures, bins):
    """The canonical digits of the three sums of one category."""
    out = []
    for value, (low, high) in zip((figures.total, figures.squares, figures.weight), bins):
        out.append(",".join(str(d) for d in digits_of(value, low, high - low + 3)))
    return out


def write_case(rng, target_kind, weight_kind, out):
    n = rng.choice([1, 2, 5, 9, 12])
    n_categories = rng.randint(1, 3)
    split = rng.choice([NONE, INTERLEAVED, CONTIGUOUS, CUSTOM])
    k = 1 if split == NONE else min(n, rng.randint(1, 4))
    integer, binary, targets = draw_targets(rng, target_kind, n)
    weighted = weight_kind is not None
    weights = draw_weights(rng, weight_kind, n) if weighted else [1.0] * n
    ids = [rng.randint(0, n_categories) for _ in range(n)]
    custom = list(range(k)) + [rng.randrange(k) for _ in range(n - k)]
    rng.shuffle(custom)
    null = [rng.random() < 0.15 for _ in range(n)]
    out_of_fold, missing = rng.random() < 0.6, rng.random() < 0.5
    low, high = bins_of(targets)
    low_weight, high_weight = bins_of(weights)
    largest = max(map(abs, targets)) if integer and rng.random() < 0.5 else 0
    largest = largest if largest < 2**63 else 0
    if binary:
        low = high = 0
    finishes = finishes_of(rng, binary, weighted)
    folds = [fold_of(split, i, k, n, custom[i]) for i in range(n)]
    rows = [None if null[i] else (Fraction(targets[i]), Fraction(weights[i])) for i in range(n)]

    def figures(keep):
        return Figures([rows[i] for i in range(n) if rows[i] is not None and keep(i)])

    everything = figures(lambda i: True)
    out.append(f"data {int(integer)} {int(binary)} {int(weighted)} {split} {k} {int(out_of_fold)} {int(missing)} {n} {n_categories} "
               f"{low} {high} {low_weight} {high_weight} {largest} {len(finishes)}")
    for kind, parameter in finishes:
        out.append(f"finish {kind} {bits(float(parameter))}")
    for i in range(n):
        value = "null" if null[i] else str(targets[i]) if integer else bits(targets[i])
        out.append(f"row {ids[i]} {folds[i]} {value} {bits(weights[i])}")
    full_overflows = False
    unseen = [encode(f, None, 0, everything, n) for f in finishes]
    full = []
    for c in range(n_categories + 1):
        of_category = figures(lambda i: ids[i] == c)
        known = of_category if c > 0 or missing else None
        full.append([encode(f, known, ids.count(c), everything, n) for f in finishes])
    by_row = []
    for i in range(n):
        def others(j):
            return split == NONE or folds[j] != folds[i]
        prior = figures(others) if out_of_fold else everything
        known = figures(lambda j: ids[j] == ids[i] and others(j)) if ids[i] > 0 or missing else None
        by_row.append([encode(f, known, ids.count(ids[i]), prior, n) for f in finishes])

    def overflows(values):
        return any(x is not NO_VALUE and math.isinf(x) for x in values)

    full_overflows = overflows(unseen) or any(map(overflows, full))
    status = "finish" if full_overflows else "rows" if any(map(overflows, by_row)) else "ok"
    out.append(f"status {status}")
    if full_overflows:
        return
    out.append("unseen " + " ".join(map(bits, unseen)))
    bins = [sum_bins(low, high, low_weight, high_weight, weighted, binary, times, largest) for times in (1, 2)] + [(low_weight, high_weight)]
    for c in range(n_categories + 1):
        of_category = figures(lambda i: ids[i] == c)
        least, greatest = [nearest(f(of_category.values)) if of_category.values else x
                           for f, x in ((min, INFINITY), (max, -INFINITY))]
        out.append("full " + " ".join(map(bits, full[c])))
        out.append(f"statistics {ids.count(c)} {of_category.n} {' '.join(expected_sums(of_category, bins))} {bits(least)} {bits(greatest)}")
    if status == "ok":
        for i in range(n):
            out.append("encoding " + " ".join(map(bits, by_row[i])))


def main():
    rng = random.Random(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
    out = []
    for i in range(int(sys.argv[2]) if len(sys.argv) > 2 else 84):
        write_case(rng, TARGET_KINDS[i % len(TARGET_KINDS)], WEIGHT_KINDS[(i // len(TARGET_KINDS) + i) % len(WEIGHT_KINDS)], out)
    print("\n".join(out))


if __name__ == "__main__":
    main()
