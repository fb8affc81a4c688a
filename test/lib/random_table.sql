-- Seeded random tables: the same rows for the same arguments, from a hash.

-- A uniform number in [0, 1) for (row, salt).
CREATE FUNCTION testlib.uniform(i bigint, salt bigint) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS
$$
    SELECT ((pg_catalog.hashint8extended(i * 1000003, salt) >> 11) & 9007199254740991) / 9007199254740992.0::float8
$$;

-- n rows with categories of several types and shapes, and targets of every type.
CREATE FUNCTION testlib.make_table(name text, n integer, seed bigint) RETURNS void LANGUAGE plpgsql AS
$$
BEGIN
    EXECUTE format(
      $q$CREATE TABLE %s AS
         SELECT i AS id,
                CASE WHEN u[1] > 0.1 THEN 'v' || floor(8 * u[2] ^ 3) END AS few,
                ('key ' || floor(0.7 * %s * u[3]))::varchar(40) AS many,
                CASE WHEN u[4] > 0.05 THEN floor(20 * u[5])::integer - 10 END AS number,
                round(trunc((3 * u[6])::numeric, 1), 1 + i %% 3) AS amount,
                CASE WHEN u[7] > 0.1 THEN floor(200 * u[8])::integer - 100 END AS y_int,
                CASE WHEN u[9] > 0.1 THEN (u[10] - 0.5) * 10::float8 ^ (floor(80 * u[11]) - 40) END AS y_float,
                CASE WHEN i = %2$s / 2 THEN 1e20 ELSE round((1000 * u[12])::numeric) / 100 END::float8 AS y_spoiled,
                (floor(1000 * u[13]) - 500) * '5e-324'::float8 AS y_subnormal,
                round((1e6 * u[14])::numeric, 4) AS y_numeric,
                CASE WHEN u[15] > 0.1 THEN u[16] < 0.3 END AS y_boolean,
                CASE WHEN i = 1 OR u[17] > 0.1 THEN CASE WHEN u[18] < 0.3 THEN '50000+.' ELSE '- 50000.' END END AS y_text,
                floor(7 * u[19])::integer * 300000000 - 1000000000 AS fold
         FROM generate_series(1, %2$s) i,
              LATERAL (SELECT array_agg(testlib.uniform(i, %3$s + k) ORDER BY k) AS u FROM generate_series(1, 19) k) r$q$,
      name, n, seed);
END
$$;
