package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"syscall"
	"time"
)

// cost is what a process used.
type cost struct {
	wall, cpu time.Duration
	memory    int64 // peak resident set, bytes
}

func (c cost) add(d cost) cost {
	return cost{c.wall + d.wall, c.cpu + d.cpu, max(c.memory, d.memory)}
}

// measure runs commands one after another until a quarter of a second has passed, at most
// 40 times, and returns the mean of one round.
func measure(commands ...[]string) (cost, error) {
	var sum cost
	rounds := 0
	for rounds == 0 || sum.wall < time.Second/4 && rounds < 40 {
		for _, c := range commands {
			one, err := once(c)
			if err != nil {
				return cost{}, err
			}
			sum = sum.add(one)
		}
		rounds++
	}
	n := time.Duration(rounds)
	return cost{sum.wall / n, sum.cpu / n, sum.memory}, nil
}

// once runs a command to its end.
func once(argv []string) (cost, error) {
	c := exec.Command(argv[0], argv[1:]...)
	var out bytes.Buffer
	c.Stderr = &out
	start := time.Now()
	err := c.Run()
	wall := time.Since(start)
	if err != nil {
		return cost{}, fmt.Errorf("%v: %w\n%s", argv, err, out.Bytes())
	}
	u := c.ProcessState.SysUsage().(*syscall.Rusage)
	return cost{wall, c.ProcessState.UserTime() + c.ProcessState.SystemTime(), u.Maxrss << 10}, nil
}
