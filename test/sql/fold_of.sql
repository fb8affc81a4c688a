-- fold_of: canonical texts and folds of keys as functions, the same under all settings.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set vectors :abs_srcdir '/lib/fold_vectors.sql'
\set ECHO none
\i :testlib
CREATE SCHEMA test_fold_of;
SET search_path = test_fold_of, gpu_encode;
\i :vectors
\set ECHO all

-- folds are those of XXH64 as its specification has it, of keys with their lengths
SELECT count(*) AS vectors, count(*) FILTER (WHERE CASE cardinality(keys) WHEN 1 THEN fold_of(n_folds, seed, keys[1]) WHEN 2 THEN fold_of(n_folds, seed, keys[1], keys[2])
    ELSE fold_of(n_folds, seed, keys[1], keys[2], keys[3]) END = fold) AS right, count(*) FILTER (WHERE fold_of(n_folds, seed, VARIADIC keys) = fold) AS of_arrays FROM vectors;
-- every fold gets its share, and equal values of any type share one
SELECT fold_of(5, 42, i) AS fold, count(*) BETWEEN 1900 AND 2100 AS share FROM generate_series(1, 10000) i GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM generate_series(-1000, 1000) i WHERE fold_of(7, 1, i) <> fold_of(7, 1, i::bigint) OR fold_of(7, 1, i) <> fold_of(7, 1, i::numeric(10, 4)) OR fold_of(7, 1, i) <> fold_of(7, 1, i::text) OR fold_of(7, 1, i) <> fold_of(7, 1, i::text::char(20));
SELECT fold_of(1000, 1, 'a', 'b') = fold_of(1000, 1, 'b', 'a') AS order_counts, fold_of(1000, 1, 'ab', '') = fold_of(1000, 1, 'a', 'b') AS borders_count,
    fold_of(1000, 1, NULL::text) = fold_of(1000, 1, '') AS null_is_empty, fold_of(1000, 1, NULL::text, NULL::integer) = fold_of(1000, 1, NULL::date, NULL::text) AS nulls_share, fold_of(1000, 1, 'a') = fold_of(1000, 2, 'a') AS seed_counts;

-- canonical texts: those that an encoder has, whatever the settings
CREATE TYPE mood AS ENUM ('sad', 'O''K', 'glad');
CREATE DOMAIN score AS numeric(8, 3) CHECK (VALUE > 0);
CREATE DOMAIN grade AS mood;
CREATE TABLE samples AS SELECT 'Ab c '::text AS t, 'v'::varchar(9) AS v, 'p  '::char(6) AS p, 'n'::name AS n, 7::smallint AS s, -8 AS i, 9::bigint AS l, 10::oid AS o, true AS b, 1.500::numeric AS m, '-0'::float8 AS f, 0.1::real AS r,
    'NaN'::float8 AS nan, 1e300::float8 AS big, '2026-02-03'::date AS d, '2026-02-03 04:05:06.7'::timestamp AS ts, '2026-02-03 04:05:06.7+09'::timestamptz AS tz, '1 mon 40 days 30:00'::interval AS iv, '\x0a5c'::bytea AS by,
    'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid AS u, 'O''K'::mood AS e, 2.50::score AS dn, 'glad'::grade AS de;
