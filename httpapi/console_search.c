#include "httpapi/console.h"

#include <stdio.h>
#include <string.h>

#include "httpapi/console_page.h"
#include "httpapi/search.h"
#include "httpapi/view.h"

static void
show(struct exchange *exchange, const char *page, const char *at, json_t *view)
{
	if (view == NULL)
		return;
	/* "at" is the page's place in the navigation. */
	json_object_set(view, "read_at", json_object_get(view, "at"));
	exchange->reply.status = 200;
	console_reply(exchange, page, at, view);
}

static void
show_campaigns(struct exchange *exchange)
{
	json_t *view = view_campaigns(exchange);

	if (view == NULL)
		return;
	json_object_set_new(view, "any",
	    json_boolean(
		json_array_size(json_object_get(view, "campaigns")) > 0));
	show(exchange, "campaigns.html", "campaigns", view);
}

enum handled
console_campaigns(struct exchange *exchange)
{
	return search_later(exchange, show_campaigns);
}

static void
show_campaign(struct exchange *exchange)
{
	show(exchange, "campaign.html", "campaigns", view_campaign(exchange));
}

enum handled
console_campaign(struct exchange *exchange)
{
	return search_later(exchange, show_campaign);
}

/* Each with its state in words. */
static void
show_sensors(struct exchange *exchange)
{
	json_t *view = view_sensors(exchange), *sensor;
	size_t i;

	json_array_foreach(json_object_get(view, "sensors"), i, sensor)
	{
		char name[64];

		snprintf(name, sizeof(name), "sensors.%s",
		    json_string_value(json_object_get(sensor, "state")));
		json_object_set_new(
		    sensor, "said", json_string(console_text(exchange, name)));
	}
	show(exchange, "sensors.html", "sensors", view);
}

enum handled
console_sensors(struct exchange *exchange)
{
	return search_later(exchange, show_sensors);
}
