-- The SQL contract: every public function exactly as it was designed, documented, and what is granted.
BEGIN;
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS gpu_encode;
SELECT plan(72);

-- name, arguments with names, types and defaults in order, result columns, volatility, parallel safety
CREATE TEMP TABLE expected (name text, arguments text, result text, volatility text, parallel text);
INSERT INTO expected VALUES
    ('label_encode',
     'source regclass, column_name text, order_by text[] DEFAULT NULL::text[], null_value text DEFAULT NULL::text, '
     'handle_missing text DEFAULT ''value''::text, min_frequency double precision DEFAULT NULL::double precision, '
     'max_categories integer DEFAULT NULL::integer, label_order text DEFAULT ''value''::text, '
     'label_sources regclass[] DEFAULT NULL::regclass[]',
     'TABLE(ordinal bigint, source_table regclass, row_id tid, code integer)', 'stable', 'unsafe'),
    ('target_encode',
     'source regclass, column_name text, target text, n_folds integer DEFAULT 5, smooth double precision DEFAULT NULL::double precision, '
     'split_method text DEFAULT NULL::text, order_by text[] DEFAULT NULL::text[], fold_column text DEFAULT NULL::text, '
     'group_columns text[] DEFAULT NULL::text[], label_delay text DEFAULT NULL::text, seed bigint DEFAULT 42, '
     'prior text DEFAULT ''out_of_fold''::text, stat text DEFAULT ''mean''::text, weight_column text DEFAULT NULL::text, '
     'null_value text DEFAULT NULL::text, handle_missing text DEFAULT ''value''::text, target_type text DEFAULT ''auto''::text, '
     'pos_label text DEFAULT NULL::text',
     'TABLE(ordinal bigint, source_table regclass, row_id tid, fold integer, encoding double precision)', 'stable', 'unsafe'),
    ('target_encode',
     'source regclass, column_names text[], target text, n_folds integer DEFAULT 5, smooth double precision DEFAULT NULL::double precision, '
     'split_method text DEFAULT NULL::text, order_by text[] DEFAULT NULL::text[], fold_column text DEFAULT NULL::text, '
     'group_columns text[] DEFAULT NULL::text[], label_delay text DEFAULT NULL::text, seed bigint DEFAULT 42, '
     'prior text DEFAULT ''out_of_fold''::text, stat text DEFAULT ''mean''::text, weight_column text DEFAULT NULL::text, '
     'null_value text DEFAULT NULL::text, handle_missing text DEFAULT ''value''::text, target_type text DEFAULT ''auto''::text, '
     'pos_label text DEFAULT NULL::text',
     'TABLE(ordinal bigint, source_table regclass, row_id tid, fold integer, encoding double precision)', 'stable', 'unsafe'),
    ('fit',
     'encoder text, source regclass, target text DEFAULT NULL::text, target_columns text[] DEFAULT NULL::text[], '
     'label_columns text[] DEFAULT NULL::text[], exclude_columns text[] DEFAULT NULL::text[], '
     'label_sources regclass[] DEFAULT NULL::regclass[], target_combinations jsonb DEFAULT NULL::jsonb, '
     'targets text[] DEFAULT NULL::text[], weight_column text DEFAULT NULL::text, stats text[] DEFAULT ''{mean}''::text[], '
     'smooth double precision DEFAULT NULL::double precision, target_type text DEFAULT ''auto''::text, pos_label text DEFAULT NULL::text, '
     'null_value text DEFAULT NULL::text, handle_missing text DEFAULT ''value''::text, '
     'min_frequency double precision DEFAULT NULL::double precision, max_categories integer DEFAULT NULL::integer, '
     'label_order text DEFAULT ''value''::text, codes_from regclass DEFAULT NULL::regclass, '
     'column_options jsonb DEFAULT NULL::jsonb, guards jsonb DEFAULT NULL::jsonb, logged boolean DEFAULT true, '
     'replace boolean DEFAULT false',
     'TABLE(encoder_table regclass, column_name text, kind text, categories bigint, rows bigint, missing_rows bigint, target text, '
     'class text, prior_value double precision, pos_label_used text, encoder_id text, checks jsonb)', 'volatile', 'unsafe'),
    ('transform',
     'encoder regclass, source regclass, output text, order_by text[] DEFAULT NULL::text[], '
     'handle_unknown text DEFAULT ''error''::text, unknown_value integer DEFAULT NULL::integer, '
     'label_suffix text DEFAULT ''''::text, te_suffix text DEFAULT ''_TE''::text, encoding_type text DEFAULT ''float8''::text, '
     'column_options jsonb DEFAULT NULL::jsonb, guards jsonb DEFAULT NULL::jsonb, logged boolean DEFAULT true, '
     'replace boolean DEFAULT false',
     'TABLE(output_table regclass, part text, rows bigint, columns integer, unknown_labels bigint, missing_labels bigint, '
     'unseen_targets bigint, seconds double precision, backend text, device text, encoder_id text, checks jsonb)', 'volatile', 'unsafe'),
    ('fit_transform',
     'encoder text, source regclass, output text, target text DEFAULT NULL::text, target_columns text[] DEFAULT NULL::text[], '
     'label_columns text[] DEFAULT NULL::text[], exclude_columns text[] DEFAULT NULL::text[], '
     'label_sources regclass[] DEFAULT NULL::regclass[], target_combinations jsonb DEFAULT NULL::jsonb, '
     'targets text[] DEFAULT NULL::text[], weight_column text DEFAULT NULL::text, stats text[] DEFAULT ''{mean}''::text[], '
     'smooth double precision DEFAULT NULL::double precision, target_type text DEFAULT ''auto''::text, pos_label text DEFAULT NULL::text, '
     'n_folds integer DEFAULT 5, split_method text DEFAULT NULL::text, order_by text[] DEFAULT NULL::text[], '
     'fold_column text DEFAULT NULL::text, group_columns text[] DEFAULT NULL::text[], label_delay text DEFAULT NULL::text, '
     'seed bigint DEFAULT 42, prior text DEFAULT ''out_of_fold''::text, null_value text DEFAULT NULL::text, '
     'handle_missing text DEFAULT ''value''::text, min_frequency double precision DEFAULT NULL::double precision, '
     'max_categories integer DEFAULT NULL::integer, label_order text DEFAULT ''value''::text, '
     'codes_from regclass DEFAULT NULL::regclass, label_suffix text DEFAULT ''''::text, te_suffix text DEFAULT ''_TE''::text, '
     'encoding_type text DEFAULT ''float8''::text, column_options jsonb DEFAULT NULL::jsonb, guards jsonb DEFAULT NULL::jsonb, '
     'logged boolean DEFAULT true, replace boolean DEFAULT false',
     'TABLE(output_table regclass, part text, rows bigint, columns integer, unknown_labels bigint, missing_labels bigint, '
     'unseen_targets bigint, seconds double precision, backend text, device text, encoder_id text, checks jsonb)', 'volatile', 'unsafe'),
    ('preprocess',
     'train regclass, train_output text, target text DEFAULT NULL::text, target_columns text[] DEFAULT NULL::text[], '
     'validation regclass DEFAULT NULL::regclass, validation_output text DEFAULT NULL::text, '
     'label_columns text[] DEFAULT NULL::text[], exclude_columns text[] DEFAULT NULL::text[], '
     'labels_from_validation boolean DEFAULT true, target_combinations jsonb DEFAULT NULL::jsonb, '
     'targets text[] DEFAULT NULL::text[], weight_column text DEFAULT NULL::text, stats text[] DEFAULT ''{mean}''::text[], '
     'smooth double precision DEFAULT NULL::double precision, target_type text DEFAULT ''auto''::text, pos_label text DEFAULT NULL::text, '
     'n_folds integer DEFAULT 5, split_method text DEFAULT NULL::text, order_by text[] DEFAULT NULL::text[], '
     'fold_column text DEFAULT NULL::text, group_columns text[] DEFAULT NULL::text[], label_delay text DEFAULT NULL::text, '
     'seed bigint DEFAULT 42, prior text DEFAULT ''out_of_fold''::text, null_value text DEFAULT NULL::text, '
     'handle_missing text DEFAULT ''value''::text, handle_unknown text DEFAULT ''error''::text, '
     'unknown_value integer DEFAULT NULL::integer, min_frequency double precision DEFAULT NULL::double precision, '
     'max_categories integer DEFAULT NULL::integer, label_order text DEFAULT ''value''::text, encoder text DEFAULT NULL::text, '
     'codes_from regclass DEFAULT NULL::regclass, label_suffix text DEFAULT ''''::text, te_suffix text DEFAULT ''_TE''::text, '
     'encoding_type text DEFAULT ''float8''::text, column_options jsonb DEFAULT NULL::jsonb, guards jsonb DEFAULT NULL::jsonb, '
     'logged boolean DEFAULT true, replace boolean DEFAULT false',
     'TABLE(output_table regclass, part text, rows bigint, columns integer, unknown_labels bigint, missing_labels bigint, '
     'unseen_targets bigint, seconds double precision, backend text, device text, encoder_id text, checks jsonb)', 'volatile', 'unsafe'),
    ('label',
     'encoder regclass, column_name text, value text, handle_unknown text DEFAULT ''error''::text, '
     'unknown_value integer DEFAULT NULL::integer',
     'integer', 'stable', 'safe'),
    ('label',
     'encoder regclass, column_name text, value anyelement, handle_unknown text DEFAULT ''error''::text, '
     'unknown_value integer DEFAULT NULL::integer',
     'integer', 'stable', 'safe'),
    ('target_encoding',
     'encoder regclass, column_name text, value text, stat text DEFAULT ''mean''::text, target text DEFAULT NULL::text, '
     'class text DEFAULT NULL::text',
     'double precision', 'stable', 'safe'),
    ('target_encoding',
     'encoder regclass, column_name text, value anyelement, stat text DEFAULT ''mean''::text, target text DEFAULT NULL::text, '
     'class text DEFAULT NULL::text',
     'double precision', 'stable', 'safe'),
    ('target_encoding',
     'encoder regclass, column_names text[], "values" text[], stat text DEFAULT ''mean''::text, target text DEFAULT NULL::text, '
     'class text DEFAULT NULL::text',
     'double precision', 'stable', 'safe'),
    ('inverse_label',
     'encoder regclass, column_name text, code integer',
     'text', 'stable', 'safe'),
    ('export_encoder',
     'encoder regclass, format text DEFAULT ''json''::text',
     'text', 'stable', 'unsafe'),
    ('report',
     'encoder regclass, output_table regclass DEFAULT NULL::regclass',
     'text', 'stable', 'unsafe'),
    ('version',
     '',
     'text', 'stable', 'safe'),
    ('last_run',
     '',
     'TABLE(stage text, rows bigint, bytes bigint, seconds double precision, backend text, detail text)', 'volatile', 'restricted'),
    ('s3_import',
     'rel regclass, uri text, columns text[] DEFAULT NULL::text[], options text DEFAULT ''(format csv, header match)''::text, '
     'server text DEFAULT NULL::text, compression text DEFAULT ''auto''::text, null_values text[] DEFAULT NULL::text[], '
     'OUT rows_imported bigint, OUT files_imported bigint, OUT bytes_read bigint',
     'record', 'volatile', 'unsafe'),
    ('partial_fit',
     'encoder regclass, source regclass, remove boolean DEFAULT false, guards jsonb DEFAULT NULL::jsonb',
     'TABLE(encoder_table regclass, column_name text, kind text, categories bigint, rows bigint, missing_rows bigint, target text, '
     'class text, prior_value double precision, pos_label_used text, encoder_id text, checks jsonb)', 'volatile', 'unsafe'),
    ('merge_encoders',
     'encoder text, encoders regclass[], codes_from regclass DEFAULT NULL::regclass, logged boolean DEFAULT true, replace boolean DEFAULT false',
     'TABLE(encoder_table regclass, column_name text, kind text, categories bigint, rows bigint, missing_rows bigint, target text, '
     'class text, prior_value double precision, pos_label_used text, encoder_id text, checks jsonb)', 'volatile', 'unsafe'),
    ('compare_encoders',
     'before regclass, after regclass',
     'TABLE(column_name text, target text, class text, categories_before bigint, categories_after bigint, new_categories bigint, '
     'vanished_categories bigint, new_share double precision, vanished_share double precision, psi double precision, '
     'prior_before double precision, prior_after double precision, largest_shift double precision, largest_shift_value text)',
     'stable', 'unsafe'),
    ('screen_columns',
     'source regclass, target text, columns text[] DEFAULT NULL::text[], n_folds integer DEFAULT 5, smooth double precision DEFAULT NULL::double precision, '
     'split_method text DEFAULT NULL::text, order_by text[] DEFAULT NULL::text[], fold_column text DEFAULT NULL::text, '
     'group_columns text[] DEFAULT NULL::text[], seed bigint DEFAULT 42, null_value text DEFAULT NULL::text, '
     'handle_missing text DEFAULT ''value''::text, target_type text DEFAULT ''auto''::text, pos_label text DEFAULT NULL::text',
     'TABLE(column_name text, categories bigint, missing_share double precision, largest_share double precision, '
     'singletons_share double precision, information_value double precision, r2_out_of_fold double precision, r2_full double precision)',
     'stable', 'unsafe'),
    ('s3_create_table',
     'table_name text, uri text, column_types jsonb DEFAULT NULL::jsonb, options text DEFAULT ''(format csv, header)''::text, '
     'null_values text[] DEFAULT NULL::text[], sample_rows bigint DEFAULT NULL::bigint, server text DEFAULT NULL::text, '
     'compression text DEFAULT ''auto''::text, logged boolean DEFAULT true, replace boolean DEFAULT false, OUT created regclass, '
     'OUT rows_imported bigint, OUT files_imported bigint, OUT bytes_read bigint',
     'record', 'volatile', 'unsafe'),
    ('s3_export',
     'query text, uri text, options text DEFAULT ''(format csv, header)''::text, server text DEFAULT NULL::text, '
     'compression text DEFAULT ''auto''::text, max_file_size text DEFAULT ''6GB''::text, overwrite boolean DEFAULT false, '
     'kms_key text DEFAULT NULL::text, OUT rows_uploaded bigint, OUT files_uploaded bigint, OUT bytes_uploaded bigint',
     'record', 'volatile', 'unsafe'),
    ('s3_list',
     'uri text, server text DEFAULT NULL::text',
     'TABLE(object_uri text, size bigint, last_modified timestamp with time zone, etag text, storage_class text)', 'volatile', 'unsafe'),
    ('preprocess_s3',
     'train text, train_output text, target text DEFAULT NULL::text, target_columns text[] DEFAULT NULL::text[], '
     'validation text DEFAULT NULL::text, validation_output text DEFAULT NULL::text, label_columns text[] DEFAULT NULL::text[], '
     'exclude_columns text[] DEFAULT NULL::text[], labels_from_validation boolean DEFAULT true, '
     'target_combinations jsonb DEFAULT NULL::jsonb, targets text[] DEFAULT NULL::text[], weight_column text DEFAULT NULL::text, '
     'stats text[] DEFAULT ''{mean}''::text[], smooth double precision DEFAULT NULL::double precision, target_type text DEFAULT ''auto''::text, '
     'pos_label text DEFAULT NULL::text, n_folds integer DEFAULT 5, split_method text DEFAULT NULL::text, '
     'order_by text[] DEFAULT NULL::text[], fold_column text DEFAULT NULL::text, group_columns text[] DEFAULT NULL::text[], '
     'label_delay text DEFAULT NULL::text, seed bigint DEFAULT 42, prior text DEFAULT ''out_of_fold''::text, '
     'null_value text DEFAULT NULL::text, handle_missing text DEFAULT ''value''::text, '
     'handle_unknown text DEFAULT ''error''::text, unknown_value integer DEFAULT NULL::integer, '
     'min_frequency double precision DEFAULT NULL::double precision, max_categories integer DEFAULT NULL::integer, '
     'label_order text DEFAULT ''value''::text, encoder text DEFAULT NULL::text, codes_from regclass DEFAULT NULL::regclass, '
     'label_suffix text DEFAULT ''''::text, te_suffix text DEFAULT ''_TE''::text, encoding_type text DEFAULT ''float8''::text, '
     'column_options jsonb DEFAULT NULL::jsonb, guards jsonb DEFAULT NULL::jsonb, column_types jsonb DEFAULT NULL::jsonb, '
     'null_values text[] DEFAULT NULL::text[], import_options text DEFAULT ''(format csv, header)''::text, '
     'export_options text DEFAULT ''(format csv, header)''::text, server text DEFAULT NULL::text, '
     'output_server text DEFAULT NULL::text, compression text DEFAULT ''auto''::text, kms_key text DEFAULT NULL::text, '
     'overwrite boolean DEFAULT false, replace boolean DEFAULT false',
     'TABLE(output_uri text, part text, rows bigint, columns integer, unknown_labels bigint, missing_labels bigint, '
     'unseen_targets bigint, bytes_read bigint, bytes_uploaded bigint, label_coded text[], seconds double precision, backend text, '
     'device text, encoder_id text, checks jsonb)', 'volatile', 'unsafe'),
    ('s3_set_credentials',
     'server text, access_key_id text, secret_access_key text, session_token text DEFAULT NULL::text',
     'void', 'volatile', 'unsafe');

