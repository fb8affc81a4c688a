"""Writes fold_vectors.sql: folds of split_method hash, for test/sql/fold_of.sql.

XXH64 is written here from its specification, and checked against digests that are published.
"""
import random
import struct

PRIMES = (11400714785074694791, 14029467366897019727, 1609587929392839161, 9650029242287828579, 2870177450012600261)
WORD = 2**64 - 1


def rotate(x, bits):
    return (x << bits | x >> (64 - bits)) & WORD


def one_round(lane, word):
    return rotate((lane + word * PRIMES[1]) & WORD, 31) * PRIMES[0] & WORD


def xxh64(data, seed):
    at, seed = 0, seed & WORD
    if len(data) >= 32:
        lanes = [(seed + PRIMES[0] + PRIMES[1]) & WORD, (seed + PRIMES[1]) & WORD, seed, (seed - PRIMES[0]) & WORD]
        while len(data) - at >= 32:
            lanes = [one_round(lane, word) for lane, word in zip(lanes, struct.unpack_from("<4Q", data, at))]
            at += 32
        h = sum(rotate(lane, bits) for lane, bits in zip(lanes, (1, 7, 12, 18))) & WORD
        for lane in lanes:
            h = ((h ^ one_round(0, lane)) * PRIMES[0] + PRIMES[3]) & WORD
    else:
        h = (seed + PRIMES[4]) & WORD
    h = (h + len(data)) & WORD
    while len(data) - at >= 8:
        h = (rotate(h ^ one_round(0, struct.unpack_from("<Q", data, at)[0]), 27) * PRIMES[0] + PRIMES[3]) & WORD
        at += 8
    if len(data) - at >= 4:
        h = (rotate(h ^ struct.unpack_from("<I", data, at)[0] * PRIMES[0] & WORD, 23) * PRIMES[1] + PRIMES[2]) & WORD
        at += 4
    for byte in data[at:]:
        h = rotate(h ^ byte * PRIMES[4] & WORD, 11) * PRIMES[0] & WORD
    h = (h ^ h >> 33) * PRIMES[1] & WORD
    h = (h ^ h >> 29) * PRIMES[2] & WORD
    return h ^ h >> 32


assert xxh64(b"", 0) == 0xEF46DB3751D8E999
assert xxh64(b"abc", 0) == 0x44BC2CF5AD770999
assert xxh64(b"Nobody inspects the spammish repetition", 0) == 0xFBCEA83C8A378BF1


def fold(keys, n_folds, seed):
    data = b"".join(struct.pack("<Q", WORD if key is None else len(key)) + (key or b"") for key in keys)
    return xxh64(data, seed) * n_folds >> 64


def main():
    rng = random.Random(64)
    print("-- Made by make_fold_vectors.py: keys, number of folds, seed, fold.")
    print("CREATE TABLE vectors (keys text[], n_folds integer, seed bigint, fold integer);")
    print("COPY vectors FROM stdin;")
    for i in range(200):
        keys = [None if rng.random() < 0.1 else "".join(rng.choice("abcxyz019 ") for _ in range(rng.choice((0, 1, 3, 7, 8, 12, 23, 24, 31, 40, 100))))
                for _ in range(rng.choice((1, 1, 2, 3)))]
        n_folds, seed = rng.choice((2, 3, 5, 10, 2**31 - 1)), rng.choice((0, 42, -1, rng.getrandbits(64) - 2**63))
        shown = ",".join("NULL" if key is None else f'"{key}"' for key in keys)
        print(f"{{{shown}}}\t{n_folds}\t{seed}\t{fold([None if k is None else k.encode() for k in keys], n_folds, seed)}")
    print("\\.")


main()
