#include "ingest/notice.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "ingest/fold.h"
#include "ingest/received.h"

/*
 * Bounces that are no RFC 3464 report: who sends them, what fields, codes and
 * addresses they bear. Their subjects and phrases have tables of their own.
 */

/* --- the sender, as the header names it ---------------------------- */

/* Local parts without punctuation, and what display names hold. */
static const char *const daemon_names[] = { "mailerdaemon", "maildaemon",
	"mdaemon", "maildelivery", "maildeliverysystem",
	"maildeliverysubsystem", "deliverydaemon", "doublebounce" };
static const char *const administrator_names[] = { "postmaster", "mailer",
	"mailadmin", "mailmaster", "mailadministrator", "systemadministrator",
	"ndr", "bounce", "mailsystem" };
static const char *const daemon_display[] = { "mail delivery s",
	"mailer-daemon", "mailer daemon", "mail delivery", "maildelivery",
	"mail administrator", "system administrator", "systemadministrator",
	"mail system", "internet mail delivery", "postmaster", "mailzustell",
	"ndr administrator", "post office", "administrateur systeme",
	"administrador del sistema", "administrador do sistema",
	"amministratore di sistema", "systeembeheer", "systemadministrat",
	"jarjestelmanvalvoja", "administrator systemu", "spravce systemu",
	"rendszergazda", "administratorul de sistem", "sistem yoneticisi",
	"системный администратор", "διαχειριστησ συστηματοσ", "システム管理者",
	"系统管理员", "系統管理員", "시스템 관리자" };

/* Exchange's own mailbox for reports: this and an id of its organisation. */
#define EXCHANGE_DAEMON "microsoftexchange"
#define EXCHANGE_DAEMON_LEN (sizeof(EXCHANGE_DAEMON) - 1 + 32)

static size_t
squeeze(const char *value, size_t len, char *out, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < len && used + 1 < size; i++) {
		if (isalnum((unsigned char)value[i]))
			out[used++] = (char)tolower((unsigned char)value[i]);
	}
	out[used] = '\0';
	return used;
}

static bool
is_one_of(const char *word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(word, words[i]) == 0)
			return true;
	}
	return false;
}
#define IS_ONE_OF(word, words)                                                 \
	is_one_of(word, words, sizeof(words) / sizeof(words[0]))

static bool
is_exchange_daemon(const char *local)
{
	return strlen(local) == EXCHANGE_DAEMON_LEN &&
	       strncmp(local, EXCHANGE_DAEMON, strlen(EXCHANGE_DAEMON)) == 0;
}

static void
look_at_from(struct notice *notice)
{
	const char *value = message_field(notice->message, "From");
	char address[MESSAGE_ADDRESS_MAX], local[64], folded[NOTICE_VALUE_MAX];

	if (value == NULL)
		return;
	fold_text(value, strlen(value), folded, sizeof(folded));
	message_address(value, address);
	squeeze(address, strcspn(address, "@"), local, sizeof(local));
	if (IS_ONE_OF(local, daemon_names) ||
	    strncmp(folded, "mailer-daemon", 13) == 0 ||
	    is_exchange_daemon(local)) {
		finding_add(&notice->findings, BACKSCATTER_DSN, FAMILY_FROM,
		    "from-mailer-daemon");
		return;
	}
	if (IS_ONE_OF(local, administrator_names)) {
		finding_add(&notice->findings, BACKSCATTER_DSN, FAMILY_FROM,
		    "from-postmaster");
		return;
	}
	for (size_t i = 0;
	     i < sizeof(daemon_display) / sizeof(daemon_display[0]); i++) {
		if (strstr(folded, daemon_display[i]) != NULL) {
			finding_add(&notice->findings, BACKSCATTER_DSN,
			    FAMILY_FROM, "from-mail-system");
			return;
		}
	}
}

static void
look_at_envelope(struct notice *notice)
{
	const struct envelope *envelope = notice->envelope;
	char local[64];

	if (!envelope->sender_known)
		return;
	squeeze(envelope->sender, strcspn(envelope->sender, "@"), local,
	    sizeof(local));
	if (envelope->sender[0] == '\0')
		finding_add(&notice->findings, BACKSCATTER_DSN, FAMILY_ENVELOPE,
		    "null-sender");
	else if (IS_ONE_OF(local, daemon_names))
		finding_add(&notice->findings, BACKSCATTER_DSN, FAMILY_ENVELOPE,
		    "daemon-sender");
	else if (IS_ONE_OF(local, administrator_names))
		signs_add(notice->findings.signs, "postmaster-sender");
}

/* --- fields that mail systems put into their bounces --------------- */

