/*
 * sign_test.c: the signer gives the signatures of the S3 documentation, and encodes keys as
 * S3 wants.  Server-free; prints TAP.
 */
#include "s3/sign.h"

#include <stdio.h>
#include <string.h>

#define EMPTY_HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define TIME "20130524T000000Z"

static int n_tests;
static int n_failed;

static void
check(bool ok, const char *name)
{
	n_tests++;
	n_failed += !ok;
	printf("%s %d - %s\n", ok ? "ok" : "not ok", n_tests, name);
}

static void
check_signature(const char *path, const char *query, const char *range,
				const char *signature)
{
	GeSignHeader headers[4] = {{"x-amz-date", TIME},
							   {"x-amz-content-sha256", EMPTY_HASH},
							   {"host", "examplebucket.s3.amazonaws.com"},
							   {"range", range}};
	GeSignRequest request = {"GET",
							 path,
							 query,
							 headers,
							 range != NULL ? 4 : 3,
							 EMPTY_HASH,
							 TIME,
							 "us-east-1",
							 "AKIAIOSFODNN7EXAMPLE",
							 "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
	char result[GE_SIGN_HEADER_BYTES] = "";
	bool ok = ge_sign(&request, result);
	const char *found = strstr(result, "Signature=");

	check(ok && found != NULL && strcmp(found + strlen("Signature="), signature) == 0,
		  query[0] != '\0' ? query : path);
}

static void
check_encoding(const char *text, bool keep_slash, const char *expected)
{
	char result[256];

	ge_percent_encode(text, strlen(text), keep_slash, result);
	check(strcmp(result, expected) == 0, expected);
}

int
main(void)
{
	GeSpan abc = {"abc", 3};
	uint8_t digest[GE_SHA256_BYTES];
	char hex[GE_SHA256_HEX];

	ge_sha256(&abc, 1, digest);
	ge_hex(digest, hex);
	check(strcmp(hex,
				 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") == 0,
		  "this program's SHA-256 is right");
	check_signature("/test.txt", "", "bytes=0-9",
					"f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
	check_signature("/", "lifecycle=", NULL,
					"fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
	check_signature("/", "max-keys=2&prefix=J", NULL,
					"34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
	check_encoding("a b+c=d&e.csv", true, "a%20b%2Bc%3Dd%26e.csv");
	check_encoding("q?x#y%41.csv", true, "q%3Fx%23y%2541.csv");
	check_encoding("\xc3\xa9~x!(1).csv", true, "%C3%A9~x%21%281%29.csv");
	check_encoding("a/../b//c", true, "a/../b//c");
	check_encoding("a/b", false, "a%2Fb");
	printf("1..%d\n", n_tests);
	return n_failed != 0;
}
