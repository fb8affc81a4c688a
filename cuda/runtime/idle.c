/*
 * idle.c: a thread that waits for the process' CUDA contexts to be idle long enough.
 *
 * The mutex is held while the contexts are destroyed, so that ge_cuda_idle_opening() waits for
 * that to end.  The thread starts with the first close that has a timeout, and then
 * stays, asleep.  Where it cannot be started the contexts stay too: that costs memory
 * alone.
 */
#include "runtime/idle.h"

#include <cuda_runtime_api.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "backend/thread.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed;
static bool has_thread;
/* guarded by mutex */
static int n_open;
static uint64_t idle_devices; /* bit d: the process has a context on device d */
static bool is_due; /* the contexts are to be destroyed at due_at, unless n_open > 0 */
static struct timespec due_at;

static void
release_devices(void)
{
	int device;

	for (device = 0; device < 64; device++)
		if ((idle_devices >> device & 1) != 0 && cudaSetDevice(device) == cudaSuccess)
			(void) cudaDeviceReset();
	idle_devices = 0;
}

static void *
wait_and_release(void *unused)
{
	(void) unused;
	pthread_mutex_lock(&mutex);
	for (;;)
	{
		struct timespec now;

		if (n_open > 0 || !is_due)
		{
			pthread_cond_wait(&changed, &mutex);
			continue;
		}
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec < due_at.tv_sec ||
			(now.tv_sec == due_at.tv_sec && now.tv_nsec < due_at.tv_nsec))
		{
			pthread_cond_timedwait(&changed, &mutex, &due_at);
			continue;
		}
		release_devices();
		is_due = false;
	}
	return NULL;
}

/* Start the thread, once, with all signals blocked. */
static void
start_thread(void)
{
	pthread_condattr_t attributes;
	pthread_t thread;

	if (has_thread)
		return;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&changed, &attributes);
	pthread_condattr_destroy(&attributes);
	has_thread = ge_thread_start(&thread, wait_and_release, NULL);
	if (has_thread)
		pthread_detach(thread);
}

void
ge_cuda_idle_opening(void)
{
	pthread_mutex_lock(&mutex);
	n_open++;
	is_due = false;
	pthread_mutex_unlock(&mutex);
}

void
ge_cuda_idle_closed(int device, int timeout)
{
	pthread_mutex_lock(&mutex);
	n_open--;
	if (device >= 0 && device < 64)
		idle_devices |= UINT64_C(1) << device;
	if (n_open == 0 && timeout > 0)
	{
		start_thread();
		clock_gettime(CLOCK_MONOTONIC, &due_at);
		due_at.tv_sec += timeout;
		is_due = true;
		if (has_thread)
			pthread_cond_signal(&changed);
	}
	pthread_mutex_unlock(&mutex);
}
