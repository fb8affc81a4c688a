/*
 * settings.c: the gpu_encode.* settings, in alphabetical order, each described here and
 * nowhere else in the code.
 */
#include "postgres.h"

#include <ctype.h>
#include <limits.h>

#include "access/parallel.h"
#include "utils/acl.h"
#include "utils/guc.h"

#include "base/compat.h"
#include "base/endpoint_entry.h"
#include "base/settings.h"
#include "base/shown.h"

int ge_setting_backend = GE_BACKEND_AUTO;
int ge_setting_context_idle_timeout = 60;
char *ge_setting_devices = NULL;
int ge_setting_gpu_memory_limit = 0;
bool ge_setting_log_stages = false;
int ge_setting_max_workers = 8;
int ge_setting_min_gpu_rows = 1000000;
int ge_setting_page_writer = GE_PAGE_WRITER_AUTO;
char *ge_setting_s3_allowed_endpoints = NULL;
char *ge_setting_s3_ca_file = NULL;
int ge_setting_s3_connect_timeout = 10000;
int ge_setting_s3_max_attempts = 6;
int ge_setting_s3_part_size = 16384;
int ge_setting_s3_requests = 4;
int ge_setting_s3_stall_timeout = 30;
int ge_setting_threads = 0;

/* DefineCustomStringVariable() is taking over what was said before. */
static bool defining_endpoints = false;

static const struct config_enum_entry backend_options[] = {
	{"auto", GE_BACKEND_AUTO, false},
	{"cpu", GE_BACKEND_CPU, false},
	{"cuda", GE_BACKEND_CUDA, false},
	{NULL, 0, false},
};

static const struct config_enum_entry page_writer_options[] = {
	{"auto", GE_PAGE_WRITER_AUTO, false},
	{"off", GE_PAGE_WRITER_OFF, false},
	{NULL, 0, false},
};

int
ge_settings_parse_devices(const char *list, int *devices, const char **problem)
{
	int n = 0;

	while (isspace((unsigned char) *list))
		list++;
	while (*list != '\0' && *problem == NULL)
	{
		char *end;
		long device = strtol(list, &end, 10);

		if (!isdigit((unsigned char) *list) || device >= GE_MAX_DEVICES)
			*problem = "Each device is a number from 0 to 63.";
		else if (n == GE_MAX_DEVICES)
			*problem = "There are too many.";
		for (int i = 0; i < n && *problem == NULL; i++)
			if (devices[i] == device)
				*problem = "A device is listed twice.";
		if (*problem != NULL)
			return 0;
		devices[n++] = (int) device;
		while (isspace((unsigned char) *end))
			end++;
		list = *end == ',' ? end + 1 : end;
		while (isspace((unsigned char) *list))
			list++;
		if (*end == ',' ? *list == '\0' : *end != '\0')
			*problem = "Devices are separated by single commas.";
	}
	return n;
}

/* The settings of context PGC_SUSET. */
static const char *const superuser_settings[] = {
	"s3_allowed_endpoints",
	"s3_ca_file",
};
static const char prefix[] = "gpu_encode.";

/* A value that came with the connection (PGOPTIONS), from a role that may not set it. */
static bool
is_smuggled(const struct config_generic *setting)
{
	if ((setting->flags & GUC_CUSTOM_PLACEHOLDER) == 0 ||
		setting->reset_source != PGC_S_CLIENT || setting->reset_scontext != PGC_BACKEND ||
		pg_strncasecmp(setting->name, prefix, strlen(prefix)) != 0)
		return false;
	for (int i = 0; i < lengthof(superuser_settings); i++)
		if (pg_strcasecmp(setting->name + strlen(prefix), superuser_settings[i]) == 0)
			return pg_parameter_aclcheck(setting->name, setting->reset_srole, ACL_SET) !=
				   ACLCHECK_OK;
	return false;
}

/*
 * Before the library is loaded, the server takes any value for a name it does not know.
 * To define the setting then gives a warning and the compiled default, which for these
 * settings means that all is allowed, and what ALTER ROLE or the configuration file says
 * is gone.  So the library does not load, now or later in the session.  This comes before
 * anything is defined: a setting is defined once only.
 */
