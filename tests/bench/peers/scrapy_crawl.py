#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Crawl a site with Scrapy, with what its manual recommends for broad crawls:
no log, no cookies, no second tries, and no part that the crawl does not take.

usage: scrapy_crawl.py URL
"""

import sys

import scrapy
from scrapy.crawler import CrawlerProcess

SETTINGS = {
    "CONCURRENT_REQUESTS": 64,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 64,
    "LOG_ENABLED": False,
    "COOKIES_ENABLED": False,
    "RETRY_ENABLED": False,
    "REDIRECT_ENABLED": False,
    "METAREFRESH_ENABLED": False,
    "COMPRESSION_ENABLED": False,
    "HTTPPROXY_ENABLED": False,
    "ROBOTSTXT_OBEY": False,
    "TELNETCONSOLE_ENABLED": False,
    "MEMUSAGE_ENABLED": False,
    "DEPTH_STATS_VERBOSE": False,
    "REFERER_ENABLED": False,
    "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",
    "EXTENSIONS": {"scrapy.extensions.corestats.CoreStats": None,
                   "scrapy.extensions.logstats.LogStats": None},
    "SPIDER_MIDDLEWARES": {
        "scrapy.spidermiddlewares.offsite.OffsiteMiddleware": None,
        "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
        "scrapy.spidermiddlewares.depth.DepthMiddleware": None},
    "DOWNLOADER_MIDDLEWARES": {
        "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
        "scrapy.downloadermiddlewares.stats.DownloaderStats": None},
    "REQUEST_FINGERPRINTER_IMPLEMENTATION": "2.7",
}


class Links(scrapy.Spider):
  """Follows the links of every page; the filter of Scrapy drops known ones."""

  name = "links"

  def parse(self, response):
    for href in response.xpath("//a/@href").getall():
      yield scrapy.Request(response.urljoin(href))


def main():
  process = CrawlerProcess(SETTINGS)
  process.crawl(Links, start_urls=sys.argv[1:])
  process.start()


main()
