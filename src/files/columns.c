/*
 * columns.c: decides the types of a CSV file's columns.
 */
#include "postgres.h"
#include "access/transam.h"
#include "catalog/pg_type.h"
#include "nodes/value.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/typcache.h"

#include "base/compat.h"
#include "base/compat_copy.h"
#include "base/shown.h"
#include "base/run_log.h"
#include "files/columns.h"

GeCsvColumn *
ge_csv_columns_find(const GeCsvColumns *columns, const char *name)
{
	for (int i = 0; i < columns->n; i++)
		if (strcmp(columns->columns[i].name, name) == 0)
			return &columns->columns[i];
	return NULL;
}

static bool
list_names(List *list, const char *name)
{
	ListCell *cell;

	foreach (cell, list)
		if (strcmp(strVal(lfirst(cell)), name) == 0)
			return true;
	return false;
}

static bool
forces_not_null(const GeCsvOptions *options, const char *name)
{
	return ge_copy_forces_not_null(&options->copy) ||
		   list_names(options->copy.force_notnull, name);
}

/* force_not_null is not COPY's any more, so that its names are not checked there. */
static void
check_forced(const GeCsvColumns *columns, const GeCsvOptions *options)
{
	ListCell *cell;

	foreach (cell, options->copy.force_notnull)
	{
		const char *name = strVal(lfirst(cell));

		if (ge_csv_columns_find(columns, name) == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
					 errmsg("option force_not_null names column \"%s\", which is not "
							"read",
							ge_shown(name))));
	}
}

static void
describe_type(GeCsvColumn *column)
{
	column->collation = get_typcollation(column->type);
	column->is_string = TypeCategory(getBaseType(column->type)) == TYPCATEGORY_STRING;
}

GeCsvColumns *
ge_csv_columns_create(const GeCsvFile *file, const GeCsvOptions *options,
					  const Jsonb *types, GeNames null_values)
{
	GeCsvColumns *columns = palloc0(sizeof *columns);

	columns->n = file->n_columns;
	columns->columns = palloc0(sizeof(GeCsvColumn) * Max(file->n_columns, 1));
	columns->null_text = options->null_text;
	columns->null_length = options->null_length;
	columns->null_values = null_values;
	for (int i = 0; i < columns->n; i++)
	{
		GeCsvColumn *column = &columns->columns[i];

		column->name = file->names[i];
		column->typmod = -1;
		column->null_quoted = ge_copy_forces_null(&options->copy) ||
							  list_names(options->copy.force_null, column->name);
		column->null_is_value = forces_not_null(options, column->name);
		column->null_unquoted = !column->null_is_value;
	}
	check_forced(columns, options);
	if (types != NULL)
		ge_csv_columns_take_types(columns, file, types);
	columns->all_known = true;
	for (int i = 0; i < columns->n; i++)
	{
		if (columns->columns[i].is_known)
			describe_type(&columns->columns[i]);
		else
			columns->all_known = false;
	}
	return columns;
}

GeCsvColumns *
ge_csv_columns_of_table(const List *names, const GeCsvOptions *options,
						GeNames null_values)
{
	GeCsvColumns *columns = palloc0(sizeof *columns);
	const ListCell *cell;

	/* one more, for fields that are too many */
	columns->columns = palloc0(sizeof(GeCsvColumn) * (list_length(names) + 1));
	foreach (cell, names)
	{
		GeCsvColumn *column = &columns->columns[columns->n++];

		column->name = strVal(lfirst(cell));
		column->null_is_value = forces_not_null(options, column->name);
	}
	check_forced(columns, options);
	columns->n++;
	for (int i = 0; i < columns->n; i++)
		columns->columns[i].is_given = columns->columns[i].is_string = true;
	columns->all_known = columns->nulls_are_copys = true;
	columns->null_text = options->null_text;
	columns->null_length = options->null_length;
	columns->null_values = null_values;
	return columns;
}

const GeCsvColumn *
ge_csv_columns_at(const GeCsvColumns *columns, int i)
{
	return &columns->columns[Min(i, columns->n - 1)];
}

GeCsvColumns *
ge_csv_columns_like(const GeCsvFile *file, const GeCsvColumns *other)
{
	GeCsvColumns *columns = palloc(sizeof *columns);

	*columns = *other;
	columns->n = file->n_columns;
	columns->all_known = true;
	columns->columns = palloc0(sizeof(GeCsvColumn) * Max(file->n_columns, 1));
	for (int i = 0; i < columns->n; i++)
	{
		GeCsvColumn *column = &columns->columns[i];
		const GeCsvColumn *model = ge_csv_columns_find(other, file->names[i]);

		if (model != NULL)
			*column = *model;
		else
		{
			column->inferred = GE_CSV_TEXT;
			column->type = TEXTOID;
			column->typmod = -1;
			column->null_unquoted = true;
			describe_type(column);
		}
		column->name = file->names[i];
		column->is_known = true;
	}
	return columns;
}

/*
 * The input function of a base type is in C, since no other language has cstring; that of
 * an enum is PostgreSQL's own.
 */
