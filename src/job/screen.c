/*
 * screen.c: how much each column says of the target, from a run that has learned.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"

#include "backend/finish.h"
#include "base/run_log.h"
#include "job/internal.h"
#include "job/results.h"
#include "job/screen.h"

/*
 * The targets of a segment, multiplied by a power of two that keeps squares in range: R^2
 * is the same.
 */
typedef struct Targets
{
	const GeRun *run;
	const GeFit *fit;
	GeClassTargets class; /* room for those of a class */
	double scale;
	double center; /* about the mean of all */
	double *values;
	uint8 *is_null;
} Targets;

/* Sums over the rows that have a target and an encoding. */
typedef struct Score
{
	uint64 n;
	double least;
	double greatest;
	double sum;		/* of y - center */
	double squares; /* of (y - center)^2 */
	double errors;	/* of (y - encoding)^2 */
} Score;

/* --------------------------------------------------------------------------- targets */

static void
load_targets(Targets *targets, const GeSegment *segment)
{
	GeTargetRows rows = {0};

	ge_run_set_targets(targets->run, targets->fit, segment, targets->class, &rows);
	for (uint32 row = 0; row < segment->n_rows; row++)
	{
		targets->is_null[row] = rows.target_is_null != NULL && rows.target_is_null[row];
		if (targets->is_null[row])
			continue;
		targets->values[row] = targets->scale * (rows.float_targets != NULL
													 ? rows.float_targets[row]
													 : (double) rows.int_targets[row]);
	}
}

/* The number of targets, their largest magnitude and their sum. */
static uint64
survey_targets(Targets *targets, double *largest, double *sum)
{
	const GeRowStore *rows = targets->run->rows[0];
	uint64 n = 0;

	*largest = *sum = 0;
	for (int i = 0; i < rows->n_segments; i++)
	{
		const GeSegment *segment = &rows->segments[i];

		CHECK_FOR_INTERRUPTS();
		load_targets(targets, segment);
		for (uint32 row = 0; row < segment->n_rows; row++)
		{
			if (targets->is_null[row])
				continue;
			n++;
			*largest = Max(*largest, fabs(targets->values[row]));
			*sum += targets->values[row];
		}
	}
	return n;
}

/* Targets scaled to magnitudes below 1, and what squares of them are taken about. */
static Targets
prepare_targets(const GeRun *run)
{
	uint32 most = Max(ge_job_largest_segment(run->rows[0]), 1);
	Targets targets = {.run = run,
					   .fit = run->encodings[0].fits[0].plan,
					   .class = {palloc_array(int64, most), palloc_array(uint8, most)},
					   .scale = 1,
					   .values = palloc_array(double, most),
					   .is_null = palloc_array(uint8, most)};
	double largest, sum;
	int exponent;
	uint64 n;

	survey_targets(&targets, &largest, &sum);
	frexp(largest, &exponent);
	targets.scale = ldexp(1, -Max(exponent, -1000));
	n = survey_targets(&targets, &largest, &sum);
	targets.center = n == 0 ? 0 : sum / (double) n;
	return targets;
}

/* ------------------------------------------------------------------------------- R^2 */

static void
add_to_score(Score *score, const Targets *targets, const GeResultColumn *result, uint32 n)
{
	for (uint32 row = 0; row < n; row++)
	{
		double y = targets->values[row], d, error;

		if (targets->is_null[row] || result->is_null[row])
			continue;
		d = y - targets->center;
		error = y - result->encodings[row] * targets->scale;
		score->least = score->n == 0 ? y : Min(score->least, y);
		score->greatest = score->n == 0 ? y : Max(score->greatest, y);
		score->n++;
		score->sum += d;
		score->squares += d * d;
		score->errors += error * error;
	}
}

static double
r2_of_score(const Score *score)
{
	double deviations;

	if (score->n == 0 || score->least == score->greatest)
		return ge_no_value();
	deviations = score->squares - score->sum * (score->sum / (double) score->n);
	return deviations > 0 ? 1 - score->errors / deviations : ge_no_value();
}

/* Encode all rows, and compare with their targets, by encoding. */
static Score *
score_rows(GeRun *run, Targets *targets, GeEncodings which)
{
	const GeRowStore *rows = run->rows[0];
	Score *scores = palloc0_array(Score, run->plan->n_encodings);
	GeResults results;

	ge_results_create(&results, run, Max(ge_job_largest_segment(rows), 1));
	for (int i = 0; i < rows->n_segments; i++)
	{
		const GeSegment *segment = &rows->segments[i];
		GeError error = {0};
		GeStatus status;

		CHECK_FOR_INTERRUPTS();
		ge_stage_rows(ge_job_ordinal(segment, 0));
		load_targets(targets, segment);
		status =
			ge_results_make(&results, run, segment, 0, segment->n_rows, 0, which, &error);
		ge_results_report(&results, run, status, &error);
		for (int e = 0; e < run->plan->n_encodings; e++)
			add_to_score(&scores[e], targets,
						 &results.encodings[run->plan->encodings[e].first_output],
						 segment->n_rows);
	}
	return scores;
}

