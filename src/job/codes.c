/*
 * codes.c: categories in the order of their keys, which is the order of label codes.
 */
#include "postgres.h"
#include "utils/memutils.h"

#include "job/internal.h"
#include "base/run_log.h"

/* Categories that are ranked, those of different devices at the same time. */
typedef struct Ranking
{
	const GeRun *run;
	GeCategories *categories; /* of item 0, with those of the others behind */
} Ranking;

static const GeDictionary *
dictionary_of_item(void *arg, int i)
{
	return ((Ranking *) arg)->categories[i].dictionary;
}

/* No message about an order names a column. */
static const char *
no_name(void *arg, int i)
{
	return NULL;
}

/* GeComputeItems.work */
static GeStatus
rank_categories(void *arg, int i, GeError *error)
{
	const Ranking *ranking = arg;
	GeCategories *categories = &ranking->categories[i];
	uint32 n = categories->n_known;
	GeStatus status = ge_compute_try_sort(ranking->run->compute, categories->dictionary,
										  1, n, categories->order, error);

	for (uint32 k = 0; k < n && status == GE_OK; k++)
		categories->rank[categories->order[k]] = k;
	return status;
}

/* Rank n sets of categories. */
static void
rank_all(GeRun *run, GeCategories *categories, int n)
{
	Ranking ranking = {.run = run, .categories = categories};
	GeComputeItems items = {.n = n,
							.dictionary = dictionary_of_item,
							.work = rank_categories,
							.column = no_name,
							.arg = &ranking};

	for (int i = 0; i < n; i++)
	{
		Size bytes = sizeof(uint32) * ((Size) categories[i].n_known + 1);

		categories[i].order = MemoryContextAllocHuge(run->context, bytes);
		categories[i].rank = MemoryContextAllocHuge(run->context, bytes);
	}
	ge_compute_each(run->compute, &items);
}

void
ge_job_rank(GeRun *run, GeCategories *categories)
{
	rank_all(run, categories, 1);
}

/* Label codes 0..n_known - 1 in the order of keys: a category's code is its rank. */
static void
code_by_rank(GeCategories *categories)
{
	/* 2^31 categories are the limit (GE_MAX_CATEGORIES), so that ranks are int32, too */
	categories->code = (int32 *) categories->rank;
}

/*
 * Codes of the categories that stay, from n_codes on in the order of their list, or in the
 * one that the options say; given ones stay.
 */
static void
code_by_order(GeRun *run, GeCategories *categories, int id_column, GeLabelOrder order)
{
	const uint32 *ids =
		categories->listed != NULL ? categories->listed : categories->order;
	int32 *codes = MemoryContextAllocHuge(
		run->context, sizeof(int32) * ((Size) categories->n_known + 1));

	if (order == GE_ORDER_FREQUENCY)
		ids = ge_run_sort_by_rows(run, categories, id_column);
	for (uint32 id = 1; id <= categories->n_given; id++)
		codes[id] = categories->code[id];
	for (uint32 i = 0; i < categories->n_known; i++)
		if (ids[i] > categories->n_given && !ge_is_pooled(categories, ids[i]))
			codes[ids[i]] = (int32) categories->n_codes++;
	categories->code = codes;
}

/* The codes of infrequent and missing categories come last, unless they were given. */
static void
code_others(GeCategories *categories, const GeColumnOptions *options,
			bool infrequent_given)
{
	bool pools = infrequent_given || ge_rare_given(&options->rare);

	if (pools && !infrequent_given)
		categories->infrequent_code = (int32) categories->n_codes++;
	categories->has_infrequent = pools;
	if (options->handle_missing == GE_MISSING_CATEGORY && !categories->codes_given)
		categories->missing_code = (int32) categories->n_codes++;
	for (uint32 id = categories->n_given + 1; id <= categories->n_known; id++)
		if (ge_is_pooled(categories, id))
			categories->code[id] = categories->infrequent_code;
}

/* Pool and code the ranked categories of a column. */
static void
code_column(GeRun *run, int i)
{
	const GeColumnOptions *options = &run->plan->columns[i].options;
	GeCategories *categories = &run->categories[i];

	ge_run_pool(run, categories, i, options);
	if (categories->place == NULL && !categories->codes_given &&
		categories->listed == NULL && options->label_order == GE_ORDER_VALUE)
	{
		code_by_rank(categories);
		categories->n_codes = categories->n_known;
	}
	else
		code_by_order(run, categories, i, options->label_order);
	code_others(categories, options, categories->has_infrequent);
}

void
ge_job_sort(GeRun *run)
{
	int64 n = 0;

	ge_stage_begin();
	rank_all(run, run->categories, run->plan->n_columns);
	for (int i = 0; i < run->plan->n_columns; i++)
	{
		code_column(run, i);
		n += run->categories[i].n_known;
	}
	ge_stage_end("sort", n, -1, ge_compute_name(run->compute),
				 "categories of %d column%s", run->plan->n_columns,
				 run->plan->n_columns == 1 ? "" : "s");
}

char **
ge_job_texts(const GeRun *run, GeCategoryType *category, GeDictionary *dictionary,
			 const uint32 *ids, uint32 n)
{
	char **texts = palloc_extended(sizeof(char *) * ((Size) n + 1), MCXT_ALLOC_HUGE);
	GeKeyList keys;
	int nest;

	ge_compute_keys(run->compute, dictionary, ge_category_key_kind(category), ids, n,
					&keys);
	nest = ge_text_form_begin();
	for (uint32 i = 0; i < n; i++)
		texts[i] = keys.kind == GE_KEY_INT64
					   ? ge_category_text_of_int64(category, keys.values[i])
					   : ge_category_text_of_bytes(category, keys.bytes + keys.offsets[i],
												   keys.offsets[i + 1] - keys.offsets[i]);
	ge_key_list_free(&keys);
	ge_text_form_end(nest);
	return texts;
}

char **
ge_job_column_texts(const GeRun *run, int column, const uint32 *ids, uint32 n)
{
	return ge_job_texts(run, run->plan->columns[column].category,
						run->categories[column].dictionary, ids, n);
}
