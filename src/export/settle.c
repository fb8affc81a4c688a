/*
 * settle.c: the rows of a part, once all are read: checked, put in order, and what missing
 * and unknown values get.
 */
#include "postgres.h"

#include <math.h>

#include "miscadmin.h"

#include "base/shown.h"
#include "export/internal.h"

static int
compare_texts(const GeExportPart *part, char *const *a, char *const *b)
{
	int order = 0;

	for (int k = 0; k < part->n_columns && order == 0; k++)
		order = strcmp(a[k], b[k]);
	return order;
}

static int
compare_categories(const void *left, const void *right, void *arg)
{
	const GeExportPart *part = arg;
	Size a = *(const uint32 *) left, b = *(const uint32 *) right;

	CHECK_FOR_INTERRUPTS();
	return compare_texts(part, &part->texts[a * part->n_columns],
						 &part->texts[b * part->n_columns]);
}

static int
compare_codes(const void *left, const void *right, void *arg)
{
	const GeExportPart *part = arg;
	int32 a = part->codes[*(const uint32 *) left],
		  b = part->codes[*(const uint32 *) right];

	return a != b ? (a < b ? -1 : 1) : compare_categories(left, right, arg);
}

/* Sort, and refuse a category that stands in the encoder twice. */
static void
order_categories(const char *encoder, GeExportPart *part)
{
	uint32 n = part->n_categories;

	qsort_arg(part->order, n, sizeof(uint32), compare_categories, part);
	for (uint32 i = 1; i < n; i++)
		if (compare_categories(&part->order[i - 1], &part->order[i], part) == 0)
			ge_encoder_damaged(encoder, psprintf("\"%s\" has two rows of one category.",
												 ge_shown(part->name)));
	if (part->is_label)
		qsort_arg(part->order, n, sizeof(uint32), compare_codes, part);
}

int64
ge_export_find(const GeExportPart *part, char *const *texts)
{
	for (uint32 place = 0; place < part->n_categories; place++)
		if (compare_texts(part, ge_export_texts(part, place), texts) == 0)
			return place;
	return -1;
}

/* A category with the code of rare ones has their encodings. */
static void
check_pooled(const char *encoder, const GeExportPart *part, const GeEncoderPart *loaded)
{
	if (!loaded->has_infrequent)
		return;
	for (Size i = 0; i < part->n_categories; i++)
		for (int k = 0; k < part->n_outputs; k++)
		{
			double encoding = part->encodings[i * part->n_outputs + k],
				   pool = loaded->infrequent.encodings[k];

			if (part->codes[i] == loaded->infrequent.code && encoding != pool &&
				!(isnan(encoding) && isnan(pool)))
				ge_encoder_damaged(encoder,
								   psprintf("Column \"%s\" has a rare category with an "
											"encoding of its own.",
											ge_shown(part->name)));
		}
}

/* What a NULL gets. */
static GeExportAnswer
answer_missing(const GeExportPart *part, const GeEncoderPart *loaded)
{
	GeMissing missing = part->options->handle_missing;
	double *encodings = palloc_array(double, part->n_outputs + 1);

	for (int k = 0; k < part->n_outputs; k++)
	{
		encodings[k] = loaded->missing.encodings[k];
		if (missing == GE_MISSING_NULL)
			encodings[k] = ge_no_value();
		else if (isnan(encodings[k]))
			encodings[k] = loaded->prior.encodings[k];
	}
	return (GeExportAnswer){.is_error = missing == GE_MISSING_ERROR,
							.code_is_null = missing != GE_MISSING_CATEGORY,
							.code = loaded->missing.code,
							.encodings = encodings};
}

/* The code that a label column gives unknown values, as the encoder says. */
static void
answer_unknown_code(const GeEncoderPart *loaded, GeExportAnswer *answer)
{
	const GeColumnOptions *options = &loaded->column->options;

	answer->is_error = options->handle_unknown == GE_UNKNOWN_ERROR;
	answer->code_is_null = options->handle_unknown == GE_UNKNOWN_NULL;
	if (options->handle_unknown == GE_UNKNOWN_INFREQUENT)
	{
		if (!loaded->has_infrequent)
			ge_unknown_refuse_infrequent(loaded->name);
		answer->code = loaded->infrequent.code;
	}
	else if (options->handle_unknown == GE_UNKNOWN_VALUE)
	{
		ge_unknown_value_check(options->unknown_value, loaded->name, loaded->n_codes);
		answer->code = options->unknown_value;
	}
}

static double *
copy_encodings(const double *encodings, int n)
{
	double *copy = palloc_array(double, n + 1);

	if (n > 0)
		memcpy(copy, encodings, sizeof(double) * n);
	return copy;
}

/* The forms have one answer for unseen categories: the prior. */
static void
require_prior(const GeExportPart *part)
{
	if (part->n_outputs > 0 && part->options->unseen != GE_UNSEEN_PRIOR)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("an encoder whose \"unseen\" is \"%s\" cannot be exported",
						ge_unseen_words[part->options->unseen]),
				 errdetail("Column \"%s\" has it.", ge_shown(part->name)),
				 errhint("Fit the encoder without it, or apply it with transform().")));
}

void
ge_export_settle(const char *encoder, GeExportPart *part, const GeEncoderPart *loaded)
{
	require_prior(part);
	order_categories(encoder, part);
	part->missing = answer_missing(part, loaded);
	part->unknown.encodings = copy_encodings(loaded->prior.encodings, part->n_outputs);
	if (!part->is_label)
		return;
	ge_encoder_check_codes(encoder, loaded);
	check_pooled(encoder, part, loaded);
	answer_unknown_code(loaded, &part->unknown);
}
