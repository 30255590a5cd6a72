#ifndef INGEST_EXPLAIN_H
#define INGEST_EXPLAIN_H

/*
 * bsbl-ingest --explain [--json] [--sender S] [--client ADDR] [--recipient R]
 * [--relay ADDR[/N]]... FILE...: for each message file one line - path, kind
 * or "none", grade, signs, separated by tabs. Touches no database.
 *
 * Without --sender a Return-Path field is believed, without --recipient
 * X-Original-To, Delivered-To or To. With --relay the client is who handed the
 * message to those relays, as with ingest.trusted_relays. "-" is standard
 * input. Returns the program's exit status: 0, 1 if a file could not be read, 2
 * for a usage error.
 */
int explain_main(int argc, char *argv[]);

#endif
