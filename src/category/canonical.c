/*
 * canonical.c: from a text, or a value, to the canonical text of its category.
 */
#include "postgres.h"

#include "category/category.h"

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
	int nest = ge_text_form_begin();
	StringInfoData bytes;
	int64 number = 0;

	initStringInfo(&bytes);
	if (ge_category_key_of_text(category, string, must_read, &number, &bytes))
		canonical = text_of_key(category, number, &bytes);
	ge_text_form_end(nest);
	return canonical;
}

char *
ge_category_canonical_value(GeCategoryType *category, Datum value)
{
	char *canonical;
	int nest = ge_text_form_begin();
	StringInfoData bytes;
	int64 number = 0;

	initStringInfo(&bytes);
	if (ge_category_key_kind(category) == GE_KEY_INT64)
		ge_category_int64_key(category, value, false, &number);
	else
		ge_category_bytes_key(category, value, false, &bytes);
	canonical = text_of_key(category, number, &bytes);
	ge_text_form_end(nest);
	return canonical;
}
