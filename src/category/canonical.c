/*
 * category_canonical.c: one text, or value, to the canonical text of its category.
 */
#include "postgres.h"

#include "category/category.h"

char *
ge_category_canonical_text(GeCategoryType *category, const char *string)
{
	char *canonical;
	int nest = ge_text_form_begin();

	if (ge_category_key_kind(category) == GE_KEY_INT64)
	{
		int64 key;

		ge_category_int64_key_of_text(category, string, &key);
		canonical = ge_category_text_of_int64(category, key);
	}
	else
	{
		StringInfoData key;

		initStringInfo(&key);
		ge_category_bytes_key_of_text(category, string, &key);
		canonical = ge_category_text_of_bytes(category, (uint8 *) key.data, key.len);
	}
	ge_text_form_end(nest);
	return canonical;
}

char *
ge_category_canonical_value(GeCategoryType *category, Datum value)
{
	char *canonical;
	int nest = ge_text_form_begin();

	if (ge_category_key_kind(category) == GE_KEY_INT64)
	{
		int64 key;

		ge_category_int64_key(category, value, false, &key);
		canonical = ge_category_text_of_int64(category, key);
	}
	else
	{
		StringInfoData key;

		initStringInfo(&key);
		ge_category_bytes_key(category, value, false, &key);
		canonical = ge_category_text_of_bytes(category, (uint8 *) key.data, key.len);
	}
	ge_text_form_end(nest);
	return canonical;
}