static const struct field_sign fields[] = {
	{ "X-Failed-Recipients", NULL, "x-failed-recipients", BACKSCATTER_DSN,
	    FAMILY_FIELD },
	{ "X-MS-Embedded-Report", NULL, "embedded-report", BACKSCATTER_DSN,
	    FAMILY_FIELD },
	{ "X-DSNContext", NULL, "x-dsncontext", BACKSCATTER_DSN, FAMILY_FIELD },
	{ "X-Mailer", "^m-filter", "mailer-mfilter", BACKSCATTER_DSN,
	    FAMILY_FIELD },
	{ "X-AHMAILID", NULL, "x-ahmailid", BACKSCATTER_DSN, FAMILY_FIELD },
	{ "X-Mimecast-Originator", "^<>", "mimecast-originator",
	    BACKSCATTER_DSN, FAMILY_FIELD },
	{ "Auto-Submitted", "^auto-generated (failure)",
	    "auto-generated-failure", BACKSCATTER_DSN, FAMILY_FIELD },
	{ "Auto-Submitted", "^auto-replied (rejected)", "sieve-rejected",
	    BACKSCATTER_DSN, FAMILY_FIELD },
	{ "X-Yahoo-Newman-Property", "^bmbounce", "yahoo-bounce",
	    BACKSCATTER_DSN, FAMILY_FIELD },
	{ "X-SRS-Return", "^dsn", "srs-return", BACKSCATTER_DSN, FAMILY_FIELD },
	{ "X-MDDSN-Message", NULL, "mdaemon-notice", BACKSCATTER_DSN,
	    FAMILY_FIELD },
	{ "X-MX-Bounce", NULL, "x-mx-bounce", BACKSCATTER_DSN, FAMILY_FIELD },
	{ "X-MS-Exchange-Message-Is-Ndr", NULL, "exchange-ndr", BACKSCATTER_DSN,
	    FAMILY_FIELD },
	{ "X-Error-Status", NULL, "x-error-status", BACKSCATTER_DSN,
	    FAMILY_FIELD },
};

/* --- codes --------------------------------------------------------- */

/* Reply codes of RFC 5321 that refuse a message or put it off. */
static const char *const reply_codes[] = { "421", "450", "451", "452", "454",
	"471", "500", "501", "503", "504", "511", "512", "513", "521", "523",
	"525", "530", "534", "535", "541", "550", "551", "552", "553", "554",
	"555", "556", "557", "571" };

/* What a bare code means is said, and of whom, that near to it. */
#define NEAR 160

/* Replies are in English nearly everywhere. */
static const char *const reply_words[] = { "mailbox", "user", "recipient",
	"address", "unknown", "relay", "reject", "denied", "quota", "no such",
	"invalid", "unavailable", "blocked", "account", "disabled", "refused",
	"not exist", "not found", "sender", "permitted", "undeliverable",
	"message", "mail " };

/* "5.1.1" (RFC 3463) at `at`, with nothing that makes it a longer number. */
static bool
is_status_code(const char *text, size_t at, size_t len)
{
	size_t i = at + 1;

	if (len - at < 5 || text[i] != '.' || text[i + 1] < '0' ||
	    text[i + 1] > '7' || text[i + 2] != '.')
		return false;
	for (i = at + 4; i < len && isdigit((unsigned char)text[i]); i++)
		;
	if (i == at + 4 || i > at + 7)
		return false;
	return i >= len || (text[i] != '.' && !isalnum((unsigned char)text[i]));
}

static bool
holds(const char *text, size_t len, const char *word)
{
	return memmem(text, len, word, strlen(word)) != NULL;
}

static bool
is_reply_code(const char *text, size_t at, size_t len)
{
	size_t left = len - at < NEAR ? len - at : NEAR;
	char code[4];

	if (left < 5 ||
	    (text[at + 3] != ' ' && text[at + 3] != '-' && text[at + 3] != ':'))
		return false;
	memcpy(code, text + at, 3);
	code[3] = '\0';
	if (!IS_ONE_OF(code, reply_codes))
		return false;
	for (size_t i = 0; i < sizeof(reply_words) / sizeof(reply_words[0]);
	     i++) {
		if (holds(text + at, left, reply_words[i]))
			return true;
	}
	return false;
}

static bool
has_address_near(const char *text, size_t at, size_t len)
{
	size_t begin = at > NEAR ? at - NEAR : 0;
	size_t end = len - at > NEAR ? at + NEAR : len;

	return memchr(text + begin, '@', end - begin) != NULL;
}

static void
look_for_code(struct notice *notice)
{
	const char *text = notice->text;
	size_t len = notice->text_len;

	for (size_t at = 0; at < len; at++) {
		if (text[at] != '5' && text[at] != '4')
			continue;
		if (at > 0 && (isalnum((unsigned char)text[at - 1]) ||
				  strchr("./-@", text[at - 1]) != NULL))
			continue;
		if (!is_status_code(text, at, len) &&
		    !is_reply_code(text, at, len))
			continue;
		if (has_address_near(text, at, len)) {
			finding_add(&notice->findings, BACKSCATTER_DSN,
			    FAMILY_CODE, "code-by-address");
			return;
		}
	}
}

/* --- the addresses it speaks of ------------------------------------- */

static bool
is_recipient(const struct envelope *envelope, const char *text, size_t len)
{
	for (unsigned i = 0; i < envelope->recipient_count; i++) {
		const char *path = envelope->recipients[i].path;

		if (strncasecmp(path, text, len) == 0 && path[len] == '\0')
			return true;
	}
	return false;
}

