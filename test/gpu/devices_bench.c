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
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "compute/fleet.h"

#define MOST_COLUMNS 64
#define MOST_DEVICES 8
#define WIDTH 12
#define N_FOLDS 5
/* As a session does (src/job/read.c, src/output/pages.c). */
#define ROWS_BETWEEN_FLUSHES 4194304
#define STRETCH_ROWS 1048576

typedef enum Step
{
	STEP_READ, /* texts into dictionaries, ids back */
	STEP_SORT,
	STEP_FIT,
	STEP_ROWS, /* out-of-fold encodings of all rows */
	N_STEPS
} Step;
static const char *const step_names[N_STEPS] = {"ids", "sort", "fit", "encode"};

typedef struct Column
{
	uint8_t *bytes;
	uint32_t *offsets; /* of each batch, from 0 */
	uint32_t *ids;
	GeDictionary *dictionary;
	uint32_t *order, *rank;
	GeTarget *target;
	double *encodings; /* of a stretch */
	uint64_t digest;
} Column;

static struct
{
	uint64_t n_rows, distinct, batch;
	int n_columns;
	Column columns[MOST_COLUMNS];
	double *targets;
	GeFolds folds;
} data;

typedef struct Job
{
	const GeBackend *backend;
	GeContext *context;
	bool is_fleet;
	int n_devices;
	int member[MOST_COLUMNS];
	uint64_t first_row; /* of the stretch */
	uint64_t n_rows;
} Job;

static double
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double) time.tv_sec + (double) time.tv_nsec * 1e-9;
}

static void *
must_allocate(uint64_t bytes)
{
	void *memory = malloc(bytes);

	if (memory == NULL)
	{
		fprintf(stderr, "devices_bench: no memory for %llu bytes\n",
				(unsigned long long) bytes);
		exit(3);
	}
	return memory;
}

static void
must(GeStatus status, const GeError *error, const char *what)
{
	if (status == GE_OK)
		return;
	fprintf(stderr, "devices_bench: %s: %s\n", what, error->message);
	exit(3);
}

/* ----------------------------------------------------------------------------- data */

typedef struct Share
{
	uint64_t first, end; /* batches */
	pthread_t thread;
} Share;

static void
write_text(uint8_t *text, uint64_t number)
{
	text[0] = 'k';
	for (int i = WIDTH - 1; i > 0; i--, number /= 10)
		text[i] = (uint8_t) ('0' + number % 10);
}

static void
make_batch(uint64_t batch)
{
	uint64_t first = batch * data.batch, end = first + data.batch;

	if (end > data.n_rows)
		end = data.n_rows;
	for (int c = 0; c < data.n_columns; c++)
	{
		Column *column = &data.columns[c];
		uint32_t *offsets = column->offsets + batch * (data.batch + 1);

		offsets[0] = 0;
		for (uint64_t i = first; i < end; i++)
		{
			uint64_t number = ge_splitmix64_mix(i * MOST_COLUMNS + (uint64_t) c);

			write_text(column->bytes + i * WIDTH, number % data.distinct);
			offsets[i - first + 1] = (uint32_t) (i - first + 1) * WIDTH;
			column->ids[i] = 0;
		}
	}
	for (uint64_t i = first; i < end; i++)
		data.targets[i] = (double) (ge_splitmix64_mix(i) >> 11) * 0x1p-53;
}

static void *
make_share(void *arg)
{
	const Share *share = arg;

	for (uint64_t batch = share->first; batch < share->end; batch++)
		make_batch(batch);
	return NULL;
}

