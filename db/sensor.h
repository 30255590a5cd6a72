#ifndef DB_SENSOR_H
#define DB_SENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/store.h"

/*
 * Machines that report, by number; 0 is this one with its own feeds. Nobody
 * knows yet what a new one is worth: for its first days what it sees counts a
 * part (policy.quarantine_weight) and bears nobody else out. The first that
 * ever reported is exempt, since there would be no list without it.
 */

/*
 * Is the sensor in quarantine at `now`? Its first report starts that. 1, 0,
 * or a negative code.
 */
int sensor_quarantined(
    struct store_txn *txn, uint32_t sensor, int64_t now, int64_t seconds);

/* --- what they have sent -------------------------------------------------- */

struct sensor {
	uint32_t number;
	bool first;	   /* exempt from quarantine */
	int64_t since;	   /* its first report; 0: none came, or it is exempt */
	int64_t last_at;   /* of the evidence that is kept; 0 none */
	uint64_t evidence; /* pieces of it */
	uint64_t lately;   /* of the last SENSOR_LATELY_SECONDS */
};
#define SENSOR_LATELY_SECONDS 86400

/* What is known of one beside its evidence; of a stranger, nothing. */
int sensor_get(struct store_txn *txn, uint32_t number, struct sensor *sensor);

/* When its quarantine of so many seconds ends; 0: it has ended, or had none. */
int64_t sensor_quarantine_until(
    const struct sensor *sensor, int64_t seconds, int64_t now);
/* "local", "silent", "first", "quarantine" or "trusted". */
const char *sensor_state_name(
    const struct sensor *sensor, int64_t quarantine_seconds, int64_t now);

/* More than anybody runs; evidence of further ones is left out. */
#define SENSORS_MAX 1024
struct sensors {
	int64_t now;
	struct sensor *list; /* by number, after _finish */
	size_t count, last;  /* which came last: it comes again */
	uint64_t left_out;   /* pieces of evidence */
	uint64_t read;	     /* all of them, so far */
	uint64_t next_id;
};
int sensors_init(struct sensors *sensors, int64_t now);
void sensors_deinit(struct sensors *sensors);
/*
 * Reads evidence until the clock reaches `deadline_ms`: 1, there is more: renew
 * the transaction and go on; 0, that was all; or a negative code.
 */
int sensors_read(
    struct store_txn *txn, struct sensors *sensors, int64_t deadline_ms);
/* One that may have sent nothing yet. */
void sensors_know(struct sensors *sensors, uint32_t number);
/* Once all is read. */
int sensors_finish(struct store_txn *txn, struct sensors *sensors);

#endif
