/*
 * words.c: the words that an option may have.
 */
#include "postgres.h"
#include "lib/stringinfo.h"

#include "base/words.h"

int
ge_word_find(const char *const *words, const char *word)
{
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(word, words[i]) == 0)
			return i;
	return -1;
}

char *
ge_words_listed(const char *const *words)
{
	StringInfoData listed;

	initStringInfo(&listed);
	for (int i = 0; words[i] != NULL; i++)
		appendStringInfo(&listed, "%s\"%s\"",
						 i == 0 ? "" : (words[i + 1] == NULL ? " or " : ", "), words[i]);
	return listed.data;
}
