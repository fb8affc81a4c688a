/*
 * fleet_test.c: several devices compute as one, parts are placed where they fit, and lanes do
 * every item once.
 */
#include "compute/fleet.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compute/place.h"
#include "parity_checks.h"
#include "support.h"
#include "tap.h"

/* ---------------------------------------------------------------------------- lanes */

#define N_LANES 3
#define N_ITEMS 60

typedef struct Record
{
	int lane[N_ITEMS];
	atomic_int runs[N_ITEMS];
	atomic_int in_lane[N_LANES]; /* items under way */
	atomic_bool clash;
	atomic_bool signals; /* a thread takes a signal */
	atomic_bool disorder;
	atomic_int last[N_LANES];
	unsigned fails; /* bit i: item i fails */
	pthread_t caller;
} Record;

static void
sleep_ms(long ms)
{
	const struct timespec nap = {0, ms * 1000000};

	nanosleep(&nap, NULL);
}

static GeStatus
do_item(void *arg, int item, GeError *error)
{
	Record *record = arg;
	int lane = record->lane[item];
	sigset_t mask;

	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	if (!pthread_equal(pthread_self(), record->caller) &&
		(!sigismember(&mask, SIGTERM) || !sigismember(&mask, SIGUSR1)))
		record->signals = true;
	if (atomic_fetch_add(&record->in_lane[lane], 1) != 0)
		record->clash = true;
	if (atomic_exchange(&record->last[lane], item) > item)
		record->disorder = true;
	atomic_fetch_add(&record->runs[item], 1);
	for (volatile int i = 0; i < item * 40503 % 4000; i++)
		;
	atomic_fetch_sub(&record->in_lane[lane], 1);
	if (item >= 32 || (record->fails >> item & 1) == 0)
		return GE_OK;
	error->message[0] = (char) ('A' + item);
	return GE_INTERNAL;
}

static Record *
create_record(unsigned fails)
{
	Record *record = test_alloc(1, sizeof *record);

	for (int i = 0; i < N_ITEMS; i++)
		record->lane[i] = i * 7 % 5 % N_LANES;
	record->fails = fails;
	record->caller = pthread_self();
	return record;
}

static void
test_lanes(void)
{
	GeLanes *lanes = ge_lanes_start(N_LANES);
	bool once = true, ok = true;

	for (int n = 0; n <= N_ITEMS; n++)
	{
		Record *record = create_record(0);
		GeError error = {GE_OK, ""};
		int failed;

		ok &= ge_lanes_run(lanes, n, record->lane, do_item, record, &failed, &error) ==
			  GE_OK;
		for (int i = 0; i < N_ITEMS; i++)
			once &= record->runs[i] == (i < n);
		ok &= !record->clash && !record->signals && !record->disorder && failed == n;
		free(record);
	}
	tap_ok(once, "lanes: every item is done once when a run returns");
	tap_ok(ok, "lanes: in order, one at a time in a lane, with all signals blocked");
	ge_lanes_stop(lanes);
	ge_lanes_stop(NULL);
}

static void
test_lanes_failure(void)
{
	GeLanes *lanes = ge_lanes_start(N_LANES);
	bool lowest = true;

	for (int round = 0; round < 200; round++)
	{
		Record *record = create_record(1u << 9 | 1u << 8 | 1u << 7 | 1u << 20);
		GeError error = {GE_OK, ""};
		int failed;

		lowest &= ge_lanes_run(lanes, N_ITEMS, record->lane, do_item, record, &failed,
							   &error) == GE_INTERNAL &&
				  failed == 7 && error.message[0] == 'A' + 7 &&
				  error.status == GE_INTERNAL;
		free(record);
	}
	tap_ok(lowest, "lanes: of several failures that of the lowest item, every time");
	ge_lanes_stop(lanes);
}

/* Items that wait for each other end only if they run at the same time. */
static GeStatus
meet(void *arg, int item, GeError *error)
{
	atomic_int *here = arg;

	(void) item;
	(void) error;
	atomic_fetch_add(here, 1);
	for (int i = 0; i < 5000 && atomic_load(here) < N_LANES; i++)
		sleep_ms(1);
	return atomic_load(here) == N_LANES ? GE_OK : GE_INTERNAL;
}

static void
test_lanes_together(void)
{
	static const int lane[N_LANES] = {2, 0, 1};
	GeLanes *lanes = ge_lanes_start(N_LANES);
	GeError error = {GE_OK, ""};
	atomic_int here = 0;
	int failed;

	tap_ok(ge_lanes_run(lanes, N_LANES, lane, meet, &here, &failed, &error) == GE_OK,
		   "lanes: items of different lanes run at the same time");
	ge_lanes_stop(lanes);
}

/* ------------------------------------------------------------------------ placement */

static GeWorkPart
part_of(double bytes, uint64_t categories, int beside)
{
	return (GeWorkPart){bytes, {.categories = categories}, beside};
}

