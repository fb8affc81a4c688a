-- partial_fit: rows counted in and out of an encoder, as one fit of the rows concerned, to the bit; what cannot be counted is refused.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_partial_fit;
SET search_path = test_partial_fit;
\set grown :abs_srcdir '/lib/grown.sql'
\set ECHO none
\i :grown
\set ECHO all
CREATE FUNCTION grow(encoder text, source text, remove boolean DEFAULT false) RETURNS text LANGUAGE plpgsql SET client_min_messages = warning AS
$$
DECLARE
    columns int;
BEGIN
    EXECUTE format('SELECT count(*) FROM gpu_encode.partial_fit(%L, %L, %L)', encoder, source, remove) INTO columns;
    RETURN CASE WHEN columns > 0 THEN 'grown' END;
END
$$;

-- every kind of option: parts in, in any order; a part out; and in again, which is where it was
CREATE FUNCTION grown(options text, OUT added text, OUT other_order text, OUT removed text, OUT again text) LANGUAGE plpgsql AS
$$
BEGIN
    PERFORM learn('e', 't1', options), learn('whole', 't', options || $x$, codes_from => 'e'$x$), grow('e', 't3');
    PERFORM learn('part', 't1', options), learn('other', 't1', options), grow('part', 't2'), grow('other', 't2'), grow('other', 't3');
    PERFORM learn('whole', 't', options || $x$, codes_from => 'other'$x$);
    other_order := testlib.encoders_equal('other', 'whole');
    PERFORM grow('e', 't2'), learn('whole', 't', options || $x$, codes_from => 'e'$x$);
    added := testlib.encoders_equal('e', 'whole');
    PERFORM learn('first', 't12', options || $x$, codes_from => 'e'$x$), grow('e', 't3', true);
    removed := testlib.encoders_equal('e', 'first');
    PERFORM grow('e', 't3');
    again := testlib.encoders_equal('e', 'whole');
END
$$;
SELECT id, left(added, 200) AS added, left(other_order, 200) AS other_order, left(removed, 200) AS removed, left(again, 200) AS again FROM cases, grown(options) ORDER BY id;

-- columns whose values are listed: rows with other values count in the prior alone
CREATE FUNCTION grown_listed(options text, OUT added text, OUT removed text, OUT again text) LANGUAGE plpgsql AS
$$
BEGIN
    PERFORM learn('e', 't1', options), grow('e', 't3'), grow('e', 't2'), learn('whole', 't', options), learn('first', 't12', options);
    added := testlib.encoders_equal('e', 'whole');
    PERFORM grow('e', 't3', true);
    removed := testlib.encoders_equal('e', 'first');
    PERFORM grow('e', 't3');
    again := testlib.encoders_equal('e', 'whole');