\set texts 'SELECT category_text(t), category_text(v), category_text(p), category_text(n), category_text(s), category_text(i), category_text(l), category_text(o), category_text(b), category_text(m), category_text(f), category_text(r), category_text(nan), category_text(big), category_text(d), category_text(ts), category_text(tz), category_text(iv), category_text(by), category_text(u), category_text(e), category_text(dn), category_text(de) FROM test_fold_of.samples'
\x on
:texts;
\x off
CREATE TABLE plain_texts AS SELECT s::text AS texts FROM (:texts) s;
CREATE TABLE plain_folds AS SELECT fold_of(1000000, 1, d, ts, tz, iv, by, f, r, m) FROM samples;
SET DateStyle = 'SQL, DMY'; SET IntervalStyle = iso_8601; SET TimeZone = 'Asia/Tokyo'; SET extra_float_digits = -5; SET bytea_output = escape;
SELECT count(*) FROM (TABLE plain_texts EXCEPT SELECT s::text FROM (:texts) s) d;
SELECT count(*) FROM (TABLE plain_folds EXCEPT SELECT fold_of(1000000, 1, d, ts, tz, iv, by, f, r, m) FROM samples) d;
RESET DateStyle; RESET IntervalStyle; RESET TimeZone; RESET extra_float_digits; RESET bytea_output;
-- they are the values of an encoder
CREATE TABLE encoded AS SELECT x::numeric / 4 AS m, ('2026-01-01'::date + x) AS d, (x || '')::char(5) AS p, x * 0.1::float8 AS f, (x || ' hours')::interval AS iv FROM generate_series(1, 50) x;
SELECT count(*) FROM gpu_encode.fit('e', 'encoded', label_columns => '{m,d,p,f,iv}');
SELECT testlib.same('SELECT column_name, value FROM test_fold_of.e WHERE kind = ''category''',
    'SELECT c.* FROM test_fold_of.encoded, LATERAL (VALUES (''m'', gpu_encode.category_text(m)), (''d'', gpu_encode.category_text(d)), (''p'', gpu_encode.category_text(p)), (''f'', gpu_encode.category_text(f)), (''iv'', gpu_encode.category_text(iv))) c');

-- what NULL stands for
SELECT category_text(NULL::text) IS NULL AS missing, category_text(NULL::text, 'None') AS t, category_text('x'::text, 'None') AS x, category_text(NULL::char(9), 'None  ') || '.' AS p, category_text(NULL::mood, 'None') AS e, category_text(NULL::text, NULL) IS NULL AS none, category_text(3, NULL) AS three;
SELECT testlib.refuses('SELECT gpu_encode.category_text(3, ''None'')', '22023', 'null_value does not apply', 'of type integer'),
    testlib.refuses('SELECT gpu_encode.category_text(x, n) FROM (VALUES (3, NULL), (4, ''None'')) v (x, n)', '22023', 'null_value does not apply');

-- other types depend on functions and settings; collations may take different strings for equal
SELECT v, testlib.refuses(format('SELECT gpu_encode.category_text(%s)', v), '0A000', 'has no canonical text', said), testlib.refuses(format('SELECT gpu_encode.fold_of(5, 42, 1, %s)', v), '0A000', 'has no canonical text', said)
FROM (VALUES ('''{1,2}''::integer[]', 'type integer[]'), ('''{}''::json', 'type json'), ('int4range(1, 2)', 'type int4range'), ('ROW(1, 2)', 'type record'), ('''12:00''::time', 'type time'), ('''x''::"char"', 'type "char"'), ('1::money', 'type money'), ('point(1, 2)', 'type point')) v (v, said);
SELECT testlib.refuses('SELECT gpu_encode.fold_of(NULL, 42, 1)', '22004', 'argument "n_folds" must not be null'), testlib.refuses('SELECT gpu_encode.fold_of(5, NULL, 1)', '22004', 'argument "seed" must not be null'),
    testlib.refuses('SELECT gpu_encode.fold_of(1, 42, 1)', '22023', 'n_folds must be at least 2', 'It is 1'), testlib.refuses('SELECT gpu_encode.fold_of(5, 42, VARIADIC ''{}''::text[])', '22023', 'needs at least one key'),
    testlib.refuses('SELECT gpu_encode.fold_of(5, 42)', '42883', 'does not exist'), testlib.refuses('SELECT gpu_encode.fold_of(5, 42, VARIADIC NULL::text[])', '22023', 'needs at least one key');
-- in an index, as only an immutable function may be
CREATE TABLE indexed AS SELECT i, i::text AS t FROM generate_series(1, 1000) i;
CREATE INDEX ON indexed (fold_of(5, 42, t), category_text(i));
SELECT provolatile, proparallel, count(*) FROM pg_proc WHERE pronamespace = 'gpu_encode'::regnamespace AND proname IN ('fold_of', 'category_text') GROUP BY 1, 2;
SET client_min_messages = warning;
DROP SCHEMA test_fold_of CASCADE;
