/*
 * backend.h: the whole contract between gpu_encode and what computes for it.
 *
 * Plain C (and C++), no PostgreSQL header.  A backend is one table of function
 * pointers (GeBackend).  Two exist: ge_cpu_backend (src/cpu, linked in; it is the
 * specification of every operation) and the one that gpu_encode_cuda.so exports.
 * Both give the same bits for every operation.
 *
 * Rules for every operation:
 *  - It returns a GeStatus, and fills *error when that is not GE_OK.  It never
 *    throws, jumps, exits, prints, or calls back other than through
 *    GeContextOptions.cancelled.
 *  - It is called from one thread at a time for one context; what threads it uses
 *    inside are joined or idle when it returns, and run with all signals blocked, which
 *    is the backend's to see to.  Only a device that starts does so beside its caller.
 *  - It reads its inputs only while the call lasts, and writes its outputs only
 *    while the call lasts, except where "valid after flush" is said.
 *  - Work that may take over 50 ms polls cancelled() at least that often and returns
 *    GE_CANCELLED; the object may then only be freed.  So it is after any status but
 *    GE_OK, unless a member says otherwise.
 *  - free and close accept NULL and objects in any state, and wait for work in flight, but
 *    not for a device that starts: that goes on, and before_exit waits for it.
 */
#ifndef GE_BACKEND_H
#define GE_BACKEND_H

#include <stdbool.h>
#include <stdint.h>

#include "backend/exact_sum.h"
#include "backend/fold.h"

