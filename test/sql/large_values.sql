-- large_values: targets at the edges of number types; sums are exact, and overflow is an error.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_large_values;
SET search_path = test_large_values;
SET extra_float_digits = 3;

-- one value of 1e20 does not spoil the other categories
CREATE TABLE spoiled AS SELECT i, 'v' || i % 7 AS x, CASE i WHEN 500 THEN 1e20 WHEN 501 THEN -1e20 ELSE (i % 100) / 100.0 END::float8 AS y FROM generate_series(1, 1000) i;
SELECT s, testlib.target_check('spoiled', '{x}', 'y', 5, s), testlib.target_bound('spoiled', '{x}', 'y', 5, s) AS beyond_bound FROM unnest('{0,0.001,20.3}'::float8[]) s;
-- cancelling to the last bit: (1e300 + 1 - 1e300) is 1
CREATE TABLE cancelling (x text, y float8);
INSERT INTO cancelling VALUES ('a', 1e300), ('a', 1), ('a', -1e300), ('a', 5e-324), ('b', 0);
SELECT ordinal, encoding FROM gpu_encode.target_encode('cancelling', 'x', 'y', n_folds => 5, prior => 'global', smooth => 0) ORDER BY ordinal;
SELECT testlib.target_check('cancelling', '{x}', 'y', 5, 1), testlib.target_bound('cancelling', '{x}', 'y', 5, 1) AS beyond_bound;
SELECT count(*) FROM gpu_encode.fit('e_cancelling', 'cancelling', 'y', '{x}', '{}', smooth => 0);
SELECT testlib.sum_of(moments[1]) = 1 + testlib.exact(5e-324) AS exact, encoding FROM e_cancelling WHERE kind = 'category' AND value = 'a';

-- rounding of a sum: to nearest, ties to even (2^53 + 1 is a tie, with any bit beyond it is not)
CREATE TABLE rounding (x text, y float8);
INSERT INTO rounding VALUES ('tie', 9007199254740992), ('tie', 1), ('tie', 0), ('above', 9007199254740992), ('above', 1), ('above', 1e-300), ('odd', 9007199254740994), ('odd', 1), ('odd', 0), ('other', 0);
SELECT count(*) FROM gpu_encode.fit('e_rounding', 'rounding', 'y', '{x}', '{}', smooth => 0);
SELECT value, encoding = CASE value WHEN 'tie' THEN 9007199254740992 WHEN 'above' THEN 9007199254740994 WHEN 'odd' THEN 9007199254740996 ELSE 0 END::float8 / gpu_encode.n_target(moments[1]) AS right_bits
FROM e_rounding WHERE kind = 'category' ORDER BY value;
SELECT testlib.encoder_check('e_rounding', 'rounding', '{x}', false, 'y');

-- subnormals are kept; results below the smallest are 0
CREATE TABLE subnormal AS SELECT i, 'v' || i % 5 AS x, i % 11 * '5e-324'::float8 AS y, i % 3 * '2.2250738585072014e-308'::float8 AS z FROM generate_series(1, 300) i;
SELECT c, s, testlib.target_check('subnormal', '{x}', c, 5, s), testlib.target_bound('subnormal', '{x}', c, 5, s) AS beyond_bound
FROM unnest('{y,z}'::text[]) c, unnest('{0,1,20.3}'::float8[]) s ORDER BY c, s;
CREATE TABLE below (x text, y float8);
INSERT INTO below VALUES ('a', 0), ('a', '5e-324'), ('a', 0), ('b', 0);
SELECT ordinal, encoding FROM gpu_encode.target_encode('below', 'x', 'y', n_folds => 4, prior => 'global', smooth => 0) ORDER BY ordinal;
-- no negative zero comes out
CREATE TABLE zeros (x text, y float8);
INSERT INTO zeros VALUES ('a', '-0'), ('a', '-0'), ('b', -1), ('b', 1), ('b', '-0');
SELECT ordinal, encoding::text FROM gpu_encode.target_encode('zeros', 'x', 'y', n_folds => 5, prior => 'global', smooth => 0) ORDER BY ordinal;
SELECT DISTINCT encoding::text FROM gpu_encode.target_encode('zeros', 'x', 'y', n_folds => 5, smooth => 1, prior => 'global') WHERE ordinal < 2;

