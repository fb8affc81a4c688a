/*
 * shown_notices.h: the parser's NOTICE about names that are too long, without the names.
 *
 * PostgreSQL's parser cuts names of over 63 bytes and shows them whole.  A caller that gives
 * a text of users to the parser says so around that call.
 */
#ifndef GE_BASE_SHOWN_NOTICES_H
#define GE_BASE_SHOWN_NOTICES_H

#include "postgres.h"

/* Lives on the stack of the caller between begin and end; an error ends it, too. */
typedef ErrorContextCallback GeShownNotices;

/* Notices show `given`, cut as by ge_shown(). */
extern void ge_shown_notices_begin(GeShownNotices *notices, const char *given);
extern void ge_shown_notices_end(const GeShownNotices *notices);

#endif /* GE_BASE_SHOWN_NOTICES_H */
