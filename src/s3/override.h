/*
 * override.h: region and credentials that a statement brings itself, as RDS's functions do.
 */
#ifndef GE_S3_OVERRIDE_H
#define GE_S3_OVERRIDE_H

#include "s3/server.h"

/* Put what the statement brings in place of what was found; nothing if it brings nothing. */
extern void ge_s3_override_apply(GeS3Server *server);
/* A region's name; an error (22023) for what is none. */
extern void ge_s3_check_region(const char *region);

#endif /* GE_S3_OVERRIDE_H */
