/*
 * endpoint_test.c: the host, path, region and signature that a request gets at each kind of
 * endpoint, and the addresses that requests may go to.  Server-free; prints TAP.
 *
 * Expected urls and signatures are boto3's, for the same requests, time and keys.
 */
#include "base/endpoint_entry.h"
#include "s3/address.h"
#include "s3/endpoint.h"
#include "s3/sign.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define EMPTY_HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define TIME "20240229T120000Z"

static int n_tests;
static int n_failed;

static void
check(bool ok, const char *name, const char *found)
{
	n_tests++;
	n_failed += !ok;
	printf("%s %d - %s\n", ok ? "ok" : "not ok", n_tests, name);
	if (!ok)
		printf("# found %s\n", found);
}

/* ------------------------------------------------------------------ urls and signatures */

typedef struct Case
{
	const char *name;
	const char *endpoint; /* NULL: AWS's of the region */
	const char *region;	  /* NULL: the endpoint's default */
	bool path_style;
	const char *bucket;
	const char *key;
	const char *url;
	const char *signature;
} Case;

static const Case cases[] = {
#include "endpoint_cases.h"
};

static void
sign_case(const char *region, const char *host, const char *path,
		  char result[GE_SIGN_HEADER_BYTES])
{
	GeSignHeader headers[] = {
		{"host", host}, {"x-amz-date", TIME}, {"x-amz-content-sha256", EMPTY_HASH}};
	GeSignRequest request = {.method = "GET",
							 .path = path,
							 .query = "",
							 .headers = headers,
							 .n_headers = 3,
							 .payload_hash = EMPTY_HASH,
							 .time = TIME,
							 .region = region,
							 .access_key_id = "AKIDEXAMPLE",
							 .secret_access_key =
								 "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};

	if (!ge_sign(&request, result))
		strcpy(result, "no signature");
}

static void
check_case(const Case *one)
{
	GeEndpoint endpoint;
	char host[GE_HOST_BYTES];
	char path[GE_BUCKET_BYTES + 1024];
	char url[2 * GE_HOST_BYTES + sizeof(path)];
	char authorization[GE_SIGN_HEADER_BYTES];
	const char *region = one->region;
	bool ok = one->endpoint != NULL ? ge_endpoint_parse(one->endpoint, &endpoint)
									: ge_endpoint_of_region(region, &endpoint);
	bool path_style;

	if (!ok)
	{
		check(false, one->name, "no endpoint");
		return;
	}
	path_style = one->path_style || !ge_endpoint_takes_bucket(&endpoint, one->bucket);
	if (region == NULL)
		region = ge_endpoint_default_region(&endpoint);
	ge_endpoint_host(&endpoint, path_style, one->bucket, host);
	ge_endpoint_path(path_style, one->bucket, one->key, path);
	snprintf(url, sizeof(url), "%s://%s%s", endpoint.https ? "https" : "http", host,
			 path);
	check(strcmp(url, one->url) == 0, one->name, url);
	sign_case(region, host, path, authorization);
	check(strstr(authorization, one->signature) != NULL, one->signature, authorization);
}

static void
check_endpoints(void)
{
	static const char *const wrong[] = {
		"example.org", "ftp://example.org", "https://",	   "https:///", "https://a/b",
		"https://a?b", "https://user@a",	"https://a b", "http://:80"};
	GeEndpoint endpoint;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		check(!ge_endpoint_parse(wrong[i], &endpoint), wrong[i], "an endpoint");
	ge_endpoint_parse("https://STORAGE.googleapis.com", &endpoint);
	check(ge_endpoint_decompresses(&endpoint), "GCS decompresses unless told", "no");
	ge_endpoint_parse("https://storage.googleapis.com.example.org", &endpoint);
	check(!ge_endpoint_decompresses(&endpoint), "others do not", "yes");
	check(strcmp(ge_endpoint_default_region(&endpoint), "us-east-1") == 0,
		  "nor do they have region auto", "auto");
}

static void
check_entry(const char *url, const char *entry, bool allowed)
{
	GeEndpoint endpoint;
	char name[200];

	snprintf(name, sizeof(name), "an entry %s %s %s", entry,
			 allowed ? "allows" : "does not allow", url);
	check(ge_endpoint_parse(url, &endpoint) &&
			  ge_endpoint_is_of_entry(&endpoint, entry) == allowed,
		  name, endpoint.host);
}

static void
check_entries(void)
{
	check_entry("https://a.example.org", "A.example.org", true);
	check_entry("https://a.example.org", "a.example.org:443", true);
	check_entry("https://a.example.org:443", "a.example.org", true);
	check_entry("http://a.example.org", "a.example.org:80", true);
	check_entry("http://a.example.org", "a.example.org:443", false);
	check_entry("https://a.example.org", "a.example.org:80", false);
	check_entry("https://a.example.org:9000", "a.example.org", true);
	check_entry("https://a.example.org:9000", "a.example.org:9000", true);
	check_entry("https://a.example.org:9000", "a.example.org:443", false);
	check_entry("https://a.example.org", "example.org", false);
	check_entry("https://a.example.org", "a.example.or", false);
	check_entry("https://a.example.org", "*.example.org", true);
	check_entry("https://a.example.org", "*.example.org:443", true);
	check_entry("https://a.example.org:9000", "*.example.org:443", false);
	check_entry("https://example.org", "*.example.org", false);
	check_entry("https://aexample.org", "*.example.org", false);
	check_entry("https://[::1]", "[::1]", true);
	check_entry("https://[::1]:9000", "[::1]", true);
	check_entry("https://[::1]:9000", "[::1]:9000", true);
	check_entry("https://[::1]", "[::1]:443", true);
	check_entry("https://[::1]:9000", "[::1]:443", false);
	check_entry("https://[::2]", "[::1]", false);
	check_entry("https://[0:0:0:0:0:0:0:1]", "[::1]", true);
	check_entry("https://[::1]", "[0:0:0:0:0:0:0:1]", true);
	check_entry("https://[2001:DB8::A]:9000", "[2001:0db8:0::000a]:9000", true);
	check_entry("https://[2001:db8::a]:9000", "[2001:0db8:0::000a]:443", false);
	check_entry("https://[::ffff:1.2.3.4]", "[::ffff:102:304]", true);
	check_entry("https://[::ffff:1.2.3.4]", "1.2.3.4", false);
	check_entry("https://[0:0:0:0:0:0:0:2]", "[::1]", false);
	check_entry("https://[::1]", "[", false);
	check_entry("https://[::1]", "", false);
}

static void
check_valid_entries(void)
{
	static const char *const valid[] = {
		"localhost",   "a.example.org",		  "A.Example.org:9000", "my_host",
		"127.0.0.1:1", "*.example.org",		  "*.org:65535",		"[::1]",
		"[::1]:443",   "[2001:DB8::1.2.3.4]", "example.org."};
	static const char *const wrong[] = {
		"",
		"*",
		"*.",
		"*:443",
		"*.*.org",
		"a.*.org",
		"*example.org",
		"::1",
		"fe80::1:2",
		"[::1",
		"[]",
		"[::1]x",
		"[::1]:",
		"[1.2.3.4]",
		"[::g]",
		"[fe80::1%eth0]",
		"*.[::1]",
		"http://a",
		"https://a:443",
		"a/b",
		"user@a",
		"a:",
		"a:0",
		"a:080",
		"a:65536",
		"a:http",
		"a:1:2",
		".example.org",
		"a..org",
		"*..org",
		":443",
		"a\tb",
		"[0000:0000:0000:0000:0000:0000:0000:0000:00000000000000]"};

	for (size_t i = 0; i < sizeof(valid) / sizeof(valid[0]); i++)
		check(ge_endpoint_entry_is_valid(valid[i]), valid[i], "no entry");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		check(!ge_endpoint_entry_is_valid(wrong[i]), wrong[i], "an entry");
}

/* ------------------------------------------------------------------ addresses */

typedef bool (*Rule)(const struct sockaddr *address);

static bool
ask(Rule rule, const char *text)
{
	struct sockaddr_in in4 = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

	if (inet_pton(AF_INET, text, &in4.sin_addr) == 1)
		return rule((const struct sockaddr *) &in4);
	if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1)
		return rule((const struct sockaddr *) &in6);
	check(false, text, "not an address");
	return false;
}

