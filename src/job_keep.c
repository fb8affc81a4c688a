/*
 * job_keep.c: columns that an output passes through, kept from the first reading.
 *
 * A column of a type passed by value takes 8 bytes a row.  Where no more than
 * MAX_KEPT_COLUMNS such columns are all that an output needs, they stay in the row store
 * and the source is not read again.
 */
#include "postgres.h"

#include "job.h"

#define MAX_KEPT_COLUMNS 4

void
ge_job_keep(GeJob *job, int source, const Bitmapset *needed)
{
	GeJobSource *this = &job->sources[source];
	TupleDesc desc = ge_source_desc(this->source);
	int attno = -1;

	this->needed = needed;
	if (bms_num_members(needed) > MAX_KEPT_COLUMNS)
		return;
	this->kept = palloc_array(AttrNumber, MAX_KEPT_COLUMNS);
	while ((attno = bms_next_member(needed, attno)) >= 0)
	{
		if (!TupleDescAttr(desc, attno - 1)->attbyval)
		{
			this->n_kept = 0;
			return;
		}
		this->kept[this->n_kept++] = attno;
	}
	this->keeps_needed = true;
}

void
ge_keep_batch(const GeJobSource *source, const GeBatch *batch, int first_column,
			  GeSegment *segment)
{
	segment->kept = palloc_array(GeKept, source->n_kept + 1);
	for (int i = 0; i < source->n_kept; i++)
	{
		const GeKeys *keys = &batch->columns[first_column + i].keys;
		GeKept *kept = &segment->kept[i];

		kept->values = palloc_array(Datum, batch->n_rows);
		memcpy(kept->values, keys->values, sizeof(Datum) * batch->n_rows);
		kept->is_null = NULL;
		if (keys->is_missing == NULL)
			continue;
		kept->is_null = palloc_array(uint8, batch->n_rows);
		memcpy(kept->is_null, keys->is_missing, batch->n_rows);
	}
}
