/*
 * parity_faults.c: every CUDA call of a small job fails in turn.
 *
 * The library must be a build with GE_CUDA_FAULTS.  After each failure either the result
 * is right or there is a status with a message; then everything can be freed, and the
 * same job without a fault is right.
 */
#include "backend/finish.h"
#include "parity.h"

#include <stdlib.h>
#include <string.h>

#define N_ROWS 70000
#define N_USERS 30000

/* What a job of one dictionary and its targets gives, as one number. */
typedef struct Outcome
{
	GeStatus status;
	GeError error;
	uint64_t digest;
} Outcome;

static void
mix(uint64_t *digest, uint64_t value)
{
	*digest = ge_splitmix64_mix(*digest * 31 + value);
}

static GeStatus
run_dictionary(const GeBackend *backend, GeContext *context, GeDictionary **dictionary,
			   uint32_t *ids, uint64_t *digest, GeError *error)
{
	static uint32_t offsets[N_ROWS + 1], sorted[N_USERS], ranks[N_USERS + 1];
	static char text[N_ROWS * 12];
	GeKeys keys = {GE_KEY_BYTES, N_ROWS, NULL, NULL, offsets, (uint8_t *) text};
	Random random = {7};
	uint32_t i, n;
	GeStatus status;

	for (i = 0; i < N_ROWS; i++)
		offsets[i + 1] =
			offsets[i] + (uint32_t) sprintf(text + offsets[i], "user_%u",
											(unsigned) random_below(&random, N_USERS));
	status = backend->dictionary.create(context, GE_KEY_BYTES, dictionary, error);
	if (status == GE_OK)
		status = backend->dictionary.add(context, 1, dictionary, &keys, &ids, error);
	if (status == GE_OK)
		status = backend->dictionary.flush(context, error);
	if (status != GE_OK)
		return status;
	n = backend->dictionary.size(*dictionary);
	status = backend->dictionary.sort(*dictionary, 1, n, sorted, error);
	mix(digest, n);
	for (i = 0; status == GE_OK && i < n; i++)
		ranks[sorted[i]] = i;
	for (i = 0; status == GE_OK && i < N_ROWS; i += 7)
		mix(digest, ranks[ids[i]]);
	for (i = 0; status == GE_OK && i < n; i++)
	{
		uint64_t ends[2];

		if (i % 5000 != 0)
			continue;
		status =
			backend->dictionary.keys(*dictionary, sorted + i, 1, NULL, ends, NULL, error);
		mix(digest, ends[1]);
	}
	return status;
}

#define MOST_FINISHES 7

/* A mean; several finishes, in cells, of rows with weights in sparse ones, and with quantiles in
 * cells and in an order. */
typedef enum TargetShape
{
	TARGET_MEAN,
	TARGET_SEVERAL,
	TARGET_WEIGHTED,
	TARGET_QUANTILES,
	TARGET_ORDERED,
	N_TARGET_SHAPES
} TargetShape;

static const GeFinish finishes[MOST_FINISHES] = {
	{.kind = GE_FINISH_MEAN, .smooth = 0.001},
	{.kind = GE_FINISH_MEAN, .smooth = GE_SMOOTH_AUTO},
	{.kind = GE_FINISH_STD},
	{.kind = GE_FINISH_MIN},
	{.kind = GE_FINISH_MAX},
	{.kind = GE_FINISH_COUNT},
	{.kind = GE_FINISH_QUANTILE, .percent = 50}};

/* Rows with weights have no quantiles. */
static uint32_t
n_finishes_of(TargetShape shape)
{
	return shape == TARGET_MEAN		  ? 1
		   : shape < TARGET_QUANTILES ? MOST_FINISHES - 1
									  : MOST_FINISHES;
}

