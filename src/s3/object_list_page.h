/*
 * object_list_page.h: one page of a list of objects.
 */
#ifndef GE_S3_OBJECT_LIST_PAGE_H
#define GE_S3_OBJECT_LIST_PAGE_H

#include "postgres.h"
#include "nodes/pg_list.h"
#include "utils/hsearch.h"

#include "base/compat.h"
#include "s3/xml.h"

/* A list that is being read. */
typedef struct GeList
{
	const char *bucket;
	const char *asked; /* the key, prefix or pattern, in UTF-8 */
	char *prefix;	   /* its beginning, which all keys have */
	List *objects;	   /* of GeListedObject: those that are asked for */
	char *token;	   /* of the next page; NULL: there is none */
	HTAB *tokens;	   /* hashes of those that there were */
	int empty_pages;   /* in a row */
} GeList;

/*
 * Take the objects of a page that are asked for; *token is that of the next page, NULL
 * after the last one.  How many objects the page has, those not asked for included.
 */
extern int ge_list_read_page(GeXml page, GeList *list, char **token);

/* Raise: the list cannot be read, and why. */
GE_NORETURN extern void ge_list_report(const char *bucket, const char *detail);

#endif /* GE_S3_OBJECT_LIST_PAGE_H */
