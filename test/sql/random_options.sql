-- random_options: seeded random tables over every option, against the oracle bit for bit.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_random_options;
SET search_path = test_random_options;

SELECT testlib.make_table('r' || n, n, 1000 + n) FROM unnest('{0,1,2,7,100,5000}'::int[]) n \g /dev/null
CREATE TABLE target (y text, pos_label text);
INSERT INTO target VALUES ('y_int', NULL), ('y_float', NULL), ('y_spoiled', NULL), ('y_subnormal', NULL), ('y_numeric', NULL), ('y_boolean', NULL), ('y_text', '50000+.');
CREATE TABLE options AS
SELECT row_number() OVER (ORDER BY k COLLATE "C", y COLLATE "C", split, prior, smooth) AS n, k::text[] AS columns, t.*, split, prior, smooth
FROM unnest('{"{few}","{many}","{few,number}","{few,many,amount}"}'::text[]) k, target t, unnest('{interleaved,contiguous,random,custom}'::text[]) split,
     unnest('{global,out_of_fold}'::text[]) prior, unnest('{0,0.001,1,20.3}'::float8[]) smooth;
SELECT count(*) FROM options;

CREATE FUNCTION compare(rel regclass, every integer, chosen integer) RETURNS TABLE (compared bigint, wrong bigint, example text) LANGUAGE sql AS
$$
    SELECT count(*), count(*) FILTER (WHERE verdict !~ '^\d+ rows equal$'), min(format('%s: %s', o, verdict)) FILTER (WHERE verdict !~ '^\d+ rows equal$')
    FROM (SELECT o::text AS o, testlib.target_check(rel, columns, y, n_folds, smooth, split, NULL, CASE split WHEN 'custom' THEN 'fold' END, n,
              prior, null_value, handle_missing, pos_label) AS verdict
          FROM (SELECT *, (ARRAY[2, 5, 11, 1000])[1 + n / 3 % 4] AS n_folds, (ARRAY['value', 'null', 'category'])[1 + n / 5 % 3] AS handle_missing,
                       (ARRAY[NULL, 'v1', 'zzz'])[1 + n / 7 % 3] AS null_value
                FROM options) o
          WHERE n % every = chosen OFFSET 0) c
$$;
SELECT * FROM compare('r0', 5, 0);
SELECT * FROM compare('r1', 5, 1);
SELECT * FROM compare('r2', 5, 2);
SELECT * FROM compare('r7', 2, 1);
SELECT * FROM compare('r100', 4, 0);
SELECT * FROM compare('r5000', 89, 3);

-- the error bound of the design, in exact arithmetic and without its formulae
SELECT count(*) AS compared, sum(testlib.target_bound('r100', columns, y, 5, smooth, split, NULL, CASE split WHEN 'custom' THEN 'fold' END, prior => prior, pos_label => pos_label)) AS beyond_bound
FROM options WHERE n % 7 = 3;

-- tables written by fit_transform: the rows of target_encode and label_encode; transform and encoder: full statistics
CREATE FUNCTION compare_tables(rel regclass, y text, label text, split text, prior text, smooth float8, null_value text) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE answer text; fold text := CASE split WHEN 'custom' THEN 'fold' END;
BEGIN
    PERFORM gpu_encode.fit_transform('e', rel, 'o', y, '{few,amount}', '{few,many,amount}', target_combinations => '[["few","number"]]', n_folds => 4, smooth => smooth,
        split_method => split, fold_column => fold, seed => -9, prior => prior, null_value => null_value, pos_label => label, label_suffix => '_code');
    PERFORM gpu_encode.transform('e', rel, 'o_full', label_suffix => '_code');
    SELECT string_agg(DISTINCT v, ', ') INTO answer FROM (
        SELECT testlib.output_check('o', array_to_string(k::text[], '_') || '_TE', format(
            'SELECT ordinal, encoding AS expected FROM testlib.target_rows(%L, %L, %L, 4, %L, %L, fold_column => %L, seed => -9, prior => %L, null_value => %L, pos_label => %L)',
            rel, k, y, smooth, split, fold, prior, null_value, label)) AS v FROM unnest('{"{few}","{amount}","{few,number}"}'::text[]) k
        UNION ALL SELECT testlib.output_check('o', c || '_code', format('SELECT ordinal, code AS expected FROM testlib.label_rows(%L, %L, null_value => %L)', rel, c, null_value))
        FROM unnest('{few,many,amount}'::text[]) c
        UNION ALL SELECT testlib.output_check('o_full', c || '_TE', format(
            'SELECT row_number() OVER (ORDER BY r.ctid) - 1 AS ordinal, coalesce(e.encoding, p.encoding) AS expected
             FROM %s r LEFT JOIN e ON e.kind = ''category'' AND e.column_name = %L AND e.value = %s
             LEFT JOIN (SELECT DISTINCT encoding FROM e WHERE kind = ''prior'') p ON true', rel, c, testlib.key_of(rel, c, null_value)))
        FROM unnest('{few,amount}'::text[]) c) q;
    answer := answer || ', ' || (SELECT count(*) FROM unnest('{"{few}","{amount}","{few,number}"}'::text[]) k
        WHERE testlib.encoder_check('e', rel, k::text[], k <> '{few,number}', y, NULL, smooth, null_value, label) ~ '^\d+ rows equal$') || ' columns of the encoder';
    DROP TABLE e, o, o_full;
    RETURN answer;
END
$$;
SET client_min_messages = error;
SELECT rel, y, compare_tables(rel, y, pos_label, (ARRAY['interleaved', 'contiguous', 'random', 'custom'])[1 + n % 4], (ARRAY['global', 'out_of_fold'])[1 + n / 4 % 2],
    (ARRAY[0, 0.001, 1, 20.3])[1 + n % 4]::float8, (ARRAY[NULL, 'v1', 'zzz'])[1 + n % 3])
FROM (SELECT rel, y, pos_label, row_number() OVER (ORDER BY rel::text, y)::int AS n FROM target, unnest('{r0,r1,r7,r100,r5000}'::regclass[]) rel
      WHERE rel <> 'r5000'::regclass OR y IN ('y_float', 'y_text')) q ORDER BY rel::text, y;
RESET client_min_messages;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_random_options CASCADE;
