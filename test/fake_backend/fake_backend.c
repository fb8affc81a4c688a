/*
 * fake_backend.c: GPUs that are none, for tests of what happens around a real one.
 *
 * Answers as gpu_encode_cuda.so would, but computes with the CPU backend, and does what the
 * file of orders.h says, which is read when the library is loaded and at each devices() and
 * open().  Beside that file, in FILE.log, a line for each open, close and end of a process,
 * with the objects that close() found not freed, and for each call on a context that had
 * failed, which the contract forbids.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backend/backend.h"
#include "orders.h"

static Orders fake;

/* The open context, or who asks for devices: a process has one at a time. */
static GeContextOptions opened_with;
/* What its first call that needs a device answers, where it was to start later. */
static GeError start_error;
static char name[64];
static long n_objects;
static bool has_failed;
static bool is_lost; /* for the life of the process */

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

static GeStatus
answer(GeError *error, GeStatus status, const char *message)
{
	error->status = status;
	snprintf(error->message, sizeof error->message, "%s", message);
	return status;
}

/* Wait for a cancel, then answer a status. */
static GeStatus
hang(GeError *error, GeStatus status)
{
	const struct timespec nap = {0, 10000000};
	int i;

	for (i = 0; i < 3000; i++)
	{
		if (opened_with.cancelled(opened_with.cancelled_arg))
			return answer(error, status, "cancelled");
		nanosleep(&nap, NULL);
	}
	return answer(error, GE_INTERNAL, "the fake hung for 30 seconds");
}

/* What the file orders for a call. */
static GeStatus
follow_orders(const char *call, GeError *error)
{
	GeStatus status = GE_OK;
	int i;

	for (i = 0; i < fake.n_orders && status == GE_OK; i++)
	{
		Order *order = &fake.orders[i];

		if (strcmp(order->call, call) != 0 || ++order->made != order->at)
			continue;
		status = order->hangs
					 ? hang(error, (GeStatus) order->status)
					 : answer(error, (GeStatus) order->status, "as the fake was told");
	}
	return status;
}

/* Every call on a context begins so. */
static GeStatus
begin(const char *call, GeError *error)
{
	GeStatus status;

	if (has_failed)
		write_log("misuse: %s after a failure", call);
	if (is_lost)
		return answer(error, GE_DEVICE_LOST, "the fake device was lost earlier");
	if (start_error.status != GE_OK)
	{
		has_failed = true;
		return answer(error, start_error.status, start_error.message);
	}
	status = follow_orders(call, error);
	has_failed = status != GE_OK;
	is_lost = status == GE_DEVICE_LOST;
	return status;
}

