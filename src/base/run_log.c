/*
 * run_log.c: keeps the stages of the session's last call in static memory, so that they
 * can be read after an error too.
 */
#include "postgres.h"
#include "portability/instr_time.h"

#include "base/run_log.h"
#include "base/settings.h"

static GeStage stages[GE_MAX_STAGES];
static int n_stages;
static instr_time run_start;
static instr_time stage_start;

static double
seconds_since(instr_time start)
{
	instr_time now;

	INSTR_TIME_SET_CURRENT(now);
	INSTR_TIME_SUBTRACT(now, start);
	return INSTR_TIME_GET_DOUBLE(now);
}

void
ge_run_begin(void)
{
	n_stages = 0;
	INSTR_TIME_SET_CURRENT(run_start);
	stage_start = run_start;
}

void
ge_stage_begin(void)
{
	INSTR_TIME_SET_CURRENT(stage_start);
}

void
ge_stage_end(const char *name, int64 rows, int64 bytes, const char *backend,
			 const char *detail_format, ...)
{
	GeStage *stage;
	va_list args;

	if (n_stages == GE_MAX_STAGES)
		return;
	stage = &stages[n_stages++];
	strlcpy(stage->name, name, sizeof stage->name);
	strlcpy(stage->backend, backend, sizeof stage->backend);
	stage->rows = rows;
	stage->bytes = bytes;
	stage->seconds = seconds_since(stage_start);
	va_start(args, detail_format);
	vsnprintf(stage->detail, sizeof stage->detail, detail_format, args);
	va_end(args);
	if (ge_setting_log_stages)
		ereport(LOG,
				(errmsg("gpu_encode stage %s: " INT64_FORMAT " rows in %.3f s",
						stage->name, stage->rows, stage->seconds),
				 stage->detail[0] != '\0' ? errdetail_internal("%s", stage->detail) : 0));
}

void
ge_stage_explain(const char *name, const char *format, ...)
{
	GeStage *stage = &stages[n_stages];
	va_list args;

	while (stage > stages && strcmp(stage[-1].name, name) != 0)
		stage--;
	if (stage == stages)
		return;
	va_start(args, format);
	vsnprintf(stage[-1].detail, sizeof stage[-1].detail, format, args);
	va_end(args);
}

double
ge_run_seconds(void)
{
	return seconds_since(run_start);
}

int
ge_run_stages(const GeStage **result)
{
	*result = stages;
	return n_stages;
}
