-- split_folds: folds by a hash of columns, and folds with their share of each class.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
CREATE SCHEMA test_split_folds;
SET search_path = test_split_folds;

-- folds of Python's xxhash 4.1.0 (XXH64 of each text after its length as 8 bytes, the lowest first; NULL is the length 2^64-1):
-- the primary key id; customer; customer, day and amount; amount and id
CREATE TABLE keyed (id int PRIMARY KEY, customer text, day date, amount numeric, of_key int, of_customer int, of_three int, of_amount int);
INSERT INTO keyed VALUES
    (1, 'anna', '2024-02-27', '1.5', 0, 3, 6, 71),
    (2, 'béla', '2024-02-28', '0', 1, 3, 3, 22),
    (3, '', '2024-03-01', '-0.0', 0, 3, 1, 852),
    (4, 'a long name of a customer, over thirty-two bytes', '2024-02-26', '1e3', 4, 0, 4, 893),
    (5, NULL, '2024-02-27', '12345678901234567890.5', 0, 1, 5, 858),
    (6, 'anna', '2024-02-28', NULL, 0, 3, 3, 877),
    (7, 'béla', '2024-03-01', '1.5', 2, 3, 0, 774),
    (8, '', '2024-02-26', '0', 0, 3, 1, 963),
    (9, 'a long name of a customer, over thirty-two bytes', '2024-02-27', '-0.0', 2, 0, 2, 143),
    (10, NULL, '2024-02-28', '1e3', 0, 1, 4, 356),
    (11, 'anna', '2024-03-01', '12345678901234567890.5', 4, 3, 6, 592),
    (12, 'béla', '2024-02-26', NULL, 3, 3, 2, 969),
    (13, '', '2024-02-27', '1.5', 3, 3, 3, 716),
    (14, 'a long name of a customer, over thirty-two bytes', '2024-02-28', '0', 4, 0, 0, 617),
    (15, NULL, '2024-03-01', '-0.0', 0, 1, 6, 559),
    (16, 'anna', '2024-02-26', '1e3', 2, 3, 6, 63),
    (17, 'béla', '2024-02-27', '12345678901234567890.5', 4, 3, 5, 697),
    (18, '', '2024-02-28', NULL, 3, 3, 4, 398),
    (19, 'a long name of a customer, over thirty-two bytes', '2024-03-01', '1.5', 4, 0, 2, 481),
    (20, NULL, '2024-02-26', '0', 1, 1, 3, 318),
    (21, 'anna', '2024-02-27', '-0.0', 1, 3, 0, 588),
    (22, 'béla', '2024-02-28', '1e3', 2, 3, 5, 19),
    (23, '', '2024-03-01', '12345678901234567890.5', 0, 3, 0, 631),
    (24, 'a long name of a customer, over thirty-two bytes', '2024-02-26', NULL, 0, 0, 3, 480);
ALTER TABLE keyed ADD y float8;
UPDATE keyed SET y = sin(id);
-- 'ok' where the folds are those of a column, whatever the order, and encodings those of split_method custom with that column
CREATE FUNCTION check_folds(rel regclass, expected text, options text) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
    bad text;
