#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/settings.h"
#include "db/zonedata.h"

/*
 * Puts entries into the published zone without the rest of the service:
 *
 *	zone_fill CONFIG make           a new database with the zone in force
 *	zone_fill CONFIG many N         the addresses 1..N of a fixed sequence
 *	zone_fill CONFIG addresses FILE the addresses of a file, which has them
 *	                                as numbers of 32 bits
 *	zone_fill CONFIG units FILE     or the first halves of IPv6 addresses,
 *	                                64 bits, as this machine has them
 *	zone_fill CONFIG put ADDRESS LIST CODES
 *	                                and prints when it was there
 *	zone_fill CONFIG take ADDRESS LIST
 *	                                the same
 *	zone_fill CONFIG churn SECONDS  small changes one after another
 *	zone_fill CONFIG trim SERIAL    the journal forgets what led up to it
 *	zone_fill CONFIG stat           transactions, readers, size of the file
 *	zone_fill CONFIG format N       makes it a database of format N
 *
 * CODES is the set as a number; times are of the monotonic clock, in
 * microseconds.
 */

static struct store *store;
static struct store_txn *txn;

static void
insist(int code, const char *doing)
{
	if (code == 0)
		return;
	fprintf(stderr, "zone_fill: %s: %s\n", doing, error_text(code));
	exit(EXIT_FAILURE);
}

