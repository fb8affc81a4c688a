/*
 * canonical.c: from a text, or a value, to the canonical text of its category.
 */
#include "postgres.h"

#include "category/internal.h"

/* Whether a setting of the session changes how values are read or printed. */
static bool
needs_text_form(const GeCategoryType *category)
{
	switch (category->form)
	{
		case GE_FORM_BOOLEAN:
		case GE_FORM_INT2:
		case GE_FORM_INT4:
		case GE_FORM_INT8:
		case GE_FORM_OID:
		case GE_FORM_ENUM:
		case GE_FORM_TEXT:
		case GE_FORM_BPCHAR:
		case GE_FORM_NAME:
		case GE_FORM_UUID:
			return false;
		default:
			return true;
	}
}

/* Making the text form takes longer than looking a value up. */
static int
begin_text_form(const GeCategoryType *category)
{
	return needs_text_form(category) ? ge_text_form_begin() : 0;
}

static void
end_text_form(int nest)
{
	if (nest != 0)
		ge_text_form_end(nest);
}

static char *
text_of_key(GeCategoryType *category, int64 number, const StringInfoData *bytes)
{
	if (ge_category_key_kind(category) == GE_KEY_INT64)
		return ge_category_text_of_int64(category, number);
	return ge_category_text_of_bytes(category, (const uint8 *) bytes->data, bytes->len);
}

char *
ge_category_canonical_text(GeCategoryType *category, const char *string, bool must_read)
{
	char *canonical = NULL;
	int nest = begin_text_form(category);
	StringInfoData bytes;
	int64 number = 0;

	initStringInfo(&bytes);
	if (ge_category_key_of_text(category, string, must_read, &number, &bytes))
		canonical = text_of_key(category, number, &bytes);
	end_text_form(nest);
	return canonical;
}

char *
ge_category_canonical_stored_text(GeCategoryType *category, const char *string)
{
	StringInfoData bytes;
	int64 number = 0;
	char *canonical = NULL;

	initStringInfo(&bytes);
	if (ge_category_key_of_stored_text(category, string, &number, &bytes))
		canonical = text_of_key(category, number, &bytes);
	pfree(bytes.data);
	return canonical;
}

char *
ge_category_canonical_value(GeCategoryType *category, Datum value)
{
	char *canonical;
	int nest = begin_text_form(category);
	StringInfoData bytes;
	int64 number = 0;

	initStringInfo(&bytes);
	if (ge_category_key_kind(category) == GE_KEY_INT64)
		ge_category_int64_key(category, value, false, &number);
	else
		ge_category_bytes_key(category, value, false, &bytes);
	canonical = text_of_key(category, number, &bytes);
	end_text_form(nest);
	return canonical;
}
