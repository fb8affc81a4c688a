/*
 * free_memory.h: how much memory of a device nobody uses, without a context on it.
 */
#ifndef GE_CUDA_FREE_MEMORY_H
#define GE_CUDA_FREE_MEMORY_H

#include <stdint.h>

/* 0: not known. */
uint64_t ge_cuda_free_memory(int device);

#endif /* GE_CUDA_FREE_MEMORY_H */