/*
 * "<user@example.net>:" or "user@example.net" and nothing else. Bait speaks of
 * whom it is sent to; a bounce of somebody else.
 */
static bool
is_address_line(const struct envelope *envelope, const char *line, size_t len)
{
	const char *at;

	while (len > 0 && strchr(" \t<*-", *line) != NULL) {
		line++;
		len--;
	}
	while (len > 0 && strchr(" \t\r>:.", line[len - 1]) != NULL)
		len--;
	at = memchr(line, '@', len);
	if (at == NULL || at == line ||
	    memchr(at, '.', len - (size_t)(at - line)) == NULL)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (isspace((unsigned char)line[i]) ||
		    strchr("<>,;/\"", line[i]) != NULL)
			return false;
	}
	return !is_recipient(envelope, line, len);
}

static void
look_for_addresses(struct notice *notice)
{
	size_t len;
	const char *text = message_text(notice->message, &len);

	if (len > notice->original.own_text_len)
		len = notice->original.own_text_len;
	for (size_t at = 0; at < len;) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t n = end == NULL ? len - at : (size_t)(end - text) - at;

		if (is_address_line(notice->envelope, text + at, n)) {
			finding_add(&notice->findings, BACKSCATTER_DSN,
			    FAMILY_LISTED, "address-listed");
			return;
		}
		at += n + 1;
	}
}

/* Addresses that are looked at; a bounce names few. */
#define ADDRESSES_MAX 16

static bool
is_address_octet(char c)
{
	return isalnum((unsigned char)c) || strchr("._+-=", c) != NULL;
}

/* The address around the '@'; false if it is none. */
static bool
cut_address(const char *text, const char *end, const char *at,
    char address[MESSAGE_ADDRESS_MAX])
{
	const char *begin = at, *stop = at + 1;
	size_t len;

	while (begin > text && is_address_octet(begin[-1]))
		begin--;
	while (stop < end && is_address_octet(*stop) && *stop != '_')
		stop++;
	while (stop > at && stop[-1] == '.')
		stop--;
	len = (size_t)(stop - begin);
	if (begin == at || memchr(at, '.', (size_t)(stop - at)) == NULL ||
	    len >= MESSAGE_ADDRESS_MAX)
		return false;
	memcpy(address, begin, len);
	address[len] = '\0';
	return true;
}

static bool
is_neighbour(const struct notice *notice, const char *own, const char *address)
{
	if (is_recipient(notice->envelope, address, strlen(address)) ||
	    strcasecmp(own, address) == 0)
		return false;
	return strcasecmp(received_organisation(strchr(own, '@') + 1),
		   received_organisation(strchr(address, '@') + 1)) == 0;
}

/*
 * In whatever language: it speaks of an address of its own organisation. What
 * bait speaks of is elsewhere, or is the reader's.
 */
static void
look_for_neighbours(struct notice *notice)
{
	const char *text = notice->text, *end = text + notice->text_len;
	const char *from = message_field(notice->message, "From"), *at = text;
	char own[MESSAGE_ADDRESS_MAX], address[MESSAGE_ADDRESS_MAX];

	if (from == NULL || message_address(from, own) == 0 ||
	    strchr(own, '@') == NULL)
		return;
	for (unsigned i = 0; i < ADDRESSES_MAX; i++) {
		at = memchr(at, '@', (size_t)(end - at));
		if (at == NULL)
			return;
		if (cut_address(text, end, at, address) &&
		    is_neighbour(notice, own, address)) {
			finding_add(&notice->findings, BACKSCATTER_DSN,
			    FAMILY_NEIGHBOUR, "address-of-its-own");
			return;
		}
		at++;
	}
}

/* --- the report and the original ----------------------------------- */

static void
look_at_structure(struct notice *notice)
{
	struct findings *findings = &notice->findings;
	unsigned count;
	const struct message_part *parts =
	    message_parts(notice->message, &count);

	if (notice->has_report)
		finding_add(findings, BACKSCATTER_DSN, FAMILY_STRUCTURE,
		    "report-delivery-status");
	else if (notice->inline_report)
		finding_add(findings, BACKSCATTER_DSN, FAMILY_STRUCTURE,
		    "inline-delivery-status");
	else if (notice->dsn.has_recipient)
		finding_add(findings, BACKSCATTER_DSN, FAMILY_STRUCTURE,
		    "report-without-action");
	if (count > 0 && strcmp(parts[0].type, "multipart/report") == 0 &&
	    strcmp(parts[0].report_type, "delivery-status") == 0)
		signs_add(findings->signs, "labelled-report");
	if (notice->original.found)
		finding_add(findings, BACKSCATTER_DSN, FAMILY_ORIGINAL,
		    "original-quoted");
}

void
bounce_text_look(struct notice *notice)
{
	look_at_structure(notice);
	look_at_envelope(notice);
	look_at_from(notice);
	notice_look_fields(notice, fields, sizeof(fields) / sizeof(fields[0]));
	look_for_code(notice);
	look_for_addresses(notice);
	look_for_neighbours(notice);
}
