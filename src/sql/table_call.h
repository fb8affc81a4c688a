/*
 * table_call.h: the steps of every call that creates tables.
 *
 * Arguments; names, locks and rights; outputs created; sources read; computed; outputs and
 * encoder filled.  On any error the transaction's abort leaves nothing.
 */
#ifndef GE_SQL_TABLE_CALL_H
#define GE_SQL_TABLE_CALL_H

#include "postgres.h"
#include "fmgr.h"

#include "encoder/encoder.h"
#include "job/job.h"
#include "output/plan.h"

#define GE_MAX_OUTPUTS 2

/* A call that writes: its plan and run, its outputs, its encoder. */
typedef struct GeTableCall
{
	GePlan *plan;
	GeRun *run; /* once it has learned */
	int n_outputs;
	GeOutputPlan *outputs[GE_MAX_OUTPUTS];
	GeOutputTable *encoder; /* NULL: none is written */
	const char *encoder_id; /* of the one written or applied; NULL: none */
} GeTableCall;

/* Refuse read-only transactions and parallel mode; function is its name for messages. */
extern void ge_call_begin(const char *function);

/* Check every table to be created, then create them, before anything is read. */
extern void ge_call_open(GeTableCall *call, const char *encoder,
						 const GeOutputSpec *outputs, int n_outputs,
						 const char *label_suffix, const char *te_suffix, bool logged);

/* Write the outputs, then the encoder, and return a row for each output. */
extern Datum ge_call_finish(FunctionCallInfo fcinfo, GeTableCall *call);

#endif /* GE_SQL_TABLE_CALL_H */
