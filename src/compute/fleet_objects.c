/*
 * fleet_objects.c: dictionaries and targets of a fleet, each on one member; the table of the
 * fleet's operations.
 */
#include <stdlib.h>

#include "compute/fleet_internal.h"

static int
next_member(GeContext *fleet)
{
	return (int) (atomic_fetch_add(&fleet->n_created, 1) % (unsigned) fleet->n_members);
}

GeStatus
ge_fleet_dictionary(GeContext *fleet, int member, GeKeyKind kind,
					GeDictionary **dictionary, GeError *error)
{
	GeDictionary *made = calloc(1, sizeof *made);
	GeStatus status;

	*dictionary = NULL;
	if (made == NULL)
		return ge_fleet_no_memory(error);
	made->fleet = fleet;
	made->member = member;
	status = ge_fleet_pass(fleet, member,
						   fleet->backend->dictionary.create(fleet->members[member].inner,
															 kind, &made->inner, error),
						   error);
	if (status == GE_OK)
		*dictionary = made;
	else
		free(made);
	return status;
}

static GeStatus
create_dictionary(GeContext *fleet, GeKeyKind kind, GeDictionary **dictionary,
				  GeError *error)
{
	return ge_fleet_dictionary(fleet, next_member(fleet), kind, dictionary, error);
}

static void
free_dictionary(GeDictionary *dictionary)
{
	if (dictionary == NULL)
		return;
	dictionary->fleet->backend->dictionary.free(dictionary->inner);
	free(dictionary);
}

int
ge_fleet_member(const GeDictionary *dictionary)
{
	return dictionary->member;
}

/* Room to group n dictionaries. */
static bool
reserve(GeContext *fleet, uint32_t n)
{
	if (n <= fleet->capacity)
		return true;
	fleet->capacity = 0;
	free(fleet->dictionaries);
	free(fleet->keys);
	free(fleet->ids);
	fleet->dictionaries = calloc(n, sizeof(GeDictionary *));
	fleet->keys = calloc(n, sizeof *fleet->keys);
	fleet->ids = calloc(n, sizeof(uint32_t *));
	if (fleet->dictionaries == NULL || fleet->keys == NULL || fleet->ids == NULL)
		return false;
	fleet->capacity = n;
	return true;
}

/* Group the dictionaries of an add by member; returns the number of busy members. */
static int
group(GeContext *fleet, uint32_t n, GeDictionary *const *dictionaries, const GeKeys *keys,
	  uint32_t *const *ids)
{
	int n_busy = 0;
	uint32_t at = 0;

	for (int m = 0; m < fleet->n_members; m++)
	{
		GeMember *member = &fleet->members[m];

		member->first = at;
		for (uint32_t d = 0; d < n; d++)
			if (dictionaries[d]->member == m)
			{
				fleet->dictionaries[at] = dictionaries[d]->inner;
				fleet->keys[at] = keys[d];
				fleet->ids[at++] = ids[d];
			}
		member->n = at - member->first;
		if (member->n > 0)
			fleet->busy[n_busy++] = m;
	}
	return n_busy;
}

/* GeLaneWork: the part of one member in an add. */
static GeStatus
add_to_member(void *arg, int item, GeError *error)
{
	GeContext *fleet = arg;
	int m = fleet->busy[item];
	const GeMember *member = &fleet->members[m];

	return ge_fleet_pass(
		fleet, m,
		fleet->backend->dictionary.add(
			member->inner, member->n, fleet->dictionaries + member->first,
			fleet->keys + member->first, fleet->ids + member->first, error),
		error);
}

static GeStatus
add(GeContext *fleet, uint32_t n, GeDictionary *const *dictionaries, const GeKeys *keys,
	uint32_t *const *ids, GeError *error)
{
	int n_busy, failed;

	if (!reserve(fleet, n))
		return ge_fleet_no_memory(error);
	n_busy = group(fleet, n, dictionaries, keys, ids);
	return ge_fleet_run(fleet, n_busy, fleet->busy, add_to_member, fleet, &failed, error);
}

/* GeLaneWork */
static GeStatus
flush_member(void *arg, int m, GeError *error)
{
	GeContext *fleet = arg;

	return ge_fleet_pass(fleet, m,
						 fleet->backend->dictionary.flush(fleet->members[m].inner, error),
						 error);
}