static void
print_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	printf("%" PRId64 "\n",
	    (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
}

static enum sublist
list_named(const char *label)
{
	for (int i = 0; i < SUBLIST_COUNT; i++) {
		if (strcmp(sublists[i].label, label) == 0)
			return (enum sublist)i;
	}
	insist(ERROR_NOT_FOUND, label);
	return SUBLIST_MAIN;
}

static struct octets
entry_record(uint16_t codes, uint8_t record[ZONE_ENTRY_RECORD_LEN])
{
	const struct zone_entry entry = { .codes = codes,
		.kinds = BACKSCATTER_BIT(BACKSCATTER_DSN),
		.seen_day = 20000 };

	zonedata_encode_entry(&entry, record);
	return OCTETS(record, ZONE_ENTRY_RECORD_LEN);
}

static void
unit_key(const char *address, const char *list, struct zonekey *key)
{
	struct ipaddr unit;

	insist(ipaddr_parse(address, &unit), address);
	if (!ipaddr_is_ipv4(&unit))
		unit = ipaddr_masked(&unit, 64);
	zonekey_of_unit(list_named(list), &unit, key);
}

static void
make(const struct settings *settings)
{
	static struct zone_settings zone;

	insist(zone_settings_from(settings, &zone), "settings");
	insist(store_begin_write(store, &txn), "begin");
	insist(meta_create(txn, clock_seconds()), "create");
	insist(zone_settings_apply(txn, &zone, clock_seconds()), "apply");
	insist(store_commit(txn), "commit");
}

/* --- many at once --------------------------------------------------------- */

/* Not journalled, so only for programs that begin afterwards. */
#define COMMIT_EVERY 200000

static uint32_t bulk_count;

static void
bulk_begin(void)
{
	insist(store_begin_write(store, &txn), "begin");
	bulk_count = 0;
}

static void
bulk_put(const struct ipaddr *unit, struct octets value)
{
	struct zonekey key;

	zonekey_of_unit(SUBLIST_MAIN, unit, &key);
	insist(store_put(txn, TABLE_ZONE, OCTETS(key.octets, key.len), value),
	    "put");
	if (++bulk_count < COMMIT_EVERY)
		return;
	insist(store_commit(txn), "commit");
	bulk_begin();
}

static void
many(uint32_t count)
{
	uint8_t record[ZONE_ENTRY_RECORD_LEN];
	struct octets value = entry_record(CODE_BIT(2) | CODE_BIT(3), record);

	bulk_begin();
	for (uint32_t i = 1; i <= count; i++) {
		/* An odd factor: no address comes twice. */
		struct ipaddr address = ipaddr_from_ipv4(i * 2654435761u);

		bulk_put(&address, value);
	}
	insist(store_commit(txn), "commit");
}

static struct ipaddr
unit_of(uint64_t number)
{
	struct ipaddr unit = { { 0 } };

	for (unsigned i = 0; i < 8; i++)
		unit.octets[i] = (uint8_t)(number >> (56 - 8 * i));
	return unit;
}

static void
many_of(const char *path, size_t size)
{
	uint8_t record[ZONE_ENTRY_RECORD_LEN];
	struct octets value = entry_record(CODE_BIT(2), record);
	FILE *file = fopen(path, "rb");
	uint64_t number = 0; /* of which this machine fills the lower half */

	insist(file != NULL ? 0 : -errno, path);
	bulk_begin();
	while (fread(&number, size, 1, file) == 1) {
		struct ipaddr unit = size == sizeof(uint32_t)
					 ? ipaddr_from_ipv4((uint32_t)number)
					 : unit_of(number);

		bulk_put(&unit, value);
	}
	insist(store_commit(txn), "commit");
	fclose(file);
}

/* About 25 ms of work, as bsblctl's import does. */
#define IMPORT_EVERY 4000

static int
compare_numbers(const void *a, const void *b)
{
	uint32_t first = *(const uint32_t *)a, second = *(const uint32_t *)b;

	return (first > second) - (first < second);
}

/* In order, which writes each page once; returns how many there are. */
static size_t
read_sorted(const char *path, uint32_t **addresses)
{
	FILE *file = fopen(path, "rb");
	size_t count;

	insist(file != NULL ? 0 : -errno, path);
	fseek(file, 0, SEEK_END);
	count = (size_t)ftell(file) / sizeof(**addresses);
	rewind(file);
	*addresses = calloc(count, sizeof(**addresses));
	insist(*addresses != NULL ? 0 : -ENOMEM, path);
	count = fread(*addresses, sizeof(**addresses), count, file);
	fclose(file);
	qsort(*addresses, count, sizeof(**addresses), compare_numbers);
	return count;
}

static void
import(const char *path)
{
	uint8_t record[ZONE_ENTRY_RECORD_LEN];
	struct octets value = entry_record(CODE_BIT(2), record);
	uint32_t *addresses;
	size_t count = read_sorted(path, &addresses);

	insist(store_begin_write(store, &txn), "begin");
	for (size_t i = 0; i < count; i++) {
		struct ipaddr unit = ipaddr_from_ipv4(addresses[i]);
		struct zonekey key;

		zonekey_of_unit(SUBLIST_MAIN, &unit, &key);
		insist(zonedata_put(txn, &key, value, clock_seconds()), "put");
		if (i % IMPORT_EVERY != IMPORT_EVERY - 1)
			continue;
		insist(store_commit(txn), "commit");
		insist(store_begin_write(store, &txn), "begin");
	}
	insist(store_commit(txn), "commit");
	free(addresses);
}

/* --- one at a time -------------------------------------------------------- */

static void
put(const char *address, const char *list, uint16_t codes)
{
	uint8_t record[ZONE_ENTRY_RECORD_LEN];
	struct zonekey key;

	unit_key(address, list, &key);
	insist(store_begin_write(store, &txn), "begin");
	if (codes != 0)
		insist(zonedata_put(txn, &key, entry_record(codes, record),
			   clock_seconds()),
		    "put");
	else
		insist(zonedata_remove(txn, &key, clock_seconds()), "remove");
	insist(store_commit(txn), "commit");
	print_time();
}

static void
churn(long seconds)
{
	int64_t end = clock_monotonic_ms() + seconds * 1000;
	uint8_t record[ZONE_ENTRY_RECORD_LEN];
	unsigned commits = 0;

	while (clock_monotonic_ms() < end) {
		struct ipaddr address =
		    ipaddr_from_ipv4(0xc6336400 | (commits & 255));
		struct zonekey key;

		zonekey_of_unit(SUBLIST_MAIN, &address, &key);
		insist(store_begin_write(store, &txn), "begin");
		insist(zonedata_put(txn, &key,
			   entry_record((uint16_t)(4 << (commits & 7)), record),
			   clock_seconds()),
		    "put");
		insist(store_commit(txn), "commit");
		commits++;
	}
	printf("%u\n", commits);
}

static void
update(uint32_t n)
{
	struct ipaddr address = ipaddr_from_ipv4(n / 2 % (1 << 24));
	uint8_t record[ZONE_ENTRY_RECORD_LEN];
	struct zonekey key;

	zonekey_of_unit(SUBLIST_MAIN, &address, &key);
	insist(store_begin_write(store, &txn), "begin");
	if (n % 2 == 0)
		insist(zonedata_put(txn, &key,
			   entry_record(CODE_BIT(2), record), clock_seconds()),
		    "put");
	else
		insist(zonedata_remove(txn, &key, clock_seconds()), "remove");
	insist(store_commit(txn), "commit");
}

static void
updates(long rate, long seconds)
{
	int64_t began_ms = clock_monotonic_ms();

	for (uint32_t n = 0; n < rate * seconds; n++) {
		int64_t wait_ms =
		    began_ms + n * 1000 / rate - clock_monotonic_ms();

		if (wait_ms > 0)
			usleep((useconds_t)wait_ms * 1000);
		update(n);
	}
}

static void
set_format(uint8_t format)
{
	const uint8_t value[] = { 0, 0, 0, format };

	insist(store_begin_write(store, &txn), "begin");
	insist(store_put(txn, TABLE_META,
		   OCTETS(STORE_FORMAT_KEY, sizeof(STORE_FORMAT_KEY) - 1),
		   OCTETS(value, sizeof(value))),
	    "put");
	insist(store_commit(txn), "commit");
}

/* All that led up to this serial, with it. */
static void
trim(uint32_t serial)
{
	int dropped;

	insist(store_begin_write(store, &txn), "begin");
	dropped = zonedata_journal_trim(txn, serial + 1, UINT32_MAX);
	insist(dropped < 0 ? dropped : 0, "trim");
	insist(store_commit(txn), "commit");
}

static void
print_stat(void)
{
	struct store_stat stat;

	insist(store_stat(store, &stat), "stat");
	printf("last=%" PRIu64 " oldest=%" PRIu64 " readers=%u file=%" PRIu64
	       "\n",
	    stat.last_txn_id, stat.oldest_reader_txn_id, stat.readers,
	    stat.file_bytes);
}

static int
run(int count, char *words[], const struct settings *settings)
{
	const char *verb = words[0];

	if (strcmp(verb, "make") == 0)
		make(settings);
	else if (strcmp(verb, "many") == 0 && count == 2)
		many((uint32_t)strtoul(words[1], NULL, 10));
	else if (strcmp(verb, "addresses") == 0 && count == 2)
		many_of(words[1], sizeof(uint32_t));
	else if (strcmp(verb, "units") == 0 && count == 2)
		many_of(words[1], sizeof(uint64_t));
	else if (strcmp(verb, "import") == 0 && count == 2)
		import(words[1]);
	else if (strcmp(verb, "updates") == 0 && count == 3)
		updates(strtol(words[1], NULL, 10), strtol(words[2], NULL, 10));
	else if (strcmp(verb, "put") == 0 && count == 4)
		put(words[1], words[2], (uint16_t)strtoul(words[3], NULL, 0));
	else if (strcmp(verb, "take") == 0 && count == 3)
		put(words[1], words[2], 0);
	else if (strcmp(verb, "churn") == 0 && count == 2)
		churn(strtol(words[1], NULL, 10));
	else if (strcmp(verb, "format") == 0 && count == 2)
		set_format((uint8_t)strtoul(words[1], NULL, 10));
	else if (strcmp(verb, "trim") == 0 && count == 2)
		trim((uint32_t)strtoul(words[1], NULL, 10));
	else if (strcmp(verb, "stat") == 0)
		print_stat();
	else
		return EXIT_FAILURE;
	return EXIT_SUCCESS;
}

int
main(int argc, char *argv[])
{
	struct settings settings = { 0 };
	enum store_mode mode = STORE_WRITE;
	int status;

	if (argc < 3 || settings_read(argv[1], &settings) != 0)
		return EXIT_FAILURE;
	if (strcmp(argv[2], "make") == 0)
		mode = STORE_CREATE;
	insist(store_open(&settings, mode, &store), "open");
	status = run(argc - 2, argv + 2, &settings);
	store_close(store);
	settings_free(&settings);
	return status;
}
