/*
 * json_fuzz.c: any bytes, as the JSON of a service that gives credentials.
 *
 * No text raises an error. A text that was read is found again in an object of its own.
 */
#include "postgres.h"
#include "lib/stringinfo.h"

#include "s3/json_texts.h"
#include "server.h"

static void
append_string(StringInfo object, const char *text)
{
	appendStringInfoChar(object, '"');
	for (; *text != '\0'; text++)
		if (*text == '"' || *text == '\\' || (unsigned char) *text < ' ')
			appendStringInfo(object, "\\u%04x", (unsigned char) *text);
		else
			appendStringInfoChar(object, *text);
	appendStringInfoChar(object, '"');
}

static void
run(const uint8_t *data, size_t size)
{
	GeJsonText texts[] = {{"AccessKeyId"}, {"Token"}, {"k"}};

	if (!ge_json_read_texts(fuzz_string(data, size), texts, lengthof(texts)))
		return;
	for (int i = 0; i < lengthof(texts); i++)
	{
		GeJsonText again = {"k"};
		StringInfoData object;

		if (texts[i].value == NULL)
			continue;
		initStringInfo(&object);
		appendStringInfoString(&object, "{\"a\":[{\"k\":\"no\"}],\"k\":");
		append_string(&object, texts[i].value);
		appendStringInfoChar(&object, '}');
		fuzz_expect(ge_json_read_texts(object.data, &again, 1));
		fuzz_expect(again.value != NULL && strcmp(again.value, texts[i].value) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_expect(fuzz_statement(run, data, size));
	return 0;
}
