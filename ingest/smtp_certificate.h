#ifndef INGEST_SMTP_CERTIFICATE_H
#define INGEST_SMTP_CERTIFICATE_H

/*
 * Makes a key and a certificate for `hostname` ("": the name of this host),
 * signed by itself, and writes both to `path`, which must not be there yet and
 * nobody else may read. 0, or a negative code after one log line.
 */
int smtp_certificate_make(const char *path, const char *hostname);

#endif
