/*
 * dictionary_run.h: columns of keys through a backend's dictionaries, and what comes out.
 */
#ifndef GE_DICTIONARY_RUN_H
#define GE_DICTIONARY_RUN_H

#include "key_column.h"

/* What a dictionary makes of one column. */
typedef struct DictionaryResult
{
	GeStatus status; /* the first one that is not GE_OK */
	uint32_t n_rows;
	uint32_t size;	   /* categories */
	int64_t *codes;	   /* by row: rank of the key's id in sorted order, -1: missing */
	int64_t *values;   /* int64: the keys in sorted order */
	uint64_t *offsets; /* bytes: the same, size + 1 */
	uint8_t *bytes;
} DictionaryResult;

/* All columns at once, in batches of 1..largest_batch rows; results[n] are filled. */
extern void dictionary_run(const GeBackend *backend, GeContext *context,
						   KeyColumn *const *columns, uint32_t n, uint32_t largest_batch,
						   DictionaryResult *results);
extern void dictionary_result_free(DictionaryResult *result);

/* NULL when codes and keys are those of the definition, else what is wrong. */
extern const char *dictionary_fault(const DictionaryResult *result,
									const KeyColumn *column);

/* NULL when both are the same, else what differs. */
extern const char *dictionary_difference(const DictionaryResult *a,
										 const DictionaryResult *b);

#endif /* GE_DICTIONARY_RUN_H */
