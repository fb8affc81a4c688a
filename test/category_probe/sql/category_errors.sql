-- What cannot be a category column, and what callers learn of those that can.
SELECT probe_key(NULL::integer, 'None');
SELECT probe_key(1.5, 'None');
SELECT probe_key(ARRAY['a'], 'None');
SELECT probe_key(ROW(1, 2));
SELECT probe_key(ARRAY[ROW(1, 2)]);

SET client_min_messages = warning;
CREATE FUNCTION loud_in(cstring) RETURNS loud AS 'textin' LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loud_out(loud) RETURNS cstring AS 'textout' LANGUAGE internal IMMUTABLE STRICT PARALLEL UNSAFE;
CREATE TYPE loud (input = loud_in, output = loud_out, like = text);
CREATE TYPE contains_loud AS (i integer, l loud);
CREATE DOMAIN word AS varchar(10);
CREATE DOMAIN short_word AS word;
CREATE TABLE kinds (a text, b varchar(3), c char(3), d name, e size, f short_word, g shirt, h integer, i numeric, j boolean, k bytea, l "char", m json, n loud, o loud[], p contains_loud, q contains_loud[], r pair, s text[]);
SELECT attname, format_type(atttypid, atttypmod), k.* FROM pg_attribute, probe_column(attrelid, attname) k WHERE attrelid = 'kinds'::regclass AND attnum > 0 ORDER BY attname;
