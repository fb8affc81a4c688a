-- The probe's functions, and what the other tests share.
\getenv directory PG_LIBDIR
\set library :directory '/output_probe'

-- The rows of a query into a new table, through ge_output_*(); by_pages: which way it took.
CREATE FUNCTION probe_output(name text, query text, logged boolean DEFAULT true, page_writer boolean DEFAULT true,
                             OUT n_rows bigint, OUT by_pages boolean)
LANGUAGE c AS :'library';
-- An empty table of the columns given.
CREATE FUNCTION probe_create(name text, columns text[], types regtype[], logged boolean DEFAULT true)
RETURNS regclass LANGUAGE c AS :'library';
-- n_rows generated rows of (int8, 3 int4, 3 float8), one value in every null_every NULL
-- (0: none); returns the seconds it took.
CREATE FUNCTION probe_fill(name text, n_rows bigint, null_every integer DEFAULT 0, logged boolean DEFAULT false,
                           page_writer boolean DEFAULT true)
RETURNS double precision LANGUAGE c AS :'library';
-- A table access method that is not heap, though it does what heap does.
CREATE FUNCTION probe_access_method(internal) RETURNS table_am_handler LANGUAGE c AS :'library';

\set pages :directory '/../lib/pages.sql'
\set ECHO none
\i :pages
\set ECHO all
