/*
 * table_call.h: the steps of every call that fills tables.
 *
 * Arguments; tables to be replaced locked; names, locks and rights of the sources; outputs
 * created; sources read; computed; outputs and encoder filled; replaced tables swapped.
 * On any error the transaction's abort leaves everything as it was.
 */
#ifndef GE_SQL_TABLE_CALL_H
#define GE_SQL_TABLE_CALL_H

#include "postgres.h"
#include "fmgr.h"

#include "encoder/encoder.h"
#include "job/job.h"
#include "output/plan.h"

#define GE_MAX_OUTPUTS 2

/* A call that writes: its tables, plan and run, its outputs, its encoder. */
typedef struct GeTableCall
{
	int n_names;
	GeOutputName names[GE_MAX_OUTPUTS + 1]; /* of the outputs, then of the encoder */
	GePlan *plan;
	GeRun *run;						  /* once it has learned */
	const GeOutputName *encoder_name; /* of `names`; NULL: no encoder is written */
	GeEncoder *codes_from; /* whose codes stay, until it has learned; NULL: none's */
	GeEncoder *before;	   /* which guards compare with, until then; NULL: none */
	bool has_checks;
	Datum checks; /* jsonb: the figures of guards */
	int n_outputs;
	GeOutputPlan *outputs[GE_MAX_OUTPUTS];
	GeOutputTable *encoder; /* NULL: none is written */
	const char *encoder_id; /* of the one written or applied; NULL: none */
} GeTableCall;

/* Refuse read-only transactions and parallel mode; function is its name for messages. */
extern void ge_call_begin(const char *function);

/*
 * Read the names of the tables (encoder NULL: none is written).  With replace, lock those
 * that are there; so this comes before the call's snapshot, and before its other locks.
 */
extern void ge_call_lock(GeTableCall *call, const char *encoder,
						 const GeOutputSpec *outputs, int n_outputs, bool replace);

/* The same of an encoder that is there and is replaced: SQL argument `encoder`. */
extern void ge_call_lock_encoder(GeTableCall *call, const GeRelationRef *encoder);

/*
 * Open the encoder whose codes stay, and the one that guards compare with: that, or the one
 * that is replaced.  After ge_call_lock(), before the plan is made.
 */
extern void ge_call_open_encoders(GeTableCall *call, GeJobOptions *options);
/* Learn, and check the guards; the encoders are closed. */
extern void ge_call_learn(GeTableCall *call);

/*
 * The output, given as the i-th to ge_call_lock(), for its source.
 */
extern const GeSourceOutput *ge_call_source_output(const GeTableCall *call, int i,
												   const char *label_suffix);

/* Refuse (22023) to replace a table that the call reads; role: as what it is read. */
extern void ge_call_check_read(const GeTableCall *call, Oid relid, const char *role);

/*
 * Check every table, against the sources too, then create tables or new heaps, before
 * anything is read.
 */
extern void ge_call_open(GeTableCall *call, const GeOutputSpec *outputs, int n_outputs,
						 const char *label_suffix, const char *te_suffix, bool logged);

/* Write the outputs, then the encoder, replace tables, and return a row for each output. */
extern Datum ge_call_finish(FunctionCallInfo fcinfo, GeTableCall *call);
/* Write the encoder of a function that makes nothing else, and return what it learned. */
extern Datum ge_call_finish_fit(FunctionCallInfo fcinfo, GeTableCall *call);

#endif /* GE_SQL_TABLE_CALL_H */
