/*
 * order.c: the rows of the fitted source in the order of order_by.
 *
 * Each order column has a dictionary: the ids of its values in their order are ranks.
 * Counting sorts by ranks, the last column first, bring the rows into the order of all
 * columns.  It is one order for all encodings.
 */
#include "postgres.h"
#include "miscadmin.h"

#include "base/run_log.h"
#include "base/shown.h"
#include "job/internal.h"

/* Rows between two looks at interrupts. */
#define ROWS_BETWEEN_CHECKS 1048576

/* Rows on their way into the order. */
typedef struct Ordering
{
	GeRun *run;
	uint32 n;
	uint32 *ordinals; /* by place */
	uint32 *next;	  /* room for the order after a further sort */
	/* of the column at hand: */
	uint32 n_values;
	uint32 *sorted; /* ids in the order of values */
	uint32 *ranks;	/* by ordinal: the value's place among all values, from 0 */
	uint32 *starts; /* by rank: rows with a smaller value; one more than ranks */
} Ordering;

static inline void
check_at(uint32 row)
{
	if (row % ROWS_BETWEEN_CHECKS == 0)
		CHECK_FOR_INTERRUPTS();
}

static void *
allocate(Size n)
{
	return palloc_extended(sizeof(uint32) * (n + 1), MCXT_ALLOC_HUGE);
}

/* The places of a column's values in their order, by id. */
static uint32 *
rank_values(Ordering *ordering, int column)
{
	GeRun *run = ordering->run;
	GeDictionary *dictionary = run->order_dictionaries[column];
	uint32 *rank_of_id;

	ordering->n_values = ge_compute_size(run->compute, dictionary);
	ordering->sorted = allocate(ordering->n_values);
	rank_of_id = allocate(ordering->n_values);
	ge_compute_sort(run->compute, dictionary, 1, ordering->n_values, ordering->sorted);
	for (uint32 rank = 0; rank < ordering->n_values; rank++)
	{
		check_at(rank);
		rank_of_id[ordering->sorted[rank]] = rank;
	}
	return rank_of_id;
}

static void
refuse_null(const GeRun *run, int column, uint64 ordinal)
{
	ereport(ERROR,
			(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
			 errmsg("order column \"%s\" is null in the row with ordinal " UINT64_FORMAT,
					ge_shown(run->plan->order_keys[column].name), ordinal),
			 errhint("Give every row a value, or leave such rows out by a view.")));
}

/* Ranks and starts of a column. */
static void
load_column(Ordering *ordering, int column)
{
	const GeRun *run = ordering->run;
	const GeRowStore *rows = run->rows[0];
	uint32 *rank_of_id = rank_values(ordering, column);

	ordering->starts = allocate((Size) ordering->n_values + 1);
	memset(ordering->starts, 0, sizeof(uint32) * ((Size) ordering->n_values + 1));
	for (int i = 0; i < rows->n_segments; i++)
	{
		const GeSegment *segment = &rows->segments[i];
		const GeIds *ids = &segment->ids[run->first_order_column + column];

		CHECK_FOR_INTERRUPTS();
		for (uint32 row = 0; row < segment->n_rows; row++)
		{
			uint32 id = ge_ids_get(ids, row);

			if (id == GE_ID_MISSING)
				refuse_null(run, column, ge_job_ordinal(segment, row));
			ordering->ranks[segment->first_ordinal + row] = rank_of_id[id];
			ordering->starts[rank_of_id[id] + 1]++;
		}
	}
	for (uint32 rank = 0; rank < ordering->n_values; rank++)
		ordering->starts[rank + 1] += ordering->starts[rank];
	pfree(rank_of_id);
}

static void
unload_column(Ordering *ordering)
{
	pfree(ordering->sorted);
	pfree(ordering->starts);
}

