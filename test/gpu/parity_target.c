/*
 * parity_target.c: target encodings of both backends are equal bit by bit.
 */
#include "parity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How the targets of a case are made. */
typedef enum Values
{
	VALUES_BINARY,	   /* int64: 0 or 1 */
	VALUES_SMALL,	   /* int64: -1000..1000 */
	VALUES_INT64,	   /* int64: any */
	VALUES_UNIT,	   /* double: 0 <= x < 1 */
	VALUES_CENTS,	   /* double: -1000.00..1000.00 */
	VALUES_NORMAL,	   /* double: of many magnitudes around 1 */
	VALUES_WIDE,	   /* double: any exponent up to 2^900 */
	VALUES_SUBNORMAL,  /* double: subnormal */
	VALUES_CANCELLING, /* double: 1e20 and its negative among small ones */
	VALUES_HUGE,	   /* double: sums overflow */
	N_VALUES
} Values;

static const char *const values_names[N_VALUES] = {
	"binary", "small", "int64",		"unit",		  "cents",
	"normal", "wide",  "subnormal", "cancelling", "huge"};

typedef struct Case
{
	const char *name;
	Values values;
	uint32_t n;
	uint32_t n_categories;
	GeSplit split;
	uint32_t n_folds;
	double smooth;
	bool out_of_fold;
	bool missing_is_category;
	bool with_nulls;
	uint32_t id_width;
	int skew; /* percent of the rows that have category 1 */
} Case;

typedef struct Data
{
	GeTargetSpec spec;
	uint32_t id_width;
	uint8_t *ids;
	uint32_t *folds;
	int64_t *ints;
	double *doubles;
	uint8_t *nulls;
} Data;

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

static void
make_data(Data *data, const Case *c)
{
	Random random = {c->n * 31 + c->n_categories * 7 + c->values + c->n_folds};
	uint64_t n = c->n;

	memset(data, 0, sizeof *data);
	data->id_width = c->id_width;
	data->ids = must_allocate(n * sizeof(uint32_t));
	data->folds = must_allocate(n * sizeof(uint32_t));
	data->ints = must_allocate(n * sizeof(int64_t));
	data->doubles = must_allocate(n * sizeof(double));
	data->nulls = must_allocate(n);
	data->spec.kind = c->values <= VALUES_INT64 ? GE_TARGET_INT64 : GE_TARGET_FLOAT64;
	ge_folds_init(&data->spec.folds, c->split, n, c->n_folds, 42);
	data->spec.n_categories = c->n_categories;
	data->spec.smooth = c->smooth;
	data->spec.prior_out_of_fold = c->out_of_fold;
	data->spec.missing_is_category = c->missing_is_category;
	make_rows(data, c, &random);
	if (c->split == GE_SPLIT_CUSTOM && data->spec.folds.n_folds < c->n_folds)
		for (uint32_t i = 0; i < c->n; i++)
			data->folds[i] %= data->spec.folds.n_folds;
}

static void
free_data(Data *data)
{
	free(data->ids);
	free(data->folds);
	free(data->ints);
	free(data->doubles);
	free(data->nulls);
}

static GeTargetRows
rows_of(const Data *data, const Case *c, uint32_t first, uint32_t n)
{
	bool is_int = data->spec.kind == GE_TARGET_INT64;

	return (GeTargetRows){.first_ordinal = first,
						  .n_rows = n,
						  .id_width = data->id_width,
						  .ids = data->ids + (uint64_t) first * data->id_width,
						  .folds =
							  c->split == GE_SPLIT_CUSTOM ? data->folds + first : NULL,
						  .int_targets = is_int ? data->ints + first : NULL,
						  .float_targets = is_int ? NULL : data->doubles + first,
						  .target_is_null = c->with_nulls ? data->nulls + first : NULL};
}

/* What a backend makes of the data. */
typedef struct Encoded
{
	GeStatus status;
	GeTargetTotals totals;
	double *rows;
	GeTargetStatistics statistics;
	uint64_t n_ids;
	uint64_t n_digits;
} Encoded;