CREATE TEMP VIEW actual AS
SELECT p.oid, proname::text AS name, pg_get_function_arguments(p.oid) AS arguments, pg_get_function_result(p.oid) AS result,
       CASE provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END AS volatility,
       CASE proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END AS parallel,
       proisstrict AS strict, prosecdef AS definer, proconfig AS settings, proargnames AS argument_names, proargmodes AS argument_modes,
       lanname::text AS language, p.proacl
FROM pg_proc p JOIN pg_language l ON l.oid = prolang WHERE pronamespace = 'gpu_encode'::regnamespace;

SELECT set_eq(format('SELECT name, arguments, result, volatility, parallel FROM actual WHERE name = %L', name),
              format('SELECT name, arguments, result, volatility, parallel FROM expected WHERE name = %L', name),
              name || ' is as designed')
FROM (SELECT DISTINCT name FROM expected) n ORDER BY name;
SELECT is_empty('SELECT name, arguments FROM expected EXCEPT SELECT name, arguments FROM actual', 'no function is missing');

-- rules for all of them
SELECT is_empty('SELECT a.oid::regprocedure FROM actual a JOIN expected USING (name) WHERE strict', 'none is strict: NULLs are answered, not passed over');
SELECT is_empty('SELECT oid::regprocedure FROM actual WHERE definer', 'none is security definer');
SELECT is_empty('SELECT oid::regprocedure FROM actual WHERE settings IS NOT NULL', 'none has a SET clause');
SELECT is_empty('SELECT a.oid::regprocedure FROM actual a JOIN expected USING (name) WHERE language <> ''c''', 'all are written in C');
SELECT is_empty($$SELECT oid::regprocedure FROM actual WHERE NOT has_function_privilege('public', oid, 'EXECUTE') AND name IN (SELECT name FROM expected WHERE name !~ 's3')$$,
                'everyone may call them, but those that speak to S3');
