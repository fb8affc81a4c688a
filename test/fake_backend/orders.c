/*
 * orders.c: the file of orders, read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/backend.h"
#include "orders.h"

/* CALL or CALL@DEVICE. */
static void
split_call(Order *order)
{
	char *at = strchr(order->call, '@');

	order->device = -1;
	if (at == NULL)
		return;
	order->device = atoi(at + 1);
	*at = '\0';
}

static bool
take_order(const char *line, Order *order)
{
	bool taken;

	order->status = GE_CANCELLED;
	order->hangs = strncmp(line, "fail ", 5) != 0;
	taken =
		sscanf(line, "fail %31s %ld %d", order->call, &order->at, &order->status) == 3 ||
		sscanf(line, "late %31s %ld %d", order->call, &order->at, &order->status) == 3 ||
		sscanf(line, "hang %31s %ld", order->call, &order->at) == 2;
	split_call(order);
	return taken;
}

static void
take_line(Orders *orders, const char *line)
{
	Order *order = &orders->orders[orders->n_orders];
	unsigned long long bytes;
	char text[200] = "";
	int device;
	long milliseconds;

	if (sscanf(line, "no_driver %199[^\n]", orders->no_driver) == 1 ||
		sscanf(line, "devices %d", &orders->n_devices) == 1 ||
		sscanf(line, "abi %u", &orders->abi) == 1 ||
		sscanf(line, "memory %llu", &orders->memory) == 1)
		return;
	if (sscanf(line, "unusable %d %199[^\n]", &device, text) == 2)
		strcpy(orders->unusable[device], text);
	else if (sscanf(line, "free %d %llu", &device, &bytes) == 2)
		orders->free_bytes[device] = bytes;
	else if (sscanf(line, "memory_of %d %llu", &device, &bytes) == 2)
		orders->memory_of[device] = bytes;
	else if (sscanf(line, "slow %d %ld", &device, &milliseconds) == 2)
		orders->slow[device] = milliseconds;
	else if (orders->n_orders < MAX_ORDERS && take_order(line, order))
		orders->n_orders++;
}

void
read_orders(Orders *orders)
{
	FILE *file = fopen(getenv("GE_FAKE_GPU"), "r");
	char line[256];

	memset(orders, 0, sizeof *orders);
	orders->n_devices = 1;
	orders->memory = MEMORY_BYTES;
	orders->abi = GE_BACKEND_ABI;
	while (file != NULL && fgets(line, sizeof line, file) != NULL)
		take_line(orders, line);
	if (file != NULL)
		fclose(file);
}
