-- spread: outputs of a table of Citus are written where its rows lie, with the values of a table of this server, whatever the options.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set citus :abs_srcdir '/lib/citus.sql'
\set citus_gone :abs_srcdir '/lib/citus_gone.sql'
\set ECHO none
\i :testlib
SET client_min_messages = warning;
\i :citus
\set ECHO all
CREATE SCHEMA "test ""spread'";
SET search_path = "test ""spread'";
CREATE TYPE mood AS ENUM ('sad', 'fair', 'glad');
CREATE TABLE here_train AS
SELECT i AS id, i AS gone, CASE WHEN i % 17 > 0 THEN 'x' || i * i % 31 END AS x, ('v' || i % 7)::varchar(9) AS "V ""v'", ('c' || i % 5)::char(4) AS c, (i % 3)::numeric(9, 2) / 2 AS n,
       (i % 13 - 6)::integer AS i, date '2024-01-01' + (i % 10)::integer AS d, i % 4 = 0 AS b, (enum_range(NULL::mood))[1 + i % 3] AS m, CASE WHEN i % 10 > 0 THEN sin(i) * 1000 END AS y,
       (i * 7919 % 100 - 20)::integer AS k, CASE WHEN i % 9 > 0 THEN CASE WHEN i % 4 > 0 THEN 'no' ELSE 'yes' END END AS t, 's' || i % 3 AS s, (i % 4)::float8 / 4 AS w,
       (i % 6 - 2)::bigint AS f, i % 50 AS g, jsonb_build_object('a', i % 3) AS j, (i % 5)::float4 / 3 AS r
FROM generate_series(1::bigint, 2000) i;
-- wider types mean the same; some values are new
CREATE TABLE here_new AS
SELECT i AS id, i AS gone, CASE WHEN i % 19 > 0 THEN 'x' || i * i % 37 END::varchar AS x, 'v' || i % 9 AS "V ""v'", ('c' || i % 5)::char(6) AS c, (i % 3)::numeric / 2 AS n, (i % 15 - 6)::bigint AS i,
       date '2024-01-01' + (i % 10)::integer AS d, i % 4 = 0 AS b, (enum_range(NULL::mood))[1 + i % 3] AS m, (i % 5)::float4 / 3 AS r
FROM generate_series(1::bigint, 500) i;
ALTER TABLE here_train DROP gone;
ALTER TABLE here_new DROP gone;
CREATE TABLE far_train AS TABLE here_train;
CREATE TABLE far_new AS TABLE here_new;
INSERT INTO pg_dist_partition VALUES ('far_train', 'h', 'id', 7, 's'), ('far_new', 'h', 'id', 7, 's');
ALTER TABLE here_train ADD PRIMARY KEY (id, g);
ALTER TABLE far_train ADD PRIMARY KEY (id, g);

-- contents(TABLE): its rows as texts
CREATE FUNCTION contents(relation text) RETURNS SETOF text LANGUAGE plpgsql AS
$$
BEGIN
    IF to_regclass(relation) IS NOT NULL THEN
        RETURN QUERY EXECUTE format('SELECT r::text FROM %s r', relation);
    END IF;
END
$$;
-- answer(CALL, SIDE): the call of a side, and what the call returns, or its error
CREATE FUNCTION answer(call text, side text) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE result text; state text; message text; detail text;
BEGIN
    EXECUTE format('SELECT string_agg(concat_ws('' '', part, rows, columns, unknown_labels, missing_labels, unseen_targets, encoder_id, checks), E''\n'') FROM gpu_encode.%s', replace(call, '@', side)) INTO result;
    RETURN result;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL;
    RETURN replace(format('%s %s %s', state, message, detail), side || '_', 'this_');
END
$$;
-- compare(CALL): what differs between a call here (@ is 'here') and there ('far')
CREATE FUNCTION compare(call text) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE here text; far text; said text := ''; n bigint; names text[];
BEGIN
    DROP TABLE IF EXISTS here_out, here_out2, here_e2, far_out, far_out2, far_e2;
    DELETE FROM pg_dist_partition WHERE logicalrelid::text ~ '^\d';
    here := answer(call, 'here');
    far := answer(call, 'far');
    IF here IS DISTINCT FROM far THEN
        RETURN format(E'here: %s\nfar: %s', here, far);
    ELSIF to_regclass('far_out') IS NULL THEN
        RETURN here;
    END IF;
    SELECT count(*) INTO n FROM gpu_encode.last_run() WHERE stage = 'read' AND detail ~ '^far_.*grouped where its rows lie$' OR stage = 'write' AND detail ~ '^far_out2?, written where the rows of its source lie$';
    said := format('%s stages there, ', n);
    SELECT array_agg(format('%s %s', logicalrelid, partmethod) ORDER BY logicalrelid::text) INTO names FROM pg_dist_partition WHERE logicalrelid::text ~ '^far_(out|e2)';
    FOR n IN SELECT count(*) FROM unnest('{out,out2}'::text[]) t, LATERAL
        ((SELECT contents('here_' || t) EXCEPT ALL SELECT contents('far_' || t)) UNION ALL (SELECT contents('far_' || t) EXCEPT ALL SELECT contents('here_' || t))) d
    LOOP
        said := said || format('%s rows differ, ', n);
    END LOOP;
    RETURN said || format('%s rows, %s', (SELECT count(*) FROM unnest('{far_out,far_out2}'::text[]) t, contents(t)), names);
