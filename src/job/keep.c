/*
 * keep.c: columns that an output passes through, kept from the first reading.
 *
 * A column of a type passed by value takes the bytes of its type for each row.  A text that
 * is a category takes none: its id, which is there, stands for the text in the dictionary.
 * If an output needs only such columns, of MAX_KEPT_BYTES together, they stay in the row
 * store and the source is not read again.
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

/* The category column that has a column's values as its keys; -1: none. */
static int
find_category(const GePlan *plan, const GePlanSource *source, AttrNumber attno)
{
	for (int i = 0; i < plan->n_columns; i++)
		if (attno == source->category_attno[i] &&
			ge_category_key_is_value(source->category[i]))
			return i;
	return -1;
}

/* Whether the needed columns can be kept. */
static bool
can_keep(const GePlan *plan, const GePlanSource *source, bool takes_ids)
{
	TupleDesc desc = ge_source_desc(source->source);
	int attno = -1, bytes = 0;

	while ((attno = bms_next_member(source->needed, attno)) >= 0)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, attno - 1);

		if (attribute->attbyval)
			bytes += attribute->attlen;
		else if (!takes_ids || find_category(plan, source, attno) < 0)
			return false;
	}
	return bytes <= MAX_KEPT_BYTES;
}

void
ge_plan_keep(GePlan *plan, int source, const Bitmapset *needed, bool takes_ids)
{
	GePlanSource *this = &plan->sources[source];
	TupleDesc desc = ge_source_desc(this->source);
	int attno = -1;

	this->needed = needed;
	this->keeps_needed = can_keep(plan, this, takes_ids);
	if (!this->keeps_needed)
		return;
	this->kept = palloc_array(AttrNumber, bms_num_members(needed) + 1);
	this->kept_target = palloc_array(int, bms_num_members(needed) + 1);
	this->kept_category = palloc_array(int, bms_num_members(needed) + 1);
	while ((attno = bms_next_member(needed, attno)) >= 0)
	{
		bool by_value = TupleDescAttr(desc, attno - 1)->attbyval;

		this->kept_target[this->n_kept] = find_target(plan, this, attno);
		this->kept_category[this->n_kept] =
			by_value ? -1 : find_category(plan, this, attno);
		this->n_kept_categories += !by_value;
		this->kept[this->n_kept++] = attno;
	}
}

bool
ge_keeps_values(const GePlanSource *source, int kept)
{
	return source->kept_target[kept] < 0 && source->kept_category[kept] < 0;
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

		if (source->kept_category[i] >= 0)
			continue;
		kept->width = TupleDescAttr(desc, source->kept[i] - 1)->attlen;
		if (ge_keeps_values(source, i))
			keep_column(&column++->keys, kept);
		else
		{
			const GeTargetValues *target = &segment->targets[source->kept_target[i]];

			kept->values = target->ints != NULL ? (void *) target->ints : target->floats;
			kept->is_null = target->is_null;
		}
	}
}
