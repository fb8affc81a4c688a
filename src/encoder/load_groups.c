/*
 * load_groups.c: the categories of an encoder as groups of rows that were counted elsewhere.
 */
#include "postgres.h"
#include "common/int.h"
#include "utils/memutils.h"

#include "base/run_log.h"
#include "base/shown.h"
#include "encoder/load_groups.h"
#include "encoder/unlisted.h"
#include "job/groups.h"

/* The block of a part's groups, without its figures. */
static GeGroupBlock
block_of_part(const GeEncoderLoad *state, const GeEncoderPart *part, uint32 n)
{
	return (GeGroupBlock){
		.column = part->i,
		.encoding = part->encoding == NULL ? -1 : part->encoding - state->run->encodings,
		.n = n};
}

static void
add_groups(GeEncoderLoad *state, const GeEncoderPart *part, const GeGroupBlock *block)
{
	bool all_read;

	if (ge_job_groups_add(state->run, block, &all_read) && !all_read)
		ge_encoder_damaged(
			state->name,
			psprintf("\"%s\" has a category that is no value of its column's type.",
					 ge_shown(part->name)));
}

/* The ids of a block whose codes stay, and these codes by id; NULL: the memory ended. */
static uint32 *
take_codes(GeEncoderLoad *state, GeEncoderPart *part)
{
	const GeEncoderBlock *block = &part->block;
	uint32 *ids = palloc_array(uint32, block->n);

	if (!ge_encoder_ids_of_texts(state, part->i, block->texts, 1, block->n, ids))
		return NULL;
	for (uint32 i = 0; i < block->n; i++)
	{
		if (ids[i] > part->expected)
			ge_encoder_damaged(state->name, "Its categories are inconsistent.");
		part->codes[ids[i]] = block->figures[i].code;
	}
	return ids;
}

/* GeEncoderConsumer */
static void
consume(GeEncoderLoad *state, GeEncoderPart *part)
{
	GeGroupBlock block = block_of_part(state, part, part->block.n);
	uint64 *n_rows = palloc_array(uint64, block.n);

	for (uint32 i = 0; i < block.n; i++)
	{
		n_rows[i] = part->block.figures[i].n_rows;
		if (pg_add_u64_overflow(part->n_counted, n_rows[i], &part->n_counted))
			ge_encoder_damaged(state->name, "Its categories have too many rows.");
	}
	block.n_rows = n_rows;
	block.texts = part->block.texts;
	block.moments = part->n_moments > 0 ? part->block.moments : NULL;
	if (part->unlisted != NULL)
		ge_unlisted_leave(part->unlisted, part->block.moments, block.n);
	if (part->codes != NULL)
		block.ids = take_codes(state, part);
	if (!ge_encoder_load_exhausted(state))
		add_groups(state, part, &block);
}

/* The rows of the NULL category. */
static void
add_missing(GeEncoderLoad *state, GeEncoderPart *part)
{
	GeGroupBlock block = block_of_part(state, part, 1);
	char **texts = palloc0_array(char *, part->n_parts);

	block.texts = texts;
	block.n_rows = &part->missing.size;
	block.moments = part->missing.moments;
	if (pg_add_u64_overflow(part->n_counted, part->missing.size, &part->n_counted))
		ge_encoder_damaged(state->name, "Its categories have too many rows.");
	if (part->unlisted != NULL)
		ge_unlisted_leave(part->unlisted, block.moments, 1);
	add_groups(state, part, &block);
	pfree(texts);
}

/* The rows of values that are not listed; without a list there are none. */
static void
add_unlisted(GeEncoderLoad *state, GeEncoderPart *part, uint64 n_rows, bool takes_out)
{
	GeGroupBlock block = block_of_part(state, part, 1);
	uint64 n_unlisted = n_rows - part->n_counted;

	if (part->n_counted > n_rows || (part->unlisted == NULL && n_unlisted > 0))
		ge_encoder_damaged(state->name,
						   psprintf("The categories of \"%s\" have " UINT64_FORMAT
									" rows, but " UINT64_FORMAT " are expected.",
									ge_shown(part->name), part->n_counted, n_rows));
	if (n_unlisted == 0)
		return;
	block.is_unknown = true;
	block.n_rows = &n_unlisted;
	if (part->n_moments > 0)
		block.moments = ge_unlisted_rest(part->unlisted, takes_out);
	add_groups(state, part, &block);
}

