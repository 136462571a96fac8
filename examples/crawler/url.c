/* SPDX-License-Identifier: MIT */
/*
 * URLs by libcurl's URL API; here are only the habits of links in pages, which
 * that API leaves to its caller: white space around and line breaks within a
 * link do not count, fragments name places inside a page, and schemes other
 * than http and https lead to no page.
 */
#include "url.h"
#include "plain.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

struct url_base {
	CURLU *handle;		/* NULL: not needed yet */
	char text[];
};

static int value_of(char digit)
{
	return isdigit((unsigned char)digit) ? digit - '0' :
					       (digit | 0x20) - 'a' + 10;
}

/*
 * Escapes that stand for what needs none are taken away, others are in lower
 * case, so that a page has one spelling. A dot stays: it may mean a folder.
 */
static void tidy_escapes(char *url)
{
	char *to = url;

	for (; *url != '\0'; url++) {
		if (url[0] != '%' || !isxdigit((unsigned char)url[1]) ||
		    !isxdigit((unsigned char)url[2])) {
			*to++ = *url;
			continue;
		}
		int byte = value_of(url[1]) << 4 | value_of(url[2]);
		if ((byte < 0x80 && isalnum(byte)) || byte == '-' ||
		    byte == '_' || byte == '~') {
			*to++ = (char)byte;
		} else {
			*to++ = '%';
			*to++ = (char)tolower((unsigned char)url[1]);
			*to++ = (char)tolower((unsigned char)url[2]);
		}
		url += 2;
	}
	*to = '\0';
}

/* Write the handle in the spelling that the header describes. */
static char *spell(CURLU *handle)
{
	char *part, *url = NULL, *copy = NULL;

	if (curl_url_get(handle, CURLUPART_HOST, &part, 0) != CURLUE_OK)
		return NULL;
	for (char *c = part; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	CURLUcode code = curl_url_set(handle, CURLUPART_HOST, part, 0);
	curl_free(part);
	if (code != CURLUE_OK)
		return NULL;

	curl_url_set(handle, CURLUPART_FRAGMENT, NULL, 0);
	if (curl_url_get(handle, CURLUPART_URL, &url, CURLU_NO_DEFAULT_PORT))
		return NULL;
	/* curl_free() and free() need not be the same function. */
	copy = strdup(url);
	curl_free(url);
	if (copy != NULL)
		tidy_escapes(copy);
	return copy;
}

/* libcurl knows many schemes; pages come by two of them. */
static int is_web(CURLU *handle)
{
	char *scheme;

	if (curl_url_get(handle, CURLUPART_SCHEME, &scheme, 0))
		return 0;
	int web = strcasecmp(scheme, "http") == 0 ||
		  strcasecmp(scheme, "https") == 0;
	curl_free(scheme);
	return web;
}

char *url_from_user(const char *text)
{
	CURLU *handle = curl_url();
	char *url = NULL;

	if (handle == NULL)
		return NULL;
	if (curl_url_set(handle, CURLUPART_URL, text,
			 CURLU_GUESS_SCHEME | CURLU_URLENCODE) == CURLUE_OK &&
	    is_web(handle))
		url = spell(handle);
	curl_url_cleanup(handle);
	return url;
}

struct url_base *url_base(const char *url)
{
	size_t size = strlen(url) + 1;
	struct url_base *base = malloc(sizeof *base + size);

	if (base == NULL)
		return NULL;
	base->handle = NULL;
	memcpy(base->text, url, size);
	return base;
}

void url_base_free(struct url_base *base)
{
	if (base == NULL)
		return;
	curl_url_cleanup(base->handle);
	free(base);
}

/* A copy of its handle, which is made when it is needed. */
static CURLU *copy_handle(struct url_base *base)
{
	if (base->handle == NULL) {
		CURLU *handle = curl_url();
		if (handle == NULL)
			return NULL;
		if (curl_url_set(handle, CURLUPART_URL, base->text, 0)) {
			curl_url_cleanup(handle);
			return NULL;
		}
		base->handle = handle;
	}
	return curl_url_dup(base->handle);
}

/* Copy a link without what does not count; the fragment is cut off. */
static char *tidy(const char *href)
{
	char *text = malloc(strlen(href) + 1);
	char *end = text;

	if (text == NULL)
		return NULL;
	while (*href != '\0' && (unsigned char)*href <= ' ')
		href++;
	for (; *href != '\0' && *href != '#'; href++)
		if (*href != '\t' && *href != '\n' && *href != '\r')
			*end++ = *href;
	while (end > text && (unsigned char)end[-1] <= ' ')
		end--;
	*end = '\0';
	return text;
}

/* Does the link begin with a scheme that leads to no page? */
static int is_foreign(const char *href)
{
	size_t length = strcspn(href, ":/?");

	if (length == 0 || href[length] != ':' ||
	    !isalpha((unsigned char)href[0]))
		return 0;
	return !(length == 4 && strncasecmp(href, "http", 4) == 0) &&
	       !(length == 5 && strncasecmp(href, "https", 5) == 0);
}

/* `http:page` on a page that came by http is relative, as in browsers. */
static const char *skip_scheme(const char *base, const char *href)
{
	size_t length = strcspn(base, ":");

	if (strncasecmp(href, base, length) == 0 && href[length] == ':' &&
	    strncmp(href + length, "://", 3) != 0)
		href += length + 1;
	return href;
}

enum url_kind url_resolve(struct url_base *base, const char *href, char **url)
{
	enum url_kind kind = URL_NO_MEMORY;

	*url = plain_resolve(base->text, href);
	if (*url != NULL)
		return URL_GOOD;
	char *text = tidy(href);
	CURLU *handle = copy_handle(base);
	if (text == NULL || handle == NULL)
		goto out;
	kind = URL_FOREIGN;
	if (is_foreign(text))
		goto out;

	/* An empty link is the page itself, which the handle holds already. */
	kind = URL_UNREADABLE;
	const char *link = skip_scheme(base->text, text);

	if (link[0] != '\0' &&
	    curl_url_set(handle, CURLUPART_URL, link, CURLU_URLENCODE))
		goto out;
	if (!is_web(handle))
		goto out;
	*url = spell(handle);
	if (*url != NULL)
		kind = URL_GOOD;
out:
	curl_url_cleanup(handle);
	free(text);
	return kind;
}

const char *url_host(const char *url, size_t *length)
{
	const char *host = strstr(url, "//");
	size_t whole;

	if (host == NULL)
		host = url;
	else
		host += 2;
	whole = strcspn(host, "/?");
	const char *at = memchr(host, '@', whole);
	if (at != NULL) {
		whole -= (size_t)(at + 1 - host);
		host = at + 1;
	}
	/* The colons of an IPv6 number are inside its brackets. */
	*length = *host == '[' ? strcspn(host, "]") : strcspn(host, ":/?");
	if (*length > whole)
		*length = whole;
	return host;
}
