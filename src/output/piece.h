/*
 * piece.h: a piece of an output: some rows, their results, their pages.
 *
 * Belongs to pages.c. ge_piece_make() runs in any thread: it allocates pages by malloc,
 * raises nothing, and reads nothing that can change meanwhile.
 */
#ifndef GE_OUTPUT_PIECE_H
#define GE_OUTPUT_PIECE_H

#include "postgres.h"
#include "storage/block.h"

#include "output/crew.h"
#include "job/results.h"
#include "output/layout.h"
#include "output/texts.h"
#include "page/tuple.h"
#include "page/writer.h"

/* Pages of a piece whose rows have one size. */
#define GE_PIECE_PAGES 128
/* The most rows of a piece; the rows of a piece whose rows differ in size. */
#define GE_PIECE_MAX_ROWS 16384
#define GE_PIECE_ROWS 8192

#define GE_N_STRETCHES 2

/* The values of rows of a column that ids stand for. */
typedef struct GeTextRows
{
	Datum *values;
	uint8 *is_null;
	bool any_null;
} GeTextRows;

/* A piece, made or in the making; each has a slot of the crew. */
typedef struct GePiece
{
	GeResults results;
	GeTextRows *texts;		 /* by column of GeFilling.texts */
	GeColumnValues *columns; /* of the rows at hand */
	Datum *values;			 /* of one row */
	bool *is_null;
	uint32 n_rows;
	char *pages;	  /* not of a memory context: threads make it larger */
	BlockNumber room; /* in pages */
	BlockNumber n_pages;
	GeStatus status;
	GeError error;
} GePiece;

/* Out-of-fold encodings of some consecutive pieces. */
typedef struct GeStretch
{
	uint64 first_row;
	double **encodings; /* by output of the plan */
} GeStretch;

typedef struct GeFilling
{
	const GeOutputLayout *layout;
	GeRun *run;
	const GePlanSource *source;
	const GeRowStore *rows; /* of the source */
	GeEncodings which;
	GePageWriter *writer;
	const GeTupleForm *form;
	Size reserved;
	int *kept; /* by attribute number - 1: which of the source's kept columns */
	GeTextColumns texts;

	uint32 piece_rows;
	uint64 n_pieces;
	uint32 n_slots;
	GePiece *slots;
	GeCrew *crew;

	uint64 stretch_pieces; /* GE_ENCODINGS_ELSEWHERE: pieces of a stretch */
	uint64 n_stretches;	   /* done so far */
	GeStretch stretches[GE_N_STRETCHES];
	GeTargetBuffers *buffers; /* of a segment, by ge_compute_place() */
} GeFilling;

/* Rows of one segment that belong to a stretch of rows. */
typedef struct GePart
{
	const GeSegment *segment;
	uint32 first; /* in the segment */
	uint32 n;
	uint32 at; /* in the stretch */
} GePart;

/* The first part of n_rows rows from first_row on, and the one behind a part. */
extern GePart ge_part_first(const GeRowStore *rows, uint64 first_row, uint32 n_rows);
extern GePart ge_part_next(GePart part, uint32 n_rows);

/* GeCrewJob.work: arg is the filling. */
extern bool ge_piece_make(void *arg, uint64 piece, uint32 slot);

#endif /* GE_OUTPUT_PIECE_H */
