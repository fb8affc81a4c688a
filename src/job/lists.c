/*
 * lists.c: columns whose categories the options list, in the order of their codes.
 *
 * The values are read by the column's type when the plan is made, and stand in the
 * dictionary before any source is read.  So their ids are 1..n_known, and all other values
 * are unknown, those of the fitted source too.
 */
#include "postgres.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "base/compat.h"
#include "base/shown.h"
#include "job/internal.h"

/* A value of a list. */
typedef struct Listed
{
	const char *given;
	char *canonical;
} Listed;

GE_NORETURN static void
refuse_list(const GeCategoryColumn *column, const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("invalid \"categories\" of \"%s\" in column_options",
						   ge_shown(column->name)),
					errdetail_internal("%s", detail)));
}

static int
compare_listed(const Listed *a, const Listed *b)
{
	return strcmp(a->canonical, b->canonical);
}

#define ST_SORT sort_listed
#define ST_ELEMENT_TYPE Listed
#define ST_COMPARE(a, b) compare_listed(a, b)
#define ST_SCOPE static
#define ST_DEFINE
#define ST_CHECK_FOR_INTERRUPTS
#include "lib/sort_template.h"

static void
refuse_twice(const GeCategoryColumn *column, const Listed *listed, int n)
{
	for (int i = 1; i < n; i++)
	{
		const char *a = listed[i - 1].given, *b = listed[i].given;

		if (compare_listed(&listed[i - 1], &listed[i]) != 0)
			continue;
		refuse_list(column, strcmp(a, b) == 0
								? psprintf("It has \"%s\" twice.", ge_shown(a))
								: psprintf("\"%s\" and \"%s\" are one category.",
										   ge_shown(a), ge_shown(b)));
	}
}

/* A value as canonical text; NULL: the column's type cannot read it. */
static char *
read_value(const GeCategoryColumn *column, const char *given)
{
	char *canonical;
	int nest;

	if (!column->options.categories_are_stored)
		return ge_category_canonical_text(column->category, given, false);
	nest = ge_text_form_begin();
	canonical = ge_category_canonical_stored_text(column->category, given);
	ge_text_form_end(nest);
	return canonical;
}

/* The values as canonical texts. */
static void
read_list(GeCategoryColumn *column)
{
	GeNames *values = &column->options.categories;
	Listed *listed =
		palloc_extended(sizeof(Listed) * ((Size) values->n + 1), MCXT_ALLOC_HUGE);

	for (int i = 0; i < values->n; i++)
	{
		char *canonical = read_value(column, values->names[i]);

		CHECK_FOR_INTERRUPTS();
		if (canonical == NULL)
			refuse_list(column, psprintf("\"%s\" is no value of type %s.",
										 ge_shown(values->names[i]),
										 format_type_be(column->type)));
		listed[i] = (Listed){values->names[i], canonical};
	}
	/* "*" may give several columns one list */
	values->names =
		palloc_extended(sizeof(char *) * ((Size) values->n + 1), MCXT_ALLOC_HUGE);
	for (int i = 0; i < values->n; i++)
		values->names[i] = listed[i].canonical;
	sort_listed(listed, values->n);
	refuse_twice(column, listed, values->n);
	pfree(listed);
}

void
ge_plan_read_lists(GePlan *plan)
{
	for (int i = 0; i < plan->n_columns; i++)
	{
		if (!plan->columns[i].options.categories.given)
			continue;
		if (plan->options.has_codes_from)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("\"categories\" in column_options contradicts codes_from"),
					 errdetail("\"%s\" has a list of categories, and codes_from keeps "
							   "those of an encoder.",
							   ge_shown(plan->columns[i].name)),
					 errhint("Leave one of the two out.")));
		read_list(&plan->columns[i]);
	}
}

bool
ge_job_ids_of_texts(GeRun *run, int i_column, char *const *texts, uint32 stride, uint32 n,
					uint32 *ids, bool *all_read)
{
	const GeCategoryColumn *column = &run->plan->columns[i_column];
	GeCategories *categories = &run->categories[i_column];
	GeKeys keys = {.kind = categories->kind, .n_rows = n};
	StringInfoData bytes;
	int64 *values = palloc_extended(sizeof(int64) * ((Size) n + 1), MCXT_ALLOC_HUGE);
	uint32 *offsets = palloc_extended(sizeof(uint32) * ((Size) n + 1), MCXT_ALLOC_HUGE);
	int nest = ge_text_form_begin();
	bool added;

	*all_read = true;
	initStringInfo(&bytes);
	for (uint32 i = 0; i < n && *all_read; i++)
	{
		offsets[i] = bytes.len;
		*all_read = ge_category_key_of_stored_text(
			column->category, texts[(Size) i * stride], &values[i], &bytes);
		CHECK_FOR_INTERRUPTS();
	}
	offsets[n] = bytes.len;
	ge_text_form_end(nest);
	if (!*all_read)
		return true;
	keys.values = values;
	keys.offsets = offsets;
	keys.bytes = (uint8 *) bytes.data;
	added = ge_compute_try_add(run->compute, 1, &categories->dictionary, &keys, &ids) &&
			ge_compute_try_flush(run->compute);
	pfree(bytes.data);
	pfree(values);
	pfree(offsets);
	return added;
}

void
ge_job_list(GeRun *run)
{
	for (int i = 0; i < run->plan->n_columns; i++)
	{
		const GeNames *values = &run->plan->columns[i].options.categories;
		GeCategories *categories = &run->categories[i];
		bool all_read;

		if (!values->given)
			continue;
		categories->listed =
			MemoryContextAllocHuge(run->context, sizeof(uint32) * ((Size) values->n + 1));
		if (!ge_job_ids_of_texts(run, i, values->names, 1, values->n, categories->listed,
								 &all_read))
			ge_compute_raise(run->compute);
		categories->is_closed = true;
		categories->n_known = categories->n_trained = categories->n_all = values->n;
	}
}
