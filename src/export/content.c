/*
 * content.c: reads the content of an encoder, without a job.
 *
 * Rows may stand in any order in the table.  Their texts become canonical by the types of
 * their columns, as in transform, and categories are then put into the order of their
 * codes, and of their texts.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "base/shown.h"
#include "category/category.h"
#include "export/internal.h"
#include "export/text_set.h"

/* What is read, and the parts of the load that read it: parts stand in the same places. */
typedef struct Reading
{
	GeEncoderLoad load;
	GeExport *content;
	GeCategoryType **categories; /* by column of the parameters */
	Size bytes;					 /* of texts and figures so far */
} Reading;

static GeCategoryType *
category_of_column(const GeEncoderColumn *column)
{
	const char *null_value =
		ge_type_is_text_like(column->type) ? column->options.null_value : NULL;

	return ge_category_type_create(column->name, column->type,
								   get_typcollation(column->type), null_value);
}

static GeCategoryType *
category_in(const Reading *reading, const GeEncoderColumn *column)
{
	return reading->categories[column - reading->content->parameters->columns];
}

/* The columns of a part, and what NULL means in them. */
static void
set_columns(const Reading *reading, GeExportPart *part, char *const *names, int n)
{
	const GeEncoderParameters *parameters = reading->content->parameters;

	part->n_columns = n;
	part->columns = palloc_array(const GeEncoderColumn *, n);
	part->null_values = palloc0_array(char *, n);
	for (int k = 0; k < n; k++)
	{
		const GeEncoderColumn *column = ge_encoder_find_column(parameters, names[k]);

		part->columns[k] = column;
		if (ge_type_is_text_like(column->type) && column->options.null_value != NULL)
			part->null_values[k] = ge_category_canonical_stored_text(
				category_in(reading, column), column->options.null_value);
		part->is_missing_possible |= part->null_values[k] == NULL;
	}
}

static void
set_outputs(const Reading *reading, GeExportPart *part, const GeColumnOptions *options,
			const GeEncoderOutputs *outputs)
{
	bool names_targets = reading->content->parameters->names_targets;

	part->options = options;
	part->n_outputs = outputs->n;
	part->outputs = outputs->outputs;
	part->output_names = palloc_array(char *, outputs->n + 1);
	for (int k = 0; k < outputs->n; k++)
	{
		const GeEncoderOutput *output = &outputs->outputs[k];

		part->output_names[k] = ge_encoding_name(ge_output_base(options, part->name),
												 names_targets ? output->target : NULL,
												 "_TE", output->class, &output->stat);
	}
}

static void
add_column(Reading *reading, GeEncoderColumn *column)
{
	GeExport *content = reading->content;
	int place = content->n_parts++;
	GeExportPart *part = &content->parts[place];
	GeCategoryColumn *loaded = palloc0_object(GeCategoryColumn);

	part->name = column->name;
	part->is_label = column->is_label;
	set_columns(reading, part, &column->name, 1);
	set_outputs(reading, part, &column->options, &column->outputs);
	loaded->name = column->name;
	loaded->options = column->options;
	loaded->is_label = column->is_label;
	reading->load.parts[place] = (GeEncoderPart){.name = column->name,
												 .column = loaded,
												 .n_parts = 1,
												 .n_outputs = part->n_outputs,
												 .expected = column->categories,
												 .has_infrequent = column->has_infrequent,
												 .n_codes = column->n_codes};
}

static void
add_combination(Reading *reading, const GeEncoderCombination *combination)
{
	GeExport *content = reading->content;
	int place = content->n_parts++;
	GeExportPart *part = &content->parts[place];

	for (int i = 0; i < place; i++)
		if (strcmp(content->parts[i].name, combination->name) == 0)
			ge_encoder_damaged(content->encoder,
							   "A combination has the name of a column, or of another.");
	part->name = combination->name;
	part->is_combination = true;
	set_columns(reading, part, combination->names.names, combination->names.n);
	set_outputs(reading, part, &combination->options, &combination->outputs);
	reading->load.parts[place] =
		(GeEncoderPart){.name = combination->name,
						.n_parts = combination->names.n,
						.n_outputs = part->n_outputs,
						.expected = combination->categories,
						.has_infrequent = combination->has_infrequent};
}

static void
list_parts(Reading *reading)
{
	const GeEncoderParameters *parameters = reading->content->parameters;
	int n = parameters->n_columns + parameters->n_combinations + 1;

	reading->categories = palloc_array(GeCategoryType *, n);
	reading->content->parts = palloc0_array(GeExportPart, n);
	reading->load.parts = palloc0_array(GeEncoderPart, n);
	for (int i = 0; i < parameters->n_columns; i++)
		reading->categories[i] = category_of_column(&parameters->columns[i]);
	for (int i = 0; i < parameters->n_columns; i++)
		if (parameters->columns[i].is_label || parameters->columns[i].is_target)
			add_column(reading, &parameters->columns[i]);
	for (int i = 0; i < parameters->n_combinations; i++)
		add_combination(reading, &parameters->combinations[i]);
	reading->load.n_parts = reading->content->n_parts;
}

/* Every text and every figure of a category takes some bytes in any form. */
static void
count_bytes(Reading *reading, const GeExportPart *part, Size categories)
{
	reading->bytes +=
		categories * (2 * part->n_columns + 2 * (part->is_label + part->n_outputs));
	ge_export_check_size(reading->content->encoder, reading->bytes);
}