END
$$;

-- encoders with many options
SELECT count(*) FROM gpu_encode.fit('here_e', 'here_train', 'y', '{x,i,c,n}', '{x,"V \"v''",c,m}', target_combinations => '[["x","i"],["c","b","d"]]', null_value => 'None', stats => '{mean,count,frequency,sum,var,min,max}');
SELECT count(*) FROM gpu_encode.fit('far_e', 'far_train', 'y', '{x,i,c,n}', '{x,"V \"v''",c,m}', target_combinations => '[["x","i"],["c","b","d"]]', null_value => 'None', stats => '{mean,count,frequency,sum,var,min,max}');
SELECT logicalrelid, partmethod, repmodel FROM pg_dist_partition ORDER BY 1;
SELECT compare($$transform('@_e', '@_new', '@_out')$$);
SELECT compare($$transform('@_e', '@_new', '@_out', handle_unknown => 'null')$$);
SELECT compare($$transform('@_e', '@_new', '@_out', handle_unknown => 'value', unknown_value => -1, label_suffix => '_code', te_suffix => ' "e'' ', encoding_type => 'float4')$$);
SELECT compare($$transform('@_e', '@_new', '@_out', column_options => '{"*": {"handle_unknown": "null", "unseen": "null"}, "x": {"name": "Ex \"x'' "}, "x_i": {"name": "XI", "unseen": "prior"}}')$$);
SELECT compare($$transform('@_e', '@_new', '@_out', handle_unknown => 'null', column_options => '{"x_i": {"unseen": "error"}}')$$);
SELECT compare($$transform('@_e', '@_new', '@_out', handle_unknown => 'null', guards => '{"min_rows": 500, "max_missing": 0.5, "max_unknown": 0.9, "max_new_categories": 1000, "max_vanished": 1, "max_psi": 10}')$$);
SELECT compare($$transform('@_e', '@_new', '@_out', handle_unknown => 'null', guards => '{"min_rows": 501, "max_unknown": 0.01}')$$);
DROP TABLE here_e, far_e;
-- missing values, rare ones, several targets, classes
SELECT count(*) FROM unnest('{here,far}'::text[]) side, LATERAL gpu_encode.fit(side || '_e', (side || '_train')::regclass, targets => '{y,k}', target_columns => '{x,d,r}', label_columns => '{x,"V \"v''"}', weight_column => 'w', handle_missing => 'category', min_frequency => 60,
    target_combinations => '[["x","b"]]', column_options => '{"d": {"handle_missing": "null"}}');
SELECT compare($$transform('@_e', '@_new', '@_out', handle_unknown => 'infrequent')$$);
DROP TABLE here_e, far_e;
SELECT count(*) FROM unnest('{here,far}'::text[]) side, LATERAL gpu_encode.fit(side || '_e', (side || '_train')::regclass, 's', '{x}', '{x}', target_type => 'multiclass', handle_missing => 'null');
SELECT compare($$transform('@_e', '@_new', '@_out', handle_unknown => 'null')$$);
DROP TABLE here_e, far_e;
SELECT count(*) FROM unnest('{here,far}'::text[]) side, LATERAL gpu_encode.fit(side || '_e', (side || '_train')::regclass, 'y', '{x}', '{}', target_combinations => '[["x","i"]]', handle_missing => 'error', null_value => '?', column_options => '{"x_i": {"handle_missing": "error"}}');
SELECT compare($$transform('@_e', '@_new', '@_out')$$);
UPDATE here_new SET i = NULL WHERE id % 100 = 0;
UPDATE far_new SET i = NULL WHERE id % 100 = 0;
SELECT compare($$transform('@_e', '@_new', '@_out')$$);
DROP TABLE here_e, far_e;

