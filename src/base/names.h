/*
 * names.h: lists of names, as arguments give them.
 */
#ifndef GE_BASE_NAMES_H
#define GE_BASE_NAMES_H

#include "postgres.h"

/* A list of names: an array argument, or one combination. */
typedef struct GeNames
{
	bool given; /* false: the argument was NULL */
	int n;
	char **names;
} GeNames;

extern bool ge_names_have(const GeNames *names, const char *name);
/* The names joined by "_", which is the name of a combination. */
extern char *ge_names_joined(const GeNames *names);
/* The name that somebody meant who misspelt it; NULL when none is near. */
extern const char *ge_names_nearest(const GeNames *names, const char *name);

#endif /* GE_BASE_NAMES_H */
