/*
 * crew.c: pieces of work done by several threads and taken in order by one.
 *
 * One lock guards everything, and one condition signals every change.  Pieces take
 * milliseconds, so neither is busy.  Piece p has slot p mod n_slots and begins only after
 * piece p - n_slots was released.  Pieces are begun in order, so the piece that
 * ge_crew_number() waits for is under way or done: nobody waits for ever.
 */
#include "output/crew.h"

#include <pthread.h>
#include <stdlib.h>

#include "backend/thread.h"

struct GeCrew
{
	GeCrewJob job;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint64_t allowed;  /* pieces below may begin */
	uint64_t begun;	   /* pieces below have begun */
	uint64_t numbered; /* pieces below have their numbers */
	uint64_t next_number;
	uint64_t taken;	   /* pieces below were taken */
	uint64_t released; /* pieces below were released */
	bool failed;
	bool stopping;
	uint64_t *done_in; /* by slot: 1 + the piece last done there */
	uint32_t n_started;
	pthread_t *started;
};

/* All below: with the lock held. */

static bool
has_work(const GeCrew *crew)
{
	return !crew->failed && crew->begun < crew->allowed &&
		   crew->begun < crew->released + crew->job.n_slots;
}

/* Do the next piece; the lock is not held meanwhile. */
static void
do_piece(GeCrew *crew)
{
	uint64_t piece = crew->begun++;
	uint32_t slot = (uint32_t) (piece % crew->job.n_slots);
	bool succeeded;

	pthread_mutex_unlock(&crew->lock);
	succeeded = crew->job.work(crew->job.arg, piece, slot);
	pthread_mutex_lock(&crew->lock);
	if (succeeded)
		crew->done_in[slot] = piece + 1;
	else
		crew->failed = true;
	pthread_cond_broadcast(&crew->changed);
}

static void *
follow(void *arg)
{
	GeCrew *crew = arg;

	pthread_mutex_lock(&crew->lock);
	while (!crew->stopping)
		if (has_work(crew))
			do_piece(crew);
		else
			pthread_cond_wait(&crew->changed, &crew->lock);
	pthread_mutex_unlock(&crew->lock);
	return NULL;
}

/* Start the other threads. */
static void
start_threads(GeCrew *crew)
{
	while (crew->n_started + 1 < crew->job.n_threads &&
		   crew->n_started + 1 < crew->job.n_pieces &&
		   ge_thread_start(&crew->started[crew->n_started], follow, crew))
		crew->n_started++;
}

static void
free_crew(GeCrew *crew)
{
	free(crew->started);
	free(crew->done_in);
	free(crew);
}

GeCrew *
ge_crew_start(const GeCrewJob *job)
{
	GeCrew *crew = calloc(1, sizeof *crew);

	if (crew == NULL)
		return NULL;
	crew->job = *job;
	crew->done_in = calloc(job->n_slots, sizeof *crew->done_in);
	crew->started = calloc(job->n_threads, sizeof *crew->started);
	if (crew->done_in == NULL || crew->started == NULL)
	{
		free_crew(crew);
		return NULL;
	}
	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->changed, NULL);
	start_threads(crew);
	return crew;
}

void
ge_crew_allow(GeCrew *crew, uint64_t n_pieces)
{
	pthread_mutex_lock(&crew->lock);
	crew->allowed = n_pieces < crew->job.n_pieces ? n_pieces : crew->job.n_pieces;
	pthread_cond_broadcast(&crew->changed);
	pthread_mutex_unlock(&crew->lock);
}

GeCrewTurn
ge_crew_take(GeCrew *crew, uint32_t *slot)
{
	GeCrewTurn turn = GE_CREW_WORKED;

	pthread_mutex_lock(&crew->lock);
	*slot = (uint32_t) (crew->taken % crew->job.n_slots);
	if (crew->failed)
		turn = GE_CREW_FAILED;
	else if (crew->done_in[*slot] == crew->taken + 1)
	{
		crew->taken++;
		turn = GE_CREW_TAKEN;
	}
	else if (has_work(crew))
		do_piece(crew);
	else
		pthread_cond_wait(&crew->changed, &crew->lock);
	pthread_mutex_unlock(&crew->lock);
	return turn;
}

void
ge_crew_release(GeCrew *crew)
{
	pthread_mutex_lock(&crew->lock);
	crew->released = crew->taken;
	pthread_cond_broadcast(&crew->changed);
	pthread_mutex_unlock(&crew->lock);
}

bool
ge_crew_number(GeCrew *crew, uint64_t piece, uint64_t amount, uint64_t *base)
{
	bool succeeded;

	pthread_mutex_lock(&crew->lock);
	while (crew->numbered < piece && !crew->failed && !crew->stopping)
		pthread_cond_wait(&crew->changed, &crew->lock);
	succeeded = crew->numbered == piece;
	if (succeeded)
	{
		*base = crew->next_number;
		crew->next_number += amount;
		crew->numbered++;
		pthread_cond_broadcast(&crew->changed);
	}
	pthread_mutex_unlock(&crew->lock);
	return succeeded;
}

void
ge_crew_stop(GeCrew *crew)
{
	if (crew == NULL)
		return;
	pthread_mutex_lock(&crew->lock);
	crew->stopping = true;
	pthread_cond_broadcast(&crew->changed);
	pthread_mutex_unlock(&crew->lock);
	for (uint32_t i = 0; i < crew->n_started; i++)
		pthread_join(crew->started[i], NULL);
	pthread_cond_destroy(&crew->changed);
	pthread_mutex_destroy(&crew->lock);
	free_crew(crew);
}
