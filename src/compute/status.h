/*
 * status.h: a backend's status as an error of PostgreSQL.
 */
#ifndef GE_COMPUTE_STATUS_H
#define GE_COMPUTE_STATUS_H

#include "backend/backend.h"

/* Return if the status is GE_OK, else raise an error; column may be NULL. */
extern void ge_compute_check(const char *backend, GeStatus status, const GeError *error,
							 const char *column);

/* Was this session's call cancelled?  For backends, from any thread. */
extern bool ge_compute_cancelled(void *unused);

/* The devices that were lost in this process, as bits: auto does not try them again. */
extern uint64_t ge_compute_lost(void);
/* -1: it is not known which one, so that none is tried again. */
extern void ge_compute_note_lost(int device);

#endif /* GE_COMPUTE_STATUS_H */
