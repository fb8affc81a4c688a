/*
 * drift.c: two sets of counts, sorted and compared.
 *
 * A category of a set is a row (part, key, side, n_rows, encodings) of a sort.  The sorted
 * rows are read twice: to count the categories of the union, on which every share depends,
 * and for the figures.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/tuplesort.h"

#include "backend/ln.h"
#include "base/compat.h"
#include "encoder/drift.h"

enum
{
	PART,
	KEY,
	SIDE,
	N_ROWS,
	ENCODINGS,
	N_FIELDS
};

struct GeDrift
{
	int n_parts;
	const char *names[GE_DRIFT_N_SIDES];
	GeDriftFigures *figures; /* by part */
	uint64 *n_union;		 /* by part: categories of the union, and missing ones */
	Tuplesortstate *sort;
	TupleTableSlot *slot;
};

/* A category with the rows of both sets. */
typedef struct Category
{
	int part; /* -1: none yet */
	StringInfoData key;
	bool has[GE_DRIFT_N_SIDES];
	uint64 n_rows[GE_DRIFT_N_SIDES];
	StringInfoData encodings[GE_DRIFT_N_SIDES];
} Category;

typedef void (*Visitor)(GeDrift *drift, const Category *category);

static TupleDesc
make_desc(void)
{
	TupleDesc desc = CreateTemplateTupleDesc(N_FIELDS);

	TupleDescInitEntry(desc, PART + 1, "part", INT4OID, -1, 0);
	TupleDescInitEntry(desc, KEY + 1, "key", BYTEAOID, -1, 0);
	TupleDescInitEntry(desc, SIDE + 1, "side", INT4OID, -1, 0);
	TupleDescInitEntry(desc, N_ROWS + 1, "n_rows", INT8OID, -1, 0);
	TupleDescInitEntry(desc, ENCODINGS + 1, "encodings", BYTEAOID, -1, 0);
	return desc;
}

GeDrift *
ge_drift_create(int n_parts, const char *before, const char *after)
{
	AttrNumber attnos[] = {PART + 1, KEY + 1, SIDE + 1};
	Oid operators[] = {Int4LessOperator, ByteaLessOperator, Int4LessOperator};
	Oid collations[] = {InvalidOid, InvalidOid, InvalidOid};
	bool nulls_first[] = {false, false, false};
	GeDrift *drift = palloc0_object(GeDrift);
	TupleDesc desc = make_desc();

	drift->n_parts = n_parts;
	drift->names[GE_DRIFT_BEFORE] = before;
	drift->names[GE_DRIFT_AFTER] = after;
	drift->figures = palloc0_array(GeDriftFigures, n_parts + 1);
	drift->n_union = palloc0_array(uint64, n_parts + 1);
	drift->slot = MakeSingleTupleTableSlot(desc, &TTSOpsMinimalTuple);
	drift->sort =
		tuplesort_begin_heap(desc, lengthof(attnos), attnos, operators, collations,
							 nulls_first, work_mem, NULL, TUPLESORT_RANDOMACCESS);
	return drift;
}

void
ge_drift_set_series(GeDrift *drift, int part, int n_series)
{
	GeDriftFigures *figures = &drift->figures[part];

	figures->n_series = n_series;
	figures->shifts = palloc0_array(GeDriftShift, n_series + 1);
	for (int k = 0; k < n_series; k++)
		figures->shifts[k].shift = ge_no_value();
}

int
ge_drift_n_series(const GeDrift *drift, int part)
{
	return drift->figures[part].n_series;
}

/* Rows of a crafted set may be beyond all numbers. */
static void
count_rows(GeDrift *drift, GeDriftSide side, int part, uint64 n_rows)
{
	uint64 *rows = &drift->figures[part].rows[side];

	if (n_rows > (uint64) PG_INT64_MAX - *rows)
		ge_encoder_damaged(drift->names[side], "It has more rows than there can be.");
	*rows += n_rows;
}

