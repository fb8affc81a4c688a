/*
 * picks.c: the best of many categories, whatever their order.
 */
#include "postgres.h"

#include "report/internal.h"

static bool
is_better(uint64 first, uint64 second, uint64 other_first, uint64 other_second)
{
	return first != other_first ? first > other_first : second > other_second;
}

bool
ge_picks_want(const GePicks *picks, uint64 first, uint64 second)
{
	return picks->n < GE_MOST_PICKS ||
		   is_better(first, second, picks->picks[GE_MOST_PICKS - 1].first,
					 picks->picks[GE_MOST_PICKS - 1].second);
}

void
ge_picks_put(GePicks *picks, uint64 first, uint64 second, GeReportCategory *category)
{
	int at;

	if (picks->n == GE_MOST_PICKS)
		pfree(picks->picks[--picks->n].category);
	for (at = picks->n; at > 0 && is_better(first, second, picks->picks[at - 1].first,
											picks->picks[at - 1].second);
		 at--)
		picks->picks[at] = picks->picks[at - 1];
	picks->picks[at].first = first;
	picks->picks[at].second = second;
	picks->picks[at].category = category;
	picks->n++;
}
