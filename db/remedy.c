#include "db/remedy.h"

#include <string.h>

#define BIT(cause) (1u << (cause))

/* In the order of the causes; of each, the likeliest systems first. */
const struct remedy remedies[] = {
	/* --- recipients --------------------------------------------------- */
	{ "unknown-user.postfix", BIT(CAUSE_UNKNOWN_USER) | BIT(CAUSE_BOUNCE),
	    "Postfix",
	    "It refuses unknown recipients by itself, unless "
	    "`local_recipient_maps` is empty or a table has a catch-all "
	    "(`@example.com`). Each domain needs a table of its recipients: "
	    "`virtual_mailbox_maps`, `relay_recipient_maps`. Then `postfix "
	    "reload`.",
	    "# /etc/postfix/main.cf\n"
	    "smtpd_reject_unlisted_recipient = yes\n"
	    "local_recipient_maps = proxy:unix:passwd.byname $alias_maps\n"
	    "unknown_local_recipient_reject_code = 550" },
	{ "unknown-user.exim", BIT(CAUSE_UNKNOWN_USER) | BIT(CAUSE_BOUNCE),
	    "Exim",
	    "In the ACL that `acl_smtp_rcpt` names, before the lines that "
	    "accept. A catch-all (`*`) among the aliases would make every "
	    "recipient known.",
	    "# acl_smtp_rcpt\n"
	    "deny  !verify = recipient\n"
	    "      message = no such user here" },
	{ "unknown-user.sendmail", BIT(CAUSE_UNKNOWN_USER) | BIT(CAUSE_BOUNCE),
	    "Sendmail",
	    "It knows the users of the system. Of a virtual domain the last "
	    "line refuses whomever no other line names. Then `makemap hash "
	    "/etc/mail/virtusertable < /etc/mail/virtusertable`.",
	    "# /etc/mail/virtusertable\n"
	    "@example.com  error:nouser 550 No such user here" },
	{ "unknown-user.opensmtpd",
	    BIT(CAUSE_UNKNOWN_USER) | BIT(CAUSE_BACKUP_MX) | BIT(CAUSE_BOUNCE),
	    "OpenSMTPD",
	    "In place of the rule that takes the whole domain (`for domain`), "
	    "one that takes the recipients in a file, an address a line; the "
	    "action stays. Users of the system it knows by itself.",
	    "# /etc/smtpd.conf\n"
	    "table recipients file:/etc/mail/recipients\n"
	    "match from any for rcpt-to <recipients> action \"inbound\"" },
	{ "unknown-user.exchange",
	    BIT(CAUSE_UNKNOWN_USER) | BIT(CAUSE_BACKUP_MX) | BIT(CAUSE_BOUNCE),
	    "Exchange Server",
	    "On the Edge Transport server with an Edge subscription; on a "
	    "Mailbox server run `Install-AntiSpamAgents.ps1` first. Then "
	    "restart the transport service.",
	    "Set-AcceptedDomain example.com -AddressBookEnabled $true\n"
	    "Set-RecipientFilterConfig -Enabled $true "
	    "-RecipientValidationEnabled $true" },
	{ "unknown-user.microsoft-365",
	    BIT(CAUSE_UNKNOWN_USER) | BIT(CAUSE_BACKUP_MX) | BIT(CAUSE_BOUNCE),
	    "Microsoft 365, Exchange Online",
	    "An authoritative domain refuses unknown recipients at the edge "
	    "(directory-based edge blocking); an internal relay takes all. "
	    "Bring every recipient into the directory first.",
	    "Set-AcceptedDomain -Identity example.com "
	    "-DomainType Authoritative" },
	{ "unknown-user.qmail",
	    BIT(CAUSE_UNKNOWN_USER) | BIT(CAUSE_BACKUP_MX) | BIT(CAUSE_BOUNCE),
	    "qmail",
	    "qmail-smtpd takes every recipient in `control/rcpthosts`. The "
	    "patches validrcptto and realrcptto let it look them up at RCPT; "
	    "s/qmail has `control/recipients`.",
	    "" },
	{ "unknown-user.courier", BIT(CAUSE_UNKNOWN_USER), "Courier",
	    "It refuses unknown local recipients by itself: leave in "
	    "`esmtpacceptmailfor` only domains whose mailboxes are here, and "
	    "keep no `alias@domain` that catches all.",
	    "" },
	{ "unknown-user.cpanel", BIT(CAUSE_UNKNOWN_USER) | BIT(CAUSE_BOUNCE),
	    "cPanel",
	    "The default address of each domain is `:fail: No such user "
	    "here`; it forwards nowhere, and starts no script.",
	    "" },
	{ "unknown-user.plesk", BIT(CAUSE_UNKNOWN_USER) | BIT(CAUSE_BOUNCE),
	    "Plesk",
	    "In the mail settings of each domain: mail for nonexistent users "
	    "is rejected, neither bounced nor forwarded.",
	    "" },
	{ "backup-mx.postfix", BIT(CAUSE_BACKUP_MX), "Postfix",
	    "It asks the server behind before it answers RCPT, and remembers. "
	    "With a list of recipients at hand, name that in "
	    "`relay_recipient_maps` instead. Then `postfix reload`.",
	    "# /etc/postfix/main.cf\n"
	    "smtpd_recipient_restrictions =\n"
	    "    permit_mynetworks, permit_sasl_authenticated,\n"
	    "    reject_unauth_destination,\n"
	    "    reject_unverified_recipient\n"
	    "unverified_recipient_reject_code = 550" },
	{ "backup-mx.exim", BIT(CAUSE_BACKUP_MX), "Exim",
	    "It asks the server behind before it answers RCPT, and remembers. "
	    "In the ACL that `acl_smtp_rcpt` names, before the lines that "
	    "accept.",
	    "# acl_smtp_rcpt\n"
	    "deny  domains = +relay_to_domains\n"
	    "      !verify = recipient/callout=30s\n"
	    "      message = no such user there" },
	{ "backup-mx.sendmail", BIT(CAUSE_BACKUP_MX), "Sendmail",
	    "The access map names each recipient, and refuses the rest of the "
	    "domain. Then `make -C /etc/mail`.",
	    "# /etc/mail/sendmail.mc\n"
	    "FEATURE(`access_db')dnl\n"
	    "FEATURE(`blocklist_recipients')dnl\n"
	    "# /etc/mail/access\n"
	    "To:person@example.com  RELAY\n"
	    "To:example.com         ERROR:5.1.1:550 No such user here" },
	/* --- full mailboxes ----------------------------------------------- */
	{ "quota.postfix", BIT(CAUSE_QUOTA), "Postfix, Dovecot",
	    "Dovecot tells Postfix at RCPT whose mailbox is full. Add the last "
	    "check to the restrictions that you have; then `postfix reload` "
	    "and `doveadm reload`.",
	    "# /etc/dovecot/conf.d/90-quota.conf\n"
	    "service quota-status {\n"
	    "  executable = quota-status -p postfix\n"
	    "  unix_listener /var/spool/postfix/private/quota-status {\n"
	    "    user = postfix\n"
	    "  }\n"
	    "  client_limit = 1\n"
	    "}\n"
	    "plugin {\n"
	    "  quota_status_success = DUNNO\n"
	    "  quota_status_nouser = DUNNO\n"
	    "  quota_status_overquota = \"552 5.2.2 Mailbox is full\"\n"
	    "}\n"
	    "# /etc/postfix/main.cf\n"
	    "smtpd_recipient_restrictions =\n"
	    "    permit_mynetworks, permit_sasl_authenticated,\n"
	    "    reject_unauth_destination,\n"
	    "    check_policy_service unix:private/quota-status" },
	{ "quota.exim", BIT(CAUSE_QUOTA), "Exim",
	    "From version 4.95 on it looks at the quota of its own "
	    "`appendfile` transports. In the ACL that `acl_smtp_rcpt` names, "
	    "before the lines that accept.",
	    "# acl_smtp_rcpt\n"
	    "deny  domains = +local_domains\n"
	    "      !verify = recipient/quota" },
	{ "quota.exchange", BIT(CAUSE_QUOTA), "Exchange Server",
	    "Warn the owner, and stop his sending, long before mail to him is "
	    "refused.",
	    "Set-Mailbox person@example.com -UseDatabaseQuotaDefaults $false "
	    "-IssueWarningQuota 45GB -ProhibitSendQuota 47GB "
	    "-ProhibitSendReceiveQuota 50GB" },
	{ "quota.microsoft-365", BIT(CAUSE_QUOTA),
	    "Microsoft 365, Exchange Online",
	    "Warn the owner, and stop his sending, long before mail to him is "
	    "refused.",
	    "Set-Mailbox person@example.com -IssueWarningQuota 45GB "
	    "-ProhibitSendQuota 47GB -ProhibitSendReceiveQuota 50GB" },
	{ "quota.cpanel", BIT(CAUSE_QUOTA), "cPanel",
	    "WHM, Mailserver Configuration: the response to a full disk quota "
	    "is to reject the message permanently, so that Exim learns of it "
	    "during the dialogue.",
	    "" },
	/* --- what a filter dislikes --------------------------------------- */
	{ "after-queue-filter.postfix", BIT(CAUSE_FILTER), "Postfix",
	    "A milter sees the message before Postfix has accepted it. Rspamd "
	    "listens as below; for SpamAssassin, ClamAV and amavis there are "
	    "spamass-milter, clamav-milter and amavisd-milter. Take out the "
	    "`content_filter` that it replaces.",
	    "# /etc/postfix/main.cf\n"
	    "smtpd_milters = inet:127.0.0.1:11332\n"
	    "milter_default_action = tempfail" },
	{ "after-queue-filter.exim", BIT(CAUSE_FILTER), "Exim",
	    "In the ACL that `acl_smtp_data` names, with `spamd_address` and "
	    "`av_scanner` set (Debian: exim4-daemon-heavy).",
	    "# acl_smtp_data\n"
	    "deny  malware = *\n"
	    "      message = this message has malware in it\n"
	    "deny  spam = nobody:true\n"
	    "      condition = ${if >={$spam_score_int}{80}}\n"
	    "      message = this message looks like spam" },
	{ "after-queue-filter.sendmail", BIT(CAUSE_FILTER), "Sendmail",
	    "A milter sees the message before Sendmail has accepted it; Rspamd "
	    "listens as below. Then `make -C /etc/mail`.",
	    "# /etc/mail/sendmail.mc\n"
	    "INPUT_MAIL_FILTER(`rspamd', "
	    "`S=inet:11332@127.0.0.1, F=T, T=S:2m;R:2m')dnl" },
	{ "after-queue-filter.opensmtpd", BIT(CAUSE_FILTER), "OpenSMTPD",
	    "A filter of the listener, before the message is accepted.",
	    "# /etc/smtpd.conf\n"
	    "filter \"rspamd\" proc-exec \"filter-rspamd\"\n"
	    "listen on 0.0.0.0 port 25 filter \"rspamd\"" },
	{ "after-queue-filter.amavis", BIT(CAUSE_FILTER) | BIT(CAUSE_SCANNER),
	    "amavis",
	    "Behind the queue it never bounces: what it dislikes goes into "
	    "quarantine or is dropped, and no sender is told.",
	    "# /etc/amavis/conf.d/50-user\n"
	    "$final_spam_destiny   = D_DISCARD;\n"
	    "$final_virus_destiny  = D_DISCARD;\n"
	    "$final_banned_destiny = D_DISCARD;\n"
	    "$warnvirussender  = 0;\n"
	    "$warnspamsender   = 0;\n"
	    "$warnbannedsender = 0;" },
	{ "after-queue-filter.exchange", BIT(CAUSE_FILTER), "Exchange Server",
	    "The content filter agent refuses spam during the dialogue. "
	    "Transport rules that reject with an explanation write bounces: "
	    "let them delete or quarantine.",
	    "Set-ContentFilterConfig -SCLRejectEnabled $true "
	    "-SCLRejectThreshold 7\n"
	    "Get-TransportRule | Where-Object RejectMessageReasonText" },
	{ "after-queue-filter.microsoft-365", BIT(CAUSE_FILTER),
	    "Microsoft 365, Exchange Online",
	    "Mail flow rules that reject with an explanation write bounces: "
	    "let them delete or quarantine. This shows which they are.",
	    "Get-TransportRule | Where-Object RejectMessageReasonText" },
	{ "after-queue-filter.qmail", BIT(CAUSE_FILTER), "qmail",
	    "Let simscan or qmail-spp refuse during the dialogue, in place of "
	    "qmail-scanner behind the queue.",
	    "" },
	/* --- forwarding --------------------------------------------------- */
	{ "forwarding.postfix", BIT(CAUSE_FORWARDING), "Postfix, Sendmail",
	    "An alias with an owner beside it is forwarded in the owner's "
	    "name: what the other side refuses comes back to you. Then "
	    "`newaliases`. What `virtual_alias_maps` or a .forward file "
	    "forwards keeps the forged sender: filter spam before it.",
	    "# /etc/aliases\n"
	    "person:        person@elsewhere.example\n"
	    "owner-person:  postmaster" },
	{ "forwarding.exim", BIT(CAUSE_FORWARDING), "Exim",
	    "In the `redirect` router that forwards: bounces of what it "
	    "forwards go to this address. It has to exist.",
	    "# the router\n"
	    "errors_to = postmaster@$primary_hostname" },
	{ "forwarding.dovecot", BIT(CAUSE_FORWARDING), "Dovecot, Sieve",
	    "What Sieve redirects then goes out in the name of the mailbox, "
	    "and its bounces come back there.",
	    "# /etc/dovecot/conf.d/90-sieve.conf\n"
	    "plugin {\n"
	    "  sieve_redirect_envelope_from = recipient\n"
	    "}" },
	{ "forwarding.qmail", BIT(CAUSE_FORWARDING), "qmail",
	    "With a file of that name qmail forwards in the owner's name, and "
	    "bounces go where the file says.",
	    "# ~/.qmail-person\n"
	    "&person@elsewhere.example\n"
	    "# ~/.qmail-person-owner\n"
	    "&postmaster@example.com" },
	{ "forwarding.exchange", BIT(CAUSE_FORWARDING),
	    "Exchange Server, Microsoft 365, Exchange Online",
	    "This stops forwarding by rules of users to the outside; give "
	    "those who need it a transport rule that leaves spam out.",
	    "Set-RemoteDomain Default -AutoForwardEnabled $false" },
	{ "forwarding.panels", BIT(CAUSE_FORWARDING), "cPanel, Plesk",
	    "Let the spam filter of the mailbox delete what it is sure of: "
	    "else forwarders pass spam on.",
	    "" },
	/* --- rules, limits, hosts ----------------------------------------- */
	{ "sieve-reject.dovecot", BIT(CAUSE_SIEVE_REJECT), "Dovecot, Sieve",
	    "Without these two extensions a user's rule can file or discard, "
	    "and not write to the forged sender. Scripts that use them no "
	    "longer run, and their mail is kept.",
	    "# /etc/dovecot/conf.d/90-sieve.conf\n"
	    "plugin {\n"
	    "  sieve_extensions = -reject -ereject\n"
	    "}" },
	{ "unreachable.postfix", BIT(CAUSE_UNREACHABLE), "Postfix",
	    "Look for hosts that have gone in `relay_domains`, "
	    "`transport_maps` and among the aliases; take their domains out, "
	    "and `postfix reload`.",
	    "" },
	{ "unreachable.exim", BIT(CAUSE_UNREACHABLE), "Exim",
	    "Look for hosts that have gone in `relay_to_domains`, in "
	    "`manualroute` routers and among the aliases.",
	    "" },
	{ "unreachable.sendmail", BIT(CAUSE_UNREACHABLE), "Sendmail",
	    "Look for hosts that have gone in `/etc/mail/relay-domains`, in "
	    "mailertable and virtusertable.",
	    "" },
	{ "unreachable.exchange", BIT(CAUSE_UNREACHABLE),
	    "Exchange Server, Microsoft 365, Exchange Online",
	    "Look for accepted domains of the type relay whose server has "
	    "gone, and for connectors that lead nowhere.",
	    "Get-AcceptedDomain | Where-Object DomainType -ne Authoritative\n"
	    "Get-SendConnector" },
	{ "unreachable.qmail", BIT(CAUSE_UNREACHABLE), "qmail",
	    "Look for domains that have gone in `control/rcpthosts`, "
	    "`control/morercpthosts` and `control/smtproutes`.",
	    "" },
	{ "too-large.postfix", BIT(CAUSE_TOO_LARGE), "Postfix",
	    "Octets; not more than the server behind takes. Then `postfix "
	    "reload`.",
	    "# /etc/postfix/main.cf\n"
	    "message_size_limit = 10240000" },
	{ "too-large.exim", BIT(CAUSE_TOO_LARGE), "Exim",
	    "In the main section; not more than the server behind takes.",
	    "# exim.conf\n"
	    "message_size_limit = 10M" },
	{ "too-large.sendmail", BIT(CAUSE_TOO_LARGE), "Sendmail",
	    "Octets; not more than the server behind takes. Then `make -C "
	    "/etc/mail`.",
	    "# /etc/mail/sendmail.mc\n"
	    "define(`confMAX_MESSAGE_SIZE', `10240000')dnl" },
	{ "too-large.opensmtpd", BIT(CAUSE_TOO_LARGE), "OpenSMTPD",
	    "Not more than the server behind takes.",
	    "# /etc/smtpd.conf\n"
	    "smtp max-message-size 10M" },
	{ "too-large.exchange", BIT(CAUSE_TOO_LARGE), "Exchange Server",
	    "Not more than the mailboxes or the server behind take.",
	    "Get-ReceiveConnector | Set-ReceiveConnector "
	    "-MaxMessageSize 10MB" },
	{ "too-large.qmail", BIT(CAUSE_TOO_LARGE), "qmail",
	    "Octets; not more than the server behind takes.",
	    "# /var/qmail/control/databytes\n"
	    "10240000" },
	{ "local-delivery.exim", BIT(CAUSE_LOCAL_DELIVERY), "Exim",
	    "In the `pipe` transport: what the program says of the message "
	    "then causes no bounce. Filters end with `seen finish` in place "
	    "of `fail`.",
	    "# the transport\n"
	    "ignore_status = true\n"
	    "return_output = false\n"
	    "return_fail_output = false" },
	{ "local-delivery.postfix", BIT(CAUSE_LOCAL_DELIVERY),
	    "Postfix, Sendmail",
	    "What the program behind an alias refuses is dropped, and bounces "
	    "no more. Then `newaliases`.",
	    "# /etc/aliases\n"
	    "person: \"|/usr/local/bin/program || exit 0\"" },
	{ "local-delivery.qmail", BIT(CAUSE_LOCAL_DELIVERY), "qmail",
	    "No `bouncesaying`, and no program that ends with status 100 in "
	    ".qmail files; 99 stops and drops.",
	    "" },
	{ "local-delivery.procmail", BIT(CAUSE_LOCAL_DELIVERY),
	    "procmail, maildrop",
	    "No recipe sets `EXITCODE` to anything but 0 or 75.", "" },
	{ "own-user.postfix", BIT(CAUSE_OWN_USER), "Postfix",
	    "A table says which sender addresses a login may use; a line is "
	    "an address and its logins. Then `postmap` and `postfix reload`.",
	    "# /etc/postfix/main.cf\n"
	    "smtpd_sender_login_maps = hash:/etc/postfix/senders\n"
	    "smtpd_sender_restrictions =\n"
	    "    reject_authenticated_sender_login_mismatch" },
	{ "own-user.exim", BIT(CAUSE_OWN_USER), "Exim",
	    "Where logins are addresses; in the ACL that `acl_smtp_mail` "
	    "names.",
	    "# acl_smtp_mail\n"
	    "deny  authenticated = *\n"
	    "      condition = ${if !eqi{$sender_address}"
	    "{$authenticated_id}}\n"
	    "      message = please send with an address of your own" },
	{ "own-user.opensmtpd", BIT(CAUSE_OWN_USER), "OpenSMTPD",
	    "A table says which sender addresses a login may use; a line is a "
	    "login and its addresses.",
	    "# /etc/smtpd.conf\n"
	    "table logins file:/etc/mail/logins\n"
	    "listen on 0.0.0.0 port 587 tls-require auth "
	    "senders <logins>" },
	{ "own-user.php", BIT(CAUSE_OWN_USER), "PHP, cPanel, Plesk",
	    "Then each message tells the script that sent it. Limit, too, how "
	    "many messages an hour a site may send.",
	    "# php.ini\n"
	    "mail.add_x_header = On" },
	/* --- automatic replies -------------------------------------------- */
	{ "vacation.dovecot", BIT(CAUSE_VACATION), "Dovecot, Sieve",
	    "This script comes before each user's own, which does not see the "
	    "spam that is filed here. `sievec` compiles it; ask for the field "
	    "that your spam filter sets.",
	    "# /etc/dovecot/conf.d/90-sieve.conf\n"
	    "plugin {\n"
	    "  sieve_before = /etc/dovecot/spam.sieve\n"
	    "}\n"
	    "# /etc/dovecot/spam.sieve\n"
	    "require [\"fileinto\", \"mailbox\"];\n"
	    "if header :contains \"X-Spam-Flag\" \"YES\" {\n"
	    "  fileinto :create \"Junk\";\n"
	    "}" },
	{ "vacation.exchange", BIT(CAUSE_VACATION),
	    "Exchange Server, Microsoft 365, Exchange Online",
	    "The first lets notices go to a person's contacts alone; the "
	    "second keeps all of them inside.",
	    "Set-MailboxAutoReplyConfiguration person@example.com "
	    "-ExternalAudience Known\n"
	    "Set-RemoteDomain Default -AllowedOOFType None" },
	{ "vacation.procmail", BIT(CAUSE_VACATION) | BIT(CAUSE_AUTORESPONDER),
	    "procmail, vacation(1)",
	    "Above the recipe that replies: spam is filed, and gets no reply. "
	    "The recipe itself asks for `* !^FROM_DAEMON`.",
	    "# ~/.procmailrc\n"
	    ":0:\n"
	    "* ^X-Spam-Flag: YES\n"
	    "spam" },
	{ "vacation.panels", BIT(CAUSE_VACATION), "cPanel, Plesk",
	    "Switch the spam filter of the mailbox on, and let it move or "
	    "delete spam, before an autoresponder goes on.",
	    "" },
	{ "autoresponder.exim", BIT(CAUSE_AUTORESPONDER) | BIT(CAUSE_VACATION),
	    "Exim",
	    "In the router that leads to the `autoreply` transport: no answer "
	    "to the null sender, to lists, to automatic mail, to spam.",
	    "# the router\n"
	    "condition = ${if and{{!eq{$sender_address}{}} \\\n"
	    "    {!def:h_List-Id:} {!def:h_Auto-Submitted:} \\\n"
	    "    {!match{$h_Precedence:}{(?i)bulk|junk|list}} \\\n"
	    "    {!eqi{$h_X-Spam-Flag:}{YES}}}}" },
	{ "autoresponder.tickets", BIT(CAUSE_AUTORESPONDER),
	    "OTRS, Znuny, Request Tracker, osTicket, Zammad",
	    "Switch the automatic reply to new requests off for senders who "
	    "are no customers yet, and let the spam filter drop its mail "
	    "before the system reads it.",
	    "" },
	{ "list-hold.mailman-3", BIT(CAUSE_LIST_HOLD), "Mailman 3",
	    "Settings of the list, Message Acceptance: the default action for "
	    "nonmembers is Discard. Automatic Responses: none to posters.",
	    "" },
	{ "list-hold.mailman-2", BIT(CAUSE_LIST_HOLD), "Mailman 2",
	    "3 discards. Put it in force with `config_list -i FILE LIST`.",
	    "generic_nonmember_action = 3\n"
	    "respond_to_post_requests = 0" },
	{ "list-hold.mlmmj", BIT(CAUSE_LIST_HOLD), "mlmmj",
	    "In the list's folder: nobody is told that a message was refused "
	    "or held.",
	    "touch control/nosubonlydenymails control/noaccessdenymails\n"
	    "rm -f control/notifymod" },
	{ "list-hold.others", BIT(CAUSE_LIST_HOLD), "Sympa, ezmlm, Majordomo",
	    "Sympa: `reject,quiet` in the scenario for sending. ezmlm: lists "
	    "without the reply to strangers. Majordomo: `restrict_post` with "
	    "no bounce to the sender.",
	    "" },
	/* --- challenges, notices, callouts -------------------------------- */
	{ "challenge.cpanel", BIT(CAUSE_CHALLENGE), "cPanel BoxTrapper",
	    "This switches it off for all; WHM, Tweak Settings, Mail has the "
	    "same.",
	    "# /var/cpanel/cpanel.config\n"
	    "skipboxtrapper=1" },
	{ "challenge.tmda", BIT(CAUSE_CHALLENGE), "TMDA",
	    "What no rule knows is held for you, and nobody is asked.",
	    "# ~/.tmda/config\n"
	    "ACTION_INCOMING = \"hold\"" },
	{ "challenge.boxbe", BIT(CAUSE_CHALLENGE), "Boxbe",
	    "A service in the name of one of your users: ask him to leave it.",
	    "" },
	{ "scanner-notice.mailscanner", BIT(CAUSE_SCANNER), "MailScanner",
	    "Nobody outside is told.",
	    "# /etc/MailScanner/MailScanner.conf\n"
	    "Notify Senders = no" },
	{ "scanner-notice.qmail", BIT(CAUSE_SCANNER), "qmail",
	    "qmail-scanner: no `sender` in NOTIFY_ADDRS.", "" },
	{ "scanner-notice.exchange", BIT(CAUSE_SCANNER), "Exchange Server",
	    "This shows which malware policies tell senders outside; switch "
	    "that off in each.",
	    "Get-MalwareFilterPolicy | Where-Object "
	    "EnableExternalSenderNotifications\n"
	    "Set-MalwareFilterPolicy Default "
	    "-EnableExternalSenderNotifications $false" },
	{ "callout.exim", BIT(CAUSE_CALLOUT), "Exim",
	    "Without `/callout` it looks only whether the sender's domain "
	    "exists. In each ACL that has it.",
	    "# acl_smtp_rcpt\n"
	    "require verify = sender" },
	{ "callout.postfix", BIT(CAUSE_CALLOUT), "Postfix",
	    "In place of `reject_unverified_sender`: it looks only whether the "
	    "sender's domain exists. Then `postfix reload`.",
	    "# /etc/postfix/main.cf\n"
	    "smtpd_sender_restrictions = reject_unknown_sender_domain" },
};

const size_t remedy_count = sizeof(remedies) / sizeof(remedies[0]);

bool
remedy_is_for(const struct remedy *remedy, const struct cause *cause)
{
	return (remedy->causes & BIT(cause - causes)) != 0;
}

bool
remedy_fits(const struct remedy *remedy, const char *software)
{
	const char *names = remedy->software, *found = names;
	size_t len = strlen(software);

	while (len > 0 && (found = strstr(found, software)) != NULL) {
		if ((found == names || found[-1] == ' ') &&
		    strchr(", (", found[len]) != NULL)
			return true;
		found += len;
	}
	return false;
}
