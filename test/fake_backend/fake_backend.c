/*
 * fake_backend.c: GPUs that are none, for tests of what happens around a real one: devices and contexts.
 *
 * Answers as gpu_encode_cuda.so would, but computes with the CPU backend, and does what the
 * file of orders.h says, which is read when the library is loaded and at each devices() and
 * open() while no context is open.  Beside that file, in FILE.log, a line for each open, close and end of a process,
 * with the objects that close() found not freed, and for each call on a context that had
 * failed, which the contract forbids.
 */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fake_backend.h"
#include "orders.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* guarded by lock: */
static Orders fake;
static int n_open;
static bool is_lost[MAX_DEVICES]; /* for the life of the process */

static void
write_log(const char *format, ...)
{
	char path[1024];
	va_list arguments;
	FILE *file;

	snprintf(path, sizeof path, "%s.log", getenv("GE_FAKE_GPU"));
	file = fopen(path, "a");
	if (file == NULL)
		return;
	va_start(arguments, format);
	vfprintf(file, format, arguments);
	va_end(arguments);
	fputc('\n', file);
	fclose(file);
}

GeStatus
fake_answer(GeError *error, GeStatus status, const char *message)
{
	error->status = status;
	snprintf(error->message, sizeof error->message, "%s", message);
	return status;
}

static void
sleep_ms(long ms)
{
	const struct timespec nap = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&nap, NULL);
}

/* Wait for a cancel, then answer a status. */
static GeStatus
hang(bool (*cancelled)(void *arg), void *arg, GeError *error, GeStatus status)
{
	int i;

	for (i = 0; i < 3000; i++)
	{
		if (cancelled(arg))
			return fake_answer(error, status, "cancelled");
		sleep_ms(10);
	}
	return fake_answer(error, GE_INTERNAL, "the fake hung for 30 seconds");
}

/* The order that is due at a call; NULL: none. */
static const Order *
find_order(const char *call, int device)
{
	const Order *due = NULL;
	int i;

	pthread_mutex_lock(&lock);
	for (i = 0; i < fake.n_orders && due == NULL; i++)
	{
		Order *order = &fake.orders[i];

		if (strcmp(order->call, call) == 0 &&
			(order->device < 0 || order->device == device) && ++order->made == order->at)
			due = order;
	}
	pthread_mutex_unlock(&lock);
	return due;
}

/* What the file orders for a call. */
static GeStatus
follow_orders(const char *call, int device, bool (*cancelled)(void *arg), void *arg,
			  GeError *error)
{
	const Order *order = find_order(call, device);

	if (order == NULL)
		return GE_OK;
	return order->hangs
			   ? hang(cancelled, arg, error, (GeStatus) order->status)
			   : fake_answer(error, (GeStatus) order->status, "as the fake was told");
}

GeStatus
fake_begin(GeContext *context, const char *call, GeError *error)
{
	GeStatus status;

	if (context->has_failed)
		write_log("misuse: %s after a failure", call);
	if (is_lost[context->device])
		return fake_answer(error, GE_DEVICE_LOST, "the fake device was lost earlier");
	if (context->start_error.status != GE_OK)
	{
		context->has_failed = true;
		return fake_answer(error, context->start_error.status,
						   context->start_error.message);
	}
	status = follow_orders(call, context->device, context->options.cancelled,
						   context->options.cancelled_arg, error);
	context->has_failed = status != GE_OK;
	is_lost[context->device] = status == GE_DEVICE_LOST;
	return status;
}

GeStatus
fake_begin_rows(GeContext *context, const char *call, GeError *error)
{
	sleep_ms(fake.slow[context->device]);
	return fake_begin(context, call, error);
}

/* The file is read again while no context is open. */
static void
read_again(void)
{
	if (n_open == 0)
		read_orders(&fake);
}

static GeStatus
fake_devices(GeDeviceInfo *infos, int32_t max, int32_t *n, bool (*cancelled)(void *arg),
			 void *cancelled_arg, GeError *error)
{
	GeStatus status;
	int i;

	pthread_mutex_lock(&lock);
	read_again();
	pthread_mutex_unlock(&lock);
	*n = 0;
	status = follow_orders("devices", -1, cancelled, cancelled_arg, error);
	if (status != GE_OK)
		return status;
	if (fake.no_driver[0] != '\0')
		return fake_answer(error, GE_DEVICE_UNUSABLE, fake.no_driver);
	*n = fake.n_devices;
	for (i = 0; i < fake.n_devices && i < max; i++)
	{
		memset(&infos[i], 0, sizeof infos[i]);
		snprintf(infos[i].device, sizeof infos[i].device, "%d", i);
		snprintf(infos[i].name, sizeof infos[i].name, "Fake GPU");
		snprintf(infos[i].compute_capability, sizeof infos[i].compute_capability, "9.0");
		snprintf(infos[i].driver, sizeof infos[i].driver, "CUDA 13.0");
		snprintf(infos[i].reason, sizeof infos[i].reason, "%s",
				 is_lost[i] ? "the fake device was lost earlier" : fake.unusable[i]);
		infos[i].usable = infos[i].reason[0] == '\0';
		infos[i].memory_bytes = MEMORY_BYTES;
		infos[i].free_bytes = fake.free_bytes[i];
	}
	return GE_OK;
}

