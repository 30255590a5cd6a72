#include "httpapi/certificate.h"

#include <errno.h>
#include <gnutls/x509.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/clock.h"
#include "common/error.h"
#include "common/log.h"

/* The server's own and those that bear it out; chains have three or four. */
#define CHAIN_MAX 8

/*
 * How often the files are looked at. Whoever renews writes one after the other:
 * they are read once they have stayed the same from one look to the next.
 */
#define LOOK_MS 500

/* SHA-256. */
#define KEY_ID_SIZE 32

/* Never changed once it is made; a handshake may use it for long. */
struct pair {
	gnutls_pcert_st chain[CHAIN_MAX];
	unsigned count;
	gnutls_privkey_t key;
	struct pair *older; /* kept until the end */
};

/* By what a file is known to be another one, or written anew. */
struct stamp {
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec changed;
};

static struct {
	_Atomic(struct pair *) in_force; /* NULL: nothing listens with TLS */
	char *certificate, *key;	 /* paths */
	struct stamp tried[2], seen[2];
	bool taken; /* what was tried is in force */
	int64_t look_at_ms;
} all;

/* --- reading -------------------------------------------------------------- */

static void
pair_free(struct pair *pair)
{
	for (unsigned i = 0; i < pair->count; i++)
		gnutls_pcert_deinit(&pair->chain[i]);
	if (pair->key != NULL)
		gnutls_privkey_deinit(pair->key);
	free(pair);
}

static const char *
reason_of(int code)
{
	return code == GNUTLS_E_FILE_ERROR ? error_text(-errno)
					   : gnutls_strerror(code);
}

static int
read_chain(struct pair *pair, const char *path)
{
	gnutls_datum_t text;
	unsigned count = CHAIN_MAX;
	int code = gnutls_load_file(path, &text);

	if (code != 0)
		return code;
	code = gnutls_pcert_list_import_x509_raw(
	    pair->chain, &count, &text, GNUTLS_X509_FMT_PEM, 0);
	gnutls_free(text.data);
	if (code == 0)
		pair->count = count;
	return code;
}

static int
read_key(struct pair *pair, const char *path)
{
	gnutls_datum_t text;
	int code = gnutls_privkey_init(&pair->key);

	if (code == 0)
		code = gnutls_load_file(path, &text);
	if (code != 0)
		return code;
	code = gnutls_privkey_import_x509_raw(
	    pair->key, &text, GNUTLS_X509_FMT_PEM, NULL, 0);
	gnutls_memset(text.data, 0, text.size);
	gnutls_free(text.data);
	return code;
}

static int
key_id(gnutls_pubkey_t key, unsigned char id[KEY_ID_SIZE])
{
	size_t size = KEY_ID_SIZE;

	return gnutls_pubkey_get_key_id(
	    key, GNUTLS_KEYID_USE_SHA256, id, &size);
}

/* Does the key belong to the certificate? */
static int
check_match(const struct pair *pair)
{
	unsigned char certified[KEY_ID_SIZE], own[KEY_ID_SIZE];
	gnutls_pubkey_t public;
	int code = gnutls_pubkey_init(&public);

	if (code != 0)
		return code;
	code = gnutls_pubkey_import_privkey(public, pair->key, 0, 0);
	if (code == 0)
		code = key_id(public, own);
	if (code == 0)
		code = key_id(pair->chain[0].pubkey, certified);
	if (code == 0 && memcmp(own, certified, KEY_ID_SIZE) != 0)
		code = GNUTLS_E_CERTIFICATE_KEY_MISMATCH;
	gnutls_pubkey_deinit(public);
	return code;
}

static int
refused(const char *path, int code)
{
	char shown[LOG_TEXT_MAX];

	log_error("certificate_refused path=%s reason=\"%s\"%s",
	    log_escape(path, shown), reason_of(code),
	    atomic_load(&all.in_force) != NULL
		? " remedy=\"the one before stays in force: mend the file\""
		: "");
	return ERROR_FORMAT;
}

static int
read_pair(struct pair **out)
{
	struct pair *pair = calloc(1, sizeof(*pair));
	const char *path = all.certificate;
	int code;

	if (pair == NULL)
		return -ENOMEM;
	code = read_chain(pair, path);
	if (code == 0) {
		path = all.key;
		code = read_key(pair, path);
	}
	if (code == 0)
		code = check_match(pair);
	if (code == 0) {
		*out = pair;
		return 0;
	}
	pair_free(pair);
	return refused(path, code);
}

