/*
 * fleet_internal.h: what a fleet is made of, for fleet.c and fleet_objects.c.
 *
 * GeContext, GeDictionary and GeTarget mean two things here: the fleet's own, defined below,
 * and the members', which are opaque.  The latter are always called `inner`.
 */
#ifndef GE_COMPUTE_FLEET_INTERNAL_H
#define GE_COMPUTE_FLEET_INTERNAL_H

#include <stdatomic.h>

#include "compute/fleet.h"

typedef struct GeMember
{
	GeContext *inner;
	GeTraits traits;
	int device;
	/* of the dictionary.add under way: */
	uint32_t first; /* of the member's dictionaries, in the arrays of the context */
	uint32_t n;
} GeMember;

struct GeContext
{
	const GeBackend *backend;		 /* of the members */
	const GeContextOptions *options; /* while the fleet opens */
	GeLanes *lanes;
	atomic_int failed;
	atomic_uint n_created; /* objects that create() has made */
	char *name;
	/* what dictionary.add hands on, grouped by member: */
	uint32_t capacity;
	GeDictionary **dictionaries;
	GeKeys *keys;
	uint32_t **ids;
	int *busy; /* the members that have work */
	int n_members;
	GeMember members[];
};

struct GeDictionary
{
	GeContext *fleet;
	int member;
	GeDictionary *inner;
};

struct GeTarget
{
	GeContext *fleet;
	int member;
	GeTarget *inner;
};

/* The status of a member's operation; its message gets the device. */
extern GeStatus ge_fleet_pass(GeContext *fleet, int member, GeStatus status,
							  GeError *error);
extern GeStatus ge_fleet_no_memory(GeError *error);

/* Members of ge_fleet_backend. */
extern void ge_fleet_close(GeContext *fleet);
/* "0: NVIDIA H200, 1: NVIDIA H200"; empty until all of them are there. */
extern const char *ge_fleet_device_name(const GeContext *fleet);

#endif /* GE_COMPUTE_FLEET_INTERNAL_H */
