#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "db/store.h"

/*
 * hold CONFIG writer|reader: takes its turn as the one writer of the database,
 * or looks at it as it is now; says "held", and goes on until its standard
 * input ends.
 */
static void
hold(struct store_txn *txn)
{
	char c;

	puts("held");
	fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		continue;
	store_abort(txn);
}

int
main(int argc, char *argv[])
{
	struct settings settings;
	struct store *store;
	struct store_txn *txn;
	int code;

	log_open("hold", LOG_LEVEL_WARNING);
	if (argc != 3 || settings_read(argv[1], &settings) != 0)
		return EXIT_FAILURE;
	if (store_open(&settings, STORE_WRITE, &store) != 0)
		return EXIT_FAILURE;
	code = strcmp(argv[2], "writer") == 0 ? store_begin_write(store, &txn)
					      : store_begin_read(store, &txn);
	if (code == 0)
		hold(txn);
	store_close(store);
	settings_free(&settings);
	return code == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