/* Room for the rows that were counted. */
static void
prepare_parts(Reading *reading)
{
	for (int i = 0; i < reading->load.n_parts; i++)
	{
		GeExportPart *part = &reading->content->parts[i];
		GeEncoderPart *loaded = &reading->load.parts[i];
		Size n = (Size) loaded->expected + 1; /* codes by id, from 1 */
		int flags = MCXT_ALLOC_HUGE;

		count_bytes(reading, part, loaded->expected);
		part->n_categories = loaded->expected;
		part->texts = palloc_extended(sizeof(char *) * n * part->n_columns, flags);
		loaded->codes = palloc_extended(sizeof(int32) * n, flags | MCXT_ALLOC_ZERO);
		part->codes = loaded->codes + 1;
		part->encodings =
			palloc_extended(sizeof(double) * n * Max(part->n_outputs, 1), flags);
		part->order = palloc_extended(sizeof(uint32) * n, flags);
		loaded->block_context = AllocSetContextCreate(
			reading->load.scratch, "encoder block", ALLOCSET_DEFAULT_SIZES);
	}
}

static char *
take_text(Reading *reading, const GeEncoderColumn *column, const char *stored)
{
	MemoryContext old = CurrentMemoryContext;
	char *canonical =
			 ge_category_canonical_stored_text(category_in(reading, column), stored),
		 *kept;
	Size length;

	if (canonical == NULL)
		ge_encoder_damaged(
			reading->content->encoder,
			psprintf("Column \"%s\" has a category that is no value of type %s.",
					 ge_shown(column->name), format_type_be(column->type)));
	length = strlen(canonical);
	reading->bytes += length;
	ge_export_check_size(reading->content->encoder, reading->bytes);
	MemoryContextSwitchTo(reading->load.context);
	kept = palloc_extended(length + 1, MCXT_ALLOC_HUGE);
	MemoryContextSwitchTo(old);
	memcpy(kept, canonical, length + 1);
	pfree(canonical);
	return kept;
}

/* GeEncoderConsumer */
static void
take_block(GeEncoderLoad *load, GeEncoderPart *loaded)
{
	Reading *reading = (Reading *) load; /* its first member */
	GeExportPart *part = &reading->content->parts[loaded - load->parts];
	const GeEncoderBlock *block = &loaded->block;
	int nest = ge_text_form_begin();

	for (uint32 i = 0; i < block->n; i++)
	{
		Size number = loaded->n_loaded + i;

		CHECK_FOR_INTERRUPTS();
		for (int k = 0; k < part->n_columns; k++)
			part->texts[number * part->n_columns + k] = take_text(
				reading, part->columns[k], block->texts[(Size) i * part->n_columns + k]);
		part->codes[number] = block->figures[i].code;
		memcpy(&part->encodings[number * part->n_outputs],
			   &block->encodings[(Size) i * part->n_outputs],
			   sizeof(double) * part->n_outputs);
		part->order[number] = (uint32) number;
	}
	ge_text_form_end(nest);
}

const GeExportPart *
ge_export_find_column(const GeExport *content, const char *column)
{
	for (int i = 0; i < content->n_parts; i++)
		if (!content->parts[i].is_combination &&
			strcmp(content->parts[i].name, column) == 0)
			return &content->parts[i];
	return NULL;
}

/* A column that has categories of its own has all those of its combinations. */
static void
check_column(const GeExport *content, const GeExportPart *combination, int k)
{
	const char *name = combination->columns[k]->name;
	const GeExportPart *column = ge_export_find_column(content, name);
	GeTextSet known, used;

	if (column == NULL)
		return;
	known = ge_text_set_create(column, 0);
	used = ge_text_set_create(combination, k);
	for (uint32 i = 0; i < used.n; i++)
		if (ge_text_set_find(&known, used.texts[i]) == 0)
			ge_encoder_damaged(
				content->encoder,
				psprintf("A combination has values that column \"%s\" lacks.",
						 ge_shown(name)));
	ge_text_set_free(&known);
	ge_text_set_free(&used);
}

static void
check_combinations(const GeExport *content)
{
	for (int i = 0; i < content->n_parts; i++)
		for (int k = 0;
			 content->parts[i].is_combination && k < content->parts[i].n_columns; k++)
			check_column(content, &content->parts[i], k);
}

GeExport *
ge_export_read(GeEncoder *encoder)
{
	Reading reading = {.content = palloc0_object(GeExport)};
	int nest = ge_text_form_begin();

	reading.content->encoder = ge_encoder_name(encoder);
	reading.content->parameters = ge_encoder_parameters(encoder);
	ge_encoder_load_begin(&reading.load, NULL, encoder);
	list_parts(&reading);
	ge_text_form_end(nest);
	ge_encoder_survey(&reading.load);
	prepare_parts(&reading);
	ge_encoder_read_categories(&reading.load, false, take_block);
	ge_encoder_read_categories(&reading.load, true, take_block);
	for (int i = 0; i < reading.content->n_parts; i++)
		ge_export_settle(reading.content->encoder, &reading.content->parts[i],
						 &reading.load.parts[i]);
	check_combinations(reading.content);
	ge_encoder_load_end(&reading.load);
	return reading.content;
}
