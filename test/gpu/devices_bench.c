/*
 * devices_bench.c: a job of many text columns on one device and on several.
 *
 *   devices_bench [--library PATH] [--rows N] [--columns N] [--distinct N] [--batch N]
 *                 [--rounds N] [--devices LIST]
 *
 * Texts of 12 bytes and float8 targets lie in host memory; ids, ranks and out-of-fold
 * encodings come back to host memory, as in a job of SQL without its reading of a table and
 * its writing.  Each round runs the job on the first device of the list alone, then on all.
 * Prints seconds of each step, and their ratio; a last line "N passed, N failed" counts
 * whether all rounds gave the same bits.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "devices_bench.h"

#define MOST_DEVICES 8

static const char *const step_names[N_STEPS] = {"ids", "sort", "fit", "encode"};

double
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double) time.tv_sec + (double) time.tv_nsec * 1e-9;
}

void
must(GeStatus status, const GeError *error, const char *what)
{
	if (status == GE_OK)
		return;
	fprintf(stderr, "devices_bench: %s: %s\n", what, error->message);
	exit(3);
}

static const GeBackend *
load(const char *path)
{
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	void *symbol = library != NULL ? dlsym(library, GE_CUDA_BACKEND_SYMBOL) : NULL;
	GeBackendEntry entry;

	if (symbol == NULL)
	{
		fprintf(stderr, "devices_bench: %s\n", dlerror());
		exit(3);
	}
	memcpy(&entry, &symbol, sizeof entry);
	return entry();
}

/* The job on n devices of the list; returns its seconds. */
static double
measure(const GeBackend *cuda, const int *devices, int n, int round, uint64_t *digest)
{
	GeContextOptions options[MOST_DEVICES];
	double seconds[N_STEPS], total = 0, began = now();
	Job job = {
		.backend = n == 1 ? cuda : &ge_fleet_backend, .is_fleet = n > 1, .n_devices = n};
	GeTraits traits;
	GeError error = {GE_OK, ""};
	int failed;

	for (int i = 0; i < n; i++)
		options[i] = (GeContextOptions){
			.abi = GE_BACKEND_ABI,
			.threads = (int32_t) sysconf(_SC_NPROCESSORS_ONLN),
			.device = devices[i],
			.hash_seed = (uint64_t) round + 1,
			.hash_mask = ~UINT64_C(0),
		};
	must(n == 1 ? cuda->open(options, &job.context, &traits, &error)
				: ge_fleet_open(cuda, options, n, &job.context, &traits, &failed, &error),
		 &error, "open");
	printf("%d device%s: open %.3f", n, n > 1 ? "s" : "", now() - began);
	*digest = run_job(&job, seconds);
	job.backend->close(job.context);
	for (int i = 0; i < N_STEPS; i++)
	{
		printf(", %s %.3f", step_names[i], seconds[i]);
		total += seconds[i];
	}
	printf(", all %.3f s, without ids %.3f s, digest %016llx\n", total,
		   total - seconds[STEP_READ], (unsigned long long) *digest);
	fflush(stdout);
	return total;
}

static int
parse_devices(const char *list, int *devices)
{
	int n = 0;
	char *end;

	for (; n < MOST_DEVICES && *list != '\0'; list = *end == ',' ? end + 1 : end)
	{
		devices[n++] = (int) strtol(list, &end, 10);
		if (end == list)
			exit(3);
	}
	return n;
}

static int
compare_doubles(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static double
median(double *values, int n)
{
	qsort(values, (size_t) n, sizeof *values, compare_doubles);
	return values[n / 2];
}

int
main(int argc, char **argv)
{
	const char *path = "build/gpu/gpu_encode_cuda.so", *list = "0,1";
	int devices[MOST_DEVICES], n_devices, rounds = 3, passed = 0, failed = 0;
	uint64_t first_digest = 0, digest;
	double one[16], all[16], began = now();
	const GeBackend *cuda;

	data.n_rows = 100000000;
	data.distinct = 5000000;
	data.batch = 65536;
	data.n_columns = 8;
	for (int i = 1; i + 1 < argc; i += 2)
		if (strcmp(argv[i], "--library") == 0)
			path = argv[i + 1];
		else if (strcmp(argv[i], "--rows") == 0)
			data.n_rows = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--columns") == 0)
			data.n_columns = atoi(argv[i + 1]);
		else if (strcmp(argv[i], "--distinct") == 0)
			data.distinct = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--batch") == 0)
			data.batch = strtoull(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--rounds") == 0)
			rounds = atoi(argv[i + 1]) < 16 ? atoi(argv[i + 1]) : 16;
		else if (strcmp(argv[i], "--devices") == 0)
			list = argv[i + 1];
	n_devices = parse_devices(list, devices);
	cuda = load(path);
	make_data();
	printf("%llu rows, %d columns of %llu texts, batches of %llu rows: made in %.1f s\n",
		   (unsigned long long) data.n_rows, data.n_columns,
		   (unsigned long long) data.distinct, (unsigned long long) data.batch,
		   now() - began);
	for (int round = 0; round < rounds; round++)
	{
		one[round] = measure(cuda, devices, 1, round, &digest);
		if (round == 0)
			first_digest = digest;
		*(digest == first_digest ? &passed : &failed) += 1;
		all[round] = measure(cuda, devices, n_devices, round, &digest);
		*(digest == first_digest ? &passed : &failed) += 1;
	}
	printf("medians: 1 device %.3f s, %d devices %.3f s: ratio %.3f\n",
		   median(one, rounds), n_devices, median(all, rounds),
		   median(all, rounds) / median(one, rounds));
	cuda->process.before_exit();
	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0;
}
