"""Writes moments_vectors.sql: targets, and their moments in exact rational arithmetic, for test/sql/moments.sql.

Independent of the extension: Python's fractions, and its division of integers, which rounds to the nearest double.
"""
import math
import random
import struct
from fractions import Fraction

TINY, MOST = 5e-324, (2 - 2**-52) * 2.0**1023


def nearest(value):
    """The double nearest to a rational, ties to even; None beyond the range."""
    try:
        return value.numerator / value.denominator
    except OverflowError:
        return None


def printed(value):
    """The text of an exact number: a whole number below 2^127, or an odd number times a power of two in hexadecimal digits."""
    if value.denominator == 1 and abs(value) < 2**127:
        return str(value.numerator)
    mantissa, exponent = abs(value.numerator), 1 - value.denominator.bit_length()
    while mantissa % 2 == 0:
        mantissa, exponent = mantissa // 2, exponent + 1
    return f"{'-' if value < 0 else ''}0x{mantissa:x}p{exponent}"


def bound(value):
    """The nearest double as PostgreSQL prints it; -0 as 0."""
    digits = repr(float(value) + 0.0)
    if digits.endswith(".0"):
        digits = digits[:-2]
    if "e" not in digits and abs(value) >= 1e15:
        # shortest digits, but with an exponent from 1e15 on
        digits = f"{float(value):.17e}"
        for precision in range(17):
            candidate = f"{float(value):.{precision}e}"
            if float(candidate) == float(value):
                digits = candidate
                break
    if "e" in digits:
        head, exponent = digits.split("e")
        head = head.rstrip("0").rstrip(".") if "." in head else head
        digits = f"{head}e{'-' if exponent[0] == '-' else '+'}{int(exponent.lstrip('+-')):02d}"
    elif 0 < abs(value) < 1e-4:
        raise ValueError(digits)
    return digits