/* The usable device with the most free memory; 0 if none is usable. */
static int
find_roomiest(void)
{
	int i, best = -1;

	for (i = 0; i < fake.n_devices; i++)
		if (fake.unusable[i][0] == '\0' && !is_lost[i] &&
			(best < 0 || fake.free_bytes[i] > fake.free_bytes[best]))
			best = i;
	return best < 0 ? 0 : best;
}

static GeStatus
choose_device(GeContext *context, GeError *error)
{
	int device = context->options.device;

	if (fake.no_driver[0] != '\0')
		return fake_answer(error, GE_DEVICE_UNUSABLE, fake.no_driver);
	if (device < 0)
		device = find_roomiest();
	if (device >= fake.n_devices)
		return fake_answer(error, GE_DEVICE_UNUSABLE, "there is no such device");
	context->device = device;
	snprintf(context->name, sizeof context->name, "%d: Fake GPU", device);
	if (fake.unusable[device][0] != '\0')
		return fake_answer(error, GE_DEVICE_UNUSABLE, fake.unusable[device]);
	return GE_OK;
}

static GeStatus
check_estimate(const GeContext *context, GeError *error)
{
	const GeEstimate *estimate = &context->options.estimate;
	unsigned long long limit = context->options.memory_limit, needed, there;

	needed =
		estimate->categories * 100 + estimate->key_bytes + estimate->target_bytes / 3;
	there = fake.memory_of[context->device] != 0 ? fake.memory_of[context->device]
												 : fake.memory;
	if (limit != 0 && limit < there)
		there = limit;
	if (needed <= there)
		return GE_OK;
	error->status = GE_OUT_OF_MEMORY;
	snprintf(error->message, sizeof error->message,
			 "about %llu bytes of device memory needed, %llu there", needed, there);
	return GE_OUT_OF_MEMORY;
}

static GeStatus
open_context(GeContext *context, GeTraits *traits, GeError *error)
{
	GeStatus status = choose_device(context, error);

	if (status == GE_DEVICE_UNUSABLE && context->options.may_start_later)
	{
		context->start_error = *error;
		status = GE_OK;
	}
	else if (status == GE_OK)
		status = fake_begin(context, "open", error);
	if (status == GE_OK)
		status = check_estimate(context, error);
	if (status == GE_OK)
		status = ge_cpu_backend.open(&context->options, &context->inner, traits, error);
	return status;
}

static GeStatus
fake_open(const GeContextOptions *options, GeContext **context, GeTraits *traits,
		  GeError *error)
{
	GeContext *made = calloc(1, sizeof *made);
	GeStatus status;

	*context = NULL;
	if (made == NULL)
		return fake_answer(error, GE_OUT_OF_MEMORY, "no memory for a fake");
	made->options = *options;
	pthread_mutex_lock(&lock);
	read_again();
	n_open++;
	pthread_mutex_unlock(&lock);
	status = open_context(made, traits, error);
	if (status == GE_OK)
	{
		write_log("open %d", made->device);
		*context = made;
		return GE_OK;
	}
	pthread_mutex_lock(&lock);
	n_open--;
	pthread_mutex_unlock(&lock);
	free(made);
	return status;
}

static void
fake_close(GeContext *context)
{
	if (context == NULL)
		return;
	write_log("close %ld", context->n_objects);
	ge_cpu_backend.close(context->inner);
	free(context);
	pthread_mutex_lock(&lock);
	n_open--;
	pthread_mutex_unlock(&lock);
}

static const char *
fake_device_name(const GeContext *context)
{
	return context->name;
}

static void
fake_before_exit(void)
{
	write_log("exit");
}

extern const GeBackend *ge_cuda_backend(void) __attribute__((visibility("default")));

const GeBackend *
ge_cuda_backend(void)
{
	static GeBackend backend;

	read_orders(&fake);
	backend = ge_cpu_backend;
	backend.abi = fake.abi;
	backend.name = "cuda";
	backend.process.devices = fake_devices;
	backend.open = fake_open;
	backend.close = fake_close;
	backend.device_name = fake_device_name;
	backend.process.before_exit = fake_before_exit;
	fake_objects(&backend);
	return &backend;
}
