#ifndef INGEST_FINDING_H
#define INGEST_FINDING_H

#include <stdbool.h>
#include <stdint.h>

#include "db/backscatter.h"
#include "ingest/classify.h"

/*
 * What the modules of the kinds found in a message, for judge.h to judge.
 *
 * A sign speaks for a kind and belongs to a family: signs of one family are
 * not independent of each other (a null sender and a sender mailer-daemon both
 * only say what the envelope says), signs of two families are.
 */
enum sign_family {
	FAMILY_ENVELOPE, /* null or daemon reverse path */
	FAMILY_FROM,	 /* whom the header names as sender */
	FAMILY_MARK,	 /* a field that says so: Auto-Submitted, X-Autoreply */
	FAMILY_FIELD,	 /* a field that software of that kind writes */
	FAMILY_ROBOT,	 /* a field that a robot's own mail has as well */
	FAMILY_FORM,	 /* a field that scripts behind web forms write */
	FAMILY_DESK,	 /* a field of a help desk's mail, people's as well */
	FAMILY_TICKET,	 /* a subject that bears a help desk's number */
	FAMILY_TOKEN,	 /* an address to answer to that bears a token */
	FAMILY_SUBJECT,	 /* a subject of that kind */
	FAMILY_GREETING, /* a subject that people write as well */
	FAMILY_HELD,	 /* a subject: something waits for approval */
	FAMILY_TEXT,	 /* a phrase in the text */
	FAMILY_SYSTEM,	 /* a phrase that only one mail system writes */
	FAMILY_COURTESY, /* a phrase that people write as well */
	FAMILY_MACHINE,	 /* a phrase that all machines write: "do not reply" */
	FAMILY_REFUSAL,	 /* a robot says that it took a message not */
	FAMILY_CODE,	 /* an SMTP reply or status code beside an address */
	FAMILY_LISTED,	 /* an address alone on a line: of whom it speaks */
	FAMILY_NEIGHBOUR, /* an address of the sender's own organisation */
	FAMILY_ORIGINAL,  /* the original message is quoted */
	FAMILY_STRUCTURE, /* the MIME structure of that kind */
	FAMILY_REPLY,	  /* In-Reply-To, a quoted subject */
	FAMILY_LINK,	  /* one link to be followed */
	FAMILY_REASON,	  /* why it is asked for: unwanted mail */
	FAMILY_ONCE,	  /* it is asked for once only */
	FAMILY_ACT,	  /* the reader is to answer */
	FAMILY_CLICK,	  /* the reader is to follow a link */
	FAMILY_TRADE,	  /* words of shops, carriers and banks */
	FAMILY_HEARSAY,	  /* a site passes on what somebody wrote there */
	FAMILY_COUNT
};

struct findings {
	struct signs *signs;
	/* By kind: bit 1 << family for each family with a sign. */
	uint32_t families[BACKSCATTER_KIND_COUNT];
};

void finding_add(struct findings *findings, enum backscatter_kind kind,
    enum sign_family family, const char *sign);
bool finding_has(const struct findings *findings, enum backscatter_kind kind,
    enum sign_family family);
/* Independent families for that kind. */
unsigned finding_families(
    const struct findings *findings, enum backscatter_kind kind);

#endif
