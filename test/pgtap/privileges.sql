-- Rights: a call does what its caller may do, on exactly the columns that it uses, and nothing more.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS gpu_encode;
SELECT plan(67);

CREATE ROLE ge_caller;
CREATE ROLE ge_other;
CREATE SCHEMA work;
CREATE SCHEMA closed;
GRANT USAGE ON SCHEMA work TO ge_caller, ge_other;
SET search_path = work, public;
DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %s TO ge_caller, ge_other', (SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'pgtap')); END $$;
-- pgTAP counts its tests in tables of the session
GRANT ALL ON ALL TABLES IN SCHEMA pg_temp TO ge_caller, ge_other;
GRANT ALL ON ALL SEQUENCES IN SCHEMA pg_temp TO ge_caller, ge_other;

CREATE TABLE t (id int, a text, b text, y int, fold int, hidden text, who name);
INSERT INTO t SELECT i, 'a' || i % 3, 'b' || i % 4, i % 2, i % 5, 'h' || i, CASE WHEN i <= 30 THEN 'ge_caller' ELSE 'ge_other' END FROM generate_series(1, 100) i;
CREATE TABLE new_rows AS SELECT * FROM t LIMIT 10;
CREATE TABLE closed.t AS SELECT * FROM t;

-- nothing is granted
SET ROLE ge_caller;
SELECT throws_ok($$SELECT gpu_encode.label_encode('t', 'a')$$, '42501', 'permission denied for table t', 'label_encode without SELECT');
SELECT throws_ok($$SELECT gpu_encode.target_encode('t', 'a', 'y')$$, '42501', 'permission denied for table t', 'target_encode without SELECT');
SELECT throws_ok($$SELECT gpu_encode.fit('pg_temp.e', 't')$$, '42501', 'permission denied for table t', 'fit without SELECT');
SELECT throws_ok($$SELECT gpu_encode.preprocess('t', 'pg_temp.o')$$, '42501', 'permission denied for table t', 'preprocess without SELECT');
SELECT throws_ok($$SELECT gpu_encode.label_encode('closed.t', 'a')$$, '42501', 'permission denied for schema closed', 'a table in a schema without USAGE');
RESET ROLE;

-- rights on columns: a, y, id and fold, but not b and hidden
GRANT SELECT (a, y, id, fold) ON t TO ge_caller;
SET ROLE ge_caller;
SELECT lives_ok($$SELECT count(*) FROM gpu_encode.label_encode('t', 'a')$$, 'label_encode of a granted column');
SELECT lives_ok($$SELECT count(*) FROM gpu_encode.label_encode('t', 'a', order_by => '{id}')$$, 'in the order of a granted column');
SELECT lives_ok($$SELECT count(*) FROM gpu_encode.target_encode('t', 'a', 'y', fold_column => 'fold', order_by => '{id}')$$, 'target_encode with granted columns');
SELECT lives_ok($$SELECT count(*) FROM gpu_encode.target_encode('t', '{a,fold}'::text[], 'y')$$, 'two granted columns as one category');
SELECT throws_ok($$SELECT gpu_encode.label_encode('t', 'b')$$, '42501', 'permission denied for table t', 'the category is not granted');
SELECT throws_ok($$SELECT gpu_encode.label_encode('t', 'a', order_by => '{id,b}')$$, '42501', 'permission denied for table t', 'a column of order_by is not granted');
SELECT throws_ok($$SELECT gpu_encode.label_encode('t', 'a', label_sources => '{new_rows}')$$, '42501', 'permission denied for table new_rows', 'a label source is not granted');
SELECT throws_ok($$SELECT gpu_encode.target_encode('t', 'b', 'y')$$, '42501', 'permission denied for table t', 'the encoded column is not granted');
SELECT throws_ok($$SELECT gpu_encode.target_encode('t', '{a,b}'::text[], 'y')$$, '42501', 'permission denied for table t', 'one column of two is not granted');
SELECT throws_ok($$SELECT gpu_encode.target_encode('t', 'a', 'hidden')$$, '42501', 'permission denied for table t', 'the target is not granted');
SELECT throws_ok($$SELECT gpu_encode.target_encode('t', 'a', 'y', order_by => '{hidden}')$$, '42501', 'permission denied for table t', 'the order is not granted');
SELECT lives_ok($$SELECT gpu_encode.fit('pg_temp.e', 't', 'y', '{a}', '{a}')$$, 'fit with granted columns, into a temporary table');
SELECT throws_ok($$SELECT gpu_encode.fit('pg_temp.e2', 't', 'y', '{a}')$$, '42501', 'permission denied for table t', 'fit of every text column, of which some are not granted');
SELECT lives_ok($$SELECT gpu_encode.fit('pg_temp.e3', 't', 'y', '{a}', exclude_columns => '{b,hidden,who}')$$, 'columns that are excluded need no right');
SELECT throws_ok($$SELECT gpu_encode.transform('pg_temp.e', 't', 'pg_temp.o')$$, '42501', 'permission denied for table t', 'an output table has every column, so it needs the right on all');
SELECT throws_ok($$SELECT gpu_encode.fit_transform('pg_temp.e4', 't', 'pg_temp.o', 'y', '{a}', '{a}')$$, '42501', 'permission denied for table t', 'so does fit_transform');
SELECT is((SELECT count(*) FROM pg_class WHERE relname IN ('e2', 'e4', 'o')), 0::bigint, 'nothing remains of what failed');
RESET ROLE;

