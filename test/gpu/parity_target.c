/*
 * parity_target.c: target encodings of both backends are equal bit by bit.
 */
#include "parity_target.h"

#include <stdlib.h>
#include <string.h>

/* What a backend makes of the data. */
typedef struct Encoded
{
	GeStatus status;
	GeTargetTotals totals;
	double prior;
	double *rows;
	GeTargetStatistics statistics;
	double *encodings;
	uint64_t n_ids;
	uint64_t n_digits;
} Encoded;

static GeStatus
encode(const GeBackend *backend, GeContext *context, const Data *data, const Case *c,
	   Encoded *out, GeError *error)
{
	GeTarget *target = NULL;
	uint32_t half = c->n / 2, rest = c->n - half;
	double *rows_rest = out->rows + half;
	GeTargetRows first = parity_rows(data, c, 0, half),
				 second = parity_rows(data, c, half, rest);
	GeStatus status = backend->target.create(context, &data->spec, &target, error);

	/* in any order */
	if (status == GE_OK)
		status = backend->target.add(target, &second, error);
	if (status == GE_OK)
		status = backend->target.add(target, &first, error);
	if (status == GE_OK)
		status = backend->target.finish(target, &data->finish, &out->totals, &out->prior,
										error);
	if (status == GE_OK)
		status = backend->target.rows(target, &first, &out->rows, error);
	if (status == GE_OK)
		status = backend->target.rows(target, &second, &rows_rest, error);
	if (status == GE_OK)
		status = backend->target.statistics(target, 0, (uint32_t) out->n_ids,
											&out->statistics, &out->encodings, error);
	backend->target.free(target);
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
	out->statistics.n_targets = must_allocate(out->n_ids * sizeof(uint64_t));
	out->statistics.sums = must_allocate(out->n_ids * out->n_digits * sizeof(int64_t));
	out->encodings = must_allocate(out->n_ids * sizeof(double));
}

static void
free_encoded(Encoded *out)
{
	free(out->rows);
	free(out->statistics.n_rows);
	free(out->statistics.n_targets);
	free(out->statistics.sums);
	free(out->encodings);
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
	if (a->totals.n_rows != b->totals.n_rows ||
		a->totals.n_targets != b->totals.n_targets)
		return "different totals";
	if (memcmp(s->n_rows, t->n_rows, ids * sizeof(uint64_t)) != 0)
		return "different counts of rows";
	if (memcmp(s->n_targets, t->n_targets, ids * sizeof(uint64_t)) != 0)
		return "different counts of targets";
	if (memcmp(s->sums, t->sums, ids * a->n_digits * sizeof(int64_t)) != 0)
		return "different digits";
	if (a->totals.n_targets == 0)
		return NULL; /* encodings are unspecified */
	if (memcmp(&a->prior, &b->prior, sizeof(double)) != 0)
		return "different priors";
	if (memcmp(a->encodings, b->encodings, ids * sizeof(double)) != 0)
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
	GeContext *special = NULL;

	snprintf(name, sizeof name,
			 "target %s %s n=%u categories=%u split=%d folds=%u smooth=%g q=%u oof=%d "
			 "missing=%d nulls=%d width=%u skew=%d limit=%llu",
			 c->name, parity_values_names[c->values], c->n, c->n_categories,
			 (int) c->split, c->n_folds, c->smooth, c->percent, c->out_of_fold,
			 c->missing_is_category, c->with_nulls, c->id_width, c->skew,
			 (unsigned long long) c->limit);
	if (!parity_wants(parity, name))
		return;
	parity_make_data(&data, c);
	start_encoded(&cpu, &data, c);
	start_encoded(&cuda, &data, c);
	parity_open_both(parity);
	cpu.status = encode(parity->cpu, parity->contexts[0], &data, c, &cpu, &errors[0]);
	if (c->limit != 0)
		special = parity_open(parity->cuda, ~UINT64_C(0), c->limit);
	cuda.status = encode(parity->cuda, c->limit != 0 ? special : parity->contexts[1],
						 &data, c, &cuda, &errors[1]);
	parity->cuda->close(special);
	difference = compare(&cpu, &cuda, c->n);
	if (difference != NULL)
		snprintf(what, sizeof what, "%s (cpu %d %.200s, cuda %d %.200s)", difference,
				 cpu.status, errors[0].message, cuda.status, errors[1].message);
	parity_result(parity, name, difference == NULL, what);
	if (difference != NULL)
		parity_close_both(parity);
	free_encoded(&cpu);
	free_encoded(&cuda);
	parity_free_data(&data);
}

