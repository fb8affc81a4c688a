/*
 * encoder_load.c: an encoder table into the dictionaries and arrays of a job.
 *
 * Categories become ids by their keys, made from their texts by the column's type; the
 * table's codes and encodings are stored by id.  Combinations are loaded as rows of ids of
 * their parts, which ge_job_combine() joins as it joins the rows of a source.  Whatever
 * does not fit the parameters is reported as damage.
 */
#include "postgres.h"

#include <math.h>

#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "catalog/pg_type.h"

#include "encoder/load.h"
#include "base/run_log.h"

#define ROWS_AT_ONCE 8192

/* Run a query over the rows of one column name and kind, a block at a time. */
void
ge_encoder_rows(GeEncoderLoad *state, const char *select, const char *column_name,
				const char *kind, const char *extra, GeEncoderConsumer consume, void *arg)
{
	char *sql =
		psprintf("SELECT %s, code, n_rows, encoding FROM %s "
				 "WHERE column_name OPERATOR(pg_catalog.=) %s "
				 "AND kind OPERATOR(pg_catalog.=) '%s' AND %s",
				 select, state->encoder, quote_literal_cstr(column_name), kind, extra);
	SPIPlanPtr plan;
	Portal portal;

	plan = SPI_prepare(sql, 0, NULL);
	if (plan == NULL)
		ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR),
						errmsg("could not read encoder %s", state->encoder)));
	portal = SPI_cursor_open(NULL, plan, NULL, NULL, true);
	for (;;)
	{
		MemoryContext old;

		SPI_cursor_fetch(portal, true, ROWS_AT_ONCE);
		if (SPI_processed == 0)
			break;
		old = MemoryContextSwitchTo(state->block_context);
		consume(state, SPI_tuptable, SPI_processed, arg);
		MemoryContextSwitchTo(old);
		MemoryContextReset(state->block_context);
		SPI_freetuptable(SPI_tuptable);
		if (ge_compute_exhausted(state->run->compute))
			break;
	}
	SPI_cursor_close(portal);
}

bool
ge_encoder_ids_of_texts(GeEncoderLoad *state, int column, char **texts, uint32 n,
						uint32 *ids)
{
	GeCategoryType *type = state->run->plan->columns[column].category;
	GeCategories *categories = &state->run->categories[column];
	GeKeys keys = {.kind = categories->kind, .n_rows = n};
	StringInfoData bytes;
	int64 *values = palloc_array(int64, n);
	uint32 *offsets = palloc_array(uint32, n + 1);
	int nest = ge_text_form_begin();
	bool added;

	initStringInfo(&bytes);
	for (uint32 i = 0; i < n; i++)
	{
		offsets[i] = bytes.len;
		if (keys.kind == GE_KEY_INT64)
			ge_category_int64_key_of_text(type, texts[i], &values[i]);
		else
			ge_category_bytes_key_of_text(type, texts[i], &bytes);
	}
	offsets[n] = bytes.len;
	ge_text_form_end(nest);
	keys.values = values;
	keys.offsets = offsets;
	keys.bytes = (uint8 *) bytes.data;
	added = ge_compute_try_add(state->run->compute, 1, &categories->dictionary, &keys,
							   &ids) &&
			ge_compute_try_flush(state->run->compute);
	pfree(bytes.data);
	return added;
}

static char *
text_at(GeEncoderLoad *state, HeapTuple row, TupleDesc desc, int column)
{
	bool is_null;
	Datum datum = SPI_getbinval(row, desc, column, &is_null);

	if (is_null)
		ge_encoder_damaged(state->encoder, "A category has no value.");
	return TextDatumGetCString(datum);
}

/* What a category row must hold: refuse NULL. */
Datum
ge_encoder_figure(GeEncoderLoad *state, HeapTuple row, TupleDesc desc, int column,
				  const char *what)
{
	bool is_null;
	Datum datum = SPI_getbinval(row, desc, column, &is_null);

	if (is_null)
		ge_encoder_damaged(state->encoder, psprintf("A category has no %s.", what));
	return datum;
}

static double
finite_encoding(const GeEncoderLoad *state, Datum datum)
{
	double encoding = DatumGetFloat8(datum);

	if (!isfinite(encoding))
		ge_encoder_damaged(state->encoder, "An encoding is not finite.");
	return encoding;
}

