/*
 * cpu_backend.c: the table of the CPU backend.
 *
 * A flush does nothing: an add has its ids when it returns.
 */
#include "cpu/cpu_backend.h"

static const char *
device_name(const GeContext *context)
{
	(void) context;
	return NULL;
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
	.process = {.devices = ge_cpu_devices, .before_exit = before_exit},
	.open = ge_cpu_open,
	.close = ge_cpu_close,
	.device_name = device_name,
	.dictionary = {.create = ge_cpu_dictionary_create,
				   .free = ge_cpu_dictionary_free,
				   .add = ge_cpu_dictionary_add,
				   .flush = flush,
				   .size = ge_cpu_dictionary_size,
				   .sort = ge_cpu_dictionary_sort,
				   .keys = ge_cpu_dictionary_keys},
	.target = {.abilities = &ge_cpu_target_abilities,
			   .create = ge_cpu_target_create,
			   .free = ge_cpu_target_free,
			   .add = ge_cpu_target_add,
			   .add_statistics = ge_cpu_target_add_statistics,
			   .finish = ge_cpu_target_finish,
			   .rows = ge_cpu_target_rows,
			   .statistics = ge_cpu_target_statistics},
};
