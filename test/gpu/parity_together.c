/*
 * parity_together.c: several dictionaries in the same calls, and a cancel at any moment.
 */
#include "parity_dictionary.h"

#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define N_TOGETHER 4

/* Several columns in the same calls, flushed after every other one. */
static GeStatus
code_together(const GeBackend *backend, GeContext *context, const Column *columns,
			  Coded *coded, GeError *error)
{
	GeDictionary *dictionaries[N_TOGETHER] = {NULL};
	uint32_t n_rows = columns[0].keys.n_rows, first, n, c, batch = 5000;
	GeStatus status = GE_OK;

	for (c = 0; c < N_TOGETHER; c++)
	{
		memset(&coded[c], 0, sizeof coded[c]);
		coded[c].ids = must_allocate(n_rows * sizeof(uint32_t));
		if (status == GE_OK)
			status = backend->dictionary.create(context, columns[c].keys.kind,
												&dictionaries[c], error);
	}
	for (first = 0; status == GE_OK && first < n_rows; first += n)
	{
		GeKeys keys[N_TOGETHER];
		uint32_t *ids[N_TOGETHER];

		n = n_rows - first < batch ? n_rows - first : batch;
		for (c = 0; c < N_TOGETHER; c++)
		{
			keys[c] = parity_slice(&columns[c], first, n);
			ids[c] = coded[c].ids + first;
		}
		status =
			backend->dictionary.add(context, N_TOGETHER, dictionaries, keys, ids, error);
		if (status == GE_OK && first / batch % 2 == 1)
			status = backend->dictionary.flush(context, error);
	}
	if (status == GE_OK)
		status = backend->dictionary.flush(context, error);
	for (c = 0; c < N_TOGETHER && status == GE_OK; c++)
		status = parity_read_coded(backend, dictionaries[c], columns[c].keys.kind,
								   &coded[c], error);
	for (c = 0; c < N_TOGETHER; c++)
		backend->dictionary.free(dictionaries[c]);
	return status;
}

static void
check_together(Parity *parity, uint32_t n)
{
	static const Shape shapes[N_TOGETHER] = {SHAPE_INT_FEW, SHAPE_DISTINCT, SHAPE_INT_ANY,
											 SHAPE_URL};
	Column columns[N_TOGETHER];
	Coded cpu[N_TOGETHER], cuda[N_TOGETHER];
	GeError error = {0};
	const char *what = NULL;
	char name[64];
	uint32_t c;

	snprintf(name, sizeof name, "dictionaries together n=%u", n);
	if (!parity_wants(parity, name))
		return;
	parity_open_both(parity);
	for (c = 0; c < N_TOGETHER; c++)
		parity_make_column(&columns[c], shapes[c], n, c % 2 == 1);
	if (code_together(parity->cpu, parity->contexts[0], columns, cpu, &error) != GE_OK ||
		code_together(parity->cuda, parity->contexts[1], columns, cuda, &error) != GE_OK)
		what = error.message;
	for (c = 0; c < N_TOGETHER; c++)
	{
		if (what == NULL)
			what = parity_compare_coded(&cpu[c], &cuda[c], columns[c].keys.kind, n);
		parity_free_coded(&cpu[c]);
		parity_free_coded(&cuda[c]);
		parity_free_column(&columns[c]);
	}
	parity_result(parity, name, what == NULL, what);
	if (what != NULL)
		parity_close_both(parity);
}

/* Answers true from the n-th question on. */
typedef struct Countdown
{
	atomic_long left;
	struct timespec since; /* the first true */
} Countdown;

static bool
count_down(void *arg)
{
	Countdown *countdown = arg;
	long left = atomic_fetch_sub(&countdown->left, 1);

	if (left == 1)
		clock_gettime(CLOCK_MONOTONIC, &countdown->since);
	return left <= 1;
}

/* Cancel at the n-th question: false when all was done before that. */
static bool
check_cancel(Parity *parity, const Column *column, long at)
{
	Countdown countdown;
	struct timespec now;
	GeContext *context;
	GeDictionary *dictionary = NULL;
	uint32_t *ids = must_allocate(column->keys.n_rows * sizeof *ids);
	GeError error = {0};
	GeStatus status;
	char name[64];
	double ms;

	atomic_init(&countdown.left, LONG_MAX); /* not while it starts */
	snprintf(name, sizeof name, "cancel at question %ld", at);
	context = parity_open_cancelled(parity->cuda, ~UINT64_C(0), UINT64_C(1) << 30,
									count_down, &countdown);
	atomic_store(&countdown.left, at);
	status = parity->cuda->dictionary.create(context, GE_KEY_BYTES, &dictionary, &error);
	if (status == GE_OK)
		status = parity->cuda->dictionary.add(context, 1, &dictionary, &column->keys,
											  &ids, &error);
	if (status == GE_OK)
		status = parity->cuda->dictionary.flush(context, &error);
	if (status == GE_OK)
		status = parity->cuda->dictionary.sort(
			dictionary, 1, parity->cuda->dictionary.size(dictionary), ids, &error);
	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = status == GE_CANCELLED
			 ? (double) (now.tv_sec - countdown.since.tv_sec) * 1e3 +
				   (double) (now.tv_nsec - countdown.since.tv_nsec) / 1e6
			 : 0;
	parity_result(parity, name, (status == GE_CANCELLED || status == GE_OK) && ms < 200,
				  ms >= 200 ? "it took over 200 ms" : error.message);
	parity->cuda->dictionary.free(dictionary);
	parity->cuda->close(context);
	free(ids);
	return status == GE_CANCELLED;
}

static void
check_cancels(Parity *parity)
{
	const uint32_t n_rows = 100000;
	Column column;
	long at;

	if (parity->most_rows < n_rows || !parity_wants(parity, "cancel"))
		return;
	parity_make_column(&column, SHAPE_DISTINCT, n_rows, false);
	for (at = 2; at < 1000000 && check_cancel(parity, &column, at); at += 1 + at / 3)
		;
	parity_result(parity, "cancel", at > 10 && at < 1000000,
				  "the job was never or always cancelled");
	parity_free_column(&column);
}

void
parity_together(Parity *parity)
{
	if (parity->most_rows < 65537)
		return;
	check_together(parity, 60000);
	check_together(parity, 12000);
	check_cancels(parity);
}
