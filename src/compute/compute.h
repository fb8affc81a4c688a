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

typedef struct GeCompute GeCompute;

/* The estimated work of a call. */
typedef struct GeComputeWork
{
	double rows;	/* of all sources; 0: not known */
	double lookups; /* keys looked up and targets added, weighted: 1 is one in a large
					 * dictionary, which the processor's caches do not hold */
	GeEstimate estimate;
	GeTargetAbilities needs; /* of all targets; auto takes the CPU if the GPU lacks one */
} GeComputeWork;

/* Called once, when the module is loaded, with the CPU backend. */
extern void ge_compute_init(const GeBackend *cpu);

/*
 * Choose and start a backend, as gpu_encode.backend says; last_run() shows which and why.
 * Errors: 58000 and others with the backend's reason if 'cuda' cannot run.
 */
extern GeCompute *ge_compute_open(const GeComputeWork *work);
extern void ge_compute_close(GeCompute *compute);

/*
 * If auto chose the GPU and its memory ends, the job can start again on the CPU, up to
 * ge_compute_settle().  The error is raised as any other; ge_compute_raised() recognises
 * it.  When it is raised, no resource of PostgreSQL may be held.  Callers that hold
 * resources use the functions named "try", which return false instead (or ask
 * ge_compute_exhausted()), release the resources, and call ge_compute_raise().  If the
 * release raises another error, such as a cancel, the job ends with that error.
 */
extern bool ge_compute_exhausted(const GeCompute *compute);
extern void ge_compute_raise(GeCompute *compute);
extern bool ge_compute_raised(const GeCompute *compute);
/* Close the GPU, with every object made for it, and open the CPU instead. */
extern void ge_compute_restart_on_cpu(GeCompute *compute);
/* From here on the job cannot start again. */
extern void ge_compute_settle(GeCompute *compute);

extern const char *ge_compute_name(const GeCompute *compute);
/* NULL on the CPU. */
extern const char *ge_compute_device(const GeCompute *compute);

extern GeDictionary *ge_compute_dictionary(GeCompute *compute, GeKeyKind kind);
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

extern GeTarget *ge_compute_target(GeCompute *compute, const GeTargetSpec *spec,
								   const char *column);
extern void ge_compute_target_add(GeCompute *compute, GeTarget *target,
								  const GeTargetRows *rows, const char *column);
extern void ge_compute_target_finish(GeCompute *compute, GeTarget *target,
									 const GeFinishSpec *spec, GeTargetTotals *totals,
									 double *unseen, const char *column);
/*
 * target.rows of the backend.  May be called from any thread if GeTraits.concurrent_rows
 * allows it: raises nothing; *error has the reason of a status that is not GE_OK.
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
