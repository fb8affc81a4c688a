/*
 * checks.c: the unit tests of targets, which any backend must pass, on the CUDA backend, and
 * every statistic beside the CPU backend.
 *
 * checks LIBRARY prints TAP.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "../unit/parity_checks.h"
#include "../unit/statistics_checks.h"
#include "../unit/tap.h"
#include "../unit/target_checks.h"

int
main(int argc, char **argv)
{
	void *library = argc == 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
	void *symbol = library != NULL ? dlsym(library, GE_CUDA_BACKEND_SYMBOL) : NULL;
	const GeBackend *cuda;
	GeBackendEntry entry;

	if (symbol == NULL)
	{
		fprintf(stderr, "checks: %s\n", argc == 2 ? dlerror() : "name one library");
		return 3;
	}
	memcpy(&entry, &symbol, sizeof entry);
	cuda = entry();
	check_target_encodings(cuda, 1);
	check_added_statistics(cuda);
	check_encodings_parity(&ge_cpu_backend, cuda, 1);
	cuda->process.before_exit();
	return tap_done();
}