static void
refuse_smuggled_settings(void)
{
	int n;
	struct config_generic **settings = ge_server_settings(&n);

	for (int i = 0; i < n; i++)
		if (is_smuggled(settings[i]))
			ereport(ERROR,
					(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					 errmsg("parameter \"%s\" cannot be set when a connection starts",
							settings[i]->name),
					 errdetail("Only superusers, and roles that were granted SET on it, "
							   "may set it."),
					 errhint("Take it out of PGOPTIONS, or out of the options in the "
							 "connection string.")));
}

/* Checks the list alone.  The postmaster must not look for the devices: the first use does. */
static bool
check_devices(char **value, void **extra, GucSource source)
{
	int devices[GE_MAX_DEVICES];
	const char *problem = NULL;

	(void) ge_settings_parse_devices(*value, devices, &problem);
	if (problem == NULL)
		return true;
	GUC_check_errdetail("%s", problem);
	GUC_check_errhint(
		"Say 0, or 0,1, with the numbers of the view gpu_encode.devices. Empty: all "
		"usable GPUs for large jobs, else one.");
	return false;
}

/* What is wrong with a list of endpoints (palloc'd); NULL: nothing. */
static char *
find_endpoint_problem(const char *value)
{
	char *list = pstrdup(value);
	bool any = false;

	for (char *rest, *entry = strtok_r(list, GE_ENDPOINT_ENTRY_SEPARATORS, &rest);
		 entry != NULL; entry = strtok_r(NULL, GE_ENDPOINT_ENTRY_SEPARATORS, &rest))
	{
		any = true;
		if (!ge_endpoint_entry_is_valid(entry))
			return psprintf("No endpoint can match the entry \"%s\".", ge_shown(entry));
	}
	return any || value[0] == '\0' ? NULL : pstrdup("The list has no entry.");
}

/*
 * The value is not from a user who is there to correct it: it was said before the library
 * was loaded, with ALTER ROLE or ALTER DATABASE for example, or the leader of a parallel
 * query has it.  If it were refused, the server would warn and take another value, in the
 * end the default, which allows every host.
 */
static bool
must_stay(GucSource source)
{
	return defining_endpoints || InitializingParallelWorker ||
		   (source >= PGC_S_GLOBAL && source <= PGC_S_DATABASE_USER);
}

/* A wrong value that stays allows no endpoint by what is wrong in it. */
static bool
check_allowed_endpoints(char **value, void **extra, GucSource source)
{
	char *problem = find_endpoint_problem(*value);
	static const char *const hint =
		"Each entry is host, *.domain or [address of IPv6], each with or without :port, "
		"and without a scheme. An empty list allows every host.";

	if (problem == NULL)
		return true;
	if (!must_stay(source))
	{
		GUC_check_errdetail("%s", problem);
		GUC_check_errhint("%s", hint);
		return false;
	}
	if (!InitializingParallelWorker)
		ereport(
			WARNING, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			errmsg("wrong value of parameter \"gpu_encode.s3_allowed_endpoints\": \"%s\"",
				   ge_shown(*value)),
			errdetail_internal("%s", problem), errhint("%s", hint));
	return true;
}

