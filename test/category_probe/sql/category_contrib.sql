-- citext and hstore: by their text form, case and all.
SELECT count(*) < 2 AS without_contrib FROM pg_available_extensions WHERE name IN ('citext', 'hstore') \gset
\if :without_contrib
\echo this server has no contrib modules
\quit
\endif
CREATE EXTENSION citext;
CREATE EXTENSION hstore;
SELECT * FROM check_type('citext', $$SELECT left(md5(i::text), 2) FROM generate_series(1, 500) i UNION ALL VALUES ('a'), ('A'), (''), ('Ä')$$, 'value::text COLLATE "C"');
SELECT * FROM check_type('hstore', $$VALUES ('a=>1'), ('b=>2, a=>1'), ('a=>1, b=>2'), ('a=>NULL'), ('')$$, 'value::text COLLATE "C"');
SELECT canonical('Abc'::citext), canonical('b=>2, a=>1'::hstore);
