#include "db/shared.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/*
 * Outbound networks as their owners' own SPF records name them. As of May
 * 2023; pools move slowly, and what is new has its name in the table below.
 * At most 254 rows: db/shared.c numbers them in an octet.
 */
#define GOOGLE "Google"
#define MICROSOFT "Microsoft 365"
#define MESSAGELABS "Broadcom Email Security"
const struct shared_entry shared_networks[] = {
	/* _spf.google.com */
	{ "35.190.247.0/24", GOOGLE },
	{ "35.191.0.0/16", GOOGLE },
	{ "64.233.160.0/19", GOOGLE },
	{ "66.102.0.0/20", GOOGLE },
	{ "66.249.80.0/20", GOOGLE },
	{ "72.14.192.0/18", GOOGLE },
	{ "74.125.0.0/16", GOOGLE },
	{ "108.177.8.0/21", GOOGLE },
	{ "108.177.96.0/19", GOOGLE },
	{ "130.211.0.0/22", GOOGLE },
	{ "172.217.0.0/19", GOOGLE },
	{ "172.217.32.0/20", GOOGLE },
	{ "172.217.128.0/19", GOOGLE },
	{ "172.217.160.0/20", GOOGLE },
	{ "172.217.192.0/19", GOOGLE },
	{ "172.253.56.0/21", GOOGLE },
	{ "172.253.112.0/20", GOOGLE },
	{ "173.194.0.0/16", GOOGLE },
	{ "209.85.128.0/17", GOOGLE },
	{ "216.58.192.0/19", GOOGLE },
	{ "216.239.32.0/19", GOOGLE },
	{ "2001:4860:4000::/36", GOOGLE },
	{ "2404:6800:4000::/36", GOOGLE },
	{ "2607:f8b0:4000::/36", GOOGLE },
	{ "2800:3f0:4000::/36", GOOGLE },
	{ "2a00:1450:4000::/36", GOOGLE },
	{ "2c0f:fb50:4000::/36", GOOGLE },
	/* What it forwards for others, which no SPF record names. */
	{ "108.177.16.0/23", GOOGLE },
	{ "142.250.220.0/23", GOOGLE },
	{ "2600:1901:101::/48", GOOGLE },

	/* spf.protection.outlook.com */
	{ "40.92.0.0/15", MICROSOFT },
	{ "40.107.0.0/16", MICROSOFT },
	{ "52.100.0.0/14", MICROSOFT },
	{ "104.47.0.0/17", MICROSOFT },
	{ "2a01:111:f400::/48", MICROSOFT },
	{ "2a01:111:f403::/48", MICROSOFT },

	/* spf.messagelabs.com */
	{ "46.226.48.0/21", MESSAGELABS },
	{ "67.219.240.0/20", MESSAGELABS },
	{ "85.158.136.0/21", MESSAGELABS },
	{ "95.131.104.0/21", MESSAGELABS },
	{ "103.9.96.0/22", MESSAGELABS },
	{ "117.120.16.0/21", MESSAGELABS },
	{ "193.109.254.0/23", MESSAGELABS },
	{ "194.106.220.0/23", MESSAGELABS },
	{ "195.245.230.0/23", MESSAGELABS },
	{ "216.82.240.0/20", MESSAGELABS },
};
const size_t shared_network_count = COUNT(shared_networks);

/*
 * Domains that the hosts of outbound pools, and of forwarders, are named in.
 * As of 2025. Only names that a provider's customers cannot choose: no
 * hosting company whose rented machines are named in the same domain.
 */
const struct shared_entry shared_domains[] = {
	/* Mailboxes. */
	{ "google.com", GOOGLE },
	{ "unverified-forwarding.1e100.net", GOOGLE },
	{ "outbound.protection.outlook.com", MICROSOFT },
	{ "mail.yahoo.com", "Yahoo" },
	{ "mail.yahoo.co.jp", "Yahoo Japan" },
	{ "mx.aol.com", "Yahoo" },
	{ "mail.me.com", "Apple" },
	{ "gmx.net", "GMX" },
	{ "web.de", "WEB.DE" },
	{ "t-online.de", "Telekom" },
	{ "freenet.de", "freenet" },
	{ "mail.ru", "Mail.ru" },
	{ "mail.yandex.net", "Yandex" },
	{ "mail.163.com", "NetEase" },
	{ "mail.qq.com", "Tencent" },
	{ "naver.com", "Naver" },
	{ "smtpout.orange.fr", "Orange" },
	{ "laposte.net", "La Poste" },
	{ "libero.it", "Libero" },
	{ "virgilio.it", "Libero" },
	{ "seznam.cz", "Seznam" },
	{ "wp.pl", "Wirtualna Polska" },
	{ "onet.pl", "Onet" },
	{ "sys.comcast.net", "Comcast" },
	{ "mail.protonmail.ch", "Proton" },
	{ "messagingengine.com", "Fastmail" },
	{ "zohomail.com", "Zoho" },
	/* Mailboxes under domains of the customers' own. */
	{ "kundenserver.de", "IONOS" },
	{ "perfora.net", "IONOS" },
	{ "smtp.rzone.de", "Strato" },
	{ "mail-out.ovh.net", "OVHcloud" },
	{ "mail.gandi.net", "Gandi" },
	{ "infomaniak.ch", "Infomaniak" },
	{ "one.com", "one.com" },
	{ "emailsrvr.com", "Rackspace Email" },
	{ "hostedemail.com", "Tucows" },
	{ "privateemail.com", "Namecheap" },
	{ "mxroute.com", "MXroute" },
	/* Relays in front of and behind other people's servers. */
	{ "pphosted.com", "Proofpoint" },
	{ "ppe-hosted.com", "Proofpoint" },
	{ "mimecast.com", "Mimecast" },
	{ "messagelabs.com", MESSAGELABS },
	{ "iphmx.com", "Cisco" },
	{ "barracudanetworks.com", "Barracuda" },
	{ "mailchannels.net", "MailChannels" },
	{ "antispamcloud.com", "SpamExperts" },
	{ "smtp-out.amazonses.com", "Amazon SES" },
	{ "sendgrid.net", "SendGrid" },
	{ "mailgun.net", "Mailgun" },
	{ "mtasv.net", "Postmark" },
	{ "sparkpostmail.com", "SparkPost" },
	{ "mailjet.com", "Mailjet" },
	{ "mcsv.net", "Mailchimp" },
	{ "mandrillapp.com", "Mandrill" },
	/* Forwarders. */
	{ "pobox.com", "Pobox" },
	{ "mailhop.org", "DuoCircle" },
	{ "improvmx.com", "ImprovMX" },
	{ "forwardemail.net", "Forward Email" },
	{ "simplelogin.co", "SimpleLogin" },
};
const size_t shared_domain_count = COUNT(shared_domains);
