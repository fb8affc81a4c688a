/*
 * near_name.c: the column that somebody meant who misspelt it.
 */
#include "postgres.h"

#include "base/shown.h"
#include "job/internal.h"
#include "utils/builtins.h"
#include "utils/varlena.h"

/* As the server's parser: so many letters may differ, but no more than half of them. */
#define MAX_DISTANCE 3

/* The column whose name is nearest; NULL when none is near. */
static const char *
near_column(const GeSource *source, const char *name)
{
	GeNames known = ge_source_known_names(source);
	int length = strlen(name);
	int least = Min(MAX_DISTANCE, length / 2) + 1;
	const char *nearest = NULL;

	if (length >= NAMEDATALEN)
		return NULL;
	for (int i = 0; i < known.n; i++)
	{
		const char *candidate = known.names[i];
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

AttrNumber
ge_plan_require_column(const GeSource *source, const char *name)
{
	AttrNumber attno = ge_source_column(source, name);
	const char *near;

	if (attno != 0)
		return attno;
	near = near_column(source, name);
	/* a literal without a type is text, so '{a,b}' is the name of one column */
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("column \"%s\" of relation %s does not exist", ge_shown(name),
					ge_source_name(source)),
			 name[0] == '{' ? errhint("A list of columns is written ARRAY['a', 'b'].")
			 : near != NULL
				 ? errhint("Perhaps you meant the column \"%s\".", ge_shown(near))
				 : 0));
}
