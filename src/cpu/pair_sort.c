/*
 * pair_sort.c: radix sort of pairs.
 */
#include "cpu/pair_sort.h"

#include <string.h>

#define FEW_PAIRS 32			/* insertion sort up to here */
#define CACHED_PAIRS 32768		/* passes from the last byte to the first up to here */
#define PAIRS_PER_STEP 65536	/* between two looks at cancelled() */
#define NANOSECONDS_OF_A_PAIR 4 /* in one pass, about */
#define RADIX 256

static void
insertion_sort(GePair *pairs, uint64_t n)
{
	uint64_t i, j;

	for (i = 1; i < n; i++)
	{
		GePair pair = pairs[i];

		for (j = i; j > 0 && pairs[j - 1].key > pair.key; j--)
			pairs[j] = pairs[j - 1];
		pairs[j] = pair;
	}
}

static uint64_t
smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Turn the counts of buckets into their beginnings. */
static void
counts_to_starts(uint64_t *counts)
{
	uint64_t position = 0;
	uint32_t b;

	for (b = 0; b < RADIX; b++)
	{
		uint64_t count = counts[b];

		counts[b] = position;
		position += count;
	}
}

/*
 * Copy pairs in order of key >> shift & (RADIX - 1), stable; ends[b] is where the pairs of
 * bucket b end then.
 */
static GeStatus
copy_to_buckets(const GePair *from, GePair *to, uint64_t n, uint32_t shift,
				uint64_t *ends, GeWork *work)
{
	uint64_t mask = RADIX - 1, step, end, i;
	int pass;

	memset(ends, 0, RADIX * sizeof *ends);
	for (pass = 0; pass < 2; pass++)
	{
		for (step = 0; step < n; step = end)
		{
			end = smaller(n, step + PAIRS_PER_STEP);
			if (pass == 0)
				for (i = step; i < end; i++)
					ends[from[i].key >> shift & mask]++;
			else
				for (i = step; i < end; i++)
					to[ends[from[i].key >> shift & mask]++] = from[i];
			if (ge_work_step(work, NANOSECONDS_OF_A_PAIR * (end - step)) != GE_OK)
				return GE_CANCELLED;
		}
		if (pass == 0)
			counts_to_starts(ends);
	}
	return GE_OK;
}

/* One pass for every byte that varies, the last byte first; n is small enough not to poll. */
static void
sort_cached(GePair *pairs, GePair *scratch, uint64_t n, uint64_t varying)
{
	GePair *from = pairs, *to = scratch, *swap;
	uint32_t shift;

	for (shift = 0; shift < 64; shift += 8)
	{
		uint32_t counts[RADIX] = {0}, position = 0, b;
		uint64_t i;

		if ((varying >> shift & (RADIX - 1)) == 0)
			continue;
		for (i = 0; i < n; i++)
			counts[from[i].key >> shift & (RADIX - 1)]++;
		for (b = 0; b < RADIX; b++)
		{
			uint32_t count = counts[b];

			counts[b] = position;
			position += count;
		}
		for (i = 0; i < n; i++)
			to[counts[from[i].key >> shift & (RADIX - 1)]++] = from[i];
		swap = from;
		from = to;
		to = swap;
	}
	if (from != pairs)
		memcpy(pairs, from, n * sizeof *pairs);
}

/* The bits in which the keys are not all the same. */
static GeStatus
find_varying(const GePair *pairs, uint64_t n, uint64_t *varying, GeWork *work)
{
	uint64_t step, end, i;

	*varying = 0;
	for (step = 0; step < n; step = end)
	{
		end = smaller(n, step + PAIRS_PER_STEP);
		for (i = step; i < end; i++)
			*varying |= pairs[i].key ^ pairs[0].key;
		if (ge_work_step(work, end - step) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}

/* Cut pairs into buckets by their highest varying byte, in place. */
static GeStatus
split(GePair *pairs, GePair *scratch, uint64_t n, uint64_t varying, uint64_t *ends,
	  GeWork *work)
{
	uint64_t step, end;
	GeStatus status =
		copy_to_buckets(pairs, scratch, n, ge_bucket_shift(varying, 8), ends, work);

	for (step = 0; step < n && status == GE_OK; step = end)
	{
		end = smaller(n, step + PAIRS_PER_STEP);
		memcpy(pairs + step, scratch + step, (end - step) * sizeof *pairs);
		status = ge_work_step(work, NANOSECONDS_OF_A_PAIR * (end - step));
	}
	return status;
}

GeStatus
ge_pair_sort(GePair *pairs, GePair *scratch, uint64_t n, GeWork *work)
{
	uint64_t ends[RADIX], varying, start = 0;
	GeStatus status;
	uint32_t b;

	if (n <= FEW_PAIRS)
	{
		insertion_sort(pairs, n);
		return GE_OK;
	}
	status = find_varying(pairs, n, &varying, work);
	if (status != GE_OK || varying == 0)
		return status;
	if (n <= CACHED_PAIRS)
	{
		sort_cached(pairs, scratch, n, varying);
		return ge_work_step(work, 8 * NANOSECONDS_OF_A_PAIR * n);
	}
	/* at most eight levels deep, for each takes away eight varying bits */
	status = split(pairs, scratch, n, varying, ends, work);
	for (b = 0; b < RADIX && status == GE_OK; b++)
	{
		status = ge_pair_sort(pairs + start, scratch + start, ends[b] - start, work);
		start = ends[b];
	}
	return status;
}