SELECT is_empty($$SELECT oid::regprocedure FROM actual WHERE has_function_privilege('public', oid, 'EXECUTE') AND name ~ '^s3_|_s3$' AND name <> 's3_validator'$$,
                'those that speak to S3 are granted to chosen roles');

-- documentation: every function has a comment, which speaks of every parameter
SELECT is_empty($$SELECT oid::regprocedure FROM actual WHERE coalesce(obj_description(oid, 'pg_proc'), '') = ''$$, 'every function has a comment');
SELECT is_empty(format($$SELECT a.argument FROM unnest(%L::text[]) WITH ORDINALITY a (argument, i)
                         WHERE (%L::text[] IS NULL OR (%L::text[])[i] IN ('i', 'b', 'v'))
                           AND coalesce(obj_description(%s, 'pg_proc'), '') !~ ('\m' || argument || '\M')$$,
                       argument_names, argument_modes, argument_modes, oid),
                'the comment of ' || oid::regprocedure || ' speaks of every parameter')
FROM actual JOIN (SELECT DISTINCT name FROM expected) e USING (name) WHERE argument_names IS NOT NULL ORDER BY oid::regprocedure::text;
SELECT isnt(obj_description('gpu_encode.devices'::regclass, 'pg_class'), NULL, 'the view devices has a comment');
SELECT isnt(obj_description(oid, 'pg_extension'), NULL, 'the extension has a comment') FROM pg_extension WHERE extname = 'gpu_encode';

