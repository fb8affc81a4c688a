/*
 * rows.c: the rows of an encoder, grouped by their column.
 *
 * A load reads the table up to three times, all under one snapshot: to count; for the
 * categories of columns; for those of combinations, whose parts are known by then.  Rows
 * may stand in any order.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "base/run_log.h"
#include "base/shown.h"
#include "encoder/load.h"

/* A block is full at this many rows, or bytes of texts. */
#define BLOCK_ROWS 8192
#define BLOCK_BYTES (8 * 1024 * 1024)

/* The part that the row is of; NULL: none. */
static GeEncoderPart *
part_of_row(GeEncoderLoad *state)
{
	GeEncoderCursor *cursor = &state->encoder->cursor;
	const char *bytes;
	Size length;

	if (ge_encoder_field_is_null(cursor, GE_ENCODER_COLUMN_NAME))
		return NULL;
	bytes = ge_encoder_field_bytes(cursor, GE_ENCODER_COLUMN_NAME, &length);
	/* rows of one column mostly stand together */
	for (int i = -1; i < state->n_parts; i++)
	{
		GeEncoderPart *part = i < 0 ? state->last : &state->parts[i];

		if (part != NULL && strlen(part->name) == length &&
			memcmp(part->name, bytes, length) == 0)
			return state->last = part;
	}
	return NULL;
}

/* A category of a column has a value, one of a combination has none. */
static bool
is_category(GeEncoderCursor *cursor, const GeEncoderPart *part)
{
	return ge_encoder_field_is(cursor, GE_ENCODER_KIND, "category") &&
		   ge_encoder_field_is_null(cursor, GE_ENCODER_VALUE) == (part->column == NULL);
}

/* A field that must not be NULL. */
static Datum
require_field(GeEncoderLoad *state, int column)
{
	bool is_null;
	Datum datum = ge_encoder_field(&state->encoder->cursor, column, &is_null);

	if (is_null)
		ge_encoder_damaged(state->name, psprintf("A category has no %s.",
												 ge_encoder_columns()[column].name));
	return datum;
}

static uint64
take_n_rows(GeEncoderLoad *state)
{
	int64 n_rows = DatumGetInt64(require_field(state, GE_ENCODER_N_ROWS));

	if (n_rows < 0)
		ge_encoder_damaged(state->name, "A category has a negative n_rows.");
	return (uint64) n_rows;
}

static void
take_single(GeEncoderLoad *state, const GeEncoderPart *part, GeEncoderSingle *single)
{
	if (single->n_rows++ > 0)
		return;
	single->size = take_n_rows(state);
	single->seen = single->size > 0;
	single->code = DatumGetInt32(ge_encoder_field(
		&state->encoder->cursor, GE_ENCODER_CODE, &single->code_is_null));
	if (part->n_outputs > 0)
	{
		single->encodings =
			MemoryContextAlloc(state->scratch, sizeof(double) * part->n_outputs);
		ge_encodings_take(&state->encoder->cursor, part->n_outputs, single->encodings);
	}
	if (part->n_moments > 0)
	{
		MemoryContext old = MemoryContextSwitchTo(state->scratch);

		single->moments = palloc_array(Datum, part->n_moments);
		ge_encoder_moments_take(&state->encoder->cursor, &state->moments, part->n_moments,
								single->moments);
		MemoryContextSwitchTo(old);
	}
}

static void
count_row(GeEncoderLoad *state, GeEncoderPart *part)
{
	GeEncoderCursor *cursor = &state->encoder->cursor;

	if (is_category(cursor, part))
		part->n_found++;
	else if (ge_encoder_field_is(cursor, GE_ENCODER_KIND, "prior"))
		take_single(state, part, &part->prior);
	else if (ge_encoder_field_is(cursor, GE_ENCODER_KIND, "missing"))
		take_single(state, part, &part->missing);
	else if (ge_encoder_field_is(cursor, GE_ENCODER_KIND, "infrequent"))
		take_single(state, part, &part->infrequent);
}