static GeStatus
encode(const GeBackend *backend, GeContext *context, const Data *data, const Case *c,
	   Encoded *out, GeError *error)
{
	GeTarget *target = NULL;
	uint32_t half = c->n / 2, rest = c->n - half;
	GeTargetRows first = rows_of(data, c, 0, half), second = rows_of(data, c, half, rest);
	GeStatus status = backend->target_create(context, &data->spec, &target, error);

	/* in any order */
	if (status == GE_OK)
		status = backend->target_add(target, &second, error);
	if (status == GE_OK)
		status = backend->target_add(target, &first, error);
	if (status == GE_OK)
		status = backend->target_finish(target, &out->totals, error);
	if (status == GE_OK)
		status = backend->target_rows(target, &first, out->rows, error);
	if (status == GE_OK)
		status = backend->target_rows(target, &second, out->rows + half, error);
	if (status == GE_OK)
		status = backend->target_statistics(target, 0, (uint32_t) out->n_ids,
											&out->statistics, error);
	backend->target_free(target);
	return status;
}

static void
start_encoded(Encoded *out, const Data *data, const Case *c)
{
	memset(out, 0, sizeof *out);
	out->n_ids = (uint64_t) c->n_categories + 1;
	out->n_digits = (uint64_t) GE_SUM_DIGITS(data->spec.low_bin, data->spec.high_bin);
	out->rows = must_allocate(c->n * sizeof *out->rows);
	out->statistics.n_rows = must_allocate(out->n_ids * sizeof(uint64_t));
	out->statistics.n_target = must_allocate(out->n_ids * sizeof(uint64_t));
	out->statistics.digits = must_allocate(out->n_ids * out->n_digits * sizeof(int64_t));
	out->statistics.encoding = must_allocate(out->n_ids * sizeof(double));
}

static void
free_encoded(Encoded *out)
{
	free(out->rows);
	free(out->statistics.n_rows);
	free(out->statistics.n_target);
	free(out->statistics.digits);
	free(out->statistics.encoding);
}

static const char *
compare(const Encoded *a, const Encoded *b, uint32_t n)
{
	const GeTargetStatistics *s = &a->statistics, *t = &b->statistics;
	uint64_t ids = a->n_ids;

	if (a->status != b->status)
		return "different statuses";
	if (a->status != GE_OK)
		return NULL;
	if (a->totals.n_rows != b->totals.n_rows || a->totals.n_target != b->totals.n_target)
		return "different totals";
	if (memcmp(s->n_rows, t->n_rows, ids * sizeof(uint64_t)) != 0)
		return "different counts of rows";
	if (memcmp(s->n_target, t->n_target, ids * sizeof(uint64_t)) != 0)
		return "different counts of targets";
	if (memcmp(s->digits, t->digits, ids * a->n_digits * sizeof(int64_t)) != 0)
		return "different digits";
	if (a->totals.n_target == 0)
		return NULL; /* encodings are unspecified */
	if (memcmp(&a->totals.prior, &b->totals.prior, sizeof(double)) != 0)
		return "different priors";
	if (memcmp(s->encoding, t->encoding, ids * sizeof(double)) != 0)
		return "different full encodings";
	return memcmp(a->rows, b->rows, n * sizeof(double)) != 0
			   ? "different out-of-fold encodings"
			   : NULL;
}

static void
check(Parity *parity, const Case *c)
{
	char name[200], what[700] = "";
	const char *difference;
	Data data;
	Encoded cpu, cuda;
	GeError errors[2] = {{0}};

	snprintf(name, sizeof name,
			 "target %s %s n=%u categories=%u split=%d folds=%u smooth=%g oof=%d "
			 "missing=%d nulls=%d width=%u skew=%d",
			 c->name, values_names[c->values], c->n, c->n_categories, (int) c->split,
			 c->n_folds, c->smooth, c->out_of_fold, c->missing_is_category, c->with_nulls,
			 c->id_width, c->skew);
	if (!parity_wants(parity, name))
		return;
	make_data(&data, c);
	start_encoded(&cpu, &data, c);
	start_encoded(&cuda, &data, c);
	parity_open_both(parity);
	cpu.status = encode(parity->cpu, parity->contexts[0], &data, c, &cpu, &errors[0]);
	cuda.status = encode(parity->cuda, parity->contexts[1], &data, c, &cuda, &errors[1]);
	difference = compare(&cpu, &cuda, c->n);
	if (difference != NULL)
		snprintf(what, sizeof what, "%s (cpu %d %.200s, cuda %d %.200s)", difference,
				 cpu.status, errors[0].message, cuda.status, errors[1].message);
	parity_result(parity, name, difference == NULL, what);
	if (difference != NULL)
		parity_close_both(parity);
	free_encoded(&cpu);
	free_encoded(&cuda);
	free_data(&data);
}

