/*
 * step.h: rows of one dictionary on their way through the device.
 *
 *   filling    rows of callers are copied in, behind one another
 *   finding    copies, the find kernel and the copy out of ids and counts are queued
 *   inserting  some rows were not found: insert kernels and a second copy are queued
 *   (retired)  the ids are in the callers' arrays; the step is on the free list
 *
 * At most GE_STEPS_IN_FLIGHT steps of a context are finding or inserting.
 */
#ifndef GE_CUDA_DICTIONARY_STEP_H
#define GE_CUDA_DICTIONARY_STEP_H

#include "dictionary/dictionary.h"

#ifdef __cplusplus
extern "C"
{
#endif

#define GE_STEPS_IN_FLIGHT 4
#define GE_STEP_ROWS_LEAST (UINT32_C(1) << 16)
#define GE_STEP_ROWS_MOST (UINT32_C(1) << 20)
/* Bytes of keys that a step has room for, per row of room. */
#define GE_STEP_BYTES_PER_ROW 16

	/* The destination of the ids of consecutive rows of a step. */
	typedef struct GeIdRun
	{
		uint32_t *ids;
		uint32_t n_rows;
	} GeIdRun;

	/* Pinned memory for what comes back from a step in flight. */
	typedef struct GeReturn
	{
		struct GeReturn *next;
		uint32_t *ids;
		uint32_t capacity; /* ids */
		GeDictionaryCounts *counts;
		cudaEvent_t done;
	} GeReturn;

	typedef struct GeStep
	{
		struct GeStep *next;
		GeDictionary *dictionary; /* NULL: its dictionary was freed */
		GeBuffer device;		  /* everything of view */
		GeStepView view;
		uint32_t row_capacity;
		uint64_t byte_capacity;
		uint64_t n_bytes;
		bool has_missing; /* view.missing was cleared and is in use */
		bool is_inserting;
		GeIdRun *id_runs;
		uint32_t n_id_runs, id_run_capacity;
		uint32_t *long_rows; /* on the host, n_long of them */
		uint32_t long_capacity;
		GeReturn *returning; /* while in flight */
	} GeStep;

	/* Copy rows [first, first + n) of keys behind the step's rows; there must be room. */
	GeStatus ge_cuda_step_append(GeStep *step, const GeKeys *keys, uint32_t first,
								 uint32_t n, uint32_t *ids, GeError *error);
	/* Rows from `first` on that still fit the step. */
	uint32_t ge_cuda_step_room(const GeStep *step, const GeKeys *keys, uint32_t first);
	/* An empty step with room for one row of at least `bytes` bytes. */
	GeStatus ge_cuda_step_begin(GeDictionary *dictionary, uint64_t bytes, GeError *error);
	/* Send the filling step of a dictionary on its way. */
	GeStatus ge_cuda_step_launch(GeDictionary *dictionary, GeError *error);
	/* Bring the oldest step in flight on: retire it, or queue its insertion. */
	GeStatus ge_cuda_step_advance(GeContext *context, GeError *error);
	/* Forget the steps of a dictionary; the device has been drained. */
	void ge_cuda_steps_forget(GeDictionary *dictionary);
	/* Free all steps of a context; the device has been drained. */
	void ge_cuda_steps_close(GeContext *context);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_DICTIONARY_STEP_H */
