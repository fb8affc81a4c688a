/*
 * write.c: a fitted job as rows of an encoder table.
 *
 * Rows come in a fixed order: column by column the categories in the order of their keys,
 * the infrequent row, the missing row and the prior, then the parameters.  Two fits of the
 * same data write the same rows but for the time.
 */
#include "postgres.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "base/citus.h"
#include "encoder/write.h"
#include "base/run_log.h"

/* Categories whose texts and figures are at hand at once. */
#define BLOCK 1024

static void
begin_row(GeEncoderRow *row, const char *kind)
{
	memset(row->is_null, true, sizeof row->is_null);
	ge_encoder_row_set(row, GE_ENCODER_KIND, CStringGetTextDatum(kind));
}

static void
put_row(const GeEncoderWrite *state, const GeEncoderRow *row)
{
	ge_digest_row(state->digest, row->values, row->is_null);
	ge_output_put(state->table, row->values, row->is_null);
	MemoryContextReset(state->row_context);
}

/* The texts of a combination's parts, for n ids: text[] each. */
static Datum *
combination_values(const GeEncoderWrite *state, const uint32 *ids, uint32 n)
{
	int n_parts = state->encoding->plan->n_parts;
	uint32 *part_ids = palloc_array(uint32, n * n_parts),
		   *of_part = palloc_array(uint32, n);
	char ***texts = palloc_array(char **, n_parts);
	Datum *result = palloc_array(Datum, n), *elements = palloc_array(Datum, n_parts);

	ge_combination_parts(state->run, state->encoding, ids, n, part_ids);
	for (int k = 0; k < n_parts; k++)
	{
		for (uint32 i = 0; i < n; i++)
			of_part[i] = part_ids[i * n_parts + k];
		texts[k] =
			ge_job_column_texts(state->run, state->encoding->plan->parts[k], of_part, n);
	}
	for (uint32 i = 0; i < n; i++)
	{
		for (int k = 0; k < n_parts; k++)
			elements[k] = CStringGetTextDatum(texts[k][i]);
		result[i] = PointerGetDatum(
			construct_array(elements, n_parts, TEXTOID, -1, false, TYPALIGN_INT));
	}
	return result;
}

/* Up to BLOCK category rows, from a rank on. */
static void
put_categories(const GeEncoderWrite *state, uint32 first, uint32 n)
{
	const uint32 *ids = state->categories->order + first;
	char **texts = NULL;
	Datum *values = NULL;
	GeEncoderRow row;

	if (state->column != NULL)
		texts = ge_job_column_texts(state->run, state->i, ids, n);
	else
		values = combination_values(state, ids, n);
	for (uint32 i = 0; i < n; i++)
	{
		MemoryContext old;

		if (ge_is_left_out(state->categories, ids[i], state->n_rows[ids[i]]))
			continue;
		old = MemoryContextSwitchTo(state->row_context);
		begin_row(&row, "category");
		if (state->column != NULL)
			ge_encoder_row_set(&row, GE_ENCODER_VALUE, CStringGetTextDatum(texts[i]));
		else
			ge_encoder_row_set(&row, GE_ENCODER_VALUES, values[i]);
		if (state->column != NULL && state->column->is_label)
			ge_encoder_row_set(&row, GE_ENCODER_CODE,
							   Int32GetDatum(state->categories->code[ids[i]]));
		ge_encoder_row_set_id(&row, state, ids[i]);
		MemoryContextSwitchTo(old);
		put_row(state, &row);
	}
}

/* The row of the NULL category. */
static void
put_missing(const GeEncoderWrite *state)
{
	GeMissing missing = state->column != NULL
							? state->column->options.handle_missing
							: state->encoding->plan->options.handle_missing;
	MemoryContext old = MemoryContextSwitchTo(state->row_context);
	GeEncoderRow row;

	begin_row(&row, "missing");
	ge_encoder_row_set_id(&row, state, GE_ID_MISSING);
	if (missing == GE_MISSING_CATEGORY && state->column != NULL &&
		state->column->is_label)
		ge_encoder_row_set(&row, GE_ENCODER_CODE,
						   Int32GetDatum(state->categories->missing_code));
	if (missing == GE_MISSING_NULL || missing == GE_MISSING_ERROR)
		ge_encoder_row_clear_encodings(&row, state);
	MemoryContextSwitchTo(old);
	put_row(state, &row);
}

