/*
 * store.c: fills a temporary file with the rows of CSV files.
 */
#include "postgres.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "base/shown.h"
#include "files/store.h"

/* Attribute numbers of a row are int16; the record has one of them. */
#define MAX_COLUMNS PG_INT16_MAX

/* How a field of the files is stored. */
typedef struct Slot
{
	const GeCsvColumn *column;
	int at; /* its column in the rows, from 0; -1: none */
	bool is_packed;
	FmgrInfo input; /* of a type that is not text */
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
	Slot *slots; /* by field */
	TupleDesc desc;
	MemoryContext row_context;
	StringInfoData record; /* of the row at hand, behind room for its header */
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

/* Whether values of a column of the fitted files are categories for the job. */
static bool
is_category(const GeJobOptions *options, const GeCsvColumn *column)
{
	const char *name = column->name;

	if (ge_names_have(&options->label_columns, name) ||
		ge_names_have(&options->target_columns, name))
		return true;
	for (int i = 0; i < options->n_combinations; i++)
		if (ge_names_have(&options->combinations[i], name))
			return true;
	return !options->label_columns.given && ge_type_is_text_like(column->type) &&
		   !ge_options_leave_out(options, name);
}

/* The same for files whose columns are matched to those of the fitted ones. */
static bool
is_category_of(const GeCsvStore *fitted, const char *name)
{
	for (int i = 0; i < fitted->n_columns; i++)
		if (fitted->are_categories[i] && is_name(fitted->column_names[i], name))
			return true;
	return false;
}

static int
add_column(Filling *filling, const char *name, Oid type, int32 typmod, Oid collation)
{
	int i = filling->store->n_columns++;

	if (i == MAX_COLUMNS)
		ereport(
			ERROR,
			(errcode(ERRCODE_TOO_MANY_COLUMNS),
			 errmsg("more than %d columns would be coded or encoded", MAX_COLUMNS - 1),
			 errhint("Name fewer of them in label_columns, or leave some out by "
					 "exclude_columns.")));
	filling->store->column_names[i] = name;
	TupleDescInitEntry(filling->desc, i + 1, NULL, type, typmod, 0);
	TupleDescInitEntryCollation(filling->desc, i + 1, collation);
	return i;
}

/* A column that is read as values. */
static void
lay_out_value(Filling *filling, Slot *slot)
{
	const GeCsvColumn *column = slot->column;
	Oid function;

	slot->at = add_column(filling, column->name, column->type, column->typmod,
						  column->collation);
	if (column->type == TEXTOID)
		return;
	slot->is_packed = true;
	getTypeInputInfo(column->type, &function, &slot->io_parameter);
	fmgr_info(function, &slot->input);
}

static void
lay_out(Filling *filling, const GeCsvSet *set, const GeJobOptions *options,
		const GeCsvStore *fitted)
{
	GeCsvStore *store = filling->store;

	for (int i = 0; i < store->n_fields; i++)
	{
		const GeCsvColumn *column = &set->columns->columns[i];
		Slot *slot = &filling->slots[i];
		bool is_categorical = fitted == NULL ? is_category(options, column)
											 : is_category_of(fitted, column->name);

		*slot = (Slot){.column = column, .at = -1};
		store->are_categories[store->n_columns] = is_categorical;
		if (is_categorical || ge_names_have(&options->order_by, column->name) ||
			(fitted == NULL &&
			 (ge_names_have(&options->targets, column->name) ||
			  is_name(options->weight_column, column->name) ||
			  is_name(options->folds.column, column->name) ||
			  ge_names_have(&options->folds.group_columns, column->name))))
			lay_out_value(filling, slot);
		else
			slot->is_packed = true;
		store->names.names[i] = unconstify(char *, column->name);
		store->fields[i] = (GeStoredField){
			.name = column->name,
			.attno = slot->is_packed ? 0 : slot->at + 1,
			.in_record = slot->is_packed ? store->n_in_record++ : -1,
		};
	}
	if (store->n_in_record > 0)
		store->record = add_column(filling, NULL, BYTEAOID, -1, InvalidOid) + 1;
}

void
ge_csv_store_include(const GeCsvStore *store, GeJobOptions *options)
{
	GeNames *excluded = &options->exclude_columns;
	char **names = palloc(sizeof(char *) * (excluded->n + 1));
	int n = 0;

	for (int i = 0; i < excluded->n; i++)
	{
		bool is_seen = true;

		for (int k = 0; k < store->n_fields; k++)
			if (strcmp(store->fields[k].name, excluded->names[i]) == 0)
				is_seen = false;
		for (int k = 0; k < store->n_columns; k++)
			if (is_name(store->column_names[k], excluded->names[i]))
				is_seen = true;
		if (is_seen)
			names[n++] = excluded->names[i];
	}
	excluded->names = names;
	excluded->n = n;
}

/* --------------------------------------------------------------------- the record */

/*
 * Each text is preceded by its length and one, seven bits a byte, the lowest first, with
 * the eighth bit where more follow; 0 alone is NULL.
 */
static void
pack(StringInfo record, const GeCsvField *field)
{
	size_t n = field == NULL ? 0 : field->length + 1;

	for (; n > 0x7f; n >>= 7)
		appendStringInfoCharMacro(record, (char) (0x80 | (n & 0x7f)));
	appendStringInfoCharMacro(record, (char) n);
	if (field != NULL)
		appendBinaryStringInfo(record, field->value, field->length);
}

void
ge_csv_store_unpack(const GeCsvStore *store, const struct varlena *record,
					GeStoredText *texts)
{
	const unsigned char *at = (const unsigned char *) VARDATA_ANY(record);

	for (int i = 0; i < store->n_in_record; i++)
	{
		size_t n = 0;
		int shift = 0;

		for (; *at > 0x7f; shift += 7)
			n |= (size_t) (*at++ & 0x7f) << shift;
		n |= (size_t) *at++ << shift;
		texts[i] =
			n == 0 ? (GeStoredText){NULL, 0} : (GeStoredText){(const char *) at, n - 1};
		at += texts[i].length;
	}
}

/* --------------------------------------------------------------------- the rows */

/* Adds file, line and column to errors of input functions. */
static void
name_place(void *arg)
{
	const Place *place = arg;

	if (place->column == NULL)
		return;
	errcontext("line " UINT64_FORMAT " of %s, column \"%s\": \"%s\"", place->line,
			   ge_printable(place->uri), ge_shown(place->column), ge_shown(place->value));
	errhint("Look at line " UINT64_FORMAT " of %s, column \"%s\".", place->line,
			ge_printable(place->uri), ge_shown(place->column));
}

static Datum
read_value(Filling *filling, const Slot *slot, const GeCsvField *field)
{
	Datum value;

	if (slot->column->type == TEXTOID)
		return PointerGetDatum(cstring_to_text_with_len(field->value, field->length));
	ge_csv_check_value(slot->column, field, filling->place.line, filling->place.uri);
	filling->place.value = pnstrdup(field->value, field->length);
	filling->place.column = slot->column->name;
	value = InputFunctionCall(unconstify(FmgrInfo *, &slot->input),
							  unconstify(char *, filling->place.value),
							  slot->io_parameter, slot->column->typmod);
	filling->place.column = NULL;
	return value;
}

static void
put_field(Filling *filling, const GeCsvSet *set, const Slot *slot,
		  const GeCsvField *field)
{
	bool is_null = ge_csv_is_null(set->columns, slot->column, field);

	if (slot->is_packed)
		pack(&filling->record, is_null ? NULL : field);
	if (slot->at < 0)
		return;
	filling->is_null[slot->at] = is_null;
	if (!is_null)
		filling->values[slot->at] = read_value(filling, slot, field);
}

static void
put_row(Filling *filling, const GeCsvSet *set, const GeCsvRecord *record)
{
	const GeCsvStore *store = filling->store;
	StringInfo packed = &filling->record;
	MemoryContext caller = MemoryContextSwitchTo(filling->row_context);

	filling->place.line = record->line;
	packed->len = VARHDRSZ;
	for (int i = 0; i < store->n_fields; i++)
		put_field(filling, set, &filling->slots[i], &record->fields[i]);
	SET_VARSIZE(packed->data, packed->len);
	if (store->record > 0)
		filling->values[store->record - 1] = PointerGetDatum(packed->data);
	MemoryContextSwitchTo(caller);
	ge_row_file_put(store->rows, filling->values, filling->is_null);
	MemoryContextReset(filling->row_context);
}

static void
put_file(Filling *filling, const GeCsvSet *set, GeCsvFile *file)
{
	GeCsvRecord record;

	filling->place.uri = file->uri;
	while (ge_csv_file_next(file, &record))
		put_row(filling, set, &record);
}

/* Values are read under fixed settings, whatever the settings of the session are. */
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

static GeCsvStore *
create_store(int n_fields)
{
	GeCsvStore *store = palloc0(sizeof *store);

	store->n_fields = n_fields;
	store->fields = palloc(sizeof(GeStoredField) * n_fields);
	store->names = (GeNames){.n = n_fields, .names = palloc(sizeof(char *) * n_fields)};
	store->column_names = palloc(sizeof(char *) * (n_fields + 1));
	store->are_categories = palloc0(sizeof(bool) * (n_fields + 1));
	return store;
}

/* A descriptor of fewer columns: PostgreSQL 18 finds columns by natts, so that natts stays. */
static TupleDesc
first_columns(TupleDesc desc, int n)
{
	TupleDesc first = CreateTemplateTupleDesc(n);

	for (int attno = 1; attno <= n; attno++)
		TupleDescCopyEntry(first, attno, desc, attno);
	return first;
}

GeCsvStore *
ge_csv_store_fill(GeCsvSet *set, const GeJobOptions *options, const GeCsvStore *fitted)
{
	GeCsvStore *store = create_store(set->columns->n);
	Filling filling = {.store = store};

	filling.slots = palloc(sizeof(Slot) * store->n_fields);
	filling.desc = CreateTemplateTupleDesc(Min(store->n_fields + 1, MAX_COLUMNS));
	lay_out(&filling, set, options, fitted);
	filling.desc = first_columns(filling.desc, store->n_columns);
	filling.values = palloc0(sizeof(Datum) * store->n_columns);
	filling.is_null = palloc0(sizeof(bool) * store->n_columns);
	initStringInfo(&filling.record);
	filling.row_context = AllocSetContextCreate(
		CurrentMemoryContext, "gpu_encode CSV row", ALLOCSET_DEFAULT_SIZES);
	store->rows = ge_row_file_create(filling.desc);
	put_files(&filling, set);
	MemoryContextDelete(filling.row_context);
	return store;
}

void
ge_csv_store_close(GeCsvStore *store)
{
	ge_row_file_close(store->rows);
}
