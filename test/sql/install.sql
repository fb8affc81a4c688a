-- install: what CREATE EXTENSION makes and DROP EXTENSION takes away.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all

-- it lives in its own schema and cannot be moved
SELECT e.extname, n.nspname, e.extrelocatable
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'gpu_encode';
SELECT testlib.refuses('ALTER EXTENSION gpu_encode SET SCHEMA public', '0A000', 'extension "gpu_encode" does not support SET SCHEMA');

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

-- no preloading and no restart: one statement is enough, again and again
DROP EXTENSION gpu_encode;
SELECT count(*) FROM pg_proc WHERE probin LIKE '%gpu_encode%';
SELECT testlib.refuses('CREATE EXTENSION gpu_encode SCHEMA public', '0A000', 'extension "gpu_encode" must be installed in schema "gpu_encode"');
CREATE EXTENSION gpu_encode;
CREATE TABLE public.install_check AS SELECT 'b' AS x UNION ALL SELECT 'a';
SELECT ordinal, code FROM gpu_encode.label_encode('public.install_check', 'x') ORDER BY ordinal;

-- tables made by calls are the caller's, not the extension's
SELECT count(*) FROM gpu_encode.fit('public.install_encoder', 'public.install_check');
DROP EXTENSION gpu_encode;
SELECT kind, column_name, value, code FROM public.install_encoder WHERE kind = 'category' ORDER BY code;
DROP TABLE public.install_check, public.install_encoder;
CREATE EXTENSION gpu_encode;
