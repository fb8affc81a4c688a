/*
 * shown.h: texts of users in messages.
 */
#ifndef GE_BASE_SHOWN_H
#define GE_BASE_SHOWN_H

#include "postgres.h"

#include "lib/stringinfo.h"

/*
 * What marks the errors of files that include this header: they cut the values that they
 * show.
 */
#undef TEXTDOMAIN
#define TEXTDOMAIN PG_TEXTDOMAIN("gpu_encode")

/* Of a value that a message shows. */
#define GE_SHOWN_CHARACTERS 64
/* Values that one message lists. */
#define GE_SHOWN_VALUES 5

/* A uri or path for a message (palloc'd), whole: each byte of a control character as \xNN. */
extern char *ge_printable(const char *value);
/*
 * A value for a message (palloc'd): its first 64 characters, control characters as \xNN but
 * for tabs and line ends, and how many more it has.
 */
extern char *ge_shown(const char *value);
/* The first `most` characters of a text, and how many more it has (palloc'd). */
extern char *ge_shown_part(const char *value, int length, int most);
/* Append a list of values, the first GE_SHOWN_VALUES of n, each quoted: "a", "b", ... */
extern void ge_append_shown(StringInfo list, char *const *values, uint32 n_given,
							uint32 n);

#endif /* GE_BASE_SHOWN_H */
