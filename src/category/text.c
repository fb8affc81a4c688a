/*
 * text.c: from keys to canonical texts.
 *
 * If the bytes of a key are its text, they are copied.  Any other key becomes the value
 * of its category that prints canonically, and the type's output function prints this
 * value.
 */
#include "postgres.h"
#include "utils/date.h"
#include "utils/float.h"
#include "utils/timestamp.h"
#include "utils/uuid.h"

#include "category/internal.h"

float8
ge_float8_of_key(int64 key)
{
	float8 number;

	if (key == PG_INT64_MAX)
		return get_float8_nan();
	if (key < 0)
		key ^= PG_INT64_MAX;
	memcpy(&number, &key, sizeof(number));
	return number;
}

static Datum
value_of_int64(GeCategoryForm form, int64 key)
{
	switch (form)
	{
		case GE_FORM_OID:
			return ObjectIdGetDatum((Oid) key);
		case GE_FORM_DATE:
			return DateADTGetDatum((DateADT) key);
		case GE_FORM_TIMESTAMP:
			return TimestampGetDatum(key);
		case GE_FORM_FLOAT4:
			return Float4GetDatum((float4) ge_float8_of_key(key));
		case GE_FORM_FLOAT8:
			return Float8GetDatum(ge_float8_of_key(key));
		default:
			elog(ERROR, "category form %d has no int64 key", (int) form);
	}
	pg_unreachable();
}

static char *
text_of_enum_rank(const GeCategoryType *category, int64 rank)
{
	const char *name = ge_enum_name_of_rank(category->labels, rank);

	if (name == NULL && rank == GE_ENUM_NULL_RANK)
		name = category->null_value;
	if (name == NULL)
		elog(ERROR, "no enum label has rank " INT64_FORMAT, rank);
	return pstrdup(name);
}

char *
ge_category_text_of_int64(GeCategoryType *category, int64 key)
{
	if (category->form == GE_FORM_ENUM)
		return text_of_enum_rank(category, key);
	if (category->form == GE_FORM_BOOLEAN) /* as a cast to text gives it */
		return pstrdup(key != 0 ? "true" : "false");
	/* a source may have wider integers than the column that others are matched to */
	if (category->form == GE_FORM_INT2 || category->form == GE_FORM_INT4 ||
		category->form == GE_FORM_INT8)
		return psprintf(INT64_FORMAT, key);
	return OutputFunctionCall(&category->output, value_of_int64(category->form, key));
}

static Datum
uuid_of_bytes(const uint8 *bytes, Size length)
{
	pg_uuid_t *uuid = palloc(sizeof(pg_uuid_t));

	if (length != UUID_LEN)
		elog(ERROR, "the key of a uuid has %zu bytes", length);
	memcpy(uuid->data, bytes, UUID_LEN);
	return UUIDPGetDatum(uuid);
}

static Datum
bytea_of_bytes(const uint8 *bytes, Size length)
{
	bytea *value = palloc(VARHDRSZ + length);

	SET_VARSIZE(value, VARHDRSZ + length);
	memcpy(VARDATA(value), bytes, length);
	return PointerGetDatum(value);
}

char *
ge_category_text_of_bytes(GeCategoryType *category, const uint8 *bytes, Size length)
{
	Datum value;
	char *string;

	switch (category->form)
	{
		case GE_FORM_UUID:
			value = uuid_of_bytes(bytes, length);
			break;
		case GE_FORM_BYTEA:
			value = bytea_of_bytes(bytes, length);
			break;
		case GE_FORM_INTERVAL:
			value = ge_interval_of_key(bytes, length);
			break;
		case GE_FORM_NUMERIC:
			value = ge_numeric_of_key(bytes, length);
			break;
		default:
			return pnstrdup((const char *) bytes, length);
	}
	string = OutputFunctionCall(&category->output, value);
	pfree(DatumGetPointer(value));
	return string;
}
