-- encoders that grow, with options drawn at random from a seed: parts merged, counted in and out are one fit of the rows, to the bit.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_grown_at_random;
SET search_path = test_grown_at_random;
\set grown :abs_srcdir '/lib/grown.sql'
\set ECHO none
\i :grown
\set ECHO all
-- the n-th draw from some choices, the same in every run
CREATE FUNCTION draw(trial int, what text, VARIADIC choices text[]) RETURNS text LANGUAGE sql AS $$
    SELECT choices[1 + ('x' || left(md5(what || trial), 7))::bit(28)::int % cardinality(choices)]
$$;
CREATE FUNCTION draw_options(trial int) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(', ',
        draw(trial, 'target', $x$target => 'y'$x$, $x$target => 'late'$x$, $x$target => 's'$x$, $x$target => 'big'$x$, $x$targets => '{y,z,s,late}'$x$, $x$target => 'yn', pos_label => 'yes'$x$,
             $x$target => 'z', target_type => 'binary', pos_label => 'false'$x$, $x$target => 'k', target_type => 'multiclass'$x$),
        draw(trial, 'columns', $x$target_columns => '{a,b}'$x$, $x$target_columns => '{many}'$x$, $x$target_columns => '{n,a}'$x$),
        draw(trial, 'labels', $x$label_columns => '{}'$x$, $x$label_columns => '{b,many}'$x$, $x$label_columns => '{a,n}'$x$),
        draw(trial, 'stats', NULL, $x$stats => '{mean,count}'$x$, $x$stats => '{var,frequency,mean}'$x$, $x$stats => '{sum,std}'$x$),
        draw(trial, 'weights', NULL, NULL, $x$weight_column => 'w2'$x$, $x$weight_column => 'w'$x$),
        draw(trial, 'smooth', NULL, 'smooth => 0', 'smooth => 2.5', 'smooth => 1e300'),
        draw(trial, 'missing', NULL, $x$handle_missing => 'null'$x$, $x$handle_missing => 'category'$x$, $x$null_value => 'd1'$x$),
        draw(trial, 'frequency', NULL, NULL, 'min_frequency => 3', 'min_frequency => 0.05'),
        draw(trial, 'most', NULL, NULL, 'max_categories => 4'),
        draw(trial, 'order', NULL, $x$label_order => 'frequency'$x$),
        draw(trial, 'combinations', NULL, $x$target_combinations => '[["a","b"],{"name":["b","n","f01"]}]'$x$))
$$;
-- options with lists: codes follow from those, so there are no others
CREATE FUNCTION draw_listed_options(trial int) RETURNS text LANGUAGE sql AS $$
    SELECT regexp_replace(draw_options(trial), $x$label_columns => '[^']*'$x$, $x$label_columns => '{}'$x$) ||
        CASE WHEN draw_options(trial) LIKE '%target_columns => ''{many}%' THEN $x$, column_options => '{"many": {"categories": ["x1","x4","x9","x16","x25","zz"]}}'$x$
             WHEN draw_options(trial) LIKE '%target_columns => ''{n,a}%' THEN $x$, column_options => '{"n": {"categories": [3,"1",17]}, "a": {"categories": ["c1","c2","c3","c21"]}}'$x$
             ELSE $x$, column_options => '{"*": {"unseen": "null"}, "b": {"categories": ["d4","d1"]}}'$x$ END
$$;
CREATE VIEW weighted AS SELECT t.*, (1 + i % 3) * 0.1::float8 AS w2 FROM t;
CREATE FUNCTION is_same(a text, b text) RETURNS boolean LANGUAGE sql AS $$ SELECT testlib.encoders_equal(a, b) ~ '^\d+ rows equal$' $$;
-- parts: the first rows up to a, those up to b, the rest; a part may be empty or one row
CREATE FUNCTION try(trial int, has_lists boolean, OUT merged boolean, OUT added boolean, OUT removed boolean) LANGUAGE plpgsql SET client_min_messages = warning AS
$$
DECLARE
    options text := CASE WHEN has_lists THEN draw_listed_options(trial) ELSE draw_options(trial) END;
    codes text := CASE WHEN has_lists THEN '' ELSE $x$, codes_from => %L$x$ END;
    a int := draw(trial, 'first', '0', '1', '90', '300')::int;
    b int := a + draw(trial, 'second', '0', '1', '200')::int;
BEGIN
    -- without rows nothing is known of the classes of a target
    IF options ~ 'multiclass' THEN
        a := 90 + a; b := a + 90;
    END IF;
    EXECUTE format('CREATE OR REPLACE VIEW p1 AS SELECT * FROM weighted WHERE i <= %1$s; CREATE OR REPLACE VIEW p2 AS SELECT * FROM weighted WHERE i > %1$s AND i <= %2$s;
                    CREATE OR REPLACE VIEW p3 AS SELECT * FROM weighted WHERE i > %2$s; CREATE OR REPLACE VIEW p12 AS SELECT * FROM weighted WHERE i <= %2$s', a, b);
    PERFORM learn('e1', 'p1', options), learn('e2', 'p2', options), learn('e3', 'p3', options), learn('whole', 'weighted', options);
    PERFORM gpu_encode.merge_encoders('m', '{e2,e3,e1}', replace => true);
    merged := is_same('m', 'whole');
    PERFORM learn('w2', 'p12', options || format(codes, 'e1')), gpu_encode.partial_fit('e1', 'p2');
    added := is_same('e1', 'w2');
    PERFORM learn('w3', 'weighted', options || format(codes, 'w2')), gpu_encode.partial_fit('e1', 'p3');
    added := added AND is_same('e1', 'w3');
    PERFORM learn('w2', 'p12', options || format(codes, 'w3')), gpu_encode.partial_fit('e1', 'p3', remove => true);
    -- labels that are known stay, and sums of squares may be gone: the encodings are the same
    EXECUTE $x$SELECT count(*) = 0 FROM (SELECT kind, column_name, value, "values", code, n_rows, encodings FROM e1 WHERE kind <> 'parameters'
        EXCEPT SELECT kind, column_name, value, "values", code, n_rows, encodings FROM w2) d$x$ INTO removed;
END
$$;
CREATE TABLE tried (trial int, has_lists boolean, merged boolean, added boolean, removed boolean);
-- each in a transaction of its own, as each has 30 new heaps to lock
\set ECHO none
SELECT format('INSERT INTO tried SELECT %s, %L, v.* FROM try(%1$s, %2$L) v', i, i > 24) FROM generate_series(1, 40) i \gexec
\set ECHO all
SELECT has_lists, count(*) AS trials, count(DISTINCT draw_options(trial)) AS options, count(*) FILTER (WHERE NOT merged) AS merged_differ, count(*) FILTER (WHERE NOT added) AS added_differ,
       count(*) FILTER (WHERE NOT removed) AS removed_differ FROM tried GROUP BY 1 ORDER BY 1;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_grown_at_random CASCADE;