END
$$;
SELECT id, left(added, 200) AS added, left(removed, 200) AS removed, left(again, 200) AS again FROM listed_cases, grown_listed(options) ORDER BY id;
-- the least target of all rows is known; that of rows with other values alone only if no category has it
SELECT learn('e', 't1', options), grow('e', 't3'), grow('e', 't2'), learn('whole', 't', options), testlib.encoders_equal('e', 'whole')
FROM (SELECT $$target => 'late', target_columns => '{a,b}', label_columns => '{}', target_combinations => '[["a","b"]]', stats => '{min,max,mean}', column_options => '{"a": {"categories": ["c1","c2"]}}'$$) o (options);
CREATE TABLE spread (a text, y float8);
INSERT INTO spread VALUES ('x', 2), ('x', 3), ('x', 4), ('u', 1), ('u', 3), ('v', 5), (NULL, 4);
CREATE VIEW third AS SELECT * FROM spread WHERE a = 'u' AND y = 3;
CREATE VIEW others AS SELECT * FROM spread WHERE a IS DISTINCT FROM 'u' OR y <> 3;
SELECT learn('e', 'spread', options), grow('e', 'third', true), learn('whole', 'others', options), testlib.encoders_equal('e', 'whole') FROM (SELECT $$target => 'y', target_columns => '{a}', stats => '{min,max}', label_columns => '{}', column_options => '{"a": {"categories": ["x"]}}'$$) o (options);
INSERT INTO spread VALUES ('x', 1);
SELECT learn('e', 'spread', $$target => 'y', target_columns => '{a}', stats => '{min,max}', label_columns => '{}', column_options => '{"a": {"categories": ["x"]}}'$$), testlib.refuses($$SELECT gpu_encode.partial_fit('e', 'third', true)$$, '22023', 'least target', '"a"');
-- all rows out, and other rows in: the list stays
SELECT learn('e', 't1', options), grow('e', 't1', true), grow('e', 't2'), learn('whole', 't2', options), testlib.encoders_equal('e', 'whole') FROM listed_cases WHERE id = 1;
-- rare values keep the code that they share
SELECT learn('e', 't1', options), grow('e', 't2') FROM (SELECT $$label_columns => '{a}', min_frequency => 10, column_options => '{"a": {"categories": ["c7","c2","zz","c1"], "handle_unknown": "infrequent"}}'$$) o (options);
SELECT kind, value, code, n_rows FROM e WHERE kind <> 'parameters' ORDER BY code, value;
-- values that are not listed, in new rows and in rows that go
CREATE VIEW odd AS SELECT 'odd' AS k, 1::float8 AS y FROM generate_series(1, 3);
SELECT learn('strict', 't1', $$target => 'y', target_columns => '{k}', label_columns => '{k}', column_options => '{"k": {"categories": ["k0","k1","k2","k3"]}}'$$), learn('loose', 't1', $$target => 'y', target_columns => '{k}', label_columns => '{}', column_options => '{"k": {"categories": ["k0","k1","k2"]}}'$$);
SELECT testlib.refuses($$SELECT gpu_encode.partial_fit('strict', 'odd')$$, '22023', '"k" of relation odd', '"odd"', 'longer list');
SELECT grow('loose', 'odd'), grow('loose', 'odd', true), learn('before', 't1', $$target => 'y', target_columns => '{k}', label_columns => '{}', column_options => '{"k": {"categories": ["k0","k1","k2"]}}'$$), testlib.encoders_equal('loose', 'before');
CREATE VIEW many_odd AS SELECT odd.* FROM odd, generate_series(1, 20);
SELECT testlib.refuses($$SELECT gpu_encode.partial_fit('loose', 'many_odd', true)$$, '22023', 'never counted in', 'values that are not listed');
-- an encoder that does not fit its list, or its prior
CREATE TABLE damaged AS TABLE loose;
UPDATE damaged SET value = 'k9' WHERE value = 'k0';
SELECT testlib.refuses($$SELECT gpu_encode.partial_fit('damaged', 't2')$$, '55000', '"k"', 'list');
UPDATE damaged SET value = 'k0' WHERE value = 'k9';
UPDATE damaged SET moments = (SELECT moments FROM damaged WHERE value = 'k1') WHERE kind = 'prior';
SELECT testlib.refuses($$SELECT gpu_encode.partial_fit('damaged', 't2')$$, '55000', '"k"', 'moments');

-- what was added and removed is as if it had never been; a category that has a code stays, without rows and with the prior
CREATE VIEW late AS SELECT 900 + i AS i, 'z' || i % 3 AS a, NULL::text AS b, i % 2 + 50 AS n, i::float8 AS y FROM generate_series(1, 20) i;
SELECT learn('before', 't1', $$target => 'y', target_columns => '{a,b,n}', label_columns => '{}', target_combinations => '[["a","b"]]', min_frequency => 4$$), learn('after', 't1', $$target => 'y', target_columns => '{a,b,n}', label_columns => '{}', target_combinations => '[["a","b"]]', min_frequency => 4$$);
SELECT grow('after', 'late'), testlib.encoders_equal('before', 'after') = 'ok' AS same;
SELECT grow('after', 'late', true), testlib.encoders_equal('before', 'after');
SELECT learn('coded', 't1', $$target => 'y', target_columns => '{a}', label_columns => '{a}'$$), grow('coded', 'late'), grow('coded', 'late', true);
SELECT value, code, n_rows, moments, encoding = (SELECT encoding FROM coded WHERE kind = 'prior') AS is_prior FROM coded WHERE value LIKE 'z%';
SELECT learn('before', 't1', $$target => 'y', target_columns => '{a}', label_columns => '{a}'$$);
SELECT categories_before, categories_after, new_categories, vanished_categories, psi FROM gpu_encode.compare_encoders('before', 'coded');
-- all rows out: nothing is known any more
SELECT grow('coded', 't1', true);
SELECT kind, count(*), sum(n_rows) AS n_rows, count(encoding) AS encodings FROM coded WHERE kind <> 'parameters' GROUP BY 1 ORDER BY 1;

