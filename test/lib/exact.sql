-- Exact arithmetic on doubles: numeric is exact for +, - and *, so every double and every sum
-- of doubles has an exact numeric. RN, the nearest double, is numeric::float8 (strtod).

CREATE TABLE testlib.power_of_two (exponent integer PRIMARY KEY, value numeric NOT NULL);
INSERT INTO testlib.power_of_two
WITH RECURSIVE up (e, v) AS (SELECT 0, 1::numeric UNION ALL SELECT e + 1, v * 2 FROM up WHERE e < 1120),
     down (e, v) AS (SELECT -1, 0.5::numeric UNION ALL SELECT e - 1, v * 0.5 FROM down WHERE e > -1120)
SELECT * FROM up UNION ALL SELECT * FROM down;
GRANT SELECT ON testlib.power_of_two TO PUBLIC;

-- The exact value of a finite double.
CREATE FUNCTION testlib.exact(x float8) RETURNS numeric LANGUAGE plpgsql IMMUTABLE STRICT AS
$$
DECLARE
    bits bigint := ('x' || pg_catalog.encode(pg_catalog.float8send(x), 'hex'))::bit(64)::bigint;
    biased integer := (bits >> 52) & 2047;
    mantissa bigint := bits & 4503599627370495;
    scale numeric;
BEGIN
    IF x = 0 THEN
        RETURN 0;
    ELSIF abs(x) < 9007199254740992 AND x = trunc(x) THEN
        RETURN x::bigint;
    END IF;
    IF biased = 0 THEN biased := 1; ELSE mantissa := mantissa | 4503599627370496; END IF;
    WHILE mantissa & 1 = 0 LOOP
        mantissa := mantissa >> 1;
        biased := biased + 1;
    END LOOP;
    SELECT value INTO scale FROM testlib.power_of_two WHERE exponent = biased - 1075;
    RETURN mantissa * scale * CASE WHEN bits < 0 THEN -1 ELSE 1 END;
END
$$;

-- The exact sum in moments, from their text: a whole number, or an odd hexadecimal number times a power of two.
CREATE FUNCTION testlib.sum_of(m gpu_encode.moments) RETURNS numeric LANGUAGE plpgsql STABLE STRICT AS
$$
DECLARE
    text_of text := coalesce(substring(m::text FROM ' sum=(\S+)'), '0');
    parts text[] := regexp_match(text_of, '^(-?)0x([0-9a-f]+)p(-?\d+)$');
    v numeric := 0;
BEGIN
    IF parts IS NULL THEN
        RETURN text_of::numeric;
    END IF;
    FOR i IN 1..length(parts[2]) LOOP
        v := v * 16 + strpos('0123456789abcdef', substr(parts[2], i, 1)) - 1;
    END LOOP;
    RETURN trim_scale((parts[1] || '1')::numeric * v * (SELECT value FROM testlib.power_of_two WHERE exponent = parts[3]::integer));
END
$$;

-- Whether an exact value rounds to 0: up to half the smallest double, ties to even.
CREATE FUNCTION testlib.vanishes(v numeric) RETURNS boolean LANGUAGE sql STABLE STRICT AS
$$
    SELECT abs(v) * value <= 1 FROM testlib.power_of_two WHERE exponent = 1075
$$;

CREATE FUNCTION testlib.signed_zero(v numeric) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS
$$ SELECT CASE WHEN v < 0 THEN '-0'::float8 ELSE 0::float8 END $$;

-- RN of a sum of doubles, which is 0 or no smaller than the smallest double.
CREATE FUNCTION testlib.nearest(v numeric) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS
$$ SELECT v::float8 $$;

-- a / b and a * b as the processor does them: float8's operators do, but refuse what becomes 0.
-- In plpgsql, as PostgreSQL 18 computes both branches of a CASE over constants when it plans an SQL function.
CREATE FUNCTION testlib.quotient(a float8, b float8) RETURNS float8 LANGUAGE plpgsql STABLE STRICT AS
$$
BEGIN
    IF a = 0 OR abs(a) >= 1e-150 AND b <= 1e150 THEN
        RETURN a / b;
    ELSIF abs(testlib.exact(a)) * (SELECT value FROM testlib.power_of_two WHERE exponent = 1075) <= testlib.exact(b) THEN
        RETURN testlib.signed_zero(testlib.exact(a));
    END IF;
    RETURN a / b;
END
$$;

CREATE FUNCTION testlib.product(a float8, b float8) RETURNS float8 LANGUAGE plpgsql STABLE STRICT AS
$$
BEGIN
    IF a = 0 OR b = 0 OR abs(a) >= 1e-150 AND abs(b) >= 1e-150 THEN
        RETURN a * b;
    ELSIF testlib.vanishes(testlib.exact(a) * testlib.exact(b)) THEN
        RETURN testlib.signed_zero(testlib.exact(a) * testlib.exact(b));
    END IF;
    RETURN a * b;
END
$$;
