/*
 * text_set.h: the different texts of a column, in order.
 */
#ifndef GE_EXPORT_TEXT_SET_H
#define GE_EXPORT_TEXT_SET_H

#include "export/export.h"

typedef struct GeTextSet
{
	uint32 n;
	char **texts; /* sorted by their bytes, each once; those of the part */
} GeTextSet;

/* The texts that the categories of a part have in its column k. */
extern GeTextSet ge_text_set_create(const GeExportPart *part, int k);
extern void ge_text_set_free(GeTextSet *set);
/* The place of a text, from 1 on; 0: there is no such text. */
extern uint32 ge_text_set_find(const GeTextSet *set, char *string);

#endif /* GE_EXPORT_TEXT_SET_H */