static Datum
bytes_datum(const void *bytes, Size length)
{
	bytea *datum = palloc(VARHDRSZ + length);

	SET_VARSIZE(datum, VARHDRSZ + length);
	if (length > 0)
		memcpy(VARDATA(datum), bytes, length);
	return PointerGetDatum(datum);
}

void
ge_drift_add(GeDrift *drift, GeDriftSide side, int part, const char *key, Size length,
			 uint64 n_rows, const double *encodings)
{
	TupleTableSlot *slot = drift->slot;
	int n_series = drift->figures[part].n_series;

	CHECK_FOR_INTERRUPTS();
	if (n_rows == 0)
		return;
	count_rows(drift, side, part, n_rows);
	ExecClearTuple(slot);
	memset(slot->tts_isnull, false, N_FIELDS);
	slot->tts_values[PART] = Int32GetDatum(part);
	slot->tts_values[KEY] = bytes_datum(key, length);
	slot->tts_values[SIDE] = Int32GetDatum(side);
	slot->tts_values[N_ROWS] = Int64GetDatum((int64) n_rows);
	slot->tts_values[ENCODINGS] = bytes_datum(encodings, sizeof(double) * n_series);
	ExecStoreVirtualTuple(slot);
	tuplesort_puttupleslot(drift->sort, slot);
	pfree(DatumGetPointer(slot->tts_values[KEY]));
	pfree(DatumGetPointer(slot->tts_values[ENCODINGS]));
	ExecClearTuple(slot);
}

void
ge_drift_add_missing(GeDrift *drift, GeDriftSide side, int part, uint64 n_rows)
{
	count_rows(drift, side, part, n_rows);
	drift->figures[part].missing[side] += n_rows;
}

/* ---------------------------------------------------------------- the sorted rows */

static bool
same_category(const Category *category, int part, const bytea *key)
{
	return category->part == part && category->key.len == (int) VARSIZE_ANY_EXHDR(key) &&
		   memcmp(category->key.data, VARDATA_ANY(key), category->key.len) == 0;
}

static void
begin_category(Category *category, int part, const bytea *key)
{
	category->part = part;
	resetStringInfo(&category->key);
	appendBinaryStringInfo(&category->key, VARDATA_ANY(key), VARSIZE_ANY_EXHDR(key));
	for (int side = 0; side < GE_DRIFT_N_SIDES; side++)
	{
		category->has[side] = false;
		category->n_rows[side] = 0;
	}
}

static void
take_side(const GeDrift *drift, Category *category)
{
	const Datum *values = drift->slot->tts_values;
	GeDriftSide side = DatumGetInt32(values[SIDE]);
	const bytea *encodings = DatumGetByteaPP(values[ENCODINGS]);

	if (category->has[side])
		ge_encoder_damaged(drift->names[side], "It has a category twice.");
	category->has[side] = true;
	category->n_rows[side] = (uint64) DatumGetInt64(values[N_ROWS]);
	resetStringInfo(&category->encodings[side]);
	appendBinaryStringInfo(&category->encodings[side], VARDATA_ANY(encodings),
						   VARSIZE_ANY_EXHDR(encodings));
}

/* Every category in sorted order, part by part. */
static void
visit(GeDrift *drift, Visitor visitor)
{
	Category category = {.part = -1};

	initStringInfo(&category.key);
	for (int side = 0; side < GE_DRIFT_N_SIDES; side++)
		initStringInfo(&category.encodings[side]);
	while (tuplesort_gettupleslot(drift->sort, true, false, drift->slot, NULL))
	{
		const bytea *key;
		int part;

		CHECK_FOR_INTERRUPTS();
		slot_getallattrs(drift->slot);
		part = DatumGetInt32(drift->slot->tts_values[PART]);
		key = DatumGetByteaPP(drift->slot->tts_values[KEY]);
		if (!same_category(&category, part, key))
		{
			if (category.part >= 0)
				visitor(drift, &category);
			begin_category(&category, part, key);
		}
		take_side(drift, &category);
	}
	if (category.part >= 0)
		visitor(drift, &category);
	ExecClearTuple(drift->slot);
}

