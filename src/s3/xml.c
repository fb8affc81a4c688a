/*
 * xml.c: the small part of XML that answers of S3 need.
 *
 * Everything goes from tag to tag; what is between is text.
 */
#include "postgres.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"

#include "s3/foreign_text.h"
#include "s3/xml.h"

#define LONGEST_ENTITY 12 /* &#x10ffff; and the like */
#define DEEPEST 16		  /* elements within elements; answers of S3 have 4 */
#define SPACE " \t\r\n"

typedef enum TagKind
{
	TAG_START,
	TAG_END,
	TAG_EMPTY
} TagKind;

typedef struct Tag
{
	TagKind kind;
	GeXml name;		   /* with its prefix */
	const char *start; /* of the tag; rest is behind its end */
} Tag;

/* The first occurrence of needle; NULL: none. */
static const char *
find(GeXml xml, const char *needle)
{
	return xml.start < xml.end
			   ? memmem(xml.start, xml.end - xml.start, needle, strlen(needle))
			   : NULL;
}

static bool
starts_with(GeXml xml, const char *prefix)
{
	size_t length = strlen(prefix);

	return (size_t) (xml.end - xml.start) >= length &&
		   memcmp(xml.start, prefix, length) == 0;
}

/* Move behind a comment and the like, which *rest begins with; false: there is none. */
static bool
skip_other_markup(GeXml *rest, bool *broken)
{
	static const struct
	{
		const char *start;
		const char *end;
	} kinds[] = {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}, {"<!", ">"}};

	for (int i = 0; i < lengthof(kinds); i++)
		if (starts_with(*rest, kinds[i].start))
		{
			const char *end = find(*rest, kinds[i].end);

			*broken = end == NULL;
			rest->start = end != NULL ? end + strlen(kinds[i].end) : rest->end;
			return true;
		}
	return false;
}

/* The '>' that ends the tag at start; NULL: none. */
static const char *
find_tag_end(GeXml tag)
{
	char quote = '\0';

	for (const char *c = tag.start + 1; c < tag.end; c++)
	{
		if (quote != '\0')
			quote = *c == quote ? '\0' : quote;
		else if (*c == '"' || *c == '\'')
			quote = *c;
		else if (*c == '>')
			return c;
		else if (*c == '<')
			return NULL;
	}
	return NULL;
}

/* The next tag, *rest behind it; false: there is none, or what is there is no XML. */
static bool
next_tag(GeXml *rest, Tag *tag)
{
	bool broken = false;
	const char *end;
	const char *start;

	for (;;)
	{
		start = find(*rest, "<");
		if (start == NULL)
			return false;
		rest->start = start;
		if (!skip_other_markup(rest, &broken))
			break;
		if (broken)
			return false;
	}
	end = find_tag_end(*rest);
	if (end == NULL)
		return false;
	tag->start = start++;
	tag->kind = *start == '/' ? TAG_END : end[-1] == '/' ? TAG_EMPTY : TAG_START;
	if (tag->kind == TAG_END)
		start++;
	tag->name.start = tag->name.end = start;
	while (tag->name.end < end && strchr(SPACE "/", *tag->name.end) == NULL)
		tag->name.end++;
	rest->start = end + 1;
	return tag->name.end > tag->name.start;
}

/* By its local name. */
static bool
is_named(const GeXml *found, const char *name)
{
	const char *colon = memchr(found->start, ':', found->end - found->start);
	const char *local = colon != NULL ? colon + 1 : found->start;

	return (size_t) (found->end - local) == strlen(name) &&
		   memcmp(local, name, strlen(name)) == 0;
}

static bool
is_same_name(const GeXml *a, const GeXml *b)
{
	return a->end - a->start == b->end - b->start &&
		   memcmp(a->start, b->start, a->end - a->start) == 0;
}

/* The contents of the element whose start tag was read, *rest behind its end tag. */
static bool
read_content(GeXml *rest, const Tag *start, GeXml *content)
{
	GeXml open[DEEPEST] = {start->name};
	int depth = 1;
	Tag tag;

	content->start = content->end = rest->start;
	while (depth > 0)
	{
		if (!next_tag(rest, &tag))
			return false;
		if (tag.kind == TAG_START)
		{
			if (depth == DEEPEST)
				return false;
			open[depth++] = tag.name;
		}
		else if (tag.kind == TAG_END && !is_same_name(&open[--depth], &tag.name))
			return false;
	}
	content->end = tag.start;
	return true;
}