/* Begin a call on a dictionary or a target, then let the CPU backend make it. */
#define PASS(object, call, arguments)                                                    \
	do                                                                                   \
	{                                                                                    \
		GeStatus status = begin(#object "_" #call, error);                               \
                                                                                         \
		return status != GE_OK ? status : ge_cpu_backend.object.call arguments;          \
	} while (0)

static GeStatus
fake_devices(GeDeviceInfo *infos, int32_t max, int32_t *n, bool (*cancelled)(void *arg),
			 void *cancelled_arg, GeError *error)
{
	GeStatus status;
	int i;

	read_orders(&fake);
	opened_with.cancelled = cancelled;
	opened_with.cancelled_arg = cancelled_arg;
	*n = 0;
	status = follow_orders("devices", error);
	if (status != GE_OK)
		return status;
	if (fake.no_driver[0] != '\0')
		return answer(error, GE_DEVICE_UNUSABLE, fake.no_driver);
	*n = fake.n_devices;
	for (i = 0; i < fake.n_devices && i < max; i++)
	{
		memset(&infos[i], 0, sizeof infos[i]);
		snprintf(infos[i].device, sizeof infos[i].device, "%d", i);
		snprintf(infos[i].name, sizeof infos[i].name, "Fake GPU");
		snprintf(infos[i].compute_capability, sizeof infos[i].compute_capability, "9.0");
		snprintf(infos[i].driver, sizeof infos[i].driver, "CUDA 13.0");
		snprintf(infos[i].reason, sizeof infos[i].reason, "%s", fake.unusable[i]);
		infos[i].usable = fake.unusable[i][0] == '\0';
		infos[i].memory_bytes = MEMORY_BYTES;
		infos[i].free_bytes = fake.free_bytes[i];
	}
	return GE_OK;
}

static GeStatus
choose_device(const GeContextOptions *options, int *device, GeError *error)
{
	if (fake.no_driver[0] != '\0')
		return answer(error, GE_DEVICE_UNUSABLE, fake.no_driver);
	*device = options->device >= 0 ? options->device : 0;
	while (options->device < 0 && *device + 1 < fake.n_devices &&
		   fake.unusable[*device][0] != '\0')
		++*device;
	if (*device >= fake.n_devices)
		return answer(error, GE_DEVICE_UNUSABLE, "there is no such device");
	if (fake.unusable[*device][0] != '\0')
		return answer(error, GE_DEVICE_UNUSABLE, fake.unusable[*device]);
	return GE_OK;
}

static GeStatus
check_estimate(const GeContextOptions *options, GeError *error)
{
	const GeEstimate *estimate = &options->estimate;
	unsigned long long limit = options->memory_limit, needed, there;

	needed =
		estimate->categories * 100 + estimate->key_bytes + estimate->target_cells * 16;
	there = limit != 0 && limit < fake.memory ? limit : fake.memory;
	if (needed <= there)
		return GE_OK;
	error->status = GE_OUT_OF_MEMORY;
	snprintf(error->message, sizeof error->message,
			 "about %llu bytes of device memory needed, %llu there", needed, there);
	return GE_OUT_OF_MEMORY;
}

static GeStatus
fake_open(const GeContextOptions *options, GeContext **context, GeTraits *traits,
		  GeError *error)
{
	int device = 0;
	GeStatus status;

	read_orders(&fake);
	*context = NULL;
	opened_with = *options;
	has_failed = false;
	start_error.status = GE_OK;
	n_objects = 0;
	status = begin("open", error);
	if (status == GE_OK)
		status = choose_device(options, &device, error);
	if (status == GE_DEVICE_UNUSABLE && options->may_start_later)
	{
		start_error = *error;
		status = GE_OK;
	}
	if (status == GE_OK)
		status = check_estimate(options, error);
	if (status == GE_OK)
		status = ge_cpu_backend.open(options, context, traits, error);
	has_failed = status != GE_OK;
	if (status == GE_OK)
		write_log("open %d", device);
	snprintf(name, sizeof name, "%d: Fake GPU", device);
	return status;
}

static void
fake_close(GeContext *context)
{
	if (context != NULL)
		write_log("close %ld", n_objects);
	ge_cpu_backend.close(context);
}

static const char *
fake_device_name(const GeContext *context)
{
	(void) context;
	return name;
}

static GeStatus
fake_dictionary_create(GeContext *context, GeKeyKind kind, GeDictionary **dictionary,
					   GeError *error)
{
	GeStatus status = begin("dictionary_create", error);

	*dictionary = NULL;
	if (status == GE_OK)
		status = ge_cpu_backend.dictionary.create(context, kind, dictionary, error);
	n_objects += status == GE_OK;
	return status;
}

static void
fake_dictionary_free(GeDictionary *dictionary)
{
	n_objects -= dictionary != NULL;
	ge_cpu_backend.dictionary.free(dictionary);
}

static GeStatus
fake_dictionary_add(GeContext *context, uint32_t n, GeDictionary *const *dictionaries,
					const GeKeys *keys, uint32_t *const *ids, GeError *error)
{
	PASS(dictionary, add, (context, n, dictionaries, keys, ids, error));
}

static GeStatus
fake_dictionary_flush(GeContext *context, GeError *error)
{
	PASS(dictionary, flush, (context, error));
}

static GeStatus
fake_dictionary_sort(GeDictionary *dictionary, uint32_t first, uint32_t count,
					 uint32_t *ids, GeError *error)
{
	PASS(dictionary, sort, (dictionary, first, count, ids, error));
}

static GeStatus
fake_dictionary_keys(GeDictionary *dictionary, const uint32_t *ids, uint32_t count,
					 int64_t *values, uint64_t *offsets, uint8_t *bytes, GeError *error)
{
	PASS(dictionary, keys, (dictionary, ids, count, values, offsets, bytes, error));
}

static GeStatus
fake_target_create(GeContext *context, const GeTargetSpec *spec, GeTarget **target,
				   GeError *error)
{
	GeStatus status = begin("target_create", error);

	*target = NULL;
	if (status == GE_OK)
		status = ge_cpu_backend.target.create(context, spec, target, error);
	n_objects += status == GE_OK;
	return status;
}

static void
fake_target_free(GeTarget *target)
{
	n_objects -= target != NULL;
	ge_cpu_backend.target.free(target);
}

static GeStatus
fake_target_add(GeTarget *target, const GeTargetRows *rows, GeError *error)
{
	PASS(target, add, (target, rows, error));
}

static GeStatus
fake_target_add_statistics(GeTarget *target, uint32_t n, const uint32_t *ids,
						   const uint32_t *folds, const GeTargetStatistics *statistics,
						   GeError *error)
{
	PASS(target, add_statistics, (target, n, ids, folds, statistics, error));
}

static GeStatus
fake_target_finish(GeTarget *target, const GeFinishSpec *spec, GeTargetTotals *totals,
				   double *unseen, GeError *error)
{
	PASS(target, finish, (target, spec, totals, unseen, error));
}

static GeStatus
fake_target_rows(GeTarget *target, const GeTargetRows *rows, double *const *encodings,
				 GeError *error)
{
	PASS(target, rows, (target, rows, encodings, error));
}

static GeStatus
fake_target_statistics(GeTarget *target, uint32_t first_id, uint32_t count,
					   const GeTargetStatistics *statistics, double *const *encodings,
					   GeError *error)
{
	PASS(target, statistics, (target, first_id, count, statistics, encodings, error));
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
	backend.dictionary.create = fake_dictionary_create;
	backend.dictionary.free = fake_dictionary_free;
	backend.dictionary.add = fake_dictionary_add;
	backend.dictionary.flush = fake_dictionary_flush;
	backend.dictionary.sort = fake_dictionary_sort;
	backend.dictionary.keys = fake_dictionary_keys;
	backend.process.before_exit = fake_before_exit;
	backend.target.create = fake_target_create;
	backend.target.free = fake_target_free;
	backend.target.add = fake_target_add;
	backend.target.add_statistics = fake_target_add_statistics;
	backend.target.finish = fake_target_finish;
	backend.target.rows = fake_target_rows;
	backend.target.statistics = fake_target_statistics;
	return &backend;
}
