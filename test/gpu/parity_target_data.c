/*
 * parity_target_data.c: reproducible ids, folds and targets of every kind.
 */
#include "parity_target.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const parity_values_names[N_VALUES] = {
	"binary", "small", "int64",		"unit",		  "cents",
	"normal", "wide",  "subnormal", "cancelling", "huge"};

static double
make_double(Random *random, Values values)
{
	double sign = random_below(random, 2) ? 1 : -1;

	switch (values)
	{
		case VALUES_UNIT:
			return random_unit(random);
		case VALUES_CENTS:
			return sign * (double) random_below(random, 100001) / 100;
		case VALUES_NORMAL:
			return sign * random_unit(random) *
				   ldexp(1, (int) random_below(random, 8) - 4);
		case VALUES_WIDE:
			return sign * ldexp(1 + random_unit(random),
								(int) random_below(random, 1900) - 1000);
		case VALUES_SUBNORMAL:
			return sign * (double) random_below(random, 1000) * 0x1p-1074;
		case VALUES_CANCELLING:
			return random_below(random, 10) == 0 ? sign * 1e20 : random_unit(random);
		default:
			return sign * 0x1.8p1023;
	}
}

static int64_t
make_int(Random *random, Values values)
{
	if (values == VALUES_BINARY)
		return (int64_t) random_below(random, 2);
	if (values == VALUES_SMALL)
		return (int64_t) random_below(random, 2001) - 1000;
	return random_below(random, 50) == 0 ? INT64_MIN : (int64_t) random_next(random);
}

static void
set_id(Data *data, uint32_t row, uint32_t id)
{
	if (data->id_width == 1)
		data->ids[row] = (uint8_t) id;
	else if (data->id_width == 2)
		((uint16_t *) data->ids)[row] = (uint16_t) id;
	else
		((uint32_t *) data->ids)[row] = id;
}

static void
make_rows(Data *data, const Case *c, Random *random)
{
	int low = GE_HIGHEST_BIN + 1, high = GE_LOWEST_BIN - 1;
	uint32_t i;

	for (i = 0; i < c->n; i++)
	{
		bool is_hot = (int) random_below(random, 100) < c->skew && c->n_categories > 0;

		set_id(data, i,
			   is_hot ? 1
					  : (uint32_t) random_below(random, (uint64_t) c->n_categories + 1));
		data->folds[i] = (uint32_t) random_below(random, c->n_folds > 0 ? c->n_folds : 1);
		data->nulls[i] = random_below(random, 8) == 0;
		data->ints[i] = make_int(random, c->values);
		data->doubles[i] = make_double(random, c->values);
		if (c->with_nulls && data->nulls[i])
			continue;
		if (c->values <= VALUES_INT64)
			ge_bins_touched_int64(data->ints[i], &low, &high);
		else
			ge_bins_touched_double(data->doubles[i], &low, &high);
	}
	if (c->values <= VALUES_SMALL && c->n % 2 == 0)
		data->spec.largest = c->values == VALUES_BINARY ? 1 : 1000;
	data->spec.low_bin = low <= high ? low : 0;
	data->spec.high_bin = low <= high ? high : 0;
}

/* A random order; rows tie in eights, or see up to a thousand rows less than all before. */
static void
make_order(Data *data, const Case *c, Random *random)
{
	GeFolds random_folds;
	uint32_t i;

	ge_folds_init(&random_folds, GE_SPLIT_RANDOM, c->n, 1, 7);
	for (i = 0; i < c->n; i++)
	{
		uint32_t place = (uint32_t) ge_fold_permute(&random_folds, i), delay;

		delay = (uint32_t) random_below(random, place < 1000 ? place + 1 : 1000);
		data->places[i] = place;
		data->visible[i] = c->n % 2 == 0 ? place / 8 * 8 : place - delay;
	}
}

void
parity_make_data(Data *data, const Case *c)
{
	Random random = {c->n * 31 + c->n_categories * 7 + c->values + c->n_folds};
	uint64_t n = c->n;

	memset(data, 0, sizeof *data);
	data->id_width = c->id_width;
	data->ids = must_allocate(n * sizeof(uint32_t));
	data->folds = must_allocate(n * sizeof(uint32_t));
	data->places = must_allocate(n * sizeof(uint32_t));
	data->visible = must_allocate(n * sizeof(uint32_t));
	data->ints = must_allocate(n * sizeof(int64_t));
	data->doubles = must_allocate(n * sizeof(double));
	data->nulls = must_allocate(n);
	data->spec.kind = c->values <= VALUES_INT64 ? GE_TARGET_INT64 : GE_TARGET_FLOAT64;
	ge_folds_init(&data->spec.folds, c->split, n, c->n_folds, 42);
	data->spec.n_categories = c->n_categories;
	data->spec.accumulators = GE_COUNT_ROWS | GE_COUNT_TARGETS | GE_SUM_TARGETS;
	if (c->percent > 0)
		data->spec.accumulators |= GE_ALL_TARGETS;
	data->single = c->percent > 0
					   ? (GeFinish){.kind = GE_FINISH_QUANTILE, .percent = c->percent}
					   : (GeFinish){.kind = GE_FINISH_MEAN, .smooth = c->smooth};
	data->finish =
		(GeFinishSpec){1, &data->single, c->out_of_fold, c->missing_is_category};
	make_rows(data, c, &random);
	if (c->split == GE_SPLIT_ORDERED)
		make_order(data, c, &random);
	if (c->split == GE_SPLIT_CUSTOM && data->spec.folds.n_folds < c->n_folds)
		for (uint32_t i = 0; i < c->n; i++)
			data->folds[i] %= data->spec.folds.n_folds;
}

void
parity_free_data(Data *data)
{
	free(data->ids);
	free(data->folds);
	free(data->places);
	free(data->visible);
	free(data->ints);
	free(data->doubles);
	free(data->nulls);
}

GeTargetRows
parity_rows(const Data *data, const Case *c, uint32_t first, uint32_t n)
{
	bool is_int = data->spec.kind == GE_TARGET_INT64;
	bool is_ordered = c->split == GE_SPLIT_ORDERED;

	return (GeTargetRows){.first_ordinal = first,
						  .n_rows = n,
						  .id_width = data->id_width,
						  .ids = data->ids + (uint64_t) first * data->id_width,
						  .folds =
							  c->split == GE_SPLIT_CUSTOM ? data->folds + first : NULL,
						  .places = is_ordered ? data->places + first : NULL,
						  .visible = is_ordered ? data->visible + first : NULL,
						  .int_targets = is_int ? data->ints + first : NULL,
						  .float_targets = is_int ? NULL : data->doubles + first,
						  .target_is_null = c->with_nulls ? data->nulls + first : NULL};
}
