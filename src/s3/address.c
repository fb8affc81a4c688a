/*
 * address.c: which addresses of the network a request may go to.
 */
#include "s3/address.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

typedef struct Range4
{
	uint32_t start;
	int bits;
} Range4;

/*
 * IPv4 addresses that are not public (RFC 6890), or belong to a cloud though they look
 * public.
 */
static const Range4 closed4[] = {
	{0x00000000, 8},  /* this host */
	{0x0a000000, 8},  /* private */
	{0x64400000, 10}, /* shared by carriers */
	{0x7f000000, 8},  /* loopback */
	{0xa9fe0000, 16}, /* link-local, with the cloud's instance data */
	{0xa83f8110, 32}, /* 168.63.129.16, with Azure's instance data */
	{0xac100000, 12}, /* private */
	{0xc0000000, 24}, /* protocol assignments */
	{0xc0000200, 24}, /* documentation */
	{0xc0586300, 24}, /* relays of 6to4 */
	{0xc0a80000, 16}, /* private */
	{0xc6120000, 15}, /* measurements */
	{0xc6336400, 24}, /* documentation */
	{0xcb007100, 24}, /* documentation */
	{0xe0000000, 3},  /* multicast, reserved, broadcast */
};

static bool
is_public4(uint32_t address)
{
	for (size_t i = 0; i < sizeof(closed4) / sizeof(closed4[0]); i++)
		if ((address ^ closed4[i].start) >> (32 - closed4[i].bits) == 0)
			return false;
	return true;
}

static uint32_t
read4(const uint8_t *bytes)
{
	return (uint32_t) bytes[0] << 24 | (uint32_t) bytes[1] << 16 |
		   (uint32_t) bytes[2] << 8 | bytes[3];
}

static bool
is_public6(const uint8_t bytes[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b};
	static const uint8_t documentation[4] = {0x20, 0x01, 0x0d, 0xb8};

	if (memcmp(bytes, mapped, sizeof(mapped)) == 0 ||
		memcmp(bytes, nat64, sizeof(nat64)) == 0)
		return is_public4(read4(bytes + 12));
	if (bytes[0] == 0x20 && bytes[1] == 0x02) /* 6to4 */
		return is_public4(read4(bytes + 2));
	/* 2001::/23 has protocol assignments, Teredo's tunnels to any IPv4 address among them */
	if (bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] < 0x02)
		return false;
	if (memcmp(bytes, documentation, sizeof(documentation)) == 0)
		return false;
	/* ISATAP: an IPv4 address behind 0:5efe or 200:5efe, under any prefix */
	if ((bytes[8] & 0xfd) == 0 && memcmp(bytes + 9, "\0\x5e\xfe", 3) == 0)
		return is_public4(read4(bytes + 12));
	return (bytes[0] & 0xe0) == 0x20; /* global unicast is 2000::/3 */
}

bool
ge_address_is_public(const struct sockaddr *address)
{
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	switch (address->sa_family)
	{
		case AF_INET:
			memcpy(&in4, address, sizeof(in4));
			return is_public4(ntohl(in4.sin_addr.s_addr));
		case AF_INET6:
			memcpy(&in6, address, sizeof(in6));
			return is_public6(in6.sin6_addr.s6_addr);
		default:
			return false;
	}
}

/* ------------------------------------------------------------------ metadata services */

static bool
is_one_of4(const struct sockaddr *address, const uint32_t *list, size_t n)
{
	struct sockaddr_in in4;

	if (address->sa_family != AF_INET)
		return false;
	memcpy(&in4, address, sizeof(in4));
	for (size_t i = 0; i < n; i++)
		if (ntohl(in4.sin_addr.s_addr) == list[i])
			return true;
	return false;
}

/* fd00:ec2::, with which AWS's own addresses begin, and a last word. */
static bool
is_aws6(const struct sockaddr *address, uint8_t last_high, uint8_t last_low)
{
	const uint8_t bytes[16] = {0xfd, 0x00, 0x0e, 0xc2, [14] = last_high, [15] = last_low};
	struct sockaddr_in6 in6;

	if (address->sa_family != AF_INET6)
		return false;
	memcpy(&in6, address, sizeof(in6));
	return memcmp(in6.sin6_addr.s6_addr, bytes, sizeof(bytes)) == 0;
}

bool
ge_address_is_local(const struct sockaddr *address)
{
	static const uint8_t loopback[16] = {[15] = 1};
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;

	switch (address->sa_family)
	{
		case AF_INET:
			memcpy(&in4, address, sizeof(in4));
			return ntohl(in4.sin_addr.s_addr) >> 24 == 127;
		case AF_INET6:
			memcpy(&in6, address, sizeof(in6));
			return memcmp(in6.sin6_addr.s6_addr, loopback, sizeof(loopback)) == 0;
		default:
			return false;
	}
}

bool
ge_address_is_instance_metadata(const struct sockaddr *address)
{
	static const uint32_t list[] = {0xa9fea9fe}; /* 169.254.169.254 */

	return is_one_of4(address, list, 1) || is_aws6(address, 0x02, 0x54);
}

bool
ge_address_is_container_metadata(const struct sockaddr *address)
{
	/* 169.254.170.2 of ECS, 169.254.170.23 of EKS */
	static const uint32_t list[] = {0xa9feaa02, 0xa9feaa17};

	return is_one_of4(address, list, 2) || is_aws6(address, 0x00, 0x23);
}

bool
ge_address_is_instance_metadata_or_local(const struct sockaddr *address)
{
	return ge_address_is_instance_metadata(address) || ge_address_is_local(address);
}

bool
ge_address_is_container_metadata_or_local(const struct sockaddr *address)
{
	return ge_address_is_container_metadata(address) || ge_address_is_local(address);
}