static GeTargetSpec
spec_of(TargetShape shape, uint32_t n_finishes)
{
	GeTargetSpec spec = {.accumulators = GE_COUNT_ROWS,
						 .kind = GE_TARGET_FLOAT64,
						 .n_categories = N_USERS,
						 .low_bin = -2,
						 .high_bin = -1,
						 .low_weight_bin = -2,
						 .high_weight_bin = -1};
	uint32_t f;

	for (f = 0; f < n_finishes; f++)
		spec.accumulators |= ge_finish_needs(&finishes[f], shape == TARGET_WEIGHTED);
	ge_folds_init(&spec.folds,
				  shape == TARGET_ORDERED ? GE_SPLIT_ORDERED : GE_SPLIT_INTERLEAVED,
				  N_ROWS, shape == TARGET_WEIGHTED ? N_ROWS : 5, 0);
	return spec;
}

static GeStatus
run_target(const GeBackend *backend, GeContext *context, TargetShape shape,
		   GeTarget **target, uint64_t *digest, GeError *error)
{
	static uint32_t ids[N_ROWS], places[N_ROWS];
	static double targets[N_ROWS], weights[N_ROWS], encodings[MOST_FINISHES][N_ROWS];
	uint32_t n_finishes = n_finishes_of(shape), i, f;
	double *into[MOST_FINISHES], unseen[MOST_FINISHES];
	GeTargetSpec spec = spec_of(shape, n_finishes);
	GeFinishSpec finish = {
		.n_finishes = n_finishes, .finishes = finishes, .prior_out_of_fold = true};
	GeTargetRows rows = {.n_rows = N_ROWS,
						 .id_width = 4,
						 .ids = ids,
						 .places = shape == TARGET_ORDERED ? places : NULL,
						 .visible = shape == TARGET_ORDERED ? places : NULL,
						 .float_targets = targets,
						 .weights = weights};
	Random random = {9};
	GeTargetTotals totals;
	GeStatus status;

	for (i = 0; i < N_ROWS; i++)
	{
		ids[i] = (uint32_t) random_below(&random, N_USERS + 1);
		places[i] = N_ROWS - 1 - i;
		targets[i] = random_unit(&random);
		weights[i] = random_unit(&random);
	}
	for (f = 0; f < n_finishes; f++)
		into[f] = encodings[f];
	status = backend->target.create(context, &spec, target, error);
	if (status == GE_OK)
		status = backend->target.add(*target, &rows, error);
	if (status == GE_OK)
		status = backend->target.finish(*target, &finish, &totals, unseen, error);
	if (status == GE_OK)
		status = backend->target.rows(*target, &rows, into, error);
	for (i = 0; status == GE_OK && i < N_ROWS * n_finishes; i++)
	{
		uint64_t bits;

		memcpy(&bits, &encodings[i / N_ROWS][i % N_ROWS], sizeof bits);
		mix(digest, bits);
	}
	return status;
}

static Outcome
run_job(const GeBackend *backend, long fault_at, int code, uint64_t limit)
{
	static uint32_t ids[N_ROWS];
	GeContextOptions options = {.abi = GE_BACKEND_ABI,
								.threads = 1,
								.device = -1,
								.memory_limit = limit,
								.may_start_later = limit == 0,
								.hash_seed = 1,
								.hash_mask = ~UINT64_C(0)};
	GeTraits traits;
	GeContext *context = NULL;
	GeDictionary *dictionary = NULL;
	GeTarget *targets[N_TARGET_SHAPES] = {NULL};
	Outcome outcome = {0};
	TargetShape shape;
	char text[24];

	snprintf(text, sizeof text, "%ld", fault_at);
	setenv("GE_CUDA_FAULT_AT", text, 1);
	snprintf(text, sizeof text, "%d", code);
	setenv("GE_CUDA_FAULT_ERROR", text, 1);
	outcome.status = backend->open(&options, &context, &traits, &outcome.error);
	if (outcome.status == GE_OK)
		outcome.status = run_dictionary(backend, context, &dictionary, ids,
										&outcome.digest, &outcome.error);
	for (shape = 0; shape < N_TARGET_SHAPES && outcome.status == GE_OK; shape++)
		outcome.status = run_target(backend, context, shape, &targets[shape],
									&outcome.digest, &outcome.error);
	for (shape = 0; shape < N_TARGET_SHAPES; shape++)
		backend->target.free(targets[shape]);
	backend->dictionary.free(dictionary);
	backend->close(context);
	return outcome;
}

