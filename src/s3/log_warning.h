/*
 * log_warning.h: secrets that the server's log may have.
 */
#ifndef GE_S3_LOG_WARNING_H
#define GE_S3_LOG_WARNING_H

#include "postgres.h"
#include "fmgr.h"

/*
 * Warn if the server's log may have the value of a call's argument: because the log has
 * statements, and this one's text has the value or what the value is computed from; or
 * because it has their parameters.  what names the value in the message.
 */
extern void ge_warn_of_log(FunctionCallInfo fcinfo, const char *argument,
						   const char *what, const char *value);

#endif /* GE_S3_LOG_WARNING_H */
