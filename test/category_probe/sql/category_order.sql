-- Keys sort and compare as values do, and come back from their text: every type, many values.
-- type | key kind | values | categories | wrong order, equality, round trip, value
\pset format unaligned
\pset tuples_only on

SELECT * FROM check_type('boolean', $$VALUES (true), (false), (true)$$);
SELECT * FROM check_type('smallint', $$SELECT noise(i, 1) % 1000 FROM generate_series(1, 3000) i
    UNION ALL VALUES (-32768), (32767), (0)$$);
SELECT * FROM check_type('integer', $$SELECT noise(i, 2) % 2147483648 FROM generate_series(1, 3000) i
    UNION ALL VALUES (-2147483648), (2147483647), (0), (-1)$$);
SELECT * FROM check_type('bigint', $$SELECT noise(i, 3) >> (i % 64)::int FROM generate_series(1, 3000) i
    UNION ALL VALUES ('-9223372036854775808'::bigint), (9223372036854775807), (0)$$);
SELECT * FROM check_type('oid', $$SELECT noise(i, 4) & 4294967295 FROM generate_series(1, 3000) i
    UNION ALL VALUES (0), (4294967295), (2147483647), (2147483648)$$);
SELECT * FROM check_type('date', $$SELECT date '2000-01-01' + (noise(i, 5) % 700000)::int FROM generate_series(1, 3000) i
    UNION ALL VALUES (date 'infinity'), ('-infinity'), ('4713-01-01 BC'), ('5874897-12-31')$$);
SELECT * FROM check_type('timestamp', $$SELECT timestamp 'epoch' + noise(i, 6) % 100000000000000000 * interval '1 microsecond'
    FROM generate_series(1, 3000) i
    UNION ALL VALUES (timestamp 'infinity'), ('-infinity'), ('4713-01-01 BC'), ('294276-12-31 23:59:59.999999')$$);
SELECT * FROM check_type('timestamptz', $$SELECT timestamptz 'epoch' + noise(i, 6) % 100000000000000000 * interval '1 microsecond'
    FROM generate_series(1, 3000) i
    UNION ALL VALUES (timestamptz 'infinity'), ('-infinity'), ('4713-01-01 BC')$$);
SELECT * FROM check_type('real', $$SELECT (noise(i, 7) % 10000)::real / power(10, noise(i, 8) % 30)::real FROM generate_series(1, 3000) i
    UNION ALL VALUES ('NaN'::real), ('Infinity'), ('-Infinity'), ('-0'), ('0'), ('1e-45'), ('-1e-45'), ('3.4028235e38'), ('0.1'), ('-NaN')$$);
SELECT * FROM check_type('double precision', $$SELECT noise(i, 9)::float8 * power(10::float8, noise(i, 10) % 280) FROM generate_series(1, 3000) i
    UNION ALL VALUES ('NaN'::float8), ('Infinity'), ('-Infinity'), ('-0'), ('0'), ('5e-324'), ('-5e-324'), ('0.1'), ('1.7976931348623157e308'), ('-NaN')$$);
SELECT * FROM check_type('numeric', $$SELECT (noise(i, 11) % 100000 || '.00e' || noise(i, 12) % 25)::numeric FROM generate_series(1, 3000) i
    UNION ALL SELECT round(noise(i, 13) % 1000000 / 10000.0, (noise(i, 14) & 7)::int) FROM generate_series(1, 3000) i
    UNION ALL SELECT s * ('1e' || i)::numeric FROM generate_series(-30, 30) i, (VALUES (1), (-1), (9), (-9)) AS sign(s)
    UNION ALL SELECT (s || repeat('1234', i) || d)::numeric FROM generate_series(1, 30) i, (VALUES (''), ('-')) AS sign(s),
        (VALUES (''), ('.0'), ('0'), ('.0001'), ('.00010'), ('.00000001')) AS decimals(d)
    UNION ALL VALUES ('NaN'::numeric), ('Infinity'), ('-Infinity'), ('0'), ('0.000'), ('-0.0'), ('1e-16383'), ('-1e-16383'),
        ('1e-1000'), ('1e1000'), ('-1e1000'), ('9.99e131071'), ('-9.99e131071'), ('1'), ('1.0'), ('1.00')$$);
SELECT * FROM check_type('interval', $$SELECT make_interval(months => (noise(i, 15) % 5)::int, days => (noise(i, 16) % 70)::int,
        hours => (noise(i, 17) % 60)::int) FROM generate_series(1, 3000) i
    UNION ALL SELECT make_interval(months => (noise(i, 18) % 100000)::int, days => (noise(i, 19) % 2000000000)::int,
        secs => noise(i, 20) % 1000000000000 / 1e6) FROM generate_series(1, 3000) i
    UNION ALL VALUES (interval '0'), ('1 mon'), ('30 days'), ('720 hours'), ('1 day'), ('24:00:00'), ('-1 mon 30 days'),
        ('178000000 years'), ('-178000000 years'), ('1 us'), ('-1 us'),
        (make_interval(months => 2147483646, days => 2147483646, secs => 9e12)),
        (make_interval(months => -2147483647, days => -2147483647, secs => -9e12))$$);
SELECT * FROM check_type('uuid', $$SELECT md5(i::text) FROM generate_series(1, 3000) i
    UNION ALL VALUES ('00000000-0000-0000-0000-000000000000'), ('FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF'), ('ffffffff-ffff-ffff-ffff-ffffffffffff')$$);
