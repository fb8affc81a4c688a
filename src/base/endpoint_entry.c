/*
 * endpoint_entry.c: the entries of gpu_encode.s3_allowed_endpoints.
 */
#include "base/endpoint_entry.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define HIGHEST_PORT 65535

size_t
ge_host_length(const char *host)
{
	const char *bracket = host[0] == '[' ? strchr(host, ']') : NULL;
	size_t start = bracket != NULL ? (size_t) (bracket - host) : 0;

	return start + strcspn(host + start, ":");
}

bool
ge_host_ipv6(const char *host, size_t length, unsigned char address[GE_IPV6_BYTES])
{
	char text[INET6_ADDRSTRLEN];

	if (length < 2 || host[0] != '[' || host[length - 1] != ']' ||
		length - 2 >= sizeof(text))
		return false;
	memcpy(text, host + 1, length - 2);
	text[length - 2] = '\0';
	return inet_pton(AF_INET6, text, address) == 1;
}

static bool
is_port(const char *text)
{
	size_t length = strlen(text);

	return length > 0 && length <= 5 && strspn(text, "0123456789") == length &&
		   text[0] != '0' && strtol(text, NULL, 10) <= HIGHEST_PORT;
}

/* Of labels with single dots between them; an address of IPv4 is one, too. */
static bool
is_name(const char *text, size_t length)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
								  "0123456789.-_";
	const char *dots = strstr(text, "..");

	return length > 0 && text[0] != '.' && strspn(text, allowed) >= length &&
		   (dots == NULL || (size_t) (dots - text) >= length);
}

bool
ge_endpoint_entry_is_valid(const char *entry)
{
	size_t length = ge_host_length(entry);
	unsigned char address[GE_IPV6_BYTES];

	if (entry[length] == ':' && !is_port(entry + length + 1))
		return false;
	if (entry[0] == '[')
		return ge_host_ipv6(entry, length, address);
	if (strncmp(entry, "*.", 2) == 0)
		return is_name(entry + 2, length - 2);
	return is_name(entry, length);
}
