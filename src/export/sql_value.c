/*
 * sql_value.c: names, constants, and values of columns in SQL.
 *
 * Names and values are data: identifiers are always quoted, and a literal with a backslash
 * is an E'' literal, which no setting of the reader changes.  Types are those of
 * pg_catalog, so that operators are found there first.
 */
#include "postgres.h"
#include "catalog/pg_type.h"
#include "utils/lsyscache.h"

#include "category/category.h"
#include "export/sql_value.h"

/* A string with two of its characters twice. */
static void
put_doubled(GeExportBuffer *buffer, const char *string, char first, char second)
{
	const char *plain = string; /* begin of what is not written yet */

	for (; *string != '\0'; string++)
		if (*string == first || *string == second)
		{
			ge_export_put_bytes(buffer, plain, string - plain + 1);
			plain = string; /* the second time */
		}
	ge_export_put(buffer, plain);
}

void
ge_sql_put_identifier(GeExportBuffer *buffer, const char *name)
{
	ge_export_put_char(buffer, '"');
	put_doubled(buffer, name, '"', '"');
	ge_export_put_char(buffer, '"');
}

void
ge_sql_put_literal(GeExportBuffer *buffer, const char *value)
{
	ge_export_put(buffer, strchr(value, '\\') != NULL ? "E'" : "'");
	put_doubled(buffer, value, '\'', '\\');
	ge_export_put_char(buffer, '\'');
}

/* How a value of a type becomes one that equals the constants of its categories. */
typedef struct ValueForm
{
	const char *before; /* of the column's name */
	const char *after;
	const char *is_null;
	Oid type;
	bool is_text; /* the value is the category's text */
} ValueForm;

#define TYPED(oid, name)                                                                 \
	{                                                                                    \
		"CAST(", " AS pg_catalog." name ")", " IS NULL", oid, false                      \
	}

static const ValueForm typed_forms[] = {
	TYPED(DATEOID, "date"),
	TYPED(TIMESTAMPOID, "timestamp"),
	TYPED(TIMESTAMPTZOID, "timestamptz"),
	TYPED(FLOAT4OID, "float4"),
	TYPED(FLOAT8OID, "float8"),
	TYPED(INTERVALOID, "interval"),
	TYPED(BYTEAOID, "bytea"),
	{"CAST(pg_catalog.trim_scale(", ") AS pg_catalog.text)", " IS NULL", NUMERICOID,
	 true},
};
static const ValueForm text_form = {"CAST(", " AS pg_catalog.text)", " IS NULL",
									InvalidOid, true};
/*
 * The owner of a type may have made its cast to text, which prints otherwise than the type
 * does.  IS NULL looks into a row.
 */
static const ValueForm printed_form = {"pg_catalog.format('%s', ", ")",
									   " IS NOT DISTINCT FROM NULL", InvalidOid, true};

/* Types whose casts to text only a superuser can make. */
static bool
has_trusted_cast(Oid type)
{
	if (type_is_enum(type))
		return false;
	return ge_type_is_text_like(type) || ge_type_has_natural_form(type);
}

static const ValueForm *
form_of_column(const GeEncoderColumn *column)
{
	Oid type = getBaseType(column->type);

	for (int i = 0; i < lengthof(typed_forms); i++)
		if (typed_forms[i].type == type)
			return &typed_forms[i];
	return has_trusted_cast(type) ? &text_form : &printed_form;
}

bool
ge_sql_is_text(const GeEncoderColumn *column)
{
	return form_of_column(column)->is_text;
}

static void
put_column(GeExportBuffer *buffer, const ValueForm *form, const char *name)
{
	ge_export_put(buffer, form->before);
	ge_sql_put_identifier(buffer, name);
	ge_export_put(buffer, form->after);
}

static void
put_column_or(GeExportBuffer *buffer, const ValueForm *form, const char *name,
			  const char *null_value)
{
	if (form == &printed_form) /* which prints NULL, too */
	{
		ge_export_put(buffer, "CASE WHEN ");
		ge_sql_put_identifier(buffer, name);
		ge_export_put(buffer, form->is_null);
		ge_export_put(buffer, " THEN ");
		ge_sql_put_literal(buffer, null_value);
		ge_export_put(buffer, " ELSE ");
		put_column(buffer, form, name);
		ge_export_put(buffer, " END");
		return;
	}
	ge_export_put(buffer, "COALESCE(");
	put_column(buffer, form, name);
	ge_export_put(buffer, ", ");
	ge_sql_put_literal(buffer, null_value);
	ge_export_put(buffer, ")");
}

void
ge_sql_put_value(GeExportBuffer *buffer, const GeExportPart *part, int k)
{
	const ValueForm *form = form_of_column(part->columns[k]);
	const char *name = part->columns[k]->name;

	if (part->null_values[k] != NULL)
		put_column_or(buffer, form, name, part->null_values[k]);
	else
		put_column(buffer, form, name);
	if (form->is_text)
		ge_export_put(buffer, " COLLATE pg_catalog.\"C\"");
}

void
ge_sql_put_is_missing(GeExportBuffer *buffer, const GeExportPart *part)
{
	bool first = true;

	for (int k = 0; k < part->n_columns; k++)
	{
		if (part->null_values[k] != NULL)
			continue;
		ge_export_put(buffer, first ? "" : " OR ");
		ge_sql_put_identifier(buffer, part->columns[k]->name);
		ge_export_put(buffer, form_of_column(part->columns[k])->is_null);
		first = false;
	}
}
