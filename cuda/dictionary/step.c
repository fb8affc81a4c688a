/*
 * step.c: steps sent on their way, brought on and retired.
 */
#include "dictionary/step.h"

#include <stdlib.h>
#include <string.h>

/* Pinned memory for the ids of n rows, of the free list or new. */
static GeStatus
take_return(GeContext *context, uint32_t n, GeReturn **taken, GeError *error)
{
	GeReturn *one = context->free_returns;
	void *pinned = NULL;

	if (one == NULL)
	{
		one = calloc(1, sizeof *one);
		if (one == NULL)
			return ge_cuda_fail(error, GE_OUT_OF_MEMORY, "out of host memory for a step");
	}
	else
		context->free_returns = one->next;
	one->next = NULL;
	*taken = one; /* the step's from here on, half made or not */
	if (one->done == NULL)
		GE_CUDA(cudaEventCreateWithFlags(&one->done, cudaEventDisableTiming));
	if (one->counts == NULL)
	{
		GE_CUDA(cudaHostAlloc(&pinned, sizeof *one->counts, cudaHostAllocDefault));
		one->counts = pinned;
	}
	if (one->capacity >= n)
		return GE_OK;
	if (one->ids != NULL)
		(void) cudaFreeHost(one->ids);
	one->ids = NULL;
	one->capacity = 0;
	GE_CUDA(cudaHostAlloc(&pinned, n * sizeof *one->ids, cudaHostAllocDefault));
	one->ids = pinned;
	one->capacity = n;
	return GE_OK;
}

/* Queue the copies out of counts and ids, and the event that says they are there. */
static GeStatus
queue_return(GeStep *step, GeError *error)
{
	GeContext *context = step->dictionary->context;
	GeReturn *returning = step->returning;

	GE_CUDA(cudaMemcpyAsync(returning->counts, step->dictionary->counts.data,
							sizeof *returning->counts, cudaMemcpyDeviceToHost,
							context->compute));
	GE_TRY(ge_cuda_order(context, context->compute, context->copy_out, error));
	GE_CUDA(cudaMemcpyAsync(returning->ids, step->view.ids,
							step->view.n_rows * sizeof(uint32_t), cudaMemcpyDeviceToHost,
							context->copy_out));
	GE_CUDA(cudaEventRecord(returning->done, context->copy_out));
	return GE_OK;
}

/* What travels at the end of a step: padding, and the numbers of the long rows. */
static GeStatus
finish_copies(GeStep *step, GeError *error)
{
	GeContext *context = step->dictionary->context;

	if (step->dictionary->kind == GE_KEY_BYTES)
		GE_CUDA(cudaMemsetAsync((uint8_t *) step->view.bytes + step->n_bytes, 0,
								GE_KEY_PADDING, context->copy_in));
	if (step->view.n_long > 0)
		GE_TRY(ge_cuda_upload(context, (void *) step->view.long_rows, step->long_rows,
							  step->view.n_long * sizeof(uint32_t), error));
	return ge_cuda_order(context, context->copy_in, context->compute, error);
}

static void
push_in_flight(GeContext *context, GeStep *step)
{
	GeStep **last = &context->steps_in_flight;

	while (*last != NULL)
		last = &(*last)->next;
	step->next = NULL;
	*last = step;
	context->n_steps_in_flight++;
}

GeStatus
ge_cuda_step_launch(GeDictionary *dictionary, GeError *error)
{
	GeContext *context = dictionary->context;
	GeStep *step = dictionary->filling;
	GeTableView table;
	GeStepView view;

	while (context->n_steps_in_flight >= GE_STEPS_IN_FLIGHT)
		GE_TRY(ge_cuda_step_advance(context, error));
	dictionary->filling = NULL;
	push_in_flight(context, step);
	GE_TRY(take_return(context, step->view.n_rows, &step->returning, error));
	GE_TRY(finish_copies(step, error));
	if (!step->has_missing)
		step->view.missing = NULL;
	ge_cuda_dictionary_view(dictionary, &table);
	view = step->view;
	GE_CUDA(ge_cuda_dictionary_find_launch(&view, &table, context->compute));
	dictionary->is_settled = false;
	return queue_return(step, error);
}

/* Some rows were not found: they are new categories. */
static GeStatus
add_unresolved(GeStep *step, GeError *error)
{
	const GeDictionaryCounts *counts = step->returning->counts;
	GeDictionary *dictionary = step->dictionary;
	GeTableView table;

	step->is_inserting = true;
	GE_TRY(ge_cuda_dictionary_make_room(dictionary, step->view.n_rows, counts->unresolved,
										counts->unresolved_bytes, error));
	ge_cuda_dictionary_view(dictionary, &table);
	GE_CUDA(ge_cuda_dictionary_insert_launch(&step->view, &table,
											 dictionary->context->compute));
	dictionary->is_settled = false;
	return queue_return(step, error);
}

/* Copy the ids to the memory of the callers, and free the step for others. */
static void
retire(GeContext *context, GeStep *step)
{
	const uint32_t *ids = step->returning->ids;
	uint32_t i;

	for (i = 0; i < step->n_id_runs; i++)
	{
		memcpy(step->id_runs[i].ids, ids, step->id_runs[i].n_rows * sizeof *ids);
		ids += step->id_runs[i].n_rows;
	}
	step->returning->next = context->free_returns;
	context->free_returns = step->returning;
	step->returning = NULL;
	step->next = context->free_steps;
	context->free_steps = step;
}

GeStatus
ge_cuda_step_advance(GeContext *context, GeError *error)
{
	GeStep *step = context->steps_in_flight;

	GE_TRY(ge_cuda_wait_event(context, step->returning->done, error));
	context->steps_in_flight = step->next;
	context->n_steps_in_flight--;
	if (!step->is_inserting && step->returning->counts->unresolved != 0)
	{
		push_in_flight(context, step);
		return add_unresolved(step, error);
	}
	retire(context, step);
	return GE_OK;
}

static void
free_return(GeReturn *returning)
{
	if (returning == NULL)
		return;
	if (returning->ids != NULL)
		(void) cudaFreeHost(returning->ids);
	if (returning->counts != NULL)
		(void) cudaFreeHost(returning->counts);
	if (returning->done != NULL)
		(void) cudaEventDestroy(returning->done);
	free(returning);
}

static void
free_step(GeContext *context, GeStep *step)
{
	if (step == NULL)
		return;
	ge_cuda_buffer_free(context, &step->device);
	free_return(step->returning);
	free(step->id_runs);
	free(step->long_rows);
	free(step);
}

void
ge_cuda_steps_forget(GeDictionary *dictionary)
{
	GeContext *context = dictionary->context;
	GeStep **at = &context->steps_in_flight;

	free_step(context, dictionary->filling);
	dictionary->filling = NULL;
	while (*at != NULL)
	{
		GeStep *step = *at;

		if (step->dictionary != dictionary)
		{
			at = &step->next;
			continue;
		}
		*at = step->next;
		context->n_steps_in_flight--;
		free_step(context, step);
	}
}

void
ge_cuda_steps_close(GeContext *context)
{
	while (context->steps_in_flight != NULL)
	{
		GeStep *step = context->steps_in_flight;

		context->steps_in_flight = step->next;
		free_step(context, step);
	}
	while (context->free_steps != NULL)
	{
		GeStep *step = context->free_steps;

		context->free_steps = step->next;
		free_step(context, step);
	}
	while (context->free_returns != NULL)
	{
		GeReturn *returning = context->free_returns;

		context->free_returns = returning->next;
		free_return(returning);
	}
}
