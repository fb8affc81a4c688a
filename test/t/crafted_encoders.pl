# Encoders damaged at random: every reader answers, or refuses with an error about the encoder; never a crash, an internal
# error or a call of somebody else's function. GE_DAMAGES is how many, 1500 with GE_TEST_LONG, 300 without.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use Test::More;
use GeTest;

my $damages = $ENV{GE_DAMAGES} // ($ENV{GE_TEST_LONG} ? 1500 : 300);
my $first = $ENV{GE_DAMAGES_FROM} // 1;
my $node = start_server('crafted_encoders');
script($node, <<'SQL');
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE SEQUENCE spied;
CREATE FUNCTION spy(what text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$BEGIN RETURN nextval('public.spied') > 0; END$$;
CREATE DOMAIN spying AS text CHECK (spy(VALUE));
CREATE TYPE pair AS (a spying, b int);
CREATE TABLE t AS SELECT i, 'v' || i % 7 AS few, i % 5 AS number, CASE WHEN i % 9 > 0 THEN i % 4 / 2.0 END AS amount, (enum_range(NULL::mood))[1 + i % 3] AS m, ('x' || i % 3, i % 2)::pair AS p, i % 3 AS y FROM generate_series(1, 120) i;
SELECT count(*) FROM gpu_encode.fit('e', 't', 'y', label_columns => '{few,number,m,p}', target_columns => '{few,amount,m}',
    target_combinations => '[["few","number","m"],["amount","number","m"]]', handle_missing => 'category');
CREATE TABLE known AS TABLE e; -- what is compared and merged with the damaged one

-- A number from 0 to n - 1, the same for the same seed and place.
CREATE FUNCTION pick(seed int, place text, n int) RETURNS int LANGUAGE sql IMMUTABLE AS
$$SELECT (abs(hashtextextended(place, seed) % n))::int$$;
CREATE FUNCTION one_of(seed int, place text, choices text[]) RETURNS text LANGUAGE sql IMMUTABLE AS
$$SELECT choices[1 + pick(seed, place, cardinality(choices))]$$;
CREATE FUNCTION paths(j jsonb, path text[] DEFAULT '{}') RETURNS SETOF text[] LANGUAGE sql AS
$$
    SELECT path
    UNION ALL SELECT p FROM jsonb_each(CASE jsonb_typeof(j) WHEN 'object' THEN j ELSE '{}' END) o, paths(o.value, path || o.key) p
    UNION ALL SELECT p FROM jsonb_array_elements(CASE jsonb_typeof(j) WHEN 'array' THEN j ELSE '[]' END) WITH ORDINALITY a (value, n), paths(a.value, path || (n - 1)::text) p
$$;

-- Other parameters: a value of another kind somewhere, a field gone, a part of them in place of another.
CREATE FUNCTION damage_parameters(seed int) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
    p jsonb; path text[]; other text[]; value text;
BEGIN
    SELECT parameters INTO p FROM e WHERE kind = 'parameters' LIMIT 1;
    SELECT x INTO path FROM paths(p) x ORDER BY hashtextextended(x::text, seed) LIMIT 1;
    SELECT x INTO other FROM paths(p) x ORDER BY hashtextextended(x::text, seed + 1) LIMIT 1;
    value := one_of(seed, 'value', ARRAY['null', 'true', '0', '-1', '1', '7', '1.5', '1e30', '1e-30', '1e400', '-1e400', '1e-400', '200000000', '2147483648', '4294967295', '9223372036854775808', '""', '"few"', '"m"', '"few_number_m"',
        '[]', '{}', '[[]]', '[1]', '["few", "number"]', '["", "abcdef", "ghijkl", "mnopqrstuv"]', '{"name": 5}', '{"a": {"b": {}}}', '"pg_catalog.int4[]"', '"public.pair"', '"public.spying"', '"public.mood"', '"record"', '"numeric(5,2)"',
        '"timestamp with time zone"', '"interval(99)"', '"varchar("', '"t.few%TYPE"', '"setof int"', '"varchar(0)"', '"char"', '"public.e"', '"error"', '"null"', '"category"', (p #> other)::text, to_jsonb(repeat('x', 70000))::text, '"\u00e4\ud83d\ude00"']);
    RETURN format('UPDATE e SET parameters = %s WHERE kind = ''parameters''',
        CASE WHEN path = '{}' THEN format('%L', value) WHEN pick(seed, 'how', 5) = 0 THEN format('parameters #- %L', path) ELSE format('jsonb_set(parameters, %L, %L)', path, value) END);
END
$$;
-- Other columns.
CREATE FUNCTION damage_columns(seed int) RETURNS text LANGUAGE sql AS
$$
    SELECT CASE pick(seed, 'how', 6)
        WHEN 0 THEN format('ALTER TABLE e DROP COLUMN %I', c)
        WHEN 1 THEN format('ALTER TABLE e DROP COLUMN %1$I; ALTER TABLE e ADD %1$I %2$s', c, type)
        WHEN 2 THEN format('DROP INDEX IF EXISTS e_column_name_code_idx, e_column_name_hashtextextended_idx, e_column_name_hash_array_extended_idx; ALTER TABLE e ALTER %I TYPE %s USING NULL', c, type)
        WHEN 3 THEN format('ALTER TABLE e RENAME %1$I TO swapping; ALTER TABLE e RENAME %2$I TO %1$I; ALTER TABLE e RENAME swapping TO %2$I', c, d)
        WHEN 4 THEN format('ALTER TABLE e RENAME %1$I TO aside; ALTER TABLE e ADD %1$I %2$s', c, (SELECT format_type(atttypid, -1) || CASE WHEN attcollation <> 0 THEN ' COLLATE "C"' ELSE '' END FROM pg_attribute WHERE attrelid = 'e'::regclass AND attname = c))
        ELSE format('DROP INDEX IF EXISTS e_column_name_hashtextextended_idx; ALTER TABLE e ALTER %I TYPE text COLLATE "POSIX"', one_of(seed, 'text', '{kind,column_name,value}')) END
    FROM (SELECT one_of(seed, 'column', '{kind,column_name,value,values,code,n_rows,moments,encodings,encoding,parameters}') AS c,
                 one_of(seed, 'other', '{kind,column_name,value,values,code,n_rows,moments,encodings,encoding,parameters}') AS d,
                 one_of(seed, 'type', '{text,bigint,integer,int[],text[],jsonb,float8,real,bytea,varchar,name,boolean,spying,pair,uuid}') AS type) choice
$$;
-- Other rows.
CREATE FUNCTION damage_rows(seed int) RETURNS text LANGUAGE sql AS
$$
    SELECT CASE pick(seed, 'how', 5)
        WHEN 0 THEN format('DELETE FROM e WHERE %s', rows)
        WHEN 1 THEN format('INSERT INTO e SELECT * FROM e WHERE %s', rows)
        ELSE format('UPDATE e SET %s WHERE %s', one_of(seed, 'set', ARRAY['code = NULL', 'code = -1', 'code = 2147483647', 'code = 0', 'n_rows = NULL', 'n_rows = -1', 'n_rows = 9223372036854775807', 'moments = NULL', 'moments = ''{}''',
            'encodings = NULL', 'encodings = ''{NaN}''', 'encodings = ''{-Infinity}''', 'encodings = ''{1,2}''', 'encodings = ''{{1},{2}}''', 'encodings = ''{}''', 'encodings = ''[5:5]={1}''', 'value = NULL', 'value = ''zzz''', 'value = ''''', 'value = ''1''', 'value = repeat(''x'', 100000)', 'value = value || '' ''', 'value = upper(value)',
            '"values" = NULL', '"values" = ''{}''', '"values" = ''{a}''', '"values" = ''{NULL,NULL,NULL}''', '"values" = ''{{a,b},{c,d}}''', '"values" = ''[3:5]={v1,1,ok}''', '"values" = "values" || "values"', '"values" = ''{v1,1,ok}''',
            'column_name = NULL', 'column_name = ''few''', 'column_name = ''few_number_m''', 'column_name = ''p''', 'column_name = repeat(''n'', 1000)', 'kind = NULL', 'kind = ''prior''', 'kind = ''missing''', 'kind = ''category''', 'kind = ''parameters''', 'kind = ''''',
            'parameters = ''{}''', 'parameters = NULL']), rows) END
    FROM (SELECT one_of(seed, 'rows', ARRAY['true', 'kind = ''category''', 'kind = ''prior''', 'kind = ''missing''', 'kind = ''parameters''', 'column_name = ''few''', 'column_name = ''m''', '"values" IS NOT NULL',
              format('hashtextextended(e::text, %s) %% 10 = 0', seed), format('hashtextextended(e::text, %s) %% 100 = 0', seed)]) AS rows) choice
$$;
-- What must not matter.
CREATE FUNCTION damage_nothing(seed int) RETURNS text LANGUAGE sql AS
$$
    SELECT one_of(seed, 'what', ARRAY['DROP INDEX IF EXISTS e_column_name_hashtextextended_idx', 'DROP INDEX IF EXISTS e_column_name_hash_array_extended_idx', 'DROP INDEX IF EXISTS e_column_name_code_idx',
        'CREATE INDEX ON e (column_name, hashtextextended(kind, 0))', 'CREATE INDEX ON e ((spy(''index'')))', 'CREATE INDEX ON e (column_name, code) WHERE spy(''predicate'')', 'ALTER TABLE e ADD more spying',
        'CREATE TABLE copy AS SELECT * FROM e ORDER BY md5(e::text); DROP TABLE e; ALTER TABLE copy RENAME TO e', 'CREATE INDEX again ON e (column_name, hashtextextended(value, 0)); CLUSTER e USING again', 'UPDATE e SET code = code',
        'ALTER TABLE e ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON e USING (spy(value))', 'ALTER TABLE e DROP COLUMN moments; ALTER TABLE e ADD moments gpu_encode.moments[]'])
$$;
CREATE FUNCTION damage(seed int) RETURNS text LANGUAGE sql AS
$$SELECT CASE seed % 7 WHEN 0 THEN damage_nothing(seed) WHEN 1 THEN damage_columns(seed) WHEN 2 THEN damage_rows(seed) WHEN 3 THEN damage_rows(seed) ELSE damage_parameters(seed) END$$;

-- Every reader's answer, as a text or an SQLSTATE; then the damage is undone. Every third one is done between two rows of each
-- statement, where a statement has several.
CREATE FUNCTION change(n int, how text) RETURNS int LANGUAGE plpgsql AS $$BEGIN IF n = 1 AND how <> '' THEN EXECUTE how; PERFORM setval('spied', 1, false); END IF; RETURN n; END$$;
CREATE FUNCTION answers(how text, midway boolean) RETURNS text[] LANGUAGE plpgsql AS
$$
DECLARE
    call text; answer text; answers text[] := '{}';
BEGIN
    IF NOT midway AND how <> '' THEN EXECUTE how; END IF;
    PERFORM setval('spied', 1, false); -- what the damage itself has called
    FOREACH call IN ARRAY ARRAY['label(''e'', ''few'', (''v'' || n)::text, ''null'')', 'label(''e'', ''number'', n)', 'label(''e'', ''m'', ''ok'', ''value'', -1)', 'label(''e'', ''p'', (''(x1,'' || n % 2 || '')'')::text, ''null'')', 'label(''e'', ''few'', NULL::text)',
        'target_encoding(''e'', ''few'', (''v'' || n)::text)', 'target_encoding(''e'', ''amount'', n / 2.0)', 'target_encoding(''e'', ''few'', NULL::text)', 'target_encoding(''e'', ''{few,number,m}''::text[], ARRAY[''v'' || n, n::text, ''ok''])',
        'inverse_label(''e'', ''few'', n)', 'inverse_label(''e'', ''p'', n % 2)'] LOOP
        BEGIN
            EXECUTE format('SELECT string_agg(answer::text, '','' ORDER BY n) FROM (SELECT n, gpu_encode.%s AS answer, change(n, %L) FROM generate_series(1, 3) n) q', call, CASE WHEN midway THEN how ELSE '' END) INTO answer;
            RAISE 'undo' USING ERRCODE = 'PT001';
        EXCEPTION WHEN SQLSTATE 'PT001' THEN answers := answers || answer;
                  WHEN OTHERS THEN answers := answers || ('error ' || SQLSTATE || ' ' || left(SQLERRM, 200));
        END;
    END LOOP;
    BEGIN
        PERFORM gpu_encode.transform('e', 't', 'o');
        answers := answers || (SELECT md5(string_agg(o::text, ' ' ORDER BY i)) FROM o);
    EXCEPTION WHEN OTHERS THEN answers := answers || ('error ' || SQLSTATE || ' ' || left(SQLERRM, 200));
    END;
    BEGIN
        PERFORM gpu_encode.fit('successor', 't', label_columns => '{few,number,m}', handle_missing => 'category', codes_from => 'e');
        answers := answers || (SELECT md5(string_agg(concat_ws(' ', column_name, value, code), ',' ORDER BY column_name, value)) FROM successor WHERE kind = 'category');
    EXCEPTION WHEN OTHERS THEN answers := answers || ('error ' || SQLSTATE || ' ' || left(SQLERRM, 200));
    END;
    FOREACH call IN ARRAY ARRAY['json', 'sql', 'onnx'] LOOP
        BEGIN
            answers := answers || md5(gpu_encode.export_encoder('e', call));
        EXCEPTION WHEN OTHERS THEN answers := answers || ('error ' || SQLSTATE || ' ' || left(SQLERRM, 200));
        END;
    END LOOP;
    FOREACH call IN ARRAY ARRAY['SELECT length(gpu_encode.report(''e'')) > 1000', 'SELECT string_agg(c::text, '','' ORDER BY c::text) FROM gpu_encode.compare_encoders(''e'', ''known'') c',
        'SELECT string_agg(c::text, '','' ORDER BY c::text) FROM gpu_encode.compare_encoders(''known'', ''e'') c', 'SELECT min(encoder_id) FROM gpu_encode.merge_encoders(''merged'', ''{e,known}'')',
        'SELECT min(checks::text) FROM gpu_encode.transform(''e'', ''t'', ''o2'', guards => ''{"max_psi": 1e9, "max_vanished": 1}'')'] LOOP
        BEGIN
            EXECUTE call INTO answer;
            answers := answers || answer;
        EXCEPTION WHEN OTHERS THEN answers := answers || ('error ' || SQLSTATE || ' ' || left(SQLERRM, 200));
        END;
    END LOOP;
    IF (SELECT is_called FROM spied) THEN answers := answers || 'spied'::text; END IF;
    BEGIN -- builds the indexes of the encoder anew, which calls their functions
        answers := answers || (SELECT min(encoder_id) FROM gpu_encode.partial_fit('e', 't'));
    EXCEPTION WHEN OTHERS THEN answers := answers || ('error ' || SQLSTATE || ' ' || left(SQLERRM, 200));
    END;
    RAISE EXCEPTION 'undo' USING ERRCODE = 'PT002';
EXCEPTION
    WHEN SQLSTATE 'PT002' THEN RETURN answers;
    WHEN OTHERS THEN RETURN ARRAY['not damaged: ' || SQLERRM];
END
$$;
SQL

my $unharmed = one_value($node, q{SELECT answers('', false)});
unlike($unharmed, qr/error/, 'an encoder that nobody touched answers');

# Statistics matter to the answers after the 16th alone.
# One session for all: what one damage leaves in it, the next one meets.
my $answers = script($node, <<SQL);
SET statement_timeout = '10min'; SET max_parallel_maintenance_workers = 0; -- dead rows add up, and nextval() runs in no worker
CREATE TEMP TABLE answers AS
SELECT seed, damage(seed) AS how, answers(damage(seed), seed % 3 = 0) AS answers FROM generate_series($first, $first + $damages - 1) seed;
SELECT 'damaged ' || count(*) FROM answers WHERE answers[1] NOT LIKE 'not damaged%';
SELECT 'refused ' || count(*) FROM answers WHERE answers::text LIKE '%error 55000%' OR answers::text LIKE '%error 42809%';
SELECT 'internal ' || seed || ' ' || how || ' ' || a FROM answers, unnest(answers) a WHERE a ~ '^error (XX|58|P0|53|57|08|F0)' LIMIT 20;
SELECT 'unnamed ' || seed || ' ' || how || ' ' || a FROM answers, unnest(answers) a WHERE a ~ '^error (22003|42601|55006)' LIMIT 20;
SELECT 'mattered ' || seed || ' ' || how || ' ' || answers::text FROM answers WHERE seed % 7 = 0 AND seed % 3 > 0 AND answers[1:16] <> ('$unharmed'::text[])[1:16] AND answers[1] NOT LIKE 'not damaged%' LIMIT 20;
SELECT 'spied ' || seed || ' ' || how || ' ' || answers::text FROM answers WHERE 'spied' = ANY (answers) LIMIT 20;
SQL
my ($damaged) = $answers =~ /^damaged (\d+)/m;
my ($refused) = $answers =~ /^refused (\d+)/m;
note "$damaged damages, $refused refused";
cmp_ok($damaged, '>', $damages / 2, 'most statements damage the encoder');
cmp_ok($refused, '>', $damages / 4, 'and many of them are refused');
for my $what ('internal', 'unnamed', 'mattered', 'spied')
{
	my @seen = $answers =~ /^($what\b.*)/mg;
	is_deeply(\@seen, [], { internal => 'no internal error', unnamed => 'no error about a number or a type that leaves the encoder out', mattered => 'what does not matter changes no answer', spied => 'no function of others is called' }->{$what});
}
is(one_value($node, q{SELECT answers('', false)}), $unharmed, 'and at the end all is as before');

done_testing();
