/*
 * names.c: lists of names.
 */
#include "postgres.h"

#include "base/names.h"

bool
ge_names_have(const GeNames *names, const char *name)
{
	for (int i = 0; i < names->n; i++)
		if (strcmp(names->names[i], name) == 0)
			return true;
	return false;
}
