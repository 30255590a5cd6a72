#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <ldns/ldns.h>

#include "common/error.h"
#include "dnsd/tsig.h"
#include "tests/support/test_capture.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NOW 1800000000u

static const char three_keys[] =
    "# as tsig-keygen writes them\n"
    "key \"Two56.key.test\" {\n"
    "\talgorithm hmac-sha256;\n"
    "\tsecret \"c2VjcmV0IG9mIHRoZSBmaXJzdCBrZXk=\";\n"
    "};\n"
    "/* and } by { hand; */ key three84 { algorithm HMAC-SHA384; // yes\n"
    "secret c2VjcmV0IG9mIHRoZSBzZWNvbmQga2V5; };\n"
    "key five12. {secret \"c2VjcmV0IG9mIHRoZSB0aGlyZCBrZXk=\";"
    "algorithm\nhmac-sha512;};";

static const uint8_t question[] = "\x12\x34\0\0\0\1\0\0\0\0\0\0"
				  "\2bl\7example\0\0\6\0\1";
#define QUESTION_LEN (sizeof(question) - 1)

static struct tsig_keys
keys_of(const char *text)
{
	struct tsig_keys keys;
	unsigned line;

	assert_int_equal(tsig_keys_parse(text, strlen(text), &keys, &line), 0);
	return keys;
}

/* --- hashes --------------------------------------------------------------- */

