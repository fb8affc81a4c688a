/*
 * text_form.c: the settings under which text forms are made and read.
 *
 * A value has one text, whatever the settings of the session are.  The settings are made
 * as postgres_fdw makes its transmission modes: in a GUC nest level of their own.  This
 * is allowed in parallel workers, and a transaction's abort ends the level.
 */
#include "postgres.h"
#include "utils/guc.h"

#include "category/category.h"

typedef struct TextFormSetting
{
	const char *name;
	const char *value;
} TextFormSetting;

static const TextFormSetting text_form_settings[] = {
	{"array_nulls", "on"}, /* reading {NULL} gives what printed it */
	{"bytea_output", "hex"},
	/* the order concerns reading alone; dates like 2/3/2004 are errors instead of guesses */
	{"DateStyle", "ISO, YMD"},
	{"extra_float_digits", "3"},
	{"IntervalStyle", "postgres"},
	{"lc_monetary", "C"},			  /* money */
	{"quote_all_identifiers", "off"}, /* regclass and its like */
	{"search_path", "pg_catalog"},	  /* likewise */
	{"TimeZone", "UTC"},
	{"xmloption", "content"}, /* reading takes whatever an xml column holds */
};

int
ge_text_form_begin(void)
{
	int nest_level = NewGUCNestLevel();

	for (int i = 0; i < lengthof(text_form_settings); i++)
	{
		const TextFormSetting *setting = &text_form_settings[i];

		/* setting what is set already costs more than to look */
		if (strcmp(GetConfigOption(setting->name, false, false), setting->value) != 0)
			(void) set_config_option(setting->name, setting->value, PGC_USERSET,
									 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	}
	return nest_level;
}

void
ge_text_form_end(int nest_level)
{
	AtEOXact_GUC(true, nest_level);
}
