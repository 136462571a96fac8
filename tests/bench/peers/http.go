// SPDX-License-Identifier: MIT

// A server for the files of a folder in Go, with net/http's own file server
// and GOMAXPROCS=1: http PORT ROOT FIELD. The field goes into every answer.
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
)

func main() {
	runtime.GOMAXPROCS(1)
	files := http.FileServer(http.Dir(os.Args[2]))
	field := strings.SplitN(os.Args[3], ": ", 2)
	handler := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(field[0], field[1])
		files.ServeHTTP(w, r)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("listening on", listener.Addr())
	fmt.Fprintln(os.Stderr, http.Serve(listener, http.HandlerFunc(handler)))
	os.Exit(1)
}
