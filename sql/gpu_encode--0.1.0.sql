-- gpu_encode 0.1.0
\echo Use "CREATE EXTENSION gpu_encode" to load this file. \quit

-- The owner of a schema that exists already could add functions to it, which others would call.
DO $check$
BEGIN
    IF pg_catalog.to_regnamespace('gpu_encode') IS NOT NULL THEN
        RAISE EXCEPTION 'schema gpu_encode exists already'
            USING ERRCODE = 'duplicate_schema', HINT = 'The extension makes its schema itself: look at what is in this one, drop or rename it.';
    END IF;
END
$check$;
CREATE SCHEMA gpu_encode;
GRANT USAGE ON SCHEMA gpu_encode TO PUBLIC;

-- the planner's estimates for label_encode and target_encode
CREATE FUNCTION gpu_encode.rows_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_rows_support';
CREATE FUNCTION gpu_encode.lookup_support(internal) RETURNS internal
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_lookup_support';

-- one column as rows -------------------------------------------------------------------------
CREATE FUNCTION gpu_encode.label_encode(
    source         regclass,
    column_name    text,
    order_by       text[]     DEFAULT NULL,
    null_value     text       DEFAULT NULL,
    handle_missing text       DEFAULT 'value',                         -- value | null | category | error
    min_frequency  float8     DEFAULT NULL,                            -- rarer values share one category: a count >= 1, or a share of rows < 1
    max_categories integer    DEFAULT NULL,                            -- at most so many, the shared one among them
    label_order    text       DEFAULT 'value',                         -- value | frequency (then by value)
    label_sources  regclass[] DEFAULT NULL)
RETURNS TABLE (ordinal bigint, source_table regclass, row_id tid, code integer)
LANGUAGE c STABLE PARALLEL UNSAFE COST 1000000 ROWS 100000 SUPPORT gpu_encode.rows_support
AS 'MODULE_PATHNAME', 'ge_label_encode';

CREATE FUNCTION gpu_encode.target_encode(
    source         regclass,
    column_name    text,
    target         text,
    n_folds        integer  DEFAULT 5,
    smooth         float8   DEFAULT NULL,
    split_method   text     DEFAULT NULL,
    order_by       text[]   DEFAULT NULL,
    fold_column    text     DEFAULT NULL,
    group_columns  text[]   DEFAULT NULL,
    label_delay    text     DEFAULT NULL,
    seed           bigint   DEFAULT 42,
    prior          text     DEFAULT 'out_of_fold',
    stat           text     DEFAULT 'mean',                            -- one of stats
    weight_column  text     DEFAULT NULL,
    null_value     text     DEFAULT NULL,
    handle_missing text     DEFAULT 'value',                           -- value | null | category | error
    target_type    text     DEFAULT 'auto',
    pos_label      text     DEFAULT NULL)                              -- multiclass: the class that is asked for
RETURNS TABLE (ordinal bigint, source_table regclass, row_id tid, fold integer, encoding double precision)
LANGUAGE c STABLE PARALLEL UNSAFE COST 1000000 ROWS 100000 SUPPORT gpu_encode.rows_support
AS 'MODULE_PATHNAME', 'ge_target_encode';

CREATE FUNCTION gpu_encode.target_encode(
    source         regclass,
    column_names   text[],
    target         text,
    n_folds        integer  DEFAULT 5,
    smooth         float8   DEFAULT NULL,
    split_method   text     DEFAULT NULL,
    order_by       text[]   DEFAULT NULL,
    fold_column    text     DEFAULT NULL,
    group_columns  text[]   DEFAULT NULL,
    label_delay    text     DEFAULT NULL,
    seed           bigint   DEFAULT 42,
    prior          text     DEFAULT 'out_of_fold',
    stat           text     DEFAULT 'mean',                            -- one of stats
    weight_column  text     DEFAULT NULL,
    null_value     text     DEFAULT NULL,
    handle_missing text     DEFAULT 'value',                           -- value | null | category | error
    target_type    text     DEFAULT 'auto',
    pos_label      text     DEFAULT NULL)                              -- multiclass: the class that is asked for
RETURNS TABLE (ordinal bigint, source_table regclass, row_id tid, fold integer, encoding double precision)
LANGUAGE c STABLE PARALLEL UNSAFE COST 1000000 ROWS 100000 SUPPORT gpu_encode.rows_support
AS 'MODULE_PATHNAME', 'ge_target_encode_joint';

-- learn, apply, both -------------------------------------------------------------------------
CREATE FUNCTION gpu_encode.fit(
    encoder             text,                                          -- table to create
    source              regclass,                                      -- the only source of target statistics
    target              text       DEFAULT NULL,                       -- the column to predict; targets for several
    target_columns      text[]     DEFAULT NULL,                       -- encoded each on its own
    label_columns       text[]     DEFAULT NULL,                       -- NULL: every text-like column but target, weight, order, fold, group and exclude_columns
    exclude_columns     text[]     DEFAULT NULL,
    label_sources       regclass[] DEFAULT NULL,                       -- more sources for label codes, never for the target
    target_combinations jsonb      DEFAULT NULL,                       -- [["a","b"],{"name": ["a","b","c"]}]: several columns as ONE category
    targets             text[]     DEFAULT NULL,                       -- several targets, instead of target: outputs are <column>_<target>_TE
    weight_column       text       DEFAULT NULL,                       -- weights of rows in every statistic, finite and >= 0
    stats               text[]     DEFAULT '{mean}',                   -- mean count frequency sum var std min max median qNN woe
    smooth              float8     DEFAULT NULL,                       -- pseudo-count; NULL: from the data, as scikit-learn's auto
    target_type         text       DEFAULT 'auto',                     -- auto | continuous | binary | multiclass
    pos_label           text       DEFAULT NULL,
    null_value          text       DEFAULT NULL,
    handle_missing      text       DEFAULT 'value',                    -- value | null | category | error
    min_frequency       float8     DEFAULT NULL,                       -- rarer values share one category: a count >= 1, or a share of rows < 1
    max_categories      integer    DEFAULT NULL,                       -- at most so many, the shared one among them
    label_order         text       DEFAULT 'value',                    -- value | frequency (then by value)
    codes_from          regclass   DEFAULT NULL,                       -- keep this encoder's codes, append new categories
    column_options      jsonb      DEFAULT NULL,                       -- {"education": {"smooth": 20, "stats": ["mean","count"]}, "*": {...}}
    guards              jsonb      DEFAULT NULL,                       -- {"min_rows": 1000, "max_unknown": 0.01, "max_prior_change": 0.2}
    logged              boolean    DEFAULT true,
    replace             boolean    DEFAULT false)
RETURNS TABLE (encoder_table regclass, column_name text, kind text, categories bigint,
               rows bigint, missing_rows bigint, target text, class text, prior_value double precision,
               pos_label_used text, encoder_id text, checks jsonb)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 30
AS 'MODULE_PATHNAME', 'ge_fit';

CREATE FUNCTION gpu_encode.transform(
    encoder        regclass,
    source         regclass,
    output         text,
    order_by       text[]   DEFAULT NULL,
    handle_unknown text     DEFAULT 'error',                           -- error | value | null | infrequent
    unknown_value  integer  DEFAULT NULL,
    label_suffix   text     DEFAULT '',                                -- '' replaces in place
    te_suffix      text     DEFAULT '_TE',
    encoding_type  text     DEFAULT 'float8',                          -- float8 | float4
    column_options jsonb    DEFAULT NULL,                              -- {"education": {"handle_unknown": "null"}, "*": {...}}
    guards         jsonb    DEFAULT NULL,                              -- {"min_rows": 1000, "max_unknown": 0.01, "max_prior_change": 0.2}
    logged         boolean  DEFAULT true,
    replace        boolean  DEFAULT false)
RETURNS TABLE (output_table regclass, part text, rows bigint, columns integer,
               unknown_labels bigint, missing_labels bigint, unseen_targets bigint,
               seconds double precision, backend text, device text, encoder_id text, checks jsonb)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1
AS 'MODULE_PATHNAME', 'ge_transform';

CREATE FUNCTION gpu_encode.fit_transform(
    encoder             text,                                          -- table to create
    source              regclass,
    output              text,
    target              text       DEFAULT NULL,                       -- the column to predict; targets for several
    target_columns      text[]     DEFAULT NULL,                       -- encoded each on its own
    label_columns       text[]     DEFAULT NULL,                       -- NULL: every text-like column but target, weight, order, fold, group and exclude_columns
    exclude_columns     text[]     DEFAULT NULL,
    label_sources       regclass[] DEFAULT NULL,                       -- more sources for label codes, never for the target
    target_combinations jsonb      DEFAULT NULL,                       -- [["a","b"],{"name": ["a","b","c"]}]: several columns as ONE category
    targets             text[]     DEFAULT NULL,                       -- several targets, instead of target: outputs are <column>_<target>_TE
    weight_column       text       DEFAULT NULL,                       -- weights of rows in every statistic, finite and >= 0
    stats               text[]     DEFAULT '{mean}',                   -- mean count frequency sum var std min max median qNN woe
    smooth              float8     DEFAULT NULL,                       -- pseudo-count; NULL: from the data, as scikit-learn's auto
    target_type         text       DEFAULT 'auto',                     -- auto | continuous | binary | multiclass
    pos_label           text       DEFAULT NULL,
    n_folds             integer    DEFAULT 5,
    split_method        text       DEFAULT NULL,                       -- interleaved contiguous random custom hash stratified ordered; NULL: by what else is given
    order_by            text[]     DEFAULT NULL,
    fold_column         text       DEFAULT NULL,
    group_columns       text[]     DEFAULT NULL,                       -- rows alike in these share a fold (split_method hash)
    label_delay         text       DEFAULT NULL,                       -- split_method ordered: targets are known so much later, in the type of order_by's difference
    seed                bigint     DEFAULT 42,
    prior               text       DEFAULT 'out_of_fold',              -- out_of_fold | global
    null_value          text       DEFAULT NULL,
    handle_missing      text       DEFAULT 'value',                    -- value | null | category | error
    min_frequency       float8     DEFAULT NULL,                       -- rarer values share one category: a count >= 1, or a share of rows < 1
    max_categories      integer    DEFAULT NULL,                       -- at most so many, the shared one among them
    label_order         text       DEFAULT 'value',                    -- value | frequency (then by value)
    codes_from          regclass   DEFAULT NULL,                       -- keep this encoder's codes, append new categories
    label_suffix        text       DEFAULT '',                         -- '' replaces in place
    te_suffix           text       DEFAULT '_TE',
    encoding_type       text       DEFAULT 'float8',                   -- float8 | float4
    column_options      jsonb      DEFAULT NULL,                       -- {"education": {"smooth": 20, "stats": ["mean","count"]}, "*": {...}}
    guards              jsonb      DEFAULT NULL,                       -- {"min_rows": 1000, "max_unknown": 0.01, "max_prior_change": 0.2}
    logged              boolean    DEFAULT true,
    replace             boolean    DEFAULT false)
RETURNS TABLE (output_table regclass, part text, rows bigint, columns integer,
               unknown_labels bigint, missing_labels bigint, unseen_targets bigint,
               seconds double precision, backend text, device text, encoder_id text, checks jsonb)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1
AS 'MODULE_PATHNAME', 'ge_fit_transform';

CREATE FUNCTION gpu_encode.preprocess(
    train                  regclass,
    train_output           text,
    target                 text     DEFAULT NULL,                      -- the column to predict; targets for several
    target_columns         text[]   DEFAULT NULL,                      -- encoded each on its own
    validation             regclass DEFAULT NULL,
    validation_output      text     DEFAULT NULL,
    label_columns          text[]   DEFAULT NULL,                      -- NULL: every text-like column but target, weight, order, fold, group and exclude_columns
    exclude_columns        text[]   DEFAULT NULL,
    labels_from_validation boolean  DEFAULT true,
    target_combinations    jsonb    DEFAULT NULL,                      -- [["a","b"],{"name": ["a","b","c"]}]: several columns as ONE category
    targets                text[]   DEFAULT NULL,                      -- several targets, instead of target: outputs are <column>_<target>_TE
    weight_column          text     DEFAULT NULL,                      -- weights of rows in every statistic, finite and >= 0
    stats                  text[]   DEFAULT '{mean}',                  -- mean count frequency sum var std min max median qNN woe
    smooth                 float8   DEFAULT NULL,                      -- pseudo-count; NULL: from the data, as scikit-learn's auto
    target_type            text     DEFAULT 'auto',                    -- auto | continuous | binary | multiclass
    pos_label              text     DEFAULT NULL,
    n_folds                integer  DEFAULT 5,
    split_method           text     DEFAULT NULL,                      -- interleaved contiguous random custom hash stratified ordered; NULL: by what else is given
    order_by               text[]   DEFAULT NULL,
    fold_column            text     DEFAULT NULL,
    group_columns          text[]   DEFAULT NULL,                      -- rows alike in these share a fold (split_method hash)
    label_delay            text     DEFAULT NULL,                      -- split_method ordered: targets are known so much later, in the type of order_by's difference
    seed                   bigint   DEFAULT 42,
    prior                  text     DEFAULT 'out_of_fold',             -- out_of_fold | global
    null_value             text     DEFAULT NULL,
    handle_missing         text     DEFAULT 'value',                   -- value | null | category | error
    handle_unknown         text     DEFAULT 'error',                   -- error | value | null | infrequent
    unknown_value          integer  DEFAULT NULL,
    min_frequency          float8   DEFAULT NULL,                      -- rarer values share one category: a count >= 1, or a share of rows < 1
    max_categories         integer  DEFAULT NULL,                      -- at most so many, the shared one among them
    label_order            text     DEFAULT 'value',                   -- value | frequency (then by value)
    encoder                text     DEFAULT NULL,
    codes_from             regclass DEFAULT NULL,                      -- keep this encoder's codes, append new categories
    label_suffix           text     DEFAULT '',                        -- '' replaces in place
    te_suffix              text     DEFAULT '_TE',
    encoding_type          text     DEFAULT 'float8',                  -- float8 | float4
    column_options         jsonb    DEFAULT NULL,                      -- {"education": {"smooth": 20, "stats": ["mean","count"]}, "*": {...}}
    guards                 jsonb    DEFAULT NULL,                      -- {"min_rows": 1000, "max_unknown": 0.01, "max_prior_change": 0.2}
    logged                 boolean  DEFAULT true,
    replace                boolean  DEFAULT false)
