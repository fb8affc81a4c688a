/*
 * parity_checks.h: two backends, or one under two options, give the same bits.
 */
#ifndef GE_PARITY_CHECKS_H
#define GE_PARITY_CHECKS_H

#include "backend/backend.h"

/*
 * Have both compute the same dictionaries and target encodings, in other batches, and
 * compare all that they answer.
 */
extern void check_parity(const GeBackend *a, const GeContextOptions *options_a,
						 const GeBackend *b, const GeContextOptions *options_b);

/* The same for target encodings alone, with so many threads. */
extern void check_encodings_parity(const GeBackend *a, const GeBackend *b,
								   int32_t threads);

#endif /* GE_PARITY_CHECKS_H */
