/*
 * status.c: a backend's status as an error of PostgreSQL.
 */
#include "postgres.h"
#include "miscadmin.h"

#include "base/settings.h"
#include "base/shown.h"
#include "compute/status.h"

static uint64 lost = 0; /* devices, as bits */

static void
raise_overflow(const char *column)
{
	ereport(
		ERROR,
		(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
		 errmsg("target sums for column \"%s\" are beyond the range of double precision",
				ge_shown(column)),
		 errhint("Scale the target down.")));
}

/* Reads two flags that signal handlers set. */
bool
ge_compute_cancelled(void *unused)
{
	return QueryCancelPending || ProcDiePending;
}

uint64
ge_compute_lost(void)
{
	return lost;
}

void
ge_compute_note_lost(int device)
{
	lost |= device < 0 ? ~UINT64CONST(0) : UINT64CONST(1) << device;
}

static void
raise_device_lost(const GeError *error)
{
	ereport(ERROR,
			(errcode(ERRCODE_SYSTEM_ERROR), errmsg("the GPU failed"),
			 errdetail_internal("%s", error->message),
			 errhint("This session computes without that GPU from now on if "
					 "gpu_encode.backend is auto; a new session may use the GPU.")));
}

static void
raise_out_of_memory(const char *backend, const GeError *error)
{
	bool is_gpu = strcmp(backend, "cuda") == 0;

	ereport(ERROR,
			(errcode(ERRCODE_OUT_OF_MEMORY),
			 errmsg("out of memory on the %s backend", backend),
			 errdetail_internal("%s", error->message),
			 is_gpu
				 ? errhint("SET gpu_encode.backend = %s to compute on the CPU instead, "
						   "raise gpu_encode.gpu_memory_limit, free memory of the GPU, "
						   "list more GPUs in gpu_encode.devices, or encode fewer "
						   "columns at once.",
						   ge_setting_backend == GE_BACKEND_CUDA ? "auto" : "cpu")
				 : 0));
}

static void
raise_bad_statistics(const GeError *error, const char *column)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("statistics of column \"%s\" are damaged: no rows have them",
						   ge_shown(column)),
					errdetail_internal("%s", error->message)));
}

static void
raise_unsupported(const char *backend, const GeError *error)
{
	ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					errmsg("the %s backend cannot compute this", backend),
					errdetail_internal("%s", error->message),
					ge_setting_backend == GE_BACKEND_CUDA
						? errhint("SET gpu_encode.backend = auto to compute it on the "
								  "CPU.")
						: 0));
}

static void
raise_device_unusable(const GeError *error)
{
	ereport(ERROR,
			(errcode(ERRCODE_SYSTEM_ERROR), errmsg("no GPU can be used"),
			 errdetail_internal("%s", error->message),
			 errhint("See the view gpu_encode.devices, or set gpu_encode.backend to auto "
					 "or cpu.")));
}

void
ge_compute_check(const char *backend, GeStatus status, const GeError *error,
				 const char *column)
{
	switch (status)
	{
		case GE_OK:
			return;
		case GE_CANCELLED:
			CHECK_FOR_INTERRUPTS();
			ereport(ERROR, (errcode(ERRCODE_QUERY_CANCELED),
							errmsg("canceling the computation due to an interrupt")));
			break;
		case GE_OUT_OF_MEMORY:
			raise_out_of_memory(backend, error);
			break;
		case GE_SUM_OVERFLOW:
			raise_overflow(column);
			break;
		case GE_TOO_MANY_CATEGORIES:
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("a column has more than %u categories", GE_MAX_CATEGORIES)));
			break;
		case GE_BAD_STATISTICS:
			raise_bad_statistics(error, column);
			break;
		case GE_UNSUPPORTED:
			raise_unsupported(backend, error);
			break;
		case GE_DEVICE_LOST:
			raise_device_lost(error);
			break;
		case GE_DEVICE_UNUSABLE:
			raise_device_unusable(error);
			break;
		case GE_INTERNAL:
			break;
	}
	ereport(ERROR,
			(errcode(ERRCODE_INTERNAL_ERROR), errmsg("the %s backend failed", backend),
			 errdetail_internal("%s", error->message)));
}
