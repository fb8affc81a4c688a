/*
 * load_combinations.c: combinations of an encoder table into a job.
 *
 * Each category row becomes a row of ids of the parts in the job's loaded row store, with
 * its encodings in place of targets. ge_job_combine() gives these rows ids of the
 * combination.  Then ge_encoder_settle_combinations() stores the encodings by id.
 */
#include "postgres.h"

#include "base/shown.h"
#include "encoder/load.h"

void
ge_encoder_load_combination(GeEncoderLoad *state, GeEncoderPart *part)
{
	const GeEncoderBlock *block = &part->block;
	GeRowStore *loaded = state->run->loaded;
	/* in the order of combinations, whatever the order of rows in the table */
	GeBatch batch = {
		.chunk = part - state->parts, .first_row = part->n_loaded, .n_rows = block->n};
	GeSegment *segment = ge_row_store_append(loaded, &batch);

	for (int k = 0; k < part->n_outputs; k++)
	{
		double *encodings =
			MemoryContextAlloc(loaded->context, sizeof(double) * block->n);

		for (uint32 i = 0; i < block->n; i++)
			encodings[i] = block->encodings[(Size) i * part->n_outputs + k];
		segment->targets[k].floats = encodings;
	}
	for (int k = 0; k < part->n_parts; k++)
	{
		int column = part->encoding->plan->parts[k];
		uint32 *ids = ge_segment_ids_create(loaded, segment, column);

		if (!ge_encoder_ids_of_texts(state, column, block->texts + k, part->n_parts,
									 block->n, ids))
			return;
	}
}

void
ge_encoder_number_combinations(GeEncoderLoad *state)
{
	const GeRowStore *loaded = state->run->loaded;
	int segment = 0;

	for (int i = 0; i < state->n_parts; i++)
	{
		GeRunEncoding *encoding = state->parts[i].encoding;
		int first = segment;

		while (segment < loaded->n_segments && loaded->segments[segment].chunk == i)
			segment++;
		if (encoding == NULL)
			continue;
		encoding->first_loaded = first;
		encoding->n_loaded = segment - first;
	}
}

/* Categories of a combination that were loaded. */
static uint64
count_loaded(const GeRun *run, const GeRunEncoding *encoding)
{
	uint64 n_rows = 0;

	for (int k = 0; k < encoding->n_loaded; k++)
		n_rows += run->loaded->segments[encoding->first_loaded + k].n_rows;
	return n_rows;
}

void
ge_encoder_settle_combinations(GeRun *run, const GeEncoder *encoder)
{
	for (int i = 0; i < run->plan->n_encodings; i++)
	{
		GeRunEncoding *encoding = &run->encodings[i];

		if (encoding->plan->n_parts > 1 &&
			encoding->categories->n_known != count_loaded(run, encoding))
			ge_encoder_damaged(ge_encoder_name(encoder),
							   psprintf("Combination \"%s\" has a category twice.",
										ge_shown(encoding->plan->name)));
		for (int k = 0; k < encoding->n_loaded; k++)
		{
			GeSegment *segment = &run->loaded->segments[encoding->first_loaded + k];

			for (uint32 row = 0; row < segment->n_rows; row++)
			{
				uint32 id = ge_ids_get(&segment->ids[encoding->id_column], row);

				encoding->seen[id] = true;
				for (int o = 0; o < encoding->plan->n_outputs; o++)
					run->outputs[encoding->plan->first_output + o].full[id] =
						segment->targets[o].floats[row];
			}
		}
	}
}
