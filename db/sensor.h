#ifndef DB_SENSOR_H
#define DB_SENSOR_H

#include <stdbool.h>
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

#endif
