-- arguments: every parameter of every function is read, by its name and with its type, and a NULL that means nothing is refused.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_arguments;
SET search_path = test_arguments, public;
SET client_min_messages = error;
CREATE TABLE t AS SELECT 'v' || i % 3 AS x, 'w' || i % 2 AS z, i % 4 AS n, i % 2 AS y FROM generate_series(1, 20) i;
SELECT count(*) FROM gpu_encode.fit('e', 't', 'y', '{x,n}', '{x,n}', target_combinations => '[["x","z"]]');

-- the parameters that calls give values to
CREATE VIEW functions AS
SELECT p.oid, format('%I.%I', nspname, proname) AS called, pronargs, prosrc, probin, prosrc ~ '^ge_s3_|_s3$' AS of_s3, pg_get_function_result(p.oid) AS result,
       (SELECT string_agg(format(', OUT %I %s', n, format_type(proallargtypes[o], NULL)), '' ORDER BY o) FROM unnest(proargnames, proargmodes) WITH ORDINALITY u (n, m, o) WHERE m = 'o') AS outs
FROM pg_proc p JOIN pg_language l ON l.oid = prolang JOIN pg_namespace n ON n.oid = pronamespace
WHERE nspname IN ('gpu_encode', 'aws_commons') AND lanname = 'c' AND pronargs > 0 AND proname NOT IN ('rows_support', 'lookup_support', 's3_validator')
  AND prosrc !~ '^ge_(moments|exact)_|^ge_(category_text|fold_of)$'; -- these read their arguments by place, and have tests of their own
CREATE VIEW parameters AS
SELECT f.oid, called, prosrc, of_s3, i, name, type,
       format('%s::%s', CASE
           WHEN name IN ('source', 'train', 'rel') AND type = 'regclass' THEN '''t'''
           WHEN name IN ('encoder', 'before', 'after') AND type = 'regclass' THEN '''e'''
           WHEN name = 'encoder' THEN '''made'''
           WHEN name = 'encoders' THEN '''{e}'''
           WHEN name = 'column_name' THEN CASE WHEN prosrc LIKE '%\_any' THEN '''n''' ELSE '''x''' END
           WHEN name = 'column_names' THEN '''{x,z}'''
           WHEN name = 'target' THEN '''y'''
           WHEN name = 'value' THEN CASE WHEN prosrc LIKE '%\_any' THEN '1' ELSE '''v1''' END
           WHEN name = 'values' THEN '''{v1,w1}'''
           WHEN name = 'code' THEN '1'
           WHEN name IN ('output', 'table_name', 'train_output') AND NOT of_s3 THEN '''o'''
           WHEN name IN ('uri', 'train', 'train_output') THEN '''file:///no/such/file'''
           WHEN name = 'query' THEN '''SELECT 1'''
           WHEN name = 'columns' THEN 'NULL'
           WHEN name = 'options' AND i <= pronargs - pronargdefaults THEN ''''''
           WHEN i <= pronargs - pronargdefaults THEN '''x'''
           ELSE coalesce(pg_get_function_arg_default(f.oid, i::int), 'NULL') END, CASE type WHEN 'anyelement' THEN 'integer' ELSE type END) AS argument
FROM functions f JOIN LATERAL (SELECT pronargdefaults, proargtypes, proargnames, proargmodes FROM pg_proc p WHERE p.oid = f.oid) p ON true
CROSS JOIN LATERAL unnest(proargtypes::oid[]) WITH ORDINALITY a (type_oid, i)
CROSS JOIN LATERAL (SELECT format_type(type_oid, NULL) AS type, proargnames[a.i] AS name) n;
SELECT count(*) FILTER (WHERE name IS NULL OR name = '') AS unnamed, count(DISTINCT prosrc) = count(DISTINCT oid) AS a_symbol_each FROM parameters;

-- what becomes of a statement, of which nothing stays
CREATE FUNCTION outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text; message text;
BEGIN
    EXECUTE statement;
    RAISE SQLSTATE 'UNDO1';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    RETURN CASE WHEN state = 'UNDO1' THEN 'ok' ELSE state || ' ' || message END;
END
$$;
-- a call of a function with all its arguments by name, one of them another
CREATE FUNCTION call_of(of_function oid, called_as text DEFAULT NULL, parameter text DEFAULT NULL, other_name text DEFAULT NULL, other text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT * FROM %s(%s)', coalesce(called_as, min(called)),
                  string_agg(format('%I => %s', CASE WHEN name = parameter THEN coalesce(other_name, name) ELSE name END,
                                    CASE WHEN name = parameter THEN coalesce(other, argument) ELSE argument END), ', ' ORDER BY i))
    FROM parameters WHERE oid = of_function
$$;
SELECT prosrc, outcome(call_of(oid)) FROM functions WHERE NOT of_s3 ORDER BY prosrc COLLATE "C";

