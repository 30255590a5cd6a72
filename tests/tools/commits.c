#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "db/record.h"

/*
 * commits CONFIG JOURNAL COUNT: changes the database, one transaction after
 * the other - evidence that lists, listings by hand, removals, sweeps - and
 * adds to the journal of tests/shim/disk.c that it was told so: a record of
 * type 'A' whose offset is the change's number. The evidence of number n has
 * the HELO name "m-n-".
 */
struct told {
	uint64_t offset;
	uint32_t len, type;
};

static int
record_one(struct store_txn *txn, const struct recorder_rules *rules,
    unsigned number, int64_t now)
{
	struct evidence evidence = { .kind = BACKSCATTER_DSN,
		.grade = GRADE_A,
		.trap = 1 + number % 3,
		.campaign = 1 + number % 5,
		.original = 1000 + number,
		.digest = 1000 + number };
	int code;

	evidence.address =
	    ipaddr_from_ipv4(UINT32_C(0xc6120000) + number % 700);
	snprintf(evidence.helo, sizeof(evidence.helo), "m-%u-", number);
	memset(evidence.diagnostic, 'x', number % EVIDENCE_TEXT_MAX);
	code = record_evidence(txn, rules, &evidence, now);
	return code == ERROR_EXISTS ? 0 : code;
}

static int
act_by_hand(struct store_txn *txn, const struct recorder_rules *rules,
    unsigned number, int64_t now)
{
	struct ipprefix prefix = { .length = 128 };
	int code;

	prefix.address =
	    ipaddr_from_ipv4(UINT32_C(0xc6130000) + number / 2 % 50);
	if (number % 2 == 0)
		return record_manual(
		    txn, rules, &prefix, "test", now + 86400, now, NULL);
	code = record_removal(txn, rules, &prefix, "", now);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

static int
change(struct store *store, const struct recorder_rules *rules, unsigned number)
{
	int64_t now = clock_seconds();
	struct store_txn *txn;
	int code = store_begin_write(store, &txn);

	if (code != 0)
		return code;
	code = record_one(txn, rules, number, now);
	if (code == 0 && number % 3 == 0)
		code = act_by_hand(txn, rules, number, now);
	if (code == 0 && number % 7 == 0)
		code = record_sweep(txn, rules, now, 10);
	if (code >= 0)
		return store_commit(txn);
	store_abort(txn);
	return code;
}

static int
change_all(struct store *store, const struct recorder_rules *rules, int journal,
    unsigned count)
{
	int code = 0;

	for (unsigned number = 1; code == 0 && number <= count; number++) {
		struct told told = { .offset = number, .type = 'A' };

		code = change(store, rules, number);
		if (code == 0 &&
		    write(journal, &told, sizeof(told)) != sizeof(told))
			code = -1;
	}
	return code;
}

int
main(int argc, char *argv[])
{
	struct settings settings;
	struct recorder_rules rules;
	struct store *store;
	int code, journal;

	log_open("commits", LOG_LEVEL_ERROR);
	if (argc != 4 || settings_read(argv[1], &settings) != 0)
		return EXIT_FAILURE;
	journal = open(argv[2], O_WRONLY | O_APPEND | O_CREAT, 0666);
	if (journal < 0 ||
	    recorder_rules_init(&rules, &settings, "test") != 0 ||
	    store_open(&settings, STORE_WRITE, &store) != 0)
		return EXIT_FAILURE;
	code = change_all(
	    store, &rules, journal, (unsigned)strtoul(argv[3], NULL, 10));
	if (code != 0)
		log_error("not_recorded reason=\"%s\"", error_text(code));
	store_close(store);
	recorder_rules_deinit(&rules);
	settings_free(&settings);
	close(journal);
	return code == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
