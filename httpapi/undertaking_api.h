#ifndef HTTPAPI_UNDERTAKING_API_H
#define HTTPAPI_UNDERTAKING_API_H

#include "httpapi/act.h"
#include "httpapi/exchange.h"
#include "httpapi/route.h"
#include "httpapi/undertaking.h"
#include "httpapi/view.h"

/*
 * Undertakings as programs begin and follow them. What is done within five
 * seconds, or as many as the client's Prefer names (RFC 7240 section 4.3), is
 * answered as if it were an act; else a 202 names the place to ask at, which
 * may be asked with the same preference, and where it can be stopped.
 */

/* Reads what is to be done of act->input and act->subject; no transaction. */
typedef int undertaking_read(struct act *act, struct undertaking *what);
enum handled undertaking_later(
    struct exchange *exchange, undertaking_read *read);

/* undertaking_input.c: decision, all, reason; what act_purge.c reads. */
undertaking_read undertaking_guard, undertaking_purge, undertaking_merge;
/* A wide prefix: the path's, with reason; prefix, reason and until. */
undertaking_read undertaking_unlist, undertaking_exempt;

/* GET and DELETE /v1/undertakings, and of one of them. */
route_handler undertaking_list_get, undertaking_one_get, undertaking_delete;

/* Stops it, whatever program does it: for good, once that is answered. */
act_run undertaking_end;

/* On any thread, as the last that is done with the exchange. */
void undertaking_answer(struct exchange *exchange);

#endif
