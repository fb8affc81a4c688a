/*
 * codes.c: the label codes of a column of an encoder, checked.
 */
#include "postgres.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "base/shown.h"
#include "encoder/load.h"

GE_NORETURN static void
refuse_code(const char *encoder, const GeEncoderPart *part, int32 code)
{
	ge_encoder_damaged(encoder,
					   psprintf("Column \"%s\" has code %d twice or out of range.",
								ge_shown(part->name), code));
}

/* Take a code, which nothing else of the column may have. */
static void
take_code(const char *encoder, const GeEncoderPart *part, int32 code, bool *taken)
{
	if (code < 0 || code >= part->n_codes || taken[code])
		refuse_code(encoder, part, code);
	taken[code] = true;
}

/* Take the code that the row of kind 'infrequent' or 'missing' must have. */
static void
take_single(const char *encoder, const GeEncoderPart *part, const GeEncoderSingle *single,
			const char *kind, bool *taken)
{
	if (single->code_is_null)
		ge_encoder_damaged(encoder,
						   psprintf("The row of kind '%s' of column \"%s\" has no code.",
									kind, ge_shown(part->name)));
	take_code(encoder, part, single->code, taken);
}

void
ge_encoder_check_codes(const char *encoder, const GeEncoderPart *part)
{
	bool codes_missing = part->column->options.handle_missing == GE_MISSING_CATEGORY;
	int64 n_kept = 0;
	bool *taken =
		palloc_extended((Size) part->expected + 2, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);

	/* n_codes comes from outside, and `expected` rows were counted */
	if (part->n_codes > (int64) part->expected + 2)
		ge_encoder_damaged(encoder, "Its parameters have more codes than categories.");
	if (part->has_infrequent)
		take_single(encoder, part, &part->infrequent, "infrequent", taken);
	if (codes_missing)
		take_single(encoder, part, &part->missing, "missing", taken);
	for (uint32 id = 1; id <= part->expected; id++)
		if (!part->has_infrequent || part->codes[id] != part->infrequent.code)
		{
			take_code(encoder, part, part->codes[id], taken);
			n_kept++;
		}
	if (n_kept + part->has_infrequent + codes_missing != part->n_codes)
		ge_encoder_damaged(encoder,
						   psprintf("Column \"%s\" lacks codes below " INT64_FORMAT ".",
									ge_shown(part->name), part->n_codes));
	pfree(taken);
}
