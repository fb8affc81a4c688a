/*
 * foreign_text.h: texts from outside, made fit for results and messages.
 */
#ifndef GE_S3_FOREIGN_TEXT_H
#define GE_S3_FOREIGN_TEXT_H

#include "postgres.h"

/*
 * Bytes that should be UTF-8, as text of the database's encoding.  A byte that is a
 * control character, is not valid, or belongs to a character that the encoding lacks,
 * becomes \xNN.  Throws only if memory is lacking.
 */
extern char *ge_foreign_text(const char *utf8);

/*
 * UTF-8 as text of the database's encoding, exactly; NULL: it is not valid, or has a
 * character that the encoding lacks.
 */
extern char *ge_foreign_exact(const char *utf8);

/* No control character is in it. */
extern bool ge_has_no_controls(const char *string);

#endif /* GE_S3_FOREIGN_TEXT_H */