#define PUBLIC 1
#define LOCAL 2
#define INSTANCE 4
#define CONTAINER 8

static void
check_address(const char *text, int allowed)
{
	int found = (ask(ge_address_is_public, text) ? PUBLIC : 0) |
				(ask(ge_address_is_local, text) ? LOCAL : 0) |
				(ask(ge_address_is_instance_metadata, text) ? INSTANCE : 0) |
				(ask(ge_address_is_container_metadata, text) ? CONTAINER : 0);
	bool either = ask(ge_address_is_instance_metadata_or_local, text) ==
					  ((allowed & (INSTANCE | LOCAL)) != 0) &&
				  ask(ge_address_is_container_metadata_or_local, text) ==
					  ((allowed & (CONTAINER | LOCAL)) != 0);
	char number[16];

	snprintf(number, sizeof(number), "%d", found);
	check(found == allowed && either, text, number);
}

static void
check_addresses(void)
{
	check_address("93.184.216.34", PUBLIC);
	check_address("2606:2800:220:1::1", PUBLIC);
	check_address("127.0.0.1", LOCAL);
	check_address("127.9.9.9", LOCAL);
	check_address("::1", LOCAL);
	check_address("169.254.169.254", INSTANCE);
	check_address("fd00:ec2::254", INSTANCE);
	check_address("169.254.170.2", CONTAINER);
	check_address("169.254.170.23", CONTAINER);
	check_address("fd00:ec2::23", CONTAINER);
	check_address("169.254.169.253", 0);
	check_address("169.254.170.3", 0);
	check_address("fd00:ec2::253", 0);
	check_address("fd00:ec2:1::254", 0);
	check_address("::ffff:169.254.169.254", 0);
	check_address("::ffff:127.0.0.1", 0);
	check_address("64:ff9b::a9fe:a9fe", 0);
	check_address("2002:a9fe:a9fe::1", 0);
	check_address("10.0.0.1", 0);
	check_address("0.0.0.0", 0);
	check_address("::", 0);
	check_address("fe80::1", 0);
	check_address("168.63.129.15", PUBLIC);
	check_address("168.63.129.16", 0);
	check_address("168.63.129.17", PUBLIC);
	check_address("::ffff:168.63.129.16", 0);
	check_address("64:ff9b::a83f:8110", 0);
	check_address("2002:a83f:8110::1", 0);
	check_address("2001:0:a9fe:a9fe::1", 0); /* Teredo */
	check_address("2001::1", 0);
	check_address("2001:0:5ef5:79fb:0:0:5601:5601", 0);
	check_address("2001:20::1", 0);
	check_address("2001:1ff::1", 0);
	check_address("2001:200::1", PUBLIC);
	check_address("2001:4860:4860::8888", PUBLIC);
	check_address("2001:db8::1", 0);
	check_address("2606:2800::5efe:a9fe:a9fe", 0); /* ISATAP */
	check_address("2606:2800::200:5efe:10.0.0.1", 0);
	check_address("2606:2800::5efe:93.184.216.34", PUBLIC);
	check_address("100.100.100.200", 0);
	check_address("192.0.0.192", 0);
	check_address("192.88.99.1", 0);
	check_address("203.0.113.1", 0);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_case(&cases[i]);
	check_endpoints();
	check_entries();
	check_valid_entries();
	check_addresses();
	printf("1..%d\n", n_tests);
	return n_failed != 0;
}