/* Visitor */
static void
count_category(GeDrift *drift, const Category *category)
{
	GeDriftFigures *figures = &drift->figures[category->part];
	bool in_both =
		category->n_rows[GE_DRIFT_BEFORE] > 0 && category->n_rows[GE_DRIFT_AFTER] > 0;

	drift->n_union[category->part]++;
	for (int side = 0; side < GE_DRIFT_N_SIDES; side++)
	{
		if (category->n_rows[side] == 0)
			continue;
		figures->categories[side]++;
		if (in_both)
			continue;
		figures->lone_categories[side]++;
		figures->lone_rows[side] += category->n_rows[side];
	}
}

/* ------------------------------------------------------------------------ figures */

static double
smoothed_share(uint64 n_rows, uint64 all_rows, uint64 n_union)
{
	return ((double) n_rows + 0.5) / ((double) all_rows + (double) n_union / 2);
}

/* What a category, or missing ones, add to psi. */
static void
add_to_psi(GeDrift *drift, int part, const uint64 *n_rows)
{
	GeDriftFigures *figures = &drift->figures[part];
	double shares[GE_DRIFT_N_SIDES];

	for (int side = 0; side < GE_DRIFT_N_SIDES; side++)
		shares[side] =
			smoothed_share(n_rows[side], figures->rows[side], drift->n_union[part]);
	figures->psi += ge_product(shares[0] - shares[1], ge_ln(shares[0] / shares[1]));
}

static double
encoding_of(const Category *category, GeDriftSide side, int series)
{
	double encoding;

	memcpy(&encoding, category->encodings[side].data + sizeof(double) * series,
		   sizeof encoding);
	return encoding;
}

static void
compare_encodings(GeDriftFigures *figures, const Category *category)
{
	for (int k = 0; k < figures->n_series; k++)
	{
		GeDriftShift *largest = &figures->shifts[k];
		double shift = fabs(encoding_of(category, GE_DRIFT_AFTER, k) -
							encoding_of(category, GE_DRIFT_BEFORE, k));

		if (isnan(shift) || shift <= largest->shift)
			continue;
		if (largest->key != NULL)
			pfree(largest->key);
		largest->shift = shift;
		largest->length = category->key.len;
		largest->key = palloc(largest->length + 1);
		memcpy(largest->key, category->key.data, largest->length);
	}
}

/* Visitor */
static void
compare_category(GeDrift *drift, const Category *category)
{
	add_to_psi(drift, category->part, category->n_rows);
	if (category->has[GE_DRIFT_BEFORE] && category->has[GE_DRIFT_AFTER])
		compare_encodings(&drift->figures[category->part], category);
}

static bool
has_missing(const GeDriftFigures *figures)
{
	return figures->missing[GE_DRIFT_BEFORE] > 0 || figures->missing[GE_DRIFT_AFTER] > 0;
}

const GeDriftFigures *
ge_drift_finish(GeDrift *drift)
{
	tuplesort_performsort(drift->sort);
	visit(drift, count_category);
	for (int part = 0; part < drift->n_parts; part++)
		drift->n_union[part] += has_missing(&drift->figures[part]);
	tuplesort_rescan(drift->sort);
	visit(drift, compare_category);
	for (int part = 0; part < drift->n_parts; part++)
		if (has_missing(&drift->figures[part]))
			add_to_psi(drift, part, drift->figures[part].missing);
	tuplesort_end(drift->sort);
	ExecDropSingleTupleTableSlot(drift->slot);
	return drift->figures;
}

double
ge_drift_lone_share(const GeDriftFigures *figures, GeDriftSide side)
{
	if (figures->rows[side] == 0)
		return 0;
	return (double) figures->lone_rows[side] / (double) figures->rows[side];
}

double
ge_drift_prior_change(double before, double after)
{
	double difference = fabs(after - before);

	if (isnan(before) && isnan(after))
		return 0;
	if (before == after)
		return 0;
	if (isnan(difference) || before == 0)
		return INFINITY;
	/* of two large numbers the difference may be beyond the range, and the change not */
	if (isinf(difference))
		return fabs(after / before - 1);
	return difference / fabs(before);
}
