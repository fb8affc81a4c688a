/*
 * rights.h: the rights to read a schema's names, and columns of a relation.
 */
#ifndef GE_BASE_RIGHTS_H
#define GE_BASE_RIGHTS_H

#include "postgres.h"

#include "nodes/bitmapset.h"
#include "utils/rel.h"

/* Refuse (42501) a schema whose names the current user may not use, as SQL would. */
extern void ge_require_schema_usage(Oid schema);

/*
 * Refuse (42501) a current user without the privileges of a role, "permission denied to"
 * do what is named.  A role that does not exist has superusers only.
 */
extern void ge_require_role(const char *role, const char *what);

/*
 * Refuse (42501) a relation of which the current user may not SELECT some of the columns,
 * as a query of them would be refused, and name those columns.  The numbers of columns
 * are less FirstLowInvalidHeapAttributeNumber.
 */
extern void ge_require_select(Relation relation, Bitmapset *columns);

#endif /* GE_BASE_RIGHTS_H */
