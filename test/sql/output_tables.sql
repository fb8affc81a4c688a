-- output_tables: the columns, types and rows of tables that are written; names that cannot be.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_output_tables;
SET search_path = test_output_tables;

CREATE DOMAIN word AS text;
CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a text NOT NULL DEFAULT 'x', b varchar(30) COLLATE "C", gone int, c char(3), n numeric(12,3) CHECK (n < 100), ts timestamptz(3), w word, arr text[], y float8, g text GENERATED ALWAYS AS (a || '!') STORED);
ALTER TABLE t DROP COLUMN gone;
INSERT INTO t (a, b, c, n, ts, w, arr, y) SELECT 'a' || i % 3, 'b' || i % 4, 'c' || i % 5, i / 7.0, timestamptz '2024-01-01 00:00:00.1234Z' + i * interval '1 hour', 'w' || i % 2, ARRAY['p' || i, NULL], i % 4 FROM generate_series(1, 300) i;
UPDATE t SET arr = NULL, w = NULL WHERE id % 10 = 0;

-- (transform warns each time that its source is the fitted table)
SET client_min_messages = error;

-- every column of the source in its order, codes in place, encodings after
SELECT output_table, part, rows, columns, unknown_labels, missing_labels, unseen_targets FROM gpu_encode.fit_transform('e', 't', 'o', 'y', '{b,a}', target_combinations => '[["a","b"],["c","w"]]', smooth => 0);
SELECT attname, format_type(atttypid, atttypmod), attcollation::regcollation, attnotnull, atthasdef, attidentity = '' AS no_identity, attgenerated = '' AS not_generated
FROM pg_attribute WHERE attrelid = 'o'::regclass AND attnum > 0 ORDER BY attnum;
SELECT count(*) AS constraints FROM pg_constraint WHERE conrelid = 'o'::regclass AND contype <> 'n';
SELECT c, testlib.output_check('o', c, format('SELECT ordinal, code AS expected FROM testlib.label_rows(''t'', %L)', c)) FROM unnest('{a,b,c,w,g}'::text[]) c;
SELECT c, testlib.output_check('o', c, format('SELECT row_number() OVER (ORDER BY ctid) - 1 AS ordinal, %I AS expected FROM t', c)) FROM unnest('{id,n,ts,arr,y}'::text[]) c;
SELECT k, testlib.output_check('o', array_to_string(k::text[], '_') || '_TE', format('SELECT ordinal, encoding AS expected FROM testlib.target_rows(''t'', %L, ''y'')', k)) FROM unnest('{"{a}","{b}","{a,b}","{c,w}"}'::text[]) k;

-- with a label_suffix the codes are added, before the encodings; other suffixes
SELECT rows, columns FROM gpu_encode.transform('e', 't', 'o_suffix', label_suffix => ' code', te_suffix => '~');
SELECT testlib.columns('o_suffix');
SELECT testlib.output_check('o_suffix', 'a', 'SELECT row_number() OVER (ORDER BY ctid) - 1 AS ordinal, a AS expected FROM t'),
       testlib.output_check('o_suffix', 'a code', 'SELECT ordinal, code AS expected FROM testlib.label_rows(''t'', ''a'')');
-- which columns are label coded by default: text-like ones but target, order, fold and excluded columns
CREATE TABLE kinds (i int, t text, v varchar, c char(2), n name, w word, x text[], j json, b bytea, u uuid, d date, target text, fold int, o text, skip text);
SELECT columns FROM gpu_encode.fit_transform('e_kinds', 'kinds', 'o_kinds', 'target', '{t}', exclude_columns => '{skip}', order_by => '{o}', fold_column => 'fold', pos_label => 'p');
SELECT testlib.columns('o_kinds');

-- logged and unlogged, temporary, in another schema, with odd names; encoders too
CREATE SCHEMA "Other ""Schema";
SELECT output_table FROM gpu_encode.fit_transform('e_unlogged', 't', 'o_unlogged', 'y', '{a}', logged => false);
SELECT output_table FROM gpu_encode.transform('e', 't', 'pg_temp.o_temp');
SELECT output_table FROM gpu_encode.transform('e', 't', '"Other ""Schema"."B c"');
SELECT output_table FROM gpu_encode.transform('e', 't', ' Test_Output_Tables . O_Folded ');
SELECT encoder_table FROM gpu_encode.fit('pg_temp.e_temp', 't', 'y', '{a}', '{}');
SELECT relname, relpersistence FROM pg_class WHERE relname IN ('e_unlogged', 'o_unlogged', 'o_temp', 'e_temp', 'B c', 'o', 'e', 'o_folded') ORDER BY relname COLLATE "C";
SELECT rows FROM gpu_encode.transform('pg_temp.e_temp', 't', 'pg_temp.from_temp');

-- unqualified names go to the first schema of search_path
SET search_path = "Other ""Schema", test_output_tables;
SELECT output_table FROM gpu_encode.transform('e', 't', 'first_one');
SET search_path = test_output_tables;
SELECT relnamespace::regnamespace FROM pg_class WHERE relname = 'first_one';
SET search_path = no_such_schema;
SELECT testlib.refuses($$SELECT gpu_encode.transform('test_output_tables.e', 'test_output_tables.t', 'nowhere')$$, '3F000', 'no schema has been selected to create in');
SET search_path = test_output_tables;
DROP SCHEMA "Other ""Schema" CASCADE;

