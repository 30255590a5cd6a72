#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "db/campaign_facts.h"
#include "db/sensor.h"
#include "tests/support/test_record.h"

static struct test_record record;

static int
open_record(void **state)
{
	(void)state;
	test_record_open(&record, "small");
	return 0;
}

static int
close_record(void **state)
{
	(void)state;
	test_record_close(&record);
	return 0;
}

static void
see_by(uint32_t sensor, const char *address, uint64_t campaign)
{
	struct evidence evidence = bounce(&record, address, 1);

	evidence.sensor = sensor;
	evidence.campaign = campaign;
	evidence.flags = EVIDENCE_FINGERPRINTED;
	assert_int_equal(put(&record, evidence), 0);
}

/* --- sensors -------------------------------------------------------------- */

static struct sensors
read_sensors(void)
{
	struct store_txn *txn = begin(&record);
	struct sensors sensors;

	assert_int_equal(sensors_init(&sensors, record.now), 0);
	assert_int_equal(sensors_read(txn, &sensors, INT64_MAX), 0);
	assert_int_equal(sensors_finish(txn, &sensors), 0);
	store_abort(txn);
	return sensors;
}

static void
one_that_was_silent_so_far_is_known(void **state)
{
	struct store_txn *txn = begin(&record);
	struct sensors sensors;

	(void)state;
	assert_int_equal(sensors_init(&sensors, record.now), 0);
	sensors_know(&sensors, 9);
	sensors_know(&sensors, 0);
	sensors_know(&sensors, 9);
	assert_int_equal(sensors_finish(txn, &sensors), 0);
	assert_int_equal(sensors.count, 2);
	assert_int_equal(sensors.list[1].number, 9);
	assert_int_equal(sensors.list[1].evidence, 0);
	store_abort(txn);
	sensors_deinit(&sensors);
}

static void
a_sensor_is_trusted_after_its_quarantine(void **state)
{
	static const struct {
		struct sensor sensor;
		const char *state;
		int64_t until;
	} cases[] = {
		{ { .number = 0 }, "local", 0 },
		{ { .number = 4 }, "silent", 0 },
		{ { .number = 4, .since = 90, .first = true }, "first", 0 },
		{ { .number = 4, .since = 1 }, "quarantine", 101 },
		{ { .number = 4, .since = -1 }, "trusted", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct sensor *sensor = &cases[i].sensor;

		assert_string_equal(
		    sensor_state_name(sensor, 100, 100), cases[i].state);
		assert_int_equal(
		    sensor_quarantine_until(sensor, 100, 100), cases[i].until);
	}
}

static void
tells_what_each_has_sent(void **state)
{
	struct sensors sensors;

	(void)state;
	see_by(9, "192.0.2.1", 1);
	record.now += 2 * DAY;
	see_by(7, "192.0.2.2", 1);
	see_by(0, "192.0.2.3", 1);
	see_by(9, "192.0.2.4", 1);
	see_by(9, "192.0.2.5", 1);
	sensors = read_sensors();
	assert_int_equal(sensors.count, 3);
	assert_int_equal(sensors.list[0].number, 0);
	assert_int_equal(sensors.list[0].evidence, 1);
	assert_int_equal(sensors.list[0].since, 0);
	assert_int_equal(sensors.list[1].number, 7);
	assert_false(sensors.list[1].first);
	assert_int_equal(sensors.list[1].since, record.now);
	assert_int_equal(sensors.list[2].number, 9);
	assert_true(sensors.list[2].first);
	assert_int_equal(sensors.list[2].since, record.now - 2 * DAY);
	assert_int_equal(sensors.list[2].evidence, 3);
	assert_int_equal(sensors.list[2].lately, 2);
	assert_int_equal(sensors.list[2].last_at, record.now);
	sensors_deinit(&sensors);
}

static void
more_sensors_than_there_is_room_for_are_left_out(void **state)
{
	struct sensors sensors;

	(void)state;
	for (uint32_t i = 0; i < SENSORS_MAX + 2; i++)
		see_by(i, "192.0.2.1", 1);
	sensors = read_sensors();
	assert_int_equal(sensors.count, SENSORS_MAX);
	assert_int_equal(sensors.left_out, 2);
	sensors_deinit(&sensors);
}

static void
a_stranger_is_known_by_nothing(void **state)
{
	struct store_txn *txn = begin(&record);
	struct sensor sensor = { .number = 0 };

	(void)state;
	assert_int_equal(sensor_get(txn, 5, &sensor), 0);
	assert_int_equal(sensor.number, 5);
	assert_false(sensor.first);
	assert_int_equal(sensor.since, 0);
	store_abort(txn);
}

/* --- campaigns ------------------------------------------------------------ */

static void
see_two_campaigns(void)
{
	see_by(0, "192.0.2.1", 77);
	see_by(0, "192.0.2.2", 77);
	see_by(0, "198.18.0.1", 77);
	see_by(0, "2001:db8::1", 77);
	see_by(0, "2001:db8:0:1::1", 77);
	see_by(0, "192.0.2.1", 78);
	see_by(0, "192.0.2.1", 78);
}

static void
counts_servers_and_their_networks(void **state)
{
	struct campaigns campaigns;
	struct store_txn *txn;

	(void)state;
	see_two_campaigns();
	txn = begin(&record);
	campaigns_init(&campaigns, 0, record.now + 1);
	assert_int_equal(campaigns_read(txn, &campaigns, INT64_MAX), 0);
	campaigns_finish(&campaigns);
	store_abort(txn);
	assert_int_equal(campaigns.count, 2);
	assert_int_equal(campaigns.list[0].id, 77);
	assert_int_equal(campaigns.list[0].servers, 5);
	assert_int_equal(campaigns.list[0].networks, 3);
	assert_int_equal(campaigns.list[1].servers, 1);
	assert_int_equal(campaigns.list[1].networks, 1);
	assert_int_equal(campaigns.list[1].sightings, 2);
	campaigns_deinit(&campaigns);
}

/* In steps of one piece of evidence, as where there are many. */
static void
tells_all_of_one_step_by_step(void **state)
{
	struct campaign_facts facts;
	struct store_txn *txn;
	int more = 1, steps = 0;

	(void)state;
	see_two_campaigns();
	txn = begin(&record);
	campaign_facts_init(&facts, 77);
	for (; more == 1; steps++)
		more = campaign_facts_read(txn, &facts, 0);
	assert_int_equal(more, 0);
	assert_true(steps > 5);
	assert_int_equal(facts.campaign.sightings, 5);
	assert_int_equal(facts.campaign.servers, 5);
	assert_int_equal(facts.campaign.networks, 3);
	assert_int_equal(facts.sample_count, CAMPAIGN_SAMPLES);
	campaign_facts_deinit(&facts);
	store_abort(txn);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, open_record, close_record)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_that_was_silent_so_far_is_known),
		TEST(a_sensor_is_trusted_after_its_quarantine),
		TEST(tells_what_each_has_sent),
		TEST(more_sensors_than_there_is_room_for_are_left_out),
		TEST(a_stranger_is_known_by_nothing),
		TEST(counts_servers_and_their_networks),
		TEST(tells_all_of_one_step_by_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
