/*
 * xml.c: the little of XML that answers of S3 need.
 */
#include "postgres.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"

#include "s3/xml.h"

#define LONGEST_ENTITY 12 /* &#x10ffff; and the like */

/* Where needle begins between start and end; NULL: nowhere. */
static const char *
find(const char *start, const char *end, const char *needle, size_t length)
{
	return start < end ? memmem(start, end - start, needle, length) : NULL;
}

/* The first byte behind a start tag "<name ...>"; NULL: there is none. */
static const char *
find_start_tag(const GeXml *xml, const char *name)
{
	char *tag = psprintf("<%s", name);
	size_t length = strlen(tag);
	const char *found = xml->start;

	while ((found = find(found, xml->end, tag, length)) != NULL)
	{
		found += length;
		if (found < xml->end && (*found == '>' || *found == ' ' || *found == '\n'))
		{
			found = memchr(found, '>', xml->end - found);
			return found != NULL ? found + 1 : NULL;
		}
	}
	return NULL;
}

bool
ge_xml_next(GeXml *rest, const char *name, GeXml *content)
{
	char *tag = psprintf("</%s>", name);
	const char *start = find_start_tag(rest, name);
	const char *end = start != NULL ? find(start, rest->end, tag, strlen(tag)) : NULL;

	if (end == NULL)
		return false;
	*content = (GeXml){start, end};
	rest->start = end + strlen(tag);
	return true;
}

/* The character that "&...;" means, as UTF-8 at the end of result; 0: it is no entity. */
static size_t
append_entity(StringInfo result, const char *entity, const char *end)
{
	static const struct
	{
		const char *name;
		char character;
	} named[] = {
		{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
	unsigned char utf8[MAX_MULTIBYTE_CHAR_LEN + 1] = {0};
	unsigned long code;
	char *digits_end;
	char copy[LONGEST_ENTITY + 1];
	size_t length;

	for (int i = 0; i < lengthof(named); i++)
		if (end - entity >= (ptrdiff_t) strlen(named[i].name) &&
			memcmp(entity, named[i].name, strlen(named[i].name)) == 0)
		{
			appendStringInfoChar(result, named[i].character);
			return strlen(named[i].name);
		}
	/* not strlcpy(): the end of the text is not the end of a string */
	length = Min(LONGEST_ENTITY, (size_t) (end - entity));
	memcpy(copy, entity, length);
	copy[length] = '\0';
	if (copy[0] != '&' || copy[1] != '#')
		return 0;
	code = copy[2] == 'x' ? strtoul(copy + 3, &digits_end, 16)
						  : strtoul(copy + 2, &digits_end, 10);
	if (*digits_end != ';' || code == 0 || code > 0x10ffff)
		return 0;
	unicode_to_utf8((pg_wchar) code, utf8);
	appendBinaryStringInfo(result, (char *) utf8, pg_utf_mblen(utf8));
	return digits_end + 1 - copy;
}

char *
ge_xml_text(GeXml xml, const char *name)
{
	StringInfoData result;
	GeXml content;

	if (!ge_xml_next(&xml, name, &content))
		return NULL;
	initStringInfo(&result);
	for (const char *c = content.start; c < content.end;)
	{
		size_t entity = *c == '&' ? append_entity(&result, c, content.end) : 0;

		if (entity == 0)
			appendStringInfoChar(&result, *c++);
		else
			c += entity;
	}
	return result.data;
}

char *
ge_xml_escape(const char *string)
{
	StringInfoData result;

	initStringInfo(&result);
	for (; *string != '\0'; string++)
		switch (*string)
		{
			case '&':
				appendStringInfoString(&result, "&amp;");
				break;
			case '<':
				appendStringInfoString(&result, "&lt;");
				break;
			case '>':
				appendStringInfoString(&result, "&gt;");
				break;
			case '"':
				appendStringInfoString(&result, "&quot;");
				break;
			default:
				appendStringInfoChar(&result, *string);
		}
	return result.data;
}
