/*
 * encoder_load_combinations.c: combinations of an encoder table into a job.
 *
 * Each category row becomes a row of ids of the parts in the job's loaded row store, with
 * its encoding in place of a target.  After ge_job_combine() has given those rows ids of
 * the combination, ge_encoder_settle_combinations() puts the encodings where ids find
 * them.
 */
#include "postgres.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "encoder/load.h"

static GeRunEncoding *
combination(GeRun *run, int i)
{
	for (int k = 0; k < run->plan->n_encodings; k++)
		if (run->encodings[k].plan->n_parts > 1 && i-- == 0)
			return &run->encodings[k];
	return NULL;
}

/* The texts of the parts of one row. */
static void
split_values(GeEncoderLoad *state, Datum values, int n_parts, char ***texts, uint64 row)
{
	ArrayType *array = DatumGetArrayTypeP(values);
	Datum *elements;
	int n;

	if (ARR_NDIM(array) != 1 || array_contains_nulls(array))
		ge_encoder_damaged(state->encoder, "A combination has values that are no list.");
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL, &n);
	if (n != n_parts)
		ge_encoder_damaged(state->encoder,
						   "A combination has too few or too many values.");
	for (int k = 0; k < n; k++)
		texts[k][row] = TextDatumGetCString(elements[k]);
}

/* GeEncoderConsumer: a block of category rows as a segment of ids of the parts. */
static void
load_rows(GeEncoderLoad *state, SPITupleTable *rows, uint64 n, void *arg)
{
	GeEncoderLoadColumn *load = arg;
	GeRunEncoding *encoding = load->encoding;
	GeRowStore *loaded = state->run->loaded;
	GeBatch batch = {.chunk = loaded->n_segments, .n_rows = n};
	char ***texts = palloc_array(char **, encoding->plan->n_parts);
	GeSegment *segment = ge_row_store_append(loaded, &batch);

	segment->float_targets = MemoryContextAllocZero(loaded->context, sizeof(double) * n);
	for (int k = 0; k < encoding->plan->n_parts; k++)
		texts[k] = palloc_array(char *, n);
	for (uint64 i = 0; i < n; i++)
	{
		HeapTuple row = rows->vals[i];

		split_values(
			state, ge_encoder_figure(state, row, rows->tupdesc, GE_LOAD_VALUE, "values"),
			encoding->plan->n_parts, texts, i);
		if (encoding->totals.n_target > 0)
			segment->float_targets[i] = ge_encoder_encoding(state, row, rows->tupdesc);
	}
	for (int k = 0; k < encoding->plan->n_parts; k++)
		if (!ge_encoder_ids_of_texts(
				state, encoding->plan->parts[k], texts[k], n,
				ge_segment_ids_create(loaded, segment, encoding->plan->parts[k])))
			return;
	load->n_rows += n;
}

void
ge_encoder_load_combination(GeEncoderLoad *state, int i, uint32 expected)
{
	GeEncoderLoadColumn load = {.encoding = combination(state->run, i),
								.expected = expected};

	ge_encoder_create_arrays(state, &load);
	load.encoding->full = load.full;
	load.encoding->seen = load.seen;
	load.encoding->first_loaded = state->run->loaded->n_segments;
	ge_encoder_load_singles(state, &load, load.encoding->plan->name);
	ge_encoder_rows(state, "\"values\"", load.encoding->plan->name, "category",
					"value IS NULL", load_rows, &load);
	load.encoding->n_loaded =
		state->run->loaded->n_segments - load.encoding->first_loaded;
	if (load.n_rows != expected && !ge_compute_exhausted(state->run->compute))
		ge_encoder_damaged(state->encoder,
						   psprintf("Combination \"%s\" has " UINT64_FORMAT
									" categories, but %u are expected.",
									load.encoding->plan->name, load.n_rows, expected));
}

void
ge_encoder_settle_combinations(GeRun *run, Oid encoder)
{
	for (int i = 0; i < run->plan->n_encodings; i++)
	{
		GeRunEncoding *encoding = &run->encodings[i];
		uint64 n_rows = 0;

		for (int k = 0; k < encoding->n_loaded; k++)
			n_rows += run->loaded->segments[encoding->first_loaded + k].n_rows;
		if (encoding->plan->n_parts > 1 && encoding->categories->n_known != n_rows)
			ge_encoder_damaged(ge_relation_name(encoder),
							   psprintf("Combination \"%s\" has a category twice.",
										encoding->plan->name));
		for (int k = 0; k < encoding->n_loaded; k++)
		{
			GeSegment *segment = &run->loaded->segments[encoding->first_loaded + k];

			for (uint32 row = 0; row < segment->n_rows; row++)
			{
				uint32 id = ge_ids_get(&segment->ids[encoding->id_column], row);

				encoding->seen[id] = true;
				encoding->full[id] = segment->float_targets[row];
			}
		}
	}
}
