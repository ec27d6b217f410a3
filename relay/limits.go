package relay

import (
	"runtime"
	"time"
)

// Limits bound what peers can make a server hold and wait for. Zero fields take the defaults named.
type Limits struct {
	Connections int   // at the same time; 2,000
	PerAddress  int   // of one IP address; 100. Unix sockets are not counted
	Handling    int   // messages at the handler at the same time, the others wait; 4 for each CPU
	Recipients  int   // of a message; 1,000. More are told 452, and the sender brings them later (RFC 5321 §4.5.3.1.10)
	Size        int64 // of a message in bytes; 50 MiB. Negative is unlimited, and announced as SIZE 0
	Memory      int64 // bytes of messages kept in memory, all connections together; 256 MiB. What is more goes to private files
	Spool       int   // bytes of one message kept in memory; 1 MiB
	Hops        int   // Received fields; 50. More is a loop
	Faults      int   // refused commands until the connection is closed; 10

	Command time.Duration // waiting for a command; 5 minutes (RFC 5321 §4.5.3.2.7)
	Data    time.Duration // waiting for the next piece of a message; 3 minutes
	Write   time.Duration // waiting until the peer takes an answer; 1 minute
	Rate    int64         // bytes per second that a message must come with, after the first Data period; 512
	Busy    time.Duration // waiting for the handler to have time; 1 minute, then 451
}

func orDefault[T int | int64 | time.Duration](v *T, d T) {
	if *v == 0 {
		*v = d
	}
}

func (l Limits) complete() Limits {
	orDefault(&l.Connections, 2000)
	orDefault(&l.PerAddress, 100)
	orDefault(&l.Handling, 4*runtime.GOMAXPROCS(0))
	orDefault(&l.Recipients, 1000)
	orDefault(&l.Size, 50<<20)
	orDefault(&l.Memory, 256<<20)
	orDefault(&l.Spool, 1<<20)
	orDefault(&l.Hops, 50)
	orDefault(&l.Faults, 10)
	orDefault(&l.Command, 5*time.Minute)
	orDefault(&l.Data, 3*time.Minute)
	orDefault(&l.Write, time.Minute)
	orDefault(&l.Rate, 512)
	orDefault(&l.Busy, time.Minute)
	return l
}
