#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/error.h"
#include "common/log.h"
#include "db/evidence.h"

/*
 * evidence_list CONFIG: each sighting in the database, oldest first, a line of
 * id, address, kind, grade, flags, trap, HELO name, reverse path, diagnostic
 * text and signs, with tabs between them.
 */
static void
print_text(const char *text)
{
	putchar('\t');
	for (; *text != '\0'; text++)
		putchar((unsigned char)*text < ' ' ? ' ' : *text);
}

static void
print(const struct evidence *evidence)
{
	char address[IPADDR_TEXT_MAX];

	printf("%" PRIu64 "\t%s\t%s\t%c\t%u\t%" PRIx64, evidence->id,
	    ipaddr_format(&evidence->address, address),
	    backscatter_name(evidence->kind),
	    proof_grade_letter(evidence->grade), (unsigned)evidence->flags,
	    evidence->trap);
	print_text(evidence->helo);
	print_text(evidence->reverse_path);
	print_text(evidence->diagnostic);
	print_text(evidence->signs);
	putchar('\n');
}

static int
list(struct store_txn *txn)
{
	struct store_cursor *cursor;
	struct octets key, value;
	int code = store_cursor_open(txn, TABLE_EVIDENCE, &cursor);

	if (code != 0)
		return code;
	code = store_move(cursor, STORE_FIRST, &key, &value);
	while (code == 0) {
		static struct evidence evidence;
		uint64_t id = 0;

		for (size_t i = 0; i < key.len; i++)
			id = id << 8 | ((const uint8_t *)key.data)[i];
		code = evidence_decode(id, value, &evidence);
		if (code == 0) {
			print(&evidence);
			code = store_move(cursor, STORE_NEXT, &key, &value);
		}
	}
	store_cursor_close(cursor);
	return code == ERROR_NOT_FOUND ? 0 : code;
}

int
main(int argc, char *argv[])
{
	struct settings settings;
	struct store *store;
	struct store_txn *txn;
	int code = EXIT_FAILURE;

	log_open("evidence_list", LOG_LEVEL_WARNING);
	if (argc != 2 || settings_read(argv[1], &settings) != 0)
		return EXIT_FAILURE;
	if (store_open(&settings, STORE_READ, &store) != 0)
		return EXIT_FAILURE;
	if (store_begin_read(store, &txn) == 0) {
		code = list(txn);
		store_abort(txn);
	}
	store_close(store);
	settings_free(&settings);
	return code == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
