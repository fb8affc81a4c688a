/*
 * operations.c: operations of backend.h for the PostgreSQL side.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "compute/fleet.h"
#include "compute/internal.h"

static void
check(GeCompute *compute, GeStatus status, const GeError *error, const char *column)
{
	if (!ge_compute_try_check(compute, status, error, column))
		ge_compute_raise(compute);
}

/* Remember an object, so that it goes with the GeCompute. */
static void
remember(GeCompute *compute, List **list, void *object)
{
	MemoryContext old = MemoryContextSwitchTo(compute->memory_context);

	*list = lappend(*list, object);
	MemoryContextSwitchTo(old);
}

GeDictionary *
ge_compute_dictionary(GeCompute *compute, GeKeyKind kind, int part)
{
	GeDictionary *dictionary = NULL;
	GeError error = {0};
	GeStatus status =
		compute->is_fleet
			? ge_fleet_dictionary(compute->context, compute->device_of_part[part], kind,
								  &dictionary, &error)
			: compute->backend->dictionary.create(compute->context, kind, &dictionary,
												  &error);

	check(compute, status, &error, NULL);
	remember(compute, &compute->dictionaries, dictionary);
	return dictionary;
}

void
ge_compute_dictionary_free(GeCompute *compute, GeDictionary *dictionary)
{
	compute->dictionaries = list_delete_ptr(compute->dictionaries, dictionary);
	compute->backend->dictionary.free(dictionary);
}

bool
ge_compute_try_add(GeCompute *compute, uint32 n, GeDictionary *const *dictionaries,
				   const GeKeys *keys, uint32 *const *ids)
{
	GeError error = {0};

	return ge_compute_try_check(compute,
								compute->backend->dictionary.add(
									compute->context, n, dictionaries, keys, ids, &error),
								&error, NULL);
}

void
ge_compute_add(GeCompute *compute, uint32 n, GeDictionary *const *dictionaries,
			   const GeKeys *keys, uint32 *const *ids)
{
	if (!ge_compute_try_add(compute, n, dictionaries, keys, ids))
		ge_compute_raise(compute);
}

bool
ge_compute_try_flush(GeCompute *compute)
{
	GeError error = {0};

	if (!ge_compute_try_check(
			compute, compute->backend->dictionary.flush(compute->context, &error), &error,
			NULL))
		return false;
	ge_compute_report_device(compute);
	return true;
}

void
ge_compute_flush(GeCompute *compute)
{
	if (!ge_compute_try_flush(compute))
		ge_compute_raise(compute);
}

uint32
ge_compute_size(GeCompute *compute, const GeDictionary *dictionary)
{
	return compute->backend->dictionary.size(dictionary);
}

void
ge_compute_sort(GeCompute *compute, GeDictionary *dictionary, uint32 first, uint32 count,
				uint32 *ids)
{
	GeError error = {0};

	if (count > 0)
		check(compute,
			  compute->backend->dictionary.sort(dictionary, first, count, ids, &error),
			  &error, NULL);
}

void
ge_compute_keys(GeCompute *compute, GeDictionary *dictionary, GeKeyKind kind,
				const uint32 *ids, uint32 count, GeKeyList *keys)
{
	GeError error = {0};

	*keys = (GeKeyList){.kind = kind, .n = count};
	if (kind == GE_KEY_INT64)
		keys->values = palloc_extended(sizeof(int64) * Max(count, 1), MCXT_ALLOC_HUGE);
	else
	{
		keys->offsets =
			palloc_extended(sizeof(uint64) * ((Size) count + 1), MCXT_ALLOC_HUGE);
		check(compute,
			  compute->backend->dictionary.keys(dictionary, ids, count, NULL,
												keys->offsets, NULL, &error),
			  &error, NULL);
		keys->bytes = palloc_extended(Max(keys->offsets[count], 1), MCXT_ALLOC_HUGE);
	}
	check(compute,
		  compute->backend->dictionary.keys(dictionary, ids, count, keys->values,
											keys->offsets, keys->bytes, &error),
		  &error, NULL);
}

void
ge_key_list_free(GeKeyList *keys)
{
	if (keys->values != NULL)
		pfree(keys->values);
	if (keys->offsets != NULL)
		pfree(keys->offsets);
	if (keys->bytes != NULL)
		pfree(keys->bytes);
}

