-- The keyed permutation of split_method 'random': eight Feistel rounds with MurmurHash3's
-- finalizer, keys from splitmix64 (modulo 2^64 in numeric, modulo 2^32 in bigint).

CREATE FUNCTION testlib.fmix32(h bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT AS
$$
BEGIN
    h := h & 4294967295;
    h := h # (h >> 16);
    h := ((((h >> 16) * 2246822507) & 65535) << 16) + (h & 65535) * 2246822507 & 4294967295;
    h := h # (h >> 13);
    h := ((((h >> 16) * 3266489909) & 65535) << 16) + (h & 65535) * 3266489909 & 4294967295;
    RETURN h # (h >> 16);
END
$$;

-- x ^ (x >> by) on 64 bits, in numeric.
CREATE FUNCTION testlib.fold64(x numeric, by integer) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT AS
$$
    SELECT ((high # (high >> by)) & 4294967295)::numeric * 4294967296
         + (low # (((high << (32 - by)) | (low >> by)) & 4294967295))
    FROM (SELECT div(x, 4294967296)::bigint AS high, mod(x, 4294967296)::bigint AS low) h
$$;

-- High 32 bits of the (round + 1)-th splitmix64 output from state seed.
CREATE FUNCTION testlib.permutation_key(seed bigint, round integer) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT AS
$$
DECLARE
    modulus constant numeric := 18446744073709551616;
    z numeric := mod(mod(seed::numeric + (round + 1) * 11400714819323198485.0, modulus) + modulus, modulus);
BEGIN
    z := mod(testlib.fold64(z, 30) * 13787848793156543929.0, modulus);
    z := mod(testlib.fold64(z, 27) * 10723151780598845931.0, modulus);
    z := testlib.fold64(z, 31);
    RETURN div(z, 4294967296);
END
$$;

CREATE FUNCTION testlib.permute(i bigint, n bigint, keys bigint[]) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT AS
$$
DECLARE
    width integer := 8; low_bits integer; high_bits integer; low bigint; high bigint; r integer;
BEGIN
    WHILE (n - 1) >> width > 0 LOOP width := width + 1; END LOOP;
    high_bits := width / 2;
    low_bits := width - high_bits;
    LOOP
        low := i & ((1::bigint << low_bits) - 1);
        high := i >> low_bits;
        FOR r IN 1..7 BY 2 LOOP
            high := high # (testlib.fmix32(low + keys[r]) & ((1::bigint << high_bits) - 1));
            low := low # (testlib.fmix32(high + keys[r + 1]) & ((1::bigint << low_bits) - 1));
        END LOOP;
        i := (high << low_bits) | low;
        EXIT WHEN i < n;
    END LOOP;
    RETURN i;
END
$$;

-- Permutations already computed: at(i) for every i of 0..n-1.
CREATE TABLE testlib.permutations (n bigint, seed bigint, i bigint, at bigint, PRIMARY KEY (n, seed, i));
GRANT SELECT, INSERT ON testlib.permutations TO PUBLIC;

CREATE FUNCTION testlib.keep_permutation(for_n bigint, for_seed bigint) RETURNS void LANGUAGE sql AS
$$
    INSERT INTO testlib.permutations
    SELECT for_n, for_seed, i, testlib.permute(i, for_n, k.keys)
    FROM (SELECT array_agg(testlib.permutation_key(for_seed, r) ORDER BY r) AS keys FROM generate_series(0, 7) r) k,
         generate_series(0, for_n - 1) i
    WHERE NOT EXISTS (SELECT FROM testlib.permutations p WHERE p.n = for_n AND p.seed = for_seed);
$$;
