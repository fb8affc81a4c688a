/*
 * parity.c: the CUDA backend against the CPU backend, operation by operation.
 *
 *   parity [--library PATH] [--rows N] [--only NAME] [--except NAME] [--share I/N]
 *          [--times] [--devices LIST] [--faults | --starts]
 *
 * --rows: the largest size tried of 0, 1, 31, 32, 33, 255, 256, 257, 65537, 10^6, 10^8
 * (65537 unless given).  --only, --except: the cases that have NAME in their names, or have
 * not.  --share: every N-th of them from the I-th on, 0 <= I < N, so that N processes
 * together run all.  --times: the seconds and the name of each case, as it ends.
 * --devices: on all devices of a list such as 0,1 at the same time, as one backend.
 * --faults: with a library built by `make -C cuda faults`, let every single CUDA call of a
 * job fail in turn.  --starts: cancel while the driver starts, in many processes.  Prints
 * failures and a last line "N passed, N failed"; exit status 1 when any failed, 2 when
 * there is no device.
 */
#include "parity.h"

#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

uint64_t
random_next(Random *random)
{
	random->state += UINT64_C(0x9E3779B97F4A7C15);
	return ge_splitmix64_mix(random->state);
}

uint64_t
random_below(Random *random, uint64_t n)
{
	return (uint64_t) (((unsigned __int128) random_next(random) * n) >> 64);
}

double
random_unit(Random *random)
{
	return (double) (random_next(random) >> 11) * 0x1p-53;
}

uint64_t
random_skewed(Random *random, uint64_t n)
{
	double rank = pow(1 - random_unit(random), -5.0) - 1;

	return rank < (double) n ? (uint64_t) rank : random_below(random, n);
}

void *
must_allocate(uint64_t bytes)
{
	void *data = malloc(bytes > 0 ? bytes : 1);

	if (data == NULL)
	{
		fprintf(stderr, "parity: out of memory for %llu bytes\n",
				(unsigned long long) bytes);
		exit(3);
	}
	return data;
}

bool
parity_wants(Parity *parity, const char *name)
{
	if (parity->only != NULL && strstr(name, parity->only) == NULL)
		return false;
	if (parity->except != NULL && strstr(name, parity->except) != NULL)
		return false;
	return parity->n_wanted++ % parity->n_shares == parity->share;
}

static void
show_time(Parity *parity, const char *name)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	printf("%8.3f s %s\n",
		   (double) (now.tv_sec - parity->last_result.tv_sec) +
			   (double) (now.tv_nsec - parity->last_result.tv_nsec) * 1e-9,
		   name);
	fflush(stdout);
	parity->last_result = now;
}

void
parity_result(Parity *parity, const char *name, bool passed, const char *what)
{
	if (parity->show_times)
		show_time(parity, name);
	if (passed)
		parity->n_passed++;
	else
	{
		parity->n_failed++;
		printf("FAILED %s: %s\n", name, what);
		fflush(stdout);
	}
}

GeContext *
parity_open(const GeBackend *backend, uint64_t hash_mask, uint64_t memory_limit)
{
	return parity_open_cancelled(backend, hash_mask, memory_limit, NULL, NULL);
}

GeContext *
parity_open_cancelled(const GeBackend *backend, uint64_t hash_mask, uint64_t memory_limit,
					  bool (*cancelled)(void *), void *arg)
{
	GeContextOptions options = {.abi = GE_BACKEND_ABI,
								.threads = 4,
								.device = -1,
								.memory_limit = memory_limit,
								.may_start_later = memory_limit == 0,
								.hash_seed = UINT64_C(0x123456789abcdef),
								.hash_mask = hash_mask,
								.cancelled = cancelled,
								.cancelled_arg = arg};
	GeTraits traits;
	GeContext *context;
	GeError error = {0};

	if (backend->open(&options, &context, &traits, &error) != GE_OK)
	{
		fprintf(stderr, "parity: cannot open %s: %s\n", backend->name, error.message);
		exit(2);
	}
	return context;
}

void
parity_open_both(Parity *parity)
{
	if (parity->contexts[0] == NULL)
		parity->contexts[0] = parity_open(parity->cpu, ~UINT64_C(0), 0);
	if (parity->contexts[1] == NULL)
		parity->contexts[1] = parity_open(parity->cuda, ~UINT64_C(0), 0);
}

void
parity_close_both(Parity *parity)
{
	parity->cpu->close(parity->contexts[0]);
	parity->cuda->close(parity->contexts[1]);
	parity->contexts[0] = parity->contexts[1] = NULL;
}

static const GeBackend *
load(const char *path)
{
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	GeBackendEntry entry;
	void *symbol = library != NULL ? dlsym(library, GE_CUDA_BACKEND_SYMBOL) : NULL;

	if (symbol == NULL)
	{
		fprintf(stderr, "parity: %s\n", dlerror());
		exit(3);
	}
	memcpy(&entry, &symbol, sizeof entry);
	return entry();
}

int
main(int argc, char **argv)
{
	const char *path = "./gpu_encode_cuda.so", *devices = NULL;
	Parity parity = {.cpu = &ge_cpu_backend, .most_rows = 65537, .n_shares = 1};
	bool faults = false, starts = false;
	int i;

	for (i = 1; i < argc; i++)
		if (strcmp(argv[i], "--library") == 0 && i + 1 < argc)
			path = argv[++i];
		else if (strcmp(argv[i], "--rows") == 0 && i + 1 < argc)
			parity.most_rows = strtoull(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc)
			parity.only = argv[++i];
		else if (strcmp(argv[i], "--except") == 0 && i + 1 < argc)
			parity.except = argv[++i];
		else if (strcmp(argv[i], "--share") == 0 && i + 1 < argc)
		{
			if (sscanf(argv[++i], "%u/%u", &parity.share, &parity.n_shares) != 2 ||
				parity.share >= parity.n_shares)
			{
				fprintf(stderr, "parity: --share takes I/N with I < N, not %s\n",
						argv[i]);
				return 3;
			}
		}
		else if (strcmp(argv[i], "--devices") == 0 && i + 1 < argc)
			devices = argv[++i];
		else if (strcmp(argv[i], "--times") == 0)
			parity.show_times = true;
		else if (strcmp(argv[i], "--faults") == 0)
			faults = true;
		else if (strcmp(argv[i], "--starts") == 0)
			starts = true;
	clock_gettime(CLOCK_MONOTONIC, &parity.last_result);
	parity.cuda = load(path);
	if (devices != NULL)
		parity.cuda = parity_several(parity.cuda, devices);
	if (starts)
		parity_starts(&parity);
	/* with a limit, so that it starts at once */
	parity.cuda->close(parity_open(parity.cuda, ~UINT64_C(0), UINT64_C(1) << 20));
	if (faults)
		parity_faults(&parity);
	else if (!starts)
	{
		parity_dictionaries(&parity);
		parity_together(&parity);
		parity_targets(&parity);
		parity_memory(&parity);
		parity_close_both(&parity);
	}
	parity.cuda->process.before_exit();
	printf("%u passed, %u failed\n", parity.n_passed, parity.n_failed);
	return parity.n_failed > 0;
}
