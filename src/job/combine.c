/*
 * combine.c: several columns as one category.
 *
 * The ids of two columns make one 64-bit key: the rank of the first column's category
 * above that of the second's.  A dictionary turns these keys into ids of pairs.  A third
 * column is joined to the pair in the same way, and so on.  Since keys hold ranks, pairs
 * sort as their parts do, first column first.  A row that lacks a part has no pair.
 */
#include "postgres.h"
#include "miscadmin.h"

#include "job/internal.h"
#include "base/run_log.h"

/* Ids of a column or of the columns joined so far. */
typedef struct Part
{
	const GeCategories *categories;
	int id_column; /* of the row stores */
} Part;

/* The place of a category: known ones by rank, unknown ones above them by id. */
static inline uint32
place(const GeCategories *categories, uint32 id)
{
	return id <= categories->n_known ? categories->rank[id] : id;
}

/* Which rows have a pair. */
typedef enum Pairs
{
	ALL_PAIRS,
	KNOWN_PAIRS /* those of categories that are known */
} Pairs;

static inline bool
has_pair(const Part *a, uint32 id_a, const Part *b, uint32 id_b, Pairs which)
{
	if (id_a == GE_ID_MISSING || id_b == GE_ID_MISSING)
		return false;
	return which == ALL_PAIRS ||
		   (id_a <= a->categories->n_known && id_b <= b->categories->n_known);
}

/* The keys of the pairs of a segment; false if a part is not read in this source. */
static bool
join_segment(const GeSegment *segment, const Part *a, const Part *b, Pairs which,
			 int64 *values, uint8 *is_missing)
{
	const GeIds *ids_a = &segment->ids[a->id_column],
				*ids_b = &segment->ids[b->id_column];

	if (ids_a->data == NULL || ids_b->data == NULL)
		return false;
	for (uint32 i = 0; i < segment->n_rows; i++)
	{
		uint32 id_a = ge_ids_get(ids_a, i), id_b = ge_ids_get(ids_b, i);

		is_missing[i] = !has_pair(a, id_a, b, id_b, which);
		values[i] = is_missing[i] ? 0
								  : (int64) ((uint64) place(a->categories, id_a) << 32 |
											 place(b->categories, id_b));
	}
	return true;
}

/* Join two parts in n segments of a store: ids into id_column. */
static void
join_rows(GeRun *run, GeRowStore *rows, int first, int n, const Part *a, const Part *b,
		  Pairs which, GeCategories *joined, int id_column)
{
	MemoryContext old = MemoryContextSwitchTo(rows->context);

	for (int i = first; i < first + n; i++)
	{
		GeSegment *segment = &rows->segments[i];
		int64 *values = palloc_array(int64, segment->n_rows);
		uint8 *is_missing = palloc_array(uint8, segment->n_rows);
		GeKeys keys = {.kind = GE_KEY_INT64,
					   .n_rows = segment->n_rows,
					   .is_missing = is_missing,
					   .values = values};

		CHECK_FOR_INTERRUPTS();
		ge_stage_rows(ge_job_ordinal(segment, 0));
		if (join_segment(segment, a, b, which, values, is_missing))
		{
			uint32 *ids = ge_segment_ids_create(rows, segment, id_column);

			ge_compute_add(run->compute, 1, &joined->dictionary, &keys, &ids);
		}
		pfree(values);
		pfree(is_missing);
	}
	ge_compute_flush(run->compute);
	ge_row_store_narrow_column(rows, id_column);
	MemoryContextSwitchTo(old);
}

/* Every pair that the rows joined so far hold is known. */
static void
learn_pairs(GeRun *run, GeCategories *joined)
{
	joined->n_trained = joined->n_known =
		ge_compute_size(run->compute, joined->dictionary);
}

/* Rows of a source, and those of it that were counted elsewhere. */
static void
join_source(GeRun *run, int source, const GeRunEncoding *encoding, const Part *a,
			const Part *b, Pairs which, GeCategories *joined, int id_column)
{
	const GeGroupSet *sets[] = {ge_run_groups_of(run, source, encoding->id_column),
								ge_run_taken_of(run, source, encoding->id_column)};

	for (int i = 0; i < lengthof(sets); i++)
		if (sets[i] != NULL)
			join_rows(run, sets[i]->rows, 0, sets[i]->rows->n_segments, a, b, which,
					  joined, id_column);
	join_rows(run, run->rows[source], 0, run->rows[source]->n_segments, a, b, which,
			  joined, id_column);
}

/*
 * Join two parts in the rows of an encoder, if there is one, and in all sources; the pairs
 * of the first of them are known, as far as both parts are.  Of an encoder only the rows of this combination are
 * joined: others may have these two columns too, and have old ids in the spare columns.
 */
