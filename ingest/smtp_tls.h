#ifndef INGEST_SMTP_TLS_H
#define INGEST_SMTP_TLS_H

#include "common/settings.h"

/*
 * Certificate and key for STARTTLS. With this and smtp_channel.h OpenSSL's
 * part of a mail server ends: no other module sees it. Nobody checks the
 * certificate of a mail server they bounce to; it keeps those who only listen
 * from reading (RFC 7435), so one that we make ourselves is as good.
 */
struct smtp_tls;
struct ssl_st;

/*
 * As the settings have it now: *tls is NULL where they switch it off. Where
 * they name no certificate, the one that was made at the first start and lies
 * beside the database is used; the first start makes it. 0, or a negative code
 * after one log line.
 */
int smtp_tls_open(const struct settings *settings, struct smtp_tls **tls);
/* Connections that have begun with it go on. NULL does nothing. */
void smtp_tls_close(struct smtp_tls *tls);

/* For smtp_channel.c: a connection of a server; NULL without memory. */
struct ssl_st *smtp_tls_connection(const struct smtp_tls *tls, int fd);

/*
 * What OpenSSL has to say on what went wrong first in its last call, in this
 * thread; its memory of errors is empty then. Returns `text`.
 */
#define SMTP_TLS_REASON_MAX 256
char *smtp_tls_reason(char text[SMTP_TLS_REASON_MAX]);

#endif