-- a window of 30 rows in 10 steps: each is a fit of its rows
CREATE FUNCTION slide(steps int, OUT step int, OUT verdict text) RETURNS SETOF record LANGUAGE plpgsql AS
$$
BEGIN
    FOR s IN 0..steps LOOP
        step := s;
        EXECUTE format('CREATE OR REPLACE VIEW entering AS SELECT * FROM t WHERE i > %s AND i <= %s', 10 * s + 20, 10 * s + 30);
        EXECUTE format('CREATE OR REPLACE VIEW leaving AS SELECT * FROM t WHERE i > %s AND i <= %s', 10 * s - 10, 10 * s);
        EXECUTE format('CREATE OR REPLACE VIEW inside AS SELECT * FROM t WHERE i > %s AND i <= %s', 10 * s, 10 * s + 30);
        IF s = 0 THEN
            PERFORM learn('slid', 'inside', $x$target => 's', target_columns => '{a,b}', label_columns => '{b}', target_combinations => '[["b","k"]]'$x$);
        ELSE
            PERFORM grow('slid', 'entering'), grow('slid', 'leaving', true);
        END IF;
        PERFORM learn('window', 'inside', $x$target => 's', target_columns => '{a,b}', label_columns => '{b}', target_combinations => '[["b","k"]]', codes_from => 'slid'$x$);
        verdict := testlib.encoders_equal('slid', 'window');
        RETURN NEXT;
    END LOOP;
END
$$;
SELECT * FROM slide(10);

-- a row of weight 0 leaves only its number: a target beside 0 and 1 changes no moments
CREATE TABLE light AS SELECT i, 'g' || i % 3 AS a, CASE WHEN i IN (7, 15) THEN 7.5 ELSE i % 2 END::float8 AS y, CASE WHEN i IN (7, 15) THEN 0 ELSE 1 + i % 2 END::float8 AS w FROM generate_series(1, 20) i;
CREATE VIEW light1 AS SELECT * FROM light WHERE i <= 10;
CREATE VIEW light2 AS SELECT * FROM light WHERE i > 10;
SELECT learn('e', 'light1', options), grow('e', 'light2'), learn('whole', 'light', options), testlib.encoders_equal('e', 'whole') AS added, grow('e', 'light1', true), learn('whole', 'light2', options), testlib.encoders_equal('e', 'whole') AS removed
FROM (VALUES ($$target => 'y', weight_column => 'w', target_columns => '{a}', label_columns => '{}', smooth => 1$$), ($$target => 'y', weight_column => 'w', target_columns => '{a}', label_columns => '{}', smooth => NULL$$)) o (options);
SELECT moments FROM e WHERE kind = 'prior';

-- what it answers, and what stays: OID, grants, source, whether it is logged
CREATE TABLE more AS SELECT * FROM t2;
SELECT count(*) FROM gpu_encode.fit('kept', 't1', 'yn', '{a}', label_columns => '{b}', pos_label => 'yes', logged => false);
GRANT SELECT ON kept TO PUBLIC;
CREATE TABLE noted AS SELECT 'kept'::regclass::oid, relpersistence, relacl FROM pg_class WHERE oid = 'kept'::regclass;
SELECT encoder_table, column_name, kind, categories, rows, missing_rows, target, class, round(prior_value::numeric, 3) AS prior, pos_label_used, length(encoder_id), checks FROM gpu_encode.partial_fit('kept', 'more');
SELECT c.oid = n.oid AS oid, c.relpersistence = n.relpersistence AS persistence, c.relacl::text = n.relacl::text AS acl FROM pg_class c, noted n WHERE c.oid = 'kept'::regclass;
SELECT parameters ->> 'source' AS source, parameters ->> 'rows' AS rows FROM kept WHERE kind = 'parameters';

-- last_run() tells the new rows from the encoder
SELECT stage, rows, regexp_replace(detail, '^.*figures', 'figures') AS detail FROM gpu_encode.last_run() WHERE stage NOT IN ('backend', 'encoder', 'replace');
CREATE VIEW less AS SELECT * FROM t2 LIMIT 5;
SELECT count(*) FROM gpu_encode.partial_fit('kept', 'less', remove => true);
SELECT stage, rows, regexp_replace(detail, '^.*figures', 'figures') AS detail FROM gpu_encode.last_run() WHERE stage NOT IN ('backend', 'encoder', 'replace', 'read');

