/*
 * tap.h: results of unit tests in the Test Anything Protocol.
 *
 * Call tap_ok() for each result and return tap_done() from main.
 */
#ifndef GE_TAP_H
#define GE_TAP_H

#include <stdbool.h>

/* One result; the name is a printf format. Returns ok. */
extern bool tap_ok(bool ok, const char *name, ...) __attribute__((format(printf, 2, 3)));
/* A comment. */
extern void tap_note(const char *note, ...) __attribute__((format(printf, 1, 2)));
/* The plan; the exit status: 0 when every result was good and there was one. */
extern int tap_done(void);

#endif /* GE_TAP_H */
