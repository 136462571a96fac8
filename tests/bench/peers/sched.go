// SPDX-License-Identifier: MIT

// Go's goroutines, measured with GOMAXPROCS=1 under the driver's protocol (see
// harness.h). Standard input is read by a raw system call, because Go's own
// read would hand the processor to the other goroutines, and they would run on
// while somebody else is measured.
package main

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

const (
	slice    = 0.03
	sleepers = 100000
	million  = 1000000
	clockCPU = 2 // CLOCK_PROCESS_CPUTIME_ID
)

var turns, parked int

func cpu() float64 {
	var now syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clockCPU,
		uintptr(unsafe.Pointer(&now)), 0)
	return float64(now.Sec) + float64(now.Nsec)*1e-9
}

func asked() bool {
	var b [1]byte
	for b[0] != '\n' {
		n, _, err := syscall.RawSyscall(syscall.SYS_READ, 0,
			uintptr(unsafe.Pointer(&b[0])), 1)
		if err != syscall.EINTR && n != 1 {
			return false
		}
	}
	return true
}

func figures(figure func() float64) {
	fmt.Println("ready")
	for asked() {
		fmt.Printf("%.6f\n", figure())
	}
	os.Exit(0)
}

func timed(run func(n int) int) {
	count := 1
	once := func() (float64, int) {
		start := cpu()
		done := run(count)
		return cpu() - start, done
	}
	for {
		if cost, _ := once(); cost >= slice {
			break
		}
		count *= 2
	}
	figures(func() float64 {
		cost, done := once()
		return cost / float64(done) * 1e9
	})
}

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
