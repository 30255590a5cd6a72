'use strict';
/*
 * A plugin for Haraka (3.0 or later) that uses the list: refuses bounces of
 * listed servers, and nothing else of theirs. Copy it to plugins/, bsbl.ini to
 * config/, and add the line "bsbl" to config/plugins before the queue.
 *
 * Only the null sender and postmaster@ are looked at; what people send passes,
 * listed or not. It happens at DATA, not before: a server that only asks
 * whether an address exists (a callout: MAIL, RCPT, QUIT) goes on being
 * answered. It is the client that is looked up, never a Received line. While
 * DNS fails, or a resolver answers with an error code (127.255.255.x), mail
 * passes.
 *
 * What is lost: a listed server's bounces of mail that your people did send.
 *
 * What the list's answers mean: 127.0.0.2 backscatter of any kind, always there
 * when listed; .3 bounces, .4 automatic replies, .5 challenges, .6 virus and
 * filter notices, .9 listed by hand. So 127.0.0.2 alone is looked for.
 */

const dns = require('node:dns');
const ipaddr = require('ipaddr.js');

const LISTED = '127.0.0.2';
// Milliseconds, twice: the client waits for our answer to DATA meanwhile.
const PATIENCE = { timeout: 2000, tries: 2 };

exports.register = function () {
	this.cfg = this.config.get('bsbl.ini');
	this.resolver = new dns.promises.Resolver(PATIENCE);
	this.register_hook('data', 'refuse_bounce');
};

// 192.0.2.25 -> 25.2.0.192, and IPv6 nibble by nibble
function reversed(ip) {
	const octets = ipaddr.process(ip).toByteArray();
	if (octets.length === 4)
		return octets.reverse().join('.');
	return Buffer.from(octets).toString('hex')
		.split('').reverse().join('.');
}

exports.is_listed = async function (ip) {
	const name = `${reversed(ip)}.${this.cfg.main.zone}`;
	try {
		return (await this.resolver.resolve4(name)).includes(LISTED);
	} catch (error) {
		// ENOTFOUND: not listed. Whatever else, nobody is for it.
		if (error.code !== 'ENOTFOUND')
			this.logwarn(`${name}: ${error.message}`);
		return false;
	}
};

function is_automatic(sender) {
	return sender.isNull() || sender.user.toLowerCase() === 'postmaster';
}

exports.refuse_bounce = async function (next, connection) {
	const ip = connection.remote.ip;
	if (connection.relaying ||
	    !is_automatic(connection.transaction.mail_from) ||
	    !(await this.is_listed(ip)))
		return next();
	next(DENY, `${ip} sends backscatter; why, and how to come off the ` +
		`list: ${this.cfg.main.portal}${ip}`);
};
