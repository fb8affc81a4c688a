/*
 * xml.h: the small part of XML that answers of S3 need.
 *
 * Elements are found by their local names, whatever the prefix; comments, CDATA and
 * processing instructions are known; attributes are skipped.  Every function takes any
 * bytes; in bytes that are no XML it finds nothing.
 */
#ifndef GE_S3_XML_H
#define GE_S3_XML_H

#include "postgres.h"

typedef struct GeXml
{
	const char *start;
	const char *end;
} GeXml;

typedef struct GeXmlChild
{
	GeXml name; /* with its prefix */
	GeXml content;
} GeXmlChild;

/*
 * The contents of a whole document: one element of the name root, in which start and end
 * tags pair, with nothing but comments around it; false: the bytes are not that.
 */
extern bool ge_xml_document(const char *bytes, size_t length, const char *root,
							GeXml *content);

/*
 * The contents of the next element of that name in *rest, at any depth; *rest is moved
 * behind the element.  false: there is none.
 */
extern bool ge_xml_next(GeXml *rest, const char *name, GeXml *content);

/*
 * The next element in *rest that is no part of another one; *rest is moved behind the
 * element.  false: there is none, or what is there is no XML.
 */
extern bool ge_xml_next_child(GeXml *rest, GeXmlChild *child);

/* The element has this name, whatever its prefix. */
extern bool ge_xml_is_named(const GeXmlChild *child, const char *name);

/*
 * The first element of that name, at any depth, as UTF-8, entities resolved, as the
 * endpoint wrote it: to be sent back or decoded, never shown.  NULL: none, or one with a
 * byte 0.
 */
extern char *ge_xml_raw(GeXml xml, const char *name);

/*
 * The only element of that name that is no part of another one, as ge_xml_raw() would give
 * it.  NULL: none, several, one with an element in it, with a byte 0 or with an entity that
 * is none.
 */
extern char *ge_xml_child(GeXml xml, const char *name);

/* ge_xml_child() as text to be shown or stored: see ge_foreign_text(). */
extern char *ge_xml_text(GeXml xml, const char *name);

/* text for the contents of an element. */
extern char *ge_xml_escape(const char *text);

#endif /* GE_S3_XML_H */
