/*
 * unlisted.c: the rows of an encoder whose values its options do not list.
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/shown.h"
#include "encoder/unlisted.h"
#include "moments/moments.h"

#define BOUNDS (GE_MOMENTS_LEAST | GE_MOMENTS_GREATEST)

/* Of one target, or class. */
typedef struct Rest
{
	GeMoments prior;
	GeMoments left; /* of the prior, without bounds */
	int elsewhere;	/* bounds of the prior that a category has */
} Rest;

struct GeUnlisted
{
	const char *encoder;
	const char *part;
	int n;
	Rest *rests;
};

GeUnlisted *
ge_unlisted_create(const GeEncoderLoad *state, const GeEncoderPart *part)
{
	GeUnlisted *unlisted = palloc_object(GeUnlisted);

	*unlisted =
		(GeUnlisted){.encoder = state->name, .part = part->name, .n = part->n_moments};
	unlisted->rests = palloc0_array(Rest, part->n_moments + 1);
	for (int k = 0; k < part->n_moments; k++)
	{
		Rest *rest = &unlisted->rests[k];

		ge_moments_open(part->prior.moments[k], &rest->prior);
		rest->left = rest->prior;
		rest->left.parts &= ~BOUNDS;
	}
	return unlisted;
}

static void
note_bounds(Rest *rest, const GeMoments *category)
{
	if (category->weight.n == 0)
		return;
	if (category->least <= rest->prior.least)
		rest->elsewhere |= GE_MOMENTS_LEAST;
	if (category->greatest >= rest->prior.greatest)
		rest->elsewhere |= GE_MOMENTS_GREATEST;
}

void
ge_unlisted_leave(GeUnlisted *unlisted, const Datum *moments, uint32 n)
{
	GeMoments *category = palloc_object(GeMoments);

	for (Size i = 0; i < (Size) n * unlisted->n; i++)
	{
		Rest *rest = &unlisted->rests[i % unlisted->n];

		ge_moments_open(moments[i], category);
		note_bounds(rest, category);
		if (ge_moments_subtract(&rest->left, category) != NULL)
			ge_encoder_damaged(
				unlisted->encoder,
				psprintf("The moments of \"%s\" are not those of its categories.",
						 ge_shown(unlisted->part)));
		rest->left.parts &= ~BOUNDS;
	}
	pfree(category);
}

Datum *
ge_unlisted_rest(const GeUnlisted *unlisted, bool must_be_theirs)
{
	Datum *moments = palloc_array(Datum, unlisted->n + 1);
	GeMoments *left = palloc_object(GeMoments);

	for (int k = 0; k < unlisted->n; k++)
	{
		const Rest *rest = &unlisted->rests[k];

		*left = rest->left;
		if (left->weight.n == 0)
			left->parts = GE_MOMENTS_ALL;
		else
			left->parts |=
				rest->prior.parts & BOUNDS & ~(must_be_theirs ? rest->elsewhere : 0);
		left->least = rest->prior.least;
		left->greatest = rest->prior.greatest;
		moments[k] = ge_moments_datum(left);
	}
	pfree(left);
	return moments;
}