static void
test_place(void)
{
	const uint64_t ample[2] = {0, UINT64_C(1) << 40};
	/* room for the start and 15,000,000 categories each */
	const uint64_t tight[2] = {GE_BYTES_OF_START + 15000000 * GE_BYTES_OF_CATEGORY,
							   GE_BYTES_OF_START + 15000000 * GE_BYTES_OF_CATEGORY};
	GeWorkPart parts[5] = {part_of(3, 10, -1), part_of(9, 10, -1), part_of(5, 10, -1),
						   part_of(4, 10, -1), part_of(100, 10, 2)};
	GeEstimate estimates[2];
	int device[5];

	ge_place(parts, 5, ample, 2, device, estimates);
	tap_ok(device[1] == 0 && device[2] == 1 && device[3] == 1 && device[0] == 0,
		   "place: the largest first, each where the fewest bytes are");
	tap_ok(device[4] == 1, "place: a combination beside its part");
	tap_ok(estimates[0].categories == 20 && estimates[1].categories == 30,
		   "place: the estimates of the devices");

	for (int i = 0; i < 5; i++)
		parts[i] = part_of(10 - i, 5000000, i == 4 ? 0 : -1);
	ge_place(parts, 5, tight, 2, device, estimates);
	tap_ok(estimates[0].categories <= 15000000 && estimates[1].categories <= 15000000,
		   "place: what does not fit one device fits two");
	parts[0] = part_of(10, 12000000, -1);
	ge_place(parts, 3, tight, 2, device, estimates);
	tap_ok(device[0] == 0 && device[1] == 1 && device[2] == 1,
		   "place: a device without room is left out, however few bytes it has");
	parts[1] = part_of(1, 5000000, 0);
	ge_place(parts, 2, tight, 2, device, estimates);
	tap_ok(device[1] == 1, "place: a combination where room is");
	parts[1] = part_of(1, 20000000, -1);
	ge_place(parts, 2, tight, 2, device, estimates);
	tap_ok(device[1] == 1, "place: what fits nowhere goes where most is left");
	ge_place(parts, 0, tight, 2, device, estimates);
	tap_ok(estimates[0].categories == 0, "place: nothing to be placed");
}

/* ---------------------------------------------------------------------------- fleet */

/* Only the lanes are shared by threads: this would be slow under ThreadSanitizer. */
#ifndef __SANITIZE_THREAD__
/* Members that are contexts of the CPU backend, of 1, 2, ... threads. */
static GeStatus
open_fleet(int n, const GeContextOptions *options, GeContext **context, GeTraits *traits,
		   GeError *error)
{
	GeContextOptions each[4];
	int failed;

	for (int i = 0; i < n; i++)
	{
		each[i] = *options;
		each[i].device = 10 + i;
		each[i].threads = 1 + i;
	}
	return ge_fleet_open(&ge_cpu_backend, each, n, context, traits, &failed, error);
}

static GeStatus
open_two(const GeContextOptions *options, GeContext **context, GeTraits *traits,
		 GeError *error)
{
	return open_fleet(2, options, context, traits, error);
}

static GeStatus
open_three(const GeContextOptions *options, GeContext **context, GeTraits *traits,
		   GeError *error)
{
	return open_fleet(3, options, context, traits, error);
}

static void
test_parity(void)
{
	GeContextOptions one = test_options(1);
	GeBackend fleet = ge_fleet_backend;

	fleet.open = open_two;
	tap_note("two devices");
	check_parity(&ge_cpu_backend, &one, &fleet, &one);
	fleet.open = open_three;
	tap_note("three devices");
	check_parity(&ge_cpu_backend, &one, &fleet, &one);
}
#endif

/* A member that cannot open, and operations that fail on a member. */
static void
test_failures(void)
{
	GeContextOptions each[2] = {test_options(1), test_options(1)};
	GeContext *fleet = NULL;
	GeDictionary *dictionary = NULL;
	GeTraits traits;
	GeError error = {GE_OK, ""};
	uint32_t id;
	int failed = -1;

	each[0].device = 4;
	each[1].device = 7;
	each[1].abi = 0;
	tap_ok(ge_fleet_open(&ge_cpu_backend, each, 2, &fleet, &traits, &failed, &error) ==
				   GE_INTERNAL &&
			   fleet == NULL && failed == 1 &&
			   strncmp(error.message, "device 7: ", 10) == 0,
		   "fleet: a member that cannot open is named");
	each[1].abi = GE_BACKEND_ABI;
	tap_ok(ge_fleet_open(&ge_cpu_backend, each, 2, &fleet, &traits, &failed, &error) ==
			   GE_OK,
		   "fleet: two members open");
	tap_ok(ge_fleet_dictionary(fleet, 1, GE_KEY_INT64, &dictionary, &error) == GE_OK &&
			   ge_fleet_member(dictionary) == 1 && ge_fleet_device(fleet, 1) == 7,
		   "fleet: a dictionary on the second");
	tap_ok(ge_fleet_backend.dictionary.sort(dictionary, 5, 1, &id, &error) != GE_OK &&
			   strncmp(error.message, "device 7: ", 10) == 0 &&
			   ge_fleet_failed(fleet) == 1,
		   "fleet: a failure names its device");
	ge_fleet_backend.dictionary.free(dictionary);
	ge_fleet_backend.close(fleet);
	ge_fleet_backend.close(NULL);
}

int
main(void)
{
	test_lanes();
	test_lanes_failure();
	test_lanes_together();
	test_place();
#ifndef __SANITIZE_THREAD__
	test_parity();
#endif
	test_failures();
	return tap_done();
}
