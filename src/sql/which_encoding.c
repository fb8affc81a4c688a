/*
 * which_encoding.c: which encoding of a column a look-up asks for.
 */
#include "postgres.h"
#include "lib/stringinfo.h"

#include "base/shown.h"
#include "sql/job_arguments.h"
#include "sql/lookup.h"

/* What the call asked for, as in: statistic "mean", target "y". */
static char *
describe_wanted(const char *stat, const char *target, const char *class)
{
	StringInfoData wanted;

	initStringInfo(&wanted);
	appendStringInfo(&wanted, "statistic \"%s\"", ge_shown(stat));
	if (target != NULL)
		appendStringInfo(&wanted, ", target \"%s\"", ge_shown(target));
	if (class != NULL)
		appendStringInfo(&wanted, ", class \"%s\"", ge_shown(class));
	return wanted.data;
}

/* Raise: the encoder has no such encoding, or several. */
GE_NORETURN static void
refuse_which(const GeLookup *lookup, const char *name, const char *wanted, int n,
			 const GeEncoderOutputs *outputs)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < Min(outputs->n, GE_SHOWN_VALUES); i++)
	{
		const GeEncoderOutput *output = &outputs->outputs[i];

		appendStringInfo(
			&list, "%s%s", i == 0 ? "" : "; ",
			describe_wanted(output->stat.name, output->target, output->class));
	}
	ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
					n == 0 ? errmsg("encoder %s has no encoding of \"%s\" with %s",
									lookup->name, ge_shown(name), wanted)
						   : errmsg("encoder %s has %d encodings of \"%s\" with %s",
									lookup->name, n, ge_shown(name), wanted),
					errdetail("It has %s%s.", list.data,
							  outputs->n > GE_SHOWN_VALUES ? "; ..." : ""),
					errhint("Name one by stat, target and class.")));
}

static bool
means(const char *given, const char *has)
{
	return given == NULL || (has != NULL && strcmp(given, has) == 0);
}

void
ge_read_which(GeArguments *args, GeLookup *lookup, const char *name,
			  const GeEncoderOutputs *outputs)
{
	char *word = ge_arg_text(args, "stat");
	const GeNames stats = {.n = 1, .names = &word};
	GeStat stat = ge_stats_of_names("stat", &stats).stats[0];
	char *target = ge_arg_text_or_null(args, "target");
	char *class = ge_arg_text_or_null(args, "class");
	int n = 0;

	for (int i = 0; i < outputs->n; i++)
	{
		const GeEncoderOutput *output = &outputs->outputs[i];

		if (strcmp(output->stat.name, stat.name) == 0 && means(class, output->class) &&
			(ge_stat_is_count(&stat) || means(target, output->target)))
		{
			lookup->output = i;
			n++;
		}
	}
	if (n != 1)
		refuse_which(lookup, name, describe_wanted(word, target, class), n, outputs);
	lookup->n_outputs = outputs->n;
}