static void
join(GeRun *run, const GeRunEncoding *encoding, const Part *a, const Part *b,
	 GeCategories *joined, int id_column)
{
	if (run->loaded != NULL)
	{
		join_rows(run, run->loaded, encoding->first_loaded, encoding->n_loaded, a, b,
				  ALL_PAIRS, joined, id_column);
		learn_pairs(run, joined);
	}
	joined->is_closed = a->categories->is_closed || b->categories->is_closed;
	if (joined->is_closed)
	{
		join_source(run, 0, encoding, a, b, KNOWN_PAIRS, joined, id_column);
		learn_pairs(run, joined);
	}
	join_source(run, 0, encoding, a, b, ALL_PAIRS, joined, id_column);
	if (run->loaded == NULL && !joined->is_closed)
		learn_pairs(run, joined);
	for (int s = 1; s < run->plan->n_sources; s++)
		join_source(run, s, encoding, a, b, ALL_PAIRS, joined, id_column);
	joined->n_all = ge_compute_size(run->compute, joined->dictionary);
	ge_job_rank(run, joined);
}

/* Join all parts of a combination, left to right. */
static void
combine(GeRun *run, GeRunEncoding *encoding)
{
	Part left = {&run->categories[encoding->plan->parts[0]], encoding->plan->parts[0]};

	encoding->steps = palloc0_array(GeCategories *, encoding->plan->n_parts);
	for (int k = 1; k < encoding->plan->n_parts; k++)
	{
		bool last = k == encoding->plan->n_parts - 1;
		Part right = {&run->categories[encoding->plan->parts[k]],
					  encoding->plan->parts[k]};
		GeCategories *joined = encoding->categories;

		if (!last)
		{
			joined = palloc0_object(GeCategories);
			joined->kind = GE_KEY_INT64;
			joined->dictionary = ge_compute_dictionary(
				run->compute, GE_KEY_INT64,
				ge_part_of_encoding(run->plan, encoding - run->encodings));
		}
		/* a step reads what the step before wrote: two columns in turn */
		join(run, encoding, &left, &right, joined,
			 last ? encoding->id_column : run->spare_id_columns[k & 1]);
		encoding->steps[k] = joined;
		left = (Part){joined, run->spare_id_columns[k & 1]};
	}
	for (int k = 0; k < 2 && encoding->plan->n_parts > 2; k++)
	{
		if (run->loaded != NULL)
			ge_row_store_drop(run->loaded, run->spare_id_columns[k]);
		for (int s = 0; s < run->plan->n_sources; s++)
			ge_row_store_drop(run->rows[s], run->spare_id_columns[k]);
	}
}

/* Joint values may be rare, too. */
static void
pool(GeRun *run, GeRunEncoding *encoding)
{
	const GeColumnOptions *options = &encoding->plan->options;

	ge_run_pool(run, encoding->categories, encoding->id_column, options);
	encoding->categories->has_infrequent = ge_rare_given(&options->rare);
}

void
ge_job_combine(GeRun *run)
{
	for (int i = 0; i < run->plan->n_encodings; i++)
	{
		GeRunEncoding *encoding = &run->encodings[i];

		if (encoding->plan->n_parts == 1)
			continue;
		ge_stage_begin();
		combine(run, encoding);
		if (ge_run_takes_out(run))
			ge_run_take_out(run, -1, encoding);
		if (run->loaded == NULL)
			pool(run, encoding);
		ge_stage_end("combine", ge_job_n_rows(run), -1, ge_compute_name(run->compute),
					 "%s%s", encoding->plan->name, ge_job_place(run, encoding));
	}
}

/* The id of a category from its place(). */
static inline uint32
id_at(const GeCategories *categories, uint32 at)
{
	return at < categories->n_known ? categories->order[at] : at;
}

/* The part ids behind keys of pairs: the right one at part_ids, the left one into ids. */
static void
split_keys(const GeCategories *left, const GeCategories *right, const GeKeyList *keys,
		   uint32 stride, uint32 *ids, uint32 *part_ids)
{
	for (uint32 i = 0; i < keys->n; i++)
	{
		part_ids[i * stride] = id_at(right, (uint32) keys->values[i]);
		ids[i] = id_at(left, (uint32) ((uint64) keys->values[i] >> 32));
	}
}

void
ge_combination_parts(const GeRun *run, const GeRunEncoding *encoding, const uint32 *ids,
					 uint32 n, uint32 *part_ids)
{
	uint32 *left_ids = palloc_extended(sizeof(uint32) * ((Size) n + 1), MCXT_ALLOC_HUGE);

	memcpy(left_ids, ids, sizeof(uint32) * n);
	for (int k = encoding->plan->n_parts - 1; k > 0; k--)
	{
		const GeCategories *left =
			k == 1 ? &run->categories[encoding->plan->parts[0]] : encoding->steps[k - 1];
		GeKeyList keys;

		ge_compute_keys(run->compute, encoding->steps[k]->dictionary, GE_KEY_INT64,
						left_ids, n, &keys);
		split_keys(left, &run->categories[encoding->plan->parts[k]], &keys,
				   encoding->plan->n_parts, left_ids, part_ids + k);
		ge_key_list_free(&keys);
	}
	for (uint32 i = 0; i < n; i++)
		part_ids[i * encoding->plan->n_parts] = left_ids[i];
	pfree(left_ids);
}
