#include "ingest/proxy_header.h"

#include <string.h>

#include "common/wire.h"

/* --- version 1: a line of text -------------------------------------------- */

/* With its CR LF and no NUL. */
#define V1_MAX 107

struct text {
	const char *next, *end;
};

/* The next word up to a space or the end; its length. */
static size_t
take_word(struct text *text, const char **word)
{
	const char *space;
	size_t len;

	*word = text->next;
	space = memchr(text->next, ' ', (size_t)(text->end - text->next));
	len = (size_t)((space != NULL ? space : text->end) - text->next);
	text->next += len + (space != NULL);
	return len;
}

static bool
take_port(struct text *text)
{
	const char *word;
	size_t len = take_word(text, &word);
	unsigned port = 0;

	for (size_t i = 0; i < len && i < 6; i++) {
		if (word[i] < '0' || word[i] > '9')
			return false;
		port = port * 10 + (unsigned)(word[i] - '0');
	}
	return len > 0 && len <= 5 && port <= 65535;
}

static bool
take_address(struct text *text, bool ipv4, struct ipaddr *address)
{
	const char *word;
	size_t len = take_word(text, &word);

	return ipaddr_parse_n(word, len, address) == 0 &&
	       ipaddr_is_ipv4(address) == ipv4;
}

/* What stands after "PROXY ". */
static bool
read_line(struct text text, struct proxy_header *header)
{
	struct ipaddr destination;
	const char *family;
	size_t len = take_word(&text, &family);
	bool ipv4 = len == 4 && memcmp(family, "TCP4", len) == 0;

	header->client_known = false;
	if (len == 7 && memcmp(family, "UNKNOWN", len) == 0)
		return true;
	if (!ipv4 && (len != 4 || memcmp(family, "TCP6", len) != 0))
		return false;
	header->client_known = true;
	return take_address(&text, ipv4, &header->client) &&
	       take_address(&text, ipv4, &destination) && take_port(&text) &&
	       text.next < text.end && take_port(&text) &&
	       text.next == text.end && text.end[-1] != ' ';
}

static enum proxy_outcome
read_v1(const char *octets, size_t len, struct proxy_header *header)
{
	static const char start[] = "PROXY ";
	const size_t start_len = sizeof(start) - 1;
	const char *lf = memchr(octets, '\n', len < V1_MAX ? len : V1_MAX);

	if (memcmp(octets, start, len < start_len ? len : start_len) != 0)
		return PROXY_BAD;
	if (lf == NULL)
		return len < V1_MAX ? PROXY_MORE : PROXY_BAD;
	header->len = (size_t)(lf - octets) + 1;
	if (header->len < start_len + 2 || lf[-1] != '\r')
		return PROXY_BAD;
	return read_line((struct text){ octets + start_len, lf - 1 }, header)
		   ? PROXY_READ
		   : PROXY_BAD;
}

/* --- version 2: binary ---------------------------------------------------- */

static const uint8_t v2_start[] = { '\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q',
	'U', 'I', 'T', '\n' };

#define V2_FIXED (sizeof(v2_start) + 4)

enum { V2_LOCAL = 0x20, V2_PROXY = 0x21 };
/* Address family and transport; datagrams bring no mail. */
enum { V2_UNSPEC = 0x00, V2_TCP4 = 0x11, V2_TCP6 = 0x21, V2_UNIX = 0x31 };

static bool
read_addresses(
    struct wire_reader *reader, uint8_t family, struct proxy_header *header)
{
	struct wire_reader rest = *reader;

	header->client_known = family == V2_TCP4 || family == V2_TCP6;
	if (family == V2_TCP4) {
		header->client = ipaddr_from_ipv4(wire_read_u32(&rest));
		wire_read_octets(&rest, 4 + 2 + 2);
	} else if (family == V2_TCP6) {
		wire_read_copy(&rest, header->client.octets,
		    sizeof(header->client.octets));
		wire_read_octets(&rest, 16 + 2 + 2);
	}
	return !rest.failed && (header->client_known || family == V2_UNSPEC ||
				   family == V2_UNIX);
}

static enum proxy_outcome
read_v2(const uint8_t *octets, size_t len, struct proxy_header *header)
{
	struct wire_reader reader;
	uint8_t command, family;

	if (len < V2_FIXED)
		return PROXY_MORE;
	wire_read(&reader, octets + sizeof(v2_start), 4);
	command = wire_read_u8(&reader);
	family = wire_read_u8(&reader);
	header->len = V2_FIXED + wire_read_u16(&reader);
	if (header->len > PROXY_HEADER_MAX ||
	    (command != V2_LOCAL && command != V2_PROXY))
		return PROXY_BAD;
	if (len < header->len)
		return PROXY_MORE;
	header->client_known = false;
	wire_read(&reader, octets + V2_FIXED, header->len - V2_FIXED);
	return command == V2_LOCAL || read_addresses(&reader, family, header)
		   ? PROXY_READ
		   : PROXY_BAD;
}

enum proxy_outcome
proxy_header_read(const void *octets, size_t len, struct proxy_header *header)
{
	const size_t part = len < sizeof(v2_start) ? len : sizeof(v2_start);

	if (len == 0)
		return PROXY_MORE;
	return memcmp(octets, v2_start, part) == 0
		   ? read_v2(octets, len, header)
		   : read_v1(octets, len, header);
}