/* RFC 4231 section 4.3. */
static void
hashes_as_the_standard_s_example(void **state)
{
	static const struct {
		enum hmac algorithm;
		const char *begins;
	} cases[] = {
		{ HMAC_SHA256, "\x5b\xdc\xc1\x46\xbf\x60\x75\x4e" },
		{ HMAC_SHA384, "\xaf\x45\xd2\xe3\x76\x48\x40\x31" },
		{ HMAC_SHA512, "\x16\x4b\x7a\x7b\xfc\xf8\x19\xe2" },
	};
	static const struct hmac_part parts[] = {
		{ "what do ya want ", 16 },
		{ "for nothing?", 12 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct hmac_key key = { cases[i].algorithm,
			(const uint8_t *)"Jefe", 4 };
		uint8_t mac[HMAC_LEN_MAX];

		assert_int_equal(hmac_make(&key, parts, 2, mac), 0);
		assert_memory_equal(mac, cases[i].begins, 8);
	}
}

/* --- keys ----------------------------------------------------------------- */

static void
reads_keys_as_name_servers_write_them(void **state)
{
	struct tsig_keys keys = keys_of(three_keys);
	const struct tsig_key *key;

	(void)state;
	assert_int_equal(keys.count, 3);
	key = tsig_keys_find(&keys, (const uint8_t *)"\5two56\3KEY\4test", 16);
	assert_non_null(key);
	assert_int_equal(key->algorithm, HMAC_SHA256);
	assert_int_equal(key->secret_len, 23);
	assert_memory_equal(key->secret, "secret of the first key", 23);
	key = tsig_keys_find(&keys, (const uint8_t *)"\7three84", 9);
	assert_non_null(key);
	assert_int_equal(key->algorithm, HMAC_SHA384);
	key = tsig_keys_find(&keys, (const uint8_t *)"\6five12", 8);
	assert_non_null(key);
	assert_int_equal(key->algorithm, HMAC_SHA512);
	assert_null(tsig_keys_find(&keys, (const uint8_t *)"\6five13", 8));
	tsig_keys_free(&keys);
}

#define SECRET "secret \"c2VjcmV0\";"
static void
names_the_line_of_a_key_file_that_is_wrong(void **state)
{
	static const struct {
		const char *text;
		int error;
		unsigned line;
	} cases[] = {
		{ "zone x {};", ERROR_FORMAT, 1 },
		{ "\nkey", ERROR_FORMAT, 2 },
		{ "key a { algorithm hmac-md5;\n" SECRET "};", ERROR_FORMAT,
		    1 },
		{ "key a {\nalgorithm hmac-sha256;\n};", ERROR_FORMAT, 3 },
		{ "key a {\n" SECRET "};", ERROR_FORMAT, 2 },
		{ "key a {\nsecret \"?\";", ERROR_FORMAT, 2 },
		{ "key a {\nsecret \"c2Vj", ERROR_FORMAT, 2 },
		{ "key a {" SECRET "\n" SECRET, ERROR_FORMAT, 2 },
		{ "key . {", ERROR_FORMAT, 1 },
		{ "key a { algorithm hmac-sha256; " SECRET "}\nkey",
		    ERROR_FORMAT, 2 },
		{ "key a { algorithm hmac-sha256; " SECRET "};\n"
		  "key A { algorithm hmac-sha512; " SECRET "};",
		    ERROR_EXISTS, 2 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tsig_keys keys;
		unsigned line;

		assert_int_equal(tsig_keys_parse(cases[i].text,
				     strlen(cases[i].text), &keys, &line),
		    cases[i].error);
		assert_int_equal(line, cases[i].line);
		assert_int_equal(keys.count, 0);
	}
}

static int
read_as(const char *path, mode_t mode, struct tsig_keys *keys)
{
	struct capture capture;
	int error;

	assert_int_equal(chmod(path, mode), 0);
	capture_begin(&capture);
	error = tsig_keys_read(path, keys);
	capture_end(&capture);
	return error;
}

static void
refuses_a_file_that_others_may_read(void **state)
{
	char path[] = "/tmp/bsbl-keys-XXXXXX";
	int fd = mkstemp(path);
	struct tsig_keys keys;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(
	    write(fd, three_keys, strlen(three_keys)), strlen(three_keys));
	close(fd);
	assert_int_equal(read_as(path, 0644, &keys), -EPERM);
	assert_int_equal(read_as(path, 0640, &keys), 0);
	assert_int_equal(keys.count, 3);
	tsig_keys_free(&keys);
	unlink(path);
	assert_int_equal(tsig_keys_read("", &keys), 0);
	assert_int_equal(keys.count, 0);
}

/* --- signatures ----------------------------------------------------------- */

struct message {
	uint8_t octets[1024];
	size_t len;
};

/* The question, signed as a client would at that time. */
static void
sign_question(const struct tsig_key *key, uint64_t time,
    struct message *message, struct tsig *tsig)
{
	memcpy(message->octets, question, QUESTION_LEN);
	tsig_begin(tsig, key, 0x1234);
	message->len = tsig_sign(tsig, message->octets, QUESTION_LEN, time);
	assert_int_equal(message->len, QUESTION_LEN + tsig_len(tsig));
}

static enum tsig_outcome
check(const struct message *message, const struct tsig_keys *keys,
    struct tsig *tsig)
{
	struct query query;

	assert_int_equal(
	    query_parse(message->octets, message->len, &query), QUERY_READY);
	assert_true(query.tsig.present);
	return tsig_check(tsig, keys, message->octets, &query, NOW);
}

/* An answer of ours, to a client that checks it. */
static int
answer(struct tsig *server, struct tsig *client, struct message *message)
{
	struct query query;

	memcpy(message->octets, question, QUESTION_LEN);
	message->octets[2] = 0x84;
	message->len = tsig_sign(server, message->octets, QUESTION_LEN, NOW);
	assert_int_equal(
	    query_parse_answer(message->octets, message->len, &query),
	    QUERY_READY);
	return tsig_check_answer(client, message->octets, &query, NOW);
}

static void
both_sides_agree_in_every_algorithm(void **state)
{
	struct tsig_keys keys = keys_of(three_keys);

	(void)state;
	for (size_t i = 0; i < keys.count; i++) {
		struct tsig client, server;
		struct message message;

		sign_question(&keys.keys[i], NOW + 299, &message, &client);
		assert_int_equal(check(&message, &keys, &server), TSIG_GOOD);
		assert_true(tsig_is_good(&server));
		assert_int_equal(answer(&server, &client, &message), 0);

		/* To another question it is no answer. */
		sign_question(&keys.keys[i], NOW - 1, &message, &client);
		assert_int_equal(
		    answer(&server, &client, &message), ERROR_REFUSED);
	}
	tsig_keys_free(&keys);
}

static void
tells_what_is_wrong_in_the_order_of_the_standard(void **state)
{
	enum damage { NONE, KEY, ALGORITHM, BODY, MAC };
	static const struct {
		enum damage damage;
		uint64_t time;
		uint16_t error;
		bool is_signed;
	} cases[] = {
		{ KEY, NOW, TSIG_ERROR_BADKEY, false },
		{ KEY, 1, TSIG_ERROR_BADKEY, false },
		{ ALGORITHM, NOW, TSIG_ERROR_BADKEY, false },
		{ BODY, NOW, TSIG_ERROR_BADSIG, false },
		{ MAC, 1, TSIG_ERROR_BADSIG, false },
		{ NONE, NOW - 301, TSIG_ERROR_BADTIME, true },
		{ NONE, NOW + 301, TSIG_ERROR_BADTIME, true },
	};
	/* Octets behind the question: in the key's name, and so on. */
	static const size_t at[] = { 0, 3, 16 + 10 + 3, 0, 16 + 10 + 13 + 12 };
	struct tsig_keys keys = keys_of(three_keys);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tsig client, server;
		struct message message;
		size_t place = QUESTION_LEN + at[cases[i].damage];

		sign_question(&keys.keys[0], cases[i].time, &message, &client);
		if (cases[i].damage == BODY)
			message.octets[QUESTION_LEN - 3] ^= 3;
		else if (cases[i].damage != NONE)
			message.octets[place] ^= 3;
		assert_int_equal(check(&message, &keys, &server), TSIG_NOTAUTH);
		assert_int_equal(server.error, cases[i].error);
		assert_false(tsig_is_good(&server));
		assert_int_equal(answer(&server, &client, &message) == 0,
		    cases[i].is_signed && cases[i].time == NOW);
		assert_int_equal(server.mac_len > 0 && server.key != NULL,
		    cases[i].is_signed);
	}
	tsig_keys_free(&keys);
}

/* Puts a shorter one in the signature's place. */
static void
shorten(struct message *message, size_t from, size_t to)
{
	size_t tail = 6; /* id, error, other length */
	uint8_t *mac = message->octets + message->len - tail - from;
	uint8_t *length = message->octets + QUESTION_LEN + 16 + 8;

	memmove(mac + to, mac + from, tail);
	dns_store_u16(mac - 2, (uint16_t)to);
	dns_store_u16(length, (uint16_t)(dns_load_u16(length) - (from - to)));
	message->len -= from - to;
}

static void
refuses_signatures_cut_short(void **state)
{
	static const struct {
		size_t len;
		enum tsig_outcome outcome;
	} cases[] = { { 32, TSIG_GOOD }, { 31, TSIG_NOTAUTH },
		{ 16, TSIG_NOTAUTH }, { 15, TSIG_FORMERR }, { 9, TSIG_FORMERR },
		{ 0, TSIG_FORMERR } };
	struct tsig_keys keys = keys_of(three_keys);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tsig client, server;
		struct message message;

		sign_question(&keys.keys[0], NOW, &message, &client);
		shorten(&message, 32, cases[i].len);
		assert_int_equal(
		    check(&message, &keys, &server), cases[i].outcome);
		if (cases[i].outcome != TSIG_NOTAUTH)
			continue;
		assert_int_equal(server.error, TSIG_ERROR_BADTRUNC);
		assert_non_null(server.key);
	}
	tsig_keys_free(&keys);
}