static void
make_data(void)
{
	uint64_t n_batches = (data.n_rows + data.batch - 1) / data.batch;
	int n = (int) sysconf(_SC_NPROCESSORS_ONLN);
	Share *shares = must_allocate(sizeof *shares * (uint64_t) n);

	for (int c = 0; c < data.n_columns; c++)
	{
		Column *column = &data.columns[c];

		column->bytes = must_allocate(data.n_rows * WIDTH + 64);
		column->offsets = must_allocate(n_batches * (data.batch + 1) * sizeof(uint32_t));
		column->ids = must_allocate(data.n_rows * sizeof(uint32_t));
		column->order = must_allocate((data.distinct + 1) * sizeof(uint32_t));
		column->rank = must_allocate((data.distinct + 1) * sizeof(uint32_t));
		column->encodings = must_allocate(STRETCH_ROWS * sizeof(double));
		memset(column->order, 0, (data.distinct + 1) * sizeof(uint32_t));
		memset(column->rank, 0, (data.distinct + 1) * sizeof(uint32_t));
		memset(column->encodings, 0, STRETCH_ROWS * sizeof(double));
	}
	data.targets = must_allocate(data.n_rows * sizeof(double));
	for (int i = 0; i < n; i++)
	{
		shares[i].first = n_batches * (uint64_t) i / (uint64_t) n;
		shares[i].end = n_batches * ((uint64_t) i + 1) / (uint64_t) n;
		if (pthread_create(&shares[i].thread, NULL, make_share, &shares[i]) != 0)
			exit(3);
	}
	for (int i = 0; i < n; i++)
		pthread_join(shares[i].thread, NULL);
	free(shares);
	ge_folds_init(&data.folds, GE_SPLIT_INTERLEAVED, data.n_rows, N_FOLDS, 0);
}

/* ------------------------------------------------------------------------------ job */

/* The columns one after another on one device, those of several at the same time. */
static void
each(Job *job, GeLaneWork work, const char *what)
{
	GeError error = {GE_OK, ""};
	int failed;

	if (job->is_fleet)
		must(ge_fleet_run(job->context, data.n_columns, job->member, work, job, &failed,
						  &error),
			 &error, what);
	for (int c = 0; c < data.n_columns && !job->is_fleet; c++)
		must(work(job, c, &error), &error, what);
}

static void
read_all(Job *job)
{
	GeDictionary *dictionaries[MOST_COLUMNS];
	GeKeys keys[MOST_COLUMNS];
	uint32_t *ids[MOST_COLUMNS];
	GeError error = {GE_OK, ""};
	uint64_t since_flush = 0;

	for (uint64_t first = 0; first < data.n_rows; first += data.batch)
	{
		uint64_t n = data.n_rows - first < data.batch ? data.n_rows - first : data.batch;

		for (int c = 0; c < data.n_columns; c++)
		{
			Column *column = &data.columns[c];

			dictionaries[c] = column->dictionary;
			ids[c] = column->ids + first;
			keys[c] = (GeKeys){.kind = GE_KEY_BYTES,
							   .n_rows = (uint32_t) n,
							   .offsets = column->offsets +
										  first / data.batch * (data.batch + 1),
							   .bytes = column->bytes + first * WIDTH};
		}
		must(job->backend->dictionary.add(job->context, (uint32_t) data.n_columns,
										  dictionaries, keys, ids, &error),
			 &error, "add");
		since_flush += n;
		if (since_flush < ROWS_BETWEEN_FLUSHES && first + n < data.n_rows)
			continue;
		must(job->backend->dictionary.flush(job->context, &error), &error, "flush");
		since_flush = 0;
	}
}

static GeStatus
sort_column(void *arg, int c, GeError *error)
{
	const Job *job = arg;
	Column *column = &data.columns[c];
	uint32_t n = job->backend->dictionary.size(column->dictionary);
	GeStatus status =
		job->backend->dictionary.sort(column->dictionary, 1, n, column->order, error);

	for (uint32_t i = 0; i < n && status == GE_OK; i++)
		column->rank[column->order[i]] = i;
	return status;
}

static GeTargetRows
rows_of(const Column *column, uint64_t first, uint64_t n)
{
	return (GeTargetRows){.first_ordinal = first,
						  .n_rows = (uint32_t) n,
						  .id_width = sizeof(uint32_t),
						  .ids = column->ids + first,
						  .float_targets = data.targets + first};
}