/* A row of kind 'infrequent' or 'prior'. */
static void
put_single(const GeEncoderWrite *state, const char *kind,
		   void (*set)(GeEncoderRow *, const GeEncoderWrite *))
{
	MemoryContext old = MemoryContextSwitchTo(state->row_context);
	GeEncoderRow row;

	begin_row(&row, kind);
	set(&row, state);
	MemoryContextSwitchTo(old);
	put_row(state, &row);
}

/* All rows of one column or combination. */
static void
write_column(GeEncoderWrite *state, int id_column, GeFitAnswer *answer)
{
	uint32 n_known = state->categories->n_known;
	MemoryContext block_context = AllocSetContextCreate(
		CurrentMemoryContext, "encoder block", ALLOCSET_DEFAULT_SIZES);

	state->n_rows = ge_job_count_rows(state->run, id_column, n_known);
	if (state->encoding != NULL)
		ge_encoder_figures_fetch(state);
	for (uint32 first = 0; first < n_known; first += BLOCK)
	{
		MemoryContext old = MemoryContextSwitchTo(block_context);

		CHECK_FOR_INTERRUPTS();
		put_categories(state, first, Min(n_known - first, BLOCK));
		MemoryContextSwitchTo(old);
		MemoryContextReset(block_context);
	}
	if (state->categories->has_infrequent)
		put_single(state, "infrequent", ge_encoder_row_set_pool);
	put_missing(state);
	if (state->encoding != NULL)
		put_single(state, "prior", ge_encoder_row_set_totals);
	ge_fit_summarise(answer, state->run, state->column, state->encoding, state->fits,
					 state->n_rows[GE_ID_MISSING]);
	ge_encoder_figures_free(state);
	MemoryContextDelete(block_context);
}

/* The last row, because it has the digest of all others. */
static char *
put_parameters(const GeEncoderWrite *state)
{
	char *options = ge_encoder_options_text(state->run), *id;
	MemoryContext old;
	GeEncoderRow row;

	ge_digest_text(state->digest, options);
	id = ge_digest_finish(state->digest);
	old = MemoryContextSwitchTo(state->row_context);
	begin_row(&row, "parameters");
	ge_encoder_row_set(
		&row, GE_ENCODER_PARAMETERS,
		DirectFunctionCall1(
			jsonb_in,
			CStringGetDatum(psprintf("%s, \"encoder_id\": \"%s\"%s}",
									 ge_encoder_about_text(state->run), id, options))));
	ge_output_put(state->table, row.values, row.is_null);
	MemoryContextSwitchTo(old);
	MemoryContextReset(state->row_context);
	return id;
}

/* Every server that has rows of the fitted source gets the encoder. */
static bool
is_of_citus(const GeRun *run, Oid encoder)
{
	Relation source = ge_source_relation(run->plan->sources[0].source);

	return source != NULL && !isTempNamespace(get_rel_namespace(encoder)) &&
		   ge_distribution_of(RelationGetRelid(source)).kind != GE_NOT_SPREAD;
}

GeFitAnswer
ge_encoder_write(GeRun *run, GeOutputTable *table)
{
	GeFitAnswer answer = {0};
	GeEncoderWrite state = {.run = run, .table = table, .digest = ge_digest_create()};
	Oid relid = ge_output_relid(table);
	bool is_new = ge_output_is_new(table);
	uint64 rows;

	ge_stage_begin();
	ge_stage_relation(relid);
	state.row_context = AllocSetContextCreate(CurrentMemoryContext, "encoder row",
											  ALLOCSET_DEFAULT_SIZES);
	state.moments = ge_encoder_moments_type();
	ge_job_fetch_encodings(run);
	for (int i = 0; i < run->plan->n_columns; i++)
	{
		state.i = i;
		state.column = &run->plan->columns[i];
		state.encoding = ge_job_find_encoding(run, i);
		if (!state.column->is_label && state.encoding == NULL)
			continue;
		state.name = state.column->name;
		state.categories = &run->categories[i];
		write_column(&state, i, &answer);
	}
	for (int i = 0; i < run->plan->n_encodings; i++)
	{
		state.encoding = &run->encodings[i];
		if (state.encoding->plan->n_parts == 1)
			continue;
		state.column = NULL;
		state.name = state.encoding->plan->name;
		state.categories = state.encoding->categories;
		write_column(&state, state.encoding->id_column, &answer);
	}
	answer.encoder_id = put_parameters(&state);
	MemoryContextDelete(state.row_context);
	rows = ge_output_finish(table);
	CommandCounterIncrement();
	if (is_new)
		ge_encoder_create_indexes(relid);
	if (is_new && is_of_citus(run, relid))
		ge_make_reference(relid);
	ge_stage_end("encoder", rows, -1, "", "%s", ge_relation_name(relid));
	return answer;
}
