-- random_preprocess: seeded random train and validation tables over the options of preprocess, against the oracle bit for bit.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_random_preprocess;
SET search_path = test_random_preprocess;

SELECT testlib.make_table('r' || n, n, 1000 + n), testlib.make_table('v' || n, n, 2000 + n) FROM unnest('{0,1,7,100}'::int[]) n \g /dev/null
-- values that train does not have, in every type
UPDATE v100 SET few = 'new ' || id % 3, number = 1000 + id % 4, amount = -id % 5 WHERE id % 9 = 0;
-- what validation may lack
ALTER TABLE v7 DROP COLUMN y_int, DROP COLUMN fold;

CREATE TABLE options AS
SELECT n, (ARRAY['y_int', 'y_float', 'y_numeric', 'y_boolean', 'y_text'])[1 + n % 5] AS y, CASE n % 5 WHEN 4 THEN '50000+.' END AS pos_label,
       (ARRAY['interleaved', 'contiguous', 'random', 'custom'])[1 + n / 5 % 4] AS split, (ARRAY['global', 'out_of_fold'])[1 + n / 20 % 2] AS prior,
       (ARRAY[0, 0.001, 20.3])[1 + n % 3]::float8 AS smooth, (ARRAY[2, 5, 1000])[1 + n / 3 % 3] AS n_folds,
       (ARRAY['value', 'null', 'category'])[1 + n / 9 % 3] AS handle_missing, (ARRAY[NULL, 'v1', 'zzz'])[1 + n / 27 % 3] AS null_value,
       n / 2 % 2 = 0 AS together, CASE WHEN n % 4 = 1 THEN -7 END AS unknown_value, CASE WHEN n / 7 % 2 = 0 THEN '{id}'::text[] END AS order_by
FROM generate_series(0, 47) n;

-- one column of an output against rows of expected values: 'N rows equal', or how they differ
CREATE FUNCTION compare(o options, train regclass, validation regclass) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
    answer text; counted text; expected text; fold text := CASE o.split WHEN 'custom' THEN 'fold' END;
    labels text[] := '{few,many,amount}'; encoded text[] := '{"{few}","{number}","{few,number}"}';
    sources regclass[] := CASE WHEN o.together THEN ARRAY[validation] END;
BEGIN
    SELECT string_agg(format('%s %s %s %s %s', part, rows, unknown_labels, missing_labels, unseen_targets), ', ') INTO counted
    FROM gpu_encode.preprocess(train, 't_out', o.y, '{few,number}', validation, 'v_out', labels, labels_from_validation => o.together, target_combinations => '[["few","number"]]',
        n_folds => o.n_folds, smooth => o.smooth, split_method => o.split, order_by => o.order_by, fold_column => fold, seed => -9, prior => o.prior, pos_label => o.pos_label,
        null_value => o.null_value, handle_missing => o.handle_missing, handle_unknown => CASE WHEN o.unknown_value IS NULL THEN 'null' ELSE 'value' END,
        unknown_value => o.unknown_value, encoder => 'e', label_suffix => '_code');
    SELECT string_agg(DISTINCT v, ', ') INTO answer FROM (
        SELECT testlib.output_check('t_out', c || '_code', format('SELECT ordinal, code AS expected FROM testlib.label_rows(%L, %L, %L, %L, %L, %L)',
            train, c, o.order_by, o.null_value, o.handle_missing, sources)) AS v FROM unnest(labels) c
        UNION ALL SELECT testlib.output_check('t_out', array_to_string(k::text[], '_') || '_TE', format(
            'SELECT ordinal, encoding AS expected FROM testlib.target_rows(%L, %L, %L, %L, %L, %L, %L, %L, -9, %L, %L, %L, %L)',
            train, k, o.y, o.n_folds, o.smooth, o.split, o.order_by, fold, o.prior, o.null_value, o.handle_missing, o.pos_label)) FROM unnest(encoded) k
        UNION ALL SELECT testlib.output_check('v_out', c || '_code', format('SELECT ordinal, code AS expected FROM testlib.code_rows(%L, %L, %L, %L, %L, %L, %L, %L)',
            validation, train, c, sources, o.order_by, o.null_value, o.handle_missing, o.unknown_value)) FROM unnest(labels) c
        UNION ALL SELECT testlib.output_check('v_out', array_to_string(k::text[], '_') || '_TE', format(
            'SELECT ordinal, encoding AS expected FROM testlib.full_rows(%L, %L, %L, %L, %L, %L, %L, %L, %L)',
            validation, train, k, o.y, o.smooth, o.order_by, o.null_value, o.handle_missing, o.pos_label)) FROM unnest(encoded) k) q;
    SELECT format('train %s 0 %s 0, validation %s %s %s %s', (SELECT count(*) FROM t_out),
        (SELECT count(*) FROM unnest(labels) c, testlib.code_rows(train, train, c, sources, NULL, o.null_value, 'value', NULL) r WHERE is_missing), (SELECT count(*) FROM v_out),
        (SELECT count(*) FROM unnest(labels) c, testlib.code_rows(validation, train, c, sources, NULL, o.null_value, 'value', NULL) r WHERE is_unknown),
        (SELECT count(*) FROM unnest(labels) c, testlib.code_rows(validation, train, c, sources, NULL, o.null_value, 'value', NULL) r WHERE is_missing),
        (SELECT count(*) FROM unnest(encoded) k, testlib.full_rows(validation, train, k::text[], o.y, 0, NULL, o.null_value, 'value', o.pos_label) r WHERE is_unseen)) INTO expected;
    -- the encoder gives validation what the job gave it
    IF NOT o.together THEN
        PERFORM gpu_encode.transform('e', validation, 'v_again', o.order_by, CASE WHEN o.unknown_value IS NULL THEN 'null' ELSE 'value' END, o.unknown_value, label_suffix => '_code');
        answer := answer || ' ' || testlib.same('TABLE v_out', 'TABLE v_again');
        DROP TABLE v_again;
    END IF;
    DROP TABLE e, t_out, v_out;
    RETURN answer || CASE WHEN counted = expected THEN '' ELSE format(' counted %s, expected %s', counted, expected) END;
END
$$;
SET client_min_messages = error;
SELECT compare(o, 'r100', 'v100'), count(*), min(n) FROM options o GROUP BY 1 ORDER BY 1;
SELECT compare(o, 'r7', 'v100'), count(*), min(n) FROM options o WHERE n % 8 = 3 GROUP BY 1 ORDER BY 1;
SELECT compare(o, 'r7', 'v7'), count(*), min(n) FROM options o WHERE n % 8 = 5 AND y <> 'y_int' GROUP BY 1 ORDER BY 1;
SELECT compare(o, 'r100', 'v0'), compare(o, 'r0', 'v0'), compare(o, 'r1', 'v1'), compare(o, 'r100', 'r100'), count(*), min(n) FROM options o WHERE n % 16 = 7 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;
RESET client_min_messages;
SELECT testlib.tables('test_random_preprocess');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_random_preprocess CASCADE;
