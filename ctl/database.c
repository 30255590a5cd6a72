#include <inttypes.h>
#include <stdio.h>

#include "ctl/verb.h"
#include "db/audit.h"
#include "db/dname.h"
#include "db/meta.h"
#include "db/told.h"
#include "db/zonedata.h"

/* --- the zone's settings in force ----------------------------------------- */

/* What the transaction left: the zone's name and version. */
struct zone_now {
	char origin[DNAME_TEXT_MAX];
	struct zone_version version;
};

static int
apply(struct ctl *ctl, struct store_txn *txn, const struct zone_settings *zone,
    struct zone_now *now)
{
	struct zone_version before;
	int error = meta_zone_version(txn, &before);

	dname_format(zone->origin, now->origin);
	if (error == 0)
		error = zone_settings_apply(txn, zone, ctl->now);
	if (error == 0)
		error = meta_zone_version(txn, &now->version);
	if (error == 0 && now->version.serial != before.serial)
		error = audit_add(txn, ctl->now, ctl->who, "zone_applied", "",
		    "zone=%s serial=%" PRIu32, now->origin,
		    now->version.serial);
	return error;
}

static json_t *
zone_json(const struct zone_now *now, bool changed)
{
	return json_pack("{s:s, s:I, s:b}", "zone", now->origin, "serial",
	    (json_int_t)now->version.serial, "changed", changed);
}

int
verb_init(struct ctl *ctl, int count, char *words[])
{
	static struct zone_settings zone;
	struct store_txn *txn;
	struct zone_now now = { 0 };
	int error, status;

	(void)count;
	(void)words;
	if (zone_settings_from(&ctl->settings, &zone) != 0)
		return CTL_DATABASE;
	status = ctl_open(ctl, STORE_CREATE);
	if (status != CTL_OK)
		return status;
	error = ctl_begin_write(ctl, &txn);
	if (error == 0) {
		error = meta_create(txn, ctl->now);
		if (error == 0)
			error = apply(ctl, txn, &zone, &now);
		error = ctl_end_write(txn, error);
	}
	if (error != 0)
		return ctl_fail(error, "cannot fill the new database");
	if (!ctl->json)
		printf("made %s with the zone %s, serial %" PRIu32 "\n"
		       "next: bsblctl trap add @DOMAIN\n",
		    ctl->settings.database.path, now.origin,
		    now.version.serial);
	return ctl_finish(ctl, zone_json(&now, true));
}

int
verb_zone_apply(struct ctl *ctl, int count, char *words[])
{
	static struct zone_settings zone;
	struct zone_version before = { 0 };
	struct store_txn *txn;
	struct zone_now now = { 0 };
	int error, status;
	bool changed;

	(void)count;
	(void)words;
	if (zone_settings_from(&ctl->settings, &zone) != 0)
		return CTL_DATABASE;
	status = ctl_open(ctl, STORE_WRITE);
	if (status != CTL_OK)
		return status;
	error = ctl_begin_write(ctl, &txn);
	if (error == 0) {
		error = meta_zone_version(txn, &before);
		if (error == 0)
			error = apply(ctl, txn, &zone, &now);
		error = ctl_end_write(txn, error);
	}
	if (error != 0)
		return ctl_fail(error, "cannot put the zone in force");
	changed = now.version.serial != before.serial;
	if (!ctl->json)
		printf("%s zone %s, serial %" PRIu32 "\n",
		    changed ? "in force:" : "nothing to change:", now.origin,
		    now.version.serial);
	return ctl_finish(ctl, zone_json(&now, changed));
}

/* --- stats ---------------------------------------------------------------- */

static json_t *
stats_json(const struct store_stat *stat, const struct zone_now *now)
{
	const struct {
		const char *name;
		uint64_t value;
	} numbers[] = {
		{ "serial", now->version.serial },
		{ "map_bytes", stat->map_bytes },
		{ "used_bytes", stat->used_bytes },
		{ "file_bytes", stat->file_bytes },
		{ "disk_free_bytes", stat->disk_free_bytes },
		{ "last_transaction", stat->last_txn_id },
		{ "readers", stat->readers },
		{ "readers_at_most", stat->max_readers },
		{ "reader_lag",
		    stat->last_txn_id - stat->oldest_reader_txn_id },
	};
	json_t *answer = json_pack("{s:s}", "zone", now->origin);
	char lineage[17];

	/* All 64 bits: a JSON number would round them. */
	snprintf(lineage, sizeof(lineage), "%016" PRIx64, now->version.lineage);
	json_object_set_new(answer, "lineage", json_string(lineage));
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		json_object_set_new(answer, numbers[i].name,
		    json_integer((json_int_t)numbers[i].value));
	json_object_set_new(answer, "records", told_tables(stat));
	return answer;
}

static void
print_stats(const json_t *answer)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)answer, name, value)
	{
		if (json_is_string(value))
			printf("%-20s %s\n", name, json_string_value(value));
		else if (json_is_integer(value))
			printf("%-20s %" JSON_INTEGER_FORMAT "\n", name,
			    json_integer_value(value));
		else
			print_stats(value);
	}
}

static int
read_zone(struct ctl *ctl, struct store_txn *txn, void *context)
{
	static struct zone_settings zone;
	struct zone_now *now = context;
	int error = meta_zone_version(txn, &now->version);

	(void)ctl;
	if (error == 0)
		error = zone_settings_get(txn, &zone);
	if (error == 0)
		dname_format(zone.origin, now->origin);
	return error;
}

int
verb_stats(struct ctl *ctl, int count, char *words[])
{
	struct store_stat stat;
	struct zone_now now = { 0 };
	json_t *answer;
	int error, status = ctl_open(ctl, STORE_READ);

	(void)count;
	(void)words;
	if (status != CTL_OK)
		return status;
	error = ctl_look(ctl, read_zone, &now);
	if (error == 0)
		error = store_stat(ctl->store, &stat);
	if (error != 0)
		return ctl_fail(error, "cannot read the database");
	answer = stats_json(&stat, &now);
	if (!ctl->json)
		print_stats(answer);
	return ctl_finish(ctl, answer);
}
