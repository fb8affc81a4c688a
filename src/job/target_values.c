/*
 * target_values.c: targets and weights that are numbers, as a source is read.
 *
 * Values are kept in the row store.  What the backends want to know of a whole column is
 * noted on the way: which bins its values touch, how large whole numbers are.  A value
 * that may not be is noted by its place, since batches come in any order; the first one
 * in row order is reported when all are read.
 */
#include "postgres.h"

#include <math.h>

#include "base/shown.h"
#include "job/internal.h"
#include "job/target_values.h"

/* A column of numbers. */
typedef struct Numbers
{
	int target; /* -1: the weights */
	int column; /* position in the batch */
	bool is_int;
	GeBins bins;		/* of fractions and large numbers so far */
	uint64 magnitudes;	/* all |x| that are whole numbers, ORed */
	int64 signs;		/* likewise x: negative if any is */
	bool has_fractions; /* some are no whole numbers, or are beyond an int32 */
	bool counts_others; /* some with a weight above 0 are neither 0 nor 1 */
	bool is_bad;		/* a value that may not be was seen; the first in row order: */
	uint32 bad_chunk;
	uint32 bad_row;
} Numbers;

struct GeTargetReading
{
	GeRun *run;
	const GeRowStore *rows;
	int n;
	Numbers *numbers;
};

static void
add_numbers(GeTargetReading *reading, int target, AttrNumber attno, bool is_int,
			GeReadColumn *columns, int *n_columns)
{
	reading->numbers[reading->n++] =
		(Numbers){.target = target,
				  .column = *n_columns,
				  .is_int = is_int,
				  .bins = {GE_HIGHEST_BIN + 1, GE_LOWEST_BIN - 1}};
	columns[(*n_columns)++] =
		(GeReadColumn){.attno = attno, .kind = is_int ? GE_READ_INT64 : GE_READ_FLOAT64};
}

GeTargetReading *
ge_target_reading_create(GeRun *run, const GePlanSource *source, const GeRowStore *rows,
						 GeReadColumn *columns, int *n_columns)
{
	GeTargetReading *reading = palloc0_object(GeTargetReading);

	reading->run = run;
	reading->rows = rows;
	reading->numbers = palloc0_array(Numbers, run->plan->n_targets + 1);
	for (int t = 0; t < run->plan->n_targets; t++)
		if (source->target_attno[t] != 0 && run->plan->targets[t].category == NULL)
			add_numbers(reading, t, source->target_attno[t],
						run->plan->targets[t].form == GE_TARGET_INTEGERS, columns,
						n_columns);
	if (source->weight_attno != 0)
		add_numbers(reading, -1, source->weight_attno, run->plan->weights_are_ints,
					columns, n_columns);
	return reading;
}

/* Keep a place with a bad value if it comes before those seen. */
static void
note_bad(Numbers *numbers, const GeBatch *batch, uint32 i)
{
	uint32 row = batch->first_row + i;

	if (numbers->is_bad &&
		(numbers->bad_chunk < batch->chunk ||
		 (numbers->bad_chunk == batch->chunk && numbers->bad_row <= row)))
		return;
	numbers->is_bad = true;
	numbers->bad_chunk = batch->chunk;
	numbers->bad_row = row;
}

/*
 * Look at the values of a batch, one by one.  Most columns have whole numbers only: their
 * magnitudes are ORed, without a branch that depends on the value.
 */
static void
note_floats(Numbers *numbers, const GeBatch *batch, const double *floats,
			const uint8 *is_null)
{
	uint32 magnitudes = 0;
	int32 signs = 0;

	for (uint32 i = 0; i < batch->n_rows; i++)
	{
		double x = floats[i];
		int32 whole = x > -2147483648.0 && x < 2147483648.0 ? (int32) x : 0;

		if (is_null != NULL && is_null[i])
			continue;
		magnitudes |= whole < 0 ? 0 - (uint32) whole : (uint32) whole;
		signs |= whole;
		if (likely((double) whole == x))
			continue;
		numbers->has_fractions = true;
		if (isfinite(x))
			ge_bins_touched_double(x, &numbers->bins.low, &numbers->bins.high);
		else
			note_bad(numbers, batch, i);
	}
	numbers->magnitudes |= magnitudes;
	numbers->signs |= signs;
}

static void
keep_ints(Numbers *numbers, const GeBatch *batch, const int64 *ints,
		  GeTargetValues *values)
{
	values->ints = palloc_array(int64, batch->n_rows);
	for (uint32 i = 0; i < batch->n_rows; i++)
	{
		int64 x = values->is_null != NULL && values->is_null[i] ? 0 : ints[i];

		values->ints[i] = x;
		numbers->magnitudes |= x < 0 ? 0 - (uint64) x : (uint64) x;
		numbers->signs |= x;
	}
}

/* The values of a column as doubles. */
static double *
keep_floats(const GeBatch *batch, const Numbers *numbers)
{
	const GeBatchColumn *column = &batch->columns[numbers->column];
	double *kept = palloc_array(double, batch->n_rows);

	if (numbers->is_int)
		for (uint32 i = 0; i < batch->n_rows; i++)
			kept[i] = (double) ((const int64 *) column->keys.values)[i];
	else
		memcpy(kept, column->floats, sizeof(double) * batch->n_rows);
	return kept;
}

