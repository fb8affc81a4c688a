/*
 * backend.h: the whole contract between gpu_encode and the backends that compute for it.
 *
 * Plain C (and C++), no PostgreSQL header.  A backend is one table of function pointers
 * (GeBackend): what it does to the process, how it is opened for a call, and its objects,
 * dictionaries (keys.h) and targets (target.h).  Two exist: ge_cpu_backend (src/cpu, linked
 * in; it is the specification of every operation) and the one that gpu_encode_cuda.so
 * exports.  Both give the same bits for every operation.
 *
 * Rules for every operation, here and in those two headers:
 *  - It returns a GeStatus, and fills *error when that is not GE_OK.  It never throws,
 *    jumps, exits, prints, or calls back other than through GeContextOptions.cancelled.
 *    Its output is then unspecified, unless a member says otherwise.
 *  - It is called from one thread at a time for one context, unless GeTraits says
 *    otherwise.  The threads that it uses inside are joined or idle when it returns.  The
 *    backend makes them run with all signals blocked.  Only the start of a device may go
 *    on beside its caller.
 *  - It reads its inputs and writes its outputs only while the call lasts; only the ids of
 *    dictionary.add may be written later.  Every array is the caller's.
 *  - Work that may take over 50 ms polls cancelled() at least that often and returns
 *    GE_CANCELLED.
 *  - After any status but GE_OK the object may only be freed.  If the call had no object
 *    (it takes a context only, or creates an object), the context may only be closed.
 *  - free and close accept NULL and objects in any state, and wait for work in flight.
 *    They do not wait for the start of a device, which goes on; before_exit waits for it.
 *    Objects are freed before their context is closed.
 */
#ifndef GE_BACKEND_H
#define GE_BACKEND_H

#include <stdbool.h>
#include <stdint.h>

#include "backend/estimate.h"
#include "backend/keys.h"
#include "backend/status.h"
#include "backend/target.h"

#ifdef __cplusplus
extern "C"
{
#endif

#define GE_BACKEND_ABI 7

	/* --------------------------------------------------------------- the process */

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

	/* Operations that need no context. */
	typedef struct GeProcessOperations
	{
		/*
		 * Describe up to max devices, usable or not; *n is how many there are, with any
		 * status.  Works without a driver (then *n is 0 and GE_DEVICE_UNUSABLE says why).
		 * cancelled may be NULL.
		 */
		GeStatus (*devices)(GeDeviceInfo *infos, int32_t max, int32_t *n,
							bool (*cancelled)(void *arg), void *cancelled_arg,
							GeError *error);

		/*
		 * Called before exit(): the process no longer uses the backend.  Wait for device
		 * starts that go on without their callers.
		 */
		void (*before_exit)(void);
	} GeProcessOperations;

	/* ---------------------------------------------------------------- one opening */

	typedef struct GeContextOptions
	{
		uint32_t abi;		   /* GE_BACKEND_ABI */
		int32_t threads;	   /* at most this many threads compute on the host, >= 1 */
		int32_t device;		   /* device index, -1: of the usable ones the one with the
								* most free memory (cuda) */
		uint64_t memory_limit; /* bytes of device memory, 0: what is free (cuda) */
		int32_t idle_timeout;  /* seconds after the last close until the process gives
								* its device memory back; 0: never (cuda) */
		GeEstimate estimate;   /* what does not fit is refused by open (cuda) */
		bool may_start_later;  /* open may return before the device is there: what it
								* would have failed with, the first operation that needs
								* the device fails with (cuda) */
		uint64_t hash_seed;	   /* random for each run; no result depends on it */
		uint64_t hash_mask;	   /* ANDed to every hash; ~0 but in tests (0: all collide) */
		bool (*cancelled)(void *arg); /* thread-safe and cheap; NULL: never */
		void *cancelled_arg;		  /* must live as long as the context */
	} GeContextOptions;

	/* Facts on which callers may rely; constant for the life of a context. */
	typedef struct GeTraits
	{
		/* Rows in one call of dictionary.add, target.add or target.rows from which on calls
		 * are efficient; callers may give fewer. */
		uint32_t rows_per_call;
		/* Calls of target.rows with at most this many rows may run at once, from several
		 * threads; each then computes on its caller's thread alone.  0: one call at a
		 * time. */
		uint32_t concurrent_rows;
	} GeTraits;

	/* ---------------------------------------------------------------- the backend */

	typedef struct GeBackend
	{
		uint32_t abi;	  /* GE_BACKEND_ABI of its build; checked before anything else */
		const char *name; /* "cpu", "cuda" */

		GeProcessOperations process;

		/*
		 * Start: threads, device context.  *context is NULL unless GE_OK; the options are
		 * copied, and *traits is filled with GE_OK.
		 * GE_OUT_OF_MEMORY: not even the start was possible, or the estimate is beyond
		 * the memory limit or what is free; the message names the bytes needed and the
		 * bytes available.
		 */
		GeStatus (*open)(const GeContextOptions *options, GeContext **context,
						 GeTraits *traits, GeError *error);
		void (*close)(GeContext *context);
		/*
		 * The name of the device, for last_run() and results: "0: NVIDIA H200"; NULL on
		 * the CPU; empty until the device is there.  The context's.
		 */
		const char *(*device_name)(const GeContext *context);

		GeDictionaryOperations dictionary;
		GeTargetOperations target;
	} GeBackend;

	extern const GeBackend ge_cpu_backend;

	/* The one symbol of gpu_encode_cuda.so. */
	typedef const GeBackend *(*GeBackendEntry)(void);
#define GE_CUDA_BACKEND_SYMBOL "ge_cuda_backend"

#ifdef __cplusplus
}
#endif

#endif /* GE_BACKEND_H */
