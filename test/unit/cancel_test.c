/*
 * cancel_test.c: every long operation of the CPU backend looks at cancelled() and stops.
 *
 * Each operation is run once to the end, counting the looks and the longest time between
 * two, and once with cancelled() answering true at the second look.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "cpu/target.h"
#include "key_column.h"
#include "support.h"
#include "tap.h"

/* What cancelled() is given: it answers true from look number `from` on (0: never). */
typedef struct Cancel
{
	atomic_long looks;
	long from;
	double last;
	double longest; /* seconds between two looks; one thread */
} Cancel;

static double
seconds_now(void)
{
	struct timespec now;

	/* processor time: other programs may have the processor for longer than 50 ms */
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

static bool
is_cancelled(void *arg)
{
	Cancel *cancel = arg;
	long look = atomic_fetch_add(&cancel->looks, 1) + 1;
	double now = seconds_now();

	if (now - cancel->last > cancel->longest)
		cancel->longest = now - cancel->last;
	cancel->last = now;
	return cancel->from > 0 && look >= cancel->from;
}

static void
start(Cancel *cancel, long from)
{
	cancel->looks = 0;
	cancel->from = from;
	cancel->longest = 0;
	cancel->last = seconds_now();
}

/* One operation, on an object made ready for it by the earlier ones. */
typedef GeStatus (*Operation)(void *state, GeError *error);

/* True when the operation ran to its end and looked often enough. */
static bool
runs(Cancel *cancel, Operation operation, void *state, const char *name)
{
	GeStatus status;
	GeError error;

	start(cancel, 0);
	status = operation(state, &error);
	(void) is_cancelled(cancel);
	tap_ok(status == GE_OK && cancel->looks > 2, "%s looks at cancelled()", name);
	tap_note("%ld looks, %.1f ms of work between two at most", cancel->looks - 1,
			 1e3 * cancel->longest);
	/* 50 ms are the rule; the sanitizers make everything about four times slower */
	return tap_ok(cancel->longest < 0.2, "%s looks often", name);
}

static void
stops(Cancel *cancel, Operation operation, void *state, const char *name)
{
	GeStatus status;
	GeError error;

	start(cancel, 2);
	status = operation(state, &error);
	tap_ok(status == GE_CANCELLED && error.status == GE_CANCELLED && cancel->looks == 2,
		   "%s stops", name);
}

#define N_ROWS 1200000
#define N_DISTINCT 600000

typedef struct DictionaryState
{
	GeContext *context;
	KeyColumn *column;
	GeDictionary *dictionary;
	uint32_t *ids;
	uint32_t *sorted;
	uint64_t *offsets;
	uint8_t *bytes;
	bool free_first; /* begin with a new dictionary */
} DictionaryState;

static GeStatus
add_keys(void *arg, GeError *error)
{
	DictionaryState *state = arg;
	GeStatus status;

	ge_cpu_backend.dictionary.free(state->dictionary);
	status = ge_cpu_backend.dictionary.create(state->context, GE_KEY_BYTES,
											  &state->dictionary, error);
	if (status != GE_OK)
		return status;
	return ge_cpu_backend.dictionary.add(state->context, 1, &state->dictionary,
										 &state->column->keys, &state->ids, error);
}

static GeStatus
sort_keys(void *arg, GeError *error)
{
	DictionaryState *state = arg;

	return ge_cpu_backend.dictionary.sort(
		state->dictionary, 1, ge_cpu_backend.dictionary.size(state->dictionary),
		state->sorted, error);
}

static GeStatus
get_keys(void *arg, GeError *error)
{
	DictionaryState *state = arg;

	return ge_cpu_backend.dictionary.keys(
		state->dictionary, state->sorted,
		ge_cpu_backend.dictionary.size(state->dictionary), NULL, state->offsets,
		state->bytes, error);
}

static void
test_dictionary(GeContext *context, Cancel *cancel)
{
	DictionaryState state = {.context = context};

	state.column = key_column_make(KEYS_USER, N_ROWS, N_DISTINCT, false, 1);
	state.ids = test_alloc(N_ROWS, sizeof *state.ids);
	state.sorted = test_alloc(N_DISTINCT, sizeof *state.sorted);
	state.offsets = test_alloc(N_DISTINCT + 1, sizeof *state.offsets);
	state.bytes = test_alloc(N_DISTINCT, 16);
	stops(cancel, add_keys, &state, "dictionary_add");
	runs(cancel, add_keys, &state, "dictionary_add");
	stops(cancel, sort_keys, &state, "dictionary_sort");
	runs(cancel, sort_keys, &state, "dictionary_sort");
	stops(cancel, get_keys, &state, "dictionary_keys");
	runs(cancel, get_keys, &state, "dictionary_keys");
	ge_cpu_backend.dictionary.free(state.dictionary);
	key_column_free(state.column);
	free(state.ids);
	free(state.sorted);
	free(state.offsets);
	free(state.bytes);
}

typedef struct TargetState
{
	GeContext *context;
	const GeTargetWay *way;
	GeTargetSpec spec;
	GeTargetRows rows;
	GeTarget *target;
	double *encodings;
} TargetState;

static GeStatus
add_rows(void *arg, GeError *error)
{
	TargetState *state = arg;
	GeStatus status;

	ge_cpu_backend.target.free(state->target);
	status =
		ge_target_create(state->context, &state->spec, state->way, &state->target, error);
	if (status != GE_OK)
		return status;
	return ge_cpu_backend.target.add(state->target, &state->rows, error);
}

static GeStatus
finish_rows(void *arg, GeError *error)
{
	TargetState *state = arg;

	return test_finish(&ge_cpu_backend, state->target, 0, true, error);
}

static GeStatus
look_up_rows(void *arg, GeError *error)
{
	TargetState *state = arg;

	return ge_cpu_backend.target.rows(state->target, &state->rows, &state->encodings,
									  error);
}

static void
test_target(GeContext *context, Cancel *cancel, const GeTargetWay *way, const char *name)
{
	TargetState state = {.context = context, .way = way};
	uint32_t *ids = test_alloc(N_ROWS, sizeof *ids), i;
	double *targets = test_alloc(N_ROWS, sizeof *targets);
	uint64_t random = 1;

	state.encodings = test_alloc(N_ROWS, sizeof(double));
	for (i = 0; i < N_ROWS; i++)
	{
		ids[i] = 1 + (uint32_t) random_below(&random, N_DISTINCT);
		targets[i] = (double) random_below(&random, 1000);
	}
	state.spec.kind = GE_TARGET_FLOAT64;
	state.spec.n_categories = N_DISTINCT;
	state.spec.accumulators = MEAN_ACCUMULATORS;
	ge_folds_init(&state.spec.folds, GE_SPLIT_INTERLEAVED, N_ROWS, 3, 0);
	state.rows.n_rows = N_ROWS;
	state.rows.id_width = 4;
	state.rows.ids = ids;
	state.rows.float_targets = targets;
	tap_note("%s", name);
	stops(cancel, add_rows, &state, "target_add");
	runs(cancel, add_rows, &state, "target_add");
	stops(cancel, finish_rows, &state, "target_finish");
	start(cancel, 0);
	if (add_rows(&state, &(GeError){0}) == GE_OK)
		runs(cancel, finish_rows, &state, "target_finish");
	stops(cancel, look_up_rows, &state, "target_rows");
	runs(cancel, look_up_rows, &state, "target_rows");
	ge_cpu_backend.target.free(state.target);
	free(ids);
	free(targets);
	free(state.encodings);
}

int
main(void)
{
	GeContextOptions options = test_options(1);
	Cancel cancel = {0};
	GeContext *context;

	options.cancelled = is_cancelled;
	options.cancelled_arg = &cancel;
	context = test_open(&ge_cpu_backend, &options);
	test_dictionary(context, &cancel);
	test_target(context, &cancel, &ge_dense_way, "dense cells");
	test_target(context, &cancel, &ge_sorted_way, "sorted segments");
	ge_cpu_backend.close(context);
	return tap_done();
}
