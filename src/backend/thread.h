/*
 * thread.h: the only place that starts threads.
 *
 * Signals of the server's process belong to the server's own thread.  So every other
 * thread starts with all signals blocked.
 */
#ifndef GE_BACKEND_THREAD_H
#define GE_BACKEND_THREAD_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>

/* False: no thread could be started.  Else the caller joins or detaches *thread. */
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
