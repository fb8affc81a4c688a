/*
 * internal.h: what a GeCompute is made of, for compute.c and choice.c.
 */
#ifndef GE_COMPUTE_INTERNAL_H
#define GE_COMPUTE_INTERNAL_H

#include "postgres.h"
#include "nodes/pg_list.h"

#include "compute/compute.h"

struct GeCompute
{
	const GeBackend *backend;
	GeContext *context; /* NULL: not open */
	GeTraits traits;	/* of the open context */
	List *dictionaries; /* in memory_context */
	List *targets;
	MemoryContext memory_context;
	MemoryContextCallback callback;
	bool starts_later; /* the GPU starts meanwhile: last_run() does not name it yet */
	bool may_restart;  /* auto chose the GPU, and the job can still start again */
	bool exhausted;	   /* the GPU's memory ended; error says more */
	bool raised;	   /* ge_compute_raise() has raised this error */
	GeError error;
	char reason[256];
};

/* The backend that ge_compute_init() was given. */
extern const GeBackend *ge_compute_cpu_backend;

/* Choose a backend as gpu_encode.backend says, open it, and say why (choice.c). */
extern void ge_compute_choose(GeCompute *compute, const GeComputeWork *work);
/* Open the CPU backend. */
extern void ge_compute_open_cpu(GeCompute *compute);
/* A context of the GPU was closed.  Calls that come soon need not start the GPU. */
extern void ge_compute_note_closed(void);

#endif /* GE_COMPUTE_INTERNAL_H */
