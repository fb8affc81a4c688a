/*
 * endpoint.c: the hosts, paths and regions that requests of S3 go by.
 */
#include "s3/endpoint.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/endpoint_entry.h"
#include "s3/sign.h"

#define R2_DOMAIN ".r2.cloudflarestorage.com"
#define GCS_DOMAIN "storage.googleapis.com"
#define LONGEST_LABEL 63

static bool
ends_with(const char *text, const char *suffix)
{
	size_t length = strlen(text);
	size_t suffix_length = strlen(suffix);

	return length >= suffix_length && strcmp(text + length - suffix_length, suffix) == 0;
}

bool
ge_endpoint_parse(const char *text, GeEndpoint *result)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789.-_:[]";
	bool https = strncasecmp(text, "https://", 8) == 0;
	const char *host = text + (https ? 8 : 7);
	const char *port = https ? ":443" : ":80";
	size_t length;

	if (!https && strncasecmp(text, "http://", 7) != 0)
		return false;
	length = strlen(host);
	if (length > 0 && host[length - 1] == '/')
		length--;
	if (length == 0 || length >= GE_ENDPOINT_HOST)
		return false;
	for (size_t i = 0; i < length; i++)
		result->host[i] =
			(char) (host[i] >= 'A' && host[i] <= 'Z' ? host[i] - 'A' + 'a' : host[i]);
	result->host[length] = '\0';
	result->https = https;
	if (strspn(result->host, allowed) != length)
		return false;
	/* the port that the scheme means anyway is not part of the signed host */
	if (ends_with(result->host, port))
		result->host[length - strlen(port)] = '\0';
	return result->host[0] != '\0';
}

/* Addresses of IPv6 have several spellings. */
static bool
is_same_host(const char *a, size_t a_length, const char *b, size_t b_length)
{
	unsigned char a_address[GE_IPV6_BYTES];
	unsigned char b_address[GE_IPV6_BYTES];

	if (ge_host_ipv6(a, a_length, a_address) && ge_host_ipv6(b, b_length, b_address))
		return memcmp(a_address, b_address, GE_IPV6_BYTES) == 0;
	return a_length == b_length && strncasecmp(a, b, a_length) == 0;
}

bool
ge_endpoint_is_of_entry(const GeEndpoint *endpoint, const char *entry)
{
	const char *host = endpoint->host;
	const char *port = endpoint->https ? ":443" : ":80"; /* left out of host */
	size_t length = ge_host_length(host);
	size_t entry_length = ge_host_length(entry);

	if (host[length] != '\0')
		port = host + length;
	if (entry[entry_length] != '\0' && strcmp(entry + entry_length, port) != 0)
		return false;
	if (entry[0] == '*' && entry[1] == '.')
		return length > entry_length - 1 &&
			   strncasecmp(host + length - (entry_length - 1), entry + 1,
						   entry_length - 1) == 0;
	return is_same_host(host, length, entry, entry_length);
}

const char *
ge_endpoint_domain(const char *region)
{
	if (strncmp(region, "cn-", 3) == 0)
		return "amazonaws.com.cn";
	return strncmp(region, "eusc-", 5) == 0 ? "amazonaws.eu" : "amazonaws.com";
}

bool
ge_endpoint_of_region(const char *region, GeEndpoint *result)
{
	int length = snprintf(result->host, sizeof(result->host), "s3.%s.%s", region,
						  ge_endpoint_domain(region));

	result->https = true;
	return length > 0 && (size_t) length < sizeof(result->host);
}

static bool
is_of(const GeEndpoint *endpoint, const char *domain)
{
	GeEndpoint bare = *endpoint;

	bare.host[strcspn(bare.host, ":")] = '\0';
	return ends_with(bare.host, domain);
}

const char *
ge_endpoint_default_region(const GeEndpoint *endpoint)
{
	return is_of(endpoint, R2_DOMAIN) || is_of(endpoint, GCS_DOMAIN) ? "auto"
																	 : "us-east-1";
}

bool
ge_endpoint_decompresses(const GeEndpoint *endpoint)
{
	return is_of(endpoint, GCS_DOMAIN);
}

bool
ge_endpoint_takes_bucket(const GeEndpoint *endpoint, const char *bucket)
{
	static const char label[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";
	size_t length = strlen(bucket);
	bool is_address = endpoint->host[0] == '[' ||
					  strspn(endpoint->host, "0123456789.:") == strlen(endpoint->host);

	/* a certificate for *.domain does not cover a bucket with a dot */
	return !is_address && length <= LONGEST_LABEL && strspn(bucket, label) == length &&
		   !(endpoint->https && strchr(bucket, '.') != NULL);
}

void
ge_endpoint_host(const GeEndpoint *endpoint, bool path_style, const char *bucket,
				 char result[GE_HOST_BYTES])
{
	if (path_style)
		snprintf(result, GE_HOST_BYTES, "%s", endpoint->host);
	else
		snprintf(result, GE_HOST_BYTES, "%s.%s", bucket, endpoint->host);
}

void
ge_endpoint_path(bool path_style, const char *bucket, const char *key, char *result)
{
	char *end = result;

	*end++ = '/';
	if (path_style)
		end += sprintf(end, key != NULL ? "%s/" : "%s", bucket);
	*end = '\0';
	if (key != NULL)
		ge_percent_encode(key, strlen(key), true, end);
}
