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
	.devices = ge_cuda_devices,
	.open = ge_cuda_context_open,
	.close = ge_cuda_context_close,
	.device_name = ge_cuda_context_device_name,
	.preferred_rows = ge_cuda_context_preferred_rows,
	.dictionary_create = ge_cuda_dictionary_create,
	.dictionary_free = ge_cuda_dictionary_free,
	.dictionary_add = ge_cuda_dictionary_add,
	.flush = ge_cuda_dictionary_flush,
	.dictionary_size = ge_cuda_dictionary_size,
	.dictionary_sort = ge_cuda_dictionary_sort,
	.dictionary_keys = ge_cuda_dictionary_keys,
	.target_create = ge_cuda_target_create,
	.target_free = ge_cuda_target_free,
	.target_add = ge_cuda_target_add,
	.target_finish = ge_cuda_target_finish,
	.target_rows = ge_cuda_target_rows,
	.target_statistics = ge_cuda_target_statistics,
	.before_exit = ge_cuda_start_wait_for_all,
};

extern const GeBackend *ge_cuda_backend(void) __attribute__((visibility("default")));

const GeBackend *
ge_cuda_backend(void)
{
	return &cuda_backend;
}