/* How a job is made to fail. */
typedef struct Faults
{
	int device;		/* of several, the one whose calls fail; -1: there is one */
	uint64_t limit; /* of device memory; 0: none, and the device starts later */
	uint64_t digest;
	long n_calls;
	long stride; /* every so many-th call fails */
} Faults;

/* What is lost with a device does not matter to the others. */
static void
check_other(Parity *parity, const char *name, const Faults *faults)
{
	Outcome outcome = run_job(parity_other_than(faults->device), 0, 0, faults->limit);

	parity_result(parity, name,
				  outcome.status == GE_OK && outcome.digest == faults->digest,
				  "another device cannot be used");
}

static void
check_code(Parity *parity, int code, const Faults *faults)
{
	long at;

	for (at = 1; at <= faults->n_calls; at += faults->stride)
	{
		Outcome outcome = run_job(parity->cuda, at, code, faults->limit);
		bool is_right = outcome.status == GE_OK ? outcome.digest == faults->digest
												: outcome.error.message[0] != '\0';
		char name[64];

		snprintf(name, sizeof name, "fault %d at call %ld, limit %llu, device %d", code,
				 at, (unsigned long long) faults->limit, faults->device);
		parity_result(parity, name, is_right, "a wrong result without an error");
		if (faults->device >= 0)
			check_other(parity, name, faults);
		if (at / faults->stride % 16 == 15)
		{
			outcome = run_job(parity->cuda, 0, code, faults->limit);
			parity_result(parity, name,
						  outcome.status == GE_OK && outcome.digest == faults->digest,
						  "the next job is not right");
		}
	}
}

/* Out of memory, a launch out of resources, and a lost context. */
static void
check_limit(Parity *parity, int device, uint64_t limit, long most_faults)
{
	static const int codes[] = {2, 701, 719};
	Outcome cpu = run_job(parity->cpu, 0, 0, limit),
			cuda = run_job(parity->cuda, 0, 0, limit);
	const char *calls = getenv("GE_CUDA_FAULT_CALLS");
	Faults faults = {.device = device, .limit = limit, .digest = cpu.digest};
	uint32_t i;

	faults.n_calls = calls != NULL ? atol(calls) : 0;
	faults.stride = 1 + faults.n_calls / most_faults;
	printf("limit %llu: %ld calls\n", (unsigned long long) limit, faults.n_calls);
	parity_result(parity, "faults: the job itself",
				  cuda.status == GE_OK && cuda.digest == cpu.digest, cuda.error.message);
	parity_result(parity, "faults: the library counts calls", faults.n_calls > 0,
				  "it was built without GE_CUDA_FAULTS");
	for (i = 0; i < sizeof codes / sizeof *codes; i++)
		check_code(parity, codes[i], &faults);
}

void
parity_faults(Parity *parity)
{
	int i;

	for (i = 0; parity_device(i) >= 0; i++)
	{
		char text[16];

		snprintf(text, sizeof text, "%d", parity_device(i));
		setenv("GE_CUDA_FAULT_DEVICE", text, 1);
		check_limit(parity, parity_device(i), 0, 100);
		/* a job without a fault ends the loss that the last one simulated */
		(void) run_job(parity->cuda, 0, 0, 0);
	}
	if (i > 0)
		return;
	check_limit(parity, -1, 0, 100000);
	check_limit(parity, -1, UINT64_C(256) << 20, 150);
}
