/*
 * crew_test.c: a crew does every piece once, hands them over in order, numbers them in
 * order, and stops cleanly at any moment.
 */
#include "output/crew.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "tap.h"

#define MAX_PIECES 2000
#define MAX_SLOTS 64

typedef struct Record
{
	GeCrew *crew;
	uint64_t fail_at; /* this piece fails; MAX_PIECES: none does */
	atomic_int runs[MAX_PIECES];
	uint64_t bases[MAX_PIECES];
	atomic_int in_slot[MAX_SLOTS]; /* 1: a piece is there that was not released */
	atomic_bool clash;
	atomic_bool signals; /* a thread takes a signal */
	pthread_t leader;
} Record;

/* What piece p has of what is numbered. */
static uint64_t
amount_of(uint64_t piece)
{
	return piece * 7 % 5;
}

static void
check_signals(Record *record)
{
	sigset_t mask;

	if (pthread_equal(pthread_self(), record->leader))
		return;
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	if (!sigismember(&mask, SIGTERM) || !sigismember(&mask, SIGUSR1))
		record->signals = true;
}

static bool
do_piece(void *arg, uint64_t piece, uint32_t slot)
{
	Record *record = arg;

	check_signals(record);
	if (atomic_fetch_add(&record->in_slot[slot], 1) != 0)
		record->clash = true;
	atomic_fetch_add(&record->runs[piece], 1);
	/* some take longer than others, before or after they are numbered */
	for (volatile uint64_t i = 0; i < piece * 2654435761u % 4000; i++)
		;
	if (piece == record->fail_at ||
		!ge_crew_number(record->crew, piece, amount_of(piece), &record->bases[piece]))
		return false;
	for (volatile uint64_t i = 0; i < piece * 40503u % 4000; i++)
		;
	return true;
}

static Record *
create_record(uint32_t n_threads, uint32_t n_slots, uint64_t n_pieces)
{
	Record *record = test_alloc(1, sizeof *record);
	GeCrewJob job = {n_pieces, n_threads, n_slots, do_piece, record};

	memset(record, 0, sizeof *record);
	record->fail_at = MAX_PIECES;
	record->leader = pthread_self();
	record->crew = ge_crew_start(&job);
	return record;
}

/* Take up to n pieces from `first` on; returns how many were taken. */
static uint64_t
take_pieces(Record *record, uint64_t first, uint64_t n, bool *in_order)
{
	uint64_t taken = 0;

	while (taken < n)
	{
		uint32_t slot;
		GeCrewTurn turn = ge_crew_take(record->crew, &slot);

		if (turn == GE_CREW_FAILED)
			break;
		if (turn == GE_CREW_WORKED)
			continue;
		*in_order &= record->runs[first + taken] == 1 && record->in_slot[slot] == 1;
		record->in_slot[slot] = 0;
		ge_crew_release(record->crew);
		taken++;
	}
	return taken;
}

static void
test_all(uint32_t n_threads, uint32_t n_slots, uint64_t n_pieces)
{
	Record *record = create_record(n_threads, n_slots, n_pieces);
	bool in_order = true, numbered = true;
	uint64_t base = 0, piece;

	ge_crew_allow(record->crew, n_pieces);
	tap_ok(take_pieces(record, 0, n_pieces, &in_order) == n_pieces && in_order,
		   "%u threads, %u slots: %u pieces are taken in order, each done once",
		   n_threads, n_slots, (unsigned) n_pieces);
	ge_crew_stop(record->crew);
	for (piece = 0; piece < n_pieces; piece++)
	{
		numbered &= record->bases[piece] == base;
		base += amount_of(piece);
	}
	tap_ok(numbered, "%u threads: numbers follow the order of pieces", n_threads);
	tap_ok(!record->clash, "%u threads: no two pieces share a slot", n_threads);
	tap_ok(!record->signals, "%u threads: all signals are blocked in them", n_threads);
	free(record);
}

/* Pieces are let go in stretches, as a leader does that prepares something for them. */
static void
test_allow(void)
{
	Record *record = create_record(3, 8, 100);
	bool in_order = true, held = true;
	uint64_t stretch, piece;

	for (stretch = 0; stretch < 100; stretch += 10)
	{
		for (piece = stretch; piece < 100; piece++)
			held &= record->runs[piece] == 0;
		ge_crew_allow(record->crew, stretch + 10);
		take_pieces(record, stretch, 10, &in_order);
	}
	tap_ok(held && in_order, "no piece begins before it may");
	ge_crew_stop(record->crew);
	free(record);
}

static void
test_failure(uint32_t n_threads)
{
	Record *record = create_record(n_threads, 6, 1000);
	bool in_order = true;
	uint64_t piece, taken;
	bool none_after = true;

	record->fail_at = 500;
	ge_crew_allow(record->crew, 1000);
	taken = take_pieces(record, 0, 1000, &in_order);
	ge_crew_stop(record->crew);
	for (piece = 500 + 6; piece < 1000; piece++)
		none_after &= record->runs[piece] == 0;
	tap_ok(taken <= 500 && in_order && none_after,
		   "%u threads: after a failure nothing is taken and nothing begun", n_threads);
	free(record);
}

/* Stopped after any number of pieces, with others under way: no thread stays. */
static void
test_stop(void)
{
	bool in_order = true;
	uint64_t n;

	for (n = 0; n < 200; n++)
	{
		Record *record = create_record(1 + n % 5, 3 + n % 4, 1000);

		ge_crew_allow(record->crew, 1000);
		take_pieces(record, 0, n, &in_order);
		ge_crew_stop(record->crew);
		free(record);
	}
	tap_ok(in_order, "a crew can be stopped at any moment");
	ge_crew_stop(NULL);
}

int
main(void)
{
	test_all(1, 1, 50);
	test_all(2, 3, 2000);
	test_all(5, 12, 2000);
	test_all(7, 7, 3);
	test_all(4, 4, 0);
	test_allow();
	test_failure(1);
	test_failure(4);
	test_stop();
	return tap_done();
}
