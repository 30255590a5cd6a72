#include "tests/support/listed.h"

#include <stdio.h>
#include <string.h>

#define HEADER_LEN 12
#define TYPE_A 1
#define TYPE_TXT 16
#define RCODE_NXDOMAIN 3

/* Each step can be undone, so that no two of them are the same. */
bool
listed_address(uint32_t n, uint32_t *address)
{
	n = (n ^ n >> 16) * 0x7feb352du;
	n = (n ^ n >> 15) * 0x846ca68bu;
	*address = n ^ n >> 16;
	return *address >> 24 != 0 && *address >> 24 != 127;
}

uint64_t
listed_unit(uint32_t n)
{
	uint64_t unit = n * 0x9e3779b97f4a7c15u;

	unit = (unit ^ unit >> 30) * 0xbf58476d1ce4e5b9u;
	unit = (unit ^ unit >> 27) * 0x94d049bb133111ebu;
	return (unit ^ unit >> 31) >> 3 | UINT64_C(1) << 61;
}

/* --- questions ------------------------------------------------------------ */

static void
put_label(struct question *question, const char *text, size_t len)
{
	question->octets[question->len++] = (uint8_t)len;
	memcpy(question->octets + question->len, text, len);
	question->len = (uint8_t)(question->len + len);
}

static void
put_nibbles(struct question *question, uint64_t half)
{
	for (unsigned shift = 0; shift < 64; shift += 4)
		put_label(question, &"0123456789abcdef"[half >> shift & 15], 1);
}

static void
put_address(struct question *question, uint32_t address)
{
	for (unsigned shift = 0; shift < 32; shift += 8) {
		char text[4];
		int len =
		    snprintf(text, sizeof(text), "%u", address >> shift & 255);

		put_label(question, text, (size_t)len);
	}
}

static void
put_u16(struct question *question, uint16_t value)
{
	question->octets[question->len++] = (uint8_t)(value >> 8);
	question->octets[question->len++] = (uint8_t)value;
}

static void
put_opt(struct question *question)
{
	static const uint8_t opt[] = { 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0 };

	question->octets[11] = 1;
	memcpy(question->octets + question->len, opt, sizeof(opt));
	question->len = (uint8_t)(question->len + sizeof(opt));
}

bool
question_make(struct question *question, struct question_form form, uint32_t n,
    uint64_t any)
{
	static const char zone[] = LISTED_ZONE;
	uint32_t address = 0;

	if (!form.ipv6 && !listed_address(n, &address))
		return false;
	memset(question, 0, sizeof(*question));
	question->octets[5] = 1;
	question->len = HEADER_LEN;
	if (form.ipv6) {
		put_nibbles(question, any);
		put_nibbles(question, listed_unit(n));
	} else {
		put_address(question, address);
	}
	for (const char *label = zone; *label != '\0';) {
		size_t len = strcspn(label, ".");

		put_label(question, label, len);
		label += len + (label[len] == '.');
	}
	question->octets[question->len++] = 0;
	question->type = form.text ? TYPE_TXT : TYPE_A;
	put_u16(question, question->type);
	put_u16(question, 1);
	question->end = question->len;
	if (form.edns)
		put_opt(question);
	return true;
}

/* --- answers -------------------------------------------------------------- */

static unsigned
get_u16(const uint8_t *from)
{
	return (unsigned)from[0] << 8 | from[1];
}

/* Behind an owner, which may point back; 0 for nowhere. */
static size_t
skip_owner(const uint8_t *answer, size_t len, size_t at)
{
	while (at < len && answer[at] != 0 && answer[at] < 0xc0)
		at += 1u + answer[at];
	if (at >= len)
		return 0;
	return at + (answer[at] == 0 ? 1 : 2);
}

static const char *
record_objection(
    const struct question *question, const uint8_t *answer, size_t len)
{
	size_t at = skip_owner(answer, len, question->end), data_len;

	if (at == 0 || at + 10 > len)
		return "the record is cut short";
	data_len = get_u16(answer + at + 8);
	if (get_u16(answer + at) != question->type)
		return "a record of another type";
	if (at + 10 + data_len > len)
		return "data cut short";
	if (question->type == TYPE_A &&
	    (data_len != 4 || answer[at + 10] != 127))
		return "not 127.0.0.0/8";
	return question->type == TYPE_TXT && data_len < 2 ? "no text" : NULL;
}

const char *
question_objection(
    const struct question *question, const uint8_t *answer, size_t len)
{
	unsigned rcode, answers;

	if (len < question->end || (answer[2] & 0x80) == 0 ||
	    memcmp(answer + HEADER_LEN, question->octets + HEADER_LEN,
		question->end - HEADER_LEN) != 0)
		return "not this question";
	rcode = answer[3] & 15;
	answers = get_u16(answer + 6);
	if (!question->listed)
		return rcode == RCODE_NXDOMAIN && answers == 0 ? NULL
							       : "not NXDOMAIN";
	if (rcode != 0 || answers == 0)
		return "not listed";
	return record_objection(question, answer, len);
}