static void
check_single(const GeEncoderLoad *state, const GeEncoderPart *part, const char *kind,
			 const GeEncoderSingle *single, bool expected)
{
	if (single->n_rows != expected)
		ge_encoder_damaged(state->name,
						   psprintf("Column \"%s\" has " UINT64_FORMAT
									" rows of kind '%s'.",
									ge_shown(part->name), single->n_rows, kind));
}

static void
check_counts(const GeEncoderLoad *state, const GeEncoderPart *part)
{
	if (part->n_outputs > 0 || part->n_moments > 0)
		check_single(state, part, "prior", &part->prior, true);
	check_single(state, part, "missing", &part->missing, true);
	check_single(state, part, "infrequent", &part->infrequent, part->has_infrequent);
	if (part->n_found != part->expected)
		ge_encoder_damaged(state->name,
						   psprintf("%s \"%s\" has " UINT64_FORMAT
									" rows of categories, but %u are expected.",
									part->column == NULL ? "Combination" : "Column",
									ge_shown(part->name), part->n_found, part->expected));
}

void
ge_encoder_survey(GeEncoderLoad *state)
{
	GeEncoderCursor *cursor = &state->encoder->cursor;

	ge_encoder_cursor_scan(cursor, state->encoder->snapshot);
	while (ge_encoder_cursor_next(cursor))
	{
		MemoryContext old = MemoryContextSwitchTo(state->row_context);
		GeEncoderPart *part = part_of_row(state);

		if (part != NULL)
			count_row(state, part);
		MemoryContextSwitchTo(old);
		MemoryContextReset(state->row_context);
	}
	ge_encoder_cursor_end(cursor);
	for (int i = 0; i < state->n_parts; i++)
		check_counts(state, &state->parts[i]);
}

/* Room for one more row in a block, in the current context. */
static void
reserve_row(GeEncoderBlock *block, int n_parts, int n_outputs, int n_moments)
{
	if (block->n < block->capacity)
		return;
	if (block->capacity == 0)
	{
		block->capacity = 32;
		block->texts = palloc_array(char *, block->capacity *n_parts);
		block->figures = palloc_array(GeEncoderFigures, block->capacity);
		block->encodings = palloc_array(double, block->capacity *Max(n_outputs, 1));
		block->moments = palloc_array(Datum, block->capacity * Max(n_moments, 1));
		return;
	}
	block->capacity *= 2;
	block->texts =
		repalloc_huge(block->texts, sizeof(char *) * (Size) block->capacity * n_parts);
	block->figures = repalloc_array(block->figures, GeEncoderFigures, block->capacity);
	block->encodings = repalloc_huge(
		block->encodings, sizeof(double) * (Size) block->capacity * Max(n_outputs, 1));
	block->moments = repalloc_huge(
		block->moments, sizeof(Datum) * (Size) block->capacity * Max(n_moments, 1));
}

static char *
copy_text(GeEncoderBlock *block, const char *bytes, Size length)
{
	block->bytes += length;
	return pnstrdup(bytes, length);
}

/* The texts of a combination's parts. */
static void
take_values(GeEncoderLoad *state, const GeEncoderPart *part, GeEncoderBlock *block,
			char **texts)
{
	Datum *elements = ge_encoder_list(&state->encoder->cursor, GE_ENCODER_VALUES,
									  &ge_text_elements, part->n_parts, NULL);

	for (int k = 0; k < part->n_parts; k++)
	{
		text *element = DatumGetTextPP(elements[k]);

		texts[k] = copy_text(block, VARDATA_ANY(element), VARSIZE_ANY_EXHDR(element));
	}
}

static GeEncoderFigures
figures_of_row(GeEncoderLoad *state, const GeEncoderPart *part)
{
	GeEncoderFigures figures = {.n_rows = take_n_rows(state)};

	figures.seen = figures.n_rows > 0;
	if (part->column != NULL && part->column->is_label)
		figures.code = DatumGetInt32(require_field(state, GE_ENCODER_CODE));
	return figures;
}

