/*
 * keep.c: columns that an output passes through, kept from the first reading.
 *
 * A column of a type passed by value takes the bytes of its type for each row.  If an
 * output needs only such columns, of MAX_KEPT_BYTES together, they stay in the row store
 * and the source is not read again.
 */
#include "postgres.h"
#include "access/tupmacs.h"
#include "catalog/pg_type.h"

#include "job/internal.h"

#define MAX_KEPT_BYTES 40

/* The target that is stored as its column is, so that one copy serves both; -1: none. */
static int
find_target(const GePlan *plan, const GePlanSource *source, AttrNumber attno)
{
	Oid type = TupleDescAttr(ge_source_desc(source->source), attno - 1)->atttypid;

	for (int t = 0; t < plan->n_targets; t++)
		if (attno == source->target_attno[t] &&
			((plan->targets[t].form == GE_TARGET_FLOATS && type == FLOAT8OID) ||
			 (plan->targets[t].form == GE_TARGET_INTEGERS && type == INT8OID)))
			return t;
	return -1;
}

void
ge_plan_keep(GePlan *plan, int source, const Bitmapset *needed)
{
	GePlanSource *this = &plan->sources[source];
	TupleDesc desc = ge_source_desc(this->source);
	int attno = -1, bytes = 0;

	this->needed = needed;
	while ((attno = bms_next_member(needed, attno)) >= 0)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, attno - 1);

		bytes += attribute->attbyval ? attribute->attlen : MAX_KEPT_BYTES + 1;
		if (bytes > MAX_KEPT_BYTES)
			return;
	}
	attno = -1;
	this->kept = palloc_array(AttrNumber, bms_num_members(needed) + 1);
	this->kept_target = palloc_array(int, bms_num_members(needed) + 1);
	while ((attno = bms_next_member(needed, attno)) >= 0)
	{
		this->kept_target[this->n_kept] = find_target(plan, this, attno);
		this->kept[this->n_kept++] = attno;
	}
	this->keeps_needed = true;
}

/* Turn Datums into values of their type's width. */
static void *
keep_values(const int64 *datums, uint32 n, uint32 width)
{
	char *values = palloc(Max((Size) n * width, 1));

	if (width == sizeof(Datum))
		memcpy(values, datums, sizeof(Datum) * n);
	else
		for (uint32 i = 0; i < n; i++)
			store_att_byval(values + (Size) i * width, (Datum) datums[i], width);
	return values;
}

static void
keep_column(const GeKeys *keys, GeKept *kept)
{
	kept->values = keep_values(keys->values, keys->n_rows, kept->width);
	if (keys->is_missing == NULL)
		return;
	kept->is_null = palloc_array(uint8, keys->n_rows);
	memcpy(kept->is_null, keys->is_missing, keys->n_rows);
}

void
ge_keep_batch(const GePlanSource *source, const GeBatch *batch, int first_column,
			  GeSegment *segment)
{
	TupleDesc desc = ge_source_desc(source->source);
	const GeBatchColumn *column = &batch->columns[first_column];

	segment->kept = palloc0_array(GeKept, source->n_kept + 1);
	for (int i = 0; i < source->n_kept; i++)
	{
		GeKept *kept = &segment->kept[i];

		kept->width = TupleDescAttr(desc, source->kept[i] - 1)->attlen;
		if (source->kept_target[i] < 0)
			keep_column(&column++->keys, kept);
		else
		{
			const GeTargetValues *target = &segment->targets[source->kept_target[i]];

			kept->values = target->ints != NULL ? (void *) target->ints : target->floats;
			kept->is_null = target->is_null;
		}
	}
}
