// SPDX-License-Identifier: MIT

// Go's channels, mutexes and select, measured with GOMAXPROCS=1.
package main

import (
	"os"
	"runtime"
	"strconv"
	"sync"
)

const (
	leaves   = 1000000
	children = 10
)

var answers int // that a node of the tree has room for

func send(c chan int) {
	for i := 0; ; i++ {
		c <- i
	}
}

// One message from a goroutine that does nothing but send.
func messages(room int) {
	c := make(chan int, room)
	go send(c)
	timed(func(n int) int {
		for i := 0; i < n; i++ {
			<-c
		}
		return n
	})
}

// One hop of a token that each of `size` goroutines hands on to the next.
func ring(size int) {
	first := make(chan int)
	in := first
	for i := 0; i < size; i++ {
		out := make(chan int)
		go func(in, out chan int) {
			for {
				out <- 1 + <-in
			}
		}(in, out)
		in = out
	}
	timed(func(n int) int {
		hops := 0
		for hops < n {
			first <- hops
			hops = <-in
		}
		return hops
	})
}

func grow(up chan int, number, size int) {
	if size == 1 {
		up <- number
		return
	}
	sums := make(chan int, answers)
	sum := 0
	for i := 0; i < children; i++ {
		go grow(sums, number+i*(size/children), size/children)
	}
	for i := 0; i < children; i++ {
		sum += <-sums
	}
	up <- sum
}

func growAll() float64 {
	start := cpu()
	c := make(chan int)
	go grow(c, 0, leaves)
	if <-c != leaves*(leaves-1)/2 {
		os.Exit(1)
	}
	return cpu() - start
}

func selectOf2() {
	a, b := make(chan int), make(chan int)
	go send(a)
	go send(b)
	timed(func(n int) int {
		for i := 0; i < n; i++ {
			select {
			case <-a:
			case <-b:
			}
		}
		return n
	})
}

func selectOf8() {
	var c [8]chan int
	for i := range c {
		c[i] = make(chan int)
		go send(c[i])
	}
	timed(func(n int) int {
		for i := 0; i < n; i++ {
			select {
			case <-c[0]:
			case <-c[1]:
			case <-c[2]:
			case <-c[3]:
			case <-c[4]:
			case <-c[5]:
			case <-c[6]:
			case <-c[7]:
			}
		}
		return n
	})
}

// While one has the mutex the other waits, whoever may be the next.
func contended() {
	var mutex sync.Mutex
	turns := 0
	lock := func(n int) {
		for i := 0; i < n; i++ {
			mutex.Lock()
			turns++
			runtime.Gosched()
			mutex.Unlock()
		}
	}
	timed(func(n int) int {
		before := turns
		done := make(chan struct{})
		go func() {
			lock(n)
			close(done)
		}()
		lock(n)
		<-done
		return turns - before
	})
}

// Go has no semaphore: a channel with room for one permit stands for it.
func handOff() {
	there, back := make(chan struct{}, 1), make(chan struct{}, 1)
	go func() {
		for {
			<-there
			back <- struct{}{}
		}
	}()
	timed(func(n int) int {
		for i := 0; i < n; i++ {
			there <- struct{}{}
			<-back
		}
		return 2 * n
	})
}

func main() {
	runtime.GOMAXPROCS(1)
	switch os.Args[1] + " " + os.Args[2] {
	case "channel unbuffered":
		messages(0)
	case "channel buffered-128", "queue put-get":
		messages(128)
	case "skynet 1000000":
		answers = children
		figures(growAll)
	case "skynet 1000000-unbuffered":
		figures(growAll)
	case "select 2":
		selectOf2()
	case "select 8":
		selectOf8()
	case "mutex contended":
		contended()
	case "semaphore hand-off":
		handOff()
	}
	if os.Args[1] == "ring" {
		size, _ := strconv.Atoi(os.Args[2])
		ring(size)
	}
	os.Exit(2)
}
