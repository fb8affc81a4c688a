/*
 * rare.c: rare categories, which share one category.
 *
 * A category is rare by its rows in the fitted source, NULL targets included; a value that
 * other sources alone have, has none.  min_frequency comes first, then max_categories: if
 * the categories left, and the pool if it has any, are more, those with the most rows stay.
 * Of equal rows the one stays that sorts first.  A NULL is never rare.  Categories whose
 * codes were given stay, or stay rare, as those codes say.
 */
#include "postgres.h"
#include "miscadmin.h"

#include "job/internal.h"

/* By id, and one more for unknown categories. */
static uint64 *
allocate_counts(const GeRun *run, uint32 n_known)
{
	return MemoryContextAllocExtended(run->context, sizeof(uint64) * ((Size) n_known + 2),
									  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

uint64 *
ge_run_count_read(GeRun *run, int id_column, uint32 n_known)
{
	const GeRowStore *rows = run->rows[0];
	uint64 *n_rows = allocate_counts(run, n_known);

	for (int i = 0; i < rows->n_segments; i++)
	{
		const GeSegment *segment = &rows->segments[i];

		CHECK_FOR_INTERRUPTS();
		for (uint32 row = 0; row < segment->n_rows; row++)
			n_rows[Min(ge_ids_get(&segment->ids[id_column], row), n_known + 1)]++;
	}
	ge_run_groups_count(ge_run_taken_of(run, 0, id_column), 0, id_column, n_known,
						n_rows);
	return n_rows;
}

uint64 *
ge_job_count_rows(GeRun *run, int id_column, uint32 n_known)
{
	uint64 *n_rows = ge_run_takes_out(run) ? allocate_counts(run, n_known)
										   : ge_run_count_read(run, id_column, n_known);

	ge_run_groups_count(ge_run_groups_of(run, 0, id_column), 0, id_column, n_known,
						n_rows);
	return n_rows;
}

uint64 *
ge_job_count_grouped(const GeRun *run, int source, int column, uint32 n_known)
{
	uint64 *n_rows = allocate_counts(run, n_known);
	int first;
	const GeGroupSet *set = ge_run_source_groups(run, source, column, &first);

	ge_run_groups_count(set, first, column, n_known, n_rows);
	return n_rows;
}

static void
count_rows(GeRun *run, GeCategories *categories, int id_column)
{
	if (categories->n_rows == NULL)
		categories->n_rows = ge_job_count_rows(run, id_column, categories->n_known);
}

/* A category to be sorted by its rows. */
typedef struct Counted
{
	uint64 n_rows;
	uint32 rank;
} Counted;

static inline int
compare_counted(const Counted *a, const Counted *b)
{
	if (a->n_rows != b->n_rows)
		return a->n_rows > b->n_rows ? -1 : 1;
	return a->rank < b->rank ? -1 : a->rank > b->rank;
}

#define ST_SORT sort_counted
#define ST_ELEMENT_TYPE Counted
#define ST_COMPARE(a, b) compare_counted(a, b)
#define ST_SCOPE static
#define ST_DEFINE
#define ST_CHECK_FOR_INTERRUPTS
#include "lib/sort_template.h"

uint32 *
ge_run_sort_by_rows(GeRun *run, GeCategories *categories, int id_column)
{
	uint32 n = categories->n_known;
	Counted *counted = palloc_extended(sizeof(Counted) * ((Size) n + 1), MCXT_ALLOC_HUGE);
	uint32 *ids = palloc_extended(sizeof(uint32) * ((Size) n + 1), MCXT_ALLOC_HUGE);

	count_rows(run, categories, id_column);
	for (uint32 i = 0; i < n; i++)
		counted[i] = (Counted){categories->n_rows[categories->order[i]], i};
	sort_counted(counted, n);
	for (uint32 i = 0; i < n; i++)
		ids[i] = categories->order[counted[i].rank];
	pfree(counted);
	return ids;
}

/* Whether so many of all rows are fewer than min_frequency asks for. */
static bool
is_rare(const GeRareOptions *rare, uint64 n_rows, uint64 all_rows)
{
	if (rare->min_frequency >= 1)
		return (double) n_rows < rare->min_frequency;
	return rare->min_frequency > 0 &&
		   (double) n_rows / (double) all_rows < rare->min_frequency;
}

/* Pool all new categories that stay but the n with the most rows. */
static void
keep_most_frequent(GeRun *run, GeCategories *categories, int id_column, uint32 n,
				   bool *pooled)
{
	uint32 *ids = ge_run_sort_by_rows(run, categories, id_column);
	uint32 kept = 0;

	for (uint32 i = 0; i < categories->n_known; i++)
		if (ids[i] > categories->n_given && !pooled[ids[i]] &&
			!ge_is_left_out(categories, ids[i], categories->n_rows[ids[i]]) &&
			kept++ >= n)
			pooled[ids[i]] = true;
	pfree(ids);
}

/* Of ids 1..last. */
static uint32
count_pooled(const bool *pooled, uint32 last)
{
	uint32 n = 0;

	for (uint32 id = 1; id <= last; id++)
		n += pooled[id];
	return n;
}

/* Which categories are rare, by id. */
static void
find_rare(GeRun *run, GeCategories *categories, int id_column, const GeRareOptions *rare,
		  bool *pooled)
{
	uint32 n = categories->n_known, n_given = categories->n_given,
		   n_there = n - categories->n_left_out, limit = (uint32) rare->max_categories,
		   n_pooled, given_stay;

	count_rows(run, categories, id_column);
	for (uint32 id = 1; id <= n; id++)
		pooled[id] = id > n_given
						 ? is_rare(rare, categories->n_rows[id], ge_job_n_rows(run)) &&
							   !ge_is_left_out(categories, id, categories->n_rows[id])
						 : categories->has_infrequent &&
							   categories->code[id] == categories->infrequent_code;
	n_pooled = count_pooled(pooled, n);
	given_stay = n_given - count_pooled(pooled, n_given);
	if (limit == 1 || (limit > 0 && n_there - n_pooled + (n_pooled > 0) > limit))
		keep_most_frequent(run, categories, id_column,
						   limit - 1 > given_stay ? limit - 1 - given_stay : 0, pooled);
	categories->n_pooled = count_pooled(pooled, n);
}

/* Give every category its place in target statistics. */
static void
place_categories(GeRun *run, GeCategories *categories, const bool *pooled)
{
	uint32 n = categories->n_known, next = 1, next_pooled = 0;

	categories->pool_id = n - categories->n_pooled + 1;
	categories->place =
		MemoryContextAllocHuge(run->context, sizeof(uint32) * ((Size) n + 1));
	categories->place[GE_ID_MISSING] = GE_ID_MISSING;
	for (uint32 id = 1; id <= n; id++)
		categories->place[id] = pooled[id] ? categories->pool_id + next_pooled++ : next++;
}

void
ge_run_pool(GeRun *run, GeCategories *categories, int id_column,
			const GeColumnOptions *options)
{
	bool *pooled;

	if (!ge_rare_given(&options->rare) && !categories->has_infrequent)
		return;
	pooled = palloc_extended((Size) categories->n_known + 1,
							 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	find_rare(run, categories, id_column, &options->rare, pooled);
	if (categories->n_pooled > 0)
		place_categories(run, categories, pooled);
	pfree(pooled);
}
