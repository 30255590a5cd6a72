#include "ingest/smtp_certificate.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/log.h"
#include "ingest/smtp_tls.h"

/* The curve that every client of TLS 1.2 has; signing takes 30 us. */
#define CURVE "P-256"

/*
 * Nobody trusts it, so nothing is won by an end. It begins a day ago, for
 * clients whose clocks are slow.
 */
#define VALID_DAYS (20 * 365)
#define DAY_SECONDS 86400L

/* As long as a serial number may be, RFC 5280 section 4.1.2.2, less a bit. */
#define SERIAL_OCTETS 16

/* Of a common name, RFC 5280 appendix A.1. */
#define COMMON_NAME_MAX 64

static int
set_serial(X509 *certificate)
{
	unsigned char octets[SERIAL_OCTETS];
	BIGNUM *number;
	int done;

	if (RAND_bytes(octets, sizeof(octets)) != 1)
		return 0;
	octets[0] &= 0x7f;
	number = BN_bin2bn(octets, sizeof(octets), NULL);
	done = number != NULL &&
	       BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) !=
		   NULL;
	BN_free(number);
	return done;
}

static int
set_name(X509 *certificate, const char *hostname)
{
	X509_NAME *name = X509_get_subject_name(certificate);
	const int len = (int)strlen(hostname);

	return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		   (const unsigned char *)hostname,
		   len < COMMON_NAME_MAX ? len : COMMON_NAME_MAX, -1, 0) == 1 &&
	       X509_set_issuer_name(certificate, name) == 1;
}

static int
set_alternative(X509 *certificate, const char *hostname)
{
	X509_EXTENSION *extension;
	char text[300];
	int done;

	snprintf(text, sizeof(text), "DNS:%s", hostname);
	extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, text);
	done = extension != NULL && X509_add_ext(certificate, extension, -1);
	X509_EXTENSION_free(extension);
	return done;
}

static int
fill(X509 *certificate, EVP_PKEY *key, const char *hostname)
{
	return X509_set_version(certificate, X509_VERSION_3) == 1 &&
	       set_serial(certificate) &&
	       X509_gmtime_adj(
		   X509_getm_notBefore(certificate), -DAY_SECONDS) != NULL &&
	       X509_gmtime_adj(X509_getm_notAfter(certificate),
		   VALID_DAYS * DAY_SECONDS) != NULL &&
	       set_name(certificate, hostname) &&
	       set_alternative(certificate, hostname) &&
	       X509_set_pubkey(certificate, key) == 1 &&
	       X509_sign(certificate, key, EVP_sha256()) > 0;
}

/* Whole or not at all, should two start at the same time. */
static int
write_file(const char *path, EVP_PKEY *key, X509 *certificate)
{
	char made[4096];
	FILE *file;
	int fd, error = 0;

	snprintf(made, sizeof(made), "%s.%ld", path, (long)getpid());
	fd = open(made, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	file = fdopen(fd, "w");
	if (file == NULL ||
	    PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) != 1 ||
	    PEM_write_X509(file, certificate) != 1 || fflush(file) != 0 ||
	    fsync(fd) != 0)
		error = errno != 0 ? -errno : -EIO;
	if (file == NULL)
		close(fd);
	else if (fclose(file) != 0 && error == 0)
		error = -errno;
	if (error == 0 && link(made, path) != 0 && errno != EEXIST)
		error = -errno;
	unlink(made);
	return error;
}

static void
find_name(const char *hostname, char *name, size_t size)
{
	snprintf(name, size, "%s", hostname);
	if (name[0] == '\0' && gethostname(name, size) != 0)
		snprintf(name, size, "localhost");
	name[size - 1] = '\0';
}

int
smtp_certificate_make(const char *path, const char *hostname)
{
	char name[256], shown[LOG_TEXT_MAX], reason[SMTP_TLS_REASON_MAX];
	EVP_PKEY *key;
	X509 *certificate;
	int code = ERROR_FORMAT;

	find_name(hostname, name, sizeof(name));
	ERR_clear_error();
	errno = 0;
	key = EVP_EC_gen(CURVE);
	certificate = X509_new();
	if (key == NULL || certificate == NULL ||
	    !fill(certificate, key, name)) {
		smtp_tls_reason(reason);
	} else {
		code = write_file(path, key, certificate);
		snprintf(reason, sizeof(reason), "%s", error_text(code));
	}
	if (code == 0)
		log_notice("made_certificate path=%s", log_escape(path, shown));
	else
		log_error("no_certificate path=%s reason=\"%s\"",
		    log_escape(path, shown), reason);
	X509_free(certificate);
	EVP_PKEY_free(key);
	return code;
}
