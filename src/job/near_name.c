/*
 * near_name.c: the column that a misspelt name probably means.
 */
#include "postgres.h"

#include "base/names.h"
#include "base/shown.h"
#include "job/internal.h"

AttrNumber
ge_plan_require_column(const GeSource *source, const char *name)
{
	return ge_plan_require_fitted(source, name, NULL);
}

AttrNumber
ge_plan_require_fitted(const GeSource *source, const char *name, const char *encoder)
{
	AttrNumber attno = ge_source_column(source, name);
	GeNames known;
	const char *near;

	if (attno != 0)
		return attno;
	known = ge_source_known_names(source);
	near = ge_names_nearest(&known, name);
	/* a literal without a type is text, so '{a,b}' is the name of one column */
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_COLUMN),
			 errmsg("column \"%s\" of relation %s does not exist", ge_shown(name),
					ge_source_name(source)),
			 encoder != NULL ? errdetail("Encoder %s has a column of that name.", encoder)
							 : 0,
			 name[0] == '{'
				 ? errhint("Name one column without braces; a list is ARRAY['a', 'b'].")
			 : near != NULL
				 ? errhint("Perhaps you meant the column \"%s\".", ge_shown(near))
				 : errhint("Names are taken as they are written, with their case.")));
}