SELECT * FROM check_type('bytea', $$SELECT substr(decode(md5(i::text), 'hex'), 1, i % 5) FROM generate_series(1, 3000) i
    UNION ALL VALUES (''::bytea), ('\x00'), ('\x0000'), ('\xff'), ('\xff00')$$);

-- text bytewise
CREATE TEMP TABLE strings AS
SELECT translate(left(md5(i::text), i % 5), '0123456789', E'A \n\u00e4\u4e2d\U0001F600zZ_~') AS string FROM generate_series(1, 3000) i
UNION ALL VALUES (''), (' '), ('a'), ('a '), ('A'), ('aa');
SELECT * FROM check_type('text', 'TABLE strings', 'value COLLATE "C"');
SELECT * FROM check_type('varchar', 'TABLE strings', 'value COLLATE "C"');
SELECT * FROM check_type('bpchar', 'TABLE strings', 'value COLLATE "C"');
SELECT * FROM check_type('name', 'TABLE strings', 'value COLLATE "C"');

-- enums by enum order, which is not that of their OIDs
CREATE TYPE size AS ENUM ('large', 'extra large');
ALTER TYPE size ADD VALUE 'small' BEFORE 'large';
ALTER TYPE size ADD VALUE 'medium' AFTER 'small';
SELECT * FROM check_type('size', $$SELECT (enum_range(NULL::size))[1 + i % 4] FROM generate_series(1, 20) i$$);
CREATE TYPE many AS ENUM ();
DO $$
BEGIN
    FOR i IN 1 .. 200 LOOP
        EXECUTE format('ALTER TYPE many ADD VALUE %L', i)
            || CASE WHEN i > 1 THEN format(' BEFORE %L', 1 + (noise(i, 21) & 2147483647) % (i - 1)) ELSE '' END;
    END LOOP;
END $$;
SELECT * FROM check_type('many', $$SELECT unnest(enum_range(NULL::many))$$);

-- domains by their base type, domains over domains too
CREATE DOMAIN price AS numeric(10, 2) CHECK (value >= 0);
CREATE DOMAIN sale_price AS price CHECK (value < 1000);
CREATE DOMAIN shirt AS size CHECK (value <> 'extra large');
SELECT * FROM check_type('sale_price', $$SELECT (noise(i, 22) & 65535) / 100.0 FROM generate_series(1, 3000) i WHERE (noise(i, 22) & 65535) < 60000$$);
SELECT * FROM check_type('shirt', $$SELECT unnest(enum_range(NULL, 'large'::size))$$, 'value::size');

-- every other type by its text alone
CREATE TYPE pair AS (a integer, b text);
SELECT * FROM check_type('integer[]', $$SELECT ARRAY[noise(i, 23) % 20, noise(i, 24) % 20]::text FROM generate_series(1, 1000) i
    UNION ALL VALUES ('{}'), ('{NULL}'), ('{{1,2},{3,4}}'), ('[0:1]={1,2}')$$, 'value::text COLLATE "C"');
SELECT * FROM check_type('text[]', $$SELECT ARRAY[string] FROM strings$$, 'value::text COLLATE "C"');
SELECT * FROM check_type('json', $$SELECT json_build_object('a', noise(i, 25) % 100)::text FROM generate_series(1, 1000) i
    UNION ALL VALUES ('{"a":1}'), ('{"a": 1}'), ('{"a":1, "a":2}')$$, 'value::text COLLATE "C"');
SELECT * FROM check_type('jsonb', $$SELECT json_build_object('a', noise(i, 26) % 100)::text FROM generate_series(1, 1000) i
    UNION ALL VALUES ('{"a":1}'), ('{"a": 1}'), ('{"a": 1.0}')$$, 'value::text COLLATE "C"');
SELECT * FROM check_type('int4range', $$SELECT int4range((noise(i, 27) & 15)::int, 20)::text FROM generate_series(1, 1000) i
    UNION ALL VALUES ('empty'), ('(,)')$$, 'value::text COLLATE "C"');
SELECT * FROM check_type('datemultirange', $$VALUES ('{[2020-01-01,2020-02-01),[2021-01-01,)}'), ('{}')$$, 'value::text COLLATE "C"');
SELECT * FROM check_type('pair', $$SELECT (noise(i, 28) % 20, i % 3)::pair FROM generate_series(1, 1000) i$$, 'value::text COLLATE "C"');
SELECT * FROM check_type('inet', $$SELECT ('10.0.0.' || i % 256)::inet FROM generate_series(1, 1000) i$$, 'value::text COLLATE "C"');
SELECT * FROM check_type('"char"', $$VALUES ('a'), ('b'), ('')$$, 'value::text COLLATE "C"');
SELECT * FROM check_type('time', $$SELECT time '00:00' + noise(i, 29) % 86400000000 * interval '1 us' FROM generate_series(1, 1000) i$$);
SELECT * FROM check_type('timetz', $$VALUES ('12:00+00'), ('13:00+01')$$, 'value::text COLLATE "C"');
SELECT * FROM check_type('bit varying', $$VALUES ('0'), ('01'), ('1'), ('')$$, 'value::text COLLATE "C"');
SELECT * FROM check_type('regclass', $$VALUES ('pg_class'), ('pg_catalog.pg_proc'), ('strings')$$, 'value::text COLLATE "C"');