def root_and_square(weight, squares, total):
    """Variance and standard deviation as the manual defines them: bits of the quotient, then a power of two."""
    deviations = weight * squares - total * total
    divisor = nearest(weight)
    if deviations == 0:
        return 0.0, 0.0
    exponent = deviations.numerator.bit_length() - deviations.denominator.bit_length() - 53
    while abs(deviations) / Fraction(2) ** exponent >= 2**53:
        exponent += 1
    while abs(deviations) / Fraction(2) ** exponent < 2**52:
        exponent -= 1
    mantissa = nearest(Fraction(round(deviations / Fraction(2) ** exponent)))
    scaled, shift = math.frexp(divisor)
    quotient = mantissa / scaled / scaled
    exponent -= 2 * shift
    variance = nearest(Fraction(quotient) * Fraction(2) ** exponent)
    if exponent % 2:
        quotient, exponent = quotient * 2, exponent - 1
    return variance, nearest(Fraction(math.sqrt(quotient)) * Fraction(2) ** (exponent // 2))


def expected(rows, weighted):
    """The text of the moments, and the figures: sum, exact mean, mean, variance, standard deviation (None: an error)."""
    used = [(Fraction(y), Fraction(w) if weighted else Fraction(1), y) for y, w in rows if y is not None]
    weight = sum((w for _, w, _ in used), Fraction(0))
    total = sum((w * y for y, w, _ in used), Fraction(0))
    squares = sum((w * y * y for y, w, _ in used), Fraction(0))
    text = f"rows={len(rows)} targets={len(used)}"
    if weight != len(used):
        text += f" weight={printed(weight)}"
    if weight == 0:
        return [text] + ["\\N"] * 5
    counted = [y for _, w, y in used if w > 0]
    text += f" sum={printed(total)} squares={printed(squares)} least={bound(min(counted))} greatest={bound(max(counted))}"
    rounded, divisor = nearest(total), nearest(weight)
    rounded = None if rounded is None else rounded + 0.0
    mean = None if rounded is None or divisor is None else nearest(Fraction(rounded) / Fraction(divisor))
    variance, deviation = (None, None) if divisor is None else root_and_square(weight, squares, total)
    average = "\\N" if weighted else nearest(total / len(used)) + 0.0
    return [text] + ["error" if x is None else str(x) for x in (rounded, average, mean, variance, deviation)]


def random_double(rng, lowest, highest):
    bits = rng.getrandbits(1) << 63 | rng.randint(lowest, highest) << 52 | rng.getrandbits(52)
    return struct.unpack("<d", struct.pack("<Q", bits))[0]


def float_cases(rng):
    yield [None], None
    yield [0.0, -0.0, None], None
    yield [1.0], None
    yield [0.1] * 7, None
    yield [1e20, 0.1, -1e20, 0.2], None
    yield [0.1, -0.3, 0.3, -0.1], None
    yield [TINY] * 3, None
    yield [TINY, -2 * TINY], None
    yield [MOST, TINY, -MOST], None
    yield [MOST, MOST], None
    yield [-MOST, -MOST, 1.0], None
    yield [1e308, -1e308, 1e-308], None
    yield [2.0**53, 1.0], None
    yield [2.0**53 + 2, 1.0], None
    yield [2.0**31, -(2.0**31), 2.0**31 - 1], None
    yield [3.0, -4.0, 2147483647.0, -2147483648.0, None, 7.5], None
    yield [1e15, 123456789012345680.0, -0.001], None
    yield [2.0**-1022, -(2.0**-1022) + TINY], None
    yield [1.0, 2.0, 3.0], [0.5, 0.25, 0.25]
    yield [1.0, 2.0, None], [1.0, 1.0, 3.0]
    yield [5.5, 2.0, 9.0], [0.0, 0.0, 0.0]
    yield [5.5, 2.0, 9.0], [0.0, 2.5, 0.0]
    yield [MOST, -MOST, 1.0], [MOST, MOST, TINY]
    yield [TINY, TINY], [TINY, 1.0]
    yield [0.1, 0.2, 0.3, None], [0.1, 1e10, 1e-10, 5.0]
    for lowest, highest, n in ((1000, 1040, 30), (1022, 1022, 50), (0, 2046, 40), (0, 60, 20), (1010, 1070, 200)):
        yield [random_double(rng, lowest, highest) for _ in range(n)], None
        yield [random_double(rng, lowest, highest) if rng.random() < 0.9 else None for _ in range(n)], [
            abs(random_double(rng, lowest, highest)) for _ in range(n)
        ]
    yield [rng.randint(-9, 9) / 2 for _ in range(60)], None
    yield [float(rng.randint(-9, 9)) for _ in range(60)], [float(rng.randint(0, 3)) for _ in range(60)]


def whole_cases(rng):
    yield [2**53 + 1, 2**53 + 1, None], None
    yield [2**63 - 1, -(2**63), 2**63 - 1], None
    yield [-(2**63)] * 5, None
    yield [2**31 - 1, -(2**31), 2**31, 0], None
    yield [7, -7, 7, -7], None
    yield [2**53 + 1, 3], [0.1, 2.0**-1074]
    yield [2**63 - 1, -(2**63)], [MOST, 1e-300]
    yield [rng.getrandbits(64) - 2**63 for _ in range(50)], None
    yield [rng.getrandbits(64) - 2**63 for _ in range(50)], [abs(random_double(rng, 900, 1100)) for _ in range(50)]
    yield [rng.randint(-5, 5) for _ in range(80)], None


def boolean_cases(rng):
    yield [1, 1, None], None
    yield [rng.randint(0, 1) for _ in range(90)], None
    yield [rng.randint(0, 1) for _ in range(90)], [rng.random() for _ in range(90)]


def main():
    rng = random.Random(17)
    number, targets, answers = 0, [], []
    for kind, cases in (("float8", float_cases), ("bigint", whole_cases), ("boolean", boolean_cases)):
        for ys, weights in cases(rng):
            number += 1
            rows = list(zip(ys, weights or [None] * len(ys)))
            for y, w in rows:
                shown = "\\N" if y is None else repr(y) if kind != "boolean" else "true" if y else "false"
                targets.append("\t".join([str(number), kind, shown, "\\N" if w is None else repr(w)]))
            answers.append("\t".join([str(number), kind, "t" if weights else "f"] + expected(rows, weights is not None)))
    print("-- Made by make_moments_vectors.py: targets, and what Python's fractions make of them.")
    print("CREATE TABLE targets (number integer, kind text, y text, w float8, i serial);")
    print("COPY targets (number, kind, y, w) FROM stdin;")
    print("\n".join(targets) + "\n\\.")
    print("CREATE TABLE answers (number integer, kind text, weighted boolean, m text, sum text, avg text, mean text, variance text, deviation text);")
    print("COPY answers FROM stdin;")
    print("\n".join(answers) + "\n\\.")


main()
