/*
 * column_types.c: the types that the argument column_types gives to columns.
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/shown.h"
#include "files/columns.h"

/* For messages. */
typedef struct GivenType
{
	const char *column;
	const char *name;
} GivenType;

GE_NORETURN static void
refuse_column(const GeCsvFile *file, const char *name)
{
	const GeNames known = {.n = file->n_columns, .names = file->names};
	const char *near = ge_names_nearest(&known, name);

	ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
					errmsg("column_types names \"%s\", which %s does not have",
						   ge_shown(name), ge_printable(file->uri)),
					near == NULL ? 0
								 : errhint("Perhaps you meant the column \"%s\".",
										   ge_shown(near))));
}

/* Whatever is wrong with the type, the error names the column. */
static void
name_column(void *arg)
{
	const GivenType *given = arg;

	errdetail("column_types gives the type \"%s\" to column \"%s\".",
			  ge_shown(given->name), ge_shown(given->column));
	/* it counts in the type's name, and would be shown in the statement */
	errposition(0);
}

static void
give_type(GeCsvColumn *column, const char *type_name)
{
	GivenType given = {.column = column->name, .name = type_name};
	ErrorContextCallback context = {
		.callback = name_column, .arg = &given, .previous = error_context_stack};

	error_context_stack = &context;
	ge_parse_type_string(type_name, &column->type, &column->typmod);
	if (!OidIsValid(column->type))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("type \"%s\" does not exist", ge_shown(type_name))));
	error_context_stack = context.previous;
	column->is_given = column->is_known = true;
}

static char *
text_of(const JsonbValue *value)
{
	return pnstrdup(value->val.string.val, value->val.string.len);
}

/* One member of column_types. */
static void
take_type(GeCsvColumns *columns, const GeCsvFile *file, const JsonbValue *key,
		  const JsonbValue *value)
{
	char *name = text_of(key);
	GeCsvColumn *column = ge_csv_columns_find(columns, name);

	if (value->type != jbvString)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("column_types gives no type name for \"%s\"", ge_shown(name)),
				 errhint("Types are strings, as in {\"zip\": \"text\"}.")));
	if (column == NULL && strcmp(name, "*") == 0)
	{
		for (int i = 0; i < columns->n; i++)
			if (!columns->columns[i].is_given)
				give_type(&columns->columns[i], text_of(value));
		return;
	}
	if (column == NULL)
		refuse_column(file, name);
	give_type(column, text_of(value));
}

/* Named columns first, so that "*" has the others. */
void
ge_csv_columns_take_types(GeCsvColumns *columns, const GeCsvFile *file,
						  const Jsonb *types)
{
	if (!JB_ROOT_IS_OBJECT(types))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("column_types is not an object"),
						errhint("It looks like {\"zip\": \"text\"}.")));
	for (int pass = 0; pass < 2; pass++)
	{
		JsonbIterator *iterator =
			JsonbIteratorInit(unconstify(JsonbContainer *, &types->root));
		JsonbValue key, value;
		JsonbIteratorToken token;

		while ((token = JsonbIteratorNext(&iterator, &key, true)) != WJB_DONE)
		{
			bool is_star;

			if (token != WJB_KEY)
				continue;
			(void) JsonbIteratorNext(&iterator, &value, true);
			is_star = key.val.string.len == 1 && key.val.string.val[0] == '*';
			if (is_star == (pass == 1))
				take_type(columns, file, &key, &value);
		}
	}
}
