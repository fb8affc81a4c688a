-- trusted: CREATE EXTENSION by an owner of the database who is no superuser, and what this owner does not get by it.
\getenv abs_srcdir PG_ABS_SRCDIR
\set testlib :abs_srcdir '/lib/testlib.sql'
\set ECHO none
\i :testlib
\set ECHO all
SET client_min_messages = warning;
DROP EXTENSION gpu_encode CASCADE;
RESET client_min_messages;
CREATE ROLE trusted_owner CREATEROLE;
CREATE ROLE trusted_other;
SET ROLE trusted_other;
SELECT testlib.refuses('CREATE EXTENSION gpu_encode', '42501', 'permission denied to create extension "gpu_encode"');
RESET ROLE;
GRANT CREATE ON DATABASE :DBNAME TO trusted_owner;
SET SESSION AUTHORIZATION trusted_owner;
CREATE EXTENSION gpu_encode;
SELECT testlib.refuses('CREATE EXTENSION gpu_encode_aws_s3', '42501', 'permission denied to create extension "gpu_encode_aws_s3"');

-- the extension is the owner's, but nothing in it is, nor the roles
SELECT extowner::regrole FROM pg_extension WHERE extname = 'gpu_encode';
SELECT classid::regclass, count(*) FROM pg_shdepend
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND refobjid = 'trusted_owner'::regrole AND deptype = 'o' GROUP BY classid;
SELECT has_schema_privilege('gpu_encode', 'CREATE') AS may_create, pg_has_role('gpu_encode_s3_read', 'MEMBER') AS may_read,
    pg_has_role('gpu_encode_s3_write', 'MEMBER') AS may_write, has_foreign_data_wrapper_privilege('gpu_encode_s3', 'USAGE') AS may_make_servers;
SELECT statement, testlib.refuses(statement, '42501', word)
FROM (VALUES ('CREATE FUNCTION gpu_encode.label_encode() RETURNS integer LANGUAGE sql AS ''SELECT 1''', 'schema gpu_encode'),
    ('ALTER FUNCTION gpu_encode.version() COST 1', 'function gpu_encode.version'),
    ('ALTER VIEW gpu_encode.devices OWNER TO trusted_owner', 'view devices'),
    ('DROP SCHEMA gpu_encode', 'schema gpu_encode'),
    ('ALTER EXTENSION gpu_encode DROP FUNCTION gpu_encode.version()', 'function gpu_encode.version'),
    ('CREATE SERVER trusted_server FOREIGN DATA WRAPPER gpu_encode_s3', 'foreign-data wrapper gpu_encode_s3'),
    ('SELECT gpu_encode.s3_list(''s3://bucket/'')', 'function s3_list'),
    ('SELECT gpu_encode.s3_create_table(''t'', ''file:///etc/passwd'')', 'function s3_create_table'),
    ('SELECT gpu_encode.s3_export(''SELECT 1'', ''s3://bucket/key'')', 'function s3_export'),
    ('SET gpu_encode.s3_allowed_endpoints = ''*''', 'gpu_encode.s3_allowed_endpoints')) refused (statement, word);

-- all that reads no file and sends no request works
CREATE TEMPORARY TABLE t (x text, y integer);
INSERT INTO t VALUES ('b', 1), ('a', 0), ('b', 0);
SELECT ordinal, code FROM gpu_encode.label_encode('t', 'x') ORDER BY ordinal;
SELECT count(*) FROM gpu_encode.fit('pg_temp.e', 't', target => 'y', target_columns => '{x}');
SELECT gpu_encode.label('pg_temp.e', 'x', 'b');
DROP TABLE t, pg_temp.e;
DROP EXTENSION gpu_encode;

-- nobody gets rights of S3 by a role that was made beforehand: the script refuses to lend them
RESET SESSION AUTHORIZATION;
GRANT gpu_encode_s3_write TO trusted_other;
SET SESSION AUTHORIZATION trusted_owner;
SELECT testlib.refuses('CREATE EXTENSION gpu_encode', '42501', 'role gpu_encode_s3_write exists already and has members: trusted_other');
RESET SESSION AUTHORIZATION;
REVOKE gpu_encode_s3_write FROM trusted_other;
ALTER ROLE gpu_encode_s3_read LOGIN;
SET SESSION AUTHORIZATION trusted_owner;
SELECT testlib.refuses('CREATE EXTENSION gpu_encode', '42501', 'role gpu_encode_s3_read exists already and has members: gpu_encode_s3_read');
RESET SESSION AUTHORIZATION;
ALTER ROLE gpu_encode_s3_read NOLOGIN;

-- nor does a schema that lies in wait help
SET SESSION AUTHORIZATION trusted_owner;
CREATE SCHEMA gpu_encode;
SELECT testlib.refuses('CREATE EXTENSION gpu_encode', '42P06', 'schema gpu_encode exists already');
DROP SCHEMA gpu_encode;
RESET SESSION AUTHORIZATION;
REVOKE CREATE ON DATABASE :DBNAME FROM trusted_owner;
DROP ROLE trusted_owner, trusted_other;
CREATE EXTENSION gpu_encode;
