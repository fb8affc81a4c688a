/*
 * target_windows.h: a target whose cells do not fit the device's memory.
 *
 * Ids are cut into windows of as many as fit.  Rows are collected on the device as they are
 * added, some millions of them sorted by window at a time, and kept in temporary files: the number of their cell within the window, and the
 * target.  One more target of a single category takes all rows as they come, for the
 * priors.  target_finish makes a target of its own of each window, adds its rows, and
 * copies out: the encodings of its cells, which stay in the host's memory, where
 * target_rows looks them up; and the sums of its categories, to a file, from which
 * target_statistics fetches what it is asked for.
 */
#ifndef GE_CUDA_TARGET_WINDOWS_H
#define GE_CUDA_TARGET_WINDOWS_H

#include "spill_file.h"
#include "target.h"
#include "target_windows_kernels.h"

#ifdef __cplusplus
extern "C"
{
#endif

	/* Rows of one window as they stand in a file. */
	typedef struct GeWindowChunk
	{
		uint64_t at; /* cells (uint32_t), then targets (uint64_t) */
		uint32_t n_rows;
		uint32_t file;
	} GeWindowChunk;

	typedef struct GeWindow
	{
		GeWindowChunk *chunks;
		uint32_t n_chunks, chunk_capacity;
		uint64_t records_at[GE_SPILL_FILES]; /* its sums, in stripes over the files */
	} GeWindow;

	typedef struct GeWindows
	{
		GeTarget *sums; /* of all rows, as one category */
		uint32_t width; /* ids of a window */
		uint32_t n;
		GeWindow *windows;
		GeSpillFiles files;	 /* of rows, and of sums */
		uint32_t next_file;	 /* of the next chunk */
		uint64_t *null_rows; /* by id; NULL: there are none */
		double *encodings;	 /* by cell, id * k + fold */
		uint64_t encoding_bytes;

		GeBuffer no_ids; /* zeros: the ids of all rows for sums */
		/* rows with a target that are still on the device */
		uint64_t capacity;
		uint64_t n_collected_bound;
		GeBuffer collected_keys; /* id * k + fold */
		GeBuffer collected_targets;
		GeBuffer n_collected;
		/* the same sorted by window, on their way to the files */
		GeBuffer counts;
		GeBuffer cells;
		GeBuffer targets;
		GePinned h_cells;
		GePinned h_targets;
		size_t h_bytes[2];
	} GeWindows;

	/*
	 * Plan windows for a target whose view is filled and whose one-pass plan needs
	 * `needed` bytes; GE_OUT_OF_MEMORY where windows do not help either.
	 */
	GeStatus ge_windows_create(GeTarget *target, uint64_t needed, GeError *error);
	void ge_windows_free(GeTarget *target);
	/* The memory through which rows are added. */
	void ge_windows_free_rows(GeTarget *target);
	/* Rows that are on the device, and the same rows on the host. */
	GeStatus ge_windows_add(GeTarget *target, const GeRowsView *view,
							const GeTargetRows *rows, uint32_t first, GeError *error);
	/* What the device has collected goes to the files. */
	GeStatus ge_windows_write(GeTarget *target, GeError *error);
	GeStatus ge_windows_finish(GeTarget *target, GeTargetTotals *totals, GeError *error);
	GeStatus ge_windows_rows(GeTarget *target, const GeTargetRows *rows,
							 double *encodings, GeError *error);
	/* The records of ids first..first + n - 1, into host memory. */
	GeStatus ge_windows_records(GeTarget *target, uint32_t first, uint32_t n,
								int64_t *records, GeError *error);

#ifdef __cplusplus
}
#endif

#endif /* GE_CUDA_TARGET_WINDOWS_H */
