/*
 * backend.c: the table of the CUDA backend and the one symbol of gpu_encode_cuda.so.
 */
#include "dictionary/dictionary.h"
#include "open.h"
#include "runtime/devices.h"
#include "runtime/start.h"
#include "target/target.h"

static const GeBackend cuda_backend = {
	.abi = GE_BACKEND_ABI,
	.name = "cuda",
	.process = {.devices = ge_cuda_devices, .before_exit = ge_cuda_start_wait_for_all},
	.open = ge_cuda_context_open,
	.close = ge_cuda_context_close,
	.device_name = ge_cuda_context_device_name,
	.dictionary = {.create = ge_cuda_dictionary_create,
				   .free = ge_cuda_dictionary_free,
				   .add = ge_cuda_dictionary_add,
				   .flush = ge_cuda_dictionary_flush,
				   .size = ge_cuda_dictionary_size,
				   .sort = ge_cuda_dictionary_sort,
				   .keys = ge_cuda_dictionary_keys},
	.target = {.abilities = &ge_cuda_target_abilities,
			   .create = ge_cuda_target_create,
			   .free = ge_cuda_target_free,
			   .add = ge_cuda_target_add,
			   .add_statistics = ge_cuda_target_add_statistics,
			   .finish = ge_cuda_target_finish,
			   .rows = ge_cuda_target_rows,
			   .statistics = ge_cuda_target_statistics},
};

extern const GeBackend *ge_cuda_backend(void) __attribute__((visibility("default")));

const GeBackend *
ge_cuda_backend(void)
{
	return &cuda_backend;
}
