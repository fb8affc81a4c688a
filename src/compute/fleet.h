/*
 * fleet.h: several devices of one backend as one backend.
 *
 * A fleet has a context of the backend for each device: its members.  Every dictionary and
 * every target lives on one member, whole; nothing is split and nothing is merged.  So the
 * contract of a backend is that of backend.h, for the fleet and for its members.
 *
 * dictionary.add and dictionary.flush reach all members at the same time (lanes.h).  All
 * other operations run on the calling thread, on the member of their object; ge_fleet_run()
 * makes those of different members run at the same time.  A member that fails says so in the
 * message; the others stay usable.
 *
 * Plain C, no PostgreSQL header.
 */
#ifndef GE_COMPUTE_FLEET_H
#define GE_COMPUTE_FLEET_H

#include "backend/backend.h"
#include "compute/lanes.h"

/*
 * All operations but open(), which is ge_fleet_open().  create() of dictionaries and of
 * targets takes the members in turn.
 */
extern const GeBackend ge_fleet_backend;

/*
 * Open n contexts of a backend, at the same time; options[i] is that of member i and names
 * its device.  If that fails, *failed is the member.
 */
extern GeStatus ge_fleet_open(const GeBackend *backend, const GeContextOptions *options,
							  int n, GeContext **fleet, GeTraits *traits, int *failed,
							  GeError *error);

/* dictionary.create and target.create on a member; callable inside ge_fleet_run(). */
extern GeStatus ge_fleet_dictionary(GeContext *fleet, int member, GeKeyKind kind,
									GeDictionary **dictionary, GeError *error);
extern GeStatus ge_fleet_target(GeContext *fleet, int member, const GeTargetSpec *spec,
								GeTarget **target, GeError *error);
/* The member that a dictionary is on. */
extern int ge_fleet_member(const GeDictionary *dictionary);
extern int ge_fleet_size(const GeContext *fleet);
/* The device of a member, as GeContextOptions names it. */
extern int ge_fleet_device(const GeContext *fleet, int member);

/*
 * Do n items, item i with objects of member[i] only.  Those of one member run one after
 * another, those of different members at the same time.  As ge_lanes_run() otherwise.
 */
extern GeStatus ge_fleet_run(GeContext *fleet, int n, const int *member, GeLaneWork work,
							 void *arg, int *failed, GeError *error);

/* The member on which the last failure happened. */
extern int ge_fleet_failed(const GeContext *fleet);

#endif /* GE_COMPUTE_FLEET_H */
