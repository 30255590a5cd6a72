dnl
dnl For Sendmail (8.16 or later) that uses the list: refuses bounces of listed
dnl servers, and nothing else of theirs. In sendmail.mc, before the MAILER lines:
dnl
dnl	include(`/etc/mail/bsbl.m4')dnl
dnl
dnl FEATURE(`enhdnsbl') would look at all mail, before it is known whose it is.
dnl This looks at the null sender and postmaster@ alone; what people send passes,
dnl listed or not. It happens at DATA, not before: a server that only asks whether
dnl an address exists (a callout: MAIL, RCPT, QUIT) goes on being answered. It is
dnl the client that is looked up, never a Received line. While DNS fails, or a
dnl resolver answers with an error code (127.255.255.x), mail passes.
dnl
dnl What is lost: a bounce from a listed server of mail that your people did send.
dnl
dnl What the answers of the list mean: 127.0.0.2 backscatter of any kind, always
dnl there when listed; .3 bounces, .4 automatic replies, .5 challenges, .6 virus
dnl and filter notices, .9 listed by hand. So 127.0.0.2 alone is looked for.
dnl
dnl The ruleset check_data is not used by the features of Debian. If you have one
dnl of your own, write its rules behind these.
dnl
LOCAL_CONFIG
# 192.0.2.25 -> 25.2.0.192, and IPv6 nibble by nibble
Kbsbl_reversed arpa
# all answers in one line; <TMP> where there is none for now
Kbsbl dns -R A -z, -T<TMP> -r5

LOCAL_RULESETS
Scheck_data
R$*			$: $&f $| $&{auth_authen} $| $&{client_addr}
# nobody who has logged in, and no network that may relay
R$* $| $+ $| $*		$@ passes
R$* $| $| $=R $*	$@ passes
# the null sender and postmaster
R<$*> $| $*		$: $1 $| $2
R$| $| $+		$: <?> $1
Rpostmaster@$* $| $| $+	$: <?> $2
# whose client is asked for
R<?> $+			$: <$1> $(bsbl_reversed $1 $)
R<$+> $+		$: <$1> $(bsbl $2.bl.example.org. $: OK $)
R<IPv6:$+> $+		$: <$1> $2
R<$+> $* 127.0.0.2 $*	$#error $@ 5.7.1 $: "550 " $1 " sends backscatter; why, and how to come off the list: https://bl.example.org/l/"$1