-- learned and encoded in one call
SELECT compare($$fit_transform('@_e2', '@_train', '@_out', 'y', '{x,i,c,n,"V \"v''"}', '{x,"V \"v''",c,m}', split_method => 'hash', target_combinations => '[["x","i"],["c","b","d"]]', null_value => 'None')$$);
SELECT compare($$fit_transform('@_e2', '@_train', '@_out', 'y', '{x,b}', '{x}', group_columns => '{g,c}', seed => -9, n_folds => 7, stats => '{mean,count,frequency,sum,var,std,min,max}', smooth => 3.5, weight_column => NULL, prior => 'global', label_suffix => '_code')$$);
SELECT compare($$fit_transform('@_e2', '@_train', '@_out', 'k', '{x,b}', '{x}', fold_column => 'f', handle_missing => 'category', weight_column => 'w', stats => '{mean,sum,var}', encoding_type => 'float4')$$);
SELECT compare($$fit_transform('@_e2', '@_train', '@_out', 't', '{x,d}', '{}', fold_column => 'f', pos_label => 'no', stats => '{mean,woe}', min_frequency => 0.04, handle_missing => 'null')$$);
SELECT compare($$fit_transform('@_e2', '@_train', '@_out', 's', '{x,r}', '{c}', group_columns => '{id}', target_type => 'multiclass')$$);
SELECT compare($$fit_transform('@_e2', '@_train', '@_out', targets => '{y,k,b}', target_columns => '{x}', label_columns => '{x}', group_columns => '{id}', label_sources => '{here_new}', target_combinations => '[["x","d"]]')$$);
SELECT compare($$fit_transform('@_e2', '@_train', '@_out', label_columns => '{x,m}', label_order => 'frequency', max_categories => 9)$$);
SELECT compare($$fit_transform('@_e2', '@_train', '@_out', 'y', '{x}', '{}', fold_column => 'f', guards => '{"min_rows": 3000}')$$);
SELECT compare($$fit_transform('@_e2', '@_train', '@_out', 'y', '{x}', '{}', group_columns => '{b}', guards => '{"max_missing": 0.1}')$$);
UPDATE here_train SET f = 4000000000 WHERE id = 7;
UPDATE far_train SET f = 4000000000 WHERE id = 7;
SELECT compare($$fit_transform('@_e2', '@_train', '@_out', 'y', '{x}', '{}', fold_column => 'f')$$);
UPDATE here_train SET f = NULL WHERE id = 7;
UPDATE far_train SET f = NULL WHERE id = 7;
SELECT compare($$fit_transform('@_e2', '@_train', '@_out', 'y', '{x}', '{}', fold_column => 'f')$$);
UPDATE here_train SET f = 1;
UPDATE far_train SET f = 1;
SELECT compare($$fit_transform('@_e2', '@_train', '@_out', 'y', '{x}', '{}', fold_column => 'f')$$);

-- two sources
SELECT compare($$preprocess('@_train', '@_out', 'y', '{x,i}', '@_new', '@_out2', '{x,"V \"v''",c}', group_columns => '{id}', null_value => 'None', target_combinations => '[["x","i"],["x","b","c"]]')$$);
SELECT compare($$preprocess('@_train', '@_out', 'y', '{x,i}', '@_new', '@_out2', '{x,"V \"v''"}', group_columns => '{id}', labels_from_validation => false)$$);
SELECT compare($$preprocess('@_train', '@_out', 'y', '{x,i}', '@_new', '@_out2', '{x,"V \"v''"}', group_columns => '{id}', labels_from_validation => false, handle_unknown => 'value', unknown_value => -5, encoder => '@_e2', guards => '{"max_unknown": 0.9, "max_missing": 0.9}')$$);
SELECT compare($$preprocess('@_train', '@_out', 'y', '{x,i}', '@_new', '@_out2', '{x}', group_columns => '{id}', encoder => '@_e2', handle_missing => 'category', min_frequency => 60, handle_unknown => 'infrequent')$$);
SELECT compare($$preprocess('@_train', '@_out', 'y', '{x,i}', '@_new', '@_out2', '{x}', group_columns => '{id}', column_options => '{"x_i": {"unseen": "error"}}', target_combinations => '[["x","i"]]')$$);
-- one of them is here
SELECT compare($$preprocess('@_train', '@_out', 'y', '{x}', 'here_new', '@_out2', '{x}', group_columns => '{id}', encoder => '@_e2')$$);
SELECT compare($$preprocess('here_train', '@_out', 'y', '{x}', '@_new', '@_out2', '{x}', group_columns => '{id}', encoder => '@_e2')$$);
SELECT compare($$preprocess('@_train', '@_out', 'y', '{x}', '@_new', label_columns => '{x}', group_columns => '{id}', encoder => '@_e2')$$);

