/*
 * gpu_encode.c: the module's magic and what happens when it is loaded.
 */
#include "postgres.h"
#include "fmgr.h"

#include "base/run_log.h"
#include "base/settings.h"
#include "compute/compute.h"
#include "cpu/cpu_backend.h"

PG_MODULE_MAGIC;

PGDLLEXPORT void _PG_init(void);

void
_PG_init(void)
{
	ge_settings_init();
	ge_compute_init(&ge_cpu_backend);
	ge_run_log_init();
}
