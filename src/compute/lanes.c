/*
 * lanes.c: work that runs in numbered lanes, each with a thread of its own.
 *
 * One lock guards everything.  A run has a number; a thread that sees a new number does the
 * items of its lane and says that it is done.
 */
#include "compute/lanes.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "backend/thread.h"

typedef struct Lane
{
	GeLanes *lanes;
	int number;
	bool has_thread;
	pthread_t thread;
	pthread_cond_t begins; /* a run with items of this lane, or the end */
	uint64_t run;		   /* the last run that has items for this lane */
	uint64_t done;		   /* the last run that this lane is done with */
} Lane;

struct GeLanes
{
	pthread_mutex_t lock;
	pthread_cond_t ended; /* a lane is done with a run */
	bool stopping;
	uint64_t run; /* of the items below */
	int n_items;
	const int *lane;
	GeLaneWork work;
	void *arg;
	int failed; /* the lowest item that failed; n_items: none */
	GeError error;
	int n_lanes;
	Lane each[];
};

/* All below but the start and the end of lanes: with the lock held. */

/* Do an item; the lock is not held meanwhile. */
static void
do_item(GeLanes *lanes, int item)
{
	GeError error = {GE_OK, ""};
	GeStatus status;

	pthread_mutex_unlock(&lanes->lock);
	status = lanes->work(lanes->arg, item, &error);
	pthread_mutex_lock(&lanes->lock);
	if (status == GE_OK || item > lanes->failed)
		return;
	lanes->failed = item;
	lanes->error = error;
	lanes->error.status = status;
}

static void
do_items(Lane *lane)
{
	GeLanes *lanes = lane->lanes;

	for (int i = 0; i < lanes->n_items && i < lanes->failed; i++)
		if (lanes->lane[i] == lane->number)
			do_item(lanes, i);
	lane->done = lane->run;
	pthread_cond_signal(&lanes->ended);
}

static void *
follow(void *arg)
{
	Lane *lane = arg;
	GeLanes *lanes = lane->lanes;

	pthread_mutex_lock(&lanes->lock);
	while (!lanes->stopping)
		if (lane->done < lane->run)
			do_items(lane);
		else
			pthread_cond_wait(&lane->begins, &lanes->lock);
	pthread_mutex_unlock(&lanes->lock);
	return NULL;
}

GeLanes *
ge_lanes_start(int n_lanes)
{
	GeLanes *lanes = calloc(1, sizeof *lanes + (size_t) n_lanes * sizeof(Lane));

	if (lanes == NULL)
		return NULL;
	pthread_mutex_init(&lanes->lock, NULL);
	pthread_cond_init(&lanes->ended, NULL);
	lanes->n_lanes = n_lanes;
	for (int i = 0; i < n_lanes; i++)
	{
		Lane *lane = &lanes->each[i];

		lane->lanes = lanes;
		lane->number = i;
		pthread_cond_init(&lane->begins, NULL);
		lane->has_thread = i > 0 && ge_thread_start(&lane->thread, follow, lane);
	}
	return lanes;
}

void
ge_lanes_stop(GeLanes *lanes)
{
	if (lanes == NULL)
		return;
	pthread_mutex_lock(&lanes->lock);
	lanes->stopping = true;
	for (int i = 0; i < lanes->n_lanes; i++)
		pthread_cond_signal(&lanes->each[i].begins);
	pthread_mutex_unlock(&lanes->lock);
	for (int i = 0; i < lanes->n_lanes; i++)
	{
		if (lanes->each[i].has_thread)
			pthread_join(lanes->each[i].thread, NULL);
		pthread_cond_destroy(&lanes->each[i].begins);
	}
	pthread_cond_destroy(&lanes->ended);
	pthread_mutex_destroy(&lanes->lock);
	free(lanes);
}

/* Wake the lanes that have items and a thread. */
static void
begin_run(GeLanes *lanes)
{
	lanes->run++;
	for (int i = 0; i < lanes->n_items; i++)
	{
		Lane *lane = &lanes->each[lanes->lane[i]];

		if (lane->run == lanes->run)
			continue;
		lane->run = lanes->run;
		if (lane->has_thread)
			pthread_cond_signal(&lane->begins);
	}
}

static bool
is_over(const GeLanes *lanes)
{
	for (int i = 0; i < lanes->n_lanes; i++)
		if (lanes->each[i].done < lanes->each[i].run)
			return false;
	return true;
}

GeStatus
ge_lanes_run(GeLanes *lanes, int n_items, const int *lane, GeLaneWork work, void *arg,
			 int *failed, GeError *error)
{
	GeStatus status = GE_OK;

	pthread_mutex_lock(&lanes->lock);
	lanes->n_items = lanes->failed = n_items;
	lanes->lane = lane;
	lanes->work = work;
	lanes->arg = arg;
	begin_run(lanes);
	for (int i = 0; i < lanes->n_lanes; i++)
		if (!lanes->each[i].has_thread && lanes->each[i].done < lanes->each[i].run)
			do_items(&lanes->each[i]);
	while (!is_over(lanes))
		pthread_cond_wait(&lanes->ended, &lanes->lock);
	*failed = lanes->failed;
	if (lanes->failed < n_items)
	{
		status = lanes->error.status;
		*error = lanes->error;
	}
	pthread_mutex_unlock(&lanes->lock);
	return status;
}
