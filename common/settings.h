#ifndef COMMON_SETTINGS_H
#define COMMON_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * bsbl.conf, one file that all programs read:
 *
 *	dnsd {
 *		listen = { "192.0.2.1:53", "[2001:db8::1]:53" }
 *		tcp_idle_seconds = 10
 *	}
 *
 * The table in settings_table.c is the truth: section, name, type, default,
 * bounds and the sentence that stands in the manual. A setting is called what
 * its field below is called; a new one is a field here and a row there.
 * Nothing here means anything; the folders that use a setting give it its
 * meaning and check what only they can check.
 */
struct settings_list {
	char **items;
	size_t count;
};

struct settings {
	char *path; /* where it was read, "" for built-in defaults */

	struct {
		char *path;		 /* directory of the environment */
		long long map_bytes;	 /* address space reserved for it */
		long reserve_percent;	 /* kept free, map and disk */
		long long reserve_bytes; /* the same, in octets */
		char *group;		 /* owns the directory */
	} database;

	struct {
		char *origin;
		/* "ns1.bl.example 192.0.2.53" */
		struct settings_list name_servers;
		char *contact; /* SOA RNAME, as a name or a mailbox */
		struct settings_list apex_addresses;
		long ttl_seconds;
		long negative_ttl_seconds; /* SOA minimum */
		long refresh_seconds, retry_seconds, expire_seconds;
		char *text;   /* TXT template */
		char *portal; /* URL the address is appended to */
	} zone;

	struct {
		struct settings_list listen;
		long workers; /* 0: one for each processor, at most 64 */
		char *user;
		long udp_size;
		long tcp_connections, tcp_per_client;
		long tcp_idle_seconds;
		char *nsid;
		char *version; /* version.bind; empty: refused */
		struct settings_list cookie_secrets; /* hexadecimal */
		struct settings_list allow, refuse;  /* prefixes */
		long rate_limit;		     /* 0: none */
		long rate_slip;			     /* 0: never */
		struct settings_list rate_exempt;
		char *metrics; /* path of a local socket; "" none */
		long log_hits; /* 0: none */
		char *tsig_key_file;
		struct settings_list transfer; /* "ADDRESS[/n] [key NAME]" */
		long transfers, transfers_per_client, transfers_per_minute;
		struct settings_list notify; /* "ADDRESS[:port] [key NAME]" */
		long notify_seconds;
	} dnsd;

	struct {
		struct settings_list listen, lmtp_listen;
		char *lmtp_group; /* "": none */
		char *hostname;
		char *user;
		char *tls;			 /* on, off */
		char *tls_certificate, *tls_key; /* paths; "" own */
		struct settings_list proxy_peers, xclient_peers;
		struct settings_list xforward_peers;
		long long message_bytes;
		long connections, per_client;
		long recipients, commands;
		long command_seconds, session_seconds;
		long greeting_seconds;
		long recorder_queue;	  /* messages that wait, at most */
		long commit_milliseconds; /* after the 250; 0: before it */
		char *resolver; /* for host names: system, none, an address */
		struct settings_list policy_listen, policy_peers;
		long policy_seconds;   /* from RCPT to DATA, at most */
		long policy_dialogues; /* remembered meanwhile */
		struct settings_list trusted_relays;
		struct settings_list maildir; /* "/path [trap]" */
		char *metrics; /* path of a local socket; "" none */
	} ingest;

	struct {
		struct settings_list listen, tls_listen;
		char *tls_certificate, *tls_key; /* paths */
		char *clear_tokens;		 /* refuse, take */
		long hsts_seconds;		 /* 0: not told */
		char *user;
		struct settings_list trusted_proxies;
		struct settings_list metrics_clients;
		long connections, per_client;
		long per_network;	   /* connections of a /24 or /48 */
		long request_seconds;	   /* absolute */
		long requests_per_minute;  /* of one client; 0: any number */
		long requests_per_network; /* the same of one /48 */
		long delist_per_hour;	   /* over all requesters */
		long delist_per_network;   /* the same of one /24 or /48 */
		long delist_per_provider;  /* and of one /16 or /32 */
		char *resolver; /* for proofs: system, none, an address */
		long proofs_per_minute; /* questions of one network */
		long session_idle_seconds, session_seconds; /* console */
		long request_overdue_seconds; /* for removal; 0 never */
		char *contact;		      /* shown on every page */
		char *operator;		      /* who that is; "" unnamed */
	} httpapi;

	/*
	 * Negative numbers mean: as the preset says.
	 */
	struct {
		char *preset; /* small, large, eager */
		double weight_a, weight_b, weight_c, weight_d;
		double submission_weight, quarantine_weight;
		long quarantine_seconds;
		long half_life_seconds;
		double per_trap_cap, per_campaign_cap;
		double list_score, relist_score, auto_score, auto_relist_score;
		long span_seconds;
		long least_traps, least_campaigns, least_sightings;
		long auto_least;
		long corroborating_networks;
		double strict_score;
		long strict_least, strict_span_seconds;
		long warning_seconds;
		long expiry_seconds, expiry_max_seconds, history_seconds;
		long evidence_seconds, drain_seconds, conditioning_seconds;
		struct settings_list listable_reserved;
		struct settings_list own_networks;
		struct settings_list shared_networks, shared_domains;
	} policy;

	struct {
		long guard_additions;
		long guard_seconds;
		long audit_seconds;
		long records_per_hour; /* of one address, trap, campaign */
	} safety;

	struct {
		char *level; /* error, warning, notice, info, debug */
	} log;
};

/*
 * Reads `path` (NULL: defaults only). Returns 0, or a negative code after one
 * line on standard error that names file and line; *settings is then empty. A
 * file that sets nothing is refused: it is one that was cut off.
 * Free with settings_free, also after a failure.
 */
int settings_read(const char *path, struct settings *settings);
void settings_free(struct settings *settings);

/* The settings in force in the form of the file, defaults marked as such. */
void settings_print(const struct settings *settings, FILE *out);

/* --- the table, for the manual -------------------------------------------- */
enum settings_type {
	SETTINGS_TEXT,
	SETTINGS_CHOICE,  /* one of the words in `choices` */
	SETTINGS_COUNT,	  /* a whole number */
	SETTINGS_SECONDS, /* "300", "300s", "5m", "12h", "7d" */
	SETTINGS_OCTETS,  /* "1048576", "512KiB", "10MiB", "64GiB", "1TiB" */
	SETTINGS_DECIMAL,
	SETTINGS_ADDRESS, /* an address, as ipaddr_parse reads it */
	SETTINGS_PREFIX,  /* a prefix, as ipprefix_parse reads it */
	SETTINGS_LISTEN,  /* where to listen, as listen_parse reads it */
};

/* What the field in struct settings is; found from its C type. */
enum settings_storage {
	SETTINGS_IN_STRING,
	SETTINGS_IN_LIST,
	SETTINGS_IN_LONG,
	SETTINGS_IN_LONG_LONG,
	SETTINGS_IN_DOUBLE,
};

struct settings_row {
	const char *section, *name;
	size_t offset; /* of the field in struct settings */
	/*
	 * As the file would write it, a list with spaces between its items.
	 * "preset" makes the number -1, and is then a value of the setting.
	 */
	const char *default_text;
	long long least, most; /* numbers only */
	const char *choices;   /* words with spaces between them, or NULL */
	const char *help;      /* whole sentences */
	enum settings_storage storage;
	enum settings_type type;
};

/*
 * The rows in the order of the manual, a section's together; NULL at the end.
 */
const struct settings_row *settings_row(size_t i);
size_t settings_count(void);

#endif
