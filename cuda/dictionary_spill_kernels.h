/*
 * dictionary_spill_kernels.h: the kernels that sort keys into ranges, as C sees them.
 *
 * The keys of a spilled dictionary are cut into leaves, ranges of keys in ascending order.
 * n splitters make n + 1 leaves: a key belongs to leaf number (splitters not above it).
 */
#ifndef GE_CUDA_DICTIONARY_SPILL_KERNELS_H
#define GE_CUDA_DICTIONARY_SPILL_KERNELS_H

#include "dictionary_kernels.h"

#ifdef __cplusplus
extern "C"
{
#endif

/* In the place of an id: the row waits in the leaf of that number for its id. */
#define GE_ID_WAITING UINT32_C(0x80000000)

	/* Splitters on the device, ascending: values, or words of 8 bytes zero padded. */
	typedef struct GeSplitterView
	{
		uint32_t n;
		const int64_t *values;	 /* NULL: bytes */
		const uint32_t *starts;	 /* of each: its first word */
		const uint32_t *lengths; /* bytes */
		const uint64_t *words;
	} GeSplitterView;

	/* Rows of a step on their way to leaves; arrays of n_rows. */
	typedef struct GeRoute
	{
		uint32_t *leaves;	   /* by row; n + 1 where the row does not wait */
		uint64_t *rows;		   /* by row: length << 32 | row */
		uint32_t *by_leaf;	   /* leaves, sorted */
		uint64_t *rows_sorted; /* rows with them */
		uint32_t *starts;	   /* n + 2: the first sorted row of each leaf, and the end */
		uint32_t *ends;		   /* bytes: running sums of lengths, in sorted order */
		uint64_t *out;		   /* keys in sorted order: values, or bytes in whole words */
	} GeRoute;

	/* leaves and rows of all rows; ids of those not found become GE_ID_WAITING | leaf. */
	cudaError_t ge_route_rows_launch(const GeStepView *step,
									 const GeSplitterView *splitters,
									 const GeRoute *route, cudaStream_t stream);
	/* starts, and the lengths of the first n_waiting sorted rows into ends. */
	cudaError_t ge_route_starts_launch(const GeStepView *step,
									   const GeSplitterView *splitters,
									   const GeRoute *route, uint32_t n_waiting,
									   cudaStream_t stream);
	/* out, from ends that were summed; at most `words` words. */
	cudaError_t ge_route_keys_launch(const GeStepView *step, const GeRoute *route,
									 uint32_t n_waiting, uint64_t words,
									 cudaStream_t stream);
	/* The leaves of ids first..first + n - 1. */
	cudaError_t ge_route_ids_launch(const GeTableView *table,
									const GeSplitterView *splitters, uint32_t first,
									uint32_t n, uint32_t *leaves, cudaStream_t stream);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_DICTIONARY_SPILL_KERNELS_H */