-- creating tables needs CREATE on the schema
GRANT SELECT ON t, new_rows TO ge_caller;
SET ROLE ge_caller;
SELECT throws_ok($$SELECT gpu_encode.fit('work.e', 't', 'y', '{a}', '{a}')$$, '42501', 'permission denied for schema work', 'fit without CREATE on the schema');
SELECT throws_ok($$SELECT gpu_encode.fit('e', 't', 'y', '{a}', '{a}')$$, '42501', 'permission denied for schema work', 'the first schema of search_path is the one that counts');
SELECT throws_ok($$SELECT gpu_encode.transform('pg_temp.e', 'new_rows', 'work.o')$$, '42501', 'permission denied for schema work', 'transform without CREATE');
SELECT throws_ok($$SELECT gpu_encode.fit_transform('pg_temp.e5', 't', 'work.o', 'y', '{a}', '{a}')$$, '42501', 'permission denied for schema work', 'fit_transform without CREATE for the output');
SELECT throws_ok($$SELECT gpu_encode.preprocess('t', 'pg_temp.o', 'y', '{a}', 'new_rows', 'work.v', '{a}')$$, '42501', 'permission denied for schema work', 'preprocess without CREATE for one output');
SELECT throws_ok($$SELECT gpu_encode.preprocess('t', 'pg_temp.o', 'y', '{a}', encoder => 'work.e')$$, '42501', 'permission denied for schema work', 'preprocess without CREATE for the encoder');
SELECT throws_ok($$SELECT gpu_encode.fit('closed.e', 't', 'y', '{a}')$$, '42501', 'permission denied for schema closed', 'a schema without USAGE');
SELECT is((SELECT count(*) FROM pg_class WHERE relname IN ('e5', 'v', 'o')), 0::bigint, 'nothing remains of what failed');
RESET ROLE;
GRANT CREATE ON SCHEMA work TO ge_caller;
SET ROLE ge_caller;
SELECT lives_ok($$SELECT gpu_encode.fit('work.e', 't', 'y', '{a}', '{a}')$$, 'fit with CREATE');
SELECT lives_ok($$SELECT gpu_encode.preprocess('t', 'work.train_out', 'y', '{a}', 'new_rows', 'work.validation_out', '{a}', encoder => 'work.e6')$$, 'preprocess with CREATE');
RESET ROLE;
SELECT table_owner_is('work', r, 'ge_caller', 'the caller owns ' || r) FROM unnest('{e,e6,train_out,validation_out}'::name[]) r;

