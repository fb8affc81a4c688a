/*
 * results.c: label codes and encodings of some rows of a segment, in arrays.
 *
 * Works column by column, so that the processor can overlap its reads of large code
 * tables.
 */
#include "postgres.h"

#include <math.h>

#include "base/shown.h"
#include "job/results.h"

void
ge_results_create(GeResults *results, const GeRun *run, uint32 max_rows)
{
	*results = (GeResults){0};
	results->buffers = ge_job_target_buffers(max_rows);
	results->codes = palloc0_array(GeResultColumn, run->plan->n_columns + 1);
	results->encodings = palloc0_array(GeResultColumn, run->plan->n_outputs + 1);
	results->finishes = palloc_array(double *, run->plan->n_outputs + 1);
	for (int i = 0; i < run->plan->n_columns; i++)
		if (run->plan->columns[i].is_label)
		{
			results->codes[i].codes = palloc_array(int32, max_rows);
			results->codes[i].is_null = palloc_array(uint8, max_rows);
		}
	for (int i = 0; i < run->plan->n_outputs; i++)
	{
		results->encodings[i].encodings = palloc_array(double, max_rows);
		results->encodings[i].is_null = palloc_array(uint8, max_rows);
		if (run->plan->options.encodings_are_float4)
			results->encodings[i].floats = palloc_array(float, max_rows);
	}
}

/* Input and output of set_codes(). */
typedef struct CodeRules
{
	const int32 *code; /* by id, 1..n_known */
	uint32 n_known;
	int32 missing_code;
	bool missing_is_null;
	int32 unknown_code;
	bool unknown_is_null;
	uint64 n_missing;
	uint64 n_unknown;
} CodeRules;

/* The code of a row whose id has no code; returns whether the result is NULL. */
static bool
set_exception(CodeRules *rules, uint32 id, int32 *code)
{
	if (id == GE_ID_MISSING)
	{
		rules->n_missing++;
		*code = rules->missing_code;
		return rules->missing_is_null;
	}
	rules->n_unknown++;
	*code = rules->unknown_code;
	return rules->unknown_is_null;
}

/* One loop for each width of ids; returns whether any code is NULL. */
#define DEFINE_SET_CODES(name, type)                                                     \
	static bool name(CodeRules *rules, const type *ids, uint32 n, int32 *codes,          \
					 uint8 *is_null)                                                     \
	{                                                                                    \
		bool any_null = false;                                                           \
                                                                                         \
		for (uint32 row = 0; row < n; row++)                                             \
		{                                                                                \
			uint32 id = ids[row];                                                        \
                                                                                         \
			if (id - 1 < rules->n_known)                                                 \
				codes[row] = rules->code[id];                                            \
			else                                                                         \
			{                                                                            \
				is_null[row] = set_exception(rules, id, &codes[row]);                    \
				any_null |= is_null[row];                                                \
			}                                                                            \
		}                                                                                \
		return any_null;                                                                 \
	}
DEFINE_SET_CODES(set_codes_of_bytes, uint8)
DEFINE_SET_CODES(set_codes_of_shorts, uint16)
DEFINE_SET_CODES(set_codes_of_words, uint32)

/* The label codes of one column. */
static void
make_codes(GeResults *results, const GeRun *run, int i, const GeSegment *segment,
		   uint32 first, uint32 n, uint32 at)
{
	const GeColumnOptions *options = &run->plan->columns[i].options;
	const GeCategories *categories = &run->categories[i];
	bool pools_unknown = options->handle_unknown == GE_UNKNOWN_INFREQUENT;
	const GeIds *ids = &segment->ids[i];
	GeResultColumn *result = &results->codes[i];
	int32 *codes = result->codes + at;
	uint8 *is_null = result->is_null + at;
	CodeRules rules = {.code = categories->code,
					   .n_known = categories->n_known,
					   .missing_code = categories->missing_code,
					   .missing_is_null = options->handle_missing != GE_MISSING_CATEGORY,
					   .unknown_code = pools_unknown ? categories->infrequent_code
													 : options->unknown_value,
					   .unknown_is_null =
						   !pools_unknown && options->handle_unknown != GE_UNKNOWN_VALUE};

	memset(is_null, false, n);
	if (ids->width == sizeof(uint8))
		result->any_null |=
			set_codes_of_bytes(&rules, (uint8 *) ids->data + first, n, codes, is_null);
	else if (ids->width == sizeof(uint16))
		result->any_null |=
			set_codes_of_shorts(&rules, (uint16 *) ids->data + first, n, codes, is_null);
	else
		result->any_null |=
			set_codes_of_words(&rules, (uint32 *) ids->data + first, n, codes, is_null);
	results->counts.missing_labels += rules.n_missing;
	results->counts.unknown_labels += rules.n_unknown;
}

/* The full encodings of one output. */
static void
make_full_encodings(const GeRunOutput *output, const GeRunEncoding *encoding,
					const GeSegment *segment, uint32 first, uint32 n, double *encodings)
{
	const GeIds *ids = &segment->ids[encoding->id_column];
	uint32 n_known = encoding->categories->n_known;

	for (uint32 row = 0; row < n; row++)
	{
		uint32 id = ge_ids_get(ids, first + row);

		encodings[row] = id <= n_known ? output->full[id] : output->unseen;
	}
}

/* Cells, one for each encoding of a row, however many outputs it has. */
static void
count_unseen(GeResults *results, const GeRunEncoding *encoding, const GeSegment *segment,
			 uint32 first, uint32 n)
{
	const GeIds *ids = &segment->ids[encoding->id_column];

	for (uint32 row = 0; row < n; row++)
		if (ge_is_unseen(encoding, ge_ids_get(ids, first + row)))
			results->counts.unseen_targets++;
}

