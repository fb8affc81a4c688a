/*
 * lookup.h: one value looked up in an encoder table.
 *
 * A value becomes the canonical text of its category and is found through the encoder's
 * index by its hash, under the active snapshot and with the caller's rights.  The call
 * site keeps the encoder's parameters, the column's type, where the cursor found columns
 * and indexes, which it checks again each time, and the figures that the statement looked
 * up before (found_cache.h).
 */
#ifndef GE_ENCODER_LOOKUP_H
#define GE_ENCODER_LOOKUP_H

#include "postgres.h"
#include "fmgr.h"
#include "utils/array.h"

#include "category/category.h"
#include "encoder/cursor.h"
#include "encoder/encoder.h"

/* A column of an encoder, ready to look values up. */
typedef struct GeLookupColumn
{
	const GeEncoderColumn *column;
	/* of its type, which the statement may drop while it uses this: */
	Oid base_type;
	bool is_text_like;
	bool is_number;
	GeCategoryType *category;
	struct GeLookupColumn *next;
} GeLookupColumn;

typedef struct GeFoundCache GeFoundCache;

/* The memory of a function's call site. */
typedef struct GeLookup
{
	const char *name; /* of the encoder */
	Oid given; /* the relation that the call site named; the cursor's table may be another by now */
	GeEncoderCursor cursor;
	/* when the parameters were read, or last found to hold: */
	Oid file; /* the table's storage */
	LocalTransactionId transaction;
	SubTransactionId subtransaction;
	uint64 n_changes; /* of relations (base/relation.h) */
	GeEncoderParameters *parameters;
	GeLookupColumn *columns;
	GeFoundCache *found;
	int n_outputs; /* of the column or combination at hand; 0: encodings are not wanted */
	int output;	   /* the wanted one */
	MemoryContext context;
} GeLookup;

/* A row's figures, as looked up. */
typedef struct GeFound
{
	bool found;
	bool has_rows; /* the fitted source has the category */
	bool code_is_null;
	int32 code;
	bool encoding_is_null;
	double encoding; /* the wanted one */
	char *value;	 /* by_code only; in the caller's memory */
} GeFound;

/* The call site's memory of an encoder; replaced if the call asks for another encoder. */
extern GeLookup *ge_lookup_open(FunctionCallInfo fcinfo, Oid encoder);
/* A column that the encoder has: 42703 otherwise. */
extern GeLookupColumn *ge_lookup_column(GeLookup *lookup, const char *name);

/* The row of a category, by its canonical text. */
extern GeFound ge_lookup_value(GeLookup *lookup, const char *column, const char *value);
/* The row of a combination's category, by the canonical texts of its parts (text[]). */
extern GeFound ge_lookup_values(GeLookup *lookup, const char *name, ArrayType *values);
/* The row with a code. */
extern GeFound ge_lookup_code(GeLookup *lookup, const char *column, int32 code);
/* The row of kind 'missing' or 'prior' of a column, or of a combination. */
extern GeFound ge_lookup_kind(GeLookup *lookup, const char *name, bool is_combination,
							  const char *kind);

#endif /* GE_ENCODER_LOOKUP_H */