-- rows that change meanwhile: a category more, a row more
CREATE OR REPLACE FUNCTION pg_catalog.broadcast_intermediate_result(result_id text, query text) RETURNS bigint LANGUAGE plpgsql AS
$$
BEGIN
    INSERT INTO far_new (id, x) VALUES (1001, current_setting('test.value', true));
    RETURN 0;
END
$$;
SELECT count(*) FROM gpu_encode.fit('far_e', 'far_train', 'y', '{x}', '{}');
SET test.value = 'never seen';
SELECT gpu_encode.transform('far_e', 'far_new', 'changed');
SET test.value = 'x1';
SELECT gpu_encode.transform('far_e', 'far_new', 'changed');
CREATE OR REPLACE FUNCTION pg_catalog.broadcast_intermediate_result(result_id text, query text) RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint';

-- a schema renamed meanwhile, as its owner may do in another session: what takes the place of its tables does not run
CREATE SCHEMA laid;
CREATE FUNCTION trap() RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE WARNING ''the trap runs as %'', current_user; END';
CREATE OR REPLACE FUNCTION pg_catalog.create_intermediate_result(result_id text, query text) RETURNS bigint LANGUAGE plpgsql AS
$$
BEGIN
    ALTER SCHEMA laid RENAME TO aside;
    CREATE SCHEMA laid;
    CREATE TABLE laid.out AS TABLE aside.out;
    CREATE VIEW laid.out_groups AS SELECT trap()::integer AS part, NULL::bigint AS fold, NULL::text[] AS keys, NULL::integer AS code, NULL::float8[] AS encodings;
    EXECUTE format('CREATE TEMP TABLE %I ON COMMIT DROP AS %s', result_id, query);
    RETURN 0;
END
$$;
SELECT rows FROM gpu_encode.transform('far_e', 'far_new', 'laid.out', handle_unknown => 'null');
SELECT (SELECT count(*) FROM laid.out) AS laid, count(*) AS aside, count(x) AS codes FROM aside.out;
DROP SCHEMA laid, aside CASCADE;
CREATE OR REPLACE FUNCTION pg_catalog.create_intermediate_result(result_id text, query text) RETURNS bigint LANGUAGE plpgsql AS
$$
BEGIN
    EXECUTE format('CREATE TEMP TABLE %I ON COMMIT DROP AS %s', result_id, query);
    RETURN 0;
END
$$;

-- groups that do not fit into memory
CREATE TABLE here_many AS SELECT i AS id, 'a category with a name of some length ' || i % 10000 AS x, i % 7 AS y FROM generate_series(1, 20000) i;
CREATE TABLE far_many AS TABLE here_many;
INSERT INTO pg_dist_partition VALUES ('far_many', 'h', 'id', 7, 's');
SET work_mem = '64kB';
SELECT compare($$fit_transform('@_e2', '@_many', '@_out', 'y', '{x}', '{x}', group_columns => '{id}', target_combinations => '[["x","id"]]')$$);
RESET work_mem;

-- no rows
CREATE TABLE here_none AS SELECT * FROM here_train WHERE false;
CREATE TABLE far_none AS SELECT * FROM here_train WHERE false;
INSERT INTO pg_dist_partition VALUES ('far_none', 'h', 'id', 7, 's');
SELECT compare($$fit_transform('@_e2', '@_none', '@_out', 'y', '{x}', '{c}', group_columns => '{id}')$$);

