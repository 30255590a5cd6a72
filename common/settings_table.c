#include "common/settings.h"

/* A field of another type does not compile. */
#define STORAGE(field)                                                         \
	_Generic(((struct settings *)0)->field,                                \
	    char *: SETTINGS_IN_STRING,                                        \
	    struct settings_list: SETTINGS_IN_LIST,                            \
	    long: SETTINGS_IN_LONG,                                            \
	    long long: SETTINGS_IN_LONG_LONG,                                  \
	    double: SETTINGS_IN_DOUBLE)

#define ROW(part, field, kind, sentences)                                      \
	{                                                                      \
		.section = #part, .name = #field,                              \
		.offset = offsetof(struct settings, part.field),               \
		.storage = STORAGE(part.field), .help = (sentences), kind      \
	}

/* The kinds of settings; each takes its default, a number its bounds, too. */
#define TEXT(usual) .type = SETTINGS_TEXT, .default_text = (usual)
#define CHOICE(usual, words)                                                   \
	.type = SETTINGS_CHOICE, .default_text = (usual), .choices = (words)
#define BOUNDED(usual, from, to)                                               \
	.default_text = (usual), .least = (from), .most = (to)
#define NUMBER(usual, from, to) .type = SETTINGS_COUNT, BOUNDED(usual, from, to)
#define SECONDS(usual, from, to)                                               \
	.type = SETTINGS_SECONDS, BOUNDED(usual, from, to)
#define OCTETS(usual, from, to)                                                \
	.type = SETTINGS_OCTETS, BOUNDED(usual, from, to)
#define DECIMAL(usual, from, to)                                               \
	.type = SETTINGS_DECIMAL, BOUNDED(usual, from, to)
#define ADDRESSES(usual) .type = SETTINGS_ADDRESS, .default_text = (usual)
#define PREFIXES(usual) .type = SETTINGS_PREFIX, .default_text = (usual)
#define LISTEN(usual) .type = SETTINGS_LISTEN, .default_text = (usual)

#define KIB 1024LL
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define TIB (1024 * GIB)
#define HOUR 3600LL
#define DAY (24 * HOUR)

/* TTLs are 31 bits (RFC 2181 section 8); a day is long for a blocklist. */
#define TTL_MOST DAY
#define SCORE_MOST 1000

/* At most 200 octets with all of it filled in; clients show it as it is. */
#define TXT_TEMPLATE                                                           \
	"Backscatter ({kinds}), last seen {seen}; not a spam listing. {url}"