GeTarget **
ge_compute_target(GeCompute *compute)
{
	GeTarget **target =
		MemoryContextAllocZero(compute->memory_context, sizeof(GeTarget *));

	remember(compute, &compute->targets, target);
	return target;
}

GeStatus
ge_compute_try_target(const GeCompute *compute, const GeDictionary *beside,
					  const GeTargetSpec *spec, GeTarget **target, GeError *error)
{
	return compute->is_fleet
			   ? ge_fleet_target(compute->context, ge_fleet_member(beside), spec, target,
								 error)
			   : compute->backend->target.create(compute->context, spec, target, error);
}

GeStatus
ge_compute_try_target_add(const GeCompute *compute, GeTarget *target,
						  const GeTargetRows *rows, GeError *error)
{
	return compute->backend->target.add(target, rows, error);
}

GeStatus
ge_compute_try_target_add_statistics(const GeCompute *compute, GeTarget *target, uint32 n,
									 const uint32 *ids, const uint32 *folds,
									 const GeTargetStatistics *statistics, GeError *error)
{
	return compute->backend->target.add_statistics(target, n, ids, folds, statistics,
												   error);
}

GeStatus
ge_compute_try_target_finish(const GeCompute *compute, GeTarget *target,
							 const GeFinishSpec *spec, GeTargetTotals *totals,
							 double *unseen, GeError *error)
{
	return compute->backend->target.finish(target, spec, totals, unseen, error);
}

GeStatus
ge_compute_try_target_rows(const GeCompute *compute, GeTarget *target,
						   const GeTargetRows *rows, double *const *encodings,
						   GeError *error)
{
	return compute->backend->target.rows(target, rows, encodings, error);
}

void
ge_compute_report(GeCompute *compute, GeStatus status, const GeError *error,
				  const char *column)
{
	check(compute, status, error, column);
}

const GeTraits *
ge_compute_traits(const GeCompute *compute)
{
	return &compute->traits;
}

void
ge_compute_target_statistics(GeCompute *compute, GeTarget *target, uint32 first_id,
							 uint32 count, const GeTargetStatistics *statistics,
							 double *const *encodings, const char *column)
{
	GeError error = {0};

	check(compute,
		  compute->backend->target.statistics(target, first_id, count, statistics,
											  encodings, &error),
		  &error, column);
}

GeStatus
ge_compute_try_sort(const GeCompute *compute, GeDictionary *dictionary, uint32 first,
					uint32 count, uint32 *ids, GeError *error)
{
	return count == 0
			   ? GE_OK
			   : compute->backend->dictionary.sort(dictionary, first, count, ids, error);
}

/* One item after another on the calling thread. */
static void
do_in_turn(GeCompute *compute, const GeComputeItems *items)
{
	for (int i = 0; i < items->n; i++)
	{
		GeError error = {0};

		CHECK_FOR_INTERRUPTS();
		check(compute, items->work(items->arg, i, &error), &error,
			  items->column(items->arg, i));
	}
}

void
ge_compute_each(GeCompute *compute, const GeComputeItems *items)
{
	GeError error = {0};
	GeStatus status;
	int *members, failed = 0;

	if (!compute->is_fleet)
	{
		do_in_turn(compute, items);
		return;
	}
	members = palloc_array(int, items->n + 1);
	for (int i = 0; i < items->n; i++)
		members[i] = ge_fleet_member(items->dictionary(items->arg, i));
	status = ge_fleet_run(compute->context, items->n, members, items->work, items->arg,
						  &failed, &error);
	pfree(members);
	if (status != GE_OK)
		check(compute, status, &error, items->column(items->arg, failed));
}

bool
ge_compute_is_several(const GeCompute *compute)
{
	return compute->is_fleet;
}

int
ge_compute_n_places(const GeCompute *compute)
{
	return compute->is_fleet ? ge_fleet_size(compute->context) : 1;
}

int
ge_compute_place(const GeCompute *compute, const GeDictionary *dictionary)
{
	return compute->is_fleet ? ge_fleet_member(dictionary) : 0;
}

int
ge_compute_device_of(const GeCompute *compute, const GeDictionary *dictionary)
{
	return ge_fleet_device(compute->context, ge_fleet_member(dictionary));
}