-- names that cannot be: errors before the work, so nothing remains
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 't', 'o')$$, '42P07', '"o"');
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 't', 't')$$, '42P07', '"t"');
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 't', 'e')$$, '42P07', '"e"');
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 't', 'no_such_schema.o')$$, '3F000', '"no_such_schema"');
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 't', 'other_db.public.o')$$, '0A000', 'other_db');
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 't', n)$$ || format(' FROM (SELECT %L::text AS n) q', n), CASE n WHEN 'a.b.c.d' THEN '42601' ELSE '42602' END, 'argument "output" ', ': "' || n || '"') FROM unnest('{"",a.b.c.d,.,"a b","\"a","a..b"}'::text[]) n;
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 't', NULL)$$, '22004', '"output"');
SELECT testlib.refuses(format('SELECT gpu_encode.transform(''e'', ''t'', %L)', repeat('n', 64)), '42622', repeat('n', 64));
SELECT output_table FROM gpu_encode.transform('e', 't', repeat('n', 63));
SELECT testlib.refuses($$SELECT gpu_encode.fit_transform('same', 't', 'same', 'y', '{a}')$$, '42P07', '"same"');
SELECT testlib.refuses($$SELECT gpu_encode.fit_transform('same', 't', 'test_output_tables.same', 'y', '{a}')$$, '42P07', '"same"');
SELECT testlib.refuses($$SELECT gpu_encode.preprocess('t', 'same', 'y', '{a}', 't', 'same', label_columns => '{}')$$, '42P07', '"same"');
SELECT testlib.refuses($$SELECT gpu_encode.preprocess('t', 't', 'y', '{a}')$$, '42P07', '"t"');
SELECT testlib.refuses($$SELECT gpu_encode.preprocess('t', 'same', 'y', '{a}', 't', 'SAME')$$, '42P07', '"same"');
SELECT testlib.refuses($$SELECT gpu_encode.preprocess('t', 'same', 'y', '{a}', encoder => 'test_output_tables.same')$$, '42P07', '"same"');
SELECT encoder_table FROM gpu_encode.fit(repeat('e', 63), 't', label_columns => '{a}');
SELECT gpu_encode.label(repeat('e', 63)::regclass, 'a', 'a1'::text);
SELECT testlib.refuses($$SELECT gpu_encode.fit('t', 't', 'y', '{a}')$$, '42P07', '"t"');
SELECT testlib.refuses($$SELECT gpu_encode.fit('pg_catalog.mine', 't', 'y', '{a}')$$, '42501', 'pg_catalog');
SELECT testlib.refuses($$SELECT gpu_encode.fit('e_perm', 't', 'y', '{a}', logged => NULL)$$, '22004', '"logged"');

-- column names that cannot be
ALTER TABLE t ADD COLUMN "a_TE" int, ADD COLUMN "b+" int;
SELECT testlib.refuses($$SELECT gpu_encode.fit_transform('e1', 't', 'o1', 'y', '{a}')$$, '42701', '"a_TE"');
SELECT testlib.refuses($$SELECT gpu_encode.fit_transform('e1', 't', 'o1', 'y', '{b}', te_suffix => '+')$$, '42701', '"b+"');
SELECT testlib.refuses($$SELECT gpu_encode.fit_transform('e1', 't', 'o1', 'y', '{b}', label_suffix => '+')$$, '42701', '"b+"');
SELECT testlib.refuses($$SELECT gpu_encode.fit_transform('e1', 't', 'o1', 'y', '{b}', te_suffix => '')$$, '42701', '"b"');
SELECT testlib.refuses($$SELECT gpu_encode.fit_transform('e1', 't', 'o1', 'y', '{b}', label_columns => '{b}', label_suffix => '_x', te_suffix => '_x')$$, '42701', '"b_x"');
ALTER TABLE t DROP COLUMN "a_TE", ADD COLUMN a_b text;
SELECT testlib.refuses($$SELECT gpu_encode.fit_transform('e1', 't', 'o1', 'y', '{a_b}', target_combinations => '[["a","b"]]')$$, '42701', '"a_b"');
ALTER TABLE t DROP COLUMN a_b, ADD COLUMN "column of sixty three bytes, which is the longest that a name m" text;
SELECT testlib.refuses($$SELECT gpu_encode.fit_transform('e1', 't', 'o1', 'y', '{"column of sixty three bytes, which is the longest that a name m"}')$$, '42622', '_TE');
SELECT columns FROM gpu_encode.fit_transform('e_long', 't', 'o_long', 'y', '{a}');
SELECT testlib.refuses($$SELECT gpu_encode.fit_transform('e1', 't', 'o1', 'y', '{a}', te_suffix => NULL)$$, '22004', '"te_suffix"');
SELECT testlib.refuses($$SELECT gpu_encode.fit_transform('e1', 't', 'o1', 'y', '{a}', label_suffix => NULL)$$, '22004', '"label_suffix"');

