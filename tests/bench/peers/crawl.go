// SPDX-License-Identifier: MIT

// A crawler in Go: 64 goroutines take URLs from one queue, parse each page
// with golang.org/x/net/html and resolve its links with net/url. One that has
// a list of URLs only fetches them.
//
//	crawl [-t] URL       crawl; -t takes the tokenizer, not the tree
//	crawl -f FILE        fetch the URLs of a file, one a line
package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/net/html"
)

const workers = 64

var client = &http.Client{Transport: &http.Transport{
	MaxIdleConnsPerHost: workers,
	MaxConnsPerHost:     workers,
}}

// The queue: what is known, what waits, and how many are under way.
type frontier struct {
	sync.Mutex
	changed *sync.Cond
	known   map[string]bool
	queue   []string
	busy    int
	pages   int
}

func newFrontier() *frontier {
	f := &frontier{known: map[string]bool{}}
	f.changed = sync.NewCond(f)
	return f
}

func (f *frontier) add(urls []string) {
	f.Lock()
	for _, u := range urls {
		if !f.known[u] {
			f.known[u] = true
			f.queue = append(f.queue, u)
			f.changed.Signal()
		}
	}
	f.Unlock()
}

// Take a URL; false when there is none and will be none.
func (f *frontier) take() (string, bool) {
	f.Lock()
	defer f.Unlock()
	for len(f.queue) == 0 && f.busy > 0 {
		f.changed.Wait()
	}
	if len(f.queue) == 0 {
		return "", false
	}
	u := f.queue[0]
	f.queue = f.queue[1:]
	f.busy++
	return u, true
}

func (f *frontier) done(fine bool) {
	f.Lock()
	f.busy--
	if fine {
		f.pages++
	}
	if f.busy == 0 && len(f.queue) == 0 {
		f.changed.Broadcast()
	}
	f.Unlock()
}

// Find the links of a page in its tree.
func parse(body io.Reader, found func(href string)) error {
	root, err := html.Parse(body)
	if err != nil {
		return err
	}
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode && n.Data == "a" {
			for _, a := range n.Attr {
				if a.Key == "href" {
					found(a.Val)
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(root)
	return nil
}

// Find them by the tokenizer alone.
func scan(body io.Reader, found func(href string)) error {
	z := html.NewTokenizer(body)
	for {
		switch z.Next() {
		case html.ErrorToken:
			if z.Err() == io.EOF {
				return nil
			}
			return z.Err()
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			if len(name) != 1 || name[0] != 'a' {
				continue
			}
			for more {
				var key, value []byte
				key, value, more = z.TagAttr()
				if string(key) == "href" {
					found(string(value))
				}
			}
		}
	}
}

func skip(body io.Reader, _ func(href string)) error {
	_, err := io.Copy(io.Discard, body)
	return err
}

type reader func(body io.Reader, found func(href string)) error

// Visit a page: its links on the same host are added.
func visit(f *frontier, address string, read reader) error {
	base, err := url.Parse(address)
	if err != nil {
		return err
	}
	answer, err := client.Get(address)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != 200 {
		return fmt.Errorf("%s: %s", address, answer.Status)
	}
	var links []string
	err = read(answer.Body, func(href string) {
		link, err := base.Parse(strings.TrimSpace(href))
		if err != nil || link.Host != base.Host {
			return
		}
		link.Fragment = ""
		links = append(links, link.String())
	})
	f.add(links)
	return err
}

func main() {
	runtime.GOMAXPROCS(1)
	f := newFrontier()
	read := reader(parse)
	last := os.Args[len(os.Args)-1]
	switch os.Args[1] {
	case "-f":
		text, err := os.ReadFile(last)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		f.add(strings.Fields(string(text)))
		read = skip
	case "-t":
		read = scan
		fallthrough
	default:
		f.add([]string{last})
	}

	var all sync.WaitGroup
	for i := 0; i < workers; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for u, more := f.take(); more; u, more = f.take() {
				err := visit(f, u, read)
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
				}
				f.done(err == nil)
			}
		}()
	}
	all.Wait()
	fmt.Println(f.pages)
}
