/*
 * compute.h: the border between PostgreSQL and the backends.
 *
 * A GeCompute is a backend that runs for one call.  It owns every object made for the
 * call; they are freed with the memory context that was current at opening.  Each
 * operation of backend.h has a function here that turns a status into an error.  The
 * caller names the column for messages.
 */
#ifndef GE_COMPUTE_H
#define GE_COMPUTE_H

#include "postgres.h"

#include "backend/backend.h"
#include "compute/place.h"

typedef struct GeCompute GeCompute;

/* The estimated work of a call. */
typedef struct GeComputeWork
{
	double rows;	/* of all sources; 0: not known */
	double lookups; /* keys looked up and targets added, weighted: 1 is one in a large
					 * dictionary, which the processor's caches do not hold */
	int n_parts;
	GeWorkPart *parts;		 /* of which each stays on one device */
	GeTargetAbilities needs; /* of all targets; auto takes the CPU if the GPU lacks one */
} GeComputeWork;

/* Called once, when the module is loaded, with the CPU backend. */
extern void ge_compute_init(const GeBackend *cpu);

/*
 * Choose and start a backend, as gpu_encode.backend says; last_run() shows which and why.
 * The work must live as long.  Errors: 58000 and others with the backend's reason if 'cuda'
 * cannot run.
 */
extern GeCompute *ge_compute_open(const GeComputeWork *work);
extern void ge_compute_close(GeCompute *compute);

/*
 * If auto chose GPUs and one of them fails or has no memory left, the job can start again on
 * the others, and then on the CPU, up to ge_compute_settle().  The error is raised as any other; ge_compute_raised() recognises
 * it.  When it is raised, no resource of PostgreSQL may be held.  Callers that hold
 * resources use the functions named "try", which return false instead (or ask
 * ge_compute_exhausted()), release the resources, and call ge_compute_raise().  If the
 * release raises another error, such as a cancel, the job ends with that error.
 */
extern bool ge_compute_exhausted(const GeCompute *compute);
extern void ge_compute_raise(GeCompute *compute);
extern bool ge_compute_raised(const GeCompute *compute);
/*
 * Close the GPUs, with every object made for them, and open those that did not fail, or the
 * CPU, instead.
 */
extern void ge_compute_restart(GeCompute *compute);
/* From here on the job cannot start again. */
extern void ge_compute_settle(GeCompute *compute);

extern const char *ge_compute_name(const GeCompute *compute);
/* NULL on the CPU; "0: NVIDIA H200, 1: NVIDIA H200" on several GPUs. */
extern const char *ge_compute_device(const GeCompute *compute);

/* A dictionary on the device of a part of the work. */
extern GeDictionary *ge_compute_dictionary(GeCompute *compute, GeKeyKind kind, int part);
extern void ge_compute_dictionary_free(GeCompute *compute, GeDictionary *dictionary);
extern void ge_compute_add(GeCompute *compute, uint32 n,
						   GeDictionary *const *dictionaries, const GeKeys *keys,
						   uint32 *const *ids);
extern void ge_compute_flush(GeCompute *compute);
extern bool ge_compute_try_add(GeCompute *compute, uint32 n,
							   GeDictionary *const *dictionaries, const GeKeys *keys,
							   uint32 *const *ids);
extern bool ge_compute_try_flush(GeCompute *compute);
extern uint32 ge_compute_size(GeCompute *compute, const GeDictionary *dictionary);
extern void ge_compute_sort(GeCompute *compute, GeDictionary *dictionary, uint32 first,
							uint32 count, uint32 *ids);

/* The keys of up to count ids, in memory of the current context. */
typedef struct GeKeyList
{
	GeKeyKind kind;
	uint32 n;
	int64 *values;
	uint64 *offsets;
	uint8 *bytes;
} GeKeyList;
extern void ge_compute_keys(GeCompute *compute, GeDictionary *dictionary, GeKeyKind kind,
							const uint32 *ids, uint32 count, GeKeyList *keys);
