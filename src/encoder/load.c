/*
 * load.c: an encoder table into the dictionaries and arrays of a job.
 *
 * Categories become ids by their keys, made from their texts by the column's type; the
 * table's codes and encodings are stored by id.  Combinations are loaded as rows of ids
 * of their parts, which ge_job_combine() joins as it joins the rows of a source.  Rows
 * that do not fit the parameters are reported as damage.
 */
#include "postgres.h"

#include <math.h>

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "encoder/load.h"
#include "base/run_log.h"

bool
ge_encoder_ids_of_texts(GeEncoderLoad *state, int i_column, char *const *texts,
						uint32 stride, uint32 n, uint32 *ids)
{
	const GeCategoryColumn *column = &state->run->plan->columns[i_column];
	bool all_read, goes_on = ge_job_ids_of_texts(state->run, i_column, texts, stride, n,
												 ids, &all_read);

	if (!all_read)
		ge_encoder_damaged(
			state->name,
			psprintf("Column \"%s\" has a category that is no value of type %s.",
					 column->name, format_type_be(column->type)));
	return goes_on;
}

/* The k-th output of a part. */
static GeRunOutput *
output_of_part(const GeEncoderLoad *state, const GeEncoderPart *part, int k)
{
	return &state->run->outputs[part->encoding->plan->first_output + k];
}

/* GeEncoderConsumer: category rows of a column. */
static void
load_categories(GeEncoderLoad *state, GeEncoderPart *part)
{
	const GeEncoderBlock *block = &part->block;
	uint32 *ids = palloc_array(uint32, block->n);

	if (!ge_encoder_ids_of_texts(state, part->i, block->texts, 1, block->n, ids))
		return;
	for (uint32 i = 0; i < block->n; i++)
	{
		const GeEncoderFigures *figures = &block->figures[i];

		if (ids[i] > part->expected)
			ge_encoder_damaged(state->name, "Its categories are inconsistent.");
		part->codes[ids[i]] = figures->code;
		part->seen[ids[i]] = figures->seen;
		for (int k = 0; k < part->n_outputs; k++)
			output_of_part(state, part, k)->full[ids[i]] =
				block->encodings[(Size) i * part->n_outputs + k];
	}
}

void
ge_encoder_allocate_codes(GeEncoderLoad *state, GeEncoderPart *part)
{
	Size n = (Size) part->expected + 1;
	int flags = MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO;

	part->codes = MemoryContextAllocExtended(state->context, sizeof(int32) * n, flags);
	part->seen = MemoryContextAllocExtended(state->context, sizeof(bool) * n, flags);
}

/* Arrays by id, once the rows have been counted; and the totals that the prior says. */
static void
prepare_part(GeEncoderLoad *state, GeEncoderPart *part)
{
	Size n = (Size) part->expected + 1;
	int flags = MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO;
	GeRunEncoding *encoding = part->encoding;

	ge_encoder_allocate_codes(state, part);
	part->block_context =
		AllocSetContextCreate(state->scratch, "encoder block", ALLOCSET_DEFAULT_SIZES);
	if (encoding == NULL)
		return;
	for (int k = 0; k < part->n_outputs; k++)
	{
		GeRunOutput *output = output_of_part(state, part, k);
		double missing = part->missing.encodings[k];

		output->full =
			MemoryContextAllocExtended(state->context, sizeof(double) * n, flags);
		output->unseen = part->prior.encodings[k];
		output->full[GE_ID_MISSING] = isnan(missing) ? output->unseen : missing;
	}
	encoding->seen = part->seen;
}

/* A category with the code of rare ones has their encoding. */
static void
settle_pooled(const GeEncoderLoad *state, GeEncoderPart *part, uint32 id)
{
	for (int k = 0; k < part->n_outputs; k++)
	{
		double encoding = output_of_part(state, part, k)->full[id],
			   pool = part->infrequent.encodings[k];

		if (encoding != pool && !(isnan(encoding) && isnan(pool)))
			ge_encoder_damaged(state->name,
							   psprintf("Column \"%s\" has a rare category with an "
										"encoding of its own.",
										part->name));
	}
	part->seen[id] = part->infrequent.seen;
}

/* The codes of a label column, and what rare categories share. */
static void
settle_codes(GeEncoderLoad *state, GeEncoderPart *part)
{
	GeCategories *categories = &state->run->categories[part->i];

	ge_encoder_check_codes(state->name, part);
	categories->code = part->codes;
	categories->n_codes = part->n_codes;
	categories->has_infrequent = part->has_infrequent;
	if (part->has_infrequent)
		categories->infrequent_code = part->infrequent.code;
	if (part->column->options.handle_missing == GE_MISSING_CATEGORY)
		categories->missing_code = part->missing.code;
	for (uint32 id = 1; id <= part->expected && part->has_infrequent; id++)
		if (part->codes[id] == part->infrequent.code)
			settle_pooled(state, part, id);
}

void
ge_encoder_settle_categories(GeEncoderLoad *state, GeEncoderPart *part)
{
	GeCategories *categories = &state->run->categories[part->i];

	categories->n_known = categories->n_trained = categories->n_all =
		ge_compute_size(state->run->compute, categories->dictionary);
	if (categories->n_known != part->expected)
		ge_encoder_damaged(state->name, psprintf("Column \"%s\" has " UINT64_FORMAT
												 " rows of %u categories, "
												 "but %u are expected.",
												 part->name, part->n_loaded,
												 categories->n_known, part->expected));
	if (part->column->is_label)
		settle_codes(state, part);
}

