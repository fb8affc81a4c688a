/*
 * walk.c: every row of an encoder once, whatever their order in the table.
 *
 * Whatever does not fit the encoder's parameters is reported as damage.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "base/run_log.h"
#include "base/shown.h"
#include "encoder/load.h"
#include "encoder/walk.h"

/* Rows that were found of a part. */
typedef struct Found
{
	uint64 categories;
	uint64 infrequent;
	uint64 missing;
	uint64 prior;
} Found;

typedef struct Walking
{
	GeEncoderWalk *walk;
	GeEncoderCursor *cursor;
	const char *name; /* of the encoder */
	Found *found;	  /* by part */
	int last;		  /* the part that a row was of */
} Walking;

/* The part that the row is of; -1: none. */
static int
part_of_row(Walking *walking)
{
	GeEncoderCursor *cursor = walking->cursor;
	const GeEncoderWalk *walk = walking->walk;
	const char *bytes;
	Size length;

	if (ge_encoder_field_is_null(cursor, GE_ENCODER_COLUMN_NAME))
		return -1;
	bytes = ge_encoder_field_bytes(cursor, GE_ENCODER_COLUMN_NAME, &length);
	/* rows of one column mostly stand together */
	for (int i = -1; i < walk->n_parts; i++)
	{
		int k = i < 0 ? walking->last : i;

		if (strlen(walk->parts[k].name) == length &&
			memcmp(walk->parts[k].name, bytes, length) == 0)
			return walking->last = k;
	}
	return -1;
}

uint64
ge_walk_n_rows(const GeEncoderWalk *walk)
{
	bool is_null;
	int64 n_rows = DatumGetInt64(
		ge_encoder_field(&walk->encoder->cursor, GE_ENCODER_N_ROWS, &is_null));

	if (is_null || n_rows < 0)
		ge_encoder_damaged(ge_encoder_name(walk->encoder),
						   is_null ? "A row has no n_rows."
								   : "A row has a negative n_rows.");
	return (uint64) n_rows;
}

/* The texts of a combination's parts, each but the last with a zero byte after it. */
static char *
take_values(const GeEncoderWalk *walk, const GeDriftPart *part, Size *length)
{
	Datum *elements = ge_encoder_list(&walk->encoder->cursor, GE_ENCODER_VALUES,
									  &ge_text_elements, part->n_names, NULL);
	StringInfoData key;

	initStringInfo(&key);
	for (int k = 0; k < part->n_names; k++)
	{
		text *element = DatumGetTextPP(elements[k]);

		if (k > 0)
			appendStringInfoChar(&key, '\0');
		appendBinaryStringInfo(&key, VARDATA_ANY(element), VARSIZE_ANY_EXHDR(element));
	}
	*length = key.len;
	return key.data;
}

const char *
ge_walk_key(const GeEncoderWalk *walk, int part, Size *length)
{
	if (walk->parts[part].n_names > 1)
		return take_values(walk, &walk->parts[part], length);
	return ge_encoder_field_bytes(&walk->encoder->cursor, GE_ENCODER_VALUE, length);
}

Datum *
ge_walk_moments(const GeEncoderWalk *walk, int part)
{
	const GeElementType type = ge_encoder_moments_type();
	int n = walk->parts[part].n_targets;
	Datum *moments;

	if (n == 0)
		return NULL;
	moments = palloc_array(Datum, n);
	ge_encoder_moments_take(&walk->encoder->cursor, &type, n, moments);
	return moments;
}

/* A category of a column has a value, one of a combination has none. */
static bool
is_category(GeEncoderCursor *cursor, const GeDriftPart *part)
{
	return ge_encoder_field_is(cursor, GE_ENCODER_KIND, "category") &&
		   ge_encoder_field_is_null(cursor, GE_ENCODER_VALUE) == (part->n_names > 1);
}

/* A row of a kind that nobody knows is none of a part. */
static void
take_row(Walking *walking, int part)
{
	GeEncoderWalk *walk = walking->walk;
	Found *found = &walking->found[part];
	GeEncoderRowKind kind;

	if (is_category(walking->cursor, &walk->parts[part]))
	{
		kind = GE_ROW_CATEGORY;
		found->categories++;
	}
	else if (ge_encoder_field_is(walking->cursor, GE_ENCODER_KIND, "missing"))
	{
		kind = GE_ROW_MISSING;
		found->missing++;
	}
	else if (ge_encoder_field_is(walking->cursor, GE_ENCODER_KIND, "prior"))
	{
		kind = GE_ROW_PRIOR;
		found->prior++;
	}
	else if (ge_encoder_field_is(walking->cursor, GE_ENCODER_KIND, "infrequent"))
	{
		kind = GE_ROW_INFREQUENT;
		found->infrequent++;
	}
	else
		return;
	walk->take(walk, part, kind);
}

static void
check_rows(const Walking *walking, const GeDriftPart *part, const char *kind,
		   uint64 found, uint64 expected)
{
	if (found != expected)
		ge_encoder_damaged(walking->name,
						   psprintf("%s \"%s\" has " UINT64_FORMAT
									" rows of kind '%s', but " UINT64_FORMAT
									" are expected.",
									part->n_names > 1 ? "Combination" : "Column",
									ge_shown(part->name), found, kind, expected));
}

static void
check_found(const Walking *walking)
{
	for (int i = 0; i < walking->walk->n_parts; i++)
	{
		const GeDriftPart *part = &walking->walk->parts[i];
		const Found *found = &walking->found[i];

		for (int k = 0; k < i; k++)
			if (strcmp(walking->walk->parts[k].name, part->name) == 0)
				ge_encoder_damaged(walking->name,
								   "A combination has the name of a column.");
		check_rows(walking, part, "category", found->categories, part->categories);
		check_rows(walking, part, "infrequent", found->infrequent, part->has_infrequent);
		check_rows(walking, part, "missing", found->missing, 1);
		check_rows(walking, part, "prior", found->prior, part->is_encoded);
	}
}

static void
read_rows(Walking *walking)
{
	GeEncoderCursor *cursor = walking->cursor;
	MemoryContext row_context = AllocSetContextCreate(CurrentMemoryContext, "encoder row",
													  ALLOCSET_DEFAULT_SIZES);
	uint64 n_rows = 0;

	ge_encoder_cursor_scan(cursor, walking->walk->encoder->snapshot);
	while (ge_encoder_cursor_next(cursor))
	{
		MemoryContext old = MemoryContextSwitchTo(row_context);
		int i = part_of_row(walking);

		ge_stage_rows(++n_rows);
		if (i >= 0)
			take_row(walking, i);
		MemoryContextSwitchTo(old);
		MemoryContextReset(row_context);
	}
	ge_encoder_cursor_end(cursor);
	MemoryContextDelete(row_context);
}

void
ge_encoder_walk(GeEncoderWalk *walk)
{
	Walking walking = {.walk = walk,
					   .cursor = &walk->encoder->cursor,
					   .name = ge_encoder_name(walk->encoder),
					   .found = palloc0_array(Found, walk->n_parts + 1)};

	if (walk->n_parts == 0)
		return;
	ge_encoder_cursor_check_moments(walking.cursor);
	ge_stage_relation(ge_encoder_relid(walk->encoder));
	read_rows(&walking);
	check_found(&walking);
}
