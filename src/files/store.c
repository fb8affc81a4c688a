/*
 * store.c: fills a temporary table with the rows of CSV files.
 */
#include "postgres.h"
#include "access/xact.h"
#include "catalog/dependency.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "files/store.h"
#include "table/table.h"

/* How a field of the files is stored. */
typedef struct Slot
{
	const GeCsvColumn *column;
	bool is_typed;
	int text_at; /* the column, from 0, for its text; -1: none */
	FmgrInfo input;
	Oid io_parameter;
} Slot;

/* A field at hand, for messages. */
typedef struct Place
{
	const char *uri;
	uint64 line;
	const char *column;
	const char *value;
} Place;

typedef struct Filling
{
	GeCsvStore *store;
	int n_slots;
	Slot *slots;
	int n_columns; /* of the table */
	GeOutputColumn *columns;
	GeOutputTable *table;
	MemoryContext row_context;
	Datum *values;
	bool *is_null;
	Place place; /* column is NULL between fields */
} Filling;

/* --------------------------------------------------------------------- the layout */

static bool
is_name(const char *given, const char *name)
{
	return given != NULL && strcmp(given, name) == 0;
}

/* Whether the job reads the values of a column. */
static bool
is_used(const GeJobOptions *options, const GeCsvColumn *column, bool fitted)
{
	if (fitted && (is_name(options->target, column->name) ||
				   is_name(options->folds.column, column->name)))
		return true;
	if (ge_names_have(&options->label_columns, column->name) ||
		ge_names_have(&options->target_columns, column->name))
		return true;
	for (int i = 0; i < options->n_combinations; i++)
		if (ge_names_have(&options->combinations[i], column->name))
			return true;
	return !options->label_columns.given && ge_type_is_text_like(column->type);
}

static int
add_column(Filling *filling, const char *name, Oid type, int32 typmod, Oid collation)
{
	filling->columns[filling->n_columns] =
		(GeOutputColumn){name, type, typmod, collation};
	return filling->n_columns++;
}

/* A name that no column of the files has. */
static const char *
name_of_text(const GeCsvSet *set, int i)
{
	char *name = psprintf("text of %d", i + 1);

	while (ge_csv_columns_find(set->columns, name) != NULL)
		name = psprintf("%s'", name);
	return name;
}

static void
leave_unlabeled(GeCsvStore *store, const char *name)
{
	store->unlabeled.names[store->unlabeled.n++] = pstrdup(name);
}

static void
lay_out(Filling *filling, const GeCsvSet *set, const GeJobOptions *options, bool fitted)
{
	const GeCsvColumns *columns = set->columns;

	for (int i = 0; i < columns->n; i++)
	{
		const GeCsvColumn *column = &columns->columns[i];
		Slot *slot = &filling->slots[i];

		slot->column = column;
		slot->is_typed = column->type != TEXTOID && is_used(options, column, fitted);
		slot->text_at = i;
		if (slot->is_typed)
			add_column(filling, column->name, column->type, column->typmod,
					   column->collation);
		else
			add_column(filling, column->name, TEXTOID, -1, InvalidOid);
		filling->store->shown[i] = i + 1;
		if (!slot->is_typed && column->type != TEXTOID)
			leave_unlabeled(filling->store, column->name);
	}
	for (int i = 0; i < columns->n; i++)
	{
		Slot *slot = &filling->slots[i];
		Oid function;

		if (!slot->is_typed)
			continue;
		slot->text_at =
			add_column(filling, name_of_text(set, i), TEXTOID, -1, InvalidOid);
		filling->store->shown[i] = slot->text_at + 1;
		leave_unlabeled(filling->store, filling->columns[slot->text_at].name);
		getTypeInputInfo(slot->column->type, &function, &slot->io_parameter);
		fmgr_info(function, &slot->input);
	}
}

/* --------------------------------------------------------------------- the rows */

/* The context of an error of a type's input function. */
static void
name_place(void *arg)
{
	const Place *place = arg;

	if (place->column != NULL)
		errcontext("line " UINT64_FORMAT " of %s, column \"%s\": \"%.100s\"", place->line,
				   place->uri, place->column, place->value);
}