static void
define_s3_settings(void)
{
	defining_endpoints = true;
	DefineCustomStringVariable(
		"gpu_encode.s3_allowed_endpoints",
		"Hosts that S3 requests may go to, separated by commas.",
		"Each is host, *.domain, which means every host under the domain, or [address of "
		"IPv6], each with or without :port. Empty: every host that a foreign server or "
		"AWS names.",
		&ge_setting_s3_allowed_endpoints, "", PGC_SUSET, GUC_LIST_INPUT,
		check_allowed_endpoints, NULL, NULL);
	defining_endpoints = false;
	DefineCustomStringVariable(
		"gpu_encode.s3_ca_file",
		"File with the certificates that S3 endpoints are checked against.",
		"Empty: those that libcurl was built to use.", &ge_setting_s3_ca_file, "",
		PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("gpu_encode.s3_connect_timeout",
							"Time that a connection to S3 may take to open.", NULL,
							&ge_setting_s3_connect_timeout, 10000, 100, 600000,
							PGC_USERSET, GUC_UNIT_MS, NULL, NULL, NULL);
	DefineCustomIntVariable(
		"gpu_encode.s3_max_attempts", "Attempts of each request to S3.",
		"Each further attempt waits for a random, growing time. When data arrives, the "
		"count starts again.",
		&ge_setting_s3_max_attempts, 6, 1, 100, PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable(
		"gpu_encode.s3_part_size",
		"Size of the ranges that are read and the parts that are written.",
		"Uploads use at least 5 MB. Memory is this size times s3_requests.",
		&ge_setting_s3_part_size, 16384, 64, 1024 * 1024, PGC_USERSET, GUC_UNIT_KB, NULL,
		NULL, NULL);
	DefineCustomIntVariable(
		"gpu_encode.s3_requests", "Requests of a call to S3 in flight at the same time.",
		NULL, &ge_setting_s3_requests, 4, 1, 64, PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("gpu_encode.s3_stall_timeout",
							"A request to S3 fails after this time without data.", NULL,
							&ge_setting_s3_stall_timeout, 30, 1, 3600, PGC_USERSET,
							GUC_UNIT_S, NULL, NULL, NULL);
}

void
ge_settings_init(void)
{
	refuse_smuggled_settings();
	DefineCustomEnumVariable(
		"gpu_encode.backend",
		"What computes: the GPU (cuda), the CPU (cpu), or whichever pays (auto).",
		"If no GPU is usable, cuda is an error and auto takes the CPU. Results are equal "
		"bit for bit.",
		&ge_setting_backend, GE_BACKEND_AUTO, backend_options, PGC_USERSET, 0, NULL, NULL,
		NULL);
	DefineCustomIntVariable(
		"gpu_encode.context_idle_timeout",
		"An idle session gives its GPU context back after this time.",
		"A context takes about 0.5 GB of the GPU's memory, and its start 0.4 seconds. 0 "
		"keeps the context.",
		&ge_setting_context_idle_timeout, 60, 0, INT_MAX, PGC_USERSET, GUC_UNIT_S, NULL,
		NULL, NULL);
	DefineCustomStringVariable(
		"gpu_encode.devices", "GPUs that a call takes, as numbers separated by commas.",
		"Each column is on one of them; a call of one column takes the GPU with the most "
		"free memory. Empty: all usable GPUs for large jobs, else the one with the most "
		"free memory.",
		&ge_setting_devices, "", PGC_USERSET, GUC_LIST_INPUT, check_devices, NULL, NULL);
	DefineCustomIntVariable(
		"gpu_encode.gpu_memory_limit", "GPU memory that a call may use.",
		"0 means what is free. A call that needs more goes to the CPU if backend is "
		"auto, and fails if it is cuda.",
		&ge_setting_gpu_memory_limit, 0, 0, INT_MAX, PGC_USERSET, GUC_UNIT_MB, NULL, NULL,
		NULL);
	DefineCustomBoolVariable(
		"gpu_encode.log_stages",
		"Logs the stages of every call with their times, as last_run() shows them.", NULL,
		&ge_setting_log_stages, false, PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable(
		"gpu_encode.max_workers", "Parallel workers that a call may use to read a table.",
		"At most one for each processor; they count in max_parallel_workers. The number "
		"of workers does not change any result.",
		&ge_setting_max_workers, 8, 0, 1024, PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable(
		"gpu_encode.min_gpu_rows",
		"backend = auto takes the GPU from this number of rows on.",
		"Compared with the planner's estimate of the rows of all sources of a call. If "
		"the GPU is not started yet, a call must also do four times as many lookups in "
		"large dictionaries, or other work that saves as much. 0: always.",
		&ge_setting_min_gpu_rows, 1000000, 0, INT_MAX, PGC_USERSET, 0, NULL, NULL, NULL);
	DefineCustomEnumVariable(
		"gpu_encode.page_writer",
		"Whether new tables are filled page by page, past the shared buffers.",
		"auto: if the table is a heap, not temporary and not decoded logically. off: "
		"rows are inserted the ordinary way.",
		&ge_setting_page_writer, GE_PAGE_WRITER_AUTO, page_writer_options, PGC_USERSET, 0,
		NULL, NULL, NULL);
	define_s3_settings();
	DefineCustomIntVariable("gpu_encode.threads",
							"Threads that compute on the CPU and form pages.",
							"0 means one for each processor.", &ge_setting_threads, 0, 0,
							1024, PGC_USERSET, 0, NULL, NULL, NULL);
	MarkGUCPrefixReserved("gpu_encode");
}
