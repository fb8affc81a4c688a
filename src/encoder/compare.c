/*
 * compare.c: two encoders side by side.
 *
 * A column of the one is compared with the column of that name of the other, a combination
 * with a combination.  Encodings are compared by target and class: the means, else the
 * first statistic that both have.
 */
#include "postgres.h"

#include "base/compat.h"
#include "encoder/compare.h"

/* A column or combination that one of two encoders has, or both. */
typedef struct Pair
{
	GeDriftPart *sides[GE_DRIFT_N_SIDES]; /* NULL: that encoder lacks it */
	int n_targets;
	GeDriftTarget *targets; /* of either; one without a name if there is none */
} Pair;

/* The target's place on a side of a pair; -1: that side lacks it. */
static int
find_target(const GeDriftPart *part, const GeDriftTarget *wanted)
{
	return part == NULL ? -1 : ge_drift_find_target(part, wanted);
}

static bool
is_of_target(const GeEncoderOutput *output, const GeDriftTarget *wanted)
{
	const GeDriftTarget target = {output->target, output->class};

	return ge_drift_same_target(&target, wanted);
}

/* The targets of both sides, each once. */
static void
join_targets(Pair *pair)
{
	int most = 1;

	for (int side = 0; side < GE_DRIFT_N_SIDES; side++)
		if (pair->sides[side] != NULL)
			most += pair->sides[side]->n_targets;
	pair->targets = palloc0_array(GeDriftTarget, most);
	for (int side = 0; side < GE_DRIFT_N_SIDES; side++)
		for (int k = 0; pair->sides[side] != NULL && k < pair->sides[side]->n_targets;
			 k++)
		{
			const GeDriftTarget *target = &pair->sides[side]->targets[k];

			if (side == 0 || find_target(pair->sides[0], target) < 0)
				pair->targets[pair->n_targets++] = *target;
		}
	pair->n_targets = Max(pair->n_targets, 1);
}

/* The output of a target with that statistic; -1: there is none. */
static int
find_output(const GeDriftPart *part, const GeDriftTarget *target, const char *stat)
{
	for (int i = 0; i < part->outputs->n; i++)
	{
		const GeEncoderOutput *output = &part->outputs->outputs[i];

		if (is_of_target(output, target) && strcmp(output->stat.name, stat) == 0)
			return i;
	}
	return -1;
}

/* The statistic that is compared of a target: the mean, else the first that both have. */
static const char *
common_stat(const Pair *pair, const GeDriftTarget *target)
{
	const GeDriftPart *before = pair->sides[GE_DRIFT_BEFORE],
					  *after = pair->sides[GE_DRIFT_AFTER];
	const char *found = NULL;

	for (int i = 0; i < before->outputs->n; i++)
	{
		const GeEncoderOutput *output = &before->outputs->outputs[i];

		if (!is_of_target(output, target) ||
			find_output(after, target, output->stat.name) < 0)
			continue;
		if (found == NULL || output->stat.kind == GE_FINISH_MEAN)
			found = output->stat.name;
	}
	return found;
}

/* Which encodings are compared: a series for each target. */
static void
set_series(GeDrift *drift, int number, Pair *pair)
{
	int *outputs[GE_DRIFT_N_SIDES];

	if (pair->sides[0] == NULL || pair->sides[1] == NULL)
		return;
	ge_drift_set_series(drift, number, pair->n_targets);
	for (int side = 0; side < GE_DRIFT_N_SIDES; side++)
		pair->sides[side]->series = outputs[side] = palloc_array(int, pair->n_targets);
	for (int k = 0; k < pair->n_targets; k++)
	{
		const char *stat = common_stat(pair, &pair->targets[k]);

		for (int side = 0; side < GE_DRIFT_N_SIDES; side++)
			outputs[side][k] =
				stat == NULL ? -1
							 : find_output(pair->sides[side], &pair->targets[k], stat);
	}
}

/* All that one of them has, or both. */
static Pair *
pair_parts(GeDriftPart *const *parts, const int *n_parts, int *n)
{
	Pair *pairs = palloc0_array(Pair, n_parts[0] + n_parts[1] + 1);

	*n = 0;
	for (int side = 0; side < GE_DRIFT_N_SIDES; side++)
		for (int i = 0; i < n_parts[side]; i++)
		{
			GeDriftPart *part = &parts[side][i],
						*other = ge_drift_find_part(parts[1 - side], n_parts[1 - side],
													part->name, part->n_names == 1);
			Pair *pair = &pairs[*n];

			if (side == GE_DRIFT_AFTER && other != NULL)
				continue;
			pair->sides[side] = part;
			pair->sides[1 - side] = other;
			part->number = *n;
			if (other != NULL)
				other->number = *n;
			join_targets(pair);
			(*n)++;
		}
	return pairs;
}

static GeCompared
answer_target(const Pair *pair, int k, const GeDriftFigures *figures)
{
	const GeDriftPart *any = pair->sides[0] != NULL ? pair->sides[0] : pair->sides[1];
	GeCompared compared = {.column_name = any->name,
						   .target = pair->targets[k].target,
						   .class = pair->targets[k].class,
						   .figures = figures,
						   .largest_shift = ge_no_value()};

	for (int side = 0; side < GE_DRIFT_N_SIDES; side++)
	{
		int at = find_target(pair->sides[side], &pair->targets[k]);

		compared.has[side] = pair->sides[side] != NULL;
		compared.priors[side] = at < 0 ? ge_no_value() : pair->sides[side]->priors[at];
	}
	if (k < figures->n_series && figures->shifts[k].key != NULL)
	{
		compared.largest_shift = figures->shifts[k].shift;
		compared.largest_shift_value = ge_drift_key_text(
			figures->shifts[k].key, figures->shifts[k].length, any->n_names);
	}
	return compared;
}

GeCompared *
ge_encoders_compare(GeEncoder *before, GeEncoder *after, int *n)
{
	int n_parts[GE_DRIFT_N_SIDES], n_pairs, n_rows = 0;
	GeDriftPart *parts[] = {ge_drift_parts(before, &n_parts[GE_DRIFT_BEFORE]),
							ge_drift_parts(after, &n_parts[GE_DRIFT_AFTER])};
	Pair *pairs = pair_parts(parts, n_parts, &n_pairs);
	GeDrift *drift =
		ge_drift_create(n_pairs, ge_encoder_name(before), ge_encoder_name(after));
	const GeDriftFigures *figures;
	GeCompared *compared;

	for (int i = 0; i < n_pairs; i++)
	{
		set_series(drift, i, &pairs[i]);
		n_rows += pairs[i].n_targets;
	}
	ge_drift_add_encoder(drift, GE_DRIFT_BEFORE, before, parts[GE_DRIFT_BEFORE],
						 n_parts[GE_DRIFT_BEFORE]);
	ge_drift_add_encoder(drift, GE_DRIFT_AFTER, after, parts[GE_DRIFT_AFTER],
						 n_parts[GE_DRIFT_AFTER]);
	figures = ge_drift_finish(drift);
	compared = palloc_array(GeCompared, n_rows + 1);
	*n = 0;
	for (int i = 0; i < n_pairs; i++)
		for (int k = 0; k < pairs[i].n_targets; k++)
			compared[(*n)++] = answer_target(&pairs[i], k, &figures[i]);
	return compared;
}
