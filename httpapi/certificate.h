#ifndef HTTPAPI_CERTIFICATE_H
#define HTTPAPI_CERTIFICATE_H

#include <gnutls/abstract.h>
#include <stdint.h>

#include "common/settings.h"

/*
 * Certificate and key of what listens with TLS; with this GnuTLS ends, which
 * libmicrohttpd speaks TLS by. Each handshake asks anew for the pair in force,
 * so that a renewed one needs neither a restart nor the end of a connection.
 * There is one in the program, for the library's callback bears no context.
 */

/*
 * The files that the settings name, or nothing where no httpapi.tls_listen
 * does. 0, or a negative code after one log line. To be called as the user who
 * reads them again later.
 */
int certificate_begin(const struct settings *settings);
/* Nobody may be connected any more. */
void certificate_end(void);

/*
 * In the main thread, after SIGHUP: the files that the settings name now are
 * read, unless they are those in force. Bad ones are one log line, and the pair
 * before stays in force.
 */
void certificate_use(const struct settings *settings);
/* In the main thread, a few times a second: the same once they have changed. */
void certificate_watch(int64_t now_ms);

/* For MHD_OPTION_HTTPS_CERT_CALLBACK2. */
gnutls_certificate_retrieve_function3 certificate_choose;

#endif
