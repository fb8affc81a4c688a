-- replace_frozen: rows of a replaced table are frozen, whoever wrote them; those of a new table never are.
SELECT count(*) = 0 AS without_contrib FROM pg_available_extensions WHERE name = 'pageinspect' \gset
\if :without_contrib
\quit
\endif
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS gpu_encode;
CREATE SCHEMA test_replace_frozen;
SET search_path = test_replace_frozen;
CREATE EXTENSION pageinspect;
CREATE FUNCTION frozen(rel regclass) RETURNS text LANGUAGE sql AS $$
    SELECT format('%s of %s', count(*) FILTER (WHERE t_infomask & 768 = 768), count(*))
    FROM generate_series(0, pg_relation_size(rel) / current_setting('block_size')::int - 1) b, heap_page_items(get_raw_page(rel::text, b::int)) $$;
CREATE FUNCTION frozen_toast(rel regclass) RETURNS text LANGUAGE sql AS $$ SELECT frozen(reltoastrelid) FROM pg_class WHERE oid = rel $$;
-- rows of one size, narrow enough for threads; wider ones; and some that go to a TOAST table
CREATE TABLE narrow AS SELECT i AS id, 'a' || i % 5 AS a, i % 2 AS y FROM generate_series(1, 300) i;
CREATE TABLE wide AS SELECT *, repeat('x', id) AS note FROM narrow;
CREATE TABLE widest AS SELECT *, (SELECT string_agg(md5(n::text || id), '') FROM generate_series(1, 100) n) AS note FROM narrow WHERE id <= 30;
CREATE FUNCTION encode(rel regclass) RETURNS bigint LANGUAGE sql AS
$$ SELECT rows FROM gpu_encode.fit_transform('e', rel, 'o_' || rel::text, target => 'y', target_columns => '{a}', label_columns => '{a}', replace => true) $$;
SELECT rel, encode(rel) FROM unnest('{narrow,wide,widest}'::regclass[]) rel;
SELECT frozen('e'), frozen('o_narrow'), frozen('o_wide'), frozen('o_widest'), frozen_toast('o_widest');
SELECT rel, encode(rel) FROM unnest('{narrow,wide,widest}'::regclass[]) rel;
SELECT frozen('e'), frozen('o_narrow'), frozen('o_wide'), frozen('o_widest'), frozen_toast('o_widest');
SET gpu_encode.page_writer = off;
SELECT rel, encode(rel) FROM unnest('{narrow,wide,widest}'::regclass[]) rel;
SELECT frozen('e'), frozen('o_narrow'), frozen('o_wide'), frozen('o_widest'), frozen_toast('o_widest');
RESET gpu_encode.page_writer;
ALTER TABLE o_wide ADD COLUMN gone text;
ALTER TABLE o_wide DROP COLUMN gone;
SELECT encode('wide');
SELECT frozen('o_wide');
CREATE TEMP TABLE o_passing (LIKE o_wide);
SELECT rows FROM gpu_encode.transform('e', 'wide', 'pg_temp.o_passing', replace => true);
SELECT frozen('pg_temp.o_passing');
-- no transaction older than the rows is needed to read them
SELECT relname, age(relfrozenxid) BETWEEN 0 AND 1000 AS young FROM pg_class WHERE relname IN ('o_narrow', 'o_widest', 'e') ORDER BY relname;
VACUUM (DISABLE_PAGE_SKIPPING) o_widest;
SELECT count(*), sum(length(note)) FROM o_widest;
DROP SCHEMA test_replace_frozen CASCADE;
