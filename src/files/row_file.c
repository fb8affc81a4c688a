/*
 * row_file.c: rows in a temporary file.  Contract in row_file.h.
 *
 * A row is its length, a byte for each column that tells whether it is NULL, and the
 * values as in a tuple of a table, aligned from the start of the row on.
 */
#include "postgres.h"
#include "access/htup_details.h"
#include "access/tupmacs.h"
#include "executor/tuptable.h"
#include "storage/buffile.h"
#include "utils/memutils.h"

#include "base/compat.h"
#include "files/row_file.h"

struct GeRowFile
{
	GeGivenRows rows; /* first: the callbacks get it */
	BufFile *file;
	char *row; /* the row at hand, without its length */
	Size room;
	bits8 *bits; /* what heap_fill_tuple() wants to say of NULL */
};

static void
make_room(GeRowFile *file, Size length)
{
	if (length <= file->room)
		return;
	if (length > MaxAllocHugeSize / 2 || length > PG_UINT32_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("a row of %zu bytes is too long", length)));
	file->room = Max(length, 2 * file->room);
	file->row = repalloc_huge(file->row, file->room);
}

/* ------------------------------------------------------------------------- reading */

/* The number of the file's segment above 40 bits for the place in it. */
static int64
place_of_next(GeGivenRows *rows)
{
	int segment;
	off_t offset;

	BufFileTell(((GeRowFile *) rows)->file, &segment, &offset);
	return ((int64) segment << 40) + offset;
}

static void
seek_row(GeGivenRows *rows, int64 place)
{
	BufFile *file = ((GeRowFile *) rows)->file;

	if (BufFileSeek(file, (int) (place >> 40),
					(off_t) (place & ((INT64CONST(1) << 40) - 1)), SEEK_SET) != 0)
		ereport(ERROR, (errcode_for_file_access(),
						errmsg("could not seek in a temporary file: %m")));
}

/* False at the end of the file. */
static bool
read_bytes(GeRowFile *file, void *bytes, Size length)
{
	size_t n = BufFileRead(file->file, bytes, length);

	if (n != length && n != 0)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not read a temporary file: %zu of %zu bytes", n, length)));
	return n == length;
}

static void
take_apart(const GeRowFile *file, TupleTableSlot *slot)
{
	TupleDesc desc = file->rows.desc;
	char *values = file->row + MAXALIGN(desc->natts);
	Size at = 0;

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);

		slot->tts_isnull[i] = file->row[i] != 0;
		if (slot->tts_isnull[i])
			continue;
		at = att_align_pointer(at, attribute->attalign, attribute->attlen, values + at);
		slot->tts_values[i] = fetchatt(attribute, values + at);
		at = att_addlength_pointer(at, attribute->attlen, values + at);
	}
}

static bool
next_row(GeGivenRows *rows, TupleTableSlot *slot)
{
	GeRowFile *file = (GeRowFile *) rows;
	uint32 length;

	ExecClearTuple(slot);
	if (!read_bytes(file, &length, sizeof length))
		return false;
	make_room(file, length);
	if (!read_bytes(file, file->row, length))
		elog(ERROR, "a temporary file ends within a row");
	take_apart(file, slot);
	ExecStoreVirtualTuple(slot);
	return true;
}

/* ------------------------------------------------------------------------- writing */

GeRowFile *
ge_row_file_create(TupleDesc desc)
{
	GeRowFile *file = palloc0(sizeof *file);

	file->rows = (GeGivenRows){
		.desc = desc, .place = place_of_next, .seek = seek_row, .next = next_row};
	file->file = BufFileCreateTemp(false);
	file->room = 8192;
	file->row = palloc(file->room);
	file->bits = palloc(BITMAPLEN(desc->natts));
	return file;
}

void
ge_row_file_put(GeRowFile *file, Datum *values, bool *is_null)
{
	TupleDesc desc = file->rows.desc;
	Size head = MAXALIGN(desc->natts);
	Size length = head + heap_compute_data_size(desc, values, is_null);
	uint32 written = (uint32) length;
	uint16 mask = 0;

	make_room(file, length);
	/* padding is written too, and is nothing that memory held before */
	memset(file->row, 0, length);
	for (int i = 0; i < desc->natts; i++)
		file->row[i] = is_null[i];
	heap_fill_tuple(desc, values, is_null, file->row + head, length - head, &mask,
					file->bits);
	BufFileWrite(file->file, &written, sizeof written);
	BufFileWrite(file->file, file->row, length);
	file->rows.n_rows++;
}

GeGivenRows *
ge_row_file_rows(GeRowFile *file)
{
	return &file->rows;
}

void
ge_row_file_close(GeRowFile *file)
{
	BufFileClose(file->file);
	pfree(file->row);
	pfree(file->bits);
	pfree(file);
}
