/*
 * groups_taken.c: groups of rows that are taken out, those of a category together.
 *
 * Every partition that groups its rows may have a group of a category.
 */
#include "postgres.h"
#include "miscadmin.h"

#include "job/internal.h"
#include "moments/moments.h"

/* Moments into those that are there; 0: none yet. */
static void
merge(Datum *sum, Datum moments)
{
	*sum = *sum == 0 ? moments : ge_moments_together(*sum, moments);
}

Datum *
ge_run_taken_moments(const GeGroupSet *set, int id_column, uint32 n_known, int n_fits)
{
	Datum *sums = palloc_extended(sizeof(Datum) * ((Size) n_known + 2) * n_fits,
								  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);

	for (int s = 0; s < set->rows->n_segments; s++)
	{
		const GeSegment *segment = &set->rows->segments[s];
		const Datum *moments = set->figures[s].moments;

		CHECK_FOR_INTERRUPTS();
		for (Size row = 0; row < segment->n_rows; row++)
		{
			Size place = Min(ge_ids_get(&segment->ids[id_column], row), n_known + 1);

			for (int k = 0; k < n_fits; k++)
				merge(&sums[place * n_fits + k], moments[row * n_fits + k]);
		}
	}
	return sums;
}
