/*
 * drift_encoder.c: an encoder as one side of a comparison.
 *
 * The table is read once, in any order of rows, by a cursor.  Whatever does not fit its
 * parameters is reported as damage.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "base/run_log.h"
#include "base/shown.h"
#include "encoder/drift.h"
#include "encoder/load.h"
#include "moments/moments.h"

/* Rows that were found of a part. */
typedef struct Found
{
	uint64 categories;
	uint64 infrequent;
	uint64 missing;
	uint64 prior;
} Found;

typedef struct Reading
{
	GeDrift *drift;
	GeDriftSide side;
	GeEncoder *encoder;
	const char *name; /* of the encoder */
	int n_parts;
	GeDriftPart *parts;
	Found *found; /* by part */
	int last;	  /* the part that a row was of */
} Reading;

/* The part that the row is of; -1: none. */
static int
part_of_row(Reading *reading)
{
	GeEncoderCursor *cursor = &reading->encoder->cursor;
	const char *bytes;
	Size length;

	if (ge_encoder_field_is_null(cursor, GE_ENCODER_COLUMN_NAME))
		return -1;
	bytes = ge_encoder_field_bytes(cursor, GE_ENCODER_COLUMN_NAME, &length);
	/* rows of one column mostly stand together */
	for (int i = -1; i < reading->n_parts; i++)
	{
		int k = i < 0 ? reading->last : i;

		if (strlen(reading->parts[k].name) == length &&
			memcmp(reading->parts[k].name, bytes, length) == 0)
			return reading->last = k;
	}
	return -1;
}

static uint64
take_n_rows(Reading *reading)
{
	bool is_null;
	int64 n_rows = DatumGetInt64(
		ge_encoder_field(&reading->encoder->cursor, GE_ENCODER_N_ROWS, &is_null));

	if (is_null || n_rows < 0)
		ge_encoder_damaged(reading->name, is_null ? "A row has no n_rows."
												  : "A row has a negative n_rows.");
	return (uint64) n_rows;
}

/* The texts of a combination's parts, each but the last with a zero byte after it. */
static char *
take_values(Reading *reading, const GeDriftPart *part, Size *length)
{
	bool is_null;
	Datum datum =
		ge_encoder_field(&reading->encoder->cursor, GE_ENCODER_VALUES, &is_null);
	ArrayType *array;
	Datum *elements;
	StringInfoData key;
	int n;

	if (is_null)
		ge_encoder_damaged(reading->name, "A category has no values.");
	array = DatumGetArrayTypeP(datum);
	if (ARR_NDIM(array) != 1 || ARR_ELEMTYPE(array) != TEXTOID ||
		array_contains_nulls(array))
		ge_encoder_damaged(reading->name, "A combination has values that are no list.");
	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL, &n);
	if (n != part->n_names)
		ge_encoder_damaged(reading->name,
						   "A combination has too few or too many values.");
	initStringInfo(&key);
	for (int k = 0; k < n; k++)
	{
		text *element = DatumGetTextPP(elements[k]);

		if (k > 0)
			appendStringInfoChar(&key, '\0');
		appendBinaryStringInfo(&key, VARDATA_ANY(element), VARSIZE_ANY_EXHDR(element));
	}
	*length = key.len;
	return key.data;
}

/* The encodings of a row that are compared. */
static const double *
take_series(Reading *reading, const GeDriftPart *part)
{
	int n_series = ge_drift_n_series(reading->drift, part->number);
	double *series, *encodings;

	if (n_series == 0)
		return NULL;
	series = palloc_array(double, n_series);
	encodings = palloc_array(double, part->outputs->n + 1);
	if (part->is_encoded)
		ge_encodings_take(&reading->encoder->cursor, part->outputs->n, encodings);
	for (int k = 0; k < n_series; k++)
		series[k] = part->series[k] < 0 ? ge_no_value() : encodings[part->series[k]];
	return series;
}

static void
take_category(Reading *reading, const GeDriftPart *part)
{
	uint64 n_rows = take_n_rows(reading);
	Size length;
	const char *key;

	if (part->number < 0)
		return;
	if (part->n_names > 1)
		key = take_values(reading, part, &length);
	else
		key =
			ge_encoder_field_bytes(&reading->encoder->cursor, GE_ENCODER_VALUE, &length);
	ge_drift_add(reading->drift, reading->side, part->number, key, length, n_rows,
				 take_series(reading, part));
}

/* The mean of all targets, from its moments. */
static double
prior_of(const Reading *reading, Datum datum, GeMoments *moments)
{
	double prior;

	ge_moments_open(datum, moments);
	if (moments->weight.n == 0)
		return ge_no_value();
	prior = ge_number_round(&moments->sum) / ge_number_round(&moments->weight);
	if (!isfinite(prior))
		ge_encoder_damaged(reading->name, "A prior is not finite.");
	return prior;
}