static const struct settings_row rows[] = {
	ROW(database, path, TEXT("/var/lib/bsbl"),
	    "Directory of the database. A relative one is sought from where "
	    "the program was started."),
	ROW(database, map_bytes, OCTETS("64GiB", MIB, 64 * TIB),
	    "Address space reserved for the database; the file grows only as "
	    "it is written."),
	ROW(database, reserve_percent, NUMBER("5", 0, 50),
	    "Share of the map and of the disk that new evidence may not use, "
	    "in percent, so that delisting always works."),
	ROW(database, reserve_bytes, OCTETS("256MiB", 0, TIB),
	    "The same in octets; the larger of both counts."),
	ROW(database, group, TEXT("bsbl"),
	    "Group that owns the directory; every program belongs to it."),

	ROW(zone, origin, TEXT(""),
	    "Name of the published zone. There is no default."),
	ROW(zone, name_servers, TEXT(""),
	    "Name servers of the zone: a name each and, below the zone, its "
	    "addresses after spaces."),
	ROW(zone, contact, TEXT(""),
	    "Mailbox of who answers for the zone (SOA RNAME)."),
	ROW(zone, apex_addresses, ADDRESSES(""),
	    "Addresses of the zone's own name, for those who try it in a "
	    "browser."),
	ROW(zone, ttl_seconds, SECONDS("300", 0, TTL_MOST),
	    "How long resolvers may keep a listing."),
	ROW(zone, negative_ttl_seconds, SECONDS("300", 0, TTL_MOST),
	    "How long resolvers may keep that an address is not listed (SOA "
	    "minimum)."),
	ROW(zone, refresh_seconds, SECONDS("1h", 1, DAY),
	    "How often secondaries look for a new serial (SOA refresh)."),
	ROW(zone, retry_seconds, SECONDS("10m", 1, DAY),
	    "How soon they look again after a failure (SOA retry)."),
	ROW(zone, expire_seconds, SECONDS("7d", HOUR, 60 * DAY),
	    "How long they serve the zone without us (SOA expire)."),
	ROW(zone, text, TEXT(TXT_TEMPLATE),
	    "The TXT record of a listing, where {kinds}, {seen} and {url} "
	    "stand for the kinds of backscatter, the day it was last seen and"
	    " the portal's address for it."),
	ROW(zone, portal, TEXT(""),
	    "URL of the portal's look-up; the address is appended to it."),

	ROW(dnsd, listen, LISTEN("127.0.0.1:53 [::1]:53"),
	    "Where to answer, over UDP and TCP."),
	ROW(dnsd, workers, NUMBER("0", 0, 64),
	    "Threads that answer; 0 means one for each processor."),
	ROW(dnsd, user, TEXT("bsbl-dnsd"),
	    "User to become once the sockets are bound."),
	ROW(dnsd, udp_size, NUMBER("1232", 512, 1400),
	    "Octets of the largest answer over UDP; more would not pass "
	    "everywhere in one piece."),
	ROW(dnsd, tcp_connections, NUMBER("256", 0, 65536),
	    "TCP connections at a time."),
	ROW(dnsd, tcp_per_client, NUMBER("16", 1, 65536),
	    "TCP connections of one address or IPv6 /64 at a time."),
	ROW(dnsd, tcp_idle_seconds, SECONDS("10", 1, HOUR),
	    "How long a silent TCP connection is kept."),
	ROW(dnsd, nsid, TEXT(""),
	    "Name of this server for those who ask for it (RFC 5001); empty: "
	    "none."),
	ROW(dnsd, version, TEXT(""), "Answer to version.bind; empty: refused."),
	ROW(dnsd, cookie_secrets, TEXT(""),
	    "Secrets of DNS cookies, 32 hexadecimal digits each, the same for "
	    "all servers of the zone: the first makes cookies, all verify them"
	    " (RFC 9018). Empty: one of this server alone."),
	ROW(dnsd, allow, PREFIXES(""),
	    "Who may ask; others are refused. Empty: everybody."),
	ROW(dnsd, refuse, PREFIXES(""),
	    "Who may not. Of prefixes of both lists the longest decides."),
	ROW(dnsd, rate_limit, NUMBER("2000", 0, 1000000),
	    "Answers a second over UDP to one IPv4 /24 or IPv6 /56 that shows "
	    "no valid cookie; 0: no limit."),
	ROW(dnsd, rate_slip, NUMBER("2", 0, 100),
	    "Of the answers beyond that, one in so many is sent truncated, so "
	    "that real clients ask over TCP; the others are not sent. 0: none "
	    "is."),
	ROW(dnsd, rate_exempt, PREFIXES("127.0.0.0/8 ::1"),
	    "Networks without that limit: resolvers known to be busy."),
	ROW(dnsd, metrics, TEXT(""),
	    "Path of a local socket that tells the counters, in Prometheus' "
	    "text format, to whoever connects. Empty: none."),
	ROW(dnsd, log_hits, NUMBER("0", 0, 1000000000),
	    "Of the questions for what is listed, log one in so many, the "
	    "client by its network alone. 0: none, and no other question "
	    "is ever logged."),
	ROW(dnsd, tsig_key_file, TEXT(""),
	    "File of the keys that secondaries sign with, in the form that "
	    "tsig-keygen writes; nobody but dnsd's user and group may have "
	    "rights on it. Empty: no keys."),
	ROW(dnsd, transfer, TEXT(""),
	    "Who may have the whole zone (AXFR, IXFR): an address or prefix "
	    "each and, after spaces, the word key and the name of the key that "
	    "the request must be signed with. Empty: nobody."),
	ROW(dnsd, transfers, NUMBER("10", 1, 1000),
	    "Transfers at a time; who asks for one more is told to come "
	    "again."),
	ROW(dnsd, transfers_per_client, NUMBER("5", 1, 1000),
	    "Of them, those of one client: an address, or an IPv6 /64."),
	ROW(dnsd, transfers_per_minute, NUMBER("300", 1, 1000000),
	    "Transfers that one client may begin in a minute; a secondary that "
	    "follows each change takes one for each notice."),
	ROW(dnsd, notify, TEXT(""),
	    "Whom to tell that the zone has changed (NOTIFY): an address each, "
	    "with a port or without, and, after spaces, the word key and the "
	    "name of the key to sign with."),
	ROW(dnsd, notify_seconds, SECONDS("1", 0, HOUR),
	    "The least time between two such notices to the same address; "
	    "changes within it are told together."),

	ROW(ingest, listen, LISTEN("*:25"),
	    "Where to take mail for the traps."),
	ROW(ingest, lmtp_listen, LISTEN(""),
	    "Where to take it from a mail server in front, by LMTP; the server "
	    "must name each client with XFORWARD."),
	ROW(ingest, lmtp_group, TEXT(""),
	    "Group that may connect where that is a local socket, as postfix. "
	    "Empty: nobody but root."),
	ROW(ingest, hostname, TEXT(""),
	    "Our name in the greeting; empty: the name of the host."),
	ROW(ingest, user, TEXT("bsbl-ingest"),
	    "User to become once the sockets are bound."),
	ROW(ingest, tls, CHOICE("on", "on off"),
	    "Whether STARTTLS is offered."),
	ROW(ingest, tls_certificate, TEXT(""),
	    "File of the certificate for it and those that bear it out, in "
	    "PEM. Empty: one of our own making, in the database's "
	    "directory."),
	ROW(ingest, tls_key, TEXT(""),
	    "File of its key, which ingest's user must be able to read. Empty: "
	    "in the certificate's file."),
	ROW(ingest, proxy_peers, PREFIXES(""),
	    "Load balancers that name the client with the PROXY protocol, "
	    "version 1 or 2, before they pass on its octets; each of their "
	    "connections must begin so. Where they name none, as when they "
	    "look "
	    "whether we are alive, we answer and take no mail."),
	ROW(ingest, xclient_peers, PREFIXES(""),
	    "Proxies that may name another client with XCLIENT."),
	ROW(ingest, xforward_peers, PREFIXES(""),
	    "Mail servers that may name the client of a message with XFORWARD; "
	    "through a local socket everybody may."),
	ROW(ingest, message_bytes, OCTETS("10MiB", 64 * KIB, GIB),
	    "The largest message taken."),
	ROW(ingest, connections, NUMBER("1000", 1, 1000000),
	    "Connections at a time."),
	ROW(ingest, per_client, NUMBER("20", 1, 1000000),
	    "Connections of one network, IPv4 /24 or IPv6 /56, at a time."),
	ROW(ingest, recipients, NUMBER("100", 100, 1000),
	    "Recipients of a message (RFC 5321 wants at least 100)."),
	ROW(ingest, commands, NUMBER("1000", 10, 1000000),
	    "Commands of a session from one message to the next."),
	ROW(ingest, command_seconds, SECONDS("5m", 1, HOUR),
	    "How long we wait for the next command or the next 4 KiB of a "
	    "message; a tenth of it while more than three quarters of the "
	    "connections are in use."),
	ROW(ingest, session_seconds, SECONDS("30m", 1, DAY),
	    "How long a session may last."),
	ROW(ingest, greeting_seconds, SECONDS("0", 0, 300),
	    "How long we wait before the greeting, as if we were busy; nothing "
	    "is heard meanwhile."),
	ROW(ingest, recorder_queue, NUMBER("1000", 1, 1000000),
	    "Messages that wait to be on disk at a time; more are asked to"
	    " come again."),
	ROW(ingest, commit_milliseconds, NUMBER("200", 0, 10000),
	    "For how long a message that is on disk in the intake log, and "
	    "was answered 250, may wait for others before all of them are "
	    "committed to the database, and seen by look-ups and DNS. While "
	    "the database cannot follow, and with 0, the answer waits for the "
	    "commit; from 0 to another number needs a restart."),
	ROW(ingest, resolver, TEXT("system"),
	    "The resolver that is asked for the host names of servers, which "
	    "tell shared pools: system (as /etc/resolv.conf has it), none, or "
	    "an address with an optional port. It should be on this machine "
	    "or its network."),
	ROW(ingest, policy_listen, LISTEN(""),
	    "Where to answer Postfix as a policy service; empty: nowhere."),
	ROW(ingest, policy_peers, PREFIXES("127.0.0.0/8 ::1"),
	    "Servers that may ask the policy service over a network: what they "
	    "tell becomes evidence."),
	ROW(ingest, policy_seconds, SECONDS("6m", 1, HOUR),
	    "A trap's RCPT that is not followed by DATA in that time is a "
	    "callout; more than Postfix' smtpd_timeout."),
	ROW(ingest, policy_dialogues, NUMBER("10000", 1, 1000000),
	    "Such RCPTs remembered at a time, of some KiB each; for one more "
	    "the oldest is forgotten."),
	ROW(ingest, trusted_relays, PREFIXES(""),
	    "Our own mail servers on the way to the traps: of what comes from "
	    "them, their Received lines tell who answers for it, and its proof "
	    "is a grade lower."),
	ROW(ingest, maildir, TEXT(""),
	    "Maildirs to take mail from: a path each and, after a space, the "
	    "trap that it is for where its header does not tell."),
	ROW(ingest, metrics, TEXT(""),
	    "Path of a local socket that tells ingest's numbers, in "
	    "Prometheus' text format, to whoever connects. Empty: none."),

	ROW(httpapi, listen, LISTEN("127.0.0.1:8080"), "Where to answer HTTP."),
	ROW(httpapi, tls_listen, LISTEN(""),
	    "Where to answer it with TLS, 1.2 at least."),
	ROW(httpapi, tls_certificate, TEXT(""),
	    "File of the certificate for it and those that bear it out, in "
	    "PEM. It is read again when it changes."),
	ROW(httpapi, tls_key, TEXT(""),
	    "File of its key, which httpapi's user must be able to read. "
	    "Empty: in the certificate's file."),
	ROW(httpapi, hsts_seconds, SECONDS("365d", 0, 3650 * DAY),
	    "How long a browser that came with TLS is told to come with "
	    "nothing else (Strict-Transport-Security); 0: it is not told."),
	ROW(httpapi, clear_tokens, CHOICE("refuse", "refuse take"),
	    "What becomes of a token that others on the way could read: it "
	    "came without TLS, and neither from this machine nor through a "
	    "trusted proxy whose X-Forwarded-Proto is https."),
	ROW(httpapi, user, TEXT("bsbl-httpapi"),
	    "User to become once the sockets are bound."),
	ROW(httpapi, trusted_proxies, PREFIXES(""),
	    "Proxies whose X-Forwarded-For names the client."),
	ROW(httpapi, metrics_clients, PREFIXES("127.0.0.0/8 ::1"),
	    "Who may read /metrics; for others there is nothing: counts of "
	    "this minute would say whether a guessed address is a trap."),
	ROW(httpapi, connections, NUMBER("1000", 1, 1000000),
	    "Connections at a time."),
	ROW(httpapi, per_client, NUMBER("50", 1, 1000000),
	    "Connections of one address (IPv6: one /64) at a time. Trusted "
	    "proxies may have any number."),
	ROW(httpapi, per_network, NUMBER("100", 1, 1000000),
	    "The same of one network, a /24 or a /48; no less than one "
	    "address may have."),
	ROW(httpapi, request_seconds, SECONDS("30", 1, HOUR),
	    "How long a request may take, its answer included."),
	ROW(httpapi, requests_per_minute, NUMBER("600", 0, 1000000),
	    "Requests to the interface for programs that one address (IPv6: "
	    "one /64) may make within a minute; 0 means any number. Longer "
	    "bodies count as several. Trusted proxies and the pages are not "
	    "counted."),
	ROW(httpapi, requests_per_network, NUMBER("6000", 0, 1000000),
	    "The same of one /48, which has 65,536 of those /64; no less than "
	    "one of them may make, and 0 means any number. IPv4 has no such "
	    "bound: a /24 has few addresses, and behind each may be a "
	    "thousand subscribers."),
	ROW(httpapi, delist_per_hour, NUMBER("100", 0, 1000000),
	    "Delistings in an hour without proof of control, over all who "
	    "ask."),
	ROW(httpapi, delist_per_network, NUMBER("20", 0, 1000000),
	    "The same asked for from one network, a /24 or a /48."),
	ROW(httpapi, delist_per_provider, NUMBER("50", 0, 1000000),
	    "And from all networks of one provider, a /16 or a /32; no less "
	    "than from one of them."),
	ROW(httpapi, resolver, TEXT("system"),
	    "The resolver that is asked for proofs of control by DNS: system "
	    "(as /etc/resolv.conf has it), none, or an address with an "
	    "optional port. It should be on this machine or its network."),
	ROW(httpapi, proofs_per_minute, NUMBER("10", 1, 1000000),
	    "Such proofs that one network, a /24 or a /48, may have looked "
	    "for within a minute."),
	ROW(httpapi, session_idle_seconds, SECONDS("30m", 60, 7 * DAY),
	    "A session of the console that is not used for so long is over."),
	ROW(httpapi, session_seconds, SECONDS("12h", 60, 30 * DAY),
	    "A session of the console lasts no longer, however it is used."),
	ROW(httpapi, request_overdue_seconds, SECONDS("24h", 0, 30 * DAY),
	    "A request for removal that waits longer is marked as overdue in "
	    "the console; 0 means that none is."),
	ROW(httpapi, contact, TEXT(""),
	    "Mailbox of the list's operator, shown on every page; the list "
	    "must never filter it."),
	ROW(httpapi, operator, TEXT(""),
	    "Who runs the list, as the page on privacy names him: a name, and "
	    "a postal address where the law asks for one."),

	ROW(policy, preset, CHOICE("small", "small large eager"),
	    "The rules by which evidence becomes a listing: small for up to "
	    "20 trap domains, large for more, eager for demonstrations only."),
	ROW(policy, weight_a, DECIMAL("preset", 0, SCORE_MOST),
	    "What a sighting of grade A adds to a score: it quotes mail that "
	    "was sent in a trap's name, and its address is known from the "
	    "connection."),
	ROW(policy, weight_b, DECIMAL("preset", 0, SCORE_MOST),
	    "The same of grade B: a report, or two signs of a bounce, without "
	    "that mail."),
	ROW(policy, weight_c, DECIMAL("preset", 0, SCORE_MOST),
	    "The same of grade C: an automatic reply, challenge or notice by "
	    "its signs."),
	ROW(policy, weight_d, DECIMAL("preset", 0, SCORE_MOST),
	    "The same of grade D, a callout; for the list of callouts alone."),
	ROW(policy, submission_weight, DECIMAL("preset", 0, 1),
	    "The part of that which counts where an own user or script of the "
	    "server had sent the mail."),
	ROW(policy, quarantine_weight, DECIMAL("preset", 0, 1),
	    "The part which counts of what a new sensor saw."),
	ROW(policy, quarantine_seconds, SECONDS("preset", 0, 365 * DAY),
	    "For how long after its first report a sensor is new. The very "
	    "first, and this machine's own feeds, are not."),
	ROW(policy, half_life_seconds, SECONDS("preset", HOUR, 365 * DAY),
	    "In what time evidence loses half of its weight."),
	ROW(policy, per_trap_cap, DECIMAL("preset", 0, SCORE_MOST),
	    "The most that one trap adds to a score in 24 hours; 0 is no "
	    "bound."),
	ROW(policy, per_campaign_cap, DECIMAL("preset", 0, SCORE_MOST),
	    "The most that one campaign adds to a score; 0 is no bound."),
	ROW(policy, list_score, DECIMAL("preset", 0, SCORE_MOST),
	    "The score that lists an address."),
	ROW(policy, relist_score, DECIMAL("preset", 0, SCORE_MOST),
	    "The score that lists it again while history is kept."),
	ROW(policy, auto_score, DECIMAL("preset", 0, SCORE_MOST),
	    "The score that lists an address for automatic replies alone."),
	ROW(policy, auto_relist_score, DECIMAL("preset", 0, SCORE_MOST),
	    "The score that lists it again for these while history is kept."),
	ROW(policy, span_seconds, SECONDS("preset", 0, 30 * DAY),
	    "The least time between the first and the last sighting."),
	ROW(policy, least_traps, NUMBER("preset", 0, 1000),
	    "How many traps bear out a listing. Any one of this and the two "
	    "below is enough; 0 is never enough, and none is asked for where "
	    "all three are 0."),
	ROW(policy, least_campaigns, NUMBER("preset", 0, 1000),
	    "How many campaigns do."),
	ROW(policy, least_sightings, NUMBER("preset", 0, 1000),
	    "How many sightings of different originals do."),
	ROW(policy, auto_least, NUMBER("preset", 0, 1000),
	    "How many traps, or campaigns, bear out a listing for automatic "
	    "replies alone."),
	ROW(policy, corroborating_networks, NUMBER("preset", 0, 1000),
	    "How many other networks must have answered the same forged mail "
	    "for a sighting to count."),
	ROW(policy, strict_score, DECIMAL("preset", 0, SCORE_MOST),
	    "The score for the strict list, of grade A alone."),
	ROW(policy, strict_least, NUMBER("preset", 1, 1000),
	    "How many traps, or campaigns, it asks for."),
	ROW(policy, strict_span_seconds, SECONDS("preset", 0, 30 * DAY),
	    "The least time it asks for between the first and the last."),
	ROW(policy, warning_seconds, SECONDS("preset", HOUR, 30 * DAY),
	    "For how long a sighting warns those who may see it."),
	ROW(policy, expiry_seconds, SECONDS("preset", HOUR, 365 * DAY),
	    "How long after its last sighting an address is taken off."),
	ROW(policy, expiry_max_seconds, SECONDS("preset", HOUR, 365 * DAY),
	    "Each listing while history is kept doubles that, up to this; less "
	    "than evidence_seconds."),
	ROW(policy, history_seconds, SECONDS("preset", DAY, 3650 * DAY),
	    "How long after its end a listing makes the next one easier and "
	    "longer, and a delisting is known; at least evidence_seconds and "
	    "drain_seconds together, so that nothing from before it lists "
	    "again."),
	ROW(policy, evidence_seconds, SECONDS("preset", DAY, 3650 * DAY),
	    "How long sightings are kept and looked at. Below three days no "
	    "day is counted for the public's trends."),
	ROW(policy, drain_seconds, SECONDS("preset", 0, 30 * DAY),
	    "How old the mail that a bounce answers is believed to be: after a "
	    "delisting, bounces of older mail do not count."),
	ROW(policy, conditioning_seconds, SECONDS("preset", 0, 3650 * DAY),
	    "How long a trap in conditioning, a recycled address or domain, "
	    "is refused before it becomes active by itself."),
	ROW(policy, listable_reserved, PREFIXES(""),
	    "Reserved networks that may be listed all the same, for "
	    "laboratories and demonstrations."),
	ROW(policy, own_networks, PREFIXES(""),
	    "Networks of the operator, never listed. What is, comes off within "
	    "seconds of a reload."),
	ROW(policy, shared_networks, PREFIXES(""),
	    "Networks that many send mail through who know nothing of each "
	    "other, beside those known to bsbl: listed in shared. alone."),
	ROW(policy, shared_domains, TEXT(""),
	    "Domains of the host names of such networks. A name counts when it "
	    "leads back to the address."),

	ROW(safety, guard_additions, NUMBER("2000", 1, 100000000),
	    "Automatic additions to the main list within the guard's time "
	    "beyond which they wait for the operator; as many to that of "
	    "callouts. What a changed number of the policy would list beyond "
	    "them is not let go by time: correct the number, release them, or "
	    "they wait until they are seen again."),
	ROW(safety, guard_seconds, SECONDS("10m", 1, DAY), "The guard's time."),
	ROW(safety, audit_seconds, SECONDS("730d", 30 * DAY, 3650 * DAY),
	    "How long decisions stay in the audit."),
	ROW(safety, records_per_hour, NUMBER("48", 48, 4096),
	    "Records kept of one address, trap and campaign in an hour, half "
	    "of them the first and half the last; eight times as many of one "
	    "address and trap, sixteen times as many of one address. Those "
	    "between are counted, and judged as if they were kept."),

	ROW(log, level, CHOICE("info", "error warning notice info debug"),
	    "The least urgent lines that are written."),
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

const struct settings_row *
settings_row(size_t i)
{
	return i < ROWS ? &rows[i] : NULL;
}

size_t
settings_count(void)
{
	return ROWS;
}
