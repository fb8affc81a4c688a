/*
 * names.c: lists of names.
 */
#include "postgres.h"

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
