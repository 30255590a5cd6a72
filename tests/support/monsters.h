#ifndef TESTS_SUPPORT_MONSTERS_H
#define TESTS_SUPPORT_MONSTERS_H

#include <stdlib.h>

#include "common/strbuf.h"

/*
 * Messages made to cost much: what is done once for each octet, field, part
 * or address, and grows with their number once more, shows here.
 */
#define MONSTER_MIXED "Content-Type: multipart/mixed; boundary=b\n\n"

static const struct monster {
	const char *name;
	const char *begin, *middle; /* the middle that many times */
	unsigned count;
} monsters[] = {
	{ "a million fields", "", "a:\n", 1000000 },
	{ "a million fields of one name", "", "Received: x\n", 1000000 },
	{ "a million addresses", "To: ", "a@b.c, ", 1000000 },
	{ "a million addresses, a line each", "\n", "<a@b.c>:\n", 1000000 },
	{ "comments in comments", "To: ", "(", 1000000 },
	{ "groups in groups", "To: ", "a:", 500000 },
	{ "encoded words", "Subject: ", "=?utf-8?q?a?= ", 100000 },
	{ "padded encoded words", "Subject: ", "=?utf-8?b?YQ==?= ", 100000 },
	{ "words that never end", "Subject: ", "=?=", 1000000 },
	{ "a folded subject", "Subject: x", "\n ", 300000 },
	{ "parameters", "Content-Type: text/plain; ", "a=b; ", 200000 },
	{ "an endless line", "\n", "x", 10000000 },
	{ "an endless line of codes", "\n", "550 ", 2000000 },
	{ "parts", MONSTER_MIXED, "--b\n\n", 200000 },
	{ "parts in parts", MONSTER_MIXED, "--b\n" MONSTER_MIXED, 20000 },
	{ "messages in messages", MONSTER_MIXED,
	    "--b\nContent-Type: message/rfc822\n\n", 20000 },
	{ "reports", MONSTER_MIXED,
	    "--b\nContent-Type: message/delivery-status\n\n"
	    "Final-Recipient: rfc822;a@b.c\nAction: failed\n",
	    20000 },
	{ "headers only", "", "Content-Type: message/rfc822\n\n", 50000 },
	{ "recipients of a report", "Content-Type: message/delivery-status\n\n",
	    "Final-Recipient: rfc822;a@b.c\nAction: failed\n\n", 300000 },
	{ "HTML of openings", "Content-Type: text/html\n\n", "<", 1000000 },
	{ "HTML of styles", "Content-Type: text/html\n\n", "<style>", 200000 },
	{ "a million senders", "", "From: a\n", 1000000 },
	{ "a million senders in a part",
	    MONSTER_MIXED "--b\nContent-Type: message/rfc822\n\n", "From: a\n",
	    1000000 },
	{ "headers quoted", "x\n\nx\n", "From: a\nX: b\n", 100000 },
	{ "headers quoted, interrupted", "\n", "> Received: a\n> From: b\nx\n",
	    100000 },
	{ "carriage returns", "", "\r", 1000000 },
	{ "a charset in every word", "Subject: ", "=?gb18030?b?1tA=?=x",
	    60000 },
	{ "charsets in turn", "Subject: ",
	    "=?big5?q?=a4=40?= =?koi8-r?q?=c1?= =?euc-kr?q?=b0=a1?= ", 30000 },
	{ "charsets of parameters in turn", MONSTER_MIXED,
	    "--b\nContent-Type: text/plain; a*=big5''%a4; b*=koi8-r''%c1;"
	    " c*=euc-kr''%b0; d*=hz''a; e*=tis-620''%a1\n\n",
	    1000 },
};
#define MONSTER_COUNT (sizeof(monsters) / sizeof(monsters[0]))

/* The caller's to free; NULL without memory. */
static inline char *
monster_text(const struct monster *monster)
{
	struct strbuf text;

	strbuf_init(&text, 64u << 20);
	strbuf_puts(&text, monster->begin);
	for (unsigned i = 0; i < monster->count; i++)
		strbuf_puts(&text, monster->middle);
	return strbuf_take(&text);
}

#endif