double
ge_encoder_encoding(GeEncoderLoad *state, HeapTuple row, TupleDesc desc)
{
	return finite_encoding(
		state, ge_encoder_figure(state, row, desc, GE_LOAD_ENCODING, "encoding"));
}

/* Whether the fitted source has the category of a row. */
static bool
has_rows(GeEncoderLoad *state, HeapTuple row, TupleDesc desc)
{
	int64 n_rows =
		DatumGetInt64(ge_encoder_figure(state, row, desc, GE_LOAD_N_ROWS, "n_rows"));

	if (n_rows < 0)
		ge_encoder_damaged(state->encoder, "A category has a negative n_rows.");
	return n_rows > 0;
}

/* GeEncoderConsumer: category rows of a column. */
static void
load_categories(GeEncoderLoad *state, SPITupleTable *rows, uint64 n, void *arg)
{
	GeEncoderLoadColumn *load = arg;
	char **texts = palloc_array(char *, n);
	uint32 *ids = palloc_array(uint32, n);

	if (load->n_rows + n > load->expected)
		ge_encoder_damaged(state->encoder,
						   psprintf("Column \"%s\" has more than %u categories.",
									load->column->name, load->expected));
	for (uint64 i = 0; i < n; i++)
		texts[i] = text_at(state, rows->vals[i], rows->tupdesc, GE_LOAD_VALUE);
	if (!ge_encoder_ids_of_texts(state, load->column - state->run->plan->columns, texts,
								 n, ids))
		return;
	for (uint64 i = 0; i < n; i++)
	{
		HeapTuple row = rows->vals[i];

		if (ids[i] > load->expected)
			ge_encoder_damaged(state->encoder, "Its categories are inconsistent.");
		if (load->column->is_label)
			load->codes[ids[i]] = DatumGetInt32(
				ge_encoder_figure(state, row, rows->tupdesc, GE_LOAD_CODE, "code"));
		load->seen[ids[i]] = has_rows(state, row, rows->tupdesc);
		if (load->encoding != NULL && load->encoding->totals.n_target > 0)
			load->full[ids[i]] = ge_encoder_encoding(state, row, rows->tupdesc);
	}
	load->n_rows += n;
}

/* GeEncoderConsumer: the one row of kind 'prior' (its n_target stands where codes do). */
static void
load_prior(GeEncoderLoad *state, SPITupleTable *rows, uint64 n, void *arg)
{
	GeEncoderLoadColumn *load = arg;
	bool is_null;
	Datum prior = SPI_getbinval(rows->vals[0], rows->tupdesc, GE_LOAD_ENCODING, &is_null);

	load->n_rows += n;
	load->encoding->totals.n_target = is_null ? 0 : 1;
	load->encoding->totals.prior = is_null ? 0 : finite_encoding(state, prior);
}

/* GeEncoderConsumer: the one row of kind 'missing'. */
static void
load_missing(GeEncoderLoad *state, SPITupleTable *rows, uint64 n, void *arg)
{
	GeEncoderLoadColumn *load = arg;
	bool is_null;
	Datum encoding =
		SPI_getbinval(rows->vals[0], rows->tupdesc, GE_LOAD_ENCODING, &is_null);

	load->n_rows += n;
	if (load->encoding != NULL)
		load->full[GE_ID_MISSING] =
			is_null ? load->encoding->totals.prior : finite_encoding(state, encoding);
}

/* Rows of a kind that a column has once. */
static void
load_single_row(GeEncoderLoad *state, GeEncoderLoadColumn *load, const char *name,
				const char *kind, GeEncoderConsumer consume)
{
	load->n_rows = 0;
	ge_encoder_rows(state, "NULL::pg_catalog.text", name, kind, "true", consume, load);
	if (load->n_rows != 1)
		ge_encoder_damaged(state->encoder, psprintf("Column \"%s\" has " UINT64_FORMAT
													" rows of kind '%s'.",
													name, load->n_rows, kind));
}

void
ge_encoder_create_arrays(GeEncoderLoad *state, GeEncoderLoadColumn *load)
{
	Size n = (Size) load->expected + 1;
	int flags = MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO;

	load->codes = MemoryContextAllocExtended(state->context, sizeof(int32) * n, flags);
	load->full = MemoryContextAllocExtended(state->context, sizeof(double) * n, flags);
	load->seen = MemoryContextAllocExtended(state->context, sizeof(bool) * n, flags);
}