-- an encoder is read with the rights of who reads it
SET ROLE ge_other;
SELECT throws_ok($$SELECT gpu_encode.label('work.e', 'a', 'a1'::text)$$, '42501', 'permission denied for table e', 'label without SELECT on the encoder');
SELECT throws_ok($$SELECT gpu_encode.label('work.e', 'a', 5)$$, '42501', 'permission denied for table e', 'label of another type without SELECT on the encoder');
SELECT throws_ok($$SELECT gpu_encode.target_encoding('work.e', 'a', 'a1'::text)$$, '42501', 'permission denied for table e', 'target_encoding without SELECT on the encoder');
SELECT throws_ok($$SELECT gpu_encode.target_encoding('work.e', '{a}'::text[], '{a1}'::text[])$$, '42501', 'permission denied for table e', 'target_encoding of a list without SELECT on the encoder');
SELECT throws_ok($$SELECT gpu_encode.inverse_label('work.e', 'a', 1)$$, '42501', 'permission denied for table e', 'inverse_label without SELECT on the encoder');
SELECT throws_ok($$SELECT gpu_encode.export_encoder('work.e')$$, '42501', 'permission denied for table e', 'export_encoder without SELECT on the encoder');
RESET ROLE;
GRANT SELECT ON new_rows TO ge_other;
SET ROLE ge_other;
SELECT throws_ok($$SELECT gpu_encode.transform('work.e', 'new_rows', 'pg_temp.o')$$, '42501', 'permission denied for table e', 'transform without SELECT on the encoder');
RESET ROLE;
GRANT SELECT ON work.e TO ge_other;
SET ROLE ge_other;
SELECT is(gpu_encode.label('work.e', 'a', 'a1'::text), 1, 'label with SELECT on the encoder');
SELECT is(gpu_encode.inverse_label('work.e', 'a', 1), 'a1', 'inverse_label with SELECT on the encoder');
SELECT alike(gpu_encode.export_encoder('work.e'), '%[["a1"], [1%', 'export_encoder with SELECT on the encoder');
SELECT lives_ok($$SELECT gpu_encode.transform('work.e', 'new_rows', 'pg_temp.o')$$, 'transform with SELECT on the encoder');
SELECT throws_ok($$SELECT gpu_encode.transform('work.e', 't', 'pg_temp.o2')$$, '42501', 'permission denied for table t', 'but not of a table without SELECT');
RESET ROLE;
-- a right that was taken back is gone for calls that have been made before
REVOKE SELECT ON work.e FROM ge_other;
SET ROLE ge_other;
SELECT throws_ok($$SELECT gpu_encode.label('work.e', 'a', 'a1'::text)$$, '42501', 'permission denied for table e', 'label after the right was taken back');
RESET ROLE;

-- views give their owner's rights, security invoker views the caller's
CREATE VIEW v AS SELECT id, b, y FROM t;
CREATE VIEW invoker WITH (security_invoker) AS SELECT id, b, y FROM t;
REVOKE ALL ON t FROM ge_caller;
GRANT SELECT ON v, invoker TO ge_caller;
SET ROLE ge_caller;
SELECT lives_ok($$SELECT gpu_encode.label_encode('v', 'b')$$, 'a view reads with the rights of its owner');
SELECT lives_ok($$SELECT gpu_encode.target_encode('v', 'b', 'y', order_by => '{id}')$$, 'so does target_encode');
SELECT throws_ok($$SELECT gpu_encode.label_encode('invoker', 'b')$$, '42501', 'permission denied for table t', 'a security invoker view with those of the caller');
RESET ROLE;

