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

bool
ge_missing_find(const char *word, GeMissing *missing)
{
	for (int i = 0; i < lengthof(missing_names); i++)
		if (strcmp(word, missing_names[i]) == 0)
		{
			*missing = i;
			return true;
		}
	return false;
}

void
ge_unknown_value_check(int32 value, const char *column, uint32 n_categories,
					   bool codes_missing)
{
	int64 n_codes = (int64) n_categories + codes_missing;

	if (value < 0 || value >= n_codes)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("unknown_value %d is a label code of column \"%s\"", value, column),
			 errdetail("Its codes are 0 to " INT64_FORMAT ".", n_codes - 1),
			 errhint("Give a number that is no code, for example -1.")));
}
