-- install: what CREATE EXTENSION makes and DROP EXTENSION takes away.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all

-- it makes its own schema, which goes with it, and cannot be moved
SELECT e.extname, o.identity, e.extrelocatable
FROM pg_extension e JOIN pg_depend d ON d.refobjid = e.oid AND d.deptype = 'e' AND d.classid = 'pg_namespace'::regclass
CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) o WHERE e.extname = 'gpu_encode';
SELECT testlib.refuses('ALTER EXTENSION gpu_encode SET SCHEMA testlib', '0A000', 'extension "gpu_encode" does not support SET SCHEMA');

-- every function, relation and type of it is in that schema; foreign data wrappers have none
SELECT count(*) FILTER (WHERE o.schema IS DISTINCT FROM 'gpu_encode') AS elsewhere
FROM pg_depend d JOIN pg_extension e ON d.refobjid = e.oid AND d.deptype = 'e'
CROSS JOIN LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) o
WHERE e.extname = 'gpu_encode' AND o.type NOT IN ('schema', 'foreign-data wrapper');

-- the public functions that this version has
SELECT proname, count(*) FROM pg_proc
WHERE pronamespace = 'gpu_encode'::regnamespace
  AND proname IN ('label_encode', 'target_encode', 'fit', 'transform', 'fit_transform', 'preprocess',
                  'label', 'target_encoding', 'inverse_label', 'version', 'last_run')
GROUP BY proname ORDER BY proname COLLATE "C";

-- what runs here: the CPU always does
SELECT backend, usable, reason IS NULL OR reason = '' AS no_reason FROM gpu_encode.devices WHERE backend = 'cpu';
SELECT count(*) AS unusable_without_reason FROM gpu_encode.devices WHERE NOT usable AND coalesce(reason, '') = '';
SELECT strpos(gpu_encode.version(), extversion) > 0 AS names_version, gpu_encode.version() ~* 'cuda' AS speaks_of_cuda
FROM pg_extension WHERE extname = 'gpu_encode';

-- no preloading and no restart: one statement is enough, again and again; encoders of earlier tests lose their moments
SET client_min_messages = warning;
DROP EXTENSION gpu_encode CASCADE;
RESET client_min_messages;
SELECT count(*) FROM pg_proc WHERE probin LIKE '%gpu_encode%';
SELECT to_regnamespace('gpu_encode') IS NULL AS schema_gone;

-- a schema of that name is somebody else's, whoever made it: its owner could add functions
CREATE ROLE install_waits;
GRANT CREATE ON DATABASE :DBNAME TO install_waits;
SET ROLE install_waits;
CREATE SCHEMA gpu_encode;
RESET ROLE;
SELECT statement, testlib.refuses(statement, '42P06', 'gpu_encode')
FROM unnest('{CREATE EXTENSION gpu_encode,CREATE EXTENSION gpu_encode CASCADE,CREATE EXTENSION gpu_encode_aws_s3 CASCADE}'::text[]) statement;
SELECT testlib.refuses('CREATE EXTENSION gpu_encode SCHEMA gpu_encode', '0A000', 'must be installed in schema');
DROP SCHEMA gpu_encode;
CREATE SCHEMA gpu_encode;
SELECT testlib.refuses('CREATE EXTENSION gpu_encode', '42P06', 'gpu_encode');
DROP SCHEMA gpu_encode;

-- it hangs on no schema that somebody may drop, and needs none in the path
SET search_path = '';
CREATE EXTENSION gpu_encode;
-- nor do the schemas of the other extension
SET ROLE install_waits;
CREATE SCHEMA aws_commons;
RESET ROLE;
SELECT testlib.refuses('CREATE EXTENSION gpu_encode_aws_s3', '42P06', 'aws_s3 or aws_commons exists already');
ALTER SCHEMA aws_commons RENAME TO aws_s3;
SELECT testlib.refuses('CREATE EXTENSION gpu_encode_aws_s3', '42P06', 'aws_s3 or aws_commons exists already');
DROP SCHEMA aws_s3;
CREATE EXTENSION gpu_encode_aws_s3;
RESET search_path;
SELECT extname, extnamespace::regnamespace FROM pg_extension WHERE extname LIKE 'gpu\_encode%' ORDER BY extname COLLATE "C";
DROP EXTENSION gpu_encode CASCADE;

