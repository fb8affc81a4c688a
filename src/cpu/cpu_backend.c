/*
 * cpu_backend.c: the table of the CPU backend.
 *
 * There is nothing to flush: the ids of an add are there when it returns.
 */
#include "cpu/cpu_backend.h"

static const char *
device_name(const GeContext *context)
{
	(void) context;
	return NULL;
}

/* From here on the threads of one call have enough to do to be worth waking. */
static uint32_t
preferred_rows(const GeContext *context)
{
	(void) context;
	return 65536;
}

static GeStatus
flush(GeContext *context, GeError *error)
{
	(void) context;
	(void) error;
	return GE_OK;
}

/* All threads are joined when a context is closed. */
static void
before_exit(void)
{
}

const GeBackend ge_cpu_backend = {
	.abi = GE_BACKEND_ABI,
	.name = "cpu",
	.devices = ge_cpu_devices,
	.open = ge_cpu_open,
	.close = ge_cpu_close,
	.device_name = device_name,
	.preferred_rows = preferred_rows,
	.dictionary_create = ge_cpu_dictionary_create,
	.dictionary_free = ge_cpu_dictionary_free,
	.dictionary_add = ge_cpu_dictionary_add,
	.flush = flush,
	.dictionary_size = ge_cpu_dictionary_size,
	.dictionary_sort = ge_cpu_dictionary_sort,
	.dictionary_keys = ge_cpu_dictionary_keys,
	.target_create = ge_cpu_target_create,
	.target_free = ge_cpu_target_free,
	.target_add = ge_cpu_target_add,
	.target_finish = ge_cpu_target_finish,
	.target_rows = ge_cpu_target_rows,
	.target_rows_at_once = GE_ROWS_PER_LOOKUP,
	.target_statistics = ge_cpu_target_statistics,
	.before_exit = before_exit,
};
