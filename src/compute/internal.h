/*
 * internal.h: what a GeCompute is made of, for the files that open and use it.
 */
#ifndef GE_COMPUTE_INTERNAL_H
#define GE_COMPUTE_INTERNAL_H

#include "postgres.h"
#include "nodes/pg_list.h"

#include "compute/compute.h"

struct GeCompute
{
	const GeComputeWork *work;
	const GeBackend *backend;
	GeContext *context;	 /* NULL: not open */
	bool is_fleet;		 /* of several devices: the backend is ge_fleet_backend */
	int *device_of_part; /* of the fleet: members, by part of the work */
	GeTraits traits;	 /* of the open context */
	List *dictionaries;	 /* in memory_context */
	List *targets;		 /* GeTarget **, which may still be empty */
	MemoryContext memory_context;
	MemoryContextCallback callback;
	bool starts_later; /* the GPU starts meanwhile: last_run() does not name it yet */
	bool may_restart;  /* auto chose the GPU, and the job can still start again */
	bool exhausted;	   /* the GPU's memory ended, or the GPU failed; error says more */
	bool raised;	   /* ge_compute_raise() has raised this error */
	uint64 excluded;   /* devices that failed this call, as bits */
	GeError error;
	char reason[256];
};

/* compute.c: */

/* The backend that ge_compute_init() was given. */
extern const GeBackend *ge_compute_cpu_backend;

/*
 * True for GE_OK.  False if the GPU's memory ended or the GPU was lost, and the job can start
 * again; the GeCompute remembers this.  Any other status is raised as an error.
 */
extern bool ge_compute_try_check(GeCompute *compute, GeStatus status,
								 const GeError *error, const char *column);
/* A GPU that was starting is ready now: last_run() names it. */
extern void ge_compute_report_device(GeCompute *compute);

/* Choose a backend as gpu_encode.backend says, open it, and say why (choice.c). */
extern void ge_compute_choose(GeCompute *compute);

/* open.c: */

/* Open the CPU backend. */
extern void ge_compute_open_cpu(GeCompute *compute);
/*
 * Open GPUs as gpu_encode.devices says.  With the estimate, a job that does not fit is
 * refused, and the GPUs have started.  False with the reason if they cannot be used, or
 * cannot compute the statistics.
 */
extern bool ge_compute_open_cuda(GeCompute *compute, bool with_estimate, GeError *error);
/* Open those GPUs that are not excluded; false: there is none, or the job does not fit. */
extern bool ge_compute_open_others(GeCompute *compute);
/*
 * A context of the GPU was closed.  Calls that come soon need not start the GPU.  device: -1
 * if it is not known, or if there were several.
 */
extern void ge_compute_note_closed(int device);
/* Has this session a context of a GPU still? */
extern bool ge_compute_is_warm(void);

#endif /* GE_COMPUTE_INTERNAL_H */
