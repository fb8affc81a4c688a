/*
 * s3_missing.c: the SQL functions of S3 in a build without libcurl: each says what is missing.
 */
#include "postgres.h"
#include "access/reloptions.h"
#include "fmgr.h"

#include "base/compat.h"

GE_SQL_FUNCTION(ge_s3_validator);

static void
report_missing(void)
{
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			errmsg("this build of gpu_encode has no S3 support"),
			errdetail("libcurl was missing when it was built."),
			errhint("Install libcurl's development files and build again."));
}

/* The foreign data wrapper itself has no options and can be made. */
Datum
ge_s3_validator(PG_FUNCTION_ARGS)
{
	if (untransformRelOptions(PG_GETARG_DATUM(0)) != NIL)
		report_missing();
	PG_RETURN_VOID();
}

#define GE_MISSING_FUNCTION(name)                                                        \
	GE_SQL_FUNCTION(name);                                                               \
	Datum name(PG_FUNCTION_ARGS)                                                         \
	{                                                                                    \
		report_missing();                                                                \
		PG_RETURN_VOID();                                                                \
	}

GE_MISSING_FUNCTION(ge_preprocess_s3)
GE_MISSING_FUNCTION(ge_s3_aws_export)
GE_MISSING_FUNCTION(ge_s3_aws_import)
GE_MISSING_FUNCTION(ge_s3_create_table)
GE_MISSING_FUNCTION(ge_s3_export)
GE_MISSING_FUNCTION(ge_s3_import)
GE_MISSING_FUNCTION(ge_s3_list)
GE_MISSING_FUNCTION(ge_s3_set_credentials)
