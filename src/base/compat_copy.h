/*
 * compat_copy.h: the differences between PostgreSQL 15, 16, 17 and 18 in COPY.
 */
#ifndef GE_BASE_COMPAT_COPY_H
#define GE_BASE_COMPAT_COPY_H

#include "postgres.h"
#include "commands/copy.h"
#include "commands/copyfrom_internal.h"

/* 17 brought force_null and force_not_null for all columns. */
static inline bool
ge_copy_forces_null(const CopyFormatOptions *options)
{
#if PG_VERSION_NUM >= 170000
	return options->force_null_all;
#else
	return false;
#endif
}

static inline bool
ge_copy_forces_not_null(const CopyFormatOptions *options)
{
#if PG_VERSION_NUM >= 170000
	return options->force_notnull_all;
#else
	return false;
#endif
}

/*
 * 17 brought ON_ERROR: whether the row that NextCopyFrom() read has a value that does not
 * fit, and is to be skipped.
 */
static inline bool
ge_copy_skips_row(CopyFromState copy)
{
#if PG_VERSION_NUM >= 170000
	if (copy->escontext == NULL || !copy->escontext->error_occurred)
		return false;
	copy->escontext->error_occurred = false;
#if PG_VERSION_NUM >= 180000
	if (copy->opts.reject_limit > 0 &&
		copy->num_errors > (uint64) copy->opts.reject_limit)
		ereport(ERROR, errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				errmsg("more than " INT64_FORMAT " rows would be skipped",
					   copy->opts.reject_limit),
				errdetail("It is the REJECT_LIMIT."));
#endif
	return true;
#else
	return false;
#endif
}

#endif /* GE_BASE_COMPAT_COPY_H */