-- what cannot be written there, and the reason
RESET client_min_messages;
SELECT rows FROM gpu_encode.fit_transform('e2', 'far_train', 'o', 'y', '{x}', '{x}', order_by => '{id}');
SELECT rows FROM gpu_encode.fit_transform('e3', 'far_train', 'o3', 'y', '{x}', '{x}', group_columns => '{id}', stats => '{median}');
SELECT rows FROM gpu_encode.fit_transform('e4', 'far_train', 'o4', 'y', '{j}', '{}', group_columns => '{id}');
SELECT rows FROM gpu_encode.fit_transform('e5', 'far_train', 'pg_temp.o5', 'y', '{x}', '{x}', group_columns => '{id}');
CREATE ROLE regress_gpu_encode_no_temp;
REVOKE TEMP ON DATABASE :"DBNAME" FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA "test ""spread'" TO regress_gpu_encode_no_temp;
GRANT SELECT ON e2, far_new TO regress_gpu_encode_no_temp;
SET ROLE regress_gpu_encode_no_temp;
SELECT rows FROM gpu_encode.transform('e2', 'far_new', 'o14', handle_unknown => 'null');
RESET ROLE;
GRANT TEMP ON DATABASE :"DBNAME" TO PUBLIC;
DROP OWNED BY regress_gpu_encode_no_temp CASCADE;
DROP ROLE regress_gpu_encode_no_temp;
UPDATE pg_dist_partition SET partkey = 'x' WHERE logicalrelid = 'far_new'::regclass;
SELECT rows FROM gpu_encode.transform('e2', 'far_new', 'o6', handle_unknown => 'null');
SELECT rows FROM gpu_encode.transform('e2', 'far_new', 'o7', handle_unknown => 'null', label_suffix => '_code');
UPDATE pg_dist_partition SET partmethod = 'a' WHERE logicalrelid = 'far_new'::regclass;
SELECT rows FROM gpu_encode.transform('e2', 'far_new', 'o8', handle_unknown => 'null');
CREATE TABLE o9 (a integer);
SELECT rows FROM gpu_encode.transform('e2', 'far_new', 'o9', handle_unknown => 'null', replace => true);
SELECT logicalrelid, partmethod, partkey FROM pg_dist_partition WHERE logicalrelid::text ~ '^[eo]\d' ORDER BY 1;

-- reference tables, tables in one shard; those that Citus keeps on this server are not grouped
UPDATE pg_dist_partition SET partmethod = 'n', repmodel = 't', partkey = NULL WHERE logicalrelid = 'far_new'::regclass;
SELECT rows FROM gpu_encode.transform('e2', 'far_new', 'o10', handle_unknown => 'null');
UPDATE pg_dist_partition SET repmodel = 's' WHERE logicalrelid = 'far_new'::regclass;
SELECT rows FROM gpu_encode.transform('e2', 'far_new', 'o11', handle_unknown => 'null');
UPDATE pg_dist_partition SET colocationid = 0 WHERE logicalrelid = 'far_new'::regclass;
SELECT rows FROM gpu_encode.transform('e2', 'far_new', 'o12', handle_unknown => 'null');
-- a worker of Citus makes tables of its own alone
UPDATE pg_dist_local_group SET groupid = 1;
SELECT rows FROM gpu_encode.fit_transform('e13', 'far_train', 'o13', 'y', '{x}', '{x}', group_columns => '{id}');
UPDATE pg_dist_local_group SET groupid = 0;
SELECT logicalrelid, partmethod, repmodel, colocationid FROM pg_dist_partition WHERE logicalrelid::text ~ '^[eo]1' ORDER BY 1;

-- an encoder that is a reference table is replaced in all its copies
SELECT count(*) FROM gpu_encode.fit('e2', 'far_train', 'k', '{x}', '{x}', replace => true);
SELECT count(*) = count(DISTINCT e::text) AS all_differ, count(*) FROM e2 e;
-- not with an index whose function would run as the caller
CREATE FUNCTION of_user(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN t; END';
CREATE DOMAIN checked AS text CHECK (of_user(VALUE) <> '');
CREATE INDEX called ON e2 (lower(of_user(kind)));
CREATE INDEX "con""ditional" ON e2 (kind) WHERE lower(kind)::checked <> 'x';
SELECT count(*) FROM gpu_encode.fit('e2', 'far_train', 'k', '{x}', '{x}', replace => true);
DROP INDEX called, "con""ditional";
CREATE INDEX harmless ON e2 (lower(kind)) WHERE n_rows > 0;
SELECT count(*) FROM gpu_encode.fit('e2', 'far_train', 'k', '{x}', '{x}', replace => true);
UPDATE pg_dist_partition SET partmethod = 'h' WHERE logicalrelid = 'e2'::regclass;
SELECT count(*) FROM gpu_encode.fit('e2', 'far_train', 'k', '{x}', '{x}', replace => true);

-- a copy whose own table is empty, as on workers
SELECT count(*) FROM gpu_encode.fit('e14', 'far_train', 'k', '{x}', '{x}');
TRUNCATE e14;
SELECT gpu_encode.label('e14', 'x', 'x1');

-- a text or a fold costs more than a comparison: so planners hash results, and do not compare each row with all of them
SELECT DISTINCT proname, procost FROM pg_proc WHERE pronamespace = 'gpu_encode'::regnamespace AND proname IN ('category_text', 'fold_of') ORDER BY 1;

-- nothing is left behind
SELECT relname FROM pg_class WHERE relname ~ 'groups|gpu_encode_';
SET client_min_messages = warning;
\set ECHO none
\i :citus_gone
\set ECHO all
DROP SCHEMA "test ""spread'" CASCADE;
