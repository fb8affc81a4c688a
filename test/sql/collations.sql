-- collations: they do not matter, but those that are not deterministic are refused (skips without ICU).
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_collations;
SET search_path = test_collations;
SELECT testlib.refuses($$CREATE COLLATION nondeterministic (provider = icu, locale = 'und-u-ks-level2', deterministic = false)$$, '0A000', 'ICU') = 'ok' AS no_icu \gset
\if :no_icu
\echo 'skipped: this server has no ICU'
\quit
\endif
CREATE COLLATION by_number (provider = icu, locale = 'en-u-kn');
CREATE TABLE t (id int, x text COLLATE nondeterministic, y text COLLATE by_number, z text COLLATE "C", w varchar(9) COLLATE nondeterministic);
INSERT INTO t VALUES (1, 'a', 'a10', 'B', 'a'), (2, 'A', 'a9', 'a', 'A'), (3, 'a', 'A1', 'b', 'b');

SELECT c, string_agg(code::text, ' ' ORDER BY ordinal) FROM unnest('{y,z}'::text[]) c, LATERAL gpu_encode.label_encode('t', c) GROUP BY c ORDER BY c;
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('t', 'x')$$, '0A000', '"x"', 'collation', 'deterministic');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('t', 'w', 'id')$$, '0A000', '"w"', 'collation', 'deterministic');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('t', ARRAY['y', 'x'], 'id')$$, '0A000', '"x"', 'collation', 'deterministic');
SELECT testlib.refuses($$SELECT gpu_encode.fit('e', 't')$$, '0A000', 'collation', 'deterministic');

-- as a column that is only passed through it is no trouble, and keeps its collation
SELECT rows, columns FROM gpu_encode.preprocess('t', 'o', exclude_columns => '{x,w}');
SELECT attname, attcollation::regcollation FROM pg_attribute WHERE attrelid = 'o'::regclass AND attnum > 0 AND attcollation <> 0 ORDER BY attnum;

-- text in order_by goes by bytes, whatever the column's collation
SELECT testlib.same('SELECT ordinal, code FROM gpu_encode.label_encode(''t'', ''z'', order_by => ''{y}'')',
                    'SELECT * FROM (VALUES (0::bigint, 2), (1, 0), (2, 1)) v');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_collations CASCADE;
