/*
 * run_log.h: the stages of the session's last call, for gpu_encode.last_run().
 */
#ifndef GE_RUN_LOG_H
#define GE_RUN_LOG_H

#include "postgres.h"

#define GE_MAX_STAGES 64

typedef struct GeStage
{
	char name[NAMEDATALEN];
	int64 rows;
	int64 bytes; /* -1: not counted */
	double seconds;
	char backend[16]; /* empty: none computed */
	char detail[256];
} GeStage;

/* A call begins: forget the stages of the one before. */
extern void ge_run_begin(void);
/* A stage begins now; it ends, and is logged if so set, with ge_stage_end(). */
extern void ge_stage_begin(void);
extern void ge_stage_end(const char *name, int64 rows, int64 bytes, const char *backend,
						 const char *detail_format, ...) pg_attribute_printf(5, 6);
/* The last stage of that name, which has ended, gets another detail. */
extern void ge_stage_explain(const char *name, const char *format, ...)
	pg_attribute_printf(2, 3);
/* Seconds since ge_run_begin(). */
extern double ge_run_seconds(void);

extern int ge_run_stages(const GeStage **stages);

#endif /* GE_RUN_LOG_H */
