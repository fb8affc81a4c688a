/*
 * parity_devices.c: several devices as one backend (src/compute/fleet.h), and one of them
 * alone.
 */
#include "parity.h"

#include <stdlib.h>

#include "compute/fleet.h"

#define MOST_DEVICES 8

static struct
{
	const GeBackend *cuda;
	int device[MOST_DEVICES];
	int n;
	GeBackend fleet;
	GeBackend alone;
	int alone_on;
} several;

static GeStatus
open_all(const GeContextOptions *options, GeContext **context, GeTraits *traits,
		 GeError *error)
{
	GeContextOptions each[MOST_DEVICES];
	int i, failed;

	for (i = 0; i < several.n; i++)
	{
		each[i] = *options;
		each[i].device = several.device[i];
	}
	return ge_fleet_open(several.cuda, each, several.n, context, traits, &failed, error);
}

static GeStatus
open_alone(const GeContextOptions *options, GeContext **context, GeTraits *traits,
		   GeError *error)
{
	GeContextOptions one = *options;

	one.device = several.alone_on;
	return several.cuda->open(&one, context, traits, error);
}

const GeBackend *
parity_several(const GeBackend *cuda, const char *list)
{
	char *end;

	several.cuda = cuda;
	for (; several.n < MOST_DEVICES && *list != '\0'; list = *end == ',' ? end + 1 : end)
	{
		several.device[several.n++] = (int) strtol(list, &end, 10);
		if (end == list)
		{
			fprintf(stderr, "parity: --devices takes a list such as 0,1\n");
			exit(3);
		}
	}
	several.fleet = ge_fleet_backend;
	several.fleet.open = open_all;
	several.fleet.process = cuda->process;
	several.fleet.target.abilities = cuda->target.abilities;
	several.alone = *cuda;
	several.alone.open = open_alone;
	return &several.fleet;
}

int
parity_device(int i)
{
	return i < several.n ? several.device[i] : -1;
}

const GeBackend *
parity_other_than(int device)
{
	int i;

	for (i = 0; i < several.n; i++)
		if (several.device[i] != device)
			several.alone_on = several.device[i];
	return &several.alone;
}