static bool
runs_functions(Oid type)
{
	Oid element = get_element_type(type);
	char kind;

	if (type < FirstNormalObjectId)
		return false;
	if (OidIsValid(element))
		return runs_functions(element);
	kind = get_typtype(type);
	if (kind == TYPTYPE_DOMAIN)
		return DomainHasConstraints(type) || runs_functions(getBaseType(type));
	return kind != TYPTYPE_BASE && kind != TYPTYPE_ENUM;
}

bool
ge_csv_columns_run_functions(const GeCsvColumns *columns)
{
	for (int i = 0; i < columns->n; i++)
		if (runs_functions(columns->columns[i].type))
			return true;
	return false;
}

void
ge_csv_columns_match(const GeCsvColumns *columns, const GeCsvFile *file)
{
	if (file->n_columns != columns->n)
		ereport(ERROR, (errcode(ERRCODE_BAD_COPY_FILE_FORMAT),
						errmsg("%s has %d columns, but %d are expected",
							   ge_printable(file->uri), file->n_columns, columns->n)));
	for (int i = 0; i < columns->n; i++)
		if (strcmp(columns->columns[i].name, file->names[i]) != 0)
			ereport(ERROR,
					(errcode(ERRCODE_BAD_COPY_FILE_FORMAT),
					 errmsg("column %d of %s is \"%s\", but \"%s\" is expected", i + 1,
							ge_printable(file->uri), ge_shown(file->names[i]),
							ge_shown(columns->columns[i].name))));
}

/* ------------------------------------------------------------------------- values */

static bool
is_null_text(const GeCsvColumns *columns, const GeCsvField *field)
{
	return field->length == columns->null_length &&
		   memcmp(field->value, columns->null_text, field->length) == 0;
}

bool
ge_csv_is_null(const GeCsvColumns *columns, const GeCsvColumn *column,
			   const GeCsvField *field)
{
	bool may_be_listed = !(columns->nulls_are_copys && field->is_quoted);

	for (int i = 0; may_be_listed && i < columns->null_values.n; i++)
	{
		const char *missing = columns->null_values.names[i];

		if (strlen(missing) == field->length &&
			memcmp(missing, field->value, field->length) == 0)
			return true;
	}
	if (field->length == 0 && !column->is_string)
		return true;
	return (field->is_quoted ? column->null_quoted : column->null_unquoted) &&
		   is_null_text(columns, field);
}

bool
ge_csv_looks_null(const GeCsvColumns *columns, const GeCsvColumn *column,
				  const GeCsvField *field)
{
	return column->null_is_value && !field->is_quoted && is_null_text(columns, field);
}

uint64
ge_csv_columns_learn(GeCsvColumns *columns, GeCsvFile *file, uint64 max_rows)
{
	GeCsvRecord record;
	uint64 n_rows = 0;

	for (; n_rows < max_rows && ge_csv_file_next(file, &record); n_rows++)
	{
		ge_stage_rows(n_rows);
		for (int i = 0; i < columns->n; i++)
		{
			GeCsvColumn *column = &columns->columns[i];
			const GeCsvField *field = &record.fields[i];

			if (column->is_known || (column->kinds & GE_KIND_TEXT) != 0 ||
				ge_csv_is_null(columns, column, field))
				continue;
			column->kinds |= ge_kind_of(field->value, field->length);
		}
	}
	return n_rows;
}

void
ge_csv_columns_settle(GeCsvColumns *columns)
{
	static const Oid types[] = {
		[GE_CSV_TEXT] = TEXTOID,
		[GE_CSV_BIGINT] = INT8OID,
		[GE_CSV_DOUBLE] = FLOAT8OID,
		[GE_CSV_BOOLEAN] = BOOLOID,
		[GE_CSV_DATE] = DATEOID,
		[GE_CSV_TIMESTAMP] = TIMESTAMPOID,
		[GE_CSV_TIMESTAMPTZ] = TIMESTAMPTZOID,
	};

	for (int i = 0; i < columns->n; i++)
	{
		GeCsvColumn *column = &columns->columns[i];

		if (column->is_known)
			continue;
		column->inferred = ge_kind_type(column->kinds);
		column->type = types[column->inferred];
		describe_type(column);
	}
}

void
ge_csv_check_value(const GeCsvColumn *column, const GeCsvField *field, uint64 line,
				   const char *uri)
{
	if (column->is_given || column->inferred == GE_CSV_TEXT ||
		ge_kind_fits(column->inferred, ge_kind_of(field->value, field->length)))
		return;
	ereport(ERROR, (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					errmsg("value \"%s\" of column \"%s\" in line " UINT64_FORMAT
						   " of %s does not fit type %s",
						   ge_shown(pnstrdup(field->value, field->length)),
						   ge_shown(column->name), line, ge_printable(uri),
						   format_type_be(column->type)),
					errdetail("The type was inferred from rows before, or from train."),
					errhint("If the value stands for a missing one, name it in "
							"null_values; else give the type by column_types, or look at "
							"more rows (sample_rows of s3_create_table).")));
}
