/*
 * xml.h: the little of XML that answers of S3 need.
 *
 * Elements are found by name, contents are text; attributes, comments and CDATA do not
 * occur.  Texts are bounded by the memory that they are in; nothing nests in itself.
 */
#ifndef GE_S3_XML_H
#define GE_S3_XML_H

#include "postgres.h"

typedef struct GeXml
{
	const char *start;
	const char *end;
} GeXml;

/*
 * The contents of the next element of that name in *rest, which is moved behind it; false:
 * there is none.
 */
extern bool ge_xml_next(GeXml *rest, const char *name, GeXml *content);

/* The first element of that name in xml as text, entities resolved; NULL: none. */
extern char *ge_xml_text(GeXml xml, const char *name);

/* text for the contents of an element. */
extern char *ge_xml_escape(const char *text);

#endif /* GE_S3_XML_H */
