/*
 * target_checks.h: what any backend's target encodings must hold.
 */
#ifndef GE_TARGET_CHECKS_H
#define GE_TARGET_CHECKS_H

#include "backend/backend.h"

/* All checks on a backend, at most this many threads where it computes with threads. */
extern void check_target_encodings(const GeBackend *backend, int32_t threads);

#endif /* GE_TARGET_CHECKS_H */