-- types: integers of any width are the same categories, text and varchar too; a target has the type that it had
CREATE VIEW wide AS SELECT a::varchar(7) AS a, n::bigint AS n, y FROM t2;
CREATE VIEW narrow AS SELECT a, n, y FROM t1;
CREATE VIEW both_wide AS SELECT a, n::bigint AS n, y FROM t12;
SELECT learn('typed', 'narrow', $$target => 'y', target_columns => '{a,n}', label_columns => '{a}'$$), grow('typed', 'wide');
SELECT learn('whole', 'both_wide', $$target => 'y', target_columns => '{a,n}', label_columns => '{a}', codes_from => 'typed'$$), testlib.encoders_equal('typed', 'whole');
CREATE VIEW numbers AS SELECT a, n, y::numeric AS y FROM t2;
SELECT testlib.refuses($$SELECT gpu_encode.partial_fit('typed', 'numbers')$$, '42804', '"y"', 'numeric', 'double precision');

-- a target of two values that had none yet counts them as one of two values does
CREATE TABLE scores AS SELECT i AS id, 'g' || i % 3 AS a, CASE WHEN i > 10 THEN 5 + i % 2 * 2 END AS score, CASE WHEN i > 10 THEN i % 2 = 0 END AS won FROM generate_series(1, 40) i;
CREATE VIEW unscored AS SELECT * FROM scores WHERE id <= 10;
CREATE VIEW scored AS SELECT * FROM scores WHERE id > 10;
CREATE VIEW lost AS SELECT * FROM scores WHERE NOT won;
CREATE FUNCTION grown_from_none(options text) RETURNS text LANGUAGE plpgsql AS
$$
BEGIN
    PERFORM learn('e', 'unscored', options), learn('whole', 'scores', options || $x$, codes_from => 'e'$x$), grow('e', 'scored');
    RETURN testlib.encoders_equal('e', 'whole');
END
$$;
SELECT grown_from_none(format($$target => %L, target_type => 'binary', target_columns => '{a}', label_columns => '{}'$$, target)) FROM unnest('{score,won}'::text[]) target;
SELECT moments FROM e WHERE kind = 'prior';
SELECT learn('e', 'unscored', $$target => 'won', target_type => 'binary', target_columns => '{a}', label_columns => '{}'$$);
SELECT testlib.refuses($$SELECT gpu_encode.partial_fit('e', 'lost')$$, '22023', '"won"', 'one value only');

-- guards compare what the encoder becomes with what it is; one that is not met leaves it as it was
SELECT learn('guarded', 't1', $$target => 'y', target_columns => '{a}', label_columns => '{a}'$$), learn('before', 't1', $$target => 'y', target_columns => '{a}', label_columns => '{a}'$$);
SELECT testlib.refuses($$SELECT gpu_encode.partial_fit('guarded', 'late', guards => '{"max_new_categories": 2}')$$, '23514', 'max_new_categories');
SELECT testlib.refuses($$SELECT gpu_encode.partial_fit('guarded', 't2', guards => '{"min_rows": 141}')$$, '23514', 'min_rows');
SELECT testlib.refuses($$SELECT gpu_encode.partial_fit('guarded', 'late', guards => '{"max_prior_change": 0.01}')$$, '23514', 'max_prior_change');
SELECT testlib.encoders_equal('guarded', 'before');
SELECT DISTINCT checks -> 'max_new_categories' ->> 'value' AS new, checks -> 'min_rows' ->> 'value' AS rows FROM gpu_encode.partial_fit('guarded', 'late', guards => '{"max_new_categories": 3, "min_rows": 20, "max_psi": 1}');

-- rows that were never in, where the figures show it; nothing of it stays
SELECT learn('e', 't1', $$target => 'y', target_columns => '{a}', label_columns => '{b}', target_combinations => '[["a","b"]]'$$), learn('before', 't1', $$target => 'y', target_columns => '{a}', label_columns => '{b}', target_combinations => '[["a","b"]]'$$);
SELECT testlib.refuses($$SELECT gpu_encode.partial_fit('e', 'late', true)$$, '22023', '"a"', 'never', 'category');
SELECT testlib.refuses($$SELECT gpu_encode.partial_fit('e', 't', true)$$, '22023', 'never');
SELECT learn('zeros', 't1', $$target => 'late', target_columns => '{a}', label_columns => '{}'$$);
CREATE VIEW twos AS SELECT a, 1 AS late FROM t1 WHERE i < 150;
SELECT testlib.refuses($$SELECT gpu_encode.partial_fit('zeros', 'twos', true)$$, '22023', '"a"', 'never');
SELECT testlib.encoders_equal('e', 'before');

