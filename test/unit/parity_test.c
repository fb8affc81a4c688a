/*
 * parity_test.c: the CPU backend gives the same bits with any threads and hash seed.
 */
#include "parity_checks.h"
#include "support.h"
#include "tap.h"

int
main(void)
{
	static const int32_t threads[] = {2, 5};
	GeContextOptions one = test_options(1);
	size_t i;

	for (i = 0; i < sizeof threads / sizeof threads[0]; i++)
	{
		GeContextOptions several = test_options(threads[i]);

		several.hash_seed = 4711;
		tap_note("one thread and %d", (int) threads[i]);
		check_parity(&ge_cpu_backend, &one, &ge_cpu_backend, &several);
	}
	return tap_done();
}
