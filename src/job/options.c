/*
 * options.c: the words that options are written in.
 */
#include "postgres.h"

#include "job/options.h"

static const char *const missing_names[] = {"value", "null", "category", "error"};

const char *
ge_missing_name(GeMissing missing)
{
	return missing_names[missing];
}

GeMissing
ge_missing_parse(const char *word)
{
	for (int i = 0; i < lengthof(missing_names); i++)
		if (strcmp(word, missing_names[i]) == 0)
			return i;
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("invalid value for \"handle_missing\": \"%s\"", word)));
}
