/*
 * names.c: lists of names.
 */
#include "postgres.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/varlena.h"

#include "miscadmin.h"

#include "base/names.h"

bool
ge_names_have(const GeNames *names, const char *name)
{
	CHECK_FOR_INTERRUPTS(); /* lists are as long as their authors like */
	for (int i = 0; i < names->n; i++)
		if (strcmp(names->names[i], name) == 0)
			return true;
	return false;
}

char *
ge_names_joined(const GeNames *names)
{
	StringInfoData joined;

	initStringInfo(&joined);
	for (int i = 0; i < names->n; i++)
		appendStringInfo(&joined, "%s%s", i == 0 ? "" : "_", names->names[i]);
	return joined.data;
}

/*
 * The rule of the server's parser: at most this many letters may differ, and at most half
 * of them.
 */
#define MAX_DISTANCE 3

const char *
ge_names_nearest(const GeNames *names, const char *name)
{
	int length = strlen(name);
	int least = Min(MAX_DISTANCE, length / 2) + 1;
	const char *nearest = NULL;

	if (length >= NAMEDATALEN)
		return NULL;
	for (int i = 0; i < names->n; i++)
	{
		const char *candidate = names->names[i];
		int distance;

		if (pg_strcasecmp(candidate, name) == 0)
			return candidate;
		distance = varstr_levenshtein_less_equal(name, length, candidate,
												 strlen(candidate), 1, 1, 1, least, true);
		if (distance < least)
		{
			least = distance;
			nearest = candidate;
		}
	}
	return nearest;
}
