/*
 * folds.c: the folds of consecutive rows.
 */
#include "cpu/folds.h"

#include <string.h>

static void
fill_interleaved(const GeFolds *folds, uint64_t first_ordinal, uint32_t n, uint32_t *out)
{
	uint32_t fold = (uint32_t) (first_ordinal % folds->n_folds), i;

	for (i = 0; i < n && i < folds->n_folds; i++)
	{
		out[i] = fold;
		fold = fold + 1 == folds->n_folds ? 0 : fold + 1;
	}
	/* whole periods, twice as many each time */
	while (i < n)
	{
		uint32_t more = n - i < i ? n - i : i;

		memcpy(out + i, out, more * sizeof *out);
		i += more;
	}
}

/* Fold f begins at the first ordinal i with i * k / n >= f, which is ceil(f * n / k). */
static void
fill_contiguous(const GeFolds *folds, uint64_t first_ordinal, uint32_t n, uint32_t *out)
{
	uint32_t fold = ge_fold_of_position(folds, first_ordinal), i = 0;

	while (i < n)
	{
		unsigned __int128 product =
			((unsigned __int128) fold + 1) * folds->n_rows + folds->n_folds - 1;
		uint64_t left = (uint64_t) (product / folds->n_folds) - first_ordinal;

		for (; i < n && i < left; i++)
			out[i] = fold;
		fold++;
	}
}

void
ge_folds_of_rows(const GeFolds *folds, uint64_t first_ordinal, uint32_t n,
				 const uint32_t *custom, uint32_t *out)
{
	uint32_t i;

	switch (folds->split)
	{
		case GE_SPLIT_NONE:
		case GE_SPLIT_ORDERED:
			memset(out, 0, n * sizeof *out);
			break;
		case GE_SPLIT_INTERLEAVED:
			fill_interleaved(folds, first_ordinal, n, out);
			break;
		case GE_SPLIT_CONTIGUOUS:
			fill_contiguous(folds, first_ordinal, n, out);
			break;
		case GE_SPLIT_RANDOM:
			for (i = 0; i < n; i++)
				out[i] =
					ge_fold_of_position(folds, ge_fold_permute(folds, first_ordinal + i));
			break;
		case GE_SPLIT_CUSTOM:
			memcpy(out, custom, n * sizeof *out);
			break;
	}
}
