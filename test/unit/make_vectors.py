"""Writes exact_vectors.h: sums and encodings in exact rational arithmetic, for exact_sum_test.c.

The formulae are those at the head of src/exact_sum.h and src/encoding.h, computed with Python's fractions.
"""
import random
import struct
from fractions import Fraction

LOWEST, HIGHEST = -34, 31
INFINITY = float("inf")


def digits_of(value, low, n):
    """The n digits of |value| to the base 2^32 from bin low on, each with the sign of value."""
    scaled = abs(Fraction(value)) / Fraction(2) ** (32 * low)
    assert scaled.denominator == 1 and scaled < 2 ** (32 * n)
    sign = -1 if value < 0 else 1
    return [sign * (scaled.numerator >> 32 * i & 0xFFFFFFFF) for i in range(n)]


def touched(value):
    """The bins in which value has a digit that is not 0."""
    digits = digits_of(value, LOWEST, HIGHEST - LOWEST + 3)
    return [i + LOWEST for i, digit in enumerate(digits) if digit]


def nearest(value):
    """The double nearest to a rational, ties to even; infinity beyond the range; +0 for 0."""
    try:
        return value.numerator / value.denominator if value else 0.0
    except OverflowError:
        return INFINITY if value > 0 else -INFINITY


def random_double(rng, lowest, highest):
    """A double with a random mantissa and a biased exponent from lowest..highest."""
    bits = rng.getrandbits(1) << 63 | rng.randint(lowest, highest) << 52 | rng.getrandbits(52)
    return struct.unpack("<d", struct.pack("<Q", bits))[0]


def double_cases(rng):
    """Lists of doubles to be added, with names."""
    tiny, least_normal, most = 5e-324, 2.0**-1022, (2 - 2**-52) * 2.0**1023
    yield "nothing", []
    yield "zeros of both signs", [0.0, -0.0]
    yield "one", [1.0]
    yield "tenths", [0.1] * 7
    yield "a spoiler that goes again", [1e20, 0.1, -1e20, 0.2]
    yield "a spoiler that stays", [1e20, 0.1, 0.2]
    yield "cancels to zero", [0.1, -0.3, 0.3, -0.1]
    yield "least subnormals", [tiny] * 3
    yield "subnormals that add up to a normal", [least_normal - tiny, tiny]
    yield "subnormal beside the largest", [most, tiny, -most]
    yield "largest twice: overflow", [most, most]
    yield "largest twice, negative: overflow", [-most, -most]
    yield "just below overflow", [most, 2.0**969]
    yield "halfway to overflow: overflow", [most, 2.0**970]
    yield "below halfway to overflow", [most, 2.0**970, -tiny]
    yield "tie to even, down", [2.0**53, 1.0]
    yield "tie to even, up", [2.0**53 + 2, 1.0]
    yield "tie broken from far below", [2.0**53, 1.0, tiny]
    yield "tie broken from far below, negative", [-(2.0**53), -1.0, -tiny]
    yield "tie broken downwards", [2.0**53 + 2, 1.0, -tiny]
    yield "ripple of carries", [2.0**63 - 2.0**10, 2.0**10, 2.0**-1000]
    yield "all bins", [2.0 ** (32 * j) for j in range(-33, 32)]
    yield "negative of all bins", [-(2.0 ** (32 * j)) for j in range(-33, 32)]
    yield "bin boundaries", [2.0**32, 2.0**32 - 1, 2.0**31, 2.0**-32, 2.0**-33]
    for i in range(24):
        spread = rng.choice([4, 40, 200, 1000])
        middle = rng.randint(1, 2045)
        bounds = max(0, middle - spread), min(2046, middle + spread)
        yield f"random {i}", [random_double(rng, *bounds) for _ in range(rng.randint(2, 8))]


def integer_cases(rng):
    """Lists of int64 to be added, with names."""
    least, most = -(2**63), 2**63 - 1
    yield "zero", [0]
    yield "extremes", [least, most]
    yield "least thrice", [least] * 3
    yield "most thrice", [most] * 3
    yield "beyond 2^53, a tie to even", [2**53, 1]
    yield "beyond 2^53, off the tie", [2**53, 1, 2**62, 1]
    yield "digits of both signs", [2**32, -1, -(2**33), 5]
    for i in range(8):
        yield f"random {i}", [rng.randint(least, most) >> rng.randint(0, 62) for _ in range(6)]


def encoding_cases(rng):
    """(S', N', S, N, smooth): sums are lists of doubles."""
    ys = [1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0]
    yield [1.0], 2, ys, 10, 0.001
    yield [], 0, ys, 10, 0.001
    yield [0.0], 4, ys, 10, 0.0
    yield [13.0], 1, [17.0], 3, 20.3
    yield [5e-324], 1, [5e-324] * 3, 3, 0.5
    for _ in range(40):
        scale = 2.0 ** rng.randint(-1000, 900)
        total = [rng.uniform(-1, 1) * scale for _ in range(6)]
        count = rng.randint(1, 5)
        yield total[:count], count, total, 6, rng.choice([0.0, 0.001, 1.0, 20.3, 1e4, rng.random() * 50])


def encoding(part, n_part, total, n_total, smooth):
    """RN at every step; Python's own arithmetic on doubles never fuses."""
    mean = nearest(sum(map(Fraction, total), Fraction(0))) / n_total
    if n_part == 0:
        return mean
    return (nearest(sum(map(Fraction, part), Fraction(0))) + smooth * mean) / (n_part + smooth)


def c_double(x):
    return {INFINITY: "INFINITY", -INFINITY: "-INFINITY"}.get(x, x.hex())


def c_integer(x):
    return "INT64_MIN" if x == -(2**63) else f"INT64_C({x})"


def write_array(name, kind, items, per_line):
    print(f"static const {kind} {name}[] = {{")
    for i in range(0, len(items), per_line):
        print("\t" + ", ".join(items[i : i + per_line]) + ",")
    print("};\n")


def write_sums(kind, c_kind, cases, to_c):
    values, digits, rows = [], [], []
    for name, numbers in cases:
        bins = [b for x in numbers for b in touched(x)] or [0]
        low, high = min(bins), max(bins)
        total = sum(map(Fraction, numbers), Fraction(0))
        expected = digits_of(total, low, high - low + 3)
        rows.append(f'\t{{"{name}", {len(values)}, {len(numbers)}, {low}, {high}, {len(digits)}, {c_double(nearest(total))}}},')
        values += map(to_c, numbers)
        digits += map(str, expected)
    write_array(f"{kind}_values", c_kind, values, 4)
    write_array(f"{kind}_digits", "int64_t", digits, 8)
    print(f"static const SumVector {kind}_vectors[] = {{")
    print("\n".join(rows))
    print("};\n")


def main():
    rng = random.Random(3)
    print("/* Written by make_vectors.py: do not edit. */")
    print("/* clang-format off */")
    write_sums("double", "double", double_cases(rng), c_double)
    write_sums("integer", "int64_t", integer_cases(rng), c_integer)
    print("static const EncodingVector encoding_vectors[] = {")
    for part, n_part, total, n_total, smooth in encoding_cases(rng):
        sums = nearest(sum(map(Fraction, part), Fraction(0))), nearest(sum(map(Fraction, total), Fraction(0)))
        print(f"\t{{{c_double(sums[0])}, {n_part}, {c_double(sums[1])}, {n_total}, {c_double(smooth)}, "
              f"{c_double(encoding(part, n_part, total, n_total, smooth))}}},")
    print("};")
    print("/* clang-format on */")


if __name__ == "__main__":
    main()