static GeStatus
flush(GeContext *fleet, GeError *error)
{
	int failed;

	for (int m = 0; m < fleet->n_members; m++)
		fleet->busy[m] = m;
	return ge_fleet_run(fleet, fleet->n_members, fleet->busy, flush_member, fleet,
						&failed, error);
}

static uint32_t
size(const GeDictionary *dictionary)
{
	return dictionary->fleet->backend->dictionary.size(dictionary->inner);
}

static GeStatus
sort(GeDictionary *dictionary, uint32_t first, uint32_t count, uint32_t *ids,
	 GeError *error)
{
	return ge_fleet_pass(dictionary->fleet, dictionary->member,
						 dictionary->fleet->backend->dictionary.sort(
							 dictionary->inner, first, count, ids, error),
						 error);
}

static GeStatus
keys_of_ids(GeDictionary *dictionary, const uint32_t *ids, uint32_t count,
			int64_t *values, uint64_t *offsets, uint8_t *bytes, GeError *error)
{
	return ge_fleet_pass(
		dictionary->fleet, dictionary->member,
		dictionary->fleet->backend->dictionary.keys(dictionary->inner, ids, count, values,
													offsets, bytes, error),
		error);
}

/* -------------------------------------------------------------------------- targets */

GeStatus
ge_fleet_target(GeContext *fleet, int member, const GeTargetSpec *spec, GeTarget **target,
				GeError *error)
{
	GeTarget *made = calloc(1, sizeof *made);
	GeStatus status;

	*target = NULL;
	if (made == NULL)
		return ge_fleet_no_memory(error);
	made->fleet = fleet;
	made->member = member;
	status = ge_fleet_pass(fleet, member,
						   fleet->backend->target.create(fleet->members[member].inner,
														 spec, &made->inner, error),
						   error);
	if (status == GE_OK)
		*target = made;
	else
		free(made);
	return status;
}

static GeStatus
create_target(GeContext *fleet, const GeTargetSpec *spec, GeTarget **target,
			  GeError *error)
{
	return ge_fleet_target(fleet, next_member(fleet), spec, target, error);
}

static void
free_target(GeTarget *target)
{
	if (target == NULL)
		return;
	target->fleet->backend->target.free(target->inner);
	free(target);
}

static GeStatus
add_rows(GeTarget *target, const GeTargetRows *rows, GeError *error)
{
	return ge_fleet_pass(target->fleet, target->member,
						 target->fleet->backend->target.add(target->inner, rows, error),
						 error);
}

static GeStatus
add_statistics(GeTarget *target, uint32_t n, const uint32_t *ids, const uint32_t *folds,
			   const GeTargetStatistics *statistics, GeError *error)
{
	return ge_fleet_pass(target->fleet, target->member,
						 target->fleet->backend->target.add_statistics(
							 target->inner, n, ids, folds, statistics, error),
						 error);
}

static GeStatus
finish(GeTarget *target, const GeFinishSpec *spec, GeTargetTotals *totals, double *unseen,
	   GeError *error)
{
	return ge_fleet_pass(
		target->fleet, target->member,
		target->fleet->backend->target.finish(target->inner, spec, totals, unseen, error),
		error);
}

static GeStatus
encode_rows(GeTarget *target, const GeTargetRows *rows, double *const *encodings,
			GeError *error)
{
	return ge_fleet_pass(
		target->fleet, target->member,
		target->fleet->backend->target.rows(target->inner, rows, encodings, error),
		error);
}

static GeStatus
statistics_of_ids(GeTarget *target, uint32_t first_id, uint32_t count,
				  const GeTargetStatistics *statistics, double *const *encodings,
				  GeError *error)
{
	return ge_fleet_pass(
		target->fleet, target->member,
		target->fleet->backend->target.statistics(target->inner, first_id, count,
												  statistics, encodings, error),
		error);
}

const GeBackend ge_fleet_backend = {
	.abi = GE_BACKEND_ABI,
	.name = "cuda",
	.close = ge_fleet_close,
	.device_name = ge_fleet_device_name,
	.dictionary = {.create = create_dictionary,
				   .free = free_dictionary,
				   .add = add,
				   .flush = flush,
				   .size = size,
				   .sort = sort,
				   .keys = keys_of_ids},
	.target = {.create = create_target,
			   .free = free_target,
			   .add = add_rows,
			   .add_statistics = add_statistics,
			   .finish = finish,
			   .rows = encode_rows,
			   .statistics = statistics_of_ids},
};
