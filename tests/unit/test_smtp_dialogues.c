#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/smtp_transcript.h"

static const struct dialogue dialogues[] = {
	/* A bounce comes in, and another on the same connection. */
	{ START "DATA\r\nSubject: x\r\n\r\nbody\r\n.\r\nQUIT\r\n",
	    START_OK DATA_OK MESSAGE_OK BYE,
	    "message " FROM_NULL " [Subject: x\r\n\r\nbody\r\n]\n", 0 },
	{ START "DATA\r\n1\r\n.\r\n" MAIL_NULL RCPT_TRAP
		"DATA\r\n2\r\n.\r\nQUIT\r\n",
	    START_OK DATA_OK MESSAGE_OK MAIL_OK RCPT_OK DATA_OK MESSAGE_OK BYE,
	    "message " FROM_NULL " [1\r\n]\nmessage " FROM_NULL " [2\r\n]\n",
	    0 },
	/* What is announced. */
	{ "EHLO a.example\r\n",
	    "250-mx.example\r\n250-PIPELINING\r\n250-SIZE 100000\r\n"
	    "250-STARTTLS\r\n" EHLO_END,
	    "", 0 },
	{ "EHLO a.example\r\n",
	    "250-mx.example\r\n250-PIPELINING\r\n250-SIZE 100000\r\n"
	    "250-STARTTLS\r\n"
	    "250-XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR "
	    "DESTPORT\r\n" EHLO_END,
	    "", MAY_XCLIENT },
	/* Only our mailboxes; a trap and a role address look the same. */
	{ HELO MAIL_NULL "RCPT TO:<nobody@trap.example>\r\n"
			 "RCPT TO:<trap@elsewhere.example>\r\n"
			 "RCPT TO:<Postmaster>\r\n"
			 "RCPT TO:<unsure@trap.example>\r\n"
			 "DATA\r\n.\r\n",
	    HELO_OK MAIL_OK RCPT_NO RCPT_NO RCPT_OK LATER DATA_OK MESSAGE_OK,
	    "message 192.0.2.1 a.example <> <Postmaster> []\n", 0 },
	{ HELO MAIL_NULL "RCPT TO:<nobody@trap.example>\r\nDATA\r\nQUIT\r\n",
	    HELO_OK MAIL_OK RCPT_NO "554 5.5.1 No valid recipients\r\n" BYE, "",
	    0 },
	/* Recipients named twice count once; one too many is for later. */
	{ START "RCPT TO:<TRAP@trap.example>\r\n"
		"RCPT TO:<other@trap.example>\r\n"
		"RCPT TO:<same@trap.example>\r\nDATA\r\n.\r\n",
	    START_OK RCPT_OK RCPT_OK
	    "452 4.5.3 Too many recipients\r\n" DATA_OK MESSAGE_OK,
	    "message " FROM_NULL " <other@trap.example> []\n", 0 },
	/* The order of commands. */
	{ MAIL_NULL RCPT_TRAP "DATA\r\n" HELO RCPT_TRAP "DATA\r\n",
	    "503 5.5.1 Please say EHLO or HELO first\r\n" ORDER ORDER HELO_OK
		ORDER ORDER,
	    "", 0 },
	{ HELO MAIL_NULL MAIL_NULL,
	    HELO_OK MAIL_OK "503 5.5.1 Sender given already\r\n", "", 0 },
	{ "NOOP\r\nRSET\r\nVRFY trap@trap.example\r\nVRFY x\r\nHELP\r\n"
	  "EXPN x\r\nLHLO a\r\nWHAT\r\nQUIT\r\n",
	    OK OK "252 2.0.0 Please send the message to find out\r\n"
		  "252 2.0.0 Please send the message to find out\r\n"
		  "214 2.0.0 EHLO HELO STARTTLS MAIL RCPT DATA BDAT RSET NOOP "
		  "VRFY HELP QUIT\r\n"
		  "502 5.5.1 Command not offered here\r\n" UNSEEN UNSEEN BYE,
	    "", 0 },
	/* Which address was not understood, RFC 3463 section 3.2. */
	{ HELO "MAIL FROM:<a@>\r\n" MAIL_NULL "RCPT TO:<a@>\r\n",
	    HELO_OK "501 5.1.7 Address not understood\r\n" MAIL_OK
		    "501 5.1.3 Address not understood\r\n",
	    "", 0 },
	/* Nothing is heard after QUIT. */
	{ "QUIT\r\nNOOP\r\n", BYE, "", 0 },
	/* Parameters. */
	{ HELO "MAIL FROM:<> SIZE=100001\r\nMAIL FROM:<> SMTPUTF9\r\n"
	       "MAIL FROM:<a@b> BODY=8BITMIME SIZE=100000 RET=HDRS\r\n"
	       "RCPT TO:<trap@trap.example> NOTIFY=NEVER\r\n",
	    HELO_OK "552 5.3.4 Message too big\r\n"
		    "555 5.5.4 Parameter not offered here\r\n" MAIL_OK RCPT_OK,
	    "", 0 },
	/* Callouts: RSET or QUIT after RCPT; each trap once. */
	{ START "QUIT\r\n", START_OK BYE,
	    "dialogue " FROM_NULL " refused=0 politely\n", 0 },
	{ START "RSET\r\n" MAIL_NULL RCPT_TRAP "RSET\r\n" MAIL_NULL
		"RCPT TO:<same@trap.example>\r\nRSET\r\n" MAIL_NULL
		"RCPT TO:<other@trap.example>\r\nRSET\r\nQUIT\r\n",
	    START_OK OK MAIL_OK RCPT_OK OK MAIL_OK RCPT_OK OK MAIL_OK RCPT_OK OK
		BYE,
	    "dialogue " FROM_NULL " refused=0 politely\n"
	    "dialogue 192.0.2.1 a.example <> <other@trap.example> refused=0 "
	    "politely\n",
	    0 },
	{ HELO "MAIL FROM:<double-bounce@a.example>\r\n"
	       "RCPT TO:<x@trap.example>\r\n" RCPT_TRAP "RSET\r\nQUIT\r\n",
	    HELO_OK MAIL_OK RCPT_NO RCPT_OK OK BYE,
	    "dialogue 192.0.2.1 a.example <double-bounce@a.example> "
	    "<trap@trap.example> refused=1 politely\n",
	    0 },
	{ START HELO "QUIT\r\n", START_OK HELO_OK BYE,
	    "dialogue " FROM_NULL " refused=0\n", 0 },
	/* What was asked before a message was asked all the same. */
	{ START "RSET\r\n" MAIL_NULL RCPT_TRAP
		"DATA\r\n.\r\nRSET\r\n" MAIL_NULL RCPT_TRAP "QUIT\r\n",
	    START_OK OK MAIL_OK RCPT_OK DATA_OK MESSAGE_OK OK MAIL_OK RCPT_OK
		BYE,
	    "dialogue " FROM_NULL " refused=0 politely\n"
	    "message " FROM_NULL " []\n",
	    0 },
	/* No trap, or a message: no callout. */
	{ HELO MAIL_NULL "RCPT TO:<postmaster@trap.example>\r\nQUIT\r\n",
	    HELO_OK MAIL_OK RCPT_OK BYE, "", 0 },
	{ HELO MAIL_NULL "RCPT TO:<nobody@trap.example>\r\nQUIT\r\n",
	    HELO_OK MAIL_OK RCPT_NO BYE, "", 0 },
	{ START "DATA\r\n.\r\nRSET\r\nQUIT\r\n",
	    START_OK DATA_OK MESSAGE_OK OK BYE, "message " FROM_NULL " []\n",
	    0 },
	/* Whom a proxy does not name may ask, and mails nothing. */
	{ HELO MAIL_NULL RCPT_TRAP "QUIT\r\n",
	    HELO_OK
	    "451 4.3.5 The proxy between does not name the client\r\n" ORDER
		BYE,
	    "", UNNAMED },
	{ HELO
	    "XCLIENT ADDR=198.51.100.7 HELO=b.example\r\n" MAIL_NULL RCPT_TRAP
	    "QUIT\r\n",
	    HELO_OK GREETING MAIL_OK RCPT_OK BYE,
	    "dialogue 198.51.100.7 b.example <> <trap@trap.example> refused=0 "
	    "politely\n",
	    UNNAMED | MAY_XCLIENT },
	/* A proxy that we trust, and somebody else. */
	{ HELO
	    "XCLIENT ADDR=198.51.100.7 HELO=b.example\r\n" MAIL_NULL RCPT_TRAP
	    "DATA\r\n.\r\n",
	    HELO_OK GREETING MAIL_OK RCPT_OK DATA_OK MESSAGE_OK,
	    "message 198.51.100.7 b.example <> <trap@trap.example> []\n",
	    MAY_XCLIENT },
	{ "XCLIENT ADDR=IPV6:2001:db8::7\r\n" MAIL_NULL START "QUIT\r\n",
	    GREETING "503 5.5.1 Please say EHLO or HELO first\r\n" START_OK BYE,
	    "dialogue 2001:db8::7 a.example <> <trap@trap.example> refused=0 "
	    "politely\n",
	    MAY_XCLIENT },
	{ "XCLIENT ADDR=[UNAVAILABLE]\r\nXCLIENT ADDR=x\r\n" START
	  "XCLIENT ADDR=198.51.100.7\r\nRSET\r\n",
	    "501 5.5.4 The client's address is needed\r\n"
	    "501 5.5.4 Argument not understood\r\n" START_OK
	    "503 5.5.1 Not within a transaction\r\n" OK,
	    "dialogue " FROM_NULL " refused=0 politely\n", MAY_XCLIENT },
	{ "XCLIENT ADDR=198.51.100.7\r\nXCLIENT x\r\n" START "QUIT\r\n",
	    "550 5.7.0 Not for this client\r\n"
	    "550 5.7.0 Not for this client\r\n" START_OK BYE,
	    "dialogue " FROM_NULL " refused=0 politely\n", 0 },
	/* Only CR LF ends a command. */
	{ "NOOP\nQUIT\r\nNOOP\rQUIT\r\nNOOP\r\r\nNOOP\r\n",
	    GARBLED GARBLED GARBLED OK, "", 0 },
	{ "\r\n\n\r\n", UNSEEN GARBLED, "", 0 },
	/* Chunks: every octet counts, and what looks like commands is none. */
	{ START "BDAT 6\r\na\n.\r\nbBDAT 8 LAST\r\n\r\n.\r\nQUINOOP\r\n",
	    START_OK CHUNK_OK MESSAGE_OK OK,
	    "message " FROM_NULL " [a\n.\r\nb\r\n.\r\nQUI]\n", 0 },
	{ START "BDAT 0 LAST\r\n" MAIL_NULL RCPT_TRAP "bdat 1 last\r\nx",
	    START_OK MESSAGE_OK MAIL_OK RCPT_OK MESSAGE_OK,
	    "message " FROM_NULL " []\nmessage " FROM_NULL " [x]\n", 0 },
	{ START "BDAT 1\r\nxDATA\r\n" RCPT_TRAP MAIL_NULL "BDAT 0 LAST\r\n",
	    START_OK CHUNK_OK CHUNKS_ONLY CHUNKS_ONLY
	    "503 5.5.1 Sender given already\r\n" MESSAGE_OK,
	    "message " FROM_NULL " [x]\n", 0 },
	{ START "BDAT 1\r\nxRSET\r\nQUIT\r\n", START_OK CHUNK_OK OK BYE, "",
	    0 },
	{ HELO "BDAT 6 LAST\r\nQUIT\r\n" MAIL_NULL
	       "BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n",
	    HELO_OK ORDER MAIL_OK "554 5.5.1 No valid recipients\r\n" OK, "",
	    0 },
	{ START "BDAT\r\n",
	    START_OK "421 4.5.4 mx.example Chunk without a size\r\n",
	    "dialogue " FROM_NULL " refused=0\n", 0 },
	{ "BDAT 1 LASTING\r\nNOOP\r\n",
	    "421 4.5.4 mx.example Chunk without a size\r\n", "", 0 },
	/* Mailboxes beyond ASCII, for those who say so. */
	{ HELO "MAIL FROM:<\xc3\xa4@b.example>\r\n"
	       "MAIL FROM:<\xc3\xa4@b.example> SMTPUTF8\r\n"
	       "RCPT TO:<\xc3\xb6@trap.example>\r\n"
	       "RCPT TO:<\xff@trap.example>\r\n" RCPT_TRAP "RSET\r\n" MAIL_NULL
	       "RCPT TO:<\xc3\xb6@trap.example>\r\n",
	    HELO_OK "553 5.6.7 Please say SMTPUTF8\r\n" MAIL_OK RCPT_NO
		    "501 5.1.3 Address not understood\r\n" RCPT_OK OK MAIL_OK
		    "553 5.6.7 Please say SMTPUTF8\r\n",
	    "dialogue 192.0.2.1 a.example <\xc3\xa4@b.example> "
	    "<trap@trap.example> refused=1 politely\n",
	    0 },
	/* Nothing in plain text comes after STARTTLS. */
	{ START "STARTTLS\r\nNOOP\r\n", START_OK TLS_OK INJECTED,
	    "dialogue " FROM_NULL " refused=0\n", 0 },
	{ "STARTTLS now\r\n", "501 5.5.4 Argument not understood\r\n", "", 0 },
	/* XFORWARD holds for one transaction. */
	{ HELO "XFORWARD ADDR=198.51.100.7\r\n", HELO_OK NOT_ALLOWED, "", 0 },
	{ HELO "XFORWARD NAME=b.example ADDR=198.51.100.7 PORT=1\r\n"
	       "XFORWARD PROTO=ESMTP HELO=b.example IDENT=x "
	       "SOURCE=REMOTE\r\n" MAIL_NULL RCPT_TRAP
	       "XFORWARD ADDR=198.51.100.8\r\n"
	       "DATA\r\n.\r\n" MAIL_NULL RCPT_TRAP "RSET\r\n"
	       "XFORWARD ADDR=[UNAVAILABLE]\r\n" MAIL_NULL,
	    HELO_OK OK OK MAIL_OK RCPT_OK
	    "503 5.5.1 Not within a transaction\r\n" DATA_OK MESSAGE_OK MAIL_OK
		RCPT_OK OK OK
	    "451 4.3.5 Please name the client with XFORWARD\r\n",
	    "message 198.51.100.7 b.example <> <trap@trap.example> []\n"
	    "dialogue " FROM_NULL " refused=0 politely\n",
	    MAY_XFORWARD },
	/* LMTP: an answer for each recipient, and never a refusal for good. */
	{ "LHLO a.example\r\n",
	    "250-mx.example\r\n250-PIPELINING\r\n250-STARTTLS\r\n"
	    "250-XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE\r\n" EHLO_END,
	    "", LMTP | MAY_XFORWARD },
	{ LHLO MAIL_NULL FORWARD MAIL_NULL RCPT_TRAP
	    "RCPT TO:<nobody@trap.example>\r\n" RCPT_TRAP
	    "DATA\r\nx\r\n.\r\nQUIT\r\n",
	    LHLO_OK
	    "451 4.3.5 Please name the client with XFORWARD\r\n" OK MAIL_OK
		RCPT_OK RCPT_OK
	    "452 4.5.3 Too many recipients\r\n" DATA_OK MESSAGE_OK MESSAGE_OK
		BYE,
	    "discarded 198.51.100.7  <> <trap@trap.example> for "
	    "<nobody@trap.example> reason=0\n"
	    "message 198.51.100.7  <> <trap@trap.example> [x\r\n]\n",
	    FRONT },
	{ LHLO "XFORWARD IDENT=x SOURCE=LOCAL\r\n" MAIL_NULL RCPT_TRAP,
	    LHLO_OK OK MAIL_OK RCPT_OK,
	    "discarded ::  <> for <trap@trap.example> reason=1\n", FRONT },
	{ LHLO "XFORWARD ADDR=[UNAVAILABLE]\r\n" MAIL_NULL RCPT_TRAP
	       "DATA\r\nx\r\n.\r\n" FORWARD MAIL_NULL RCPT_TRAP "RSET\r\n",
	    LHLO_OK OK MAIL_OK RCPT_OK DATA_OK MESSAGE_OK OK MAIL_OK RCPT_OK OK,
	    "discarded ::  <> for <trap@trap.example> reason=1\n", FRONT },
	{ LHLO FORWARD MAIL_NULL "RCPT TO:<\001@trap.example>\r\n"
				 "DATA\r\nx\r\n.\r\n",
	    LHLO_OK OK MAIL_OK RCPT_OK DATA_OK MESSAGE_OK,
	    "discarded 198.51.100.7  <> for <> reason=2\n", FRONT },
	{ LHLO FORWARD "MAIL FROM:<a@> X=1\r\n" RCPT_TRAP "RCPT TO:<a@>\r\n"
		       "BDAT 1\r\nxBDAT 1 LAST\r\nx",
	    LHLO_OK OK MAIL_OK RCPT_OK RCPT_OK CHUNK_OK MESSAGE_OK MESSAGE_OK,
	    "discarded ::  <> for <> reason=2\n"
	    "discarded ::  <> for <trap@trap.example> reason=1\n"
	    "discarded ::  <> for <> reason=2\n",
	    FRONT },
	{ "EHLO a\r\nMAIL FROM:<>\r\nWHAT\r\nNOOP\n\r\n" RCPT_TRAP
	  "DATA\r\nEXPN x\r\nXCLIENT ADDR=192.0.2.1\r\n",
	    "451 4.5.2 Command not recognized\r\n"
	    "451 4.5.1 Please say LHLO first\r\n"
	    "451 4.5.2 Command not recognized\r\n"
	    "451 4.5.2 Lines end with CR LF and hold printable text\r\n"
	    "451 4.5.1 Please name the sender first\r\n"
	    "451 4.5.1 Please name the sender first\r\n"
	    "451 4.5.1 Command not offered here\r\n"
	    "451 4.7.0 Not for this client\r\n",
	    "", FRONT },
};

static void
holds_conversations(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(dialogues); i++)
		play(&dialogues[i], 0, SIZE_MAX);
}

static void
answers_the_same_however_the_octets_are_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(dialogues); i++) {
		play(&dialogues[i], 0, 1);
		for (size_t k = 1; k < strlen(dialogues[i].said); k++)
			play(&dialogues[i], k, SIZE_MAX);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_conversations),
		cmocka_unit_test(answers_the_same_however_the_octets_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
