/*
 * parity.h: what the parts of the parity program share.
 *
 * Every check compares the CPU backend, which is the specification, with the CUDA
 * backend, bit by bit.
 */
#ifndef GE_PARITY_H
#define GE_PARITY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "backend/backend.h"

typedef struct Parity
{
	const GeBackend *cpu;
	const GeBackend *cuda;
	uint64_t most_rows;
	const char *only;	/* run the cases whose name contains this alone; NULL: all */
	const char *except; /* and not those whose name contains this; NULL: all */
	unsigned share;		/* of those, the ones whose number leaves this, */
	unsigned n_shares;	/* divided by this */
	unsigned n_wanted;	/* cases that the names let by so far */
	bool show_times;
	struct timespec last_result;
	unsigned n_passed;
	unsigned n_failed;
	GeContext *contexts[2]; /* of cpu and cuda, for all ordinary cases; may be NULL */
} Parity;

/* A reproducible source of random numbers. */
typedef struct Random
{
	uint64_t state;
} Random;

uint64_t random_next(Random *random);
/* Below n, n > 0. */
uint64_t random_below(Random *random, uint64_t n);
/* 0 <= x < 1. */
double random_unit(Random *random);
/* Below n with Zipf's exponent 1.2 or so: small numbers often. */
uint64_t random_skewed(Random *random, uint64_t n);

/* malloc that does not fail. */
void *must_allocate(uint64_t bytes);

/* Whether a case is to be run; asked once for each case, in the same order in every share. */
bool parity_wants(Parity *parity, const char *name);
/* Count one case; print it when it failed. */
void parity_result(Parity *parity, const char *name, bool passed, const char *what);
/* A context of a backend; ends the program when there is none. */
GeContext *parity_open(const GeBackend *backend, uint64_t hash_mask,
					   uint64_t memory_limit);
/* The same, with a callback that cancels. */
GeContext *parity_open_cancelled(const GeBackend *backend, uint64_t hash_mask,
								 uint64_t memory_limit, bool (*cancelled)(void *),
								 void *arg);
/* Have both contexts of ordinary cases open. */
void parity_open_both(Parity *parity);
/* Close them; after a failure, say. */
void parity_close_both(Parity *parity);

void parity_dictionaries(Parity *parity);
void parity_together(Parity *parity);
void parity_targets(Parity *parity);
void parity_memory(Parity *parity);
void parity_faults(Parity *parity);
/* Several devices as one backend: those of a list such as "0,1" (parity_devices.c). */
const GeBackend *parity_several(const GeBackend *cuda, const char *list);
/* The i-th of the list; -1: there is no such list, or it is shorter. */
int parity_device(int i);
/* A device of the list other than this one, as a backend. */
const GeBackend *parity_other_than(int device);
/* To be called before anything else has used the driver. */
void parity_starts(Parity *parity);

#endif /* GE_PARITY_H */
