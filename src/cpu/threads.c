/*
 * threads.c: the pool of threads.
 *
 * All fields below `lock` are guarded by it, but next_task, which is atomic.  A job
 * invites some workers; a worker that wakes in time joins, takes tasks until there are
 * none, and leaves.  When no task is left, the caller withdraws the open invitations and
 * waits for the workers that joined.
 */
#include "cpu/threads.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "backend/thread.h"
#include "cpu/float_mode.h"

struct GeThreads
{
	uint32_t max_threads; /* the caller counted */
	pthread_mutex_t lock;
	pthread_cond_t invited_some; /* or stopping */
	pthread_cond_t all_left;

	uint32_t n_started;
	bool cannot_start; /* pthread_create failed once: stay with what there is */
	bool stopping;
	uint32_t invited; /* workers that may still join the job */
	uint32_t joined;  /* have joined it: the number of the last one */
	uint32_t inside;  /* have joined and not left */
	GeTask run;
	void *arg;
	uint64_t n_tasks;
	atomic_uint_fast64_t next_task;
	pthread_t started[GE_MAX_THREADS];
};

static void
run_tasks(GeThreads *threads, uint32_t worker)
{
	for (;;)
	{
		uint64_t task =
			atomic_fetch_add_explicit(&threads->next_task, 1, memory_order_relaxed);

		if (task >= threads->n_tasks)
			return;
		threads->run(threads->arg, task, worker);
	}
}

static void *
worker_main(void *arg)
{
	GeThreads *threads = arg;

	ge_float_mode_reset();
	pthread_mutex_lock(&threads->lock);
	for (;;)
	{
		uint32_t worker;

		while (threads->invited == 0 && !threads->stopping)
			pthread_cond_wait(&threads->invited_some, &threads->lock);
		if (threads->stopping)
			break;
		threads->invited--;
		threads->inside++;
		worker = ++threads->joined;
		pthread_mutex_unlock(&threads->lock);
		run_tasks(threads, worker);
		pthread_mutex_lock(&threads->lock);
		if (--threads->inside == 0)
			pthread_cond_signal(&threads->all_left);
	}
	pthread_mutex_unlock(&threads->lock);
	return NULL;
}

GeThreads *
ge_threads_create(uint32_t max_threads)
{
	GeThreads *threads = calloc(1, sizeof *threads);

	if (threads == NULL)
		return NULL;
	threads->max_threads = max_threads < GE_MAX_THREADS ? max_threads : GE_MAX_THREADS;
	pthread_mutex_init(&threads->lock, NULL);
	pthread_cond_init(&threads->invited_some, NULL);
	pthread_cond_init(&threads->all_left, NULL);
	return threads;
}

void
ge_threads_free(GeThreads *threads)
{
	uint32_t i;

	if (threads == NULL)
		return;
	pthread_mutex_lock(&threads->lock);
	threads->stopping = true;
	pthread_cond_broadcast(&threads->invited_some);
	pthread_mutex_unlock(&threads->lock);
	for (i = 0; i < threads->n_started; i++)
		pthread_join(threads->started[i], NULL);
	pthread_cond_destroy(&threads->all_left);
	pthread_cond_destroy(&threads->invited_some);
	pthread_mutex_destroy(&threads->lock);
	free(threads);
}

uint32_t
ge_threads_max(const GeThreads *threads)
{
	return threads->max_threads;
}

/* Start threads until there are n of them. */
static void
start_workers(GeThreads *threads, uint32_t n)
{
	if (threads->n_started >= n || threads->cannot_start)
		return;
	while (threads->n_started < n && !threads->cannot_start)
	{
		pthread_t *slot = &threads->started[threads->n_started];

		if (ge_thread_start(slot, worker_main, threads))
			threads->n_started++;
		else
			threads->cannot_start = true;
	}
}

static void
invite(GeThreads *threads, uint32_t n_workers)
{
	uint32_t i;

	pthread_mutex_lock(&threads->lock);
	start_workers(threads, n_workers);
	threads->invited = n_workers < threads->n_started ? n_workers : threads->n_started;
	threads->joined = 0;
	for (i = 0; i < threads->invited; i++)
		pthread_cond_signal(&threads->invited_some);
	pthread_mutex_unlock(&threads->lock);
}

static void
wait_for_workers(GeThreads *threads)
{
	pthread_mutex_lock(&threads->lock);
	threads->invited = 0;
	while (threads->inside > 0)
		pthread_cond_wait(&threads->all_left, &threads->lock);
	pthread_mutex_unlock(&threads->lock);
}

void
ge_threads_run(GeThreads *threads, uint32_t n_threads, uint64_t n_tasks, GeTask run,
			   void *arg)
{
	if (n_threads > threads->max_threads)
		n_threads = threads->max_threads;
	if (n_threads > n_tasks)
		n_threads = (uint32_t) n_tasks;
	if (n_threads <= 1)
	{
		for (uint64_t task = 0; task < n_tasks; task++)
			run(arg, task, 0);
		return;
	}
	threads->run = run;
	threads->arg = arg;
	threads->n_tasks = n_tasks;
	atomic_store_explicit(&threads->next_task, 0, memory_order_relaxed);
	invite(threads, n_threads - 1);
	run_tasks(threads, 0);
	wait_for_workers(threads);
}
