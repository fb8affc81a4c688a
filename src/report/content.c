/*
 * content.c: what a report says of an encoder, from one reading of its table.
 *
 * Of categories the page shows those with the most rows, and others that the hash of their
 * keys picks, so that rare ones are there too.  All other figures are of all categories.
 */
#include "postgres.h"

#include <math.h>

#include "common/hashfn.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "base/shown.h"
#include "encoder/encodings.h"
#include "encoder/load.h"
#include "encoder/walk.h"
#include "moments/moments.h"
#include "report/internal.h"

/* What rows are read into. */
typedef struct Reading
{
	GeReport *report;
	MemoryContext context;
	GeMoments *moments; /* room for those of a target */
} Reading;

/* A row of a category, or of missing values. */
typedef struct Row
{
	uint64 n_rows;
	double *encodings; /* by output */
	double *means;	   /* by target; ge_no_value(): no targets */
	double *weights;
	uint64 *n_targets;
} Row;

static double *
take_encodings(GeEncoderWalk *walk, const GeDriftPart *part)
{
	double *encodings = palloc_array(double, part->outputs->n + 1);

	if (part->is_encoded)
		ge_encodings_take(&walk->encoder->cursor, part->outputs->n, encodings);
	return encodings;
}

static Row
take_figures(GeEncoderWalk *walk, int i)
{
	const GeDriftPart *part = &walk->parts[i];
	Datum *values = ge_walk_moments(walk, i);
	GeMoments *moments = ((Reading *) walk->arg)->moments;
	Row row = {.n_rows = ge_walk_n_rows(walk),
			   .encodings = take_encodings(walk, part),
			   .means = palloc_array(double, part->n_targets + 1),
			   .weights = palloc_array(double, part->n_targets + 1),
			   .n_targets = palloc_array(uint64, part->n_targets + 1)};

	for (int k = 0; k < part->n_targets; k++)
	{
		ge_moments_open(values[k], moments);
		row.n_targets[k] = moments->n_target;
		row.weights[k] = ge_number_round(&moments->weight);
		row.means[k] = moments->weight.n == 0
						   ? ge_no_value()
						   : ge_number_round(&moments->sum) / row.weights[k];
	}
	return row;
}

static void
count_rows(const GeEncoderWalk *walk, GeReportPart *part, uint64 n_rows)
{
	if (part->n_rows > PG_INT64_MAX - n_rows)
		ge_encoder_damaged(ge_encoder_name(walk->encoder),
						   "Its rows count more rows than a table can have.");
	part->n_rows += n_rows;
}

static void
add_full_pairs(GeReportPart *part, const Row *row)
{
	for (int v = 0; v < part->n_views; v++)
	{
		GeReportView *view = &part->views[v];
		int k = (int) (view->target - part->part->targets);
		double x = row->encodings[view->output];

		if (!isnan(x) && row->n_targets[k] > 0)
			ge_pairs_add(&view->full, row->n_targets[k], row->weights[k], x,
						 isnan(row->means[k]) ? 0 : row->means[k]);
	}
}

/* A category's name: its beginning, if it is long. */
static char *
cut_name(const GeDriftPart *part, const char *key, Size length)
{
	char *label = ge_drift_key_text(key, length, part->n_names);

	/* the page has its own signs for control characters */
	return ge_shown_part(label, strlen(label), GE_SHOWN_CHARACTERS);
}

/* In the memory of the report, in one piece. */
static GeReportCategory *
keep_category(const GeEncoderWalk *walk, const GeDriftPart *part, const Row *row,
			  const char *name, uint64 hash)
{
	const Reading *reading = walk->arg;
	Size means = sizeof(double) * part->n_targets,
		 encodings = sizeof(double) * part->outputs->n, length = strlen(name) + 1;
	GeReportCategory *category = MemoryContextAlloc(
		reading->context, MAXALIGN(sizeof *category) + means + encodings + length);
	char *room = (char *) category + MAXALIGN(sizeof *category);
	bool no_code;

	category->n_rows = row->n_rows;
	category->hash = hash;
	category->code = DatumGetInt32(
		ge_encoder_field(&walk->encoder->cursor, GE_ENCODER_CODE, &no_code));
	category->has_code = !no_code;
	category->means = memcpy(room, row->means, means);
	category->encodings = memcpy(room + means, row->encodings, encodings);
	category->name = memcpy(room + means + encodings, name, length);
	return category;
}

/* Keep the category if the page may show it. */
static void
pick_category(const GeEncoderWalk *walk, int i, GeReportPart *part, const Row *row,
			  const char *key, Size length)
{
	uint64 hash = hash_bytes_extended((const unsigned char *) key, (int) length, 0);
	bool is_large = ge_picks_want(&part->largest, row->n_rows, hash),
		 is_other = ge_picks_want(&part->others, ~hash, row->n_rows);
	const GeDriftPart *drift = &walk->parts[i];
	char *name;

	if (!is_large && !is_other)
		return;
	name = cut_name(drift, key, length);
	if (is_large)
		ge_picks_put(&part->largest, row->n_rows, hash,
					 keep_category(walk, drift, row, name, hash));
	if (is_other)
		ge_picks_put(&part->others, ~hash, row->n_rows,
					 keep_category(walk, drift, row, name, hash));
}