/* Whether values of a column, or of a part of a combination, were listed. */
static bool
has_list(const GeEncoderLoad *state, const GeEncoderPart *part)
{
	const GeCategoryColumn *columns = state->run->plan->columns;

	if (part->column != NULL)
		return part->column->options.categories.given;
	for (int k = 0; k < part->n_parts; k++)
		if (columns[part->encoding->plan->parts[k]].options.categories.given)
			return true;
	return false;
}

/* The categories of a column with a list are those of the list. */
static void
check_list(const GeEncoderLoad *state, const GeEncoderPart *part)
{
	const GeRun *run = state->run;
	const GeCategories *categories = &run->categories[part->i];

	if (part->column != NULL && has_list(state, part) &&
		(part->expected != categories->n_known ||
		 ge_compute_size(run->compute, categories->dictionary) != categories->n_known))
		ge_encoder_damaged(state->name,
						   psprintf("The categories of \"%s\" are not those of its list.",
									ge_shown(part->name)));
}

/* Moments instead of encodings, as many as targets and classes; codes, if they stay. */
static void
prepare_part(GeEncoderLoad *state, GeEncoderPart *part, bool with_codes)
{
	if (with_codes && part->column != NULL && part->column->is_label)
		ge_encoder_allocate_codes(state, part);
	part->n_outputs = 0;
	if (part->encoding != NULL && part->encoding->plan->fits[0].target >= 0)
		part->n_moments = part->encoding->plan->n_fits;
	part->block_context =
		AllocSetContextCreate(state->scratch, "encoder block", ALLOCSET_DEFAULT_SIZES);
}

/* The categories of a label column are known, with the codes that stay. */
static void
settle_codes(GeEncoderLoad *state, GeEncoderPart *part)
{
	GeCategories *categories = &state->run->categories[part->i];

	ge_encoder_settle_categories(state, part);
	categories->codes_given = true;
	categories->n_given = categories->n_known;
}

void
ge_encoder_load_groups(GeRun *run, GeEncoder *encoder, uint64 n_rows, bool with_codes,
					   bool takes_out)
{
	GeEncoderLoad state;
	int64 n = 0;

	ge_stage_begin();
	ge_stage_relation(ge_encoder_relid(encoder));
	ge_encoder_cursor_check_moments(&encoder->cursor);
	ge_encoder_load_begin(&state, run, encoder);
	ge_encoder_list_parts(&state);
	for (int i = 0; i < state.n_parts; i++)
		prepare_part(&state, &state.parts[i], with_codes);
	ge_encoder_survey(&state);
	for (int i = 0; i < state.n_parts; i++)
		if (has_list(&state, &state.parts[i]))
			state.parts[i].unlisted = ge_unlisted_create(&state, &state.parts[i]);
	ge_encoder_read_categories(&state, false, consume);
	for (int i = 0; i < state.n_parts && !ge_encoder_load_exhausted(&state); i++)
	{
		check_list(&state, &state.parts[i]);
		if (state.parts[i].codes != NULL)
			settle_codes(&state, &state.parts[i]);
	}
	if (ge_encoder_has_combinations(&state))
		ge_encoder_read_categories(&state, true, consume);
	for (int i = 0; i < state.n_parts && !ge_encoder_load_exhausted(&state); i++)
	{
		add_missing(&state, &state.parts[i]);
		add_unlisted(&state, &state.parts[i], n_rows, takes_out);
		n += state.parts[i].n_loaded;
	}
	ge_encoder_load_end(&state);
	ge_stage_end("load", n, -1, ge_compute_name(run->compute), "figures of encoder %s",
				 state.name);
}
