-- citext: text that is compared as it is, a label column by default, with a null_value for NULL.
SELECT count(*) = 0 AS without_contrib FROM pg_available_extensions WHERE name = 'citext' \gset
\if :without_contrib
\quit
\endif
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS gpu_encode;
CREATE EXTENSION IF NOT EXISTS citext;
RESET client_min_messages;
CREATE SCHEMA test_citext;
SET search_path = test_citext, public;
CREATE TABLE t AS SELECT unnest('{b,B,NULL}'::citext[]) AS c;
SELECT ordinal, code FROM gpu_encode.label_encode('t', 'c', null_value => 'None') ORDER BY ordinal;
SELECT column_name, categories FROM gpu_encode.fit('citext_encoder', 't', null_value => 'None');
SELECT gpu_encode.label('citext_encoder', 'c', 'B'::citext) AS upper, gpu_encode.label('citext_encoder', 'c', 'b'::text) AS lower, gpu_encode.label('citext_encoder', 'c', NULL::citext) AS missing;
