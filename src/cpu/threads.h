/*
 * threads.h: a pool of threads that run numbered tasks.
 *
 * ge_threads_run(pool, n, ...) calls run(arg, task, worker) once for every task
 * 0..n_tasks-1, in ascending order of starting, on the calling thread and on idle
 * threads of the pool, and returns when all are done.  worker is below the number of
 * threads asked for, and no two tasks that run at once have the same.
 *
 * One job at a time.  Jobs of one thread or one task are an exception: they do not use
 * the pool, and may run at the same time, each on its caller's thread.
 *
 * Threads are started at the first need, with all signals blocked, and sleep between
 * jobs.  If a thread cannot be started, the pool works without it.  The caller never
 * waits for a thread that has not taken a task.
 */
#ifndef GE_CPU_THREADS_H
#define GE_CPU_THREADS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct GeThreads GeThreads;

typedef void (*GeTask)(void *arg, uint64_t task, uint32_t worker);

/* At most this many threads, the caller counted, however many are asked for. */
#define GE_MAX_THREADS 256

/* max_threads >= 1 counts the calling thread.  NULL: no memory. */
extern GeThreads *ge_threads_create(uint32_t max_threads);
/* Ends and joins the threads; NULL is allowed. */
extern void ge_threads_free(GeThreads *threads);

/* The most threads that a job can have. */
extern uint32_t ge_threads_max(const GeThreads *threads);

extern void ge_threads_run(GeThreads *threads, uint32_t n_threads, uint64_t n_tasks,
						   GeTask run, void *arg);

#endif /* GE_CPU_THREADS_H */
