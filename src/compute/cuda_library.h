/*
 * cuda_library.h: gpu_encode_cuda.so, loaded on first use.
 */
#ifndef GE_COMPUTE_CUDA_LIBRARY_H
#define GE_COMPUTE_CUDA_LIBRARY_H

#include "backend/backend.h"

/* Whether the library is installed: beside the extension's own, or with the server's. */
extern bool ge_cuda_library_exists(void);
/* The CUDA backend; NULL with *error filled if it cannot be loaded. */
extern const GeBackend *ge_cuda_library_load(GeError *error);

#endif /* GE_COMPUTE_CUDA_LIBRARY_H */