/* ------------------------------------------------------------------------ categories */

/* Rows with the target 0 and 1 by id, 0..n_known. */
typedef struct Evidence
{
	double *of[2];
} Evidence;

static Evidence
count_evidence(const GeRunEncoding *encoding, Targets *targets)
{
	const GeRowStore *rows = targets->run->rows[0];
	Size bytes = sizeof(double) * ((Size) encoding->categories->n_known + 1);
	Evidence evidence;

	for (int value = 0; value < 2; value++)
		evidence.of[value] = palloc_extended(bytes, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (int i = 0; i < rows->n_segments; i++)
	{
		const GeSegment *segment = &rows->segments[i];

		CHECK_FOR_INTERRUPTS();
		load_targets(targets, segment);
		for (uint32 row = 0; row < segment->n_rows; row++)
			if (!targets->is_null[row])
				evidence.of[targets->values[row] != 0]
						   [ge_ids_get(&segment->ids[encoding->id_column], row)]++;
	}
	return evidence;
}

/* The term of a category with p ones of P and q zeros of Q. */
static double
information_of(double p, double q, double all_ones, double all_zeros)
{
	const GeFinish finish = {.kind = GE_FINISH_WOE, .regularization = 1};
	GeFigures figures = {.weight = p + q, .sum = p, .zeros = q};
	GePrior prior = {.weighted = all_ones + 2, .zeros = all_zeros + 2};

	if (p + q == 0)
		return 0;
	return (p / all_ones - q / all_zeros) * ge_finish(&finish, figures, prior);
}

static double
information_value(const GeRunEncoding *encoding, Targets *targets)
{
	const GeCategories *categories = encoding->categories;
	Evidence evidence = count_evidence(encoding, targets);
	double all[2] = {0, 0}, value = 0;

	for (Size id = 0; id <= categories->n_known; id++)
		for (int k = 0; k < 2; k++)
			all[k] += evidence.of[k][id];
	/* a term may be -0, the sum not */
	if (categories->missing_is_category)
		value += information_of(evidence.of[1][GE_ID_MISSING],
								evidence.of[0][GE_ID_MISSING], all[1], all[0]);
	for (Size k = 0; k < categories->n_known; k++)
	{
		uint32 id = categories->order[k];

		value += information_of(evidence.of[1][id], evidence.of[0][id], all[1], all[0]);
	}
	pfree(evidence.of[0]);
	pfree(evidence.of[1]);
	return all[0] == 0 || all[1] == 0 ? ge_no_value() : value;
}

static void
count_categories(GeRun *run, const GeRunEncoding *encoding, GeScreened *screened)
{
	const GeCategories *categories = encoding->categories;
	uint64 *n_rows = ge_job_count_rows(run, encoding->id_column, categories->n_known);

	screened->n_rows = run->rows[0]->n_rows;
	screened->missing = n_rows[GE_ID_MISSING];
	for (Size id = !categories->missing_is_category; id <= categories->n_known; id++)
	{
		screened->categories += n_rows[id] > 0;
		screened->largest = Max(screened->largest, n_rows[id]);
		screened->singletons += n_rows[id] == 1;
	}
	pfree(n_rows);
}

GeScreened *
ge_job_screen(GeRun *run)
{
	const GePlan *plan = run->plan;
	GeScreened *screened = palloc0_array(GeScreened, plan->n_encodings + 1);
	Score *out_of_fold, *full;
	Targets targets;

	if (plan->n_encodings == 0)
		return screened;
	ge_job_fetch_encodings(run);
	targets = prepare_targets(run);
	out_of_fold = score_rows(run, &targets, GE_ENCODINGS_OUT_OF_FOLD);
	full = score_rows(run, &targets, GE_ENCODINGS_FULL);
	for (int e = 0; e < plan->n_encodings; e++)
	{
		const GeRunEncoding *encoding = &run->encodings[e];

		screened[e].column_name = encoding->plan->name;
		screened[e].is_number =
			ge_type_is_number(plan->columns[encoding->plan->parts[0]].type);
		count_categories(run, encoding, &screened[e]);
		screened[e].information_value =
			targets.fit->class >= 0 || run->targets[targets.fit->target].is_binary
				? information_value(encoding, &targets)
				: ge_no_value();
		screened[e].r2_out_of_fold = r2_of_score(&out_of_fold[e]);
		screened[e].r2_full = r2_of_score(&full[e]);
	}
	return screened;
}