/* --- putting in force ----------------------------------------------------- */

static void
tell(struct pair *pair)
{
	char shown[LOG_TEXT_MAX], until[CLOCK_TEXT_MAX];
	gnutls_x509_crt_t certificate;

	if (gnutls_pcert_export_x509(&pair->chain[0], &certificate) != 0)
		return;
	log_notice("certificate_in_force path=%s until=%s",
	    log_escape(all.certificate, shown),
	    clock_format(
		gnutls_x509_crt_get_expiration_time(certificate), until));
	gnutls_x509_crt_deinit(certificate);
}

/* A file that is not there has a stamp as well. */
static void
look(struct stamp stamps[2])
{
	const char *const paths[2] = { all.certificate, all.key };
	struct stat is;

	for (int i = 0; i < 2; i++) {
		memset(&stamps[i], 0, sizeof(stamps[i]));
		if (stat(paths[i], &is) != 0)
			continue;
		stamps[i].device = is.st_dev;
		stamps[i].inode = is.st_ino;
		stamps[i].size = is.st_size;
		stamps[i].changed = is.st_mtim;
	}
}

static int
put_in_force(void)
{
	struct pair *pair;
	int code;

	look(all.tried);
	code = read_pair(&pair);
	all.taken = code == 0;
	if (code != 0)
		return code;
	pair->older = atomic_load(&all.in_force);
	atomic_store(&all.in_force, pair);
	tell(pair);
	return 0;
}

static int
name_files(const struct settings *settings)
{
	const char *certificate = settings->httpapi.tls_certificate;
	const char *key = settings->httpapi.tls_key;

	free(all.certificate);
	free(all.key);
	all.certificate = strdup(certificate);
	all.key = strdup(key[0] != '\0' ? key : certificate);
	return all.certificate != NULL && all.key != NULL ? 0 : -ENOMEM;
}

int
certificate_begin(const struct settings *settings)
{
	int code;

	if (settings->httpapi.tls_listen.count == 0)
		return 0;
	if (settings->httpapi.tls_certificate[0] == '\0') {
		log_error("setting_refused name=httpapi.tls_certificate "
			  "reason=\"httpapi.tls_listen needs one\"");
		return ERROR_FORMAT;
	}
	code = name_files(settings);
	return code != 0 ? code : put_in_force();
}

void
certificate_end(void)
{
	struct pair *pair = atomic_exchange(&all.in_force, NULL);

	while (pair != NULL) {
		struct pair *older = pair->older;

		pair_free(pair);
		pair = older;
	}
	free(all.certificate);
	free(all.key);
	all.certificate = all.key = NULL;
}

void
certificate_use(const struct settings *settings)
{
	struct stamp now[2];

	if (atomic_load(&all.in_force) == NULL || name_files(settings) != 0)
		return;
	look(now);
	if (!all.taken || memcmp(now, all.tried, sizeof(now)) != 0)
		put_in_force();
}

void
certificate_watch(int64_t now_ms)
{
	struct stamp now[2];

	if (atomic_load(&all.in_force) == NULL || now_ms < all.look_at_ms)
		return;
	all.look_at_ms = now_ms + LOOK_MS;
	look(now);
	if (memcmp(now, all.tried, sizeof(now)) != 0 &&
	    memcmp(now, all.seen, sizeof(now)) == 0)
		put_in_force();
	memcpy(all.seen, now, sizeof(now));
}

/* --- handshakes ----------------------------------------------------------- */

int
certificate_choose(gnutls_session_t session,
    const struct gnutls_cert_retr_st *info, gnutls_pcert_st **chain,
    unsigned *count, gnutls_ocsp_data_st **ocsp, unsigned *ocsp_count,
    gnutls_privkey_t *key, unsigned *flags)
{
	struct pair *pair = atomic_load(&all.in_force);

	(void)session;
	(void)info;
	*chain = pair->chain;
	*count = pair->count;
	*ocsp = NULL;
	*ocsp_count = 0;
	*key = pair->key;
	*flags = 0; /* they stay ours */
	return 0;
}
