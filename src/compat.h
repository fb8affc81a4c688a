/*
 * compat.h: every difference between PostgreSQL 15, 16, 17 and 18 that the code meets.
 * No other file tests PG_VERSION_NUM.
 */
#ifndef GE_COMPAT_H
#define GE_COMPAT_H

#include "postgres.h"
/* 16 took VARDATA_ANY() and its like out of postgres.h. */
#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#endif

#if PG_VERSION_NUM < 150000
#error "gpu_encode needs PostgreSQL 15 or later"
#endif

#include "nodes/nodes.h"
#include "parser/parse_type.h"
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#endif

/* The type and typmod that a string names; InvalidOid when there is no such type. */
static inline void
ge_parse_type_string(const char *string, Oid *type, int32 *typmod)
{
#if PG_VERSION_NUM >= 160000
	ErrorSaveContext context = {T_ErrorSaveContext};

	if (!parseTypeString(string, type, typmod, (Node *) &context))
		*type = InvalidOid;
#else
	parseTypeString(string, type, typmod, true);
#endif
}

#endif /* GE_COMPAT_H */