static void
gives_back_the_time_of_who_has_another(void **state)
{
	struct tsig_keys keys = keys_of(three_keys);
	struct tsig client, server;
	struct message message;
	struct query query;

	(void)state;
	sign_question(&keys.keys[0], NOW - 1000, &message, &client);
	assert_int_equal(check(&message, &keys, &server), TSIG_NOTAUTH);
	message.len = tsig_sign(&server, message.octets, QUESTION_LEN, NOW);
	message.octets[2] |= 0x80;
	/* The header was signed without the bit; the fields are what counts. */
	message.octets[11] = 1;
	assert_int_equal(
	    query_parse_answer(message.octets, message.len, &query),
	    QUERY_READY);
	assert_int_equal(query.tsig.error, TSIG_ERROR_BADTIME);
	assert_int_equal(query.tsig.mac_len, 32);
	assert_int_equal(query.tsig.other_len, 6);
	assert_memory_equal(query.tsig.times, "\0\0\x6b\x49\xce\x18", 6);
	assert_memory_equal(query.tsig.other, "\0\0\x6b\x49\xd2\0", 6);
	tsig_keys_free(&keys);
}

/* --- against ldns --------------------------------------------------------- */

static const struct {
	const char *key, *secret, *algorithm;
	unsigned number;
} known[] = {
	{ "two56.key.test.", "c2VjcmV0IG9mIHRoZSBmaXJzdCBrZXk=", "hmac-sha256.",
	    0 },
	{ "five12.", "c2VjcmV0IG9mIHRoZSB0aGlyZCBrZXk=", "hmac-sha512.", 2 },
};