/* Every kind of value, split and prior at one size. */
static void
check_size(Parity *parity, uint32_t n)
{
	static const double smooths[] = {0, 0.001, 20.3};
	uint32_t turn = n;
	int values, split;

	for (values = 0; values < N_VALUES; values++)
		for (split = GE_SPLIT_NONE; split <= GE_SPLIT_CUSTOM; split++, turn++)
		{
			Case c = {.name = "options",
					  .values = (Values) values,
					  .n = n,
					  .n_categories = turn % 3 == 0 ? 3 : n / 3 + 1,
					  .split = (GeSplit) split,
					  .n_folds = split == GE_SPLIT_NONE ? 0
								 : turn % 4 == 0		? 17
														: 5,
					  .smooth = smooths[turn % 3],
					  .out_of_fold = turn % 2 == 0,
					  .missing_is_category = turn % 5 < 2,
					  .with_nulls = turn % 7 < 3,
					  .id_width = 4,
					  .skew = turn % 4 == 1 ? 90 : 0};

			check(parity, &c);
		}
}

static void
check_widths(Parity *parity)
{
	uint32_t width;

	for (width = 1; width <= 4; width *= 2)
	{
		Case c = {.name = "width",
				  .values = VALUES_CENTS,
				  .n = 5000,
				  .n_categories = 200,
				  .split = GE_SPLIT_RANDOM,
				  .n_folds = 5,
				  .smooth = 1,
				  .id_width = width};

		check(parity, &c);
	}
}

/* Cells by search, leave-one-out, more folds than rows, no categories, all null. */
static void
check_extremes(Parity *parity)
{
	static const Case cases[] = {
		{.name = "sparse",
		 .values = VALUES_NORMAL,
		 .n = 60000,
		 .n_categories = 50000,
		 .split = GE_SPLIT_CUSTOM,
		 .n_folds = 40000,
		 .smooth = 0.5,
		 .out_of_fold = true,
		 .with_nulls = true,
		 .id_width = 4},
		{.name = "sparse",
		 .values = VALUES_INT64,
		 .n = 65537,
		 .n_categories = 60000,
		 .split = GE_SPLIT_INTERLEAVED,
		 .n_folds = 65537,
		 .smooth = 0,
		 .id_width = 4,
		 .missing_is_category = true,
		 .skew = 50},
		{.name = "sparse",
		 .values = VALUES_BINARY,
		 .n = 65537,
		 .n_categories = 30000,
		 .split = GE_SPLIT_RANDOM,
		 .n_folds = 1000000,
		 .smooth = 0.001,
		 .id_width = 4},
		{.name = "folds",
		 .values = VALUES_UNIT,
		 .n = 40000,
		 .n_categories = 3,
		 .split = GE_SPLIT_CONTIGUOUS,
		 .n_folds = 30000,
		 .smooth = 0.001,
		 .out_of_fold = true,
		 .id_width = 4},
		{.name = "none",
		 .values = VALUES_UNIT,
		 .n = 1000,
		 .n_categories = 0,
		 .split = GE_SPLIT_INTERLEAVED,
		 .n_folds = 5,
		 .smooth = 1,
		 .id_width = 1},
		{.name = "hot",
		 .values = VALUES_WIDE,
		 .n = 65537,
		 .n_categories = 1000,
		 .split = GE_SPLIT_INTERLEAVED,
		 .n_folds = 3,
		 .smooth = 0.001,
		 .id_width = 2,
		 .skew = 99},
		{.name = "hot",
		 .values = VALUES_UNIT,
		 .n = 65537,
		 .n_categories = 60000,
		 .split = GE_SPLIT_RANDOM,
		 .n_folds = 5,
		 .smooth = 0.001,
		 .id_width = 4,
		 .skew = 99},
	};
	uint32_t i;

	for (i = 0; i < sizeof cases / sizeof *cases; i++)
		check(parity, &cases[i]);
}

void
parity_targets(Parity *parity)
{
	static const uint32_t sizes[] = {0, 1, 31, 32, 33, 255, 256, 257, 65537, 1000000};
	uint32_t i;

	for (i = 0; i < sizeof sizes / sizeof *sizes; i++)
		if (sizes[i] <= parity->most_rows)
			check_size(parity, sizes[i]);
	check_widths(parity);
	check_extremes(parity);
	if (parity->most_rows >= 100000000)
	{
		Case c = {.name = "large",
				  .values = VALUES_UNIT,
				  .n = 100000000,
				  .n_categories = 1000000,
				  .split = GE_SPLIT_INTERLEAVED,
				  .n_folds = 5,
				  .smooth = 0.001,
				  .id_width = 4};

		check(parity, &c);
		c.values = VALUES_NORMAL;
		c.split = GE_SPLIT_RANDOM;
		c.skew = 99;
		check(parity, &c);
	}
}