/* Rows of one value stay in the order that they have. */
static void
sort_by_column(Ordering *ordering)
{
	uint32 *positions = allocate(ordering->n_values), *old = ordering->ordinals;

	memcpy(positions, ordering->starts, sizeof(uint32) * (Size) ordering->n_values);
	for (uint32 i = 0; i < ordering->n; i++)
	{
		check_at(i);
		ordering->next[positions[ordering->ranks[old[i]]]++] = old[i];
	}
	pfree(positions);
	ordering->ordinals = ordering->next;
	ordering->next = old;
}

/* Rows that the column at hand tells from the row before them begin a tie. */
static void
mark_begins(const Ordering *ordering, bool *begins)
{
	for (uint32 i = 1; i < ordering->n; i++)
	{
		check_at(i);
		if (ordering->ranks[ordering->ordinals[i]] !=
			ordering->ranks[ordering->ordinals[i - 1]])
			begins[i] = true;
	}
}

/* Rows that tie see those before all of them. */
static void
see_before_ties(Ordering *ordering, const bool *begins)
{
	uint32 begin = 0;

	for (uint32 i = 0; i < ordering->n; i++)
	{
		check_at(i);
		if (begins[i])
			begin = i;
		ordering->run->visible[ordering->ordinals[i]] = begin;
	}
}

/* Rows see those whose value is below theirs less the delay. */
static void
see_after_delay(Ordering *ordering)
{
	const GePlan *plan = ordering->run->plan;
	uint32 *n_below = allocate(ordering->n_values);
	GeKeyList keys;

	ge_compute_keys(ordering->run->compute, ordering->run->order_dictionaries[0],
					ge_category_key_kind(plan->order_keys[0].category), ordering->sorted,
					ordering->n_values, &keys);
	ge_label_delay_apply(plan->label_delay, &keys, n_below);
	for (uint32 ordinal = 0; ordinal < ordering->n; ordinal++)
	{
		check_at(ordinal);
		ordering->run->visible[ordinal] =
			ordering->starts[n_below[ordering->ranks[ordinal]]];
	}
	ge_key_list_free(&keys);
	pfree(n_below);
}

static void
order_rows(Ordering *ordering)
{
	int n_columns = ordering->run->plan->n_order_keys;
	bool *begins =
		palloc_extended((Size) ordering->n + 1, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);

	for (uint32 i = 0; i < ordering->n; i++)
		ordering->ordinals[i] = i;
	for (int column = n_columns - 1; column >= 0; column--)
	{
		load_column(ordering, column);
		sort_by_column(ordering);
		if (column > 0)
			unload_column(ordering);
	}
	mark_begins(ordering, begins);
	if (ordering->run->plan->label_delay != NULL)
		see_after_delay(ordering);
	unload_column(ordering);
	for (int column = 1; column < n_columns; column++)
	{
		load_column(ordering, column);
		mark_begins(ordering, begins);
		unload_column(ordering);
	}
	if (ordering->run->plan->label_delay == NULL)
		see_before_ties(ordering, begins);
	pfree(begins);
}

void
ge_run_settle_order(GeRun *run)
{
	uint64 n = run->rows[0]->n_rows;
	Ordering ordering = {.run = run, .n = (uint32) n};

	if (run->plan->n_order_keys == 0)
		return;
	if (n > PG_UINT32_MAX - 1)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("split_method => 'ordered' is limited to %u rows",
							   PG_UINT32_MAX - 1),
						errdetail("There are " UINT64_FORMAT ".", n)));
	ge_stage_begin();
	run->places = allocate(n);
	run->visible = allocate(n);
	ordering.ordinals = allocate(n);
	ordering.next = allocate(n);
	ordering.ranks = allocate(n);
	order_rows(&ordering);
	for (uint32 place = 0; place < ordering.n; place++)
	{
		check_at(place);
		run->places[ordering.ordinals[place]] = place;
	}
	pfree(ordering.ordinals);
	pfree(ordering.next);
	pfree(ordering.ranks);
	for (int i = 0; i < run->plan->n_order_keys; i++)
	{
		ge_row_store_drop(run->rows[0], run->first_order_column + i);
		ge_compute_dictionary_free(run->compute, run->order_dictionaries[i]);
	}
	ge_stage_end("order", n, -1, "", "%s", "");
}
