/*
 * server.h: the little of a PostgreSQL server that code under a fuzzer calls.
 *
 * Memory that the code allocates goes when a run ends, as a memory context would; an error
 * ends the run, as it would end a statement.
 */
#ifndef GE_FUZZ_SERVER_H
#define GE_FUZZ_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Calls body(data, size) as a statement; false: it ended with ereport(ERROR). */
extern bool fuzz_statement(void (*body)(const uint8_t *data, size_t size),
						   const uint8_t *data, size_t size);

/* What does not hold is a finding. */
extern void fuzz_expect(bool holds);

/* A copy without a byte behind it, so that AddressSanitizer sees each access beyond. */
extern char *fuzz_bytes(const uint8_t *data, size_t size);
/* The same as a string, which ends at the first zero byte or at size. */
extern char *fuzz_string(const uint8_t *data, size_t size);

extern int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* GE_FUZZ_SERVER_H */
