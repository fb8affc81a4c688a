/*
 * uri_fuzz.c: any bytes, as what a user names: uris, patterns, endpoints; and addresses.
 *
 * An input is lines: a uri, an object, an endpoint, a region. A uri that is taken reads back
 * as it was written; a pattern means what a plain matcher says; hosts and paths stay within
 * the room that they are promised; no address is public and local.
 */
#include "postgres.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include "s3/address.h"
#include "s3/endpoint.h"
#include "s3/uri.h"
#include "server.h"

#define LONGEST_PATTERN 100 /* of those that matches_plainly() is asked for */

/* Byte by byte of the key: which beginnings of the pattern match what came so far. */
static bool
matches_plainly(const char *key, const char *pattern)
{
	size_t length = strlen(pattern);
	bool matches[LONGEST_PATTERN + 1] = {true};

	for (size_t p = 0; p < length; p++)
		matches[p + 1] = matches[p] && pattern[p] == '*';
	for (; *key != '\0'; key++)
	{
		bool before = matches[0];

		matches[0] = false;
		for (size_t p = 0; p < length; p++)
		{
			bool longer = matches[p + 1];

			matches[p + 1] = pattern[p] == '*' ? matches[p] || (longer && *key != '/')
											   : before && pattern[p] == *key;
			before = longer;
		}
	}
	return matches[length];
}

static void
check_key(const char *key, const char *pattern)
{
	fuzz_expect(ge_key_means(pattern, pattern));
	if (strlen(pattern) <= LONGEST_PATTERN)
		fuzz_expect(ge_key_matches(key, pattern) == matches_plainly(key, pattern));
}

static void
check_uri(const char *uri, const char *object)
{
	GeUri asked, again;

	(void) ge_uri_means(uri, object);
	if (ge_uri_is_file(uri))
	{
		fuzz_expect(ge_uri_file_path(uri)[0] == '/' && ge_uri_means(uri, uri));
		return;
	}
	asked = ge_uri_parse(uri);
	again = ge_uri_parse(ge_uri_format(asked.bucket, asked.key));
	fuzz_expect(strcmp(asked.bucket, again.bucket) == 0 &&
				strcmp(asked.key, again.key) == 0);
}

static void
check_endpoint(const char *text, const char *region, const char *bucket, const char *key)
{
	GeEndpoint endpoint;
	char host[GE_HOST_BYTES];
	char *path;

	if (strlen(bucket) > GE_BUCKET_BYTES)
		return;
	path = palloc(GE_BUCKET_BYTES + 3 * strlen(key) + 3);
	for (int path_style = 0; path_style < 2; path_style++)
	{
		ge_endpoint_path(path_style != 0, bucket, key, path);
		fuzz_expect(path[0] == '/' &&
					strpbrk(path + 1 + (path_style != 0 ? strlen(bucket) : 0), " \n?#") ==
						NULL);
		ge_endpoint_path(path_style != 0, bucket, NULL, path);
		if (!ge_endpoint_parse(text, &endpoint))
			continue;
		fuzz_expect(endpoint.host[0] != '\0' &&
					strpbrk(endpoint.host, "/@ \r\n") == NULL);
		(void) ge_endpoint_takes_bucket(&endpoint, bucket);
		(void) ge_endpoint_decompresses(&endpoint);
		(void) ge_endpoint_default_region(&endpoint);
		ge_endpoint_host(&endpoint, path_style != 0, bucket, host);
		fuzz_expect(strlen(host) < sizeof(host));
	}
	if (ge_endpoint_of_region(region, &endpoint))
		fuzz_expect(strlen(endpoint.host) < sizeof(endpoint.host));
}

static void
check_address(const struct sockaddr *address)
{
	bool is_closed = ge_address_is_local(address) ||
					 ge_address_is_instance_metadata_or_local(address) ||
					 ge_address_is_container_metadata_or_local(address);

	fuzz_expect(!is_closed || !ge_address_is_public(address));
}

/* An IPv4 address and its forms within IPv6 are public together. */
static void
check_addresses(const uint8_t *data, size_t size)
{
	struct sockaddr_in in4 = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (size < 16)
		return;
	memcpy(&in4.sin_addr, data, 4);
	memcpy(&in6.sin6_addr, data, 16);
	check_address((struct sockaddr *) &in4);
	check_address((struct sockaddr *) &in6);
	memcpy(&in6.sin6_addr, mapped, 12);
	memcpy((uint8_t *) &in6.sin6_addr + 12, data, 4);
	fuzz_expect(ge_address_is_public((struct sockaddr *) &in4) ==
				ge_address_is_public((struct sockaddr *) &in6));
}

static void
run(const uint8_t *data, size_t size)
{
	char *lines[4] = {fuzz_string(data, size), "", "", ""};

	for (int i = 1; i < lengthof(lines); i++)
	{
		char *end = strchr(lines[i - 1], '\n');

		if (end == NULL)
			break;
		*end = '\0';
		lines[i] = pstrdup(end + 1);
	}
	check_key(lines[0], lines[1]);
	check_endpoint(lines[2], lines[3], lines[1], lines[0]);
	check_uri(lines[0], lines[1]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_addresses(data, size);
	(void) fuzz_statement(run, data, size);
	return 0;
}
