/*
 * start_test.c: what starts beside its caller is put away once, by the right one of the two.
 */
#include "runtime/start.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "support.h"
#include "tap.h"

/* What a start does and what became of it; freed by the tests. */
typedef struct Record
{
	atomic_bool may_go_on; /* run() waits for this */
	GeStatus answer;
	atomic_bool has_run;
	atomic_int closes;
	bool in_order; /* closed after it had run, in the same thread */
	bool signals;  /* one is not blocked */
	pthread_t runner;
} Record;

static void
nap(long nanoseconds)
{
	const struct timespec time = {0, nanoseconds};

	nanosleep(&time, NULL);
}

static GeStatus
run(void *arg, GeError *error)
{
	Record *record = arg;
	sigset_t mask;

	record->runner = pthread_self();
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	record->signals = !sigismember(&mask, SIGINT) || !sigismember(&mask, SIGUSR1);
	while (!record->may_go_on)
		nap(100000);
	error->status = record->answer;
	strcpy(error->message, "as told");
	record->has_run = true;
	return record->answer;
}

static void
put_away(void *arg)
{
	Record *record = arg;

	record->in_order = record->has_run && pthread_equal(record->runner, pthread_self());
	record->closes++;
}

static GeStart *
begin(Record *record)
{
	const GeStartJob job = {run, put_away, record};

	return ge_cuda_start_begin(&job);
}

static bool
is_set(void *arg)
{
	return *(bool *) arg;
}

static void
test_to_the_end(GeStatus answer)
{
	Record record = {.may_go_on = true, .answer = answer};
	GeStart *start = begin(&record);
	GeError error = {0};

	tap_ok(ge_cuda_start_wait(start, NULL, NULL, &error) == answer &&
			   strcmp(error.message, answer == GE_OK ? "" : "as told") == 0,
		   "status %d is what the wait answers: '%s'", answer, error.message);
	tap_ok(ge_cuda_start_is_over(start) && !record.signals,
		   "over, all signals blocked in its thread");
	tap_ok(ge_cuda_start_end(start) && record.closes == 0, "the caller puts it away");
}

static void
test_cancel(void)
{
	Record record = {.answer = GE_INTERNAL};
	GeStart *start = begin(&record);
	bool cancelled = true;
	GeError error = {0};

	tap_ok(ge_cuda_start_wait(start, is_set, &cancelled, &error) == GE_CANCELLED &&
			   error.status == GE_CANCELLED && !ge_cuda_start_is_over(start),
		   "a cancel ends the wait: '%s'", error.message);
	tap_ok(!ge_cuda_start_end(start) && record.closes == 0, "and the start goes on");
	record.may_go_on = true;
	ge_cuda_start_wait_for_all();
	tap_ok(record.closes == 1 && record.in_order,
		   "it is put away when it is over, in its thread");
}

/* Those that are about to be gone are joined by the next one, the others go on. */
static void
test_several(void)
{
	Record records[8] = {0}, last = {.may_go_on = true};
	int i, closes = 0;
	GeError error;
	GeStart *start;

	for (i = 0; i < 8; i++)
		(void) ge_cuda_start_end(begin(&records[i]));
	for (i = 0; i < 8; i += 2)
		records[i].may_go_on = true;
	for (i = 0; i < 8; i += 2)
		while (records[i].closes == 0)
			nap(100000);
	start = begin(&last);
	tap_ok(ge_cuda_start_wait(start, NULL, NULL, &error) == GE_OK &&
			   ge_cuda_start_end(start),
		   "a start beside others that have no callers");
	for (i = 1; i < 8; i += 2)
	{
		closes += records[i].closes;
		records[i].may_go_on = true;
	}
	tap_ok(closes == 0, "which go on");
	ge_cuda_start_wait_for_all();
	for (i = 0; i < 8; i++)
		closes += records[i].closes == 1 && records[i].in_order;
	tap_ok(closes == 8, "until all were put away once");
	ge_cuda_start_wait_for_all();
}

/* The process exits, and nobody ended the start. */
static void
test_exit(void)
{
	Record record = {.may_go_on = true};

	(void) begin(&record);
	ge_cuda_start_wait_for_all();
	tap_ok(record.has_run && record.closes == 0, "an exit waits for every start");
}

/* The end comes at about the moment when run() is over. */
static void
test_moments(void)
{
	int i, by_caller = 0, by_thread = 0, wrong = 0;

	for (i = 0; i < 2000; i++)
	{
		Record *record = test_alloc(1, sizeof *record);
		GeStart *start;

		record->may_go_on = true;
		start = begin(record);
		if (i % 4 != 0)
			nap(i % 100 * 1000);
		if (ge_cuda_start_end(start))
		{
			by_caller++;
			wrong += record->closes != 0 || !record->has_run;
		}
		else
		{
			by_thread++;
			ge_cuda_start_wait_for_all();
			wrong += record->closes != 1 || !record->in_order;
		}
		free(record);
	}
	tap_ok(wrong == 0, "2000 ends at about that moment, each put away once");
	tap_note("%d by the caller, %d by the thread", by_caller, by_thread);
}

int
main(void)
{
	tap_ok(ge_cuda_start_end(NULL) && ge_cuda_start_is_over(NULL), "no start at all");
	test_to_the_end(GE_OK);
	test_to_the_end(GE_OUT_OF_MEMORY);
	test_cancel();
	test_several();
	test_exit();
	test_moments();
	return tap_done();
}
