/*
 * fleet.c: several devices of one backend as one backend.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compute/fleet_internal.h"

/* Does the failure belong to a device, not to what it was asked? */
static bool
is_of_device(GeStatus status)
{
	return status == GE_OUT_OF_MEMORY || status == GE_DEVICE_UNUSABLE ||
		   status == GE_DEVICE_LOST || status == GE_INTERNAL || status == GE_UNSUPPORTED;
}

GeStatus
ge_fleet_pass(GeContext *fleet, int member, GeStatus status, GeError *error)
{
	char message[sizeof error->message];

	if (status == GE_OK)
		return status;
	atomic_store(&fleet->failed, member);
	if (!is_of_device(status))
		return status;
	memcpy(message, error->message, sizeof message);
	snprintf(error->message, sizeof error->message, "device %d: %.480s",
			 fleet->members[member].device, message);
	return status;
}

GeStatus
ge_fleet_no_memory(GeError *error)
{
	error->status = GE_OUT_OF_MEMORY;
	snprintf(error->message, sizeof error->message,
			 "out of host memory for several devices");
	return GE_OUT_OF_MEMORY;
}

/* Every member has a lane of its own. */
GeStatus
ge_fleet_run(GeContext *fleet, int n, const int *member, GeLaneWork work, void *arg,
			 int *failed, GeError *error)
{
	GeStatus status = ge_lanes_run(fleet->lanes, n, member, work, arg, failed, error);

	if (status != GE_OK)
		atomic_store(&fleet->failed, member[*failed]);
	return status;
}

/* GeLaneWork */
static GeStatus
open_member(void *arg, int i, GeError *error)
{
	GeContext *fleet = arg;
	GeMember *member = &fleet->members[i];

	return ge_fleet_pass(
		fleet, i,
		fleet->backend->open(&fleet->options[i], &member->inner, &member->traits, error),
		error);
}

/* What callers may build on: what holds for every member. */
static GeTraits
common_traits(const GeContext *fleet)
{
	GeTraits traits = fleet->members[0].traits;

	for (int i = 1; i < fleet->n_members; i++)
	{
		const GeTraits *other = &fleet->members[i].traits;

		if (other->rows_per_call > traits.rows_per_call)
			traits.rows_per_call = other->rows_per_call;
		if (other->concurrent_rows < traits.concurrent_rows)
			traits.concurrent_rows = other->concurrent_rows;
	}
	return traits;
}

void
ge_fleet_close(GeContext *fleet)
{
	if (fleet == NULL)
		return;
	ge_lanes_stop(fleet->lanes);
	for (int i = 0; i < fleet->n_members; i++)
		fleet->backend->close(fleet->members[i].inner);
	free(fleet->name);
	free(fleet->dictionaries);
	free(fleet->keys);
	free(fleet->ids);
	free(fleet->busy);
	free(fleet);
}

static GeStatus
open_members(GeContext *fleet, int *failed, GeError *error)
{
	fleet->lanes = ge_lanes_start(fleet->n_members);
	fleet->busy = calloc((size_t) fleet->n_members, sizeof *fleet->busy);
	fleet->name = calloc((size_t) fleet->n_members, 256);
	if (fleet->lanes == NULL || fleet->busy == NULL || fleet->name == NULL)
		return ge_fleet_no_memory(error);
	for (int i = 0; i < fleet->n_members; i++)
	{
		fleet->busy[i] = i;
		fleet->members[i].device = fleet->options[i].device;
	}
	return ge_fleet_run(fleet, fleet->n_members, fleet->busy, open_member, fleet, failed,
						error);
}

GeStatus
ge_fleet_open(const GeBackend *backend, const GeContextOptions *options, int n,
			  GeContext **fleet, GeTraits *traits, int *failed, GeError *error)
{
	GeContext *made = calloc(1, sizeof *made + (size_t) n * sizeof(GeMember));
	GeStatus status;

	*fleet = NULL;
	*failed = 0;
	if (made == NULL)
		return ge_fleet_no_memory(error);
	made->backend = backend;
	made->options = options;
	made->n_members = n;
	status = open_members(made, failed, error);
	made->options = NULL;
	if (status != GE_OK)
	{
		ge_fleet_close(made);
		return status;
	}
	*traits = common_traits(made);
	*fleet = made;
	return GE_OK;
}

const char *
ge_fleet_device_name(const GeContext *fleet)
{
	char *end = fleet->name;

	*end = '\0';
	for (int i = 0; i < fleet->n_members; i++)
	{
		const char *name = fleet->backend->device_name(fleet->members[i].inner);

		if (name == NULL || name[0] == '\0')
			return "";
		end += snprintf(end, 256, "%s%.250s", i > 0 ? ", " : "", name);
	}
	return fleet->name;
}

int
ge_fleet_size(const GeContext *fleet)
{
	return fleet->n_members;
}

int
ge_fleet_device(const GeContext *fleet, int member)
{
	return fleet->members[member].device;
}

int
ge_fleet_failed(const GeContext *fleet)
{
	return atomic_load(&fleet->failed);
}
