/*
 * tuple.h: heap tuples formed in place.
 *
 * The tuples equal those of heap_form_tuple(), byte for byte, and nothing is allocated.
 * One function returns the size of a row's tuple; another writes the tuple to room that
 * the caller found.  No value may be stored out of line.
 */
#ifndef GE_PAGE_TUPLE_H
#define GE_PAGE_TUPLE_H

#include "postgres.h"
#include "access/htup_details.h"
#include "access/tupdesc.h"

typedef struct GeTupleForm GeTupleForm;

/* Whether tuples of that shape can be formed here: no column is a C string. */
extern bool ge_tuple_form_possible(TupleDesc desc);

/*
 * In CurrentMemoryContext.  Tuples are made as inserted by this transaction and command,
 * frozen or not.
 */
extern GeTupleForm *ge_tuple_form_create(TupleDesc desc, TransactionId xid,
										 CommandId command, bool frozen);

/*
 * The size of a row's tuple in bytes, before rounding up to MAXALIGN, and whether any of
 * its values is NULL.
 */
extern Size ge_tuple_size(const GeTupleForm *form, const Datum *values,
						  const bool *is_null, bool *with_nulls);

/*
 * Write a row's tuple to where, which is MAXALIGNed and has ge_tuple_size() zeroed bytes;
 * with_nulls is the answer of ge_tuple_size(); self is the tuple's place in the table.
 */
extern void ge_tuple_write(const GeTupleForm *form, const Datum *values,
						   const bool *is_null, bool with_nulls,
						   const ItemPointerData *self, char *where);

/*
 * The values of a column for consecutive rows.  Values of a type passed by value have the
 * type's width; others are Datums. is_null has a byte for each row; NULL: none is null.
 */
typedef struct GeColumnValues
{
	const void *values;
	const uint8 *is_null;
} GeColumnValues;

/* Whether any value of these rows may be NULL. */
extern bool ge_tuple_any_null(const GeTupleForm *form, const GeColumnValues *columns);

/* The size that the tuples of all rows without NULL have; 0: they may differ. */
extern Size ge_tuple_equal_size(const GeTupleForm *form);

/* The sizes of the tuples of n rows without NULL, from row `first` on. */
extern void ge_tuple_sizes(const GeTupleForm *form, const GeColumnValues *columns,
						   uint32 first, uint32 n, Size *sizes);

/*
 * Write n rows without NULL, at most a page, from row `first` on; the tuple of the i-th has
 * line pointer offset + i of a block and its place at where[i].
 */
extern void ge_tuple_write_rows(const GeTupleForm *form, const GeColumnValues *columns,
								uint32 first, uint32 n, BlockNumber block,
								OffsetNumber offset, char *const *where);

/* One row gathered from columns, as the functions above take rows. */
extern void ge_tuple_gather(const GeTupleForm *form, const GeColumnValues *columns,
							uint32 row, Datum *values, bool *is_null);

/*
 * The largest size of a tuple with these lengths of its variable-length columns; lengths
 * include headers.
 */
extern Size ge_tuple_most(const GeTupleForm *form, const Size *lengths);

/* Write a finished tuple; its header gets this transaction and place. */
extern void ge_tuple_copy(const GeTupleForm *form, HeapTuple tuple,
						  const ItemPointerData *self, char *where);

#endif /* GE_PAGE_TUPLE_H */