/* What smoothing did to the category.  Of those moved equally far the first by name counts. */
static void
measure_move(const GeEncoderWalk *walk, int i, GeReportView *view, const Row *row,
			 const char *key, Size length)
{
	const GeDriftPart *part = &walk->parts[i];
	double mean = row->means[view->target - part->targets],
		   move = fabs(row->encodings[view->output] - mean);
	char *name;

	if (!ge_view_is_mean(view) || isnan(move))
		return;
	view->moved += move * (double) row->n_rows;
	view->moved_rows += row->n_rows;
	if (view->most_moved != NULL && move < view->largest_move)
		return;
	name = cut_name(part, key, length);
	if (view->most_moved != NULL && move == view->largest_move &&
		strcmp(name, view->most_moved) >= 0)
		return;
	if (view->most_moved != NULL)
		pfree(view->most_moved);
	view->largest_move = move;
	view->most_moved = MemoryContextStrdup(((Reading *) walk->arg)->context, name);
}

static void
take_category(GeEncoderWalk *walk, int i, GeReportPart *part)
{
	Row row = take_figures(walk, i);
	Size length;
	const char *key = ge_walk_key(walk, i, &length);

	if (row.n_rows == 0)
		return;
	count_rows(walk, part, row.n_rows);
	part->categories++;
	part->singletons += row.n_rows == 1;
	add_full_pairs(part, &row);
	pick_category(walk, i, part, &row, key, length);
	for (int v = 0; v < part->n_views; v++)
		measure_move(walk, i, &part->views[v], &row, key, length);
}

static void
take_missing(GeEncoderWalk *walk, int i, GeReportPart *part)
{
	Row row = take_figures(walk, i);

	count_rows(walk, part, row.n_rows);
	part->missing += row.n_rows;
	add_full_pairs(part, &row);
	for (int v = 0; v < part->n_views; v++)
		part->views[v].missing = row.encodings[part->views[v].output];
}

/* GeEncoderWalk.take */
static void
take(GeEncoderWalk *walk, int i, GeEncoderRowKind kind)
{
	GeReportPart *part = &((Reading *) walk->arg)->report->parts[i];

	if (kind == GE_ROW_CATEGORY)
		take_category(walk, i, part);
	else if (kind == GE_ROW_MISSING)
		take_missing(walk, i, part);
	else if (kind == GE_ROW_INFREQUENT)
		part->infrequent += ge_walk_n_rows(walk);
	else
	{
		double *unseen = take_encodings(walk, &walk->parts[i]);

		for (int v = 0; v < part->n_views; v++)
			part->views[v].prior = unseen[part->views[v].output];
	}
}

/* The mean, or else the first statistic, of each target and class. */
static void
list_views(GeReportPart *part)
{
	const GeEncoderOutputs *outputs = part->part->outputs;

	part->views = palloc0_array(GeReportView, part->part->n_targets + 1);
	for (int k = 0; k < part->part->n_targets; k++)
	{
		GeReportView *view = &part->views[part->n_views++];

		view->target = &part->part->targets[k];
		view->output = -1;
		for (int i = 0; i < outputs->n; i++)
		{
			const GeEncoderOutput *output = &outputs->outputs[i];
			const GeDriftTarget target = {output->target, output->class};

			if (output->target != NULL && ge_drift_same_target(&target, view->target) &&
				(view->output < 0 || output->stat.kind == GE_FINISH_MEAN))
				view->output = i;
		}
		view->stat = &outputs->outputs[view->output];
	}
}

GeReport *
ge_report_read(GeEncoder *encoder)
{
	GeReport *report = palloc0_object(GeReport);
	Reading reading = {.report = report,
					   .context = CurrentMemoryContext,
					   .moments = palloc_object(GeMoments)};
	GeEncoderWalk walk = {.encoder = encoder, .take = take, .arg = &reading};

	report->encoder = ge_encoder_name(encoder);
	report->parameters = ge_encoder_parameters(encoder);
	walk.parts = report->drift_parts = ge_drift_parts(encoder, &report->n_parts);
	walk.n_parts = report->n_parts;
	report->parts = palloc0_array(GeReportPart, report->n_parts + 1);
	for (int i = 0; i < report->n_parts; i++)
	{
		GeReportPart *part = &report->parts[i];
		const GeEncoderColumn *column;

		part->part = &report->drift_parts[i];
		column = part->part->n_names == 1
					 ? ge_encoder_find_column(report->parameters, part->part->name)
					 : NULL;
		part->is_label = column != NULL && column->is_label;
		part->n_codes = column != NULL ? column->n_codes : 0;
		list_views(part);
	}
	ge_encoder_walk(&walk);
	return report;
}