-- partitions: the right on the parent is enough, as in SQL
CREATE TABLE p (k int, x text, y int) PARTITION BY RANGE (k);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (50);
CREATE TABLE p2 PARTITION OF p DEFAULT;
INSERT INTO p SELECT i, 'x' || i % 3, i % 2 FROM generate_series(0, 99) i;
GRANT SELECT ON p TO ge_caller;
SET ROLE ge_caller;
SELECT is((SELECT count(*) FROM gpu_encode.label_encode('p', 'x')), 100::bigint, 'a partitioned table needs the right on the parent alone');
SELECT throws_ok($$SELECT gpu_encode.label_encode('p1', 'x')$$, '42501', 'permission denied for table p1', 'a partition by itself its own');
RESET ROLE;

-- row security
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON t USING (who = current_user);
GRANT SELECT ON t TO ge_caller, ge_other;
SET ROLE ge_caller;
SELECT is((SELECT count(*) FROM gpu_encode.label_encode('t', 'a')), 30::bigint, 'the policy hides rows from label_encode');
SELECT is((SELECT count(DISTINCT code) FROM gpu_encode.label_encode('t', 'hidden')), 30::bigint, 'and their values from the codes');
SELECT is((SELECT count(*) FROM gpu_encode.target_encode('t', 'a', 'y', order_by => '{id}')), 30::bigint, 'and from target_encode');
SELECT is((SELECT rows FROM gpu_encode.fit_transform('pg_temp.e_rls', 't', 'pg_temp.o_rls', 'y', '{a}', '{hidden}', order_by => '{id}')), 30::bigint, 'and from fit_transform');
SELECT is((SELECT count(*) FROM pg_temp.e_rls WHERE kind = 'category' AND column_name = 'hidden'), 30::bigint, 'and from encoders');
SELECT is((SELECT count(*) FROM gpu_encode.label_encode('new_rows', 'a', label_sources => '{t}')), 10::bigint, 'a label source may have a policy');
RESET ROLE;
SET ROLE ge_other;
SELECT is((SELECT count(*) FROM gpu_encode.label_encode('t', 'a')), 70::bigint, 'each caller has rows of its own');
SET row_security = off;
SELECT throws_ok($$SELECT gpu_encode.label_encode('t', 'a')$$, '42501', 'query would be affected by row-level security policy for table "t"', 'with row_security off it is an error');
RESET row_security;
RESET ROLE;

-- inside a security definer function the rights are those of its owner
CREATE FUNCTION trusted() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = work AS $$SELECT count(*) FROM gpu_encode.label_encode('closed.t', 'a')$$;
SET ROLE ge_caller;
SELECT is(trusted(), 100::bigint, 'a security definer function lends its rights');
RESET ROLE;

-- an encoder by its OID, in a schema without USAGE
SELECT count(*) FROM gpu_encode.fit('closed.e', 'closed.t', 'y', '{a}');
GRANT SELECT ON closed.e TO ge_caller;
GRANT SELECT ON new_rows TO ge_caller;
SELECT set_config('test.encoder', 'closed.e'::regclass::oid::text, true);
SET ROLE ge_caller;
SELECT throws_ok($$SELECT gpu_encode.label(current_setting('test.encoder')::oid::regclass, 'a', 'a1'::text)$$, '42501', 'permission denied for schema closed', 'label with an encoder in a schema without USAGE');
SELECT throws_ok($$SELECT gpu_encode.export_encoder(current_setting('test.encoder')::oid::regclass)$$, '42501', 'permission denied for schema closed', 'export_encoder of it');
SELECT throws_ok($$SELECT gpu_encode.merge_encoders('pg_temp.m', ARRAY[current_setting('test.encoder')::oid::regclass])$$, '42501', 'permission denied for schema closed', 'merge_encoders of it');
SELECT throws_ok($$SELECT gpu_encode.transform(current_setting('test.encoder')::oid::regclass, 'new_rows', 'pg_temp.o')$$, '42501', 'permission denied for schema closed', 'transform with it');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