RETURNS TABLE (output_table regclass, part text, rows bigint, columns integer,
               unknown_labels bigint, missing_labels bigint, unseen_targets bigint,
               seconds double precision, backend text, device text, encoder_id text, checks jsonb)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 2
AS 'MODULE_PATHNAME', 'ge_preprocess';

-- an encoder over time ------------------------------------------------------------------------
CREATE FUNCTION gpu_encode.partial_fit(
    encoder regclass,
    source  regclass,
    remove  boolean  DEFAULT false,
    guards  jsonb    DEFAULT NULL)
RETURNS TABLE (encoder_table regclass, column_name text, kind text, categories bigint,
               rows bigint, missing_rows bigint, target text, class text, prior_value double precision,
               pos_label_used text, encoder_id text, checks jsonb)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 30
AS 'MODULE_PATHNAME', 'ge_partial_fit';

CREATE FUNCTION gpu_encode.merge_encoders(
    encoder    text,
    encoders   regclass[],
    codes_from regclass   DEFAULT NULL,
    logged     boolean    DEFAULT true,
    replace    boolean    DEFAULT false)
RETURNS TABLE (encoder_table regclass, column_name text, kind text, categories bigint,
               rows bigint, missing_rows bigint, target text, class text, prior_value double precision,
               pos_label_used text, encoder_id text, checks jsonb)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 30
AS 'MODULE_PATHNAME', 'ge_merge_encoders';

CREATE FUNCTION gpu_encode.compare_encoders(
    before regclass,
    after  regclass)
RETURNS TABLE (column_name text, target text, class text, categories_before bigint, categories_after bigint,
               new_categories bigint, vanished_categories bigint, new_share double precision, vanished_share double precision,
               psi double precision, prior_before double precision, prior_after double precision,
               largest_shift double precision, largest_shift_value text)
LANGUAGE c STABLE PARALLEL UNSAFE COST 10000 ROWS 100
AS 'MODULE_PATHNAME', 'ge_compare_encoders';

-- how well each column predicts the target, out of fold
CREATE FUNCTION gpu_encode.screen_columns(
    source         regclass,
    target         text,
    columns        text[]   DEFAULT NULL,                              -- NULL: as label_columns of fit, numbers with few values too
    n_folds        integer  DEFAULT 5,
    smooth         float8   DEFAULT NULL,
    split_method   text     DEFAULT NULL,
    order_by       text[]   DEFAULT NULL,
    fold_column    text     DEFAULT NULL,
    group_columns  text[]   DEFAULT NULL,
    seed           bigint   DEFAULT 42,
    null_value     text     DEFAULT NULL,
    handle_missing text     DEFAULT 'value',                           -- value | null | category | error
    target_type    text     DEFAULT 'auto',
    pos_label      text     DEFAULT NULL)
RETURNS TABLE (column_name text, categories bigint, missing_share double precision, largest_share double precision, singletons_share double precision,
               information_value double precision, r2_out_of_fold double precision, r2_full double precision)
LANGUAGE c STABLE PARALLEL UNSAFE COST 1000000 ROWS 100
AS 'MODULE_PATHNAME', 'ge_screen_columns';

-- statistics as values: exact, so that order, workers, servers and merging change no bit -------
CREATE TYPE gpu_encode.moments;
CREATE FUNCTION gpu_encode.moments_in(cstring) RETURNS gpu_encode.moments
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_in';
CREATE FUNCTION gpu_encode.moments_out(gpu_encode.moments) RETURNS cstring
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_out';
CREATE FUNCTION gpu_encode.moments_recv(internal) RETURNS gpu_encode.moments
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_recv';
CREATE FUNCTION gpu_encode.moments_send(gpu_encode.moments) RETURNS bytea
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_send';
CREATE TYPE gpu_encode.moments (INPUT = gpu_encode.moments_in, OUTPUT = gpu_encode.moments_out,
    RECEIVE = gpu_encode.moments_recv, SEND = gpu_encode.moments_send, STORAGE = extended);

CREATE FUNCTION gpu_encode.moments_lt(gpu_encode.moments, gpu_encode.moments) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_lt';
CREATE FUNCTION gpu_encode.moments_le(gpu_encode.moments, gpu_encode.moments) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_le';
CREATE FUNCTION gpu_encode.moments_eq(gpu_encode.moments, gpu_encode.moments) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_eq';
CREATE FUNCTION gpu_encode.moments_ne(gpu_encode.moments, gpu_encode.moments) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_ne';
CREATE FUNCTION gpu_encode.moments_ge(gpu_encode.moments, gpu_encode.moments) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_ge';
CREATE FUNCTION gpu_encode.moments_gt(gpu_encode.moments, gpu_encode.moments) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_gt';
CREATE FUNCTION gpu_encode.moments_cmp(gpu_encode.moments, gpu_encode.moments) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_cmp';
CREATE FUNCTION gpu_encode.moments_hash(gpu_encode.moments) RETURNS integer
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_hash';
CREATE FUNCTION gpu_encode.moments_hash_extended(gpu_encode.moments, bigint) RETURNS bigint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_hash_extended';

