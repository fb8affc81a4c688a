/*
 * dictionary_splitters.h: keys that cut a dictionary's keys into ranges, its leaves.
 */
#ifndef GE_CUDA_DICTIONARY_SPLITTERS_H
#define GE_CUDA_DICTIONARY_SPLITTERS_H

#include "dictionary.h"
#include "dictionary_spill_kernels.h"

#ifdef __cplusplus
extern "C"
{
#endif

	/* n keys, ascending, on the host; all zeros: none, so that there is one leaf. */
	typedef struct GeSplitters
	{
		uint32_t n;
		uint32_t capacity;
		int64_t *values;
		uint32_t *starts; /* of each: its first word */
		uint32_t *lengths;
		uint64_t *words; /* zero padded */
		uint64_t n_words;
		uint64_t word_capacity;
	} GeSplitters;

	/* Append splitters [first, first + n) of another list. */
	GeStatus ge_splitters_append(GeSplitters *splitters, GeKeyKind kind,
								 const GeSplitters *other, uint32_t first, uint32_t n,
								 GeError *error);
	/* Choose them from a sample of the keys that the device holds. */
	GeStatus ge_splitters_sample(GeSplitters *splitters, GeDictionary *dictionary,
								 GeError *error);
	/* Copy them to the device. */
	GeStatus ge_splitters_send(const GeSplitters *splitters, GeContext *context,
							   GeKeyKind kind, GeBuffer *buffer, GeSplitterView *view,
							   GeError *error);
	void ge_splitters_free(GeSplitters *splitters);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_DICTIONARY_SPLITTERS_H */