static void
takes_what_ldns_signs_and_signs_what_ldns_takes(void **state)
{
	struct tsig_keys keys = keys_of(three_keys);

	(void)state;
	for (size_t i = 0; i < COUNT(known); i++) {
		struct message message;
		struct tsig tsig;
		struct query query;
		ldns_pkt *packet, *reply;
		uint8_t *wire;
		size_t len;

		assert_int_equal(
		    ldns_wire2pkt(&packet, question, QUESTION_LEN), 0);
		assert_int_equal(
		    ldns_pkt_tsig_sign(packet, known[i].key, known[i].secret,
			300, known[i].algorithm, NULL),
		    LDNS_STATUS_OK);
		assert_int_equal(ldns_pkt2wire(&wire, packet, &len), 0);
		assert_int_equal(query_parse(wire, len, &query), QUERY_READY);
		assert_int_equal(tsig_check(&tsig, &keys, wire, &query,
				     (uint64_t)time(NULL)),
		    TSIG_GOOD);

		memcpy(message.octets, question, QUESTION_LEN);
		message.octets[2] = 0x84;
		message.len = tsig_sign(
		    &tsig, message.octets, QUESTION_LEN, (uint64_t)time(NULL));
		assert_int_equal(
		    ldns_wire2pkt(&reply, message.octets, message.len), 0);
		assert_true(ldns_pkt_tsig_verify(reply, message.octets,
		    message.len, known[i].key, known[i].secret,
		    ldns_rr_rdf(ldns_pkt_tsig(packet), 3)));
		ldns_pkt_free(packet);
		ldns_pkt_free(reply);
		free(wire);
	}
	tsig_keys_free(&keys);
}

/*
 * Section 5.3.1: each message of a transfer is chained to the one before; from
 * the second on only the times stand beside it.
 */
static void
chains_the_answers_of_one_request(void **state)
{
	struct tsig_keys keys = keys_of(three_keys);
	struct tsig client, server, reader;
	struct message message;

	(void)state;
	sign_question(&keys.keys[0], NOW, &message, &client);
	assert_int_equal(check(&message, &keys, &server), TSIG_GOOD);
	for (unsigned i = 0; i < 3; i++) {
		reader = client;
		assert_int_equal(answer(&server, &reader, &message), 0);
		/* What a client keeps between messages. */
		client.mac_len = server.mac_len;
		memcpy(client.mac, server.mac, server.mac_len);
		client.continued = true;
	}
	tsig_keys_free(&keys);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_as_the_standard_s_example),
		cmocka_unit_test(reads_keys_as_name_servers_write_them),
		cmocka_unit_test(names_the_line_of_a_key_file_that_is_wrong),
		cmocka_unit_test(refuses_a_file_that_others_may_read),
		cmocka_unit_test(both_sides_agree_in_every_algorithm),
		cmocka_unit_test(
		    tells_what_is_wrong_in_the_order_of_the_standard),
		cmocka_unit_test(refuses_signatures_cut_short),
		cmocka_unit_test(gives_back_the_time_of_who_has_another),
		cmocka_unit_test(
		    takes_what_ldns_signs_and_signs_what_ldns_takes),
		cmocka_unit_test(chains_the_answers_of_one_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