-- the view
SELECT has_view('gpu_encode', 'devices', 'there is a view devices');
SELECT is((SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum)
           FROM pg_attribute WHERE attrelid = 'gpu_encode.devices'::regclass AND attnum > 0),
          'backend text, device text, name text, compute_capability text, memory_bytes bigint, driver text, usable boolean, reason text',
          'devices has the columns that were designed');

-- grants to everyone
SELECT ok(has_schema_privilege('public', 'gpu_encode', 'USAGE'), 'everyone may use the schema');
SELECT ok(NOT has_schema_privilege('public', 'gpu_encode', 'CREATE'), 'nobody may create in it');
SELECT ok(has_table_privilege('public', 'gpu_encode.devices', 'SELECT'), 'everyone may read devices');

-- settings: any user may change them in a session; each has a description
SELECT isnt(gpu_encode.version(), NULL, 'a call loads the library');
SELECT is((SELECT context FROM pg_settings WHERE name = s), 'user', s || ' is a setting of the session')
FROM unnest('{gpu_encode.backend,gpu_encode.log_stages,gpu_encode.max_workers,gpu_encode.threads}'::text[]) s;
SELECT is_empty($$SELECT name FROM pg_settings WHERE name LIKE 'gpu\_encode.%' AND coalesce(short_desc, '') = ''$$, 'every setting has a description');
SELECT set_eq($$SELECT unnest(enumvals) FROM pg_settings WHERE name = 'gpu_encode.backend'$$, ARRAY['auto', 'cpu', 'cuda'], 'backend is auto, cpu or cuda');
SELECT is(current_setting('gpu_encode.backend'), boot_val, 'backend has its default') FROM pg_settings WHERE name = 'gpu_encode.backend' AND source = 'default'
UNION ALL SELECT pass('backend is set from outside') FROM pg_settings WHERE name = 'gpu_encode.backend' AND source <> 'default';

SELECT * FROM finish();
ROLLBACK;