BEGIN
    EXECUTE format('SELECT concat_ws('' '', count(*), count(*) FILTER (WHERE h.fold IS DISTINCT FROM t.%1$I), count(*) FILTER (WHERE h.encoding IS DISTINCT FROM c.encoding)) FROM %2$s t
        JOIN gpu_encode.target_encode(%2$L, ''customer''::text, ''y'', smooth => 2, %3$s) h ON (t.tableoid, t.ctid) = (h.source_table, h.row_id)
        JOIN gpu_encode.target_encode(%2$L, ''customer''::text, ''y'', smooth => 2, fold_column => %1$L) c USING (source_table, row_id)', expected, rel, options) INTO bad;
    RETURN CASE bad WHEN (SELECT count(*) FROM keyed) || ' 0 0' THEN 'ok' ELSE bad END;
END
$$;
SELECT options, check_folds('keyed', expected, options) FROM (VALUES
    ('of_key', 'split_method => ''hash'''), ('of_customer', 'group_columns => ''{customer}'''), ('of_customer', 'group_columns => ''{customer}'', split_method => ''hash'', order_by => ''{id}'''),
    ('of_three', 'group_columns => ''{customer,day,amount}'', n_folds => 7, seed => -3'), ('of_amount', 'group_columns => ''{amount,id}'', n_folds => 1000, seed => 9223372036854775807')) o (expected, options);
-- fold_of() gives the same
SELECT count(*), count(*) FILTER (WHERE of_key <> gpu_encode.fold_of(5, 42, id) OR of_three <> gpu_encode.fold_of(7, -3, customer, day, amount)) AS bad FROM keyed;
-- a primary key of several columns counts in the order of its index; settings of the session change nothing
CREATE TABLE two_keys (LIKE keyed);
INSERT INTO two_keys SELECT * FROM keyed WHERE amount IS NOT NULL;
ALTER TABLE two_keys ADD PRIMARY KEY (amount, id);
SET DateStyle = 'German';
SET TimeZone = 'Asia/Tokyo';
SELECT count(*), count(*) FILTER (WHERE fold <> of_amount) AS bad FROM two_keys t JOIN gpu_encode.target_encode('two_keys', 'customer'::text, 'y', split_method => 'hash', n_folds => 1000, seed => 9223372036854775807) e ON e.row_id = t.ctid;
SELECT check_folds('keyed', 'of_three', 'group_columns => ''{customer,day,amount}'', n_folds => 7, seed => -3');
RESET DateStyle;
RESET TimeZone;
-- partitions: the primary key of the whole; a shard has the folds of the whole, and so has what is left when rows go
CREATE TABLE parted (LIKE keyed) PARTITION BY HASH (id);
CREATE TABLE parted_0 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES WITH (MODULUS 2, REMAINDER 1);
ALTER TABLE parted ADD PRIMARY KEY (id);
INSERT INTO parted SELECT * FROM keyed;
SELECT check_folds('parted', 'of_key', 'split_method => ''hash''');
SELECT count(*), count(*) FILTER (WHERE fold <> of_key) AS bad FROM parted_1 t JOIN gpu_encode.target_encode('parted_1', 'customer'::text, 'y', split_method => 'hash') e ON e.row_id = t.ctid;
-- a view needs no order
CREATE VIEW viewed AS SELECT * FROM keyed;
SELECT count(*), count(*) FILTER (WHERE h.fold <> k.of_customer) AS bad FROM gpu_encode.target_encode('viewed', 'id'::text, 'y', group_columns => '{customer}') h JOIN (SELECT row_number() OVER () - 1 AS ordinal, of_customer FROM keyed) k USING (ordinal);
-- group columns get no label codes unless they are named; fit_transform and preprocess take folds so, too
SELECT rows, columns FROM gpu_encode.fit_transform('e', 'keyed', 'encoded', 'y', '{day}', group_columns => '{customer}', smooth => 2);
SELECT pg_typeof(customer) FROM encoded LIMIT 1;
SELECT count(*) FILTER (WHERE t."day_TE" IS DISTINCT FROM e.encoding) AS bad FROM encoded t JOIN gpu_encode.target_encode('keyed', 'day'::text, 'y', fold_column => 'of_customer', smooth => 2) e ON e.ordinal = t.id - 1;
SELECT rows FROM gpu_encode.preprocess('keyed', 'encoded_2', 'y', '{day}', split_method => 'hash', smooth => 2);
SELECT count(*) FILTER (WHERE t."day_TE" IS DISTINCT FROM e.encoding) AS bad FROM encoded_2 t JOIN gpu_encode.target_encode('keyed', 'day'::text, 'y', fold_column => 'of_key', smooth => 2) e ON e.ordinal = t.id - 1;
-- label codes alone need no folds
SELECT rows FROM gpu_encode.preprocess('keyed', 'encoded_3', split_method => 'hash', group_columns => '{customer}');
-- many rows, batches and workers: rows alike never part
CREATE TABLE many AS SELECT i, i % 1000 AS g, 'v' || i % 17 AS x, i % 13 AS y FROM generate_series(1, 100000) i;
SELECT count(*) AS n, max(folds) AS folds_of_a_group FROM (SELECT g, count(DISTINCT fold) AS folds FROM many t JOIN gpu_encode.target_encode('many', 'x', 'y', group_columns => '{g}') e ON e.row_id = t.ctid GROUP BY 1) q;
SELECT count(DISTINCT fold) AS folds, min(n) > 18000 AS balanced FROM (SELECT fold, count(*) AS n FROM gpu_encode.target_encode('many', 'x', 'y', group_columns => '{i}') GROUP BY 1) q;

-- stratified: the rows, in the order of targets and then their own, are dealt out to the folds in turn; no target comes last
CREATE TABLE classes AS SELECT i, 'v' || i % 5 AS x, CASE WHEN i % 11 > 0 THEN (ARRAY['no', 'yes'])[1 + (i * i % 7 < 2)::int] END AS answer, CASE WHEN i % 13 > 0 THEN i * i % 5 = 1 END AS flag, (i % 3 = 0)::int AS number FROM generate_series(1, 400) i;
CREATE FUNCTION check_classes(target text, k int, options text) RETURNS text LANGUAGE plpgsql AS
$$
DECLARE
    bad text;
BEGIN
    EXECUTE format('CREATE TABLE dealt AS SELECT *, ((row_number() OVER (ORDER BY %1$I NULLS LAST, i) - 1) %% %2$s)::int AS expected FROM classes ORDER BY i', target, k);
    EXECUTE format('SELECT concat_ws('' '', count(*), count(*) FILTER (WHERE h.fold IS DISTINCT FROM t.expected), count(*) FILTER (WHERE h.encoding IS DISTINCT FROM c.encoding)) FROM dealt t
        JOIN gpu_encode.target_encode(''dealt'', ''x'', %1$L, smooth => 2, split_method => ''stratified'', n_folds => %2$s%3$s) h ON t.ctid = h.row_id
        JOIN gpu_encode.target_encode(''dealt'', ''x'', %1$L, smooth => 2, fold_column => ''expected''%3$s) c USING (row_id)', target, k, options) INTO bad;
    DROP TABLE dealt;
    RETURN CASE bad WHEN '400 0 0' THEN 'ok' ELSE bad END;
END
$$;
SET client_min_messages = warning;
SELECT target, options, string_agg(check_classes(target, k, options), ' ') FROM (VALUES ('answer', ''), ('answer', ', pos_label => ''no'''), ('answer', ', prior => ''global'''), ('flag', ''), ('flag', ', pos_label => ''f'''), ('number', ', target_type => ''binary''')) o (target, options), unnest('{2,3,7,400,1000}'::int[]) k WHERE k <= 400 GROUP BY 1, 2 ORDER BY 1, 2;
-- classes, those of integers too; the fold does not depend on the class that is asked for
ALTER TABLE classes ADD kind text, ADD grade int;
UPDATE classes SET kind = chr(97 + i * i % 7), grade = CASE WHEN i % 9 > 0 THEN i * 7 % 4 END;
SELECT target, options, string_agg(check_classes(target, k, options), ' ') FROM (VALUES ('kind', ', target_type => ''multiclass'', pos_label => ''c'''), ('kind', ', target_type => ''multiclass'', pos_label => ''a'''), ('grade', ', target_type => ''multiclass'', pos_label => ''2''')) o (target, options), unnest('{2,5}'::int[]) k GROUP BY 1, 2 ORDER BY 1, 2;
SELECT testlib.refuses($$SELECT gpu_encode.fit_transform('e_two', 'classes', 'never', targets => '{flag,answer}', target_columns => '{x}', split_method => 'stratified')$$, '22023', 'split_method => ''stratified'' needs one target', 'There are 2.');
-- more folds than rows
SELECT count(DISTINCT fold), min(fold), max(fold) FROM gpu_encode.target_encode('classes', 'x', 'flag', split_method => 'stratified', n_folds => 1000);
RESET client_min_messages;
CREATE TABLE one_row AS SELECT 'a'::text AS x, true AS y;
SELECT fold, encoding FROM gpu_encode.target_encode('one_row', 'x', 'y', split_method => 'stratified', smooth => 1);
CREATE TABLE no_row (x text, y boolean, id int PRIMARY KEY);
SELECT count(*) FROM gpu_encode.target_encode('no_row', 'x', 'y', split_method => 'stratified', smooth => 1);
SELECT count(*) FROM gpu_encode.target_encode('no_row', 'x', 'y', split_method => 'hash', smooth => 1);

-- contradictions
CREATE FUNCTION refused(options text, state text, VARIADIC words text[]) RETURNS text LANGUAGE sql AS
$$SELECT testlib.refuses(format('SELECT gpu_encode.target_encode(''classes'', ''x'', ''flag'', %s)', options), state, VARIADIC words)$$;
SELECT refused($$split_method => 'hash'$$, '22023', 'split_method => ''hash'' needs group_columns or a primary key', 'Relation classes has no primary key.', 'group_columns => ARRAY');
SELECT refused($$group_columns => '{i}', split_method => 'interleaved'$$, '22023', 'group_columns contradicts split_method => ''interleaved''');
SELECT refused($$group_columns => '{i}', split_method => 'stratified'$$, '22023', 'group_columns contradicts split_method => ''stratified''');
SELECT refused($$group_columns => '{i}', fold_column => 'number'$$, '22023', 'fold_column contradicts group_columns');
SELECT refused($$split_method => 'hash', fold_column => 'number'$$, '22023', 'fold_column contradicts split_method => ''hash''');
SELECT refused($$split_method => 'stratified', fold_column => 'number'$$, '22023', 'fold_column contradicts split_method => ''stratified''');
SELECT refused($$split_method => 'custom', group_columns => '{i}'$$, '22023', 'needs a fold_column');
SELECT refused($$group_columns => '{}'$$, '22023', '"group_columns" must name at least one column');
SELECT refused($$group_columns => '{i,i}'$$, '42701', '"group_columns"');
SELECT refused($$group_columns => '{nope}'$$, '42703', '"nope"');
SELECT refused($$split_method => 'ordered'$$, '22023', 'split_method => ''ordered'' needs order_by');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('classes', 'x', 'number', split_method => 'stratified')$$, '22023', 'split_method => ''stratified'' needs a target with classes', 'Target "number" of type integer is a number.', 'target_type => ''binary''');
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('viewed', 'customer'::text, 'y', split_method => 'hash')$$, '22023', 'Relation viewed has no primary key.');
CREATE VIEW viewed_classes AS SELECT * FROM classes;
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('viewed_classes', 'x', 'flag', split_method => 'stratified')$$, '22023', 'relation viewed_classes has no physical order', 'order_by', 'group_columns');
CREATE TABLE alike AS SELECT 'a' AS g, i AS x, i AS y FROM generate_series(1, 3) i;
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('alike', 'x', 'y', group_columns => '{g}')$$, '22023', 'group_columns put all rows into one fold', 'All 3 rows have fold');
CREATE TABLE alike_keys (id int PRIMARY KEY, y int);
INSERT INTO alike_keys VALUES (1, 1), (3, 2), (5, 3);
SELECT testlib.refuses($$SELECT gpu_encode.target_encode('alike_keys', 'id', 'y', split_method => 'hash')$$, '22023', 'the primary key puts all rows into one fold', 'All 3 rows have fold 0');

RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA test_split_folds CASCADE;
