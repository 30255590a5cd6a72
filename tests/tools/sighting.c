#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"
#include "db/meta.h"
#include "db/record.h"
#include "db/trap.h"

/*
 * sighting CONFIG < LINES: records sightings as ingest does, at times of the
 * tester's choice. A line is
 *
 *	ADDRESS KIND SECONDS_AGO TRAP CAUSE
 *
 * with a number or a pattern for the trap, and "-" for no cause. Behind it may
 * stand sensor=NUMBER, campaign=HEXADECIMAL, software=WORD, mta=WORD,
 * status=WORD, signs=WORD, flag=submission, flag=hour: the campaign is the
 * trap's of that hour, as where the content is not known. All is one
 * transaction.
 */

/* Which one does not matter: hours are told apart. */
static const uint8_t hour_key[META_KEY_LEN];

static int
read_trap(struct store_txn *txn, const char *text, uint64_t *trap)
{
	if (strchr(text, '@') != NULL)
		return trap_id_of(txn, text, trap);
	*trap = strtoull(text, NULL, 10);
	return 0;
}

static int
read_more(const char *word, struct evidence *evidence)
{
	unsigned long long campaign;

	if (sscanf(word, "sensor=%" SCNu32, &evidence->sensor) == 1 ||
	    sscanf(word, "software=%63s", evidence->software) == 1 ||
	    sscanf(word, "mta=%63s", evidence->reporting_mta) == 1 ||
	    sscanf(word, "status=%15s", evidence->status) == 1 ||
	    sscanf(word, "signs=%63s", evidence->signs) == 1)
		return 0;
	if (strcmp(word, "flag=submission") == 0) {
		evidence->flags |= EVIDENCE_SUBMISSION;
		return 0;
	}
	if (strcmp(word, "flag=hour") == 0) {
		evidence->campaign = evidence_hash_hour(evidence, hour_key);
		return 0;
	}
	if (sscanf(word, "campaign=%llx", &campaign) != 1)
		return ERROR_FORMAT;
	evidence->campaign = campaign;
	evidence->flags |= EVIDENCE_FINGERPRINTED;
	return 0;
}

static int
read_sighting(struct store_txn *txn, const char *line, int64_t now,
    struct evidence *evidence)
{
	char address[64], kind[32], trap[300], cause[32], word[80];
	long long ago;
	int used, code;

	memset(evidence, 0, sizeof(*evidence));
	if (sscanf(line, "%63s %31s %lld %299s %31s%n", address, kind, &ago,
		trap, cause, &used) != 5 ||
	    ipaddr_parse(address, &evidence->address) != 0)
		return ERROR_FORMAT;
	evidence->kind = backscatter_parse(kind);
	if (evidence->kind == BACKSCATTER_KIND_COUNT)
		return ERROR_FORMAT;
	evidence->grade = GRADE_A;
	evidence->seen_at = now - ago;
	code = read_trap(txn, trap, &evidence->trap);
	evidence->campaign = evidence->trap;
	if (strcmp(cause, "-") != 0)
		memcpy(evidence->cause, cause, sizeof(cause));
	line += used;
	while (code == 0 && sscanf(line, " %79s%n", word, &used) == 1) {
		code = read_more(word, evidence);
		line += used;
	}
	return code;
}

static int
record_all(struct store_txn *txn, const struct recorder_rules *rules)
{
	int64_t now = clock_seconds();
	struct evidence evidence;
	char line[512];
	int code = 0;

	while (code == 0 && fgets(line, sizeof(line), stdin) != NULL) {
		code = read_sighting(txn, line, now, &evidence);
		if (code == 0)
			code = record_evidence(txn, rules, &evidence, now);
	}
	return code;
}

static int
record_in(struct store *store, const struct recorder_rules *rules)
{
	struct store_txn *txn;
	int code = store_begin_write(store, &txn);

	if (code != 0)
		return code;
	code = record_all(txn, rules);
	if (code == 0)
		return store_commit(txn);
	store_abort(txn);
	return code;
}

int
main(int argc, char *argv[])
{
	struct settings settings;
	struct recorder_rules rules;
	struct store *store;
	int code;

	log_open("sighting", LOG_LEVEL_NOTICE);
	if (argc != 2 || settings_read(argv[1], &settings) != 0)
		return EXIT_FAILURE;
	if (recorder_rules_init(&rules, &settings, "test") != 0 ||
	    store_open(&settings, STORE_WRITE, &store) != 0)
		return EXIT_FAILURE;
	code = record_in(store, &rules);
	if (code != 0)
		log_error("not_recorded reason=\"%s\"", error_text(code));
	store_close(store);
	recorder_rules_deinit(&rules);
	settings_free(&settings);
	return code == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