/* A category lacks an encoding only if unseen ones lack it, too. */
static void
take_encodings(GeEncoderLoad *state, const GeEncoderPart *part, double *encodings)
{
	if (part->n_outputs == 0)
		return;
	ge_encodings_take(&state->encoder->cursor, part->n_outputs, encodings);
	for (int k = 0; k < part->n_outputs; k++)
		if (isnan(encodings[k]) && !isnan(part->prior.encodings[k]))
			ge_encoder_damaged(state->name, "A category has no encoding.");
}

/* Put the row into its part's block. */
static void
take_category(GeEncoderLoad *state, GeEncoderPart *part)
{
	GeEncoderBlock *block = &part->block;
	MemoryContext old = MemoryContextSwitchTo(part->block_context);
	char **texts;

	reserve_row(block, part->n_parts, part->n_outputs, part->n_moments);
	texts = block->texts + (Size) block->n * part->n_parts;
	if (part->column == NULL)
		take_values(state, part, block, texts);
	else
	{
		Size length;
		const char *bytes =
			ge_encoder_field_bytes(&state->encoder->cursor, GE_ENCODER_VALUE, &length);

		texts[0] = copy_text(block, bytes, length);
	}
	block->figures[block->n] = figures_of_row(state, part);
	take_encodings(state, part, block->encodings + (Size) block->n * part->n_outputs);
	if (part->n_moments > 0)
		ge_encoder_moments_take(&state->encoder->cursor, &state->moments, part->n_moments,
								block->moments + (Size) block->n * part->n_moments);
	block->bytes += sizeof(double) * part->n_outputs;
	block->n++;
	MemoryContextSwitchTo(old);
}

static void
flush(GeEncoderLoad *state, GeEncoderPart *part, GeEncoderConsumer consume)
{
	MemoryContext old;

	if (part->block.n == 0)
		return;
	/*
	 * impossible under the snapshot of the count; checked because the count sizes the
	 * arrays
	 */
	if (part->n_loaded + part->block.n > part->expected)
		ge_encoder_damaged(state->name, "Its rows change while they are read.");
	old = MemoryContextSwitchTo(part->block_context);
	consume(state, part);
	MemoryContextSwitchTo(old);
	part->n_loaded += part->block.n;
	part->block = (GeEncoderBlock){0};
	MemoryContextReset(part->block_context);
}

static bool
is_full(const GeEncoderBlock *block)
{
	return block->n >= BLOCK_ROWS || block->bytes >= BLOCK_BYTES;
}

/* The row, if it is a category of one of the wanted parts. */
static void
take_row(GeEncoderLoad *state, bool combinations, GeEncoderConsumer consume)
{
	GeEncoderPart *part = part_of_row(state);

	if (part == NULL || (part->column == NULL) != combinations ||
		!is_category(&state->encoder->cursor, part))
		return;
	take_category(state, part);
	if (is_full(&part->block))
		flush(state, part, consume);
}

bool
ge_encoder_load_exhausted(const GeEncoderLoad *state)
{
	return state->run != NULL && ge_compute_exhausted(state->run->compute);
}

void
ge_encoder_read_categories(GeEncoderLoad *state, bool combinations,
						   GeEncoderConsumer consume)
{
	GeEncoderCursor *cursor = &state->encoder->cursor;
	uint64 n_rows = 0;

	ge_encoder_cursor_scan(cursor, state->encoder->snapshot);
	while (!ge_encoder_load_exhausted(state) && ge_encoder_cursor_next(cursor))
	{
		MemoryContext old = MemoryContextSwitchTo(state->row_context);

		ge_stage_rows(++n_rows);
		take_row(state, combinations, consume);
		MemoryContextSwitchTo(old);
		MemoryContextReset(state->row_context);
	}
	ge_encoder_cursor_end(cursor);
	for (int i = 0; i < state->n_parts && !ge_encoder_load_exhausted(state); i++)
		flush(state, &state->parts[i], consume);
}
