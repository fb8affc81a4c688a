/*
 * results.c: label codes and encodings of some rows of a segment, in arrays.
 *
 * Works column by column, so that the processor can overlap its reads of large code
 * tables.
 */
#include "postgres.h"

#include "job/results.h"

void
ge_results_create(GeResults *results, const GeRun *run, uint32 max_rows)
{
	*results = (GeResults){0};
	results->buffers = ge_job_target_buffers(max_rows);
	results->codes = palloc0_array(GeResultColumn, run->plan->n_columns + 1);
	results->encodings = palloc0_array(GeResultColumn, run->plan->n_encodings + 1);
	for (int i = 0; i < run->plan->n_columns; i++)
		if (run->plan->columns[i].is_label)
		{
			results->codes[i].codes = palloc_array(int32, max_rows);
			results->codes[i].is_null = palloc_array(uint8, max_rows);
		}
	for (int i = 0; i < run->plan->n_encodings; i++)
	{
		results->encodings[i].encodings = palloc_array(double, max_rows);
		results->encodings[i].is_null = palloc_array(uint8, max_rows);
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

static void
make_full_encodings(GeResults *results, const GeRunEncoding *encoding,
					const GeSegment *segment, uint32 first, uint32 n, double *encodings)
{
	const GeIds *ids = &segment->ids[encoding->id_column];
	uint32 n_known = encoding->categories->n_known;

	for (uint32 row = 0; row < n; row++)
	{
		uint32 id = ge_ids_get(ids, first + row);
		bool known = id <= n_known;

		encodings[row] = known ? encoding->full[id] : encoding->prior;
		if (id != GE_ID_MISSING && (!known || !encoding->seen[id]))
			results->counts.unseen_targets++;
	}
}

/* If there is no target at all, all encodings are NULL. */
static GeStatus
make_out_of_fold_encodings(GeResults *results, const GeRun *run,
						   const GeRunEncoding *encoding, const GeSegment *segment,
						   uint32 first, uint32 n, double *encodings, GeError *error)
{
	GeTargetRows rows;

	if (encoding->totals.n_targets == 0)
		return GE_OK;
	ge_job_target_rows(run, encoding, segment, first, n, &results->buffers, &rows);
	return ge_compute_try_target_rows(run->compute, encoding->target, &rows, &encodings,
									  error);
}

/* Which encodings are NULL; returns whether any is. */
static bool
make_null_encodings(const GeRunEncoding *encoding, const GeSegment *segment, uint32 first,
					uint32 n, uint8 *is_null)
{
	bool any_null = encoding->totals.n_targets == 0;

	memset(is_null, any_null, n);
	if (encoding->plan->options.handle_missing != GE_MISSING_NULL)
		return any_null;
	for (uint32 row = 0; row < n; row++)
		if (ge_ids_get(&segment->ids[encoding->id_column], first + row) == GE_ID_MISSING)
			is_null[row] = any_null = true;
	return any_null;
}

static GeStatus
make_encodings(GeResults *results, const GeRun *run, int i, const GeSegment *segment,
			   uint32 first, uint32 n, uint32 at, GeEncodings which, GeError *error)
{
	const GeRunEncoding *encoding = &run->encodings[i];
	GeResultColumn *result = &results->encodings[i];
	GeStatus status = GE_OK;

	if (which == GE_ENCODINGS_FULL)
		make_full_encodings(results, encoding, segment, first, n, result->encodings + at);
	else if (which == GE_ENCODINGS_OUT_OF_FOLD)
		status = make_out_of_fold_encodings(results, run, encoding, segment, first, n,
											result->encodings + at, error);
	result->any_null |=
		make_null_encodings(encoding, segment, first, n, result->is_null + at);
	if (status != GE_OK)
		results->failed = encoding;
	return status;
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