/* Every kind of value, split and prior at one size. */
static void
check_size(Parity *parity, uint32_t n)
{
	static const double smooths[] = {0, 0.001, 20.3};
	uint32_t turn = n;
	int values, split;

	for (values = 0; values < N_VALUES; values++)
		for (split = GE_SPLIT_NONE; split <= GE_SPLIT_ORDERED; split++, turn++)
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
			c.percent = 1 + turn * 7 % 99;
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

/* Rows that the CUDA backend brings together first; in test builds these are enough. */
static void
check_partitions(Parity *parity)
{
	static const Values values[] = {VALUES_BINARY, VALUES_SMALL, VALUES_INT64,
									VALUES_UNIT, VALUES_CENTS};
	uint32_t i, turn;

	for (i = 0; i < sizeof values / sizeof *values; i++)
		for (turn = 0; turn < 6; turn++)
		{
			Case c = {.name = "partition",
					  .values = values[i],
					  .n = 65536 + turn % 2,
					  .n_categories = turn < 2	 ? 7
									  : turn < 4 ? 300
												 : 9000,
					  .split = turn % 3 == 0   ? GE_SPLIT_RANDOM
							   : turn % 3 == 1 ? GE_SPLIT_INTERLEAVED
											   : GE_SPLIT_CUSTOM,
					  .n_folds = 5,
					  .smooth = 0.001,
					  .with_nulls = turn % 4 == 1,
					  .id_width = 4,
					  .skew = turn % 3 == 2 ? 99 : 0};

			check(parity, &c);
		}
}

/* Cells by search, leave-one-out, more folds than rows, no categories, little memory. */
static const Case extremes[] = {
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
	{.name = "limit",
	 .values = VALUES_NORMAL,
	 .n = 65537,
	 .n_categories = 30000,
	 .split = GE_SPLIT_RANDOM,
	 .n_folds = 5,
	 .smooth = 0.001,
	 .with_nulls = true,
	 .id_width = 4,
	 .limit = UINT64_C(64) << 20},
	{.name = "limit",
	 .values = VALUES_CENTS,
	 .n = 65537,
	 .n_categories = 1000,
	 .split = GE_SPLIT_CUSTOM,
	 .n_folds = 17,
	 .smooth = 0.001,
	 .out_of_fold = true,
	 .id_width = 2,
	 .limit = UINT64_C(8) << 20},
	{.name = "hot",
	 .values = VALUES_WIDE,
	 .n = 65537,
	 .n_categories = 1000,
	 .split = GE_SPLIT_ORDERED,
	 .smooth = 0.001,
	 .with_nulls = true,
	 .id_width = 2,
	 .skew = 99},
};

static void
check_extremes(Parity *parity)
{
	uint32_t i;

	for (i = 0; i < sizeof extremes / sizeof *extremes; i++)
	{
		Case c = extremes[i];

		check(parity, &c);
		c.percent = 50;
		check(parity, &c);
	}
}

void
parity_targets(Parity *parity)
{
	static const uint32_t sizes[] = {0, 1, 31, 32, 33, 255, 256, 257, 65537, 1000000};
	uint32_t i;

	for (i = 0; i < sizeof sizes / sizeof *sizes; i++)
		if (sizes[i] <= parity->most_rows)
			check_size(parity, sizes[i]);
	if (parity->most_rows < 65537)
		return;
	check_widths(parity);
	check_partitions(parity);
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
		c.percent = 50;
		check(parity, &c);
		c.split = GE_SPLIT_ORDERED;
		check(parity, &c);
		c.percent = 0;
		check(parity, &c);
	}
}
