/*
 * words.h: the words that an option may have.
 *
 * A list has them in the order of the values that they stand for, and ends with NULL.
 */
#ifndef GE_BASE_WORDS_H
#define GE_BASE_WORDS_H

#include "postgres.h"

/* The place of a word; -1: it is none of them. */
extern int ge_word_find(const char *const *words, const char *word);
/* All of them in quotes, for a message. */
extern char *ge_words_listed(const char *const *words);

#endif /* GE_BASE_WORDS_H */