bool
ge_xml_next(GeXml *rest, const char *name, GeXml *content)
{
	Tag tag;

	while (next_tag(rest, &tag))
	{
		if (tag.kind == TAG_END || !is_named(&tag.name, name))
			continue;
		if (tag.kind == TAG_START)
			return read_content(rest, &tag, content);
		content->start = content->end = rest->start;
		return true;
	}
	return false;
}

bool
ge_xml_next_child(GeXml *rest, GeXmlChild *child)
{
	Tag tag;

	if (!next_tag(rest, &tag) || tag.kind == TAG_END)
		return false;
	child->name = tag.name;
	child->content = (GeXml){rest->start, rest->start};
	return tag.kind == TAG_EMPTY || read_content(rest, &tag, &child->content);
}

bool
ge_xml_is_named(const GeXmlChild *child, const char *name)
{
	return is_named(&child->name, name);
}

/* Only white space and comments until *rest ends, or until the first tag. */
static bool
skip_margin(GeXml *rest)
{
	bool broken = false;

	do
		while (rest->start < rest->end && strchr(SPACE, *rest->start) != NULL &&
			   *rest->start != '\0')
			rest->start++;
	while (skip_other_markup(rest, &broken) && !broken);
	return !broken && (rest->start == rest->end || *rest->start == '<');
}

bool
ge_xml_document(const char *bytes, size_t length, const char *root, GeXml *content)
{
	GeXml rest = {bytes, bytes + length};
	Tag tag;

	if (starts_with(rest, "\xef\xbb\xbf"))
		rest.start += 3;
	if (!skip_margin(&rest) || !next_tag(&rest, &tag) || tag.kind == TAG_END ||
		!is_named(&tag.name, root))
		return false;
	*content = (GeXml){rest.start, rest.start};
	if (tag.kind == TAG_START && !read_content(&rest, &tag, content))
		return false;
	return skip_margin(&rest) && rest.start == rest.end;
}

/*
 * The character that "&...;" means, as UTF-8 at the end of result; 0: it is no entity.  A
 * zero byte, which no XML may have, makes the text one that cannot be read.
 */
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
	if (*digits_end != ';' || code > 0x10ffff)
		return 0;
	unicode_to_utf8((pg_wchar) code, utf8);
	appendBinaryStringInfo(result, (char *) utf8, pg_utf_mblen(utf8));
	return digits_end + 1 - copy;
}

/* The bytes that CDATA at c stands for; 0: there is none.  A comment stands for none. */
static size_t
append_other_markup(StringInfo result, const char *c, const char *end)
{
	GeXml rest = {c, end};
	bool is_data = starts_with(rest, "<![CDATA[");
	bool broken = false;

	if (!skip_other_markup(&rest, &broken) || broken)
		return 0;
	if (is_data)
		appendBinaryStringInfo(result, c + 9, (int) (rest.start - 3 - (c + 9)));
	return rest.start - c;
}

/*
 * The text of an element as UTF-8.  NULL: it has a byte 0; or, if strict, an element, or
 * an entity that is none.
 */
static char *
decode_content(GeXml content, bool strict)
{
	StringInfoData result;

	initStringInfo(&result);
	for (const char *c = content.start; c < content.end;)
	{
		size_t special = *c == '&'	 ? append_entity(&result, c, content.end)
						 : *c == '<' ? append_other_markup(&result, c, content.end)
									 : 0;

		if (special == 0 && (*c == '&' || *c == '<') && strict)
			return NULL;
		if (special == 0)
			appendStringInfoChar(&result, *c++);
		else
			c += special;
	}
	return strlen(result.data) == (size_t) result.len ? result.data : NULL;
}

char *
ge_xml_raw(GeXml xml, const char *name)
{
	GeXml content;

	return ge_xml_next(&xml, name, &content) ? decode_content(content, false) : NULL;
}

char *
ge_xml_child(GeXml xml, const char *name)
{
	GeXml found = {NULL, NULL};
	GeXmlChild child;

	while (ge_xml_next_child(&xml, &child))
	{
		if (!is_named(&child.name, name))
			continue;
		if (found.start != NULL)
			return NULL;
		found = child.content;
	}
	return found.start != NULL ? decode_content(found, true) : NULL;
}

char *
ge_xml_text(GeXml xml, const char *name)
{
	char *child = ge_xml_child(xml, name);

	return child != NULL ? ge_foreign_text(child) : NULL;
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
