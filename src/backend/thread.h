/*
 * thread.h: where every thread starts.
 *
 * A thread of ours shares the server's process, whose signals belong to its own thread: it
 * starts with all of them blocked.
 */
#ifndef GE_BACKEND_THREAD_H
#define GE_BACKEND_THREAD_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>

/* False where no thread can be had; *thread is to be joined or detached otherwise. */
static inline bool
ge_thread_start(pthread_t *thread, void *(*run)(void *), void *arg)
{
	sigset_t all, before;
	bool started;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	started = pthread_create(thread, NULL, run, arg) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return started;
}

#endif /* GE_BACKEND_THREAD_H */