#ifdef __cplusplus
extern "C"
{
#endif

#define GE_BACKEND_ABI 6

	typedef enum GeStatus
	{
		GE_OK = 0,
		GE_CANCELLED,			/* cancelled() answered true */
		GE_OUT_OF_MEMORY,		/* of the host or the device; the message says which */
		GE_SUM_OVERFLOW,		/* a sum or an encoding is beyond the range of a double */
		GE_TOO_MANY_CATEGORIES, /* more than GE_MAX_CATEGORIES in one dictionary */
		GE_DEVICE_UNUSABLE,		/* no device, no driver, or none that fits */
		GE_DEVICE_LOST, /* sticky device error: this process cannot use it again */
		GE_INTERNAL		/* a defect: the message says where */
	} GeStatus;

	typedef struct GeError
	{
		GeStatus status;
		char message[512]; /* one line, English, no trailing period, never user data */
	} GeError;

	/* ---------------------------------------------------------------- keys and ids */

	/*
 * A category key.  Order and equality are those of the representation: signed
 * integers by value, bytes by memcmp and then by length.  Types of PostgreSQL are
 * mapped onto these two before they come here (category_type.h).
 */
	typedef enum GeKeyKind
	{
		GE_KEY_INT64,
		GE_KEY_BYTES
	} GeKeyKind;

	/* n_rows keys of one column, in Arrow's layout. */
	typedef struct GeKeys
	{
		GeKeyKind kind;
		uint32_t n_rows;
		const uint8_t *is_missing; /* n_rows bytes, 1 = no key; NULL: none is missing */
		const int64_t *values;	   /* GE_KEY_INT64: n_rows (any value where missing) */
		const uint32_t *offsets;   /* GE_KEY_BYTES: n_rows + 1, ascending */
		const uint8_t *bytes; /* GE_KEY_BYTES: key i is bytes[offsets[i]..offsets[i+1]) */
	} GeKeys;

/*
 * An id names a category of one dictionary: GE_ID_MISSING, or 1, 2, 3, ... in an
 * order that may differ from run to run (only ids of GeBackend.dictionary_sort are
 * ordered).  Ids are dense: all of 1..dictionary_size() are in use.
 */
#define GE_ID_MISSING 0u
#define GE_MAX_CATEGORIES 2147483646u

	typedef struct GeContext GeContext;		  /* a backend's threads, device, memory */
	typedef struct GeDictionary GeDictionary; /* distinct keys of one column, exact */
	typedef struct GeTarget GeTarget; /* target statistics of one category column */

	/* What a job will hold at the same time, as far as the caller can tell; zeros: not
	 * known. */
	typedef struct GeEstimate
	{
		uint64_t categories;   /* of all its dictionaries */
		uint64_t key_bytes;	   /* of their keys; 8 for an integer */
		uint64_t target_cells; /* (categories + 1) * folds, of all its targets */
	} GeEstimate;

	typedef struct GeContextOptions
	{
		uint32_t abi;		   /* GE_BACKEND_ABI */
		int32_t threads;	   /* at most this many threads compute on the host, >= 1 */
		int32_t device;		   /* device index, -1: the first that is usable (cuda) */
		uint64_t memory_limit; /* bytes of device memory, 0: what is free (cuda) */
		int32_t idle_timeout;  /* seconds after the last close until the process gives
								* its device memory back; 0: never (cuda) */
		GeEstimate estimate;   /* what does not fit is refused by open (cuda) */
		bool may_start_later; /* open may return before the device is there: what it would
								* have failed with, the first operation that needs the
								* device fails with (cuda) */
		uint64_t hash_seed;	  /* random for each run; no result depends on it */
		uint64_t hash_mask;	  /* ANDed to every hash; ~0 but in tests (0: all collide) */
		bool (*cancelled)(void *arg); /* thread-safe and cheap; NULL: never */
		void *cancelled_arg;
	} GeContextOptions;

	/* ------------------------------------------------------------ target encodings */

	typedef enum GeTargetKind
	{
		GE_TARGET_INT64,
		GE_TARGET_FLOAT64 /* finite */
	} GeTargetKind;

	typedef struct GeTargetSpec
	{
		GeTargetKind kind;
		GeFolds folds;			/* GE_SPLIT_NONE: full statistics only */
		uint32_t n_categories;	/* ids of the rows are 0..n_categories */
		int32_t low_bin;		/* no target of the column touches a bin outside */
		int32_t high_bin;		/*   low_bin..high_bin (exact_sum.h) */
		uint64_t largest;		/* no target is beyond -largest..largest; 0: not known */
		double smooth;			/* s: finite, >= 0 */
		bool prior_out_of_fold; /* M over the other folds instead of over all rows */
		bool missing_is_category; /* id 0 is a category like the others */
	} GeTargetSpec;

	/* Consecutive rows [first_ordinal, first_ordinal + n_rows) of the fitted source. */
	typedef struct GeTargetRows
	{
		uint64_t first_ordinal;
		uint32_t n_rows;
		uint32_t id_width;			   /* bytes of one id: 1, 2 or 4 */
		const void *ids;			   /* n_rows unsigned ids */
		const uint32_t *folds;		   /* GE_SPLIT_CUSTOM: 0..n_folds-1 each; else NULL */
		const int64_t *int_targets;	   /* GE_TARGET_INT64; any value where null */
		const double *float_targets;   /* GE_TARGET_FLOAT64; any value where null */
		const uint8_t *target_is_null; /* n_rows bytes; NULL: none is null */
	} GeTargetRows;

	typedef struct GeTargetTotals
	{
		uint64_t n_rows;   /* rows added */
		uint64_t n_target; /* of those, rows with a target */
		double prior;	   /* M over all rows; meaningless when n_target is 0 */
	} GeTargetTotals;

	/* Full statistics of `count` ids from `first_id` on; every array is the caller's. */
	typedef struct GeTargetStatistics
	{
		uint64_t *n_rows;	/* count: rows with this id */
		uint64_t *n_target; /* count: of those, rows with a target */
		int64_t
			*digits; /* count * GE_SUM_DIGITS(low_bin, high_bin): ge_sum_canonical() */
		double *encoding; /* count: (S + P) / (N + s), M where N is 0; for id 0 without
						 * missing_is_category: M */
	} GeTargetStatistics;

	/* --------------------------------------------------------------------- devices */

	typedef struct GeDeviceInfo
	{
		char device[48]; /* as gpu_encode.devices names it: "0", "1", ...; "cpu" */
		char name[128];
		char compute_capability[16]; /* "9.0"; empty for the CPU */
		uint64_t memory_bytes;		 /* total; 0: unknown */
		uint64_t free_bytes;		 /* of it, in use by nobody now; 0: unknown */
		char driver[32];			 /* version; empty: none */
		bool usable;
		char reason[256]; /* why not usable; empty otherwise */
	} GeDeviceInfo;

	/* ----------------------------------------------------------------- the backend */

	typedef struct GeBackend
	{
		uint32_t abi;	  /* GE_BACKEND_ABI of its build; checked before anything else */
		const char *name; /* "cpu", "cuda" */

		/*
	 * Describe up to max devices, usable or not; *n is how many there are.  Works
	 * without a driver (then *n is 0 and GE_DEVICE_UNUSABLE says why).  cancelled may be
	 * NULL.
	 */
		GeStatus (*devices)(GeDeviceInfo *infos, int32_t max, int32_t *n,
							bool (*cancelled)(void *arg), void *cancelled_arg,
							GeError *error);

		/*
	 * Start: threads, device context.  *context is NULL unless GE_OK.
	 * GE_OUT_OF_MEMORY: not even the start was possible, or the estimate is beyond the
	 * memory limit or what is free; the message says what was needed and what there was.
	 */
		GeStatus (*open)(const GeContextOptions *options, GeContext **context,
						 GeError *error);
		void (*close)(GeContext *context);
		/* What computes, for last_run() and results: "0: NVIDIA H200"; NULL on the CPU; empty
		 * until the device is there. */
		const char *(*device_name)(const GeContext *context);
		/* Rows in one call from which on calls are efficient; callers may give fewer. */
		uint32_t (*preferred_rows)(const GeContext *context);

		/* ---- dictionaries: exact (bytes compared, never hashes alone) */

		GeStatus (*dictionary_create)(GeContext *context, GeKeyKind kind,
									  GeDictionary **dictionary, GeError *error);
		void (*dictionary_free)(GeDictionary *dictionary);
		/*
	 * For each of n different dictionaries: the ids of keys[d] into ids[d]
	 * (keys[d].n_rows of them, valid after flush), unknown keys becoming new
	 * categories.  The keys are copied, or done with, when the call returns.
	 */
		GeStatus (*dictionary_add)(GeContext *context, uint32_t n,
								   GeDictionary *const *dictionaries, const GeKeys *keys,
								   uint32_t *const *ids, GeError *error);
		/* Complete all ids of earlier adds to any dictionary of this context. */
		GeStatus (*flush)(GeContext *context, GeError *error);
		/* Categories so far, counting those of flushed adds. */
		uint32_t (*dictionary_size)(const GeDictionary *dictionary);
		/* The ids first..first+count-1 in ascending order of their keys. */
		GeStatus (*dictionary_sort)(GeDictionary *dictionary, uint32_t first,
									uint32_t count, uint32_t *ids, GeError *error);
		/*
	 * The keys of the given ids, in that order.  GE_KEY_INT64: into values.
	 * GE_KEY_BYTES: offsets (count + 1 from 0) and, if bytes is not NULL, the bytes;
	 * call first with bytes NULL to learn offsets[count].
	 */
		GeStatus (*dictionary_keys)(GeDictionary *dictionary, const uint32_t *ids,
									uint32_t count, int64_t *values, uint64_t *offsets,
									uint8_t *bytes, GeError *error);

		/* ---- target encodings: design and formulae in exact_sum.h, fold.h, encoding.h */

		GeStatus (*target_create)(GeContext *context, const GeTargetSpec *spec,
								  GeTarget **target, GeError *error);
		void (*target_free)(GeTarget *target);
		/* Count rows in; each ordinal of 0..folds.n_rows-1 once, in any order. */
		GeStatus (*target_add)(GeTarget *target, const GeTargetRows *rows,
							   GeError *error);
		/*
	 * All rows 0..folds.n_rows-1 are in (GE_SPLIT_NONE: as many): compute every encoding.
	 * GE_SUM_OVERFLOW: the sum of all targets, or the encoding of a category over all
	 * folds, is beyond the range of a double.
	 */
		GeStatus (*target_finish)(GeTarget *target, GeTargetTotals *totals,
								  GeError *error);
		/*
	 * After finish: the out-of-fold encoding of each row (ids and folds as they were
	 * added; targets are not read) into encodings.  Rows of id 0 without
	 * missing_is_category get the prior, that of their fold if prior_out_of_fold.  With
	 * no target at all: unspecified values.  GE_SUM_OVERFLOW: one of these encodings is
	 * beyond the range of a double, which only those who ask for them learn.
	 */
		GeStatus (*target_rows)(GeTarget *target, const GeTargetRows *rows,
								double *encodings, GeError *error);
		/*
	 * Calls of target_rows with at most this many rows may run at once, from several
	 * threads; each then computes on its caller's thread alone.  0: one call at a time.
	 */
		uint32_t target_rows_at_once;
		/* After finish: full statistics of ids first_id..first_id+count-1 (0 is allowed). */
		GeStatus (*target_statistics)(GeTarget *target, uint32_t first_id, uint32_t count,
									  GeTargetStatistics *statistics, GeError *error);

		/* The process is about to exit, and uses the backend no more: wait for what goes
		 * on without its caller.  To be called before exit(). */
		void (*before_exit)(void);
	} GeBackend;

	extern const GeBackend ge_cpu_backend;

	/* The one symbol of gpu_encode_cuda.so. */
	typedef const GeBackend *(*GeBackendEntry)(void);
#define GE_CUDA_BACKEND_SYMBOL "ge_cuda_backend"

#ifdef __cplusplus
}
#endif

#endif /* GE_BACKEND_H */
