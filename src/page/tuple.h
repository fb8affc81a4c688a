/*
 * tuple.h: heap tuples formed in place.
 *
 * What heap_form_tuple() makes, byte for byte, without allocating: first the size of a
 * row's tuple is told, then the tuple is written where the caller found room.  No value
 * may be stored out of line.
 */
#ifndef GE_PAGE_TUPLE_H
#define GE_PAGE_TUPLE_H

#include "postgres.h"
#include "access/htup_details.h"
#include "access/tupdesc.h"

typedef struct GeTupleForm GeTupleForm;

/* Whether tuples of that shape can be formed here: no column is a C string. */
extern bool ge_tuple_form_possible(TupleDesc desc);

/* In CurrentMemoryContext.  Tuples are made as inserted by this transaction and command. */
extern GeTupleForm *ge_tuple_form_create(TupleDesc desc, TransactionId xid,
										 CommandId command);

/*
 * The size of a row's tuple in bytes, before rounding up to MAXALIGN, and whether any of
 * its values is NULL.
 */
extern Size ge_tuple_size(const GeTupleForm *form, const Datum *values,
						  const bool *is_null, bool *with_nulls);

/*
 * Write a row's tuple to where, which is MAXALIGNed and has ge_tuple_size() zeroed bytes;
 * with_nulls as that function said; self is where the tuple is in the table.
 */
extern void ge_tuple_write(const GeTupleForm *form, const Datum *values,
						   const bool *is_null, bool with_nulls,
						   const ItemPointerData *self, char *where);

/*
 * The values of a column for consecutive rows: those of a type passed by value in the
 * type's width, any other as Datums.  is_null: a byte for each row; NULL: none is null.
 */
typedef struct GeColumnValues
{
	const void *values;
	const uint8 *is_null;
} GeColumnValues;

/* The size that the tuples of all rows have; 0: they may differ. */
extern Size ge_tuple_equal_size(const GeTupleForm *form, const GeColumnValues *columns);

/*
 * Write n such rows from row `first` on; the tuple of the i-th has line pointer offset + i
 * of a block and its place i * stride bytes below `where`.
 */
extern void ge_tuple_write_rows(const GeTupleForm *form, const GeColumnValues *columns,
								uint32 first, uint32 n, BlockNumber block,
								OffsetNumber offset, char *where, Size stride);

/* One row out of columns, as the functions above take it. */
extern void ge_tuple_gather(const GeTupleForm *form, const GeColumnValues *columns,
							uint32 row, Datum *values, bool *is_null);

/* The most that a tuple can take whose columns of variable length have these lengths,
 * headers included, one for each such column. */
extern Size ge_tuple_most(const GeTupleForm *form, const Size *lengths);

/* Write a finished tuple likewise; its header gets this transaction and place. */
extern void ge_tuple_copy(const GeTupleForm *form, HeapTuple tuple,
						  const ItemPointerData *self, char *where);

#endif /* GE_PAGE_TUPLE_H */