/* Of one fit, all its outputs at once. */
static GeStatus
make_out_of_fold_encodings(GeResults *results, const GeRun *run,
						   const GeRunEncoding *encoding, const GeRunFit *fit,
						   const GeSegment *segment, uint32 first, uint32 n, uint32 at,
						   GeError *error)
{
	GeTargetRows rows;
	GeStatus status;

	ge_job_target_rows(run, encoding, segment, first, n, &results->buffers, &rows);
	for (int k = 0; k < fit->plan->n_outputs; k++)
		results->finishes[k] = results->encodings[fit->plan->outputs[k]].encodings + at;
	status = ge_compute_try_target_rows(run->compute, fit->target, &rows,
										results->finishes, error);
	if (status == GE_OK)
		ge_job_clear_encodings(run, fit, n, results->finishes);
	return status;
}

/*
 * Which encodings are NULL: those without a value, and those of missing and unseen
 * categories, if the options say so.
 */
static void
make_null_encodings(GeResultColumn *result, const GeRunEncoding *encoding,
					const double *encodings, const GeSegment *segment, uint32 first,
					uint32 n, uint32 at)
{
	const GeColumnOptions *options = &encoding->plan->options;
	const GeIds *ids = &segment->ids[encoding->id_column];
	uint8 *is_null = result->is_null + at;
	uint8 any_null = false;

	for (uint32 row = 0; row < n; row++)
	{
		is_null[row] = isnan(encodings[row]) != 0;
		any_null |= is_null[row];
	}
	result->any_null |= any_null;
	if (options->handle_missing != GE_MISSING_NULL && options->unseen != GE_UNSEEN_NULL)
		return;
	for (uint32 row = 0; row < n; row++)
	{
		uint32 id = ge_ids_get(ids, first + row);

		if (id == GE_ID_MISSING
				? options->handle_missing == GE_MISSING_NULL
				: options->unseen == GE_UNSEEN_NULL && ge_is_unseen(encoding, id))
			is_null[row] = result->any_null = true;
	}
}

/* Round to float4; false: one is beyond its range. */
static bool
round_to_float4(const double *encodings, uint32 n, float *floats)
{
	bool is_beyond = false;

	for (uint32 row = 0; row < n; row++)
	{
		floats[row] = (float) encodings[row] + 0.0f; /* -0 becomes 0 */
		is_beyond |= isinf(floats[row]) != 0;
	}
	return !is_beyond;
}

static GeStatus
make_encodings(GeResults *results, const GeRun *run, int i, const GeSegment *segment,
			   uint32 first, uint32 n, uint32 at, GeEncodings which, GeError *error)
{
	const GeRunEncoding *encoding = &run->encodings[i];
	int first_output = encoding->plan->first_output,
		end = first_output + encoding->plan->n_outputs;

	if (which == GE_ENCODINGS_FULL || encoding->categories->is_closed)
		count_unseen(results, encoding, segment, first, n);
	for (int k = 0; k < encoding->plan->n_fits && which == GE_ENCODINGS_OUT_OF_FOLD; k++)
	{
		GeStatus status = make_out_of_fold_encodings(
			results, run, encoding, &encoding->fits[k], segment, first, n, at, error);

		results->failed = encoding;
		if (status != GE_OK)
			return status;
	}
	for (int o = first_output; o < end; o++)
	{
		GeResultColumn *result = &results->encodings[o];
		const double *encodings = result->encodings + at;

		if (which == GE_ENCODINGS_FULL)
			make_full_encodings(&run->outputs[o], encoding, segment, first, n,
								result->encodings + at);
		else if (which == GE_ENCODINGS_ELSEWHERE)
			encodings = results->elsewhere[o] + at;
		make_null_encodings(result, encoding, encodings, segment, first, n, at);
		if (result->floats == NULL || round_to_float4(encodings, n, result->floats + at))
			continue;
		results->failed = encoding;
		results->is_beyond_float4 = true;
		return GE_SUM_OVERFLOW;
	}
	return GE_OK;
}

GeStatus
ge_results_make(GeResults *results, const GeRun *run, const GeSegment *segment,
				uint32 first, uint32 n, uint32 at, GeEncodings which, GeError *error)
{
	GeStatus status = GE_OK;

	for (int i = 0; i < run->plan->n_columns; i++)
		if (run->plan->columns[i].is_label)
			make_codes(results, run, i, segment, first, n, at);
	for (int i = 0; i < run->plan->n_encodings && status == GE_OK; i++)
		status = make_encodings(results, run, i, segment, first, n, at, which, error);
	return status;
}

GeStatus
ge_results_make_part(GeResults *results, const GeRun *run, int column, int encoding,
					 const GeSegment *segment, GeEncodings which, GeError *error)
{
	if (column >= 0)
		make_codes(results, run, column, segment, 0, segment->n_rows, 0);
	if (encoding < 0)
		return GE_OK;
	return make_encodings(results, run, encoding, segment, 0, segment->n_rows, 0, which,
						  error);
}

void
ge_results_report(const GeResults *results, const GeRun *run, GeStatus status,
				  const GeError *error)
{
	const char *name = results->failed == NULL ? NULL : results->failed->plan->name;

	if (status != GE_OK && results->is_beyond_float4)
		ereport(ERROR, (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
						errmsg("an encoding of \"%s\" is beyond the range of real",
							   ge_shown(name)),
						errhint("Say encoding_type => 'float8'.")));
	ge_compute_report(run->compute, status, error, name);
}
