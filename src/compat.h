/*
 * compat.h: every difference between PostgreSQL 15, 16, 17 and 18 that the code meets.
 * No other file tests PG_VERSION_NUM.
 */
#ifndef GE_COMPAT_H
#define GE_COMPAT_H

#include "postgres.h"

#if PG_VERSION_NUM < 150000
#error "gpu_encode needs PostgreSQL 15 or later"
#endif

/* 16 renamed what identifies a relation's files. */
#if PG_VERSION_NUM >= 160000
#define ge_relation_locator(relation) (&(relation)->rd_locator)
#define ge_file_tag_locator(tag) ((tag).rlocator)
#else
#define ge_relation_locator(relation) (&(relation)->rd_node)
#define ge_file_tag_locator(tag) ((tag).rnode)
#endif

/* 16 brought direct I/O, which wants aligned buffers. */
#if PG_VERSION_NUM >= 160000
#define GE_IO_ALIGNMENT PG_IO_ALIGN_SIZE
#else
#define GE_IO_ALIGNMENT MAXIMUM_ALIGNOF
#endif

/* 17 brought an interface to fill a new relation past the shared buffers. */
#if PG_VERSION_NUM >= 170000
#define GE_HAVE_BULK_WRITE
#include "storage/bulk_write.h"
#endif

#endif /* GE_COMPAT_H */