-- a new class, a third value, statistics that cannot be counted
SELECT learn('classes', 't1', $$target => 'k', target_type => 'multiclass', target_columns => '{a}', label_columns => '{}'$$), learn('two', 't1', $$target => 'yn', pos_label => 'yes', target_columns => '{a}', label_columns => '{}'$$);
CREATE VIEW new_values AS SELECT a, 'k7' AS k, 'perhaps' AS yn FROM t2;
SELECT testlib.refuses($$SELECT gpu_encode.partial_fit('classes', 'new_values')$$, '22023', '"k"', '"k7"');
SELECT testlib.refuses($$SELECT gpu_encode.partial_fit('two', 'new_values')$$, '22023', '"yn"', '"perhaps"');
SELECT learn('median', 't1', $$target => 'y', target_columns => '{a}', stats => '{median}'$$);
SELECT testlib.refuses($$SELECT gpu_encode.partial_fit('median', 't2')$$, '0A000', '"median"', '"a"');
-- the least target may go with rows that had it; rows inside leave it
CREATE TABLE small AS SELECT 'x' AS a, unnest('{1,2,3,4,5}'::float8[]) AS y;
CREATE VIEW edge AS SELECT * FROM small WHERE y = 1;
CREATE VIEW middle AS SELECT * FROM small WHERE y IN (2, 3);
SELECT learn('bounds', 'small', $$target => 'y', target_columns => '{a}', stats => '{min,max}'$$);
SELECT testlib.refuses($$SELECT gpu_encode.partial_fit('bounds', 'edge', true)$$, '22023', 'least', '"a"');
SELECT grow('bounds', 'middle', true);
SELECT kind, moments, encodings FROM bounds WHERE kind IN ('category', 'prior') ORDER BY 1;

-- what is no encoder, and a source that is the encoder
SELECT testlib.refuses($$SELECT gpu_encode.partial_fit('cases', 't2')$$, '42809', 'encoder');
CREATE VIEW itself AS SELECT value AS a, kind AS b, 1.0::float8 AS y FROM e;
SELECT testlib.refuses($$SELECT gpu_encode.partial_fit('e', 'itself')$$, '22023', '"e"', 'reads');
SELECT testlib.refuses($$SELECT gpu_encode.partial_fit('t2', 't1')$$, '42809', '"t2"');
SELECT testlib.refuses($$SELECT gpu_encode.partial_fit('e', 'small')$$, '42703', '"b"');
SELECT testlib.refuses($$SELECT gpu_encode.partial_fit('e', 't2', NULL)$$, '22004', 'remove');

-- more rows than a table can have, in an encoder that says so itself
SELECT learn('most', 'small', $$label_columns => '{a}'$$);
UPDATE most SET n_rows = 9223372036854775807 - 5 WHERE kind = 'missing';
UPDATE most SET parameters = jsonb_set(parameters, '{rows}', '9223372036854775807') WHERE kind = 'parameters';
SELECT testlib.refuses($$SELECT gpu_encode.partial_fit('most', 'edge')$$, '54000', 'too many rows', '9223372036854775807');
SELECT learn('few', 'small', $$label_columns => '{a}'$$);
SELECT testlib.refuses($$SELECT gpu_encode.merge_encoders('merged', '{most,few}')$$, '54000', 'too many rows', '9223372036854775807');

-- only the owner
CREATE ROLE test_partial_fit_reader;
GRANT USAGE ON SCHEMA test_partial_fit TO test_partial_fit_reader;
GRANT SELECT ON e, t2 TO test_partial_fit_reader;
SET ROLE test_partial_fit_reader;
SELECT testlib.refuses($$SELECT gpu_encode.partial_fit('e', 't2')$$, '42501', 'must be owner of table e', 'Let the owner call it');
RESET ROLE;
DROP OWNED BY test_partial_fit_reader;
DROP ROLE test_partial_fit_reader;

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_partial_fit CASCADE;
