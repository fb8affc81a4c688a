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

#endif /* GE_COMPAT_H */
