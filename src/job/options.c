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
