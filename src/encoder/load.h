/*
 * load.h: what the files that read encoders share.
 */
#ifndef GE_ENCODER_LOAD_H
#define GE_ENCODER_LOAD_H

#include "postgres.h"
#include "utils/jsonb.h"

#include "encoder/cursor.h"
#include "encoder/encoder.h"
#include "encoder/encodings.h"

struct GeEncoder
{
	GeEncoderCursor cursor;
	Snapshot snapshot; /* of every scan */
	GeEncoderParameters *parameters;
};

/* Read the JSON object; refuses a damaged one (parameters.c). */
extern GeEncoderParameters *ge_encoder_parameters_parse(const Jsonb *jsonb,
														const char *encoder);
/* The parameters in their row in the table of an open cursor (open.c). */
extern const Jsonb *ge_encoder_read_jsonb(GeEncoderCursor *cursor, Snapshot snapshot);
/* The same, taken apart. */
extern GeEncoderParameters *ge_encoder_read_parameters(GeEncoderCursor *cursor,
													   Snapshot snapshot);

/* The name of a type in the parameters of an encoder, and what has that type. */
typedef struct GeTypeName
{
	const char *encoder;
	const char *role; /* "column" or "target" */
	const char *name; /* of the column or target */
	const char *type;
} GeTypeName;

/* The type with its modifier: 42704 if there is none (type_name.c). */
extern void ge_encoder_parse_type(const GeTypeName *name, Oid *type, int32 *typmod);
/* The kind of a type, or of what a domain is over; '\0' if the type was dropped. */
extern char ge_encoder_kind_of_type(Oid type);

/* Identifies a database: a copy on another server has another identifier. */
extern char *ge_encoder_database(void);

/* The row of kind 'prior', 'missing' or 'infrequent'. */
typedef struct GeEncoderSingle
{
	uint64 n_rows; /* such rows: must be one */
	uint64 size;   /* of the fitted source */
	bool seen;	   /* the fitted source has such rows */
	bool code_is_null;
	int32 code;
	double *encodings; /* by output of the part */
	Datum *moments;	   /* by moments of the part */
} GeEncoderSingle;

/* The figures of a category. */
typedef struct GeEncoderFigures
{
	int32 code;
	bool seen; /* the fitted source has it */
	uint64 n_rows;
} GeEncoderFigures;

/* Category rows that are loaded at once, in a memory context of their own. */
typedef struct GeEncoderBlock
{
	uint32 n;
	uint32 capacity;
	Size bytes;				   /* of the texts */
	char **texts;			   /* n_parts for each row */
	GeEncoderFigures *figures; /* one for each row */
	double *encodings;		   /* n_outputs for each row */
	Datum *moments;			   /* n_moments for each row */
} GeEncoderBlock;

/* One column or combination being loaded. */
typedef struct GeEncoderPart
{
	const char *name;
	int i;							/* the column's place; -1: a combination */
	const GeCategoryColumn *column; /* NULL: a combination */
	GeRunEncoding *encoding;		/* NULL: none */
	int n_parts;					/* texts of a row */
	int n_outputs;					/* encodings of a row; 0: they are not wanted */
	int n_moments;					/* moments of a row; 0: they are not wanted */
	uint32 expected; /* categories, as the parameters say, and the next two */
	bool has_infrequent;
	int64 n_codes;	/* of a label column */
	uint64 n_found; /* rows of categories, counted before anything is allocated */
	GeEncoderSingle prior;
	GeEncoderSingle missing;
	GeEncoderSingle infrequent;
	uint64 n_loaded;
	uint64 n_counted;			 /* rows of the fitted source, of what is loaded */
	struct GeUnlisted *unlisted; /* the others (unlisted.h); NULL: there can be none */
	int32 *codes;				 /* by id 0..expected, as the next one */
	bool *seen;
	MemoryContext block_context;
	GeEncoderBlock block;
} GeEncoderPart;

typedef struct GeEncoderLoad
{
	GeRun *run; /* NULL: the encoder is read for no job */
	GeEncoder *encoder;
	const char *name;	   /* the encoder's */
	MemoryContext context; /* of what stays */
	MemoryContext scratch; /* of the load, as the next one */
	MemoryContext row_context;
	GeElementType moments; /* what an array of moments has */
	int n_parts;
	GeEncoderPart *parts;
	GeEncoderPart *last; /* the one that a row was of */
} GeEncoderLoad;

/* A load into a run: its contexts, with no part yet (load.c). */
extern void ge_encoder_load_begin(GeEncoderLoad *state, GeRun *run, GeEncoder *encoder);
/* Its parts: all that the run codes or encodes, columns first, then combinations. */
extern void ge_encoder_list_parts(GeEncoderLoad *state);
extern bool ge_encoder_has_combinations(const GeEncoderLoad *state);
/* Room for the codes of a part's categories, which have been counted. */
extern void ge_encoder_allocate_codes(GeEncoderLoad *state, GeEncoderPart *part);
/*
 * Every category of a column is loaded: its number, and the codes of a label column, with
 * part->codes and part->seen by id.  Refuses a column with a category twice.
 */
extern void ge_encoder_settle_categories(GeEncoderLoad *state, GeEncoderPart *part);
/*
 * Count, and read the categories of columns: of each its ids and codes.  May end early as
 * ge_compute_try_add() does.
 */
extern void ge_encoder_load_columns(GeEncoderLoad *state);
/* Free what belongs to the load alone; raise if the GPU's memory ended. */
extern void ge_encoder_load_end(GeEncoderLoad *state);

/*
 * Count the rows of every part, and read the rows of kinds 'prior' and 'missing'.
 * Refuses an encoder that lacks rows that its parameters promise (rows.c).
 */
extern void ge_encoder_survey(GeEncoderLoad *state);

/* Put an encoder's label codes into a run, before anything else (codes_from.c). */
extern void ge_codes_from_load(GeRun *run, GeEncoder *encoder);
/* Refuse (22023) an encoder whose codes mean something else in a plan. */
extern void ge_codes_from_check(const GePlan *plan, const GeEncoder *encoder);

/* Whether ge_compute_exhausted() of the load's run. */
extern bool ge_encoder_load_exhausted(const GeEncoderLoad *state);

/*
 * Refuse codes of a label column that are not 0..n_codes-1, each once but for that of
 * rare categories.  part->codes has those of the rows (codes.c).
 */
extern void ge_encoder_check_codes(const char *encoder, const GeEncoderPart *part);

/* Take a full block; CurrentMemoryContext goes after it. */
typedef void (*GeEncoderConsumer)(GeEncoderLoad *state, GeEncoderPart *part);
/*
 * The category rows of all columns, or of all combinations, a block at a time.  Ends
 * early if ge_encoder_load_exhausted().
 */
extern void ge_encoder_read_categories(GeEncoderLoad *state, bool combinations,
									   GeEncoderConsumer consume);

/* Ids of categories given as texts, through the column's type; false as
 * ge_compute_try_add() says it (load.c). */
extern bool ge_encoder_ids_of_texts(GeEncoderLoad *state, int column, char *const *texts,
									uint32 stride, uint32 n, uint32 *ids);

/* GeEncoderConsumer: category rows of a combination (load_combinations.c). */
extern void ge_encoder_load_combination(GeEncoderLoad *state, GeEncoderPart *part);
/* Once the loaded rows are in order: which of them are whose. */
extern void ge_encoder_number_combinations(GeEncoderLoad *state);

#endif /* GE_ENCODER_LOAD_H */