-- as many columns as a table can have, and one more
DO $$ BEGIN EXECUTE (SELECT format('CREATE TABLE widest (y int, %s)', string_agg('c' || i || ' text', ', ')) FROM generate_series(1, 1599) i); END $$;
INSERT INTO widest (y, c1, c1599) VALUES (1, 'a', 'b'), (0, 'b', 'a');
SELECT rows, columns, missing_labels FROM gpu_encode.fit_transform('e_widest', 'widest', 'o_widest');
SELECT y, c1, c2, c1599 FROM o_widest ORDER BY ctid;
SELECT testlib.refuses($$SELECT gpu_encode.fit_transform('e1', 'widest', 'o1', 'y', '{c1}')$$, '54011', '1600');

-- event triggers see the tables; one that changes them is noticed
CREATE FUNCTION seen() RETURNS event_trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE NOTICE 'made %', (SELECT string_agg(object_identity, ' ') FROM pg_event_trigger_ddl_commands() WHERE object_type = 'table'); END $$;
SET client_min_messages = notice;
CREATE EVENT TRIGGER seen ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION seen();
SELECT count(*) FROM gpu_encode.fit('e_seen', 't', label_columns => '{a}');
SELECT rows FROM gpu_encode.transform('e_seen', 't', 'o_seen');
SET client_min_messages = error;
CREATE OR REPLACE FUNCTION seen() RETURNS event_trigger LANGUAGE plpgsql AS
$$ BEGIN IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity LIKE '%o_changed') THEN ALTER TABLE test_output_tables.o_changed DROP COLUMN id; END IF; END $$;
SELECT testlib.refuses($$SELECT gpu_encode.transform('e', 't', 'o_changed')$$, '55000', '"o_changed"');
-- what may stand at a table is obeyed, as by INSERT, which takes any page with room; what would make another table is an error
CREATE FUNCTION keep_even() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN CASE WHEN new.id % 2 = 0 THEN new END; END $$;
CREATE TABLE changes (name text, change text);
INSERT INTO changes VALUES ('index', 'CREATE INDEX ON %s (a)'), ('unique', 'CREATE UNIQUE INDEX ON %s (a)'), ('trigger', 'CREATE TRIGGER keep BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION test_output_tables.keep_even()'),
    ('check', 'ALTER TABLE %s ADD CHECK (id < 200)'), ('not_null', 'ALTER TABLE %s ALTER w SET NOT NULL'), ('row_security', 'ALTER TABLE %s ENABLE ROW LEVEL SECURITY'), ('default', 'ALTER TABLE %s ALTER a SET DEFAULT 5'),
    ('more', 'ALTER TABLE %s ADD COLUMN more int'), ('type', 'ALTER TABLE %s ALTER a TYPE bigint'), ('typmod', 'ALTER TABLE %s ALTER n TYPE numeric(12,2)'), ('unlogged', 'ALTER TABLE %s SET UNLOGGED'),
    ('filled', 'INSERT INTO %s DEFAULT VALUES'), ('renamed', 'ALTER TABLE %s RENAME TO elsewhere'), ('gone', 'DROP TABLE %s');
CREATE OR REPLACE FUNCTION seen() RETURNS event_trigger LANGUAGE plpgsql AS
$$
DECLARE made text; change text;
BEGIN
    SELECT object_identity, changes.change INTO made, change FROM pg_event_trigger_ddl_commands() JOIN test_output_tables.changes ON object_identity = 'test_output_tables.changed_' || name;
    IF change IS NOT NULL THEN EXECUTE format(change, made); END IF;
END
$$;
CREATE FUNCTION transform_changed(name text) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE answer text := testlib.refuses(format('SELECT gpu_encode.transform(''e'', ''t'', ''changed_%s'')', name), 
    CASE name WHEN 'not_null' THEN '23502' WHEN 'unique' THEN '23505' WHEN 'check' THEN '23514' ELSE '55000' END, format('"changed_%s', name));
BEGIN
    IF answer <> 'no error' THEN RETURN 'refused: ' || answer; END IF;
    EXECUTE format('SELECT count(*) FROM changed_%s', name) INTO answer;
    RETURN format('%s rows, ', answer) || testlib.same('SELECT id, b, a FROM changed_' || name, 'SELECT id, b, a FROM o' || CASE name WHEN 'trigger' THEN ' WHERE id % 2 = 0' ELSE '' END);
END
$$;
SELECT name, transform_changed(name) FROM changes ORDER BY name COLLATE "C";
DROP EVENT TRIGGER seen;
SELECT format('DROP TABLE %I', relname) FROM pg_class WHERE relnamespace = 'test_output_tables'::regnamespace AND relkind = 'r' AND relname ~ '^changed_|^elsewhere$' ORDER BY relname \gexec

-- rolled back with the caller's transaction
BEGIN;
SELECT rows FROM gpu_encode.transform('e', 't', 'o_rolled_back');
SELECT count(*) FROM o_rolled_back;
ROLLBACK;
SELECT testlib.tables('test_output_tables');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_output_tables CASCADE;
