/*
 * window_sort.c: pairs sorted by their windows, and tied pairs by later windows.
 */
#include "cpu/window_sort.h"

/*
 * How many bytes from `depth` on all keys of the pairs share with the key of `first`, at
 * most `limit`.
 */
static GeStatus
share_prefix(const GeDictionary *dictionary, uint32_t first, const GePair *pairs,
			 uint64_t n, uint32_t depth, uint32_t *prefix, GeWork *work)
{
	GeKeyView a, b;
	uint32_t shared;
	uint64_t i;

	ge_view_key(dictionary, first, &a);
	shared = a.length - depth;
	for (i = 0; i < n && shared > 0; i++)
	{
		ge_view_key(dictionary, pairs[i].id, &b);
		if (b.length - depth < shared)
			shared = b.length - depth;
		shared = ge_common_bytes(a.bytes + depth, b.bytes + depth, shared);
		if (ge_work_step(work, 8 + shared) != GE_OK)
			return GE_CANCELLED;
	}
	*prefix = shared;
	return GE_OK;
}

/* Give tied pairs new windows: behind the old one and all that they share beyond it. */
static GeStatus
move_windows(const GeDictionary *dictionary, GePair *pairs, uint64_t n, uint32_t *depth,
			 GeWork *work)
{
	uint32_t prefix;
	uint64_t i;

	*depth += GE_WINDOW_BYTES;
	if (share_prefix(dictionary, pairs[0].id, pairs, n, *depth, &prefix, work) != GE_OK)
		return GE_CANCELLED;
	*depth += prefix;
	for (i = 0; i < n; i++)
		pairs[i].key = ge_key_window(dictionary, pairs[i].id, *depth);
	return ge_work_step(work, 16 * n);
}

/* Pairs that stand side by side and have equal keys. */
typedef struct GeTie
{
	uint64_t start;
	uint64_t n;
} GeTie;

/* The number of pairs to prefetch. */
#define PAIRS_AHEAD 24

/*
 * Prefetch the entry of pair i if the pair is tied with a neighbour: the entry has its
 * next window.
 */
static inline void
prefetch_tied(const GeDictionary *dictionary, const GePair *pairs, uint64_t n, uint64_t i)
{
	if (i < n && (pairs[i].key == pairs[i - 1].key ||
				  (i + 1 < n && pairs[i].key == pairs[i + 1].key)))
		__builtin_prefetch(ge_dictionary_entry(dictionary, pairs[i].id));
}

static GeTie
next_tie(const GeDictionary *dictionary, const GePair *pairs, uint64_t n, uint64_t start)
{
	GeTie tie = {start, 0};
	uint64_t end;

	for (; tie.start < n; tie.start = end)
	{
		end = tie.start;
		do
		{
			end++;
			prefetch_tied(dictionary, pairs, n, end + PAIRS_AHEAD);
		} while (end < n && pairs[end].key == pairs[tie.start].key);
		tie.n = end - tie.start;
		if (tie.n > 1)
			return tie;
	}
	tie.n = 0;
	return tie;
}

/*
 * Sort pairs whose windows are at `depth`. The largest tie is the next turn of the loop;
 * others are settled by recursion, which is therefore at most log2(n) deep.
 */
GeStatus
ge_sort_windows(const GeDictionary *dictionary, GePair *pairs, GePair *scratch,
				uint64_t n, uint32_t depth, GeWork *work)
{
	while (n > 1)
	{
		GeTie largest = {0, 0}, tie;
		GeStatus status = ge_pair_sort(pairs, scratch, n, work);

		if (dictionary->kind == GE_KEY_INT64 || status != GE_OK)
			return status;
		for (tie = next_tie(dictionary, pairs, n, 0); tie.n > 0;
			 tie = next_tie(dictionary, pairs, n, tie.start + tie.n))
		{
			GeTie smaller = tie.n > largest.n ? largest : tie;
			uint32_t tie_depth = depth;

			largest = tie.n > largest.n ? tie : largest;
			if (smaller.n == 0)
				continue;
			status = move_windows(dictionary, pairs + smaller.start, smaller.n,
								  &tie_depth, work);
			if (status == GE_OK)
				status =
					ge_sort_windows(dictionary, pairs + smaller.start,
									scratch + smaller.start, smaller.n, tie_depth, work);
			if (status != GE_OK)
				return status;
		}
		pairs += largest.start;
		scratch += largest.start;
		n = largest.n;
		if (n > 1 && move_windows(dictionary, pairs, n, &depth, work) != GE_OK)
			return GE_CANCELLED;
	}
	return GE_OK;
}
