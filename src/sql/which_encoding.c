/*
 * which_encoding.c: which encoding of a column a look-up asks for.
 */
#include "postgres.h"
#include "lib/stringinfo.h"

#include "base/shown.h"
#include "sql/job_arguments.h"
#include "sql/lookup.h"

/* Raise: the encoder has no such encoding, or several. */
GE_NORETURN static void
refuse_which(const GeLookup *lookup, const char *name, const char *stat, int n,
			 const GeEncoderOutputs *outputs)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < Min(outputs->n, GE_SHOWN_VALUES); i++)
	{
		const GeEncoderOutput *output = &outputs->outputs[i];

		appendStringInfo(&list, "%s%s", i == 0 ? "" : ", ", output->stat.name);
		if (output->target != NULL)
			appendStringInfo(&list, " of \"%s\"", ge_shown(output->target));
		if (output->class != NULL)
			appendStringInfo(&list, " for \"%s\"", ge_shown(output->class));
	}
	ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
					n == 0 ? errmsg("encoder %s has no such encoding \"%s\" of \"%s\"",
									lookup->name, ge_shown(stat), ge_shown(name))
						   : errmsg("encoder %s has %d encodings \"%s\" of \"%s\"",
									lookup->name, n, ge_shown(stat), ge_shown(name)),
					errdetail("It has %s%s.", list.data,
							  outputs->n > GE_SHOWN_VALUES ? ", ..." : ""),
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
		refuse_which(lookup, name, word, n, outputs);
	lookup->n_outputs = outputs->n;
}
