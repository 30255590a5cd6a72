#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/settings.h"
#include "db/zonedata.h"
#include "tests/support/histogram.h"

/*
 * From the commit of a listing to the first answer that shows it, and the same
 * client's plain round trip, in microseconds, as one line of JSON:
 *
 *	dns_delay CONFIG PORT TIMES
 *
 * The addresses are of 0.0.0.0/8. A lost answer counts with its second.
 */
#define PAUSE_US 20000

static struct store *store;
static int fd;
static struct histogram delays, round_trips;

static void
insist(int code, const char *doing)
{
	if (code == 0)
		return;
	fprintf(stderr, "dns_delay: %s: %s\n", doing, error_text(code));
	exit(EXIT_FAILURE);
}

static uint64_t
now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void
open_socket(const char *port)
{
	const struct sockaddr_in server = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const struct timeval patience = { .tv_sec = 1 };

	fd = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	insist(
	    connect(fd, (const struct sockaddr *)&server, sizeof(server)) == 0
		? 0
		: ERROR_NOT_FOUND,
	    "connect");
}

/* Is it listed? Its round trip is counted. */
static bool
ask(const struct zonekey *key, const struct zone_settings *zone)
{
	uint8_t packet[512] = { 0, 0, 0, 0, 0, 1 }, answer[512];
	uint64_t began_us = now_us();
	int len = zonekey_to_name(key, packet + 12, 255);
	uint8_t *to = packet + 12 + len;
	ssize_t got;

	insist(len < 0 ? len : 0, "name");
	memcpy(to, zone->origin, zone->origin_len);
	memcpy(to + zone->origin_len, "\0\1\0\1", 4);
	send(fd, packet, (size_t)(to - packet) + zone->origin_len + 4, 0);
	got = recv(fd, answer, sizeof(answer), 0);
	histogram_add(&round_trips, now_us() - began_us);
	return got > 12 && answer[7] > 0;
}

static uint64_t
list(const struct zonekey *key)
{
	const struct zone_entry entry = { .codes = CODE_BIT(2),
		.kinds = BACKSCATTER_BIT(BACKSCATTER_DSN),
		.seen_day = 20000 };
	uint8_t record[ZONE_ENTRY_RECORD_LEN];
	struct store_txn *txn;

	zonedata_encode_entry(&entry, record);
	insist(store_begin_write(store, &txn), "begin");
	insist(zonedata_put(
		   txn, key, OCTETS(record, sizeof(record)), clock_seconds()),
	    "put");
	insist(store_commit(txn), "commit");
	return now_us();
}

static void
measure(unsigned n, const struct zone_settings *zone)
{
	/* Not listed before, in this run or another. */
	uint32_t number = (uint32_t)(now_us() + n) & 0xffffff;
	struct ipaddr address = ipaddr_from_ipv4(number);
	struct zonekey key;
	uint64_t committed_us;

	zonekey_of_unit(SUBLIST_MAIN, &address, &key);
	ask(&key, zone);
	committed_us = list(&key);
	while (!ask(&key, zone))
		;
	histogram_add(&delays, now_us() - committed_us);
	usleep(PAUSE_US);
}

static void
print(const char *name, const struct histogram *histogram)
{
	printf("\"%s_p50\": %.0f, \"%s_p99\": %.0f", name,
	    histogram_part(histogram, 0.5), name,
	    histogram_part(histogram, 0.99));
}

int
main(int argc, char *argv[])
{
	static struct zone_settings zone;
	struct settings settings = { 0 };

	if (argc != 4 || settings_read(argv[1], &settings) != 0)
		return EXIT_FAILURE;
	insist(zone_settings_from(&settings, &zone), "settings");
	insist(store_open(&settings, STORE_WRITE, &store), "open");
	open_socket(argv[2]);
	for (unsigned n = 0; n < strtoul(argv[3], NULL, 10); n++)
		measure(n, &zone);
	printf("{");
	print("delay", &delays);
	printf(", ");
	print("round_trip", &round_trips);
	printf("}\n");
	store_close(store);
	settings_free(&settings);
	return EXIT_SUCCESS;
}
