-- What the SQL tests share: schema testlib with the oracle and the assertions.
-- Included by every test (pg_regress: through PG_ABS_SRCDIR; pgTAP: \ir ../lib/testlib.sql).
-- It prints nothing, and may be loaded again into the same database.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS gpu_encode;
DROP SCHEMA IF EXISTS testlib CASCADE;
CREATE SCHEMA testlib;
GRANT USAGE ON SCHEMA testlib TO PUBLIC;
\ir assert.sql
\ir exact.sql
\ir permutation.sql
\ir category.sql
\ir target.sql
\ir encoder.sql
\ir random_table.sql
\ir files.sql
RESET client_min_messages;
