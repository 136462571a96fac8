/* SPDX-License-Identifier: MIT */
/*
 * Sites. The address is looked up by cress_getaddrinfo(), in a worker thread,
 * once for the whole crawl; libcurl is told what came of it. Behind a proxy
 * names may mean nothing here: then they are left alone.
 */
#include "site.h"
#include "url.h"

#include <cress/net.h>

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t site_origin_length(const char *url)
{
	const char *host = strstr(url, "//");

	host = host == NULL ? url : host + 2;
	return (size_t)(host - url) + strcspn(host, "/?#");
}

struct site *site_new(const char *url)
{
	size_t length = site_origin_length(url);
	struct site *site = calloc(1, sizeof *site + length + 1);

	if (site == NULL)
		return NULL;
	memcpy(site->origin, url, length);
	site->item.key = site->origin;
	return site;
}

void site_free(struct site *site)
{
	robots_free(site->robots);
	free(site->reason);
	free(site);
}

void site_host(const struct site *site, char *host, size_t size)
{
	size_t length;
	const char *begin = url_host(site->origin, &length);

	if (length > 0 && *begin == '[') {
		begin++;
		length--;
	}
	snprintf(host, size, "%.*s", (int)length, begin);
}

static void port_of(const struct site *site, char *port, size_t size)
{
	size_t length;
	const char *host = url_host(site->origin, &length);
	int secure = strncmp(site->origin, "https:", 6) == 0;

	host += length;
	if (*host == ']')
		host++;
	snprintf(port, size, "%s",
		 *host == ':' ? host + 1 : secure ? "443" : "80");
}

/* A name that only libcurl can read, or that a proxy looks up. */
static int is_for_others(const char *host)
{
	static const char *const proxies[] = {
		"http_proxy", "https_proxy", "HTTPS_PROXY",
		"all_proxy", "ALL_PROXY",
	};

	for (size_t i = 0; i < sizeof proxies / sizeof *proxies; i++)
		if (getenv(proxies[i]) != NULL)
			return 1;
	for (; *host != '\0'; host++)
		if ((unsigned char)*host >= 0x80 || *host == '%')
			return 1;
	return 0;
}

/* Write all addresses down: libcurl tries them in turn. */
static void note(struct site *site, const char *host,
		 const struct addrinfo *found)
{
	char port[8], text[64];
	size_t room = sizeof site->told;

	port_of(site, port, sizeof port);
	size_t used = (size_t)snprintf(site->told, room, "%s:%s:", host, port);
	for (const struct addrinfo *a = found; a != NULL; a = a->ai_next) {
		if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof text,
				NULL, 0, NI_NUMERICHOST) != 0 ||
		    used + strlen(text) + 4 > room)
			continue;
		int is_v6 = strchr(text, ':') != NULL;

		used += (size_t)snprintf(
			site->told + used, room - used, "%s%s%s%s",
			site->address[0] != '\0' ? "," : "",
			is_v6 ? "[" : "", text, is_v6 ? "]" : "");
		if (site->address[0] == '\0')
			strcpy(site->address, text);
	}
	/* A number needs no telling, nor does what could not be written. */
	if (site->address[0] == '\0' || strcmp(site->address, host) == 0)
		site->told[0] = '\0';
}

int site_resolve(struct site *site)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *found = NULL;
	char host[NI_MAXHOST];

	site_host(site, host, sizeof host);
	if (is_for_others(host))
		return 0;
	int error = cress_getaddrinfo(host, NULL, &hints, &found);
	if (error == EAI_SYSTEM && errno == ECANCELED)
		return SITE_KILLED;
	if (error != 0)
		return error;
	note(site, host, found);
	freeaddrinfo(found);
	return 0;
}

int site_allows(const struct site *site, const char *url)
{
	const char *target = url + strlen(site->origin);

	if (site->is_forbidden)
		return 0;
	return site->robots == NULL || robots_allow(site->robots, target);
}

void site_give_up(struct site *site, const char *reason)
{
	site->stage = SITE_GONE;
	if (site->reason == NULL)
		site->reason = strdup(reason);
}
