/*
 * cursor.h: the rows of an encoder table, read by its OID.
 *
 * Anybody may have made an encoder table, so nothing in it is trusted.  No query is run,
 * so no name is resolved after the check, and no function of another user is called.  A
 * cursor locks the table, checks what kind of relation it is, the caller's rights, and
 * the name and type of every column; it checks the columns again whenever a scan begins,
 * since the caller's own statement may have changed them in between.  Texts are compared
 * by their bytes, whatever collation a column has.  A cursor may stay open while several
 * scans begin and end.
 */
#ifndef GE_ENCODER_CURSOR_H
#define GE_ENCODER_CURSOR_H

#include "postgres.h"
#include "access/genam.h"
#include "access/tableam.h"
#include "utils/rel.h"
#include "utils/snapshot.h"

#include "encoder/encoder.h"

/* The indexes that ge_encoder_create_indexes() makes, all by column_name first. */
typedef enum GeEncoderIndex
{
	GE_ENCODER_BY_VALUE,  /* hashtextextended(value, 0) */
	GE_ENCODER_BY_VALUES, /* hash_array_extended("values", 0) */
	GE_ENCODER_BY_CODE,	  /* code */
	GE_ENCODER_N_INDEXES
} GeEncoderIndex;

typedef struct GeEncoderCursor
{
	Oid relid;
	const char *name; /* of the encoder, qualified and quoted, for messages */
	Oid role;		  /* the user whose rights were checked */
	Relation relation;
	TupleTableSlot *slot; /* the row of a scan */
	TableScanDesc scan;
	IndexScanDesc index_scan; /* one of the two while a scan runs */
	Relation index;
	/* results of the last check; checked again before each use */
	AttrNumber attno[GE_ENCODER_N_COLUMNS];
	Oid index_oid[GE_ENCODER_N_INDEXES];
} GeEncoderCursor;

/* The key of an index scan; its second column is a value or NULL, if it is given. */
typedef struct GeEncoderKey
{
	GeEncoderIndex index;
	const char *column_name; /* NULL: rows without one */
	bool has_second;
	bool second_is_null;
	Datum second; /* int8: a hash; int4: a code */
} GeEncoderKey;

/*
 * Lock and check the table that cursor->relid says (all else is zero, or what an earlier
 * opening left).  Errors: 42P01, 42809 if it is no encoder, 42501.
 */
extern void ge_encoder_cursor_open(GeEncoderCursor *cursor);
/* Refuse (42501) a caller without the right to read moments, too. */
extern void ge_encoder_cursor_check_moments(GeEncoderCursor *cursor);
/* The lock stays until the end of the transaction. */
extern void ge_encoder_cursor_close(GeEncoderCursor *cursor);

/* Begin a scan of all rows that a snapshot sees. */
extern void ge_encoder_cursor_scan(GeEncoderCursor *cursor, Snapshot snapshot);
/*
 * Begin a scan by an index, or of all rows if the table has no such index.  Rows with
 * other keys may come too: an index finds hashes, not values.
 */
extern void ge_encoder_cursor_scan_index(GeEncoderCursor *cursor, Snapshot snapshot,
										 const GeEncoderKey *key);
/* The next row; false: there is none.  Its fields are valid until the next call. */
extern bool ge_encoder_cursor_next(GeEncoderCursor *cursor);
extern void ge_encoder_cursor_end(GeEncoderCursor *cursor);

/* A field (GE_ENCODER_*) of the row. */
extern Datum ge_encoder_field(GeEncoderCursor *cursor, int column, bool *is_null);
extern bool ge_encoder_field_is_null(GeEncoderCursor *cursor, int column);
/* The bytes of a text field that is not NULL, perhaps in memory of the current context. */
extern const char *ge_encoder_field_bytes(GeEncoderCursor *cursor, int column,
										  Size *length);
/* Whether a text field has this text; NULL has none. */
extern bool ge_encoder_field_is(GeEncoderCursor *cursor, int column, const char *string);

/* An index of the open cursor's table, locked, or NULL (index.c). */
extern Relation ge_encoder_open_index(GeEncoderCursor *cursor, GeEncoderIndex index);

#endif /* GE_ENCODER_CURSOR_H */
