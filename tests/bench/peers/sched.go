// SPDX-License-Identifier: MIT

// Go's goroutines, measured with GOMAXPROCS=1.
package main

import (
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	sleepers = 100000
	million  = 1000000
)

var turns, parked int

func spawnJoin(n int) int {
	var joined sync.WaitGroup
	before := turns
	for i := 0; i < n; i++ {
		joined.Add(1)
		go func() {
			turns++
			joined.Done()
		}()
		joined.Wait()
	}
	return turns - before
}

func yield(n int) int {
	before := turns
	for i := 0; i < n; i++ {
		turns++
		runtime.Gosched()
	}
	return turns - before
}

func sleepAll() float64 {
	var joined sync.WaitGroup
	start := cpu()
	joined.Add(sleepers)
	for i := 0; i < sleepers; i++ {
		nap := time.Duration(i * 7919 % sleepers)
		go func() {
			time.Sleep(nap * time.Microsecond)
			joined.Done()
		}()
	}
	joined.Wait()
	return cpu() - start
}

func resident() float64 {
	status, _ := os.ReadFile("/proc/self/status")
	sum := 0
	for _, line := range strings.Split(string(status), "\n") {
		field := strings.Fields(line)
		if strings.HasPrefix(line, "VmRSS:") ||
			strings.HasPrefix(line, "VmPTE:") {
			kib, _ := strconv.Atoi(field[1])
			sum += kib
		}
	}
	return float64(sum) * 1024
}

func parkAll() float64 {
	before := resident()
	for i := 0; i < million; i++ {
		go func() {
			parked++
			time.Sleep(time.Hour)
		}()
	}
	for parked < million {
		runtime.Gosched()
	}
	return (resident() - before) / million
}

func main() {
	runtime.GOMAXPROCS(1)
	switch os.Args[1] {
	case "spawn":
		timed(spawnJoin)
	case "yield":
		count, _ := strconv.Atoi(os.Args[2])
		for i := 1; i < count; i++ {
			go yield(math.MaxInt64)
		}
		timed(yield)
	case "sleep":
		if strings.HasSuffix(os.Args[2], "-pooled") {
			sleepAll()
		}
		figures(sleepAll)
	case "memory":
		figures(parkAll)
	}
	os.Exit(2)
}