/*
 * Columns that are only parts of combinations have the categories of the combinations.
 * Pairs of categories use ranks.
 */
static void
settle_column(GeEncoderLoad *state, int i)
{
	const GeCategoryColumn *column = &state->run->plan->columns[i];
	GeCategories *categories = &state->run->categories[i];
	uint32 size = ge_compute_size(state->run->compute, categories->dictionary);

	if (!column->is_label && !column->is_target)
		categories->n_known = categories->n_trained = categories->n_all = size;
	else if (size != categories->n_known)
		ge_encoder_damaged(
			state->name,
			psprintf("A combination has values that column \"%s\" lacks.", column->name));
	if (column->is_part)
		ge_job_rank(state->run, categories);
}

static int
count_outputs(const GeRunEncoding *encoding)
{
	return encoding == NULL ? 0 : encoding->plan->n_outputs;
}

/* What is to be loaded: columns first, then combinations. */
void
ge_encoder_list_parts(GeEncoderLoad *state)
{
	GeRun *run = state->run;
	const GePlan *plan = run->plan;
	const GeEncoderParameters *parameters = state->encoder->parameters;
	int next = 0; /* combinations stand in the plan as in the parameters */

	state->parts = palloc0_array(GeEncoderPart, plan->n_columns + plan->n_encodings + 1);
	for (int i = 0; i < plan->n_columns; i++)
	{
		const GeCategoryColumn *column = &plan->columns[i];

		const GeEncoderColumn *fitted = ge_encoder_find_column(parameters, column->name);

		if (!column->is_label && !column->is_target)
			continue;
		state->parts[state->n_parts++] =
			(GeEncoderPart){.name = column->name,
							.i = i,
							.column = column,
							.encoding = ge_job_find_encoding(run, i),
							.n_parts = 1,
							.n_outputs = count_outputs(ge_job_find_encoding(run, i)),
							.expected = fitted->categories,
							.has_infrequent = fitted->has_infrequent,
							.n_codes = fitted->n_codes};
	}
	for (int i = 0; i < plan->n_encodings; i++)
	{
		const GeEncoding *encoding = &plan->encodings[i];

		if (encoding->n_parts == 1)
			continue;
		for (int k = 0; k < state->n_parts; k++)
			if (strcmp(state->parts[k].name, encoding->name) == 0)
				ge_encoder_damaged(state->name,
								   "A combination has the name of a column.");
		state->parts[state->n_parts++] = (GeEncoderPart){
			.name = encoding->name,
			.i = -1,
			.encoding = &run->encodings[i],
			.n_parts = encoding->n_parts,
			.n_outputs = encoding->n_outputs,
			.expected = parameters->combinations[next].categories,
			.has_infrequent = parameters->combinations[next++].has_infrequent};
	}
}

void
ge_encoder_load_begin(GeEncoderLoad *state, GeRun *run, GeEncoder *encoder)
{
	*state =
		(GeEncoderLoad){.run = run, .encoder = encoder, .name = ge_encoder_name(encoder)};
	state->context = CurrentMemoryContext;
	state->moments = ge_encoder_moments_type();
	state->scratch = AllocSetContextCreate(CurrentMemoryContext, "encoder load",
										   ALLOCSET_DEFAULT_SIZES);
	state->row_context =
		AllocSetContextCreate(state->scratch, "encoder row", ALLOCSET_DEFAULT_SIZES);
}

void
ge_encoder_load_columns(GeEncoderLoad *state)
{
	ge_encoder_survey(state);
	for (int i = 0; i < state->n_parts; i++)
		prepare_part(state, &state->parts[i]);
	ge_encoder_read_categories(state, false, load_categories);
	for (int i = 0; i < state->n_parts && !ge_encoder_load_exhausted(state); i++)
		if (state->parts[i].column != NULL)
			ge_encoder_settle_categories(state, &state->parts[i]);
}

void
ge_encoder_load_end(GeEncoderLoad *state)
{
	MemoryContextDelete(state->scratch);
	if (ge_encoder_load_exhausted(state))
		ge_compute_raise(state->run->compute);
}

bool
ge_encoder_has_combinations(const GeEncoderLoad *state)
{
	return state->n_parts > 0 && state->parts[state->n_parts - 1].column == NULL;
}

/* Rows of combinations have their encodings in place of targets. */
static int
most_outputs(const GePlan *plan)
{
	int most = 0;

	for (int i = 0; i < plan->n_encodings; i++)
		most = Max(most, plan->encodings[i].n_outputs);
	return most;
}

void
ge_encoder_load(GeRun *run, GeEncoder *encoder)
{
	GeEncoderLoad state;
	int64 n = 0;

	ge_stage_begin();
	ge_stage_relation(ge_encoder_relid(encoder));
	ge_encoder_load_begin(&state, run, encoder);
	run->loaded = ge_row_store_create(run->n_id_columns, most_outputs(run->plan));
	ge_encoder_list_parts(&state);
	ge_encoder_load_columns(&state);
	if (ge_encoder_has_combinations(&state) && !ge_compute_exhausted(run->compute))
		ge_encoder_read_categories(&state, true, ge_encoder_load_combination);
	ge_encoder_load_end(&state);
	for (int i = 0; i < run->plan->n_columns; i++)
		settle_column(&state, i);
	ge_row_store_finish(run->loaded);
	ge_encoder_number_combinations(&state);
	for (int i = 0; i < state.n_parts; i++)
		n += state.parts[i].column != NULL ? state.parts[i].expected : 0;
	ge_stage_end("load", n, -1, ge_compute_name(run->compute), "encoder %s", state.name);
}