-- int8 beyond 2^53 is summed as integers
CREATE TABLE int8s AS SELECT i, 'v' || i % 4 AS x, CASE WHEN i % 2 = 0 THEN 9223372036854775807 - i ELSE -9223372036854775808 + i END AS y FROM generate_series(1, 400) i;
SELECT s, testlib.target_check('int8s', '{x}', 'y', 5, s), testlib.target_bound('int8s', '{x}', 'y', 5, s) AS beyond_bound FROM unnest('{0,1}'::float8[]) s;
CREATE TABLE two_ints (x text, y int8);
INSERT INTO two_ints VALUES ('a', 9007199254740993), ('a', 9007199254740993), ('b', 9223372036854775807), ('b', 9223372036854775807), ('c', -9223372036854775808), ('c', -9223372036854775808), ('c', -9223372036854775808);
SELECT count(*) FROM gpu_encode.fit('e_ints', 'two_ints', 'y', '{x}', '{}', smooth => 0);
SELECT value, gpu_encode.n_target(moments[1]), testlib.sum_of(moments[1]) AS sum, encoding FROM e_ints WHERE kind = 'category' ORDER BY value;

-- a sum, a prior or an encoding beyond the largest double: 22003 with the column's name
CREATE TABLE overflow (x text, c text, y float8);
INSERT INTO overflow VALUES ('a', 'a', 1.7976931348623157e308), ('b', 'a', 1.7976931348623157e308), ('c', 'c', -1.7976931348623157e308), ('d', 'c', -1.7976931348623157e308);
SELECT testlib.refuses($$SELECT gpu_encode.fit('e_overflow', 'overflow', 'y', '{c}', '{}')$$, '22003', 'target sums for column "c" are beyond the range');
SELECT encoding FROM gpu_encode.target_encode('overflow', 'x', 'y', n_folds => 4, prior => 'global', smooth => 0) ORDER BY ordinal;
SELECT testlib.target_check('overflow', '{x}', 'y', 4);
DELETE FROM overflow WHERE y < 0;
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('overflow', 'x', 'y')$$, '22003', 'target sums for column "x" are beyond the range');
SELECT testlib.refuses($$SELECT gpu_encode.fit_transform('e_overflow', 'overflow', 'o_overflow', 'y', '{x}')$$, '22003', 'target sums for column "x" are beyond the range');
-- smoothing may overflow where the sums do not
CREATE TABLE smoothed AS SELECT 'v' || i % 2 AS x, 1e300::float8 AS y FROM generate_series(1, 10) i;
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('smoothed', 'x', 'y', smooth => 1e100)$$, '22003', 'target sums for column "x" are beyond the range');
SELECT testlib.target_check('smoothed', '{x}', 'y', 5, 1e7);
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('smoothed', 'x', 'y', smooth => 1.7976931348623157e308)$$, '22003', 'target sums for column "x" are beyond the range');
SELECT testlib.tables('test_large_values');

-- smoothing at its edges
CREATE TABLE small AS SELECT 'v' || i % 3 AS x, i % 2 AS y FROM generate_series(1, 20) i;
SELECT s, testlib.target_check('small', '{x}', 'y', 5, s) FROM unnest('{5e-324,1e-300,1e300,0.1}'::float8[]) s;

-- wide exponents in one column: every bin at once
CREATE TABLE wide AS SELECT i, 'v' || i % 3 AS x, (1 + i / 1024.0::float8) * 2::float8 ^ (i * 2 - 1020) * CASE WHEN i % 5 = 0 THEN -1 ELSE 1 END AS y FROM generate_series(0, 1000) i;
SELECT s, testlib.target_check('wide', '{x}', 'y', 5, s), testlib.target_bound('wide', '{x}', 'y', 5, s) AS beyond_bound FROM unnest('{0,20.3}'::float8[]) s;
SELECT count(*) FROM gpu_encode.fit('e_wide', 'wide', 'y', '{x}', '{}', smooth => 20.3);
SELECT testlib.encoder_check('e_wide', 'wide', '{x}', false, 'y', smooth => 20.3);

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_large_values CASCADE;