/* Codes must be 0..C-1, each once. */
static void
settle_codes(GeEncoderLoad *state, GeEncoderLoadColumn *load)
{
	GeCategories *categories = load->categories;
	bool *taken =
		palloc_extended((Size) load->expected + 1, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);

	categories->code = load->codes;
	categories->missing_code = (int32) load->expected;
	for (uint32 id = 1; id <= load->expected; id++)
	{
		int32 code = load->codes[id];

		if (code < 0 || (uint32) code >= load->expected || taken[code])
			ge_encoder_damaged(
				state->encoder,
				psprintf("Column \"%s\" has code %d twice or out of range.",
						 load->column->name, code));
		taken[code] = true;
	}
	pfree(taken);
}

void
ge_encoder_load_singles(GeEncoderLoad *state, GeEncoderLoadColumn *load, const char *name)
{
	if (load->encoding != NULL)
		load_single_row(state, load, name, "prior", load_prior);
	load_single_row(state, load, name, "missing", load_missing);
	load->n_rows = 0;
}

static void
load_column(GeEncoderLoad *state, int i, uint32 expected)
{
	const GeCategoryColumn *column = &state->run->plan->columns[i];
	GeCategories *categories = &state->run->categories[i];
	GeEncoderLoadColumn load = {.column = column,
								.categories = categories,
								.encoding = ge_job_find_encoding(state->run, i)};

	load.expected = expected;
	ge_encoder_create_arrays(state, &load);
	ge_encoder_load_singles(state, &load, column->name);
	ge_encoder_rows(state, "value", column->name, "category", "value IS NOT NULL",
					load_categories, &load);
	if (ge_compute_exhausted(state->run->compute))
		return;
	categories->n_known = categories->n_trained = categories->n_all =
		ge_compute_size(state->run->compute, categories->dictionary);
	if (load.n_rows != expected || categories->n_known != expected)
		ge_encoder_damaged(state->encoder, psprintf("Column \"%s\" has " UINT64_FORMAT
													" rows of %u categories, "
													"but %u are expected.",
													column->name, load.n_rows,
													categories->n_known, expected));
	if (column->is_label)
		settle_codes(state, &load);
	if (load.encoding != NULL)
	{
		load.encoding->full = load.full;
		load.encoding->seen = load.seen;
	}
}

/*
 * Parts that are nothing else than parts have what the combinations brought.  Pairs of
 * categories go by their ranks.
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
			state->encoder,
			psprintf("A combination has values that column \"%s\" lacks.", column->name));
	if (column->is_part)
		ge_job_rank(state->run, categories);
}

void
ge_encoder_load(GeRun *run, Oid encoder, const GeEncoderParameters *parameters)
{
	GeEncoderLoad state = {.run = run, .encoder = ge_relation_name(encoder)};
	int64 n = 0;

	ge_stage_begin();
	state.context = CurrentMemoryContext;
	state.block_context = AllocSetContextCreate(CurrentMemoryContext, "encoder load",
												ALLOCSET_DEFAULT_SIZES);
	run->loaded = ge_row_store_create(run->n_id_columns);
	SPI_connect();
	for (int i = 0; i < run->plan->n_columns && !ge_compute_exhausted(run->compute); i++)
		if (run->plan->columns[i].is_label || run->plan->columns[i].is_target)
		{
			const GeEncoderColumn *column =
				ge_encoder_find_column(parameters, run->plan->columns[i].name);

			load_column(&state, i, column->categories);
			n += column->categories;
		}
	for (int i = 0; i < parameters->n_combinations && !ge_compute_exhausted(run->compute);
		 i++)
		ge_encoder_load_combination(&state, i, parameters->combinations[i].categories);
	SPI_finish();
	MemoryContextDelete(state.block_context);
	if (ge_compute_exhausted(run->compute))
		ge_compute_raise(run->compute);
	for (int i = 0; i < run->plan->n_columns; i++)
		settle_column(&state, i);
	ge_row_store_finish(run->loaded);
	ge_stage_end("load", n, -1, ge_compute_name(run->compute), "encoder %s",
				 state.encoder);
}
