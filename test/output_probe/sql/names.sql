-- Names of tables and columns: read as SQL does, wrong ones refused before any work.
CREATE SCHEMA "Odd Schema";
CREATE SCHEMA closed;

-- read as in SQL
SELECT probe_create('Folded', '{a}', '{int}'), probe_create('"Kept"', '{a}', '{int}'),
       probe_create(' "Odd Schema" . "a"".B c" ', '{a}', '{int}'), probe_create('"Ünï"', '{"class of worker"}', '{text}'),
       probe_create('pg_temp.short_lived', '{a}', '{int}'), probe_create('public.in_public', '{a}', '{int}'),
       probe_create('"%s, {brace}"', '{"a\"b","c,d","{e}","%s"," ","Ünï",select}', '{int}');
SELECT probe_create(format('%I.public.with_database', current_database()), '{a}', '{int}');
SELECT relname, attname, relpersistence FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid
WHERE relname IN ('folded', 'Kept', 'a".B c', 'Ünï', 'short_lived', 'in_public', '%s, {brace}', 'with_database') AND attnum > 0
ORDER BY relname COLLATE "C", attnum;
-- temporary whatever is said of logging
SELECT probe_create('pg_temp.unlogged_too', '{a}', '{int}', logged => false);
SELECT * FROM probe_output('pg_temp.filled', 'SELECT g FROM generate_series(1, 5000) g', logged => false);
SELECT count(*), sum(g) FROM filled;

-- no names
SELECT probe_create(NULL, '{a}', '{int}');
SELECT probe_create('', '{a}', '{int}');
SELECT probe_create('   ', '{a}', '{int}');
SELECT probe_create('a b', '{a}', '{int}');
SELECT probe_create('a.', '{a}', '{int}');
SELECT probe_create('"open', '{a}', '{int}');
SELECT probe_create('""', '{a}', '{int}');
SELECT probe_create('a.b.c.d', '{a}', '{int}');
SELECT probe_create('elsewhere.public.t', '{a}', '{int}');
SELECT probe_create('no_such_schema.t', '{a}', '{int}');
SELECT probe_create('pg_catalog.t', '{a}', '{int}');

-- 63 bytes are a name, 64 are an error and never cut
SELECT probe_create(repeat('t', 63), '{a}', '{int}');
SELECT probe_create(repeat('t', 64), '{a}', '{int}');
SELECT probe_create('public."' || repeat('""', 63) || '"', '{a}', '{int}');
SELECT probe_create('public."' || repeat('""', 64) || '"', '{a}', '{int}');
SELECT probe_create('"' || repeat('Ü', 32) || '"', '{a}', '{int}');
SELECT probe_create('"' || repeat('s', 64) || '".t', '{a}', '{int}');
SELECT probe_create('columns_63', ARRAY[repeat('c', 63)], '{int}');
SELECT probe_create('never', ARRAY[repeat('c', 64)], '{int}');
SELECT probe_create('never', ARRAY[repeat('Ü', 32)], '{int}');

-- what exists, columns that cannot be
SELECT probe_create('folded', '{a}', '{int}');
CREATE VIEW a_view AS SELECT 1;
SELECT probe_create('a_view', '{a}', '{int}');
SELECT probe_create('never', '{a,b,a}', '{int}');
SELECT probe_create('never', '{a,ctid}', '{int}');
SELECT probe_create('never', '{xmin}', '{int}');
SELECT probe_create('never', '{a,""}', '{int}');
SELECT probe_create('never', '{a}', '{record}');
SELECT probe_create('never', '{a}', '{anyelement}');
SELECT probe_create('never', '{a}', '{unknown}');
SELECT probe_create('most_columns', array_agg('c' || i), '{int}') FROM generate_series(1, 1600) i;
SELECT probe_create('never', array_agg('c' || i), '{int}') FROM generate_series(1, 1601) i;
SELECT probe_create('not_a_column', '{}', '{int}');
SELECT to_regclass('never');

-- where an unqualified name goes
SET search_path = "Odd Schema", public;
SELECT public.probe_create('here', '{a}', '{int}');
SELECT relnamespace::regnamespace FROM pg_class WHERE relname = 'here';
SET search_path = no_such_schema;
SELECT public.probe_create('nowhere', '{a}', '{int}');
SET search_path = closed, public;

-- rights are the caller's
CREATE ROLE output_probe_user;
GRANT USAGE ON SCHEMA closed TO output_probe_user;
SET ROLE output_probe_user;
SELECT probe_create('closed.t', '{a}', '{int}');
RESET ROLE;
GRANT CREATE ON SCHEMA closed TO output_probe_user;
SET ROLE output_probe_user;
SELECT probe_create('t', '{a}', '{int}');
SELECT tableowner FROM pg_tables WHERE schemaname = 'closed';
RESET ROLE;
RESET search_path;
DROP OWNED BY output_probe_user;
DROP ROLE output_probe_user;
