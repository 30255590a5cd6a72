#include "ingest/notice.h"

/*
 * What scanners say in their notices and nobody else does: one sign for each,
 * so that it is known.
 */
#define NAMED(text, scanner)                                                   \
	{                                                                      \
		text, "virus-" scanner, BACKSCATTER_VIRUS_NOTICE,              \
		    FAMILY_SYSTEM, PHRASE_ANYWHERE                             \
	}
static const struct phrase subjects[] = {
	NAMED("in mail from you", "amavis"),
	NAMED("antigen found", "antigen"),
	NAMED("groupshield alert", "groupshield"),
	NAMED("groupshield ticket number", "groupshield"),
	NAMED("gwava sender notification", "gwava"),
	NAMED("inflex scan report", "inflex"),
	NAMED("interscan nt alert", "interscan"),
	NAMED("interscan mss for smtp has", "interscan"),
	NAMED("failed to clean virus", "interscan"),
	NAMED("mailmarshal has detected", "mailmarshal"),
	NAMED("you tried to send a potential virus", "messagelabs"),
	NAMED("norton antivirus detected", "norton"),
	NAMED("norton antivirus failed to scan", "norton"),
	NAMED("nav detected a virus", "norton"),
	NAMED("**message you sent has been blocked**", "qmail-scanner"),
	NAMED("virus found in sent message", "qmail-scanner"),
	NAMED("rav antivirus scan results", "rav"),
	NAMED("antivirus scan results", "rav"),
	NAMED("scanmail message:", "scanmail"),
	NAMED("symantec avf detected", "symantec"),
	NAMED("symantec e-mail-proxy", "symantec"),
};
const struct phrase_table virus_system_subjects = { subjects,
	sizeof(subjects) / sizeof(subjects[0]) };

static const struct phrase phrases[] = {
	NAMED("our content checker found", "amavis"),
	NAMED("antigen for exchange found", "antigen"),
	NAMED("and has not been accepted for delivery", "clamav"),
	NAMED("virus scanner deleted your message", "generic"),
	NAMED("gwava has blocked", "gwava"),
	NAMED("mailmarshal rule:", "mailmarshal"),
	NAMED("mailsweeper has found", "mailsweeper"),
	NAMED("blocked by mailsweeper", "mailsweeper"),
	NAMED("messagelabs email security system", "messagelabs"),
	NAMED("reporting-mta: norton antivirus", "norton"),
	NAMED("this email scanner intercepted it", "qmail-scanner"),
	NAMED("scanmail for microsoft exchange has", "scanmail"),
	NAMED("group securiq.wall", "securiq"),
};
const struct phrase_table virus_systems = { phrases,
	sizeof(phrases) / sizeof(phrases[0]) };