static GeStatus
fit_column(void *arg, int c, GeError *error)
{
	const Job *job = arg;
	Column *column = &data.columns[c];
	const GeTargetSpec spec = {
		.accumulators = GE_COUNT_ROWS | GE_COUNT_TARGETS | GE_SUM_TARGETS,
		.kind = GE_TARGET_FLOAT64,
		.folds = data.folds,
		.n_categories = job->backend->dictionary.size(column->dictionary),
		.low_bin = -2,
		.high_bin = -1};
	const GeFinish mean = {.kind = GE_FINISH_MEAN, .smooth = 10};
	const GeFinishSpec finish = {
		.n_finishes = 1, .finishes = &mean, .prior_out_of_fold = true};
	GeTargetTotals totals;
	double unseen;
	GeStatus status =
		job->is_fleet
			? ge_fleet_target(job->context, job->member[c], &spec, &column->target, error)
			: job->backend->target.create(job->context, &spec, &column->target, error);

	for (uint64_t first = 0; first < data.n_rows && status == GE_OK; first += data.batch)
	{
		uint64_t left = data.n_rows - first;
		GeTargetRows rows = rows_of(column, first, left < data.batch ? left : data.batch);

		status = job->backend->target.add(column->target, &rows, error);
	}
	return status != GE_OK ? status
						   : job->backend->target.finish(column->target, &finish, &totals,
														 &unseen, error);
}

static GeStatus
encode_column(void *arg, int c, GeError *error)
{
	const Job *job = arg;
	Column *column = &data.columns[c];
	GeStatus status = GE_OK;

	for (uint64_t at = 0; at < job->n_rows && status == GE_OK; at += data.batch)
	{
		uint64_t left = job->n_rows - at;
		GeTargetRows rows =
			rows_of(column, job->first_row + at, left < data.batch ? left : data.batch);
		double *encodings = column->encodings + at;

		status = job->backend->target.rows(column->target, &rows, &encodings, error);
	}
	return status;
}

/* Some codes and encodings of a stretch. */
static void
digest_stretch(const Job *job)
{
	for (int c = 0; c < data.n_columns; c++)
	{
		Column *column = &data.columns[c];

		for (uint64_t i = 0; i < job->n_rows; i += 101)
		{
			uint64_t bits;

			memcpy(&bits, &column->encodings[i], sizeof bits);
			column->digest =
				ge_splitmix64_mix(column->digest * 31 + bits +
								  column->rank[column->ids[job->first_row + i]]);
		}
	}
}

static void
encode_all(Job *job, double *digest_seconds)
{
	for (uint64_t first = 0; first < data.n_rows; first += STRETCH_ROWS)
	{
		double began;

		job->first_row = first;
		job->n_rows =
			data.n_rows - first < STRETCH_ROWS ? data.n_rows - first : STRETCH_ROWS;
		each(job, encode_column, "rows");
		began = now();
		digest_stretch(job);
		*digest_seconds += now() - began;
	}
}

static void
create_dictionaries(Job *job)
{
	GeError error = {GE_OK, ""};

	for (int c = 0; c < data.n_columns; c++)
	{
		GeDictionary **dictionary = &data.columns[c].dictionary;

		job->member[c] = c % job->n_devices;
		must(job->is_fleet ? ge_fleet_dictionary(job->context, job->member[c],
												 GE_KEY_BYTES, dictionary, &error)
						   : job->backend->dictionary.create(job->context, GE_KEY_BYTES,
															 dictionary, &error),
			 &error, "create");
	}
}

/* The whole job; seconds of its steps, and a digest of its results. */
static uint64_t
run_job(Job *job, double *seconds)
{
	double began = now(), digest_seconds = 0;
	uint64_t digest = 0;

	create_dictionaries(job);
	read_all(job);
	seconds[STEP_READ] = now() - began;
	began = now();
	each(job, sort_column, "sort");
	seconds[STEP_SORT] = now() - began;
	began = now();
	each(job, fit_column, "fit");
	seconds[STEP_FIT] = now() - began;
	began = now();
	encode_all(job, &digest_seconds);
	seconds[STEP_ROWS] = now() - began - digest_seconds;
	for (int c = 0; c < data.n_columns; c++)
	{
		Column *column = &data.columns[c];

		job->backend->target.free(column->target);
		job->backend->dictionary.free(column->dictionary);
		digest = ge_splitmix64_mix(digest * 31 + column->digest);
		column->digest = 0;
	}
	return digest;
}

/* ----------------------------------------------------------------------------- main */

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
