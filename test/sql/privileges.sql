-- privileges: the rights of the caller on exactly the columns used, and row security.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_privileges;
SET search_path = test_privileges;

SET client_min_messages = warning;
DROP ROLE IF EXISTS regress_gpu_encode_reader, regress_gpu_encode_owner;
RESET client_min_messages;
CREATE ROLE regress_gpu_encode_reader;
CREATE ROLE regress_gpu_encode_owner;
GRANT USAGE ON SCHEMA test_privileges TO regress_gpu_encode_reader, regress_gpu_encode_owner;
GRANT CREATE ON SCHEMA test_privileges TO regress_gpu_encode_owner;
CREATE TABLE t (id int, a text, b text, secret text, y int, f int, owner name);
INSERT INTO t SELECT i, 'a' || i % 3, 'b' || i % 4, 's' || i, i % 2, i % 3, CASE WHEN i % 2 = 0 THEN 'regress_gpu_encode_reader' ELSE 'someone' END FROM generate_series(1, 100) i;
CREATE VIEW v AS SELECT id, a, y FROM t;
GRANT SELECT (id, a, y, f) ON t TO regress_gpu_encode_reader;
GRANT SELECT ON v TO regress_gpu_encode_reader;
GRANT CREATE ON SCHEMA test_privileges TO regress_gpu_encode_reader;

SET ROLE regress_gpu_encode_reader;
SELECT count(*) FROM gpu_encode.label_encode('t', 'a');
SELECT count(*) FROM gpu_encode.target_encode('t', 'a', 'y', fold_column => 'f', order_by => '{id}');
SELECT count(*) FROM gpu_encode.fit('e', 't', 'y', '{a}', '{a}');
-- every column used needs the right: category, target, fold, order, label source
SELECT call, testlib.refuses('SELECT gpu_encode.' || call, '42501', 'permission denied for table t') FROM unnest(ARRAY[
    'label_encode(''t'', ''b'')', 'target_encode(''t'', ''secret'', ''y'')', 'target_encode(''t'', ''{a,b}''::text[], ''y'')', 'target_encode(''t'', ''a'', ''secret'')',
    'label_encode(''t'', ''a'', order_by => ''{secret}'')', 'fit(''e2'', ''t'')']) call;
-- an output table needs them all
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 't', 'o')$$, '42501', 'table t');
-- a view gives the rights of its owner, as everywhere
SELECT count(*) FROM gpu_encode.label_encode('v', 'a');
SELECT rows FROM gpu_encode.fit_transform('e_v', 'v', 'o_v', 'y', '{a}', order_by => '{id}');
-- what was made is the caller's own
SELECT relname, pg_get_userbyid(relowner) FROM pg_class WHERE relname IN ('e', 'e_v', 'o_v') ORDER BY relname;
RESET ROLE;

-- no right to create, no right on the encoder
REVOKE CREATE ON SCHEMA test_privileges FROM regress_gpu_encode_reader;
CREATE TABLE public_t AS SELECT 'x'::text AS a;
GRANT SELECT ON public_t TO PUBLIC;
SET ROLE regress_gpu_encode_reader;
SELECT testlib.refuses($$SELECT gpu_encode.fit('e3', 'public_t')$$, '42501', 'schema test_privileges');
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 't', 'o3')$$, '42501', 'permission denied for table t');
SELECT rows FROM gpu_encode.fit_transform('pg_temp.e_mine', 'public_t', 'pg_temp.o_mine');
SET ROLE regress_gpu_encode_owner;
SELECT testlib.refuses($$SELECT gpu_encode.label('e', 'a', 'a1'::text)$$, '42501', 'table e');
SELECT testlib.refuses($$SELECT gpu_encode.inverse_label('e', 'a', 1)$$, '42501', 'table e');
SELECT testlib.refuses($$SELECT gpu_encode.target_encoding('e', 'a', 'a1'::text)$$, '42501', 'table e');
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 'public_t', 'o3')$$, '42501', 'table e');
RESET ROLE;
GRANT SELECT ON e TO regress_gpu_encode_owner;
SET ROLE regress_gpu_encode_owner;
SELECT gpu_encode.label('e', 'a', 'a1'::text), gpu_encode.inverse_label('e', 'a', 1), gpu_encode.target_encoding('e', 'a', 'a1'::text) IS NOT NULL AS encoding;
SELECT rows, unknown_labels FROM gpu_encode.transform('e', 'public_t', 'o3', handle_unknown => 'null');
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('public_t', 'a', label_sources => '{t}')$$, '42501', 'table t');
RESET ROLE;

-- row security: the policy applies to others, not to the owner; with row_security off it is an error
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON t USING (owner = current_user);
GRANT SELECT ON t TO regress_gpu_encode_reader, regress_gpu_encode_owner;
SELECT count(*) FROM gpu_encode.label_encode('t', 'a');
SET ROLE regress_gpu_encode_reader;
SELECT count(*), count(DISTINCT code), min(ordinal), max(ordinal) FROM gpu_encode.label_encode('t', 'secret', order_by => '{id}');
SELECT count(*), round(sum(encoding)::numeric, 6) = round((SELECT sum(encoding) FROM testlib.target_rows('t', '{a}', 'y', order_by => '{id}'))::numeric, 6) AS as_oracle FROM gpu_encode.target_encode('t', 'a', 'y', order_by => '{id}');
SELECT rows FROM gpu_encode.fit_transform('pg_temp.e4', 't', 'pg_temp.o4', 'y', '{a}', order_by => '{id}');
SELECT count(*), count(*) FILTER (WHERE id % 2 = 1) AS foreign_rows FROM pg_temp.o4;
SET row_security = off;
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('t', 'a')$$, '42501', '"t"');
RESET row_security;
SET ROLE regress_gpu_encode_owner;
SELECT count(*) FROM gpu_encode.label_encode('t', 'a', order_by => '{id}');
RESET ROLE;
ALTER TABLE t FORCE ROW LEVEL SECURITY;
SELECT count(*) > 0 AS superuser_sees_all FROM gpu_encode.label_encode('t', 'a');

-- inside a SECURITY DEFINER function they are its owner's
CREATE TABLE hidden AS SELECT 'x'::text AS a;
CREATE FUNCTION definer() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = test_privileges AS $$ SELECT count(*) FROM gpu_encode.label_encode('hidden', 'a') $$;
SET ROLE regress_gpu_encode_reader;
SELECT testlib.refuses($$SELECT gpu_encode.label_encode('hidden', 'a')$$, '42501', 'table hidden');
SELECT definer();
RESET ROLE;
DROP OWNED BY regress_gpu_encode_reader, regress_gpu_encode_owner CASCADE;
DROP ROLE regress_gpu_encode_reader, regress_gpu_encode_owner;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_privileges CASCADE;