-- a NULL: refused by name where it means nothing
CREATE VIEW nulls AS
SELECT prosrc, of_s3, i, name, outcome(call_of(oid, NULL, name, name, 'NULL::' || CASE type WHEN 'anyelement' THEN 'integer' ELSE type END)) AS outcome FROM parameters;
CREATE VIEW nulls_of_functions AS
SELECT prosrc, of_s3,
       string_agg(name, ' ' ORDER BY i) FILTER (WHERE outcome = format('22004 argument "%s" must not be null', name)) AS refuses_null,
       string_agg(name, ' ' ORDER BY i) FILTER (WHERE outcome !~ '^(22004|42P13|XX)') AS takes_null,
       string_agg(name || ': ' || outcome, ', ' ORDER BY i) FILTER (WHERE outcome ~ '^(22004|42P13|XX)' AND outcome <> format('22004 argument "%s" must not be null', name)) AS otherwise
FROM nulls GROUP BY prosrc, of_s3;
\x on
SELECT prosrc, refuses_null, takes_null, otherwise FROM nulls_of_functions WHERE NOT of_s3 ORDER BY prosrc COLLATE "C";
\x off

-- A function declared in another way, as superusers can: places do not matter; a parameter that is missing, unknown or of another type is
-- an error before anything is done.
CREATE FUNCTION declare(of_function oid, parameter text DEFAULT NULL, other_name text DEFAULT NULL, other_type text DEFAULT NULL, surplus text DEFAULT '', place int DEFAULT -1) RETURNS text LANGUAGE sql AS $$
    SELECT format('CREATE FUNCTION declared(%s%s%s) RETURNS %s LANGUAGE c AS %L, %L',
                  (SELECT string_agg(format('%I %s', CASE WHEN name = parameter THEN coalesce(other_name, name) ELSE name END,
                                            CASE WHEN name = parameter THEN coalesce(other_type, type) ELSE type END), ', ' ORDER BY i * place)
                   FROM parameters p WHERE p.oid = f.oid), surplus, outs, result, probin, prosrc)
    FROM functions f WHERE oid = of_function
$$;
CREATE FUNCTION declared_outcome(declaration text, call text) RETURNS text LANGUAGE sql AS $$
    SELECT outcome(format('DO %L', format('BEGIN %s; EXECUTE %L; RAISE SQLSTATE %L; END', declaration, call, 'UNDO1')))
$$;
CREATE VIEW other_declarations AS
SELECT of_s3, 'the other way round' AS how, '' AS name, declared_outcome(declare(oid), call_of(oid, 'declared')) AS outcome FROM functions WHERE NOT of_s3
UNION ALL SELECT of_s3, 'surplus', '', declared_outcome(declare(oid, surplus => ', surplus text', place => 1), replace(call_of(oid, 'declared'), 'declared(', 'declared(surplus => NULL, ')) FROM functions
UNION ALL SELECT of_s3, 'renamed', name, declared_outcome(declare(oid, name, 'renamed'), call_of(oid, 'declared', name, 'renamed')) FROM parameters
UNION ALL SELECT of_s3, 'as ' || type_name, name, declared_outcome(declare(oid, name, other_type => type_name), call_of(oid, 'declared', name, other => 'NULL::' || type_name))
    FROM parameters, unnest('{point,smallint}'::text[]) type_name;
CREATE VIEW verdicts AS SELECT how, regexp_replace(outcome, 'function \S*declared\([^)]*\) (has (no|a) parameter) "[^"]*"(.*)', 'function \1\3') AS outcome, count(*) AS times, of_s3,
    string_agg(DISTINCT name, ' ' ORDER BY name) FILTER (WHERE outcome = 'ok') AS parameters FROM other_declarations GROUP BY of_s3, how, 2;
SELECT how, CASE WHEN outcome LIKE '42P13 function has no parameter of type %' THEN '42P13 function has no parameter of type ...' ELSE outcome END AS outcome, sum(times) AS times, max(parameters) AS parameters
FROM verdicts WHERE NOT of_s3 GROUP BY 1, 2 ORDER BY 1, 2;

-- the same for S3
SELECT testlib.refuses('SELECT gpu_encode.preprocess_s3(NULL, NULL)', '0A000', 'no S3 support') = 'ok' AS without_s3 \gset
\if :without_s3
\quit
\endif
CREATE EXTENSION gpu_encode_aws_s3;
\x on
SELECT prosrc, refuses_null, takes_null, otherwise FROM nulls_of_functions WHERE of_s3 ORDER BY prosrc COLLATE "C";
\x off
SELECT how, CASE WHEN outcome LIKE '42P13 function has no parameter of type %' THEN '42P13 function has no parameter of type ...' WHEN outcome LIKE '42P13%' THEN outcome ELSE 'read, and then another error' END AS outcome, sum(times) AS times, max(parameters) AS parameters
FROM verdicts WHERE of_s3 GROUP BY 1, 2 ORDER BY 1, 2;

DROP EXTENSION gpu_encode_aws_s3;
RESET search_path;
DROP SCHEMA test_arguments CASCADE;
