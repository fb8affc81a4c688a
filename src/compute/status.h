/*
 * status.h: a backend's status as an error of PostgreSQL.
 */
#ifndef GE_COMPUTE_STATUS_H
#define GE_COMPUTE_STATUS_H

#include "backend/backend.h"

/* Return for GE_OK, raise an error for anything else; column may be NULL. */
extern void ge_compute_check(const char *backend, GeStatus status, const GeError *error,
							 const char *column);

/* Was this session's call cancelled?  For backends, from any thread. */
extern bool ge_compute_cancelled(void *unused);

/* A device was lost in this process: it stays so, and auto does not try one again. */
extern bool ge_compute_device_lost(void);
extern void ge_compute_note_lost(void);

#endif /* GE_COMPUTE_STATUS_H */
