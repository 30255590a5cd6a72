#include "ingest/smtp_tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "ingest/smtp_certificate.h"

#define OWN_CERTIFICATE "ingest-tls.pem"
#define PATH_SIZE 4096

struct smtp_tls {
	SSL_CTX *context;
};

char *
smtp_tls_reason(char text[SMTP_TLS_REASON_MAX])
{
	unsigned long error = ERR_peek_error();

	ERR_clear_error();
	if (error == 0)
		snprintf(text, SMTP_TLS_REASON_MAX, "%s",
		    errno != 0 ? error_text(-errno) : "connection closed");
	else if (ERR_SYSTEM_ERROR(error))
		snprintf(text, SMTP_TLS_REASON_MAX, "%s",
		    error_text(-ERR_GET_REASON(error)));
	else
		snprintf(text, SMTP_TLS_REASON_MAX, "%s",
		    ERR_reason_error_string(error));
	return text;
}

/*
 * No renegotiation: reading would have to wait for writing, and a client could
 * ask for one key exchange after the other. No tickets and no cache: a server
 * that comes back has forgotten us. Buffers go when they are empty, since most
 * of a thousand connections wait.
 */
static void
set_options(SSL_CTX *context)
{
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_set_options(context,
	    SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
		SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(context, 0);
	SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
				      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
				      SSL_MODE_RELEASE_BUFFERS);
}

static int
complain(const char *path)
{
	char reason[SMTP_TLS_REASON_MAX], shown[LOG_TEXT_MAX];

	log_error("tls_failed path=%s reason=\"%s\"", log_escape(path, shown),
	    smtp_tls_reason(reason));
	return ERROR_FORMAT;
}

static int
load(SSL_CTX *context, const char *certificate, const char *key)
{
	ERR_clear_error();
	errno = 0;
	if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1)
		return complain(certificate);
	if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_check_private_key(context) != 1)
		return complain(key);
	return 0;
}

static int
load_own(SSL_CTX *context, const struct settings *settings)
{
	char path[PATH_SIZE];
	int len = snprintf(
	    path, sizeof(path), "%s/" OWN_CERTIFICATE, settings->database.path);
	int code = 0;

	if (len < 0 || (size_t)len >= sizeof(path))
		return -ENAMETOOLONG;
	if (access(path, F_OK) != 0)
		code = smtp_certificate_make(path, settings->ingest.hostname);
	return code != 0 ? code : load(context, path, path);
}

static int
load_configured(SSL_CTX *context, const struct settings *settings)
{
	const char *certificate = settings->ingest.tls_certificate;
	const char *key = settings->ingest.tls_key;

	if (certificate[0] == '\0')
		return load_own(context, settings);
	return load(context, certificate, key[0] != '\0' ? key : certificate);
}

int
smtp_tls_open(const struct settings *settings, struct smtp_tls **opened)
{
	struct smtp_tls *tls;
	int code;

	*opened = NULL;
	if (strcmp(settings->ingest.tls, "off") == 0)
		return 0;
	tls = calloc(1, sizeof(*tls));
	if (tls == NULL)
		return -ENOMEM;
	tls->context = SSL_CTX_new(TLS_server_method());
	code = tls->context == NULL ? -ENOMEM : 0;
	if (code == 0) {
		set_options(tls->context);
		code = load_configured(tls->context, settings);
	}
	if (code != 0) {
		smtp_tls_close(tls);
		return code;
	}
	*opened = tls;
	return 0;
}

void
smtp_tls_close(struct smtp_tls *tls)
{
	if (tls != NULL)
		SSL_CTX_free(tls->context);
	free(tls);
}

struct ssl_st *
smtp_tls_connection(const struct smtp_tls *tls, int fd)
{
	SSL *connection = SSL_new(tls->context);

	if (connection != NULL && SSL_set_fd(connection, fd) != 1) {
		SSL_free(connection);
		return NULL;
	}
	if (connection != NULL)
		SSL_set_accept_state(connection);
	return connection;
}