/* By target and class. */
static void
take_priors(Reading *reading, GeDriftPart *part)
{
	GeElementType type;
	GeMoments *moments;
	Datum *elements;

	if (part->n_targets == 0)
		return;
	type = ge_encoder_moments_type();
	moments = palloc_object(GeMoments);
	elements = palloc_array(Datum, part->n_targets);
	ge_encoder_moments_take(&reading->encoder->cursor, &type, part->n_targets, elements);
	for (int k = 0; k < part->n_targets; k++)
		part->priors[k] = prior_of(reading, elements[k], moments);
}

/* A category of a column has a value, one of a combination has none. */
static bool
is_category(GeEncoderCursor *cursor, const GeDriftPart *part)
{
	return ge_encoder_field_is(cursor, GE_ENCODER_KIND, "category") &&
		   ge_encoder_field_is_null(cursor, GE_ENCODER_VALUE) == (part->n_names > 1);
}

static void
take_missing(Reading *reading, const GeDriftPart *part)
{
	uint64 n_rows = take_n_rows(reading);

	if (part->number >= 0)
		ge_drift_add_missing(reading->drift, reading->side, part->number, n_rows);
}

static void
take_row(Reading *reading, GeDriftPart *part, Found *found)
{
	GeEncoderCursor *cursor = &reading->encoder->cursor;

	if (is_category(cursor, part))
	{
		found->categories++;
		take_category(reading, part);
	}
	else if (ge_encoder_field_is(cursor, GE_ENCODER_KIND, "missing"))
	{
		found->missing++;
		take_missing(reading, part);
	}
	else if (ge_encoder_field_is(cursor, GE_ENCODER_KIND, "prior"))
	{
		found->prior++;
		take_priors(reading, part);
	}
	else if (ge_encoder_field_is(cursor, GE_ENCODER_KIND, "infrequent"))
		found->infrequent++;
}

static void
check_rows(const Reading *reading, const GeDriftPart *part, const char *kind,
		   uint64 found, uint64 expected)
{
	if (found != expected)
		ge_encoder_damaged(reading->name,
						   psprintf("%s \"%s\" has " UINT64_FORMAT
									" rows of kind '%s', but " UINT64_FORMAT
									" are expected.",
									part->n_names > 1 ? "Combination" : "Column",
									ge_shown(part->name), found, kind, expected));
}

static void
check_found(const Reading *reading)
{
	for (int i = 0; i < reading->n_parts; i++)
	{
		const GeDriftPart *part = &reading->parts[i];
		const Found *found = &reading->found[i];

		for (int k = 0; k < i; k++)
			if (strcmp(reading->parts[k].name, part->name) == 0)
				ge_encoder_damaged(reading->name,
								   "A combination has the name of a column.");
		check_rows(reading, part, "category", found->categories, part->categories);
		check_rows(reading, part, "infrequent", found->infrequent, part->has_infrequent);
		check_rows(reading, part, "missing", found->missing, 1);
		check_rows(reading, part, "prior", found->prior, part->is_encoded);
	}
}

static void
read_rows(Reading *reading)
{
	GeEncoderCursor *cursor = &reading->encoder->cursor;
	MemoryContext row_context = AllocSetContextCreate(CurrentMemoryContext, "encoder row",
													  ALLOCSET_DEFAULT_SIZES);
	uint64 n_rows = 0;

	ge_encoder_cursor_scan(cursor, reading->encoder->snapshot);
	while (ge_encoder_cursor_next(cursor))
	{
		MemoryContext old = MemoryContextSwitchTo(row_context);
		int i = part_of_row(reading);

		ge_stage_rows(++n_rows);
		if (i >= 0)
			take_row(reading, &reading->parts[i], &reading->found[i]);
		MemoryContextSwitchTo(old);
		MemoryContextReset(row_context);
	}
	ge_encoder_cursor_end(cursor);
	MemoryContextDelete(row_context);
}

void
ge_drift_add_encoder(GeDrift *drift, GeDriftSide side, GeEncoder *encoder,
					 GeDriftPart *parts, int n)
{
	Reading reading = {.drift = drift,
					   .side = side,
					   .encoder = encoder,
					   .name = ge_encoder_name(encoder),
					   .n_parts = n,
					   .parts = parts,
					   .found = palloc0_array(Found, n + 1)};

	if (n == 0)
		return;
	ge_encoder_cursor_check_moments(&encoder->cursor);
	ge_stage_relation(ge_encoder_relid(encoder));
	read_rows(&reading);
	check_found(&reading);
}

char *
ge_drift_key_text(const char *key, Size length, int n_names)
{
	Datum *elements = palloc_array(Datum, n_names);
	Size first = 0;
	int n = 0;

	if (n_names == 1)
		return pnstrdup(key, length);
	for (Size i = 0; i <= length; i++)
		if (i == length || key[i] == '\0')
		{
			elements[n++] =
				PointerGetDatum(cstring_to_text_with_len(key + first, (int) (i - first)));
			first = i + 1;
		}
	return OidOutputFunctionCall(
		F_ARRAY_OUT, PointerGetDatum(construct_array(elements, n_names, TEXTOID, -1,
													 false, TYPALIGN_INT)));
}