extern void ge_key_list_free(GeKeyList *keys);

/* A place for a target, which goes with the GeCompute. */
extern GeTarget **ge_compute_target(GeCompute *compute);

/* ------------------------------------------------------------------ several devices */

/* Work on objects of the backend, item by item. */
typedef struct GeComputeItems
{
	int n;
	/* A dictionary on the device of item i, whose objects the item works on. */
	const GeDictionary *(*dictionary)(void *arg, int item);
	/*
	 * Do item i.  May run in any thread: allocates nothing of PostgreSQL, raises nothing,
	 * and calls only the functions below.  *error has the reason of a status that is not
	 * GE_OK.
	 */
	GeStatus (*work)(void *arg, int item, GeError *error);
	/* The column of item i, for messages. */
	const char *(*column)(void *arg, int item);
	void *arg;
} GeComputeItems;

/*
 * Do all items: one after another on one device, at the same time on different devices.
 * Raises the error of the first item that failed.
 */
extern void ge_compute_each(GeCompute *compute, const GeComputeItems *items);
/* Are there several devices? */
extern bool ge_compute_is_several(const GeCompute *compute);
/* How many devices there are, and which of them a dictionary is on, counted from 0. */
extern int ge_compute_n_places(const GeCompute *compute);
extern int ge_compute_place(const GeCompute *compute, const GeDictionary *dictionary);
/* The number of the device that a dictionary is on, if there are several. */
extern int ge_compute_device_of(const GeCompute *compute, const GeDictionary *dictionary);

/* For items: operations of backend.h.  A target is made on the device of a dictionary. */
extern GeStatus ge_compute_try_target(const GeCompute *compute,
									  const GeDictionary *beside,
									  const GeTargetSpec *spec, GeTarget **target,
									  GeError *error);
extern GeStatus ge_compute_try_target_add(const GeCompute *compute, GeTarget *target,
										  const GeTargetRows *rows, GeError *error);
extern GeStatus ge_compute_try_target_add_statistics(
	const GeCompute *compute, GeTarget *target, uint32 n, const uint32 *ids,
	const uint32 *folds, const GeTargetStatistics *statistics, GeError *error);
extern GeStatus ge_compute_try_target_finish(const GeCompute *compute, GeTarget *target,
											 const GeFinishSpec *spec,
											 GeTargetTotals *totals, double *unseen,
											 GeError *error);
extern GeStatus ge_compute_try_sort(const GeCompute *compute, GeDictionary *dictionary,
									uint32 first, uint32 count, uint32 *ids,
									GeError *error);
/*
 * target.rows of the backend.  May also be called from any thread if
 * GeTraits.concurrent_rows allows it.
 */
extern GeStatus ge_compute_try_target_rows(const GeCompute *compute, GeTarget *target,
										   const GeTargetRows *rows,
										   double *const *encodings, GeError *error);
/* Raise an error if the status of ge_compute_try_target_rows() is not GE_OK. */
extern void ge_compute_report(GeCompute *compute, GeStatus status, const GeError *error,
							  const char *column);
/* What the backend lets callers build on. */
extern const GeTraits *ge_compute_traits(const GeCompute *compute);
extern void ge_compute_target_statistics(GeCompute *compute, GeTarget *target,
										 uint32 first_id, uint32 count,
										 const GeTargetStatistics *statistics,
										 double *const *encodings, const char *column);

/*
 * For the view gpu_encode.devices: the CPU first, then the devices of the CUDA backend,
 * or one unusable entry with the reason if that backend cannot be loaded. backends[i]
 * names the backend of infos[i].
 */
extern int ge_compute_devices(GeDeviceInfo *infos, const char **backends);
/* Whether gpu_encode_cuda.so is installed. */
extern bool ge_compute_has_cuda(void);

#endif /* GE_COMPUTE_H */
