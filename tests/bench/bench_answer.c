#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/error.h"
#include "common/settings.h"
#include "dnsd/watch.h"
#include "dnsd/worker.h"

/*
 * What an answer costs beside the kernel's share: nanoseconds of one thread
 * from a packet to the octets of its answer, over the zone in a database.
 *
 *	build/tests/bench/bench_answer CONFIG
 *
 * In groups as they come from the network, with the index and without it; best
 * of some runs, for the machine may be shared.
 */
#define QUERIES (1u << 17) /* more than any cache remembers */
#define RUNS 7
#define GROUP 16

struct packet {
	uint8_t octets[120];
	uint8_t len;
};

static struct packet packets[QUERIES];
static uint32_t *listed;
static size_t listed_count;
static uint64_t state = 1;

static void
insist(int error, const char *doing)
{
	if (error == 0)
		return;
	fprintf(stderr, "bench_answer: %s: %s\n", doing, error_text(error));
	exit(EXIT_FAILURE);
}

static uint32_t
draw(uint32_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((state >> 32) * below >> 32);
}

/* --- the zone ------------------------------------------------------------- */

static void
read_listed(struct store *store)
{
	struct octets key, value;
	struct store_cursor *cursor;
	struct store_txn *txn;
	int error;

	insist(store_begin_read(store, &txn), "begin");
	listed = calloc(store_count(txn, TABLE_ZONE), sizeof(*listed));
	insist(store_cursor_open(txn, TABLE_ZONE, &cursor), "cursor");
	error = store_move(cursor, STORE_FIRST, &key, &value);
	for (; error == 0;
	     error = store_move(cursor, STORE_NEXT, &key, &value)) {
		struct ipaddr unit;
		enum sublist list;

		if (zonekey_unit(key.data, key.len, &list, &unit) &&
		    list == SUBLIST_MAIN && ipaddr_is_ipv4(&unit))
			listed[listed_count++] = ipaddr_to_ipv4(&unit);
	}
	store_cursor_close(cursor);
	store_abort(txn);
}

/* --- queries -------------------------------------------------------------- */

static void
put_label(struct packet *packet, const char *text)
{
	size_t len = strlen(text);

	packet->octets[packet->len++] = (uint8_t)len;
	memcpy(packet->octets + packet->len, text, len);
	packet->len = (uint8_t)(packet->len + len);
}

static void
make_query(struct packet *packet, const struct zone_settings *zone,
    uint32_t address, uint16_t type, bool edns)
{
	static const uint8_t opt[] = { 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0 };

	memset(packet, 0, sizeof(*packet));
	packet->octets[5] = 1;
	packet->len = DNS_HEADER_LEN;
	for (unsigned shift = 0; shift < 32; shift += 8) {
		char text[4];

		snprintf(text, sizeof(text), "%u", address >> shift & 255);
		put_label(packet, text);
	}
	memcpy(packet->octets + packet->len, zone->origin, zone->origin_len);
	packet->len = (uint8_t)(packet->len + zone->origin_len + 4);
	dns_store_u16(packet->octets + packet->len - 4, type);
	dns_store_u16(packet->octets + packet->len - 2, DNS_CLASS_IN);
	if (!edns)
		return;
	packet->octets[11] = 1;
	memcpy(packet->octets + packet->len, opt, sizeof(opt));
	packet->len = (uint8_t)(packet->len + sizeof(opt));
}

static void
make_queries(const struct zone_settings *zone, unsigned hit_percent, bool edns)
{
	for (unsigned i = 0; i < QUERIES; i++) {
		uint32_t address = draw(UINT32_MAX);

		if (draw(100) < hit_percent)
			address = listed[draw((uint32_t)listed_count)];
		make_query(&packets[i], zone, address,
		    draw(100) < 5 ? DNS_TYPE_TXT : DNS_TYPE_A, edns);
	}
}

/* --- measuring ------------------------------------------------------------ */

static double
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static double
run(struct worker *worker)
{
	static struct worker_query queries[GROUP];
	static uint8_t answers[GROUP][1280];
	const struct ipaddr client = ipaddr_from_ipv4(0x7f000001);
	double began = now_ns();

	for (unsigned i = 0; i < QUERIES; i += GROUP) {
		worker_begin(worker);
		for (unsigned j = 0; j < GROUP; j++)
			worker_read(worker, packets[i + j].octets,
			    packets[i + j].len, &queries[j]);
		for (unsigned j = 0; j < GROUP; j++)
			worker_fetch(&queries[j]);
		for (unsigned j = 0; j < GROUP; j++)
			worker_answer(worker, &client, false, &queries[j],
			    answers[j], sizeof(answers[j]));
		worker_end(worker);
	}
	return (now_ns() - began) / QUERIES;
}

static double
best_run(struct worker *worker)
{
	double best = run(worker);

	for (int i = 1; i < RUNS; i++) {
		double ns = run(worker);

		best = ns < best ? ns : best;
	}
	return best;
}

static void
measure(struct worker *table, struct worker *indexed)
{
	static const struct {
		const char *name;
		unsigned hit_percent;
	} mixes[] = { { "mix", 10 }, { "hit", 100 }, { "miss", 0 } };

	printf("ns per query  table  index   (%zu addresses)\n", listed_count);
	for (int edns = 0; edns <= 1; edns++)
		for (unsigned i = 0; i < 3; i++) {
			worker_begin(table);
			worker_end(table);
			make_queries(
			    &table->zone.settings, mixes[i].hit_percent, edns);
			printf("%-5s %-6s %6.0f %6.0f\n", mixes[i].name,
			    edns ? "EDNS" : "", best_run(table),
			    best_run(indexed));
		}
}

int
main(int argc, char *argv[])
{
	static struct worker table, indexed;
	struct settings settings = { 0 };
	struct worker_shared shared;
	struct index_figures figures;
	struct rules *rules;
	struct store *store;
	struct watch *watch;

	if (argc != 2 || settings_read(argv[1], &settings) != 0)
		return EXIT_FAILURE;
	insist(store_open(&settings, STORE_READ, &store), "open");
	insist(worker_shared_init(&shared), "share");
	insist(rules_new(&settings, NULL, &rules), "rules");
	worker_set_rules(&shared, rules);
	insist(worker_init(&table, store, &shared), "worker");
	insist(worker_init(&indexed, store, &shared), "worker");
	insist(watch_start(store, -1, &watch), "index");
	lookup_use_index(&indexed.lookup, watch_index(watch));
	read_listed(store);
	do {
		index_figures(watch_index(watch), &figures);
	} while (!figures.ready);
	measure(&table, &indexed);

	worker_deinit(&indexed);
	worker_deinit(&table);
	watch_stop(watch);
	worker_shared_deinit(&shared);
	rules_release(rules);
	store_close(store);
	settings_free(&settings);
	free(listed);
	return EXIT_SUCCESS;
}
