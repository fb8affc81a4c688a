/*
 * drift_encoder.c: an encoder as one side of a comparison.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"

#include "base/compat.h"
#include "encoder/drift.h"
#include "encoder/load.h"
#include "encoder/walk.h"
#include "moments/moments.h"

/* What rows are taken for. */
typedef struct Reading
{
	GeDrift *drift;
	GeDriftSide side;
} Reading;

/* The encodings of a row that are compared. */
static const double *
take_series(const GeEncoderWalk *walk, const GeDriftPart *part)
{
	const Reading *reading = walk->arg;
	int n_series = ge_drift_n_series(reading->drift, part->number);
	double *series, *encodings;

	if (n_series == 0)
		return NULL;
	series = palloc_array(double, n_series);
	encodings = palloc_array(double, part->outputs->n + 1);
	if (part->is_encoded)
		ge_encodings_take(&walk->encoder->cursor, part->outputs->n, encodings);
	for (int k = 0; k < n_series; k++)
		series[k] = part->series[k] < 0 ? ge_no_value() : encodings[part->series[k]];
	return series;
}

static void
take_category(const GeEncoderWalk *walk, int i, uint64 n_rows)
{
	const Reading *reading = walk->arg;
	const GeDriftPart *part = &walk->parts[i];
	Size length;
	const char *key = ge_walk_key(walk, i, &length);

	ge_drift_add(reading->drift, reading->side, part->number, key, length, n_rows,
				 take_series(walk, part));
}

/* The mean of all targets, from its moments. */
static double
prior_of(const GeEncoderWalk *walk, Datum datum, GeMoments *moments)
{
	double weight, prior;

	ge_moments_open(datum, moments);
	if (moments->weight.n == 0)
		return ge_no_value();
	weight = ge_number_round(&moments->weight);
	prior = ge_number_round(&moments->sum) / weight;
	if (isinf(prior)) /* the sum is beyond the range, the mean is not */
	{
		moments->sum.low--;
		prior = ldexp(ge_number_round(&moments->sum) / weight, 64);
	}
	if (!isfinite(prior))
		ge_encoder_damaged(ge_encoder_name(walk->encoder), "A prior is not finite.");
	return prior;
}

/* By target and class. */
static void
take_priors(const GeEncoderWalk *walk, int i)
{
	GeDriftPart *part = &walk->parts[i];
	Datum *moments = ge_walk_moments(walk, i);

	for (int k = 0; k < part->n_targets; k++)
		part->priors[k] = prior_of(walk, moments[k], palloc_object(GeMoments));
}

/* GeEncoderWalk.take */
static void
take(GeEncoderWalk *walk, int i, GeEncoderRowKind kind)
{
	const Reading *reading = walk->arg;
	int number = walk->parts[i].number;
	uint64 n_rows = 0;

	if (kind == GE_ROW_CATEGORY || kind == GE_ROW_MISSING)
		n_rows = ge_walk_n_rows(walk);
	if (kind == GE_ROW_PRIOR)
		take_priors(walk, i);
	else if (kind == GE_ROW_MISSING && number >= 0)
		ge_drift_add_missing(reading->drift, reading->side, number, n_rows);
	else if (kind == GE_ROW_CATEGORY && number >= 0)
		take_category(walk, i, n_rows);
}

void
ge_drift_add_encoder(GeDrift *drift, GeDriftSide side, GeEncoder *encoder,
					 GeDriftPart *parts, int n)
{
	Reading reading = {.drift = drift, .side = side};
	GeEncoderWalk walk = {
		.encoder = encoder, .n_parts = n, .parts = parts, .take = take, .arg = &reading};

	ge_encoder_walk(&walk);
}

char *
ge_drift_key_text(const char *key, Size length, int n_names)
{
	Datum *elements = palloc_array(Datum, n_names);
	Size first = 0;
	int n = 0;

	if (n_names == 1)
		return pnstrdup(key, length);
	for (Size i = 0; i <= length; i++)
		if (i == length || key[i] == '\0')
		{
			elements[n++] =
				PointerGetDatum(cstring_to_text_with_len(key + first, (int) (i - first)));
			first = i + 1;
		}
	return OidOutputFunctionCall(
		F_ARRAY_OUT, PointerGetDatum(construct_array(elements, n_names, TEXTOID, -1,
													 false, TYPALIGN_INT)));
}
