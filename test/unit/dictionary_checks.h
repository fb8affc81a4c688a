/*
 * dictionary_checks.h: what any backend's dictionaries must hold.
 */
#ifndef GE_DICTIONARY_CHECKS_H
#define GE_DICTIONARY_CHECKS_H

#include "backend/backend.h"

/* All checks on a backend, at most this many threads where it computes with threads. */
extern void check_dictionaries(const GeBackend *backend, int32_t threads);

#endif /* GE_DICTIONARY_CHECKS_H */