static void
put_field(Filling *filling, const GeCsvSet *set, int i, const GeCsvField *field)
{
	Slot *slot = &filling->slots[i];
	bool is_null = ge_csv_is_null(set->columns, slot->column, field);

	filling->is_null[i] = filling->is_null[slot->text_at] = is_null;
	if (is_null)
		return;
	filling->values[slot->text_at] =
		PointerGetDatum(cstring_to_text_with_len(field->value, field->length));
	if (!slot->is_typed)
		return;
	ge_csv_check_value(slot->column, field, filling->place.line, filling->place.uri);
	filling->place.value = pnstrdup(field->value, field->length);
	filling->place.column = slot->column->name;
	filling->values[i] =
		InputFunctionCall(&slot->input, unconstify(char *, filling->place.value),
						  slot->io_parameter, slot->column->typmod);
	filling->place.column = NULL;
}

static void
put_file(Filling *filling, const GeCsvSet *set, GeCsvFile *file)
{
	GeCsvRecord record;

	filling->place.uri = file->uri;
	while (ge_csv_file_next(file, &record))
	{
		MemoryContext caller = MemoryContextSwitchTo(filling->row_context);

		filling->place.line = record.line;
		for (int i = 0; i < filling->n_slots; i++)
			put_field(filling, set, i, &record.fields[i]);
		MemoryContextSwitchTo(caller);
		ge_output_put(filling->table, filling->values, filling->is_null);
		MemoryContextReset(filling->row_context);
		filling->store->n_rows++;
	}
}

/* Values are read under settings of their own, so that the session's change nothing. */
static void
put_files(Filling *filling, GeCsvSet *set)
{
	ErrorContextCallback context = {
		.callback = name_place, .arg = &filling->place, .previous = error_context_stack};
	int nest_level = ge_text_form_begin();

	error_context_stack = &context;
	for (int i = 0; i < set->n_files; i++)
	{
		GeCsvFile *file = ge_csv_set_file(set, i);

		if (file != NULL)
			put_file(filling, set, file);
		ge_csv_set_done(set, i);
	}
	error_context_stack = context.previous;
	ge_text_form_end(nest_level);
}

GeCsvStore *
ge_csv_store_fill(const char *table, GeCsvSet *set, const GeJobOptions *options,
				  bool fitted)
{
	GeCsvStore *store = palloc0(sizeof *store);
	int max_columns = 2 * set->columns->n;
	Filling filling = {.store = store, .n_slots = set->columns->n};
	RangeVar *name = makeRangeVar(pstrdup("pg_temp"), pstrdup(table), -1);

	store->shown = palloc0(sizeof(AttrNumber) * max_columns);
	store->unlabeled.names = palloc(sizeof(char *) * max_columns);
	filling.slots = palloc0(sizeof(Slot) * filling.n_slots);
	filling.columns = palloc(sizeof(GeOutputColumn) * max_columns);
	lay_out(&filling, set, options, fitted);
	filling.values = palloc0(sizeof(Datum) * filling.n_columns);
	filling.is_null = palloc0(sizeof(bool) * filling.n_columns);
	filling.row_context = AllocSetContextCreate(
		CurrentMemoryContext, "gpu_encode CSV row", ALLOCSET_DEFAULT_SIZES);
	ge_output_check(name, filling.columns, filling.n_columns, false);
	filling.table = ge_output_create(name, filling.columns, filling.n_columns, false);
	store->relid = ge_output_relid(filling.table);
	put_files(&filling, set);
	ge_output_finish(filling.table);
	CommandCounterIncrement();
	MemoryContextDelete(filling.row_context);
	return store;
}

void
ge_csv_store_drop(GeCsvStore *store)
{
	ObjectAddress table = {.classId = RelationRelationId, .objectId = store->relid};

	performDeletion(&table, DROP_RESTRICT, PERFORM_DELETION_INTERNAL);
}
