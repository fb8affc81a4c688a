/*
 * threads_test.c: the pool of threads runs every task once, and takes no signals.
 */
#include "cpu/threads.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/context.h"
#include "cpu/cpu_backend.h"
#include "support.h"
#include "tap.h"

/* What tasks leave behind. */
typedef struct Record
{
	uint32_t n_threads;
	atomic_int runs[1000];
	atomic_int busy[64]; /* tasks of a worker that run now */
	atomic_bool clash;	 /* two at once, or a number too high */
	atomic_bool signals; /* a thread of the pool has a signal that is not blocked */
	pthread_t caller;
} Record;

static void
record_task(void *arg, uint64_t task, uint32_t worker)
{
	Record *record = arg;
	sigset_t mask;

	if (worker >= record->n_threads || atomic_fetch_add(&record->busy[worker], 1) != 0)
		record->clash = true;
	atomic_fetch_add(&record->runs[task], 1);
	for (volatile int i = 0; i < 2000; i++)
		;
	if (!pthread_equal(pthread_self(), record->caller))
	{
		pthread_sigmask(SIG_SETMASK, NULL, &mask);
		if (!sigismember(&mask, SIGTERM) || !sigismember(&mask, SIGUSR1))
			record->signals = true;
	}
	atomic_fetch_sub(&record->busy[worker], 1);
}

static void
test_tasks(uint32_t n_threads, uint32_t n_jobs, uint64_t n_tasks)
{
	GeThreads *threads = ge_threads_create(n_threads);
	Record *record = test_alloc(1, sizeof *record);
	bool once = true;
	uint64_t i, j;

	record->n_threads = n_threads;
	record->caller = pthread_self();
	for (j = 0; j < n_jobs; j++)
	{
		memset(record->runs, 0, sizeof record->runs);
		ge_threads_run(threads, 1 + (uint32_t) j % (n_threads + 2), n_tasks, record_task,
					   record);
		for (i = 0; i < n_tasks; i++)
			once &= record->runs[i] == 1;
	}
	tap_ok(once && !record->clash, "%u threads: %u jobs of %u tasks, each once",
		   n_threads, n_jobs, (unsigned) n_tasks);
	tap_ok(!record->signals, "%u threads: all signals are blocked in them", n_threads);
	ge_threads_free(threads);
	free(record);
}

/* One of several threads that use a pool at once. */
typedef struct Caller
{
	GeThreads *threads;
	pthread_t thread;
	atomic_int runs;
	bool elsewhere; /* a task ran on another thread */
} Caller;

static void
count_run(void *arg, uint64_t task, uint32_t worker)
{
	Caller *caller = arg;

	caller->elsewhere |= !pthread_equal(pthread_self(), caller->thread) || worker != 0;
	atomic_fetch_add(&caller->runs, 1 + (int) task);
}

static void *
run_small_jobs(void *arg)
{
	Caller *caller = arg;

	caller->thread = pthread_self();
	for (int i = 0; i < 2000; i++)
		ge_threads_run(caller->threads, i % 2 == 0 ? 4 : 1, i % 2 == 0 ? 1 : 3, count_run,
					   caller);
	return NULL;
}

/* Jobs of one task or one thread may run at once. */
static void
test_small_jobs(void)
{
	GeThreads *threads = ge_threads_create(4);
	Caller callers[3] = {
		{.threads = threads}, {.threads = threads}, {.threads = threads}};
	pthread_t started[3];
	bool all = true;

	for (int i = 0; i < 3; i++)
		pthread_create(&started[i], NULL, run_small_jobs, &callers[i]);
	for (int i = 0; i < 3; i++)
	{
		pthread_join(started[i], NULL);
		all &= callers[i].runs == 1000 * (1 + 1 + 2 + 3) && !callers[i].elsewhere;
	}
	tap_ok(all, "small jobs of several callers run at once, each on its caller's thread");
	ge_threads_free(threads);
}

static GeStatus
fail_some(void *arg, uint64_t task, uint32_t worker, GeWork *work)
{
	(void) worker;
	atomic_fetch_add((atomic_int *) arg, 1);
	if (task == 3 || task == 700)
		return ge_cpu_fail(work->error, GE_INTERNAL, "task %d", (int) task);
	return GE_OK;
}

/* Tasks start in order, so task 3 always runs; what comes long after is skipped. */
static void
test_failure(void)
{
	GeContextOptions options = test_options(3);
	GeContext *context = test_open(&ge_cpu_backend, &options);
	atomic_int n_run = 0;
	GeError error;

	tap_ok(ge_context_run(context, 3, 1000000, fail_some, &n_run, &error) ==
				   GE_INTERNAL &&
			   strcmp(error.message, "task 3") == 0,
		   "the failure of the first task that failed is reported");
	tap_ok(n_run < 1000000, "tasks after a failure are skipped");
	ge_cpu_close(context);
}

int
main(void)
{
	test_tasks(1, 5, 100);
	test_tasks(2, 200, 10);
	test_tasks(5, 50, 1000);
	test_tasks(3, 5, 0);
	test_small_jobs();
	test_failure();
	ge_threads_free(NULL);
	return tap_done();
}
