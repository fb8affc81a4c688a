/*
 * json_texts.h: texts of a JSON object, read by the server's own parser without an error.
 */
#ifndef GE_S3_JSON_TEXTS_H
#define GE_S3_JSON_TEXTS_H

#include "postgres.h"

typedef struct GeJsonText
{
	const char *name;
	char *value; /* NULL: the object has no text of that name */
} GeJsonText;

/*
 * The values of n texts that an object has itself, not one within it.  false: json is not
 * an object.
 */
extern bool ge_json_read_texts(const char *json, GeJsonText *texts, int n);

#endif /* GE_S3_JSON_TEXTS_H */