-- names of the script are found in pg_catalog, whatever stands before it in the path: types, casts, functions, operators
SET ROLE install_waits;
CREATE SCHEMA install_trap;
RESET ROLE;
CREATE FUNCTION install_trap.trap() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'caught'; END $$;
CREATE DOMAIN install_trap.text AS varchar CHECK (install_trap.trap());
CREATE DOMAIN install_trap.regclass AS varchar CHECK (install_trap.trap());
CREATE DOMAIN install_trap.regnamespace AS varchar CHECK (install_trap.trap());
CREATE DOMAIN install_trap.name AS varchar CHECK (install_trap.trap());
CREATE FUNCTION install_trap.to_regnamespace(pg_catalog.text) RETURNS pg_catalog.regnamespace LANGUAGE sql AS 'SELECT install_trap.trap()::pg_catalog.text::pg_catalog.regnamespace';
CREATE FUNCTION install_trap.format(pg_catalog.text, pg_catalog.text) RETURNS pg_catalog.text LANGUAGE sql AS 'SELECT install_trap.trap()::pg_catalog.text';
CREATE FUNCTION install_trap.equal(pg_catalog.name, pg_catalog.text) RETURNS boolean LANGUAGE sql AS 'SELECT install_trap.trap()';
CREATE OPERATOR install_trap.= (FUNCTION = install_trap.equal, LEFTARG = pg_catalog.name, RIGHTARG = pg_catalog.text);
CREATE VIEW install_trap.pg_roles AS SELECT 'x'::pg_catalog.name AS rolname WHERE install_trap.trap();
SET search_path = install_trap, pg_catalog;
CREATE EXTENSION gpu_encode;
CREATE EXTENSION gpu_encode_aws_s3;
SHOW search_path;
RESET search_path;
SELECT count(*) AS trapped
FROM pg_depend d JOIN pg_extension e ON d.refobjid = e.oid AND d.deptype = 'e' AND e.extname LIKE 'gpu\_encode%'
JOIN pg_depend used ON used.classid = d.classid AND used.objid = d.objid
CROSS JOIN LATERAL pg_identify_object(used.refclassid, used.refobjid, used.refobjsubid) o WHERE o.schema = 'install_trap';

-- neither role may have been made by somebody who then is its first member
DROP EXTENSION gpu_encode CASCADE;
GRANT gpu_encode_s3_write TO install_waits;
CREATE EXTENSION gpu_encode;
REVOKE gpu_encode_s3_write FROM install_waits;
DROP EXTENSION gpu_encode;
SET client_min_messages = warning;
DROP SCHEMA install_trap CASCADE;
RESET client_min_messages;
REVOKE CREATE ON DATABASE :DBNAME FROM install_waits;
DROP ROLE install_waits;
CREATE EXTENSION gpu_encode;
CREATE TABLE public.install_check AS SELECT 'b' AS x UNION ALL SELECT 'a';
SELECT ordinal, code FROM gpu_encode.label_encode('public.install_check', 'x') ORDER BY ordinal;

-- tables made by calls are the caller's, not the extension's
SELECT count(*) FROM gpu_encode.fit('public.install_encoder', 'public.install_check');
SELECT testlib.refuses('DROP EXTENSION gpu_encode', '2BP01', 'other objects depend on it');
DROP EXTENSION gpu_encode CASCADE;
SELECT kind, column_name, value, code FROM public.install_encoder WHERE kind = 'category' ORDER BY code;
DROP TABLE public.install_check, public.install_encoder;
CREATE EXTENSION gpu_encode;
