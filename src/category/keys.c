/*
 * keys.c: from values, and texts, to keys.
 *
 * ge_category_int64_key() and ge_category_bytes_key() are the inner loop of every reader:
 * they call no function of the type, except for GE_FORM_OUTPUT.  Only functions of a type
 * leave anything in memory.
 */
#include "postgres.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "base/shown.h"
#include "category/internal.h"

/* A value of a form with an int64 key. */
static inline int64
int64_key_of_value(const GeCategoryType *category, Datum value)
{
	switch (category->form)
	{
		case GE_FORM_BOOLEAN:
			return DatumGetBool(value) ? 1 : 0;
		case GE_FORM_INT2:
			return DatumGetInt16(value);
		case GE_FORM_INT4:
			return DatumGetInt32(value);
		case GE_FORM_INT8:
			return DatumGetInt64(value);
		case GE_FORM_OID:
			return (int64) DatumGetObjectId(value);
		case GE_FORM_DATE:
			return DatumGetDateADT(value);
		case GE_FORM_TIMESTAMP:
			return DatumGetTimestamp(value);
		case GE_FORM_FLOAT4:
			return ge_int64_of_float8((float8) DatumGetFloat4(value));
		case GE_FORM_FLOAT8:
			return ge_int64_of_float8(DatumGetFloat8(value));
		case GE_FORM_ENUM:
			return ge_enum_rank_of_oid(category->labels, DatumGetObjectId(value));
		default:
			elog(ERROR, "category form %d has no int64 key", (int) category->form);
	}
	pg_unreachable();
}

/* The bytes of a text, bytea or char(n) value, toasted or not. */
static inline void
append_varlena(StringInfo key, Datum value, bool strip_blanks)
{
	struct varlena *stored = (struct varlena *) DatumGetPointer(value);
	struct varlena *flat = pg_detoast_datum_packed(stored);
	const char *bytes = VARDATA_ANY(flat);
	Size length = VARSIZE_ANY_EXHDR(flat);

	while (strip_blanks && length > 0 && bytes[length - 1] == ' ')
		length--;
	ge_append_bytes(key, bytes, length);
	if (flat != stored)
		pfree(flat);
}

static void
append_output(GeCategoryType *category, Datum value, StringInfo key)
{
	Datum flat = value; /* output functions leave what they detoast */
	char *string;

	if (category->output_is_varlena)
		flat = PointerGetDatum(PG_DETOAST_DATUM_PACKED(value));
	string = OutputFunctionCall(&category->output, flat);
	ge_append_bytes(key, string, strlen(string));
	pfree(string);
	if (flat != value)
		pfree(DatumGetPointer(flat));
}

/* A value of a form with a bytes key. */
static inline void
append_value(GeCategoryType *category, Datum value, StringInfo key)
{
	switch (category->form)
	{
		case GE_FORM_TEXT:
		case GE_FORM_BYTEA:
			append_varlena(key, value, false);
			break;
		case GE_FORM_BPCHAR:
			append_varlena(key, value, true);
			break;
		case GE_FORM_NAME:
			ge_append_bytes(key, NameStr(*DatumGetName(value)),
							strnlen(NameStr(*DatumGetName(value)), NAMEDATALEN));
			break;
		case GE_FORM_UUID:
			ge_append_bytes(key, DatumGetUUIDP(value)->data, UUID_LEN);
			break;
		case GE_FORM_INTERVAL:
			ge_interval_key_append(key, value);
			break;
		case GE_FORM_NUMERIC:
			ge_numeric_key_append(key, value);
			break;
		case GE_FORM_OUTPUT:
			append_output(category, value, key);
			break;
		default:
			elog(ERROR, "category form %d has no bytes key", (int) category->form);
	}
}

bool
ge_category_int64_key(GeCategoryType *category, Datum value, bool is_null, int64 *key)
{
	if (!is_null)
		*key = int64_key_of_value(category, value);
	else if (category->null_value != NULL)
		*key = category->null_rank;
	else
		return false;
	return true;
}

bool
ge_category_bytes_key(GeCategoryType *category, Datum value, bool is_null, StringInfo key)
{
	if (!is_null)
		append_value(category, value, key);
	else if (category->null_value != NULL)
		ge_append_bytes(key, category->null_value, category->null_length);
	else
		return false;
	return true;
}

/* null_value need not be readable by the input function. */
static bool
is_null_value(const GeCategoryType *category, const char *string)
{
	return category->null_value != NULL && strcmp(string, category->null_value) == 0;
}

/* A text is no label of the enum: as enum_in() says it. */
GE_NORETURN static void
refuse_label(const GeCategoryType *category, const char *string)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					errmsg("invalid input value for enum %s: \"%s\"",
						   format_type_be(category->base_type), ge_shown(string))));
}

/* Bytes. */
#define MAX_TEXT_IN_ERROR 64

/*
 * Without a typmod: a typmod restricts a column, not a category.  Another source may have
 * longer or finer values of the type, and they are categories too.
 */
static bool
read_value(GeCategoryType *category, const char *string, bool must_read, Datum *value)
{
	char *input = unconstify(char *, string);

	if (!must_read)
		return ge_input_try(&category->input, input, category->typioparam, value);
	/* the error of an input function has the whole text */
	if (strlen(string) > MAX_TEXT_IN_ERROR &&
		!ge_input_try(&category->input, input, category->typioparam, value))
		ereport(ERROR, (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
						errmsg("invalid input syntax for type %s: \"%s\"",
							   format_type_be(category->base_type), ge_shown(string))));
	*value = InputFunctionCall(&category->input, input, category->typioparam, -1);
	return true;
}

bool
ge_category_key_of_text(GeCategoryType *category, const char *string, bool must_read,
						int64 *number, StringInfo bytes)
{
	bool is_int64 = ge_category_key_kind(category) == GE_KEY_INT64;
	Datum value;

	if (is_null_value(category, string))
		return is_int64 ? ge_category_int64_key(category, (Datum) 0, true, number)
						: ge_category_bytes_key(category, (Datum) 0, true, bytes);
	switch (category->form)
	{
		case GE_FORM_TEXT:
		case GE_FORM_OUTPUT:
			ge_append_bytes(bytes, string, strlen(string));
			return true;
		case GE_FORM_ENUM:
			*number = ge_enum_rank_of_name(category->labels, string);
			if (*number < 0 && must_read)
				refuse_label(category, string);
			return *number >= 0;
		default:
			if (!read_value(category, string, must_read, &value))
				return false;
			return is_int64 ? ge_category_int64_key(category, value, false, number)
							: ge_category_bytes_key(category, value, false, bytes);
	}
}

bool
ge_category_key_of_stored_text(GeCategoryType *category, const char *string,
							   int64 *number, StringInfo bytes)
{
	if (ge_category_key_of_text(category, string, false, number, bytes))
		return true;
	if (category->form != GE_FORM_ENUM)
		return false;
	*number = ge_enum_add_name(category->labels, string);
	return true;
}
