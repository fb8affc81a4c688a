/*
 * dictionary_test.c: dictionaries of the CPU backend.
 */
#include "dictionary_checks.h"
#include "tap.h"

int
main(void)
{
	check_dictionaries(&ge_cpu_backend, 3);
	return tap_done();
}
