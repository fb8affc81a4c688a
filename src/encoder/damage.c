/*
 * damage.c: says of a relation that it is no encoder, or a damaged one.
 */
#include "postgres.h"

#include "encoder/encoder.h"

void
ge_encoder_damaged(const char *encoder, const char *detail)
{
	ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
					errmsg("encoder %s is damaged", encoder),
					errdetail_internal("%s", detail), errhint("Fit the encoder again.")));
}

void
ge_encoder_refuse(const char *relation, const char *detail)
{
	ereport(
		ERROR,
		(errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("%s is not an encoder", relation),
		 errdetail_internal("%s", detail),
		 errhint("Encoders are made by gpu_encode.fit, fit_transform and preprocess.")));
}

void
ge_encoder_refuse_format(const char *encoder, int64 format)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("encoder %s has format " INT64_FORMAT ", but %d is expected", encoder,
					format, GE_ENCODER_FORMAT),
			 errhint("It was made by another version of gpu_encode; fit it again.")));
}
