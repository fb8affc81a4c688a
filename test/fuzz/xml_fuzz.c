/*
 * xml_fuzz.c: any bytes, as the answer of an endpoint.
 *
 * Elements must lie within the answer and come one behind another; a text that was escaped
 * must read back as it was.
 */
#include "postgres.h"

#include "s3/xml.h"
#include "server.h"

static const char *const names[] = {"Contents", "Key",		   "ETag",
									"Code",		"IsTruncated", "NextContinuationToken"};

static void
read_children(GeXml answer)
{
	GeXml rest = answer;
	GeXmlChild child;
	const char *at = answer.start;

	while (ge_xml_next_child(&rest, &child))
	{
		fuzz_expect(child.name.start > at && child.name.end > child.name.start);
		fuzz_expect(child.content.start > child.name.start);
		fuzz_expect(child.content.start <= child.content.end);
		fuzz_expect(rest.start >= child.content.end && rest.start <= answer.end);
		at = rest.start;
	}
}

static void
read_elements(GeXml answer, int depth)
{
	for (int i = 0; i < lengthof(names); i++)
	{
		GeXml rest = answer;
		GeXml content;
		const char *at = answer.start;

		while (ge_xml_next(&rest, names[i], &content))
		{
			fuzz_expect(content.start > at && content.start <= content.end);
			fuzz_expect(rest.start >= content.end && rest.start <= answer.end);
			at = rest.start;
			if (depth > 0)
				read_elements(content, depth - 1);
		}
		(void) ge_xml_raw(answer, names[i]);
		(void) ge_xml_text(answer, names[i]);
	}
}

/* of what can be printed; other bytes may be shown as escapes */
static void
check_escape(const uint8_t *data, size_t size)
{
	char *text = fuzz_string(data, size);
	char *element, *back;

	for (char *c = text; *c != '\0'; c++)
		if (*c < ' ' || *c > '~')
			*c = '&';
	element = psprintf("<Key>%s</Key>", ge_xml_escape(text));
	back = ge_xml_text((GeXml){element, element + strlen(element)}, "Key");
	fuzz_expect(back != NULL && strcmp(back, text) == 0);
}

static void
run(const uint8_t *data, size_t size)
{
	char *answer = fuzz_bytes(data, size);

	read_elements((GeXml){answer, answer + size}, 1);
	read_children((GeXml){answer, answer + size});
	check_escape(data, size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_expect(fuzz_statement(run, data, size));
	return 0;
}