CREATE OPERATOR gpu_encode.< (FUNCTION = gpu_encode.moments_lt, LEFTARG = gpu_encode.moments, RIGHTARG = gpu_encode.moments,
    COMMUTATOR = OPERATOR(gpu_encode.>), NEGATOR = OPERATOR(gpu_encode.>=), RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
CREATE OPERATOR gpu_encode.<= (FUNCTION = gpu_encode.moments_le, LEFTARG = gpu_encode.moments, RIGHTARG = gpu_encode.moments,
    COMMUTATOR = OPERATOR(gpu_encode.>=), NEGATOR = OPERATOR(gpu_encode.>), RESTRICT = scalarlesel, JOIN = scalarlejoinsel);
CREATE OPERATOR gpu_encode.= (FUNCTION = gpu_encode.moments_eq, LEFTARG = gpu_encode.moments, RIGHTARG = gpu_encode.moments,
    COMMUTATOR = OPERATOR(gpu_encode.=), NEGATOR = OPERATOR(gpu_encode.<>), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
CREATE OPERATOR gpu_encode.<> (FUNCTION = gpu_encode.moments_ne, LEFTARG = gpu_encode.moments, RIGHTARG = gpu_encode.moments,
    COMMUTATOR = OPERATOR(gpu_encode.<>), NEGATOR = OPERATOR(gpu_encode.=), RESTRICT = neqsel, JOIN = neqjoinsel);
CREATE OPERATOR gpu_encode.>= (FUNCTION = gpu_encode.moments_ge, LEFTARG = gpu_encode.moments, RIGHTARG = gpu_encode.moments,
    COMMUTATOR = OPERATOR(gpu_encode.<=), NEGATOR = OPERATOR(gpu_encode.<), RESTRICT = scalargesel, JOIN = scalargejoinsel);
CREATE OPERATOR gpu_encode.> (FUNCTION = gpu_encode.moments_gt, LEFTARG = gpu_encode.moments, RIGHTARG = gpu_encode.moments,
    COMMUTATOR = OPERATOR(gpu_encode.<), NEGATOR = OPERATOR(gpu_encode.<=), RESTRICT = scalargtsel, JOIN = scalargtjoinsel);
CREATE OPERATOR CLASS gpu_encode.moments_ops DEFAULT FOR TYPE gpu_encode.moments USING btree AS
    OPERATOR 1 gpu_encode.<, OPERATOR 2 gpu_encode.<=, OPERATOR 3 gpu_encode.=, OPERATOR 4 gpu_encode.>=, OPERATOR 5 gpu_encode.>,
    FUNCTION 1 gpu_encode.moments_cmp(gpu_encode.moments, gpu_encode.moments);
CREATE OPERATOR CLASS gpu_encode.moments_hash_ops DEFAULT FOR TYPE gpu_encode.moments USING hash AS
    OPERATOR 1 gpu_encode.=, FUNCTION 1 gpu_encode.moments_hash(gpu_encode.moments),
    FUNCTION 2 gpu_encode.moments_hash_extended(gpu_encode.moments, bigint);

-- the aggregates: their states are values of type moments, or internal in window frames that move
CREATE FUNCTION gpu_encode.moments_add(gpu_encode.moments, float8) RETURNS gpu_encode.moments
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_add_float8';
CREATE FUNCTION gpu_encode.moments_enter(internal, float8) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_enter_float8';
CREATE FUNCTION gpu_encode.moments_leave(internal, float8) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_leave_float8';
CREATE FUNCTION gpu_encode.moments_add(gpu_encode.moments, float8, float8) RETURNS gpu_encode.moments
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_add_weighted_float8';
CREATE FUNCTION gpu_encode.moments_enter(internal, float8, float8) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_enter_weighted_float8';
CREATE FUNCTION gpu_encode.moments_leave(internal, float8, float8) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_leave_weighted_float8';
CREATE FUNCTION gpu_encode.moments_add(gpu_encode.moments, bigint) RETURNS gpu_encode.moments
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_add_int8';
CREATE FUNCTION gpu_encode.moments_enter(internal, bigint) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_enter_int8';
CREATE FUNCTION gpu_encode.moments_leave(internal, bigint) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_leave_int8';
CREATE FUNCTION gpu_encode.moments_add(gpu_encode.moments, bigint, float8) RETURNS gpu_encode.moments
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_add_weighted_int8';
CREATE FUNCTION gpu_encode.moments_enter(internal, bigint, float8) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_enter_weighted_int8';
CREATE FUNCTION gpu_encode.moments_leave(internal, bigint, float8) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_leave_weighted_int8';
CREATE FUNCTION gpu_encode.moments_add(gpu_encode.moments, boolean) RETURNS gpu_encode.moments
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_add_bool';
CREATE FUNCTION gpu_encode.moments_enter(internal, boolean) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_enter_bool';
CREATE FUNCTION gpu_encode.moments_leave(internal, boolean) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_leave_bool';
CREATE FUNCTION gpu_encode.moments_add(gpu_encode.moments, boolean, float8) RETURNS gpu_encode.moments
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_add_weighted_bool';
CREATE FUNCTION gpu_encode.moments_enter(internal, boolean, float8) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_enter_weighted_bool';
CREATE FUNCTION gpu_encode.moments_leave(internal, boolean, float8) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_leave_weighted_bool';
CREATE FUNCTION gpu_encode.moments_combine(gpu_encode.moments, gpu_encode.moments) RETURNS gpu_encode.moments
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_combine';
CREATE FUNCTION gpu_encode.moments_final(gpu_encode.moments) RETURNS gpu_encode.moments
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_final';
CREATE FUNCTION gpu_encode.moments_frame_final(internal) RETURNS gpu_encode.moments
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_frame_final';
CREATE FUNCTION gpu_encode.exact_sum_add(gpu_encode.moments, float8) RETURNS gpu_encode.moments
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_exact_sum_add';
CREATE FUNCTION gpu_encode.exact_sum_enter(internal, float8) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_enter_exact_sum';
CREATE FUNCTION gpu_encode.exact_sum_leave(internal, float8) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_leave_exact_sum';
CREATE FUNCTION gpu_encode.exact_sum_final(gpu_encode.moments) RETURNS float8
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_exact_sum_final';
CREATE FUNCTION gpu_encode.exact_sum_frame_final(internal) RETURNS float8
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_exact_sum_frame_final';
CREATE FUNCTION gpu_encode.exact_avg_final(gpu_encode.moments) RETURNS float8
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_exact_avg_final';
CREATE FUNCTION gpu_encode.exact_avg_frame_final(internal) RETURNS float8
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_exact_avg_frame_final';
CREATE AGGREGATE gpu_encode.moments(float8) (SFUNC = gpu_encode.moments_add, STYPE = gpu_encode.moments, SSPACE = 80, FINALFUNC = gpu_encode.moments_final,
    COMBINEFUNC = gpu_encode.moments_combine, PARALLEL = SAFE,
    MSFUNC = gpu_encode.moments_enter, MINVFUNC = gpu_encode.moments_leave, MSTYPE = internal, MSSPACE = 512, MFINALFUNC = gpu_encode.moments_frame_final);
CREATE AGGREGATE gpu_encode.moments(float8, float8) (SFUNC = gpu_encode.moments_add, STYPE = gpu_encode.moments, SSPACE = 80, FINALFUNC = gpu_encode.moments_final,
    COMBINEFUNC = gpu_encode.moments_combine, PARALLEL = SAFE,
    MSFUNC = gpu_encode.moments_enter, MINVFUNC = gpu_encode.moments_leave, MSTYPE = internal, MSSPACE = 512, MFINALFUNC = gpu_encode.moments_frame_final);
CREATE AGGREGATE gpu_encode.moments(bigint) (SFUNC = gpu_encode.moments_add, STYPE = gpu_encode.moments, SSPACE = 80, FINALFUNC = gpu_encode.moments_final,
    COMBINEFUNC = gpu_encode.moments_combine, PARALLEL = SAFE,
    MSFUNC = gpu_encode.moments_enter, MINVFUNC = gpu_encode.moments_leave, MSTYPE = internal, MSSPACE = 512, MFINALFUNC = gpu_encode.moments_frame_final);
CREATE AGGREGATE gpu_encode.moments(bigint, float8) (SFUNC = gpu_encode.moments_add, STYPE = gpu_encode.moments, SSPACE = 80, FINALFUNC = gpu_encode.moments_final,
    COMBINEFUNC = gpu_encode.moments_combine, PARALLEL = SAFE,
    MSFUNC = gpu_encode.moments_enter, MINVFUNC = gpu_encode.moments_leave, MSTYPE = internal, MSSPACE = 512, MFINALFUNC = gpu_encode.moments_frame_final);
CREATE AGGREGATE gpu_encode.moments(boolean) (SFUNC = gpu_encode.moments_add, STYPE = gpu_encode.moments, SSPACE = 80, FINALFUNC = gpu_encode.moments_final,
    COMBINEFUNC = gpu_encode.moments_combine, PARALLEL = SAFE,
    MSFUNC = gpu_encode.moments_enter, MINVFUNC = gpu_encode.moments_leave, MSTYPE = internal, MSSPACE = 512, MFINALFUNC = gpu_encode.moments_frame_final);
CREATE AGGREGATE gpu_encode.moments(boolean, float8) (SFUNC = gpu_encode.moments_add, STYPE = gpu_encode.moments, SSPACE = 80, FINALFUNC = gpu_encode.moments_final,
    COMBINEFUNC = gpu_encode.moments_combine, PARALLEL = SAFE,
    MSFUNC = gpu_encode.moments_enter, MINVFUNC = gpu_encode.moments_leave, MSTYPE = internal, MSSPACE = 512, MFINALFUNC = gpu_encode.moments_frame_final);
CREATE AGGREGATE gpu_encode.merge(gpu_encode.moments) (SFUNC = gpu_encode.moments_combine, STYPE = gpu_encode.moments, SSPACE = 80, FINALFUNC = gpu_encode.moments_final,
    COMBINEFUNC = gpu_encode.moments_combine, PARALLEL = SAFE);
CREATE AGGREGATE gpu_encode.exact_sum(float8) (SFUNC = gpu_encode.exact_sum_add, STYPE = gpu_encode.moments, SSPACE = 80, FINALFUNC = gpu_encode.exact_sum_final,
    COMBINEFUNC = gpu_encode.moments_combine, PARALLEL = SAFE,
    MSFUNC = gpu_encode.exact_sum_enter, MINVFUNC = gpu_encode.exact_sum_leave, MSTYPE = internal, MSSPACE = 512, MFINALFUNC = gpu_encode.exact_sum_frame_final);
CREATE AGGREGATE gpu_encode.exact_avg(float8) (SFUNC = gpu_encode.exact_sum_add, STYPE = gpu_encode.moments, SSPACE = 80, FINALFUNC = gpu_encode.exact_avg_final,
    COMBINEFUNC = gpu_encode.moments_combine, PARALLEL = SAFE,
    MSFUNC = gpu_encode.exact_sum_enter, MINVFUNC = gpu_encode.exact_sum_leave, MSTYPE = internal, MSSPACE = 512, MFINALFUNC = gpu_encode.exact_avg_frame_final);

CREATE FUNCTION gpu_encode.moments_plus(gpu_encode.moments, gpu_encode.moments) RETURNS gpu_encode.moments
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_plus';
CREATE FUNCTION gpu_encode.moments_minus(gpu_encode.moments, gpu_encode.moments) RETURNS gpu_encode.moments
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_minus';
CREATE OPERATOR gpu_encode.+ (FUNCTION = gpu_encode.moments_plus, LEFTARG = gpu_encode.moments, RIGHTARG = gpu_encode.moments, COMMUTATOR = OPERATOR(gpu_encode.+));
CREATE OPERATOR gpu_encode.- (FUNCTION = gpu_encode.moments_minus, LEFTARG = gpu_encode.moments, RIGHTARG = gpu_encode.moments);

CREATE FUNCTION gpu_encode.n_rows(gpu_encode.moments) RETURNS bigint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_n_rows';
CREATE FUNCTION gpu_encode.n_target(gpu_encode.moments) RETURNS bigint
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_n_target';
CREATE FUNCTION gpu_encode.total_weight(gpu_encode.moments) RETURNS float8
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_total_weight';
CREATE FUNCTION gpu_encode.sum(gpu_encode.moments) RETURNS float8
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_sum';
CREATE FUNCTION gpu_encode.mean(gpu_encode.moments) RETURNS float8
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_mean';
CREATE FUNCTION gpu_encode.var_pop(gpu_encode.moments) RETURNS float8
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_var_pop';
CREATE FUNCTION gpu_encode.stddev_pop(gpu_encode.moments) RETURNS float8
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_stddev_pop';
CREATE FUNCTION gpu_encode.min_value(gpu_encode.moments) RETURNS float8
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_min_value';
CREATE FUNCTION gpu_encode.max_value(gpu_encode.moments) RETURNS float8
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_max_value';
CREATE FUNCTION gpu_encode.encoding(m gpu_encode.moments, prior gpu_encode.moments, smooth float8 DEFAULT NULL) RETURNS float8
LANGUAGE c IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_moments_encoding';

COMMENT ON TYPE gpu_encode.moments IS 'Exact statistics of a target over some rows: rows, rows with a target, sum of weights, sum, sum of squares, least, greatest. Equal rows give equal values, in any order of adding and merging. The last three may be unknown.';
COMMENT ON FUNCTION gpu_encode.moments_in(cstring) IS 'Reads rows=3 targets=2 sum=1 squares=1 least=0 greatest=1, with weight=W after the targets if the weights are not 1 each. Sums are whole numbers, or 0xHEXpEXPONENT, exactly. Errors: 22P02 for anything else, and for figures that no rows have.';
COMMENT ON FUNCTION gpu_encode.moments_out(gpu_encode.moments) IS 'The canonical text, whatever the settings.';
COMMENT ON FUNCTION gpu_encode.moments_recv(internal) IS 'Reads the canonical bytes, of which the first is the version. Errors: 22P03 for any others.';
COMMENT ON FUNCTION gpu_encode.moments_send(gpu_encode.moments) IS 'The canonical bytes.';
COMMENT ON FUNCTION gpu_encode.moments_lt(gpu_encode.moments, gpu_encode.moments) IS 'Comparison by the canonical bytes: an order without a meaning.';
COMMENT ON FUNCTION gpu_encode.moments_le(gpu_encode.moments, gpu_encode.moments) IS 'Comparison by the canonical bytes: an order without a meaning.';
COMMENT ON FUNCTION gpu_encode.moments_eq(gpu_encode.moments, gpu_encode.moments) IS 'Whether all figures are equal, and the same ones are unknown.';
COMMENT ON FUNCTION gpu_encode.moments_ne(gpu_encode.moments, gpu_encode.moments) IS 'Whether a figure differs, or is unknown in one of the two.';
COMMENT ON FUNCTION gpu_encode.moments_ge(gpu_encode.moments, gpu_encode.moments) IS 'Comparison by the canonical bytes: an order without a meaning.';
COMMENT ON FUNCTION gpu_encode.moments_gt(gpu_encode.moments, gpu_encode.moments) IS 'Comparison by the canonical bytes: an order without a meaning.';
COMMENT ON FUNCTION gpu_encode.moments_cmp(gpu_encode.moments, gpu_encode.moments) IS 'Comparison by the canonical bytes: an order without a meaning.';
COMMENT ON FUNCTION gpu_encode.moments_hash(gpu_encode.moments) IS 'A hash of the canonical bytes.';
COMMENT ON FUNCTION gpu_encode.moments_hash_extended(gpu_encode.moments, bigint) IS 'A hash of the canonical bytes, with a seed.';
COMMENT ON FUNCTION gpu_encode.moments_add(gpu_encode.moments, float8) IS 'Transition of the aggregate moments.';
COMMENT ON FUNCTION gpu_encode.moments_enter(internal, float8) IS 'A row enters a window frame.';
COMMENT ON FUNCTION gpu_encode.moments_leave(internal, float8) IS 'A row leaves a window frame.';
COMMENT ON FUNCTION gpu_encode.moments_add(gpu_encode.moments, float8, float8) IS 'Transition of the aggregate moments.';
COMMENT ON FUNCTION gpu_encode.moments_enter(internal, float8, float8) IS 'A row enters a window frame.';
COMMENT ON FUNCTION gpu_encode.moments_leave(internal, float8, float8) IS 'A row leaves a window frame.';
COMMENT ON FUNCTION gpu_encode.moments_add(gpu_encode.moments, bigint) IS 'Transition of the aggregate moments.';
COMMENT ON FUNCTION gpu_encode.moments_enter(internal, bigint) IS 'A row enters a window frame.';
COMMENT ON FUNCTION gpu_encode.moments_leave(internal, bigint) IS 'A row leaves a window frame.';
COMMENT ON FUNCTION gpu_encode.moments_add(gpu_encode.moments, bigint, float8) IS 'Transition of the aggregate moments.';
COMMENT ON FUNCTION gpu_encode.moments_enter(internal, bigint, float8) IS 'A row enters a window frame.';
COMMENT ON FUNCTION gpu_encode.moments_leave(internal, bigint, float8) IS 'A row leaves a window frame.';
COMMENT ON FUNCTION gpu_encode.moments_add(gpu_encode.moments, boolean) IS 'Transition of the aggregate moments.';
COMMENT ON FUNCTION gpu_encode.moments_enter(internal, boolean) IS 'A row enters a window frame.';
COMMENT ON FUNCTION gpu_encode.moments_leave(internal, boolean) IS 'A row leaves a window frame.';
COMMENT ON FUNCTION gpu_encode.moments_add(gpu_encode.moments, boolean, float8) IS 'Transition of the aggregate moments.';
COMMENT ON FUNCTION gpu_encode.moments_enter(internal, boolean, float8) IS 'A row enters a window frame.';
COMMENT ON FUNCTION gpu_encode.moments_leave(internal, boolean, float8) IS 'A row leaves a window frame.';
COMMENT ON FUNCTION gpu_encode.moments_combine(gpu_encode.moments, gpu_encode.moments) IS 'Transition of the aggregate merge, and of all states of parallel plans.';
COMMENT ON FUNCTION gpu_encode.moments_final(gpu_encode.moments) IS 'The canonical value of a state.';
COMMENT ON FUNCTION gpu_encode.moments_frame_final(internal) IS 'The moments of a window frame.';
COMMENT ON FUNCTION gpu_encode.exact_sum_add(gpu_encode.moments, float8) IS 'Transition of exact_sum and exact_avg.';
COMMENT ON FUNCTION gpu_encode.exact_sum_enter(internal, float8) IS 'A row enters a window frame.';
COMMENT ON FUNCTION gpu_encode.exact_sum_leave(internal, float8) IS 'A row leaves a window frame.';
COMMENT ON FUNCTION gpu_encode.exact_sum_final(gpu_encode.moments) IS 'The result of exact_sum.';
COMMENT ON FUNCTION gpu_encode.exact_sum_frame_final(internal) IS 'The result of exact_sum over a window frame.';
COMMENT ON FUNCTION gpu_encode.exact_avg_final(gpu_encode.moments) IS 'The result of exact_avg.';
COMMENT ON FUNCTION gpu_encode.exact_avg_frame_final(internal) IS 'The result of exact_avg over a window frame.';
COMMENT ON AGGREGATE gpu_encode.moments(float8) IS 'The exact statistics of a target: counts, sum, sum of squares, least, greatest. A NULL is a row without a target. NULL if there are no rows. Errors: 22023 for NaN and infinities.';
COMMENT ON AGGREGATE gpu_encode.moments(float8, float8) IS 'The same with a weight for each row, finite and 0 or more: sums are of w, w*y and w*y*y; least and greatest leave out rows of weight 0. Errors: 22004 for a weight that is NULL, 22023 for any other bad number.';
COMMENT ON AGGREGATE gpu_encode.moments(bigint) IS 'The exact statistics of a target: counts, sum, sum of squares, least, greatest. A NULL is a row without a target. NULL if there are no rows.';
COMMENT ON AGGREGATE gpu_encode.moments(bigint, float8) IS 'The same with a weight for each row, finite and 0 or more: sums are of w, w*y and w*y*y; least and greatest leave out rows of weight 0. Errors: 22004 for a weight that is NULL, 22023 for any other bad number.';
COMMENT ON AGGREGATE gpu_encode.moments(boolean) IS 'The exact statistics of a target: counts, sum, sum of squares, least, greatest. A NULL is a row without a target. NULL if there are no rows.';
COMMENT ON AGGREGATE gpu_encode.moments(boolean, float8) IS 'The same with a weight for each row, finite and 0 or more: sums are of w, w*y and w*y*y; least and greatest leave out rows of weight 0. Errors: 22004 for a weight that is NULL, 22023 for any other bad number.';
COMMENT ON AGGREGATE gpu_encode.merge(gpu_encode.moments) IS 'The moments of all rows together. Least, greatest or squares are unknown if one of the values lacks them.';
COMMENT ON AGGREGATE gpu_encode.exact_sum(float8) IS 'The double nearest to the exact sum: it does not depend on the order of rows. NULL if there is no number. Errors: 22023 for NaN and infinities, 22003 if the sum is out of range.';
COMMENT ON AGGREGATE gpu_encode.exact_avg(float8) IS 'The double nearest to the exact mean: it does not depend on the order of rows. NULL if there is no number. Errors: 22023 for NaN and infinities.';
COMMENT ON FUNCTION gpu_encode.moments_plus(gpu_encode.moments, gpu_encode.moments) IS 'The moments of the rows of both.';
COMMENT ON FUNCTION gpu_encode.moments_minus(gpu_encode.moments, gpu_encode.moments) IS 'The moments of the rows on the left without those on the right. Least and greatest are unknown then, unless those on the right lie strictly inside. Errors: 22023 if the figures show that the right ones are no part of the left ones.';
COMMENT ON FUNCTION gpu_encode.n_rows(gpu_encode.moments) IS 'Rows, with a target or without.';
COMMENT ON FUNCTION gpu_encode.n_target(gpu_encode.moments) IS 'Rows with a target.';
COMMENT ON FUNCTION gpu_encode.total_weight(gpu_encode.moments) IS 'The double nearest to the sum of the weights of the rows with a target: their number, if rows have no weights.';
COMMENT ON FUNCTION gpu_encode.sum(gpu_encode.moments) IS 'The double nearest to the exact sum of the targets, or of weight*target; NULL if there is none. Errors: 22003 if it is out of range.';
COMMENT ON FUNCTION gpu_encode.mean(gpu_encode.moments) IS 'RN(RN(sum) / RN(weight)), RN the nearest double: the prior of target encodings. NULL if there is no target.';
COMMENT ON FUNCTION gpu_encode.var_pop(gpu_encode.moments) IS 'The variance by n, from exact squared deviations. NULL if there is no target, or the squares are unknown.';
COMMENT ON FUNCTION gpu_encode.stddev_pop(gpu_encode.moments) IS 'The root of the variance. NULL if there is no target, or the squares are unknown.';
COMMENT ON FUNCTION gpu_encode.min_value(gpu_encode.moments) IS 'The least target of a row with a weight above 0; NULL if there is none, or it is unknown after a subtraction.';
COMMENT ON FUNCTION gpu_encode.max_value(gpu_encode.moments) IS 'The greatest target of a row with a weight above 0; NULL if there is none, or it is unknown after a subtraction.';
COMMENT ON FUNCTION gpu_encode.encoding(gpu_encode.moments, gpu_encode.moments, float8) IS 'The target encoding that rows get, to the bit as target_encode gives it: (S + smooth*M) / (N + smooth) with S and N the sum and the number, or weight, of m, M the mean of prior; M if m has no target. NULL if prior has none. Errors: 22003 beyond double precision, 22023 if sums of squares are unknown and smooth is NULL.
m: moments of the rows that a row learns from: those of its category in the other folds; NULL: none.
prior: moments of the rows that the prior is the mean of: all rows, or those of the other folds.
smooth: weight of the prior in rows, finite and >= 0; NULL: from the variances of both, as scikit-learn''s auto.';

-- what a category is told apart by, and the fold of split_method hash
CREATE FUNCTION gpu_encode.category_text(value anyelement) RETURNS text
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'ge_category_text';
CREATE FUNCTION gpu_encode.category_text(value anyelement, null_value text) RETURNS text
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'ge_category_text';
CREATE FUNCTION gpu_encode.fold_of(n_folds integer, seed bigint, VARIADIC keys "any") RETURNS integer
LANGUAGE c IMMUTABLE PARALLEL SAFE COST 20 AS 'MODULE_PATHNAME', 'ge_fold_of';
COMMENT ON FUNCTION gpu_encode.category_text(anyelement) IS 'The canonical text of a value, by which categories are told apart: char(n) without padding, numeric without trailing zeros, -0 as 0, times in UTC, intervals as justify_interval() prints them, whatever the settings. NULL for NULL. Errors: 0A000 for types other than text, varchar, char(n), name, enums, numbers, boolean, date, timestamps, interval, uuid and bytea.';
COMMENT ON FUNCTION gpu_encode.category_text(anyelement, text) IS 'The same, with a text that NULL stands for. Errors: 22023 if the type is not text, varchar, char(n), name or an enum.
null_value: the text that a NULL gives; NULL: none.';
COMMENT ON FUNCTION gpu_encode.fold_of(integer, bigint, "any") IS 'The fold of split_method hash, 0..n_folds-1: floor(h * n_folds / 2^64), h the XXH64 with seed of the canonical texts of the keys, each after its length in 8 bytes, lowest first (of NULL 2^64-1). The fold depends on nothing else: rows with equal keys share a fold, everywhere. Errors: 0A000 for types without a canonical text (category_text).
n_folds: number of folds, at least 2.
seed: seed of the hash; any bigint.
keys: one value or more, of the columns that rows share a fold by, in their order.';

-- one value ----------------------------------------------------------------------------------
CREATE FUNCTION gpu_encode.label(encoder regclass, column_name text, value text,
    handle_unknown text DEFAULT 'error', unknown_value integer DEFAULT NULL)
RETURNS integer LANGUAGE c STABLE PARALLEL SAFE COST 10 SUPPORT gpu_encode.lookup_support
AS 'MODULE_PATHNAME', 'ge_label';

CREATE FUNCTION gpu_encode.label(encoder regclass, column_name text, value anyelement,
    handle_unknown text DEFAULT 'error', unknown_value integer DEFAULT NULL)
RETURNS integer LANGUAGE c STABLE PARALLEL SAFE COST 10 SUPPORT gpu_encode.lookup_support
AS 'MODULE_PATHNAME', 'ge_label_any';

CREATE FUNCTION gpu_encode.target_encoding(encoder regclass, column_name text, value text,
    stat text DEFAULT 'mean', target text DEFAULT NULL, class text DEFAULT NULL)
RETURNS double precision LANGUAGE c STABLE PARALLEL SAFE COST 10 SUPPORT gpu_encode.lookup_support
AS 'MODULE_PATHNAME', 'ge_target_encoding';

CREATE FUNCTION gpu_encode.target_encoding(encoder regclass, column_name text, value anyelement,
    stat text DEFAULT 'mean', target text DEFAULT NULL, class text DEFAULT NULL)
RETURNS double precision LANGUAGE c STABLE PARALLEL SAFE COST 10 SUPPORT gpu_encode.lookup_support
AS 'MODULE_PATHNAME', 'ge_target_encoding_any';

CREATE FUNCTION gpu_encode.target_encoding(encoder regclass, column_names text[], "values" text[],
    stat text DEFAULT 'mean', target text DEFAULT NULL, class text DEFAULT NULL)
RETURNS double precision LANGUAGE c STABLE PARALLEL SAFE COST 10 SUPPORT gpu_encode.lookup_support
AS 'MODULE_PATHNAME', 'ge_target_encoding_joint';

CREATE FUNCTION gpu_encode.inverse_label(encoder regclass, column_name text, code integer)
RETURNS text LANGUAGE c STABLE PARALLEL SAFE COST 10 SUPPORT gpu_encode.lookup_support
AS 'MODULE_PATHNAME', 'ge_inverse_label';

-- encoders for other programs -----------------------------------------------------------------
CREATE FUNCTION gpu_encode.export_encoder(
    encoder regclass,
    format  text     DEFAULT 'json')                                   -- json | sql (an expression a column) | onnx (base64)
RETURNS text
LANGUAGE c STABLE PARALLEL UNSAFE COST 100000
AS 'MODULE_PATHNAME', 'ge_export_encoder';

-- one self-contained HTML page
CREATE FUNCTION gpu_encode.report(
    encoder      regclass,
    output_table regclass DEFAULT NULL)
RETURNS text
LANGUAGE c STABLE PARALLEL UNSAFE COST 1000000
AS 'MODULE_PATHNAME', 'ge_report';

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
LANGUAGE c VOLATILE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'ge_last_run';   -- the stages of the user's last call in this session

-- comments ----------------------------------------------------------------------------------
COMMENT ON SCHEMA gpu_encode IS 'label codes and out-of-fold target encodings';
COMMENT ON FUNCTION gpu_encode.label_encode(regclass, text, text[], text, text, float8, integer, text, regclass[]) IS 'Label codes of one column, a row for each row of the source in ordinal order: the place of its value among the distinct values in sorted order, 0..C-1. Returns ordinal (0-based place of the row), source_table and row_id (tableoid and ctid, NULL if rows have none) and code. Errors: 42703 no such column, 42501 no SELECT on it, 22004 a NULL under handle_missing => ''error''.
source: table, partitioned table, view, materialized view or foreign table to read.
column_name: the column, named exactly.
order_by: columns that put the rows in order (ascending, NULLs last, text bytewise); NULL: physical order. Ties are an error.
null_value: text that NULL stands for in text-like columns; NULL: none.
handle_missing: the result for other NULLs: ''value'' (code NULL, encoding = prior), ''null'' (both NULL), ''category'' (a category of its own, coded last) or ''error''.
min_frequency: values with fewer rows of the fitted source share one category, ''infrequent'': a whole number of rows, 1 or more, or a share of the rows below 1; NULL: none do.
max_categories: the most categories, ''infrequent'' among them: those with the most rows stay, the others share it; NULL: no limit.
label_order: ''value'': codes in the order of the values; ''frequency'': more rows of the fitted source first, then in the order of the values.
label_sources: more relations whose values get label codes; never for the target.';
COMMENT ON FUNCTION gpu_encode.target_encode(regclass, text, text, integer, float8, text, text[], text, text[], text, bigint, text, text, text, text, text, text, text) IS 'Out-of-fold smoothed target encoding of one column, a row for each row of the source in ordinal order: (S + smooth*M) / (N + smooth) with S and N the sum and count of the target over the rows of the same category in the other folds, M the prior; M if N is 0 (Micci-Barreca 2001, as cuML computes it). Sums are exact, so results are the same to the bit on every backend. Returns ordinal, source_table, row_id, fold (NULL with split_method ''ordered'') and encoding. Errors: 22003 sums beyond double precision, 22023 a target that is NaN or infinite.
source: table, partitioned table, view, materialized view or foreign table to read.
column_name: the column, named exactly.
target: column to learn from: a number, a boolean, or text with two values. NULL targets are left out of every statistic.
n_folds: number of folds, at least 2; at most one for each row is used.
smooth: weight of the prior in rows (a pseudo-count), finite and >= 0; NULL: each category has its own, from the variances of its targets and of all targets, as scikit-learn''s auto.
split_method: ''interleaved'' (i mod k), ''contiguous'' (floor(i*k/n)), ''random'' (balanced, from seed), ''custom'' (fold_column), ''hash'' (of group_columns, else of the primary key, and seed: needs no order), ''stratified'' (each fold has its share of each class of the target) or ''ordered'' (no folds: a row learns from the rows whose values of order_by are less than its own); NULL: custom with a fold_column, hash with group_columns, ordered with a label_delay, else interleaved.
order_by: columns that put the rows in order (ascending, NULLs last, text bytewise); NULL: physical order. Ties are an error. With split_method ''ordered'' they say what a row learns from, may tie, may not be NULL, and do not move ordinals.
fold_column: integer column with the fold of each row; at least two folds.
group_columns: rows alike in these columns share a fold, by a hash of their values; NULL: none.
label_delay: split_method ''ordered'': targets are known so much later. A row learns from the rows whose value of the one order_by column is less than its own less the delay: an interval of dates and timestamps, in UTC, such as ''30 days''; a number of numbers. NULL: none.
seed: seed of split_method random and of the hash of split_method hash; any bigint.
prior: ''out_of_fold'' (mean over the other folds, as scikit-learn) or ''global'' (mean over all rows, as cuML).
stat: the statistic: mean (smoothed towards the prior), count, frequency, sum, var, std, min, max, median, q01 to q99 or woe.
weight_column: column with the weight of each row, finite and >= 0; weights act as repeated rows; NULL: none.
null_value: text that NULL stands for in text-like columns; NULL: none.
handle_missing: the result for other NULLs: ''value'' (code NULL, encoding = prior), ''null'' (both NULL), ''category'' (a category of its own, coded last) or ''error''.
target_type: ''auto'', ''binary'' (two values, counted 0 and 1), ''continuous'' (a number) or ''multiclass'' (text, integer or boolean: each class against all others, 1000 at most; its name ends the names of columns).
pos_label: the value of the target that counts 1; NULL: for text the value that sorts last, with a NOTICE. With target_type => ''multiclass'' the class whose encodings are wanted.';
COMMENT ON FUNCTION gpu_encode.target_encode(regclass, text[], text, integer, float8, text, text[], text, text[], text, bigint, text, text, text, text, text, text, text) IS 'Target encoding of several columns as one category: rows belong together if all of the columns are equal.
source: table, partitioned table, view, materialized view or foreign table to read.
column_names: the columns, in the order in which they were combined.
target: column to learn from: a number, a boolean, or text with two values. NULL targets are left out of every statistic.
n_folds: number of folds, at least 2; at most one for each row is used.
smooth: weight of the prior in rows (a pseudo-count), finite and >= 0; NULL: each category has its own, from the variances of its targets and of all targets, as scikit-learn''s auto.
split_method: ''interleaved'' (i mod k), ''contiguous'' (floor(i*k/n)), ''random'' (balanced, from seed), ''custom'' (fold_column), ''hash'' (of group_columns, else of the primary key, and seed: needs no order), ''stratified'' (each fold has its share of each class of the target) or ''ordered'' (no folds: a row learns from the rows whose values of order_by are less than its own); NULL: custom with a fold_column, hash with group_columns, ordered with a label_delay, else interleaved.
order_by: columns that put the rows in order (ascending, NULLs last, text bytewise); NULL: physical order. Ties are an error. With split_method ''ordered'' they say what a row learns from, may tie, may not be NULL, and do not move ordinals.
fold_column: integer column with the fold of each row; at least two folds.
group_columns: rows alike in these columns share a fold, by a hash of their values; NULL: none.
label_delay: split_method ''ordered'': targets are known so much later. A row learns from the rows whose value of the one order_by column is less than its own less the delay: an interval of dates and timestamps, in UTC, such as ''30 days''; a number of numbers. NULL: none.
seed: seed of split_method random and of the hash of split_method hash; any bigint.
prior: ''out_of_fold'' (mean over the other folds, as scikit-learn) or ''global'' (mean over all rows, as cuML).
stat: the statistic: mean (smoothed towards the prior), count, frequency, sum, var, std, min, max, median, q01 to q99 or woe.
weight_column: column with the weight of each row, finite and >= 0; weights act as repeated rows; NULL: none.
null_value: text that NULL stands for in text-like columns; NULL: none.
handle_missing: the result for other NULLs: ''value'' (code NULL, encoding = prior), ''null'' (both NULL), ''category'' (a category of its own, coded last) or ''error''.
target_type: ''auto'', ''binary'' (two values, counted 0 and 1), ''continuous'' (a number) or ''multiclass'' (text, integer or boolean: each class against all others, 1000 at most; its name ends the names of columns).
pos_label: the value of the target that counts 1; NULL: for text the value that sorts last, with a NOTICE. With target_type => ''multiclass'' the class whose encodings are wanted.';
COMMENT ON FUNCTION gpu_encode.fit(text, regclass, text, text[], text[], text[], regclass[], jsonb, text[], text, text[], float8, text, text, text, text, float8, integer, text, regclass, jsonb, jsonb, boolean, boolean) IS 'Learns label codes and full target statistics and stores them in a new table, the encoder. Returns a row for each column and kind (''label'', ''target''), and for each target and class, with its number of categories, rows, missing rows, the prior (the mean of all targets), the pos_label used, and encoder_id, a digest of what the encoder computes. checks has the figures of guards, or is NULL.
encoder: encoder table to create or replace (parameters, categories, codes, exact statistics, encodings). Of a table of Citus: a reference table.
source: table, partitioned table, view, materialized view or foreign table to read. Rows of other servers (postgres_fdw, Citus) are grouped there, and not read.
target: column to learn from: a number, a boolean, or text with two values. NULL targets are left out of every statistic.
target_columns: columns to encode, each on its own.
label_columns: columns to code; NULL: every text-like column but targets, weight_column, order_by, fold_column and exclude_columns; ''{}'': none.
exclude_columns: columns left out when label_columns is NULL.
label_sources: more relations whose values get label codes; never for the target.
target_combinations: lists of columns to encode as one category, with a name or without: [["a","b"], {"name": ["b","c"]}].
targets: several targets instead of target; outputs are named <column>_<target><te_suffix>; NULL: target alone.
weight_column: column with the weight of each row, finite and >= 0; weights act as repeated rows; NULL: none.
stats: statistics of each category: mean (smoothed towards the prior), count, frequency, sum, var, std, min, max, median, q01 to q99, woe. All but the mean add _<stat> to the name of their column.
smooth: weight of the prior in rows (a pseudo-count), finite and >= 0; NULL: each category has its own, from the variances of its targets and of all targets, as scikit-learn''s auto.
target_type: ''auto'', ''binary'' (two values, counted 0 and 1), ''continuous'' (a number) or ''multiclass'' (text, integer or boolean: each class against all others, 1000 at most; its name ends the names of columns).
pos_label: the value of the target that counts 1; NULL: for text the value that sorts last, with a NOTICE.
null_value: text that NULL stands for in text-like columns; NULL: none.
handle_missing: the result for other NULLs: ''value'' (code NULL, encoding = prior), ''null'' (both NULL), ''category'' (a category of its own, coded last) or ''error''.
min_frequency: values with fewer rows of the fitted source share one category, ''infrequent'': a whole number of rows, 1 or more, or a share of the rows below 1; NULL: none do.
max_categories: the most categories, ''infrequent'' among them: those with the most rows stay, the others share it; NULL: no limit.
label_order: ''value'': codes in the order of the values; ''frequency'': more rows of the fitted source first, then in the order of the values.
codes_from: an encoder whose label codes stay: new categories get codes after them, those that are gone keep theirs. null_value, handle_missing and types must be the same; NULL: none.
column_options: options of single columns, such as {"education": {"smooth": 20, "stats": ["mean", "count"]}, "*": {"handle_missing": "category"}}; keys: name (of outputs), stats, smooth (a number or "auto"), regularization (of woe), null_value, handle_missing, handle_unknown, unknown_value, min_frequency, max_categories, label_order, categories (a list: the values of a column in the order of their codes; others are unknown), unseen (what an unseen category is encoded as: "prior", "null" or "error"). NULL: none.
guards: limits that stop the call with an error (23514) before anything of it is visible: min_rows (of the source), max_missing, max_unknown (shares of the worst column), and compared with codes_from or the encoder that is replaced max_new_categories (a count), max_vanished (a share of its rows), max_prior_change (of the mean of the targets, relative) and max_psi, such as {"min_rows": 1000, "max_psi": 0.25}. Their figures are in checks. NULL: none.
logged: false makes unlogged tables.
replace: true fills the encoder anew if it is there: its OID, grants and views stay, its indexes are built anew. Only its owner may, and the table must have the columns of an encoder, and no trigger, rule, constraint but UNIQUE, row security or publication.';
COMMENT ON FUNCTION gpu_encode.transform(regclass, regclass, text, text[], text, integer, text, text, text, jsonb, jsonb, boolean, boolean) IS 'Applies an encoder to a relation and stores the result in a new table: label codes and full (not out-of-fold) encodings. Returns the output table, part ''output'', rows, columns, counts of unknown and missing label cells and unseen target cells, seconds since the start, backend, device, and the encoder_id of the encoder. checks has the figures of guards, or is NULL.
encoder: an encoder table; SELECT on it is needed.
source: table, partitioned table, view, materialized view or foreign table to read.
output: table to create or replace, read as a table name in SQL: every column of the source, label columns as integer codes, encodings appended. Of a table of Citus: beside the source, written by the workers.
order_by: columns that put the rows in order (ascending, NULLs last, text bytewise); NULL: physical order. Ties are an error.
handle_unknown: the code of a category without one: ''error'', ''value'' (unknown_value), ''null'' or ''infrequent'' (that of rare values); the encoding is the prior.
unknown_value: the code for handle_unknown => ''value''; it must not be the code of a category.
label_suffix: suffix of the names of added code columns; '''': codes replace the values.
te_suffix: suffix of the names of target encodings.
encoding_type: ''float8'', or ''float4'': the same numbers, rounded once more.
column_options: options of single columns, such as {"education": {"handle_unknown": "null"}, "*": {...}}; keys: name (of outputs), handle_unknown, unknown_value, unseen ("prior", "null" or "error"). They count more than those of the encoder. NULL: none.
guards: limits that stop the call with an error (23514) before anything of it is visible: min_rows (of the source), max_missing, max_unknown (shares of the worst column), and compared with the encoder max_new_categories (a count), max_vanished (a share of its rows) and max_psi, such as {"min_rows": 1000, "max_psi": 0.25}. Their figures are in checks. NULL: none.
logged: false makes unlogged tables.
replace: true fills the output anew if it is there: its OID, grants, views, comments and indexes stay. Only its owner may, and the table must have just these columns, and no trigger, rule, constraint but UNIQUE, row security or publication.';
COMMENT ON FUNCTION gpu_encode.fit_transform(text, regclass, text, text, text[], text[], text[], regclass[], jsonb, text[], text, text[], float8, text, text, integer, text, text[], text, text[], text, bigint, text, text, text, float8, integer, text, regclass, text, text, text, jsonb, jsonb, boolean, boolean) IS 'Learns an encoder from a relation and encodes that relation out of fold, in one call. Returns what transform returns.
encoder: encoder table to create or replace (parameters, categories, codes, exact statistics, encodings). Of a table of Citus: a reference table.
source: table, partitioned table, view, materialized view or foreign table to read.
output: table to create or replace, read as a table name in SQL: every column of the source, label columns as integer codes, encodings appended. Of a table of Citus: beside the source, written by the workers, if folds follow from group_columns or a fold_column.
target: column to learn from: a number, a boolean, or text with two values. NULL targets are left out of every statistic.
target_columns: columns to encode, each on its own.
label_columns: columns to code; NULL: every text-like column but targets, weight_column, order_by, fold_column and exclude_columns; ''{}'': none.
exclude_columns: columns left out when label_columns is NULL.
label_sources: more relations whose values get label codes; never for the target.
target_combinations: lists of columns to encode as one category, with a name or without: [["a","b"], {"name": ["b","c"]}].
targets: several targets instead of target; outputs are named <column>_<target><te_suffix>; NULL: target alone.
weight_column: column with the weight of each row, finite and >= 0; weights act as repeated rows; NULL: none.
stats: statistics of each category: mean (smoothed towards the prior), count, frequency, sum, var, std, min, max, median, q01 to q99, woe. All but the mean add _<stat> to the name of their column.
smooth: weight of the prior in rows (a pseudo-count), finite and >= 0; NULL: each category has its own, from the variances of its targets and of all targets, as scikit-learn''s auto.
target_type: ''auto'', ''binary'' (two values, counted 0 and 1), ''continuous'' (a number) or ''multiclass'' (text, integer or boolean: each class against all others, 1000 at most; its name ends the names of columns).
pos_label: the value of the target that counts 1; NULL: for text the value that sorts last, with a NOTICE.
n_folds: number of folds, at least 2; at most one for each row is used.
split_method: ''interleaved'' (i mod k), ''contiguous'' (floor(i*k/n)), ''random'' (balanced, from seed), ''custom'' (fold_column), ''hash'' (of group_columns, else of the primary key, and seed: needs no order), ''stratified'' (each fold has its share of each class of the target) or ''ordered'' (no folds: a row learns from the rows whose values of order_by are less than its own); NULL: custom with a fold_column, hash with group_columns, ordered with a label_delay, else interleaved.
order_by: columns that put the rows in order (ascending, NULLs last, text bytewise); NULL: physical order. Ties are an error. With split_method ''ordered'' they say what a row learns from, may tie, may not be NULL, and do not move ordinals.
fold_column: integer column with the fold of each row; at least two folds.
group_columns: rows alike in these columns share a fold, by a hash of their values; NULL: none.
label_delay: split_method ''ordered'': targets are known so much later. A row learns from the rows whose value of the one order_by column is less than its own less the delay: an interval of dates and timestamps, in UTC, such as ''30 days''; a number of numbers. NULL: none.
seed: seed of split_method random and of the hash of split_method hash; any bigint.
prior: ''out_of_fold'' (mean over the other folds, as scikit-learn) or ''global'' (mean over all rows, as cuML).
null_value: text that NULL stands for in text-like columns; NULL: none.
handle_missing: the result for other NULLs: ''value'' (code NULL, encoding = prior), ''null'' (both NULL), ''category'' (a category of its own, coded last) or ''error''.
min_frequency: values with fewer rows of the fitted source share one category, ''infrequent'': a whole number of rows, 1 or more, or a share of the rows below 1; NULL: none do.
max_categories: the most categories, ''infrequent'' among them: those with the most rows stay, the others share it; NULL: no limit.
label_order: ''value'': codes in the order of the values; ''frequency'': more rows of the fitted source first, then in the order of the values.
codes_from: an encoder whose label codes stay: new categories get codes after them, those that are gone keep theirs. null_value, handle_missing and types must be the same; NULL: none.
label_suffix: suffix of the names of added code columns; '''': codes replace the values.
te_suffix: suffix of the names of target encodings.
encoding_type: ''float8'', or ''float4'': the same numbers, rounded once more.
column_options: options of single columns, such as {"education": {"smooth": 20, "stats": ["mean", "count"]}, "*": {"handle_missing": "category"}}; keys: name (of outputs), stats, smooth (a number or "auto"), regularization (of woe), null_value, handle_missing, handle_unknown, unknown_value, min_frequency, max_categories, label_order, categories (a list: the values of a column in the order of their codes; others are unknown), unseen (what an unseen category is encoded as: "prior", "null" or "error"). NULL: none.
guards: limits that stop the call with an error (23514) before anything of it is visible: min_rows (of the source), max_missing, max_unknown (shares of the worst column), and compared with codes_from or the encoder that is replaced max_new_categories (a count), max_vanished (a share of its rows), max_prior_change (of the mean of the targets, relative) and max_psi, such as {"min_rows": 1000, "max_psi": 0.25}. Their figures are in checks. NULL: none.
logged: false makes unlogged tables.
replace: true fills the output and the encoder anew if they are there; as in transform.';
COMMENT ON FUNCTION gpu_encode.partial_fit(regclass, regclass, boolean, jsonb) IS 'Counts the rows of a relation into an encoder, or out of it. The result is that of fit(codes_from => encoder) of all rows concerned, to the bit: known categories keep their codes, new ones get codes after them. The encoder is written anew and swapped in, as replace does it: its OID, grants and views stay. Only the new rows are read. Returns what fit returns. Refused: median and quantiles; min and max, if a row that is taken out may have had them; a new class of a target; rows taken out that were never counted in, if the figures show it.
encoder: an encoder table of the caller, with the columns, targets and options that it was fitted with.
source: table, partitioned table, view, materialized view or foreign table with the rows; it has the columns of the encoder and its targets. Rows of other servers (postgres_fdw, Citus) are grouped there, and not read.
remove: true takes the rows out. A category without rows keeps its code and has the prior.
guards: limits that stop the call with an error (23514) before anything of it is visible: min_rows (of the source), max_missing, max_unknown (shares of its worst column), and of what the encoder becomes, compared with what it is, max_new_categories (a count), max_vanished (a share of its rows), max_prior_change (of the mean of the targets, relative) and max_psi, such as {"min_rows": 1000, "max_psi": 0.25}. Their figures are in checks. NULL: none.';
COMMENT ON FUNCTION gpu_encode.merge_encoders(text, regclass[], regclass, boolean, boolean) IS 'Makes one encoder of those of parts: that of one fit of all their rows, to the bit. No row of a source is read. Returns what fit returns. Refused: encoders that differ in columns, targets, classes or options (the error says in which); median and quantiles.
encoder: encoder table to create or replace; it may be one of encoders.
encoders: the encoders of the parts, each once; SELECT on each is needed.
codes_from: an encoder whose label codes stay: further categories get codes after them; NULL: codes are given anew.
logged: false makes an unlogged table.
replace: true fills the encoder anew if it is there: its OID, grants and views stay, its indexes are built anew. Only its owner may, and the table must have the columns of an encoder, and no trigger, rule, constraint but UNIQUE, row security or publication.';
COMMENT ON FUNCTION gpu_encode.compare_encoders(regclass, regclass) IS 'What changed from one encoder to another, from the two tables alone: a row for each column or combination, and for each target and class of it. Categories without rows are left out.
Returns the numbers of categories before and after, how many are new and how many vanished, the shares of the rows of new ones (of all rows after) and of vanished ones (of all rows before); psi, the sum of (a - b) ln(a / b) over all categories and missing rows, where a and b are (n_c + 1/2) / (n + C/2), the smoothed shares before and after of the n_c of n rows, and C the number of categories of both encoders together; the means of all targets; and the largest |after - before| of the mean (or else the first statistic that both have) among categories of both, with the category. A column that one encoder lacks has NULL for that encoder and for what is compared.
before: an encoder table; SELECT on it is needed.
after: another one.';
COMMENT ON FUNCTION gpu_encode.screen_columns(regclass, text, text[], integer, float8, text, text[], text, text[], bigint, text, text, text, text) IS 'How well each column predicts the target, before anything is built on the column: a row for each column. Returns its number of categories; the shares of all rows that are missing, in the largest category, and alone in their category; the information value, the sum of (p/P - q/Q) woe over the categories, of p and q ones and zeros of P and Q (NULL: the target has other values than two); and R^2 = 1 - SSE / SST of the target encoding, out of fold and with full statistics, over the rows that have a target and an encoding (NULL: all their targets are alike). A column of many values has a large r2_full and a small r2_out_of_fold: it repeats the targets, and says little of others.
source: table, partitioned table, view, materialized view or foreign table to read.
target: column to predict: a number, a boolean, or text with two values.
columns: the columns; NULL: every text-like or boolean one, and every number with at most 64 values, but target, order_by, fold_column and group_columns.
n_folds: number of folds, at least 2; at most one for each row is used.
smooth: weight of the prior in rows (a pseudo-count), finite and >= 0; NULL: each category has its own, from the variances of its targets and of all targets, as scikit-learn''s auto. The prior is out of fold.
split_method: as in target_encode, but not ''ordered''.
order_by: columns that put the rows in order; NULL: physical order.
fold_column: integer column with the fold of each row; at least two folds.
group_columns: rows alike in these columns share a fold, by a hash of their values; NULL: none.
seed: seed of split_method random and of the hash of split_method hash; any bigint.
null_value: text that NULL stands for in text-like columns; NULL: none.
handle_missing: other NULLs: ''value'' (the prior), ''null'' (left out), ''category'' (a category like others) or ''error''.
target_type: ''auto'', ''binary'', ''continuous'' or ''multiclass'' (the class pos_label against all others).
pos_label: the value of the target that counts 1; NULL: for text the value that sorts last, with a NOTICE.';
COMMENT ON FUNCTION gpu_encode.preprocess(regclass, text, text, text[], regclass, text, text[], text[], boolean, jsonb, text[], text, text[], float8, text, text, integer, text, text[], text, text[], text, bigint, text, text, text, text, integer, float8, integer, text, text, regclass, text, text, text, jsonb, jsonb, boolean, boolean) IS 'The whole job: encodes train out of fold and validation with full statistics into new tables, label codes learned from both. Target statistics, counts and the prior come from train alone. Returns a row for each output, part ''train'' or ''validation'', with rows, columns, counts of unknown and missing label cells and unseen target cells, seconds since the start, backend, device, and the encoder_id of the encoder (NULL: none was made). checks has the figures of guards, or is NULL.
train: relation to learn from; the only source of target statistics.
train_output: table to create for train, with out-of-fold encodings. Of a table of Citus: beside it, written by the workers, if folds follow from group_columns or a fold_column.
target: column to learn from: a number, a boolean, or text with two values. NULL targets are left out of every statistic.
target_columns: columns to encode, each on its own.
validation: relation to encode with the codes and statistics of train; NULL: none.
validation_output: table to create for validation, with full encodings; NULL: validation gives codes only.
label_columns: columns to code; NULL: every text-like column but targets, weight_column, order_by, fold_column and exclude_columns; ''{}'': none.
exclude_columns: columns left out when label_columns is NULL.
labels_from_validation: whether label codes are learned from validation too.
target_combinations: lists of columns to encode as one category, with a name or without: [["a","b"], {"name": ["b","c"]}].
targets: several targets instead of target; outputs are named <column>_<target><te_suffix>; NULL: target alone.
weight_column: column with the weight of each row, finite and >= 0; weights act as repeated rows; NULL: none.
stats: statistics of each category: mean (smoothed towards the prior), count, frequency, sum, var, std, min, max, median, q01 to q99, woe. All but the mean add _<stat> to the name of their column.
smooth: weight of the prior in rows (a pseudo-count), finite and >= 0; NULL: each category has its own, from the variances of its targets and of all targets, as scikit-learn''s auto.
target_type: ''auto'', ''binary'' (two values, counted 0 and 1), ''continuous'' (a number) or ''multiclass'' (text, integer or boolean: each class against all others, 1000 at most; its name ends the names of columns).
pos_label: the value of the target that counts 1; NULL: for text the value that sorts last, with a NOTICE.
n_folds: number of folds, at least 2; at most one for each row is used.
split_method: ''interleaved'' (i mod k), ''contiguous'' (floor(i*k/n)), ''random'' (balanced, from seed), ''custom'' (fold_column), ''hash'' (of group_columns, else of the primary key, and seed: needs no order), ''stratified'' (each fold has its share of each class of the target) or ''ordered'' (no folds: a row learns from the rows whose values of order_by are less than its own); NULL: custom with a fold_column, hash with group_columns, ordered with a label_delay, else interleaved.
order_by: columns that put the rows in order (ascending, NULLs last, text bytewise); NULL: physical order. Ties are an error. With split_method ''ordered'' they say what a row learns from, may tie, may not be NULL, and do not move ordinals.
fold_column: integer column with the fold of each row; at least two folds.
group_columns: rows alike in these columns share a fold, by a hash of their values; NULL: none.
label_delay: split_method ''ordered'': targets are known so much later. A row learns from the rows whose value of the one order_by column is less than its own less the delay: an interval of dates and timestamps, in UTC, such as ''30 days''; a number of numbers. NULL: none.
seed: seed of split_method random and of the hash of split_method hash; any bigint.
prior: ''out_of_fold'' (mean over the other folds, as scikit-learn) or ''global'' (mean over all rows, as cuML).
null_value: text that NULL stands for in text-like columns; NULL: none.
handle_missing: the result for other NULLs: ''value'' (code NULL, encoding = prior), ''null'' (both NULL), ''category'' (a category of its own, coded last) or ''error''.
handle_unknown: the code of a category without one: ''error'', ''value'' (unknown_value), ''null'' or ''infrequent'' (that of rare values); the encoding is the prior.
unknown_value: the code for handle_unknown => ''value''; it must not be the code of a category.
min_frequency: values with fewer rows of the fitted source share one category, ''infrequent'': a whole number of rows, 1 or more, or a share of the rows below 1; NULL: none do.
max_categories: the most categories, ''infrequent'' among them: those with the most rows stay, the others share it; NULL: no limit.
label_order: ''value'': codes in the order of the values; ''frequency'': more rows of the fitted source first, then in the order of the values.
encoder: encoder table to create; NULL: none.
codes_from: an encoder whose label codes stay: new categories get codes after them, those that are gone keep theirs. null_value, handle_missing and types must be the same; NULL: none.
label_suffix: suffix of the names of added code columns; '''': codes replace the values.
te_suffix: suffix of the names of target encodings.
encoding_type: ''float8'', or ''float4'': the same numbers, rounded once more.
column_options: options of single columns, such as {"education": {"smooth": 20, "stats": ["mean", "count"]}, "*": {"handle_missing": "category"}}; keys: name (of outputs), stats, smooth (a number or "auto"), regularization (of woe), null_value, handle_missing, handle_unknown, unknown_value, min_frequency, max_categories, label_order, categories (a list: the values of a column in the order of their codes; others are unknown), unseen (what an unseen category is encoded as: "prior", "null" or "error"). NULL: none.
guards: limits that stop the call with an error (23514) before anything of it is visible: min_rows (of the source), max_missing, max_unknown (shares of the worst column), and compared with codes_from or the encoder that is replaced max_new_categories (a count), max_vanished (a share of its rows), max_prior_change (of the mean of the targets, relative) and max_psi, such as {"min_rows": 1000, "max_psi": 0.25}. Their figures are in checks. NULL: none.
logged: false makes unlogged tables.
replace: true fills the outputs and the encoder anew if they are there; as in transform.';
COMMENT ON FUNCTION gpu_encode.label(regclass, text, text, text, integer) IS 'The label code of one value in an encoder. The arguments alone decide on unknown values, not the encoder''s options. Errors, under handle_unknown => ''error'': 22023 for a value without a code, and that of the type for a text that the column''s type cannot read.
encoder: an encoder table; SELECT on it is needed.
column_name: the column, named exactly.
value: the value; text is read as the column''s type if that is text, a number, boolean, date, timestamp, interval, uuid, bytea or an enum, and compared as it is for any other type.
handle_unknown: the code of a category without one, and of a value that the column''s type cannot read: ''error'', ''value'' (unknown_value), ''null'' or ''infrequent'' (the code of rare values).
unknown_value: the code for handle_unknown => ''value''; it must not be the code of a category.';
COMMENT ON FUNCTION gpu_encode.label(regclass, text, anyelement, text, integer) IS 'For a value of the column''s own type, or a number of another width that the column''s type can hold.
encoder: an encoder table; SELECT on it is needed.
column_name: the column, named exactly.
value: the value; text is read as the column''s type if that is text, a number, boolean, date, timestamp, interval, uuid, bytea or an enum, and compared as it is for any other type.
handle_unknown: the code of a category without one, and of a value that the column''s type cannot read: ''error'', ''value'' (unknown_value), ''null'' or ''infrequent'' (the code of rare values).
unknown_value: the code for handle_unknown => ''value''; it must not be the code of a category.';
COMMENT ON FUNCTION gpu_encode.target_encoding(regclass, text, text, text, text, text) IS 'The full target encoding of one value in an encoder. An unseen value, and one that the column''s type cannot hold, has the prior, or what the column''s option "unseen" says.
encoder: an encoder table; SELECT on it is needed.
column_name: the column, named exactly.
value: the value; text is read as the column''s type if that is text, a number, boolean, date, timestamp, interval, uuid, bytea or an enum, and compared as it is for any other type.
stat: a statistic that the encoder has of the column, as in stats of fit.
target: the target of the encoder; NULL: the only one.
class: the class of a multiclass target; NULL for other targets.';
COMMENT ON FUNCTION gpu_encode.target_encoding(regclass, text, anyelement, text, text, text) IS 'For a value of the column''s own type, or a number of another width that the column''s type can hold.
encoder: an encoder table; SELECT on it is needed.
column_name: the column, named exactly.
value: the value; text is read as the column''s type if that is text, a number, boolean, date, timestamp, interval, uuid, bytea or an enum, and compared as it is for any other type.
stat: a statistic that the encoder has of the column, as in stats of fit.
target: the target of the encoder; NULL: the only one.
class: the class of a multiclass target; NULL for other targets.';
COMMENT ON FUNCTION gpu_encode.target_encoding(regclass, text[], text[], text, text, text) IS 'The full target encoding of a combination of values in an encoder. Unseen ones are as for one column.
encoder: an encoder table; SELECT on it is needed.
column_names: the columns, in the order in which they were combined.
values: one text for each of column_names.
stat: a statistic that the encoder has of the column, as in stats of fit.
target: the target of the encoder; NULL: the only one.
class: the class of a multiclass target; NULL for other targets.';
COMMENT ON FUNCTION gpu_encode.inverse_label(regclass, text, integer) IS 'The canonical text of the category that has a label code; NULL for the code of the missing category, and for the code that rare values share. Errors: 22023 for a code that the column does not have.
encoder: an encoder table; SELECT on it is needed.
column_name: the column, named exactly.
code: a label code.';
COMMENT ON FUNCTION gpu_encode.export_encoder(regclass, text) IS 'An encoder in a form that programs without gpu_encode read. Each form gives what transform gives without options of its own. The same encoder gives the same text, whatever the order of its rows. Errors: 54000 if the text would have over 1 GB.
encoder: an encoder table; SELECT on it is needed.
format: json: the whole encoder as JSON; docs/export.md describes the fields. sql: a list of SQL expressions, one for each output, to be put between SELECT and FROM. onnx: base64 of an ONNX model.';
COMMENT ON FUNCTION gpu_encode.report(regclass, regclass) IS 'An encoder as one page of HTML, to be looked at in a browser: for each column its categories, the largest ones, missing and unseen values, and the encodings against the rows of their categories, with the prior and what smoothing moved. With an output table, too, how its encodings and full ones correlate with the target. The page has everything in itself. Errors: 42703 if the output table has no encoding of the encoder.
encoder: an encoder table; SELECT on it is needed.
output_table: the table that fit_transform or preprocess made of the training rows; SELECT on the target, the weights and the encodings is needed. NULL: none.';
COMMENT ON FUNCTION gpu_encode.version() IS 'The version of gpu_encode, and whether the CUDA backend was built in.';
COMMENT ON FUNCTION gpu_encode.last_run() IS 'The stages of the last call that the current user made in this session, until DISCARD ALL: rows, bytes (NULL: not counted), seconds, backend and details. Of a call that failed: the stages that ended before the error.';
COMMENT ON FUNCTION gpu_encode.list_devices() IS 'The rows of view devices.';
COMMENT ON VIEW gpu_encode.devices IS 'The CPU and every GPU: usable, or the reason why not.';
COMMENT ON FUNCTION gpu_encode.lookup_support(internal) IS 'Planner support: no parallel plan if an encoder is a temporary table.';
COMMENT ON FUNCTION gpu_encode.rows_support(internal) IS 'Planner support: rows and cost of label_encode and target_encode.';

GRANT SELECT ON gpu_encode.devices TO PUBLIC;

-- S3 -----------------------------------------------------------------------------------------
CREATE FUNCTION gpu_encode.s3_validator(options text[], catalog oid) RETURNS void
LANGUAGE c STRICT STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'ge_s3_validator';

CREATE FOREIGN DATA WRAPPER gpu_encode_s3 NO HANDLER VALIDATOR gpu_encode.s3_validator;

CREATE FUNCTION gpu_encode.s3_set_credentials(
    server            text,
    access_key_id     text,
    secret_access_key text,
    session_token     text DEFAULT NULL)
RETURNS void LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'ge_s3_set_credentials';

CREATE FUNCTION gpu_encode.s3_list(uri text, server text DEFAULT NULL)
RETURNS TABLE (object_uri text, size bigint, last_modified timestamptz, etag text, storage_class text)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 1000
AS 'MODULE_PATHNAME', 'ge_s3_list';

CREATE FUNCTION gpu_encode.s3_import(
    rel         regclass,
    uri         text,
    columns     text[] DEFAULT NULL,
    options     text   DEFAULT '(format csv, header match)',
    server      text   DEFAULT NULL,
    compression text   DEFAULT 'auto',
    null_values text[] DEFAULT NULL,
    OUT rows_imported bigint, OUT files_imported bigint, OUT bytes_read bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000
AS 'MODULE_PATHNAME', 'ge_s3_import';

CREATE FUNCTION gpu_encode.s3_export(
    query         text,
    uri           text,
    options       text    DEFAULT '(format csv, header)',
    server        text    DEFAULT NULL,
    compression   text    DEFAULT 'auto',
    max_file_size text    DEFAULT '6GB',
    overwrite     boolean DEFAULT false,
    kms_key       text    DEFAULT NULL,
    OUT rows_uploaded bigint, OUT files_uploaded bigint, OUT bytes_uploaded bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000
AS 'MODULE_PATHNAME', 'ge_s3_export';

CREATE FUNCTION gpu_encode.s3_create_table(
    table_name   text,
    uri          text,
    column_types jsonb   DEFAULT NULL,               -- {"zip": "text"}; '{"*": "text"}' switches inference off
    options      text    DEFAULT '(format csv, header)',
    null_values  text[]  DEFAULT NULL,               -- as pandas na_values; NULL: only the empty field
    sample_rows  bigint  DEFAULT NULL,               -- NULL: the whole file
    server       text    DEFAULT NULL,
    compression  text    DEFAULT 'auto',
    logged       boolean DEFAULT true,
    replace      boolean DEFAULT false,
    OUT created regclass, OUT rows_imported bigint, OUT files_imported bigint, OUT bytes_read bigint)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000
AS 'MODULE_PATHNAME', 'ge_s3_create_table';

CREATE FUNCTION gpu_encode.preprocess_s3(
    train                  text,                                       -- URI; as preprocess, with URIs for relations
    train_output           text,                                       -- object URI, or prefix ending in '/' (keeps the input's base name)
    target                 text     DEFAULT NULL,                      -- the column to predict; targets for several
    target_columns         text[]   DEFAULT NULL,                      -- encoded each on its own
    validation             text     DEFAULT NULL,
    validation_output      text     DEFAULT NULL,
    label_columns          text[]   DEFAULT NULL,                      -- NULL: every text-like column but target, weight, order, fold, group and exclude_columns
    exclude_columns        text[]   DEFAULT NULL,
    labels_from_validation boolean  DEFAULT true,
    target_combinations    jsonb    DEFAULT NULL,                      -- [["a","b"],{"name": ["a","b","c"]}]: several columns as ONE category
    targets                text[]   DEFAULT NULL,                      -- several targets, instead of target: outputs are <column>_<target>_TE
    weight_column          text     DEFAULT NULL,                      -- weights of rows in every statistic, finite and >= 0
    stats                  text[]   DEFAULT '{mean}',                  -- mean count frequency sum var std min max median qNN woe
    smooth                 float8   DEFAULT NULL,                      -- pseudo-count; NULL: from the data, as scikit-learn's auto
    target_type            text     DEFAULT 'auto',                    -- auto | continuous | binary | multiclass
    pos_label              text     DEFAULT NULL,
    n_folds                integer  DEFAULT 5,
    split_method           text     DEFAULT NULL,                      -- interleaved contiguous random custom hash stratified ordered; NULL: by what else is given
    order_by               text[]   DEFAULT NULL,
    fold_column            text     DEFAULT NULL,
    group_columns          text[]   DEFAULT NULL,                      -- rows alike in these share a fold (split_method hash)
    label_delay            text     DEFAULT NULL,                      -- split_method ordered: targets are known so much later, in the type of order_by's difference
    seed                   bigint   DEFAULT 42,
    prior                  text     DEFAULT 'out_of_fold',             -- out_of_fold | global
    null_value             text     DEFAULT NULL,
    handle_missing         text     DEFAULT 'value',                   -- value | null | category | error
    handle_unknown         text     DEFAULT 'error',                   -- error | value | null | infrequent
    unknown_value          integer  DEFAULT NULL,
    min_frequency          float8   DEFAULT NULL,                      -- rarer values share one category: a count >= 1, or a share of rows < 1
    max_categories         integer  DEFAULT NULL,                      -- at most so many, the shared one among them
    label_order            text     DEFAULT 'value',                   -- value | frequency (then by value)
    encoder                text     DEFAULT NULL,
    codes_from             regclass DEFAULT NULL,                      -- keep this encoder's codes, append new categories
    label_suffix           text     DEFAULT '',                        -- '' replaces in place
    te_suffix              text     DEFAULT '_TE',
    encoding_type          text     DEFAULT 'float8',                  -- float8 | float4
    column_options         jsonb    DEFAULT NULL,                      -- {"education": {"smooth": 20, "stats": ["mean","count"]}, "*": {...}}
    guards                 jsonb    DEFAULT NULL,                      -- {"min_rows": 1000, "max_unknown": 0.01, "max_prior_change": 0.2}
    column_types           jsonb    DEFAULT NULL,
    null_values            text[]   DEFAULT NULL,
    import_options         text     DEFAULT '(format csv, header)',
    export_options         text     DEFAULT '(format csv, header)',
    server                 text     DEFAULT NULL,
    output_server          text     DEFAULT NULL,                      -- NULL: server
    compression            text     DEFAULT 'auto',
    kms_key                text     DEFAULT NULL,
    overwrite              boolean  DEFAULT false,                     -- objects
    replace                boolean  DEFAULT false)                     -- the encoder table
RETURNS TABLE (output_uri text, part text, rows bigint, columns integer,
               unknown_labels bigint, missing_labels bigint, unseen_targets bigint,
               bytes_read bigint, bytes_uploaded bigint, label_coded text[],
               seconds double precision, backend text, device text, encoder_id text, checks jsonb)
LANGUAGE c VOLATILE PARALLEL UNSAFE COST 1000000 ROWS 2
AS 'MODULE_PATHNAME', 'ge_preprocess_s3';

-- Who may send requests from the server: members of two roles, which are made if they are missing. Roles belong to all
-- databases, so that one may exist rightly; somebody with CREATEROLE may also have made it to become its first member. A
-- superuser is warned. Others must not lend rights by this script, which runs with those of a superuser.
DO $roles$
DECLARE
    role_name text;
    members   text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['gpu_encode_s3_read', 'gpu_encode_s3_write'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) role_name::pg_catalog.name) THEN
            EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN', role_name);
            CONTINUE;
        END IF;
        -- a role that can log in is its own member
        SELECT pg_catalog.string_agg(pg_catalog.quote_ident(m.rolname), ', ' ORDER BY m.rolname) INTO members
        FROM pg_catalog.pg_roles AS r
        JOIN pg_catalog.pg_roles AS m ON NOT m.rolsuper
        LEFT JOIN pg_catalog.pg_auth_members AS a ON a.roleid OPERATOR(pg_catalog.=) r.oid AND a.member OPERATOR(pg_catalog.=) m.oid
        WHERE r.rolname OPERATOR(pg_catalog.=) role_name::pg_catalog.name
          AND (a.member IS NOT NULL OR r.rolcanlogin AND m.oid OPERATOR(pg_catalog.=) r.oid);
        CONTINUE WHEN members IS NULL;
        IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) session_user AND rolsuper) THEN
            RAISE WARNING 'role % exists already and has members: %', role_name, members
                USING HINT = 'They may call functions of S3 now; REVOKE the role from those who should not.';
        ELSE
            RAISE EXCEPTION 'role % exists already and has members: %', role_name, members
                USING ERRCODE = 'insufficient_privilege', HINT = 'They would get the right to call functions of S3: let a superuser create the extension.';
        END IF;
    END LOOP;
END
$roles$;
REVOKE EXECUTE ON FUNCTION gpu_encode.s3_set_credentials(text, text, text, text),
    gpu_encode.s3_list(text, text),
    gpu_encode.s3_import(regclass, text, text[], text, text, text, text[]),
    gpu_encode.s3_create_table(text, text, jsonb, text, text[], bigint, text, text, boolean, boolean),
    gpu_encode.s3_export(text, text, text, text, text, text, boolean, text),
    gpu_encode.preprocess_s3(text, text, text, text[], text, text, text[], text[], boolean, jsonb, text[], text, text[], float8, text, text, integer, text, text[], text, text[], text, bigint, text, text, text, text, integer, float8, integer, text, text, regclass, text, text, text, jsonb, jsonb, jsonb, text[], text, text, text, text, text, text, boolean, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION gpu_encode.s3_set_credentials(text, text, text, text),
    gpu_encode.s3_list(text, text) TO gpu_encode_s3_read, gpu_encode_s3_write;
GRANT EXECUTE ON FUNCTION gpu_encode.s3_import(regclass, text, text[], text, text, text, text[]),
    gpu_encode.s3_create_table(text, text, jsonb, text, text[], bigint, text, text, boolean, boolean) TO gpu_encode_s3_read;
GRANT EXECUTE ON FUNCTION gpu_encode.s3_export(text, text, text, text, text, text, boolean, text),
    gpu_encode.preprocess_s3(text, text, text, text[], text, text, text[], text[], boolean, jsonb, text[], text, text[], float8, text, text, integer, text, text[], text, text[], text, bigint, text, text, text, text, integer, float8, integer, text, text, regclass, text, text, text, jsonb, jsonb, jsonb, text[], text, text, text, text, text, text, boolean, boolean) TO gpu_encode_s3_write;

COMMENT ON FOREIGN DATA WRAPPER gpu_encode_s3 IS 'Servers hold endpoints, user mappings hold keys. Options of servers: endpoint (https://host:port; none: AWS), region (none: us-east-1), url_style (path, or virtual: the bucket in the host name), scope (s3://bucket/prefix: the server is used for URIs that begin so), credential_source (user_mapping, or for servers of superusers environment, web_identity, profile, container, imds or chain); options of user mappings: access_key_id, secret_access_key and session_token.';
COMMENT ON FUNCTION gpu_encode.s3_validator(text[], oid) IS 'Checks the options of foreign data wrapper gpu_encode_s3.
options: name=value of each option.
catalog: the catalog of the object that has the options.';
COMMENT ON FUNCTION gpu_encode.s3_set_credentials(text, text, text, text) IS 'Makes or replaces the caller''s user mapping for a server. Give the secrets as parameters, so that no statement text has them. A log of statements has parameters too, unless log_parameter_max_length is 0. Needs membership in gpu_encode_s3_read or gpu_encode_s3_write. Warns if the secret may now be in the log. Errors: 42501 without USAGE on the server.
server: a server of foreign data wrapper gpu_encode_s3.
access_key_id: the key''s public name.
secret_access_key: the key.
session_token: token of temporary credentials; NULL: none.';
COMMENT ON FUNCTION gpu_encode.s3_list(text, text) IS 'The objects that a URI stands for, by key: uri, size in bytes, time of the last change, ETag and storage class. A uri has the key as it is, control characters included. In ETags and storage classes bytes that are no printable text appear as \xNN. Needs membership in gpu_encode_s3_read or gpu_encode_s3_write. Errors: 38000 if an answer is no complete list, or has a key that cannot be text in the database''s encoding.
uri: s3://bucket/key, s3://bucket/prefix/ for all objects under a prefix (without empty "directories"), or s3://bucket/pattern in which * stands for any characters but /. Nothing else is special in a key.
server: a server of foreign data wrapper gpu_encode_s3; NULL: the usable server of the caller or of a superuser with the longest scope that the URI begins with; without such a server AWS, anonymously.';
COMMENT ON FUNCTION gpu_encode.s3_import(regclass, text, text[], text, text, text, text[]) IS 'Reads objects into a table as COPY FROM does, each with its own header, and shows its progress in pg_stat_progress_copy. Needs membership in gpu_encode_s3_read, and INSERT on the columns. Returns rows, files and the bytes that were read. An object that is replaced meanwhile is an error.
rel: the table.
uri: s3://bucket/key, a prefix ending in / or a pattern with *, as in s3_list; or file:///path on the server, for members of pg_read_server_files.
columns: columns of the table, in the order of the file; NULL: all.
options: options of COPY FROM, with or without parentheses; in csv also stray_quotes: ''error'' (a quote inside an unquoted field is an error) or ''literal'' (the quote stands for itself).
server: a server of foreign data wrapper gpu_encode_s3; NULL: the usable server of the caller or of a superuser with the longest scope that the URI begins with; without such a server AWS, anonymously.
compression: ''gzip'', ''zstd'', ''none'', or ''auto'': by the first bytes of each file.
null_values: further texts that mean NULL, if a field without quotes is exactly one of them; NULL: none.';
COMMENT ON FUNCTION gpu_encode.s3_export(text, text, text, text, text, text, boolean, text) IS 'Writes the rows of a query into objects as COPY TO does. If the query ends well, all objects appear, complete; else none appears. ROLLBACK does not remove them. Needs membership in gpu_encode_s3_write. Returns rows, files and the bytes that were sent. Errors: 58P02 if an object exists and overwrite is false.
query: one statement that returns rows; it runs with the rights of the caller.
uri: s3://bucket/key of the first file, without *; further ones are called key_part2, key_part3, ...
options: options of COPY TO, with or without parentheses, in the formats csv, text and binary.
server: a server of foreign data wrapper gpu_encode_s3; NULL: the usable server of the caller or of a superuser with the longest scope that the URI begins with; without such a server AWS, anonymously.
compression: ''gzip'', ''zstd'', ''none'', or ''auto'': by the suffix of uri (.gz, .zst).
max_file_size: largest size of a file before compression, such as ''6GB''; files are split at row ends, and each has the header.
overwrite: whether existing objects are replaced. If an earlier export had more files, the remaining ones stay, and a warning says so.
kms_key: id of the key with which the endpoint encrypts the objects; NULL: as the bucket is configured.';
COMMENT ON FUNCTION gpu_encode.s3_create_table(text, text, jsonb, text, text[], bigint, text, text, boolean, boolean) IS 'Creates a table from CSV files with types inferred from their values, and imports them. Needs membership in gpu_encode_s3_read. Whole numbers that fit are bigint; numbers without a whole part above 2^53 are double precision; true and false are boolean; dates and times are date, timestamp, or timestamptz if all have an offset. Anything else is text, such as numbers with leading zeros, whole numbers beyond bigint and times finer than microseconds. Returns the table, rows, files and the bytes read as they are stored.
table_name: table to create or replace, read as a table name in SQL.
uri: s3://bucket/key, a glob, a prefix ending in /, or file:///path for members of pg_read_server_files. All files must have the same columns.
column_types: types that are not inferred, such as {"zip": "text"}; {"*": "text"} switches inference off.
options: options of COPY in format csv, such as (format csv, header, delimiter '';''), and stray_quotes, as in s3_import. Without a header columns are column1, column2, ...
null_values: more texts that mean NULL, quoted or not; NULL: only the empty field.
sample_rows: rows to infer from; a later value that does not fit is an error. NULL: all rows, read once.
server: server with the endpoint and the credentials; NULL: by the URI.
compression: ''auto'', ''none'', ''gzip'' or ''zstd''.
logged: false makes an unlogged table.
replace: true fills the table anew if it is there; as in transform.';
COMMENT ON FUNCTION gpu_encode.preprocess_s3(text, text, text, text[], text, text, text[], text[], boolean, jsonb, text[], text, text[], float8, text, text, integer, text, text[], text, text[], text, bigint, text, text, text, text, integer, float8, integer, text, text, regclass, text, text, text, jsonb, jsonb, jsonb, text[], text, text, text, text, text, text, boolean, boolean) IS 'The whole job from CSV files to CSV files: reads train and validation, encodes train out of fold and validation with full statistics, and writes both with a header, codes in place and encodings appended; other fields keep their text. Folds follow the order of the file. Both outputs are written, then both completed; ROLLBACK does not undo them. Returns a row for each output, with the columns that were coded. Needs membership in gpu_encode_s3_read and gpu_encode_s3_write.
train: CSV to learn from: s3://bucket/key, a glob, a prefix ending in /, or file:///path for members of pg_read_server_files.
train_output: object to write, or a prefix ending in /, which takes the base name of train; file:///path for members of pg_write_server_files.
target: column to learn from: a number, a boolean, or text with two values. NULL targets are left out of every statistic.
target_columns: columns to encode, each on its own.
validation: CSV to encode with the codes, statistics and types of train; NULL: none.
validation_output: object or prefix for validation; NULL: validation gives codes only.
label_columns: columns to code; NULL: every column of text but target, fold_column and exclude_columns; ''{}'': none.
exclude_columns: columns left out when label_columns is NULL.
labels_from_validation: whether label codes are learned from validation too.
target_combinations: lists of columns to encode as one category, with a name or without: [["a","b"], {"name": ["b","c"]}].
targets: several targets instead of target; outputs are named <column>_<target><te_suffix>; NULL: target alone.
weight_column: column with the weight of each row, finite and >= 0; weights act as repeated rows; NULL: none.
stats: statistics of each category: mean (smoothed towards the prior), count, frequency, sum, var, std, min, max, median, q01 to q99, woe. All but the mean add _<stat> to the name of their column.
smooth: weight of the prior in rows (a pseudo-count), finite and >= 0; NULL: each category has its own, from the variances of its targets and of all targets, as scikit-learn''s auto.
target_type: ''auto'', ''binary'' (two values, counted 0 and 1), ''continuous'' (a number) or ''multiclass'' (text, integer or boolean: each class against all others, 1000 at most; its name ends the names of columns).
pos_label: the value of the target that counts 1; NULL: for text the value that sorts last, with a NOTICE.
n_folds: number of folds, at least 2; at most one for each row is used.
split_method: ''interleaved'' (i mod k), ''contiguous'' (floor(i*k/n)), ''random'' (balanced, from seed), ''custom'' (fold_column), ''hash'' (of group_columns, else of the primary key, and seed: needs no order), ''stratified'' (each fold has its share of each class of the target) or ''ordered'' (no folds: a row learns from the rows whose values of order_by are less than its own); NULL: custom with a fold_column, hash with group_columns, ordered with a label_delay, else interleaved.
order_by: columns that put the rows in order (ascending, NULLs last, text bytewise); NULL: the order of the files. Ties are an error. With split_method ''ordered'' they say what a row learns from, may tie, may not be NULL, and do not move ordinals.
fold_column: integer column with the fold of each row; at least two folds.
group_columns: rows alike in these columns share a fold, by a hash of their values; NULL: none.
label_delay: split_method ''ordered'': targets are known so much later. A row learns from the rows whose value of the one order_by column is less than its own less the delay: an interval of dates and timestamps, in UTC, such as ''30 days''; a number of numbers. NULL: none.
seed: seed of split_method random and of the hash of split_method hash; any bigint.
prior: ''out_of_fold'' (mean over the other folds, as scikit-learn) or ''global'' (mean over all rows, as cuML).
null_value: text that NULL stands for in columns of text; NULL: none.
handle_missing: the result for other NULLs: ''value'' (code NULL, encoding = prior), ''null'' (both NULL), ''category'' (a category of its own, coded last) or ''error''.
handle_unknown: the code of a category without one: ''error'', ''value'' (unknown_value), ''null'' or ''infrequent'' (that of rare values); the encoding is the prior.
unknown_value: the code for handle_unknown => ''value''; it must not be the code of a category.
min_frequency: values with fewer rows of the fitted source share one category, ''infrequent'': a whole number of rows, 1 or more, or a share of the rows below 1; NULL: none do.
max_categories: the most categories, ''infrequent'' among them: those with the most rows stay, the others share it; NULL: no limit.
label_order: ''value'': codes in the order of the values; ''frequency'': more rows of the fitted source first, then in the order of the values.
encoder: encoder table to create; NULL: none.
codes_from: an encoder whose label codes stay: new categories get codes after them, those that are gone keep theirs. null_value, handle_missing and types must be the same; NULL: none.
label_suffix: suffix of the names of added code columns; '''': codes replace the values.
te_suffix: suffix of the names of target encodings.
encoding_type: ''float8'', or ''float4'': the same numbers, rounded once more.
column_options: options of single columns, such as {"education": {"smooth": 20, "stats": ["mean", "count"]}, "*": {"handle_missing": "category"}}; keys: name (of outputs), stats, smooth (a number or "auto"), regularization (of woe), null_value, handle_missing, handle_unknown, unknown_value, min_frequency, max_categories, label_order, categories (a list: the values of a column in the order of their codes; others are unknown), unseen (what an unseen category is encoded as: "prior", "null" or "error"). NULL: none.
guards: limits that stop the call with an error (23514) before anything of it is visible: min_rows (of the source), max_missing, max_unknown (shares of the worst column), and compared with codes_from or the encoder that is replaced max_new_categories (a count), max_vanished (a share of its rows), max_prior_change (of the mean of the targets, relative) and max_psi, such as {"min_rows": 1000, "max_psi": 0.25}. Their figures are in checks. NULL: none.
column_types: types that are not inferred, such as {"zip": "text"}; {"*": "text"} codes every column but the target.
null_values: more texts that mean NULL, quoted or not; NULL: only the empty field.
import_options: options of COPY FROM in format csv, and stray_quotes, as in s3_import.
export_options: options of COPY TO in format csv.
server: server with the endpoint and the credentials; NULL: by the URI.
output_server: server for the outputs; NULL: server.
compression: ''auto'', ''none'', ''gzip'' or ''zstd''.
kms_key: key of the key management service that encrypts the outputs; NULL: none.
overwrite: whether existing outputs are replaced.
replace: true fills the encoder anew if it is there; as in fit. For outputs: overwrite.';
