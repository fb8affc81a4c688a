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

/* A device was lost in this process. auto does not try a GPU again. */
extern bool ge_compute_device_lost(void);
extern void ge_compute_note_lost(void);

#endif /* GE_COMPUTE_STATUS_H */
