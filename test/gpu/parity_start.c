/*
 * parity_start.c: a cancel while the driver starts, in processes that have not used it yet.
 *
 * Each case is a child process, which has the whole start of the driver before it: it is
 * cancelled at some moment of that, and must have let go of everything soon; then it goes
 * on with a context that it does not cancel, or exits at once.
 */
#include "parity.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_ROWS 5000
#define N_CATEGORIES 1000
/* What a cancel may take: less than a start, which takes 0.15 to 0.5 s. */
#define MOST_MILLISECONDS 100

/* How a child uses the driver first. */
typedef enum Way
{
	START_LATER,   /* open() returns at once, and the first flush waits */
	START_AT_ONCE, /* open() waits */
	DEVICES
} Way;
static const char *const way_names[] = {"start later", "start at once", "devices"};

typedef struct Case
{
	Way way;
	int milliseconds; /* from the beginning to the cancel */
	bool goes_on;	  /* with another context */
} Case;

static double
milliseconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double) now.tv_sec * 1e3 + (double) now.tv_nsec * 1e-6;
}

static bool
is_past(void *moment)
{
	return milliseconds_now() >= *(double *) moment;
}

/* Learn keys in a context; the status of that, or of the open. */
static GeStatus
learn(const GeBackend *backend, bool may_start_later, double *cancel_at, uint32_t *size)
{
	static int64_t values[N_ROWS];
	static uint32_t ids[N_ROWS];
	GeContextOptions options = {.abi = GE_BACKEND_ABI,
								.threads = 1,
								.device = -1,
								.may_start_later = may_start_later,
								.hash_seed = 1,
								.hash_mask = ~UINT64_C(0),
								.cancelled = cancel_at != NULL ? is_past : NULL,
								.cancelled_arg = cancel_at};
	GeKeys keys = {.kind = GE_KEY_INT64, .n_rows = N_ROWS, .values = values};
	GeTraits traits;
	GeContext *context = NULL;
	GeDictionary *dictionary = NULL;
	uint32_t *to = ids;
	GeError error;
	GeStatus status;
	int i;

	for (i = 0; i < N_ROWS; i++)
		values[i] = i % N_CATEGORIES;
	status = backend->open(&options, &context, &traits, &error);
	if (status == GE_OK)
		status = backend->dictionary.create(context, GE_KEY_INT64, &dictionary, &error);
	if (status == GE_OK)
		status = backend->dictionary.add(context, 1, &dictionary, &keys, &to, &error);
	if (status == GE_OK)
		status = backend->dictionary.flush(context, &error);
	if (status == GE_OK)
		*size = backend->dictionary.size(dictionary);
	backend->dictionary.free(dictionary);
	backend->close(context);
	return status;
}

/* Exit statuses of children where all was as it should be. */
#define CANCELLED 0
#define TOO_LATE_TO_CANCEL 10

/* In the child: its exit status. */
static int
run_case(const GeBackend *backend, const Case *of)
{
	double cancel_at = milliseconds_now() + of->milliseconds, late;
	GeDeviceInfo infos[8];
	GeError error;
	GeStatus status;
	uint32_t size = 0;
	int32_t n;

	status = of->way == DEVICES
				 ? backend->process.devices(infos, 8, &n, is_past, &cancel_at, &error)
				 : learn(backend, of->way == START_LATER, &cancel_at, &size);
	late = milliseconds_now() - cancel_at;
	printf("  %s, cancelled after %d ms: status %d, %.0f ms late\n", way_names[of->way],
		   of->milliseconds, (int) status, late);
	fflush(stdout);
	if (status != GE_OK && status != GE_CANCELLED)
		return 1;
	if (late > MOST_MILLISECONDS)
		return 2;
	if (of->goes_on &&
		(learn(backend, true, NULL, &size) != GE_OK || size != N_CATEGORIES))
		return 3;
	backend->process.before_exit();
	return status == GE_CANCELLED ? CANCELLED : TOO_LATE_TO_CANCEL;
}

/* True where the cancel came in time. */
static bool
check_case(Parity *parity, const Case *of)
{
	char name[80], what[80];
	int status = 0;
	pid_t child;

	snprintf(name, sizeof name, "%s, cancelled after %d ms, %s", way_names[of->way],
			 of->milliseconds, of->goes_on ? "goes on" : "exits");
	if (!parity_wants(parity, name))
		return false;
	fflush(stdout);
	child = fork();
	if (child == 0)
		exit(run_case(parity->cuda, of));
	if (child < 0 || waitpid(child, &status, 0) != child)
		status = -1;
	snprintf(what, sizeof what, "ended by %s %d",
			 WIFEXITED(status) ? "exit status" : "signal",
			 WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	parity_result(parity, name,
				  WIFEXITED(status) && (WEXITSTATUS(status) == CANCELLED ||
										WEXITSTATUS(status) == TOO_LATE_TO_CANCEL),
				  what);
	return WIFEXITED(status) && WEXITSTATUS(status) == CANCELLED;
}

void
parity_starts(Parity *parity)
{
	static const int moments[] = {0, 3, 20, 60, 100, 140, 180, 250};
	Case next;
	int n_cancelled = 0;
	size_t i;

	for (i = 0; i < sizeof moments / sizeof *moments; i++)
		for (next.way = START_LATER; next.way <= DEVICES; next.way++)
		{
			next.milliseconds = moments[i];
			next.goes_on = false;
			n_cancelled += check_case(parity, &next);
			next.goes_on = true;
			n_cancelled += check_case(parity, &next);
		}
	if (parity->only == NULL && parity->except == NULL && parity->n_shares == 1)
		parity_result(parity, "starts that were cancelled", n_cancelled > 12, "too few");
}
