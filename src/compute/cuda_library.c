/*
 * cuda_library.c: finds and opens gpu_encode_cuda.so.
 *
 * The library is no PostgreSQL module (one build serves every version), so it is opened
 * with dlopen, on first use, and stays open for the life of the process.
 */
#include "postgres.h"

#include <dlfcn.h>
#include <unistd.h>

#include "miscadmin.h"
#include "storage/ipc.h"

#include "compute/cuda_library.h"

#define LIBRARY_NAME "gpu_encode_cuda" DLSUFFIX

/* A file beside the library that this code is in; false: that library has no directory. */
static bool
find_beside(char *path, size_t size)
{
	Dl_info own;
	const char *slash;

	if (dladdr((void *) ge_cuda_library_exists, &own) == 0 ||
		(slash = strrchr(own.dli_fname, '/')) == NULL)
		return false;
	snprintf(path, size, "%.*s/" LIBRARY_NAME, (int) (slash - own.dli_fname),
			 own.dli_fname);
	return access(path, R_OK) == 0;
}

/*
 * Beside the own library, wherever the server found that one (extension_control_path,
 * dynamic_library_path); else in the server's directory of libraries.
 */
static const char *
library_path(void)
{
	static char path[MAXPGPATH];

	if (!find_beside(path, sizeof path))
		snprintf(path, sizeof path, "%s/" LIBRARY_NAME, pkglib_path);
	return path;
}

bool
ge_cuda_library_exists(void)
{
	return access(library_path(), R_OK) == 0;
}

static const GeBackend *
fail(GeError *error, const char *what, const char *why)
{
	error->status = GE_DEVICE_UNUSABLE;
	snprintf(error->message, sizeof error->message, "%s%s%s", what,
			 why[0] != '\0' ? ": " : "", why);
	return NULL;
}

/* Runs before the driver's own handlers of exit(). */
static void
wait_before_exit(int code, Datum backend)
{
	((const GeBackend *) DatumGetPointer(backend))->process.before_exit();
}

const GeBackend *
ge_cuda_library_load(GeError *error)
{
	static const GeBackend *backend = NULL;
	void *library;
	GeBackendEntry entry;

	if (backend != NULL)
		return backend;
	if (!ge_cuda_library_exists())
		return fail(
			error, "gpu_encode_cuda is not installed (built without a CUDA toolkit)", "");
	library = dlopen(library_path(), RTLD_NOW | RTLD_LOCAL);
	if (library == NULL)
		return fail(error, "could not load gpu_encode_cuda", dlerror());
	entry = (GeBackendEntry) dlsym(library, GE_CUDA_BACKEND_SYMBOL);
	if (entry == NULL || entry()->abi != GE_BACKEND_ABI)
	{
		dlclose(library);
		return fail(error, "gpu_encode_cuda is of another version than gpu_encode",
					"install both from one build");
	}
	backend = entry();
	on_proc_exit(wait_before_exit, PointerGetDatum(backend));
	return backend;
}
