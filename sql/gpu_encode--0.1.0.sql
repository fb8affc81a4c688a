-- gpu_encode 0.1.0
\echo Use "CREATE EXTENSION gpu_encode" to load this file. \quit

GRANT USAGE ON SCHEMA gpu_encode TO PUBLIC;

-- one column as rows -------------------------------------------------------------------------
CREATE FUNCTION gpu_encode.label_encode(
    source         regclass,
    column_name    text,
    order_by       text[]  DEFAULT NULL,
    null_value     text    DEFAULT NULL,
    handle_missing text    DEFAULT 'value',
    min_frequency  float8  DEFAULT NULL,
    max_categories integer DEFAULT NULL,
    label_sources  regclass[] DEFAULT NULL)
RETURNS TABLE (ordinal bigint, source_table regclass, row_id tid, code integer)
LANGUAGE c STABLE PARALLEL UNSAFE COST 1000000 ROWS 100000
AS 'MODULE_PATHNAME', 'ge_label_encode';

CREATE FUNCTION gpu_encode.target_encode(            -- one column
    source         regclass,
    column_name    text,
    target         text,
    n_folds        integer DEFAULT 5,
    smooth         float8  DEFAULT 0,
    split_method   text    DEFAULT NULL,    -- NULL: 'custom' if fold_column is given, else 'interleaved'
    order_by       text[]  DEFAULT NULL,
    fold_column    text    DEFAULT NULL,
    seed           bigint  DEFAULT 42,
    prior          text    DEFAULT 'global',
    stat           text    DEFAULT 'mean',
    null_value     text    DEFAULT NULL,
    handle_missing text    DEFAULT 'value',
    target_type    text    DEFAULT 'auto',
    pos_label      text    DEFAULT NULL)
RETURNS TABLE (ordinal bigint, source_table regclass, row_id tid, fold integer, encoding double precision)
LANGUAGE c STABLE PARALLEL UNSAFE COST 1000000 ROWS 100000
AS 'MODULE_PATHNAME', 'ge_target_encode';

CREATE FUNCTION gpu_encode.target_encode(            -- several columns as ONE category
    source         regclass,
    column_names   text[],
    target         text,
    n_folds        integer DEFAULT 5,
    smooth         float8  DEFAULT 0,
    split_method   text    DEFAULT NULL,
    order_by       text[]  DEFAULT NULL,
    fold_column    text    DEFAULT NULL,
    seed           bigint  DEFAULT 42,
    prior          text    DEFAULT 'global',
    stat           text    DEFAULT 'mean',
    null_value     text    DEFAULT NULL,
    handle_missing text    DEFAULT 'value',
    target_type    text    DEFAULT 'auto',
    pos_label      text    DEFAULT NULL)
RETURNS TABLE (ordinal bigint, source_table regclass, row_id tid, fold integer, encoding double precision)
LANGUAGE c STABLE PARALLEL UNSAFE COST 1000000 ROWS 100000
AS 'MODULE_PATHNAME', 'ge_target_encode_joint';

-- learn, apply, both -------------------------------------------------------------------------
CREATE FUNCTION gpu_encode.fit(
    encoder             text,                        -- table to create, parsed like a table name
    source              regclass,                    -- the only source of target statistics
    target              text       DEFAULT NULL,
    target_columns      text[]     DEFAULT NULL,     -- each column on its own
    label_columns       text[]     DEFAULT NULL,     -- NULL: every text-like column but target and exclude_columns (name order and fold columns there)
    exclude_columns     text[]     DEFAULT NULL,
    label_sources       regclass[] DEFAULT NULL,     -- more sources for label codes, never for the target
    target_combinations jsonb      DEFAULT NULL,     -- [["a","b"],["a","b","c"]]
    smooth              float8     DEFAULT 0,
    stat                text       DEFAULT 'mean',
    target_type         text       DEFAULT 'auto',
    pos_label           text       DEFAULT NULL,
    null_value          text       DEFAULT NULL,
    handle_missing      text       DEFAULT 'value',
    min_frequency       float8     DEFAULT NULL,
    max_categories      integer    DEFAULT NULL,
    codes_from          regclass   DEFAULT NULL,     -- keep this encoder's codes, append new categories
    column_options      jsonb      DEFAULT NULL,     -- {"education": {"smooth": 20}, "*": {...}}
    logged              boolean    DEFAULT true,
    replace             boolean    DEFAULT false)
RETURNS TABLE (encoder_table regclass, column_name text, kind text, categories bigint,
               rows bigint, missing_rows bigint, prior_value double precision, pos_label_used text)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 30
AS 'MODULE_PATHNAME', 'ge_fit';

CREATE FUNCTION gpu_encode.transform(
    encoder        regclass,
    source         regclass,
    output         text,
    order_by       text[]  DEFAULT NULL,
    handle_unknown text    DEFAULT 'error',          -- 'error' | 'value' | 'null'
    unknown_value  integer DEFAULT NULL,
    label_suffix   text    DEFAULT '',               -- '' replaces in place
    te_suffix      text    DEFAULT '_TE',
    column_options jsonb   DEFAULT NULL,
    logged         boolean DEFAULT true,
    replace        boolean DEFAULT false)
RETURNS TABLE (output_table regclass, part text, rows bigint, columns integer,
               unknown_labels bigint, missing_labels bigint, unseen_targets bigint,
               seconds double precision, backend text, device text)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1
AS 'MODULE_PATHNAME', 'ge_transform';

