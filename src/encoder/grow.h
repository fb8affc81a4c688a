/*
 * grow.h: an encoder that learns from others, or from further rows.
 *
 * An encoder keeps the exact statistics of each of its categories.  So those of several
 * encoders, and of rows beside them, are those of all their rows: the job that learns from
 * them counts the encoders in as groups (job/groups.h).
 */
#ifndef GE_ENCODER_GROW_H
#define GE_ENCODER_GROW_H

#include "postgres.h"

#include "encoder/encoder.h"

/*
 * The options of the job that fitted an encoder, as far as an encoder says them
 * (fitting.c).  Error: 0A000 if it has what cannot be counted in; function is the name of
 * what is called, for messages.
 */
extern void ge_encoder_fitting(GeEncoder *encoder, GeJobOptions *options,
							   const char *function);

/*
 * Refuse (22023) two encoders that differ in columns, targets or options; the error says in
 * what (alike.c).
 */
extern void ge_encoders_check_alike(GeEncoder *a, GeEncoder *b);

/*
 * The options of a job that learns from n encoders, which are alike, or one.  They know
 * together which two values a target has.  Errors: those of the two functions above, 22023
 * if they count different values as 1.
 */
extern void ge_encoders_fitting(GeEncoder **encoders, int n, GeJobOptions *options,
								const char *function);

/* A source without rows that has the columns of these options. */
extern GeSourceSpec ge_growth_no_rows(const GeJobOptions *options);

/* What a job learns from beside its rows. */
typedef struct GeGrowth
{
	GeEncoder *codes_from; /* whose codes stay; NULL: none's */
	int n;
	GeEncoder **encoders;
	bool takes_out; /* rows are taken out of the one encoder */
} GeGrowth;

/* ge_job_learn() from the encoders and the rows of the plan's source. */
extern GeRun *ge_growth_learn(const GePlan *plan, GeGrowth *growth);
extern void ge_growth_close(GeGrowth *growth);

#endif /* GE_ENCODER_GROW_H */