static void
keep_target(Numbers *numbers, const GeBatch *batch, GeTargetValues *values)
{
	const GeBatchColumn *column = &batch->columns[numbers->column];

	if (column->keys.is_missing != NULL)
	{
		values->is_null = palloc_array(uint8, batch->n_rows);
		memcpy(values->is_null, column->keys.is_missing, batch->n_rows);
	}
	if (numbers->is_int)
	{
		keep_ints(numbers, batch, column->keys.values, values);
		return;
	}
	values->floats = keep_floats(batch, numbers);
	note_floats(numbers, batch, values->floats, values->is_null);
}

/* A weight that is NULL becomes a NaN, which no weight may be. */
static void
keep_weights(Numbers *numbers, const GeBatch *batch, GeSegment *segment)
{
	const GeBatchColumn *column = &batch->columns[numbers->column];
	const uint8 *is_null = column->keys.is_missing;

	segment->weights = keep_floats(batch, numbers);
	note_floats(numbers, batch, segment->weights, is_null);
	for (uint32 i = 0; i < batch->n_rows; i++)
	{
		if (is_null != NULL && is_null[i])
			segment->weights[i] = ge_no_value();
		if (!(segment->weights[i] >= 0))
			note_bad(numbers, batch, i);
		segment->weights[i] += 0.0; /* -0 becomes 0 */
	}
}

/* Rows of weight 0 leave only their number: their targets do not matter. */
static void
note_others(Numbers *numbers, uint32 n, const GeTargetValues *values,
			const double *weights)
{
	for (uint32 i = 0; i < n && !numbers->counts_others; i++)
	{
		if (!(weights[i] > 0) || (values->is_null != NULL && values->is_null[i]))
			continue;
		numbers->counts_others = numbers->is_int
									 ? values->ints[i] != 0 && values->ints[i] != 1
									 : values->floats[i] != 0 && values->floats[i] != 1;
	}
}

void
ge_target_reading_keep(GeTargetReading *reading, const GeBatch *batch, GeSegment *segment)
{
	for (int i = 0; i < reading->n; i++)
	{
		Numbers *numbers = &reading->numbers[i];

		if (numbers->target < 0)
			keep_weights(numbers, batch, segment);
		else
			keep_target(numbers, batch, &segment->targets[numbers->target]);
	}
	for (int i = 0; i < reading->n && segment->weights != NULL; i++)
		if (reading->numbers[i].target >= 0)
			note_others(&reading->numbers[i], batch->n_rows,
						&segment->targets[reading->numbers[i].target], segment->weights);
}

static void
refuse_weight(const GeRun *run, double weight, uint64 ordinal)
{
	bool is_null = isnan(weight);

	ereport(
		ERROR,
		(errcode(is_null ? ERRCODE_NULL_VALUE_NOT_ALLOWED
						 : ERRCODE_INVALID_PARAMETER_VALUE),
		 is_null
			 ? errmsg(
				   "weight \"%s\" is null or NaN in the row with ordinal " UINT64_FORMAT,
				   ge_shown(run->plan->options.weight_column), ordinal)
			 : errmsg("weight \"%s\" is %g in the row with ordinal " UINT64_FORMAT,
					  ge_shown(run->plan->options.weight_column), weight, ordinal),
		 errhint("A weight is finite and 0 or more; 0 leaves the row out.")));
}

/* The segment and row of a place in row order. */
static void
report_bad(const GeTargetReading *reading, const Numbers *numbers)
{
	const GeRowStore *rows = reading->rows;

	for (int i = 0; i < rows->n_segments; i++)
	{
		const GeSegment *segment = &rows->segments[i];
		uint32 row = numbers->bad_row - segment->first_row;
		uint64 ordinal = ge_job_ordinal(segment, row);

		if (segment->chunk != numbers->bad_chunk ||
			numbers->bad_row < segment->first_row || row >= segment->n_rows)
			continue;
		if (numbers->target < 0)
			refuse_weight(reading->run, segment->weights[row], ordinal);
		ge_run_refuse_target(
			reading->run, numbers->target,
			psprintf("%g", segment->targets[numbers->target].floats[row]), ordinal);
	}
}

/* The bins of whole numbers follow from their magnitudes. */
static GeBins
settle_bins(const Numbers *numbers)
{
	GeBins bins = numbers->bins;

	if (numbers->magnitudes != 0)
	{
		bins.low = Min(bins.low, (uint32) numbers->magnitudes != 0 ? 0 : 1);
		bins.high = Max(bins.high, numbers->magnitudes >> 32 != 0 ? 1 : 0);
	}
	return bins.low > bins.high ? (GeBins){0, 0} : bins;
}

void
ge_target_reading_settle(GeTargetReading *reading)
{
	for (int i = 0; i < reading->n; i++)
	{
		const Numbers *numbers = &reading->numbers[i];
		GeRunTarget *target;

		if (numbers->is_bad)
			report_bad(reading, numbers);
		if (numbers->target < 0)
		{
			reading->run->weight_bins = settle_bins(numbers);
			continue;
		}
		target = &reading->run->targets[numbers->target];
		target->bins = settle_bins(numbers);
		if (!numbers->has_fractions)
			target->largest = numbers->magnitudes;
		target->is_binary =
			!numbers->has_fractions && numbers->magnitudes <= 1 && numbers->signs >= 0;
		target->counts_binary = reading->run->plan->options.weight_column == NULL
									? target->is_binary
									: !numbers->counts_others;
	}
}