CREATE FUNCTION gpu_encode.fit_transform(
    encoder             text,                        -- table to create
    source              regclass,
    output              text,
    target              text       DEFAULT NULL,
    target_columns      text[]     DEFAULT NULL,
    label_columns       text[]     DEFAULT NULL,
    exclude_columns     text[]     DEFAULT NULL,
    label_sources       regclass[] DEFAULT NULL,
    target_combinations jsonb      DEFAULT NULL,
    n_folds             integer    DEFAULT 5,
    smooth              float8     DEFAULT 0,
    split_method        text       DEFAULT NULL,
    order_by            text[]     DEFAULT NULL,
    fold_column         text       DEFAULT NULL,
    seed                bigint     DEFAULT 42,
    prior               text       DEFAULT 'global',
    stat                text       DEFAULT 'mean',
    target_type         text       DEFAULT 'auto',
    pos_label           text       DEFAULT NULL,
    null_value          text       DEFAULT NULL,
    handle_missing      text       DEFAULT 'value',
    min_frequency       float8     DEFAULT NULL,
    max_categories      integer    DEFAULT NULL,
    codes_from          regclass   DEFAULT NULL,
    label_suffix        text       DEFAULT '',
    te_suffix           text       DEFAULT '_TE',
    column_options      jsonb      DEFAULT NULL,
    logged              boolean    DEFAULT true,
    replace             boolean    DEFAULT false)
RETURNS TABLE (output_table regclass, part text, rows bigint, columns integer,
               unknown_labels bigint, missing_labels bigint, unseen_targets bigint,
               seconds double precision, backend text, device text)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1
AS 'MODULE_PATHNAME', 'ge_fit_transform';

CREATE FUNCTION gpu_encode.preprocess(
    train                  regclass,
    train_output           text,
    target                 text       DEFAULT NULL,
    target_columns         text[]     DEFAULT NULL,
    validation             regclass   DEFAULT NULL,
    validation_output      text       DEFAULT NULL,
    label_columns          text[]     DEFAULT NULL,
    exclude_columns        text[]     DEFAULT NULL,
    labels_from_validation boolean    DEFAULT true,
    target_combinations    jsonb      DEFAULT NULL,
    n_folds                integer    DEFAULT 5,
    smooth                 float8     DEFAULT 0,
    split_method           text       DEFAULT NULL,
    order_by               text[]     DEFAULT NULL,
    fold_column            text       DEFAULT NULL,
    seed                   bigint     DEFAULT 42,
    prior                  text       DEFAULT 'global',
    stat                   text       DEFAULT 'mean',
    target_type            text       DEFAULT 'auto',
    pos_label              text       DEFAULT NULL,
    null_value             text       DEFAULT NULL,
    handle_missing         text       DEFAULT 'value',
    handle_unknown         text       DEFAULT 'error',
    unknown_value          integer    DEFAULT NULL,
    min_frequency          float8     DEFAULT NULL,
    max_categories         integer    DEFAULT NULL,
    encoder                text       DEFAULT NULL,
    codes_from             regclass   DEFAULT NULL,
    label_suffix           text       DEFAULT '',
    te_suffix              text       DEFAULT '_TE',
    column_options         jsonb      DEFAULT NULL,
    logged                 boolean    DEFAULT true,
    replace                boolean    DEFAULT false)
RETURNS TABLE (output_table regclass, part text, rows bigint, columns integer,
               unknown_labels bigint, missing_labels bigint, unseen_targets bigint,
               seconds double precision, backend text, device text)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 2
AS 'MODULE_PATHNAME', 'ge_preprocess';

-- one value ----------------------------------------------------------------------------------
CREATE FUNCTION gpu_encode.label(encoder regclass, column_name text, value text,
    handle_unknown text DEFAULT 'error', unknown_value integer DEFAULT NULL)
RETURNS integer LANGUAGE c STABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'ge_label';

CREATE FUNCTION gpu_encode.label(encoder regclass, column_name text, value anyelement,
    handle_unknown text DEFAULT 'error', unknown_value integer DEFAULT NULL)
RETURNS integer LANGUAGE c STABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'ge_label_any';

CREATE FUNCTION gpu_encode.target_encoding(encoder regclass, column_name text, value text)
RETURNS double precision LANGUAGE c STABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'ge_target_encoding';

CREATE FUNCTION gpu_encode.target_encoding(encoder regclass, column_name text, value anyelement)
RETURNS double precision LANGUAGE c STABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'ge_target_encoding_any';

CREATE FUNCTION gpu_encode.target_encoding(encoder regclass, column_names text[], "values" text[])
RETURNS double precision LANGUAGE c STABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'ge_target_encoding_joint';

CREATE FUNCTION gpu_encode.inverse_label(encoder regclass, column_name text, code integer)
RETURNS text LANGUAGE c STABLE PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'ge_inverse_label';

-- what runs here -----------------------------------------------------------------------------
-- part in results: 'train' | 'validation' (preprocess), 'output' (transform, fit_transform). fit's kind: 'label' | 'target', a row each.
-- unknown_labels, missing_labels, unseen_targets count cells (rows x columns). device: NULL on the CPU. A text[] value: cast it to text.
CREATE FUNCTION gpu_encode.list_devices() RETURNS TABLE (backend text, device text, name text, compute_capability text,
    memory_bytes bigint, driver text, usable boolean, reason text)
LANGUAGE c VOLATILE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'ge_list_devices';
CREATE VIEW gpu_encode.devices AS SELECT * FROM gpu_encode.list_devices();
CREATE FUNCTION gpu_encode.version() RETURNS text                      -- also says whether CUDA was built in
LANGUAGE c STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_version';
CREATE FUNCTION gpu_encode.last_run() RETURNS TABLE (stage text, rows bigint, bytes bigint, seconds double precision, backend text, detail text)
LANGUAGE c VOLATILE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'ge_last_run';   -- the stages of this session's last call
