package relay

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/eml"
)

// incoming is a message on its way in.
type incoming struct {
	srv      *Server
	spool    *eml.Spool
	reserved int64
	limit    int64 // 0 is none
	size     int64
	lines    unstuffer // for BDAT without dots
	fault    error     // of the spool
	began    time.Time
}

// receive opens a place for a message of the declared size, 0 for unknown.
func (s *Server) receive(declared int64) *incoming {
	in := &incoming{srv: s, limit: max(s.limits.Size, 0), began: time.Now()}
	want := int64(s.limits.Spool)
	if declared > 0 {
		want = min(want, declared+1024)
	}
	memory := 4096 // where memory is short, the private file takes the rest
	if s.memory.Add(-want) >= 0 {
		in.reserved, memory = want, int(want)
	} else {
		s.memory.Add(want)
	}
	in.spool = eml.NewSpool(eml.SpoolOptions{Dir: s.SpoolDir, Memory: memory})
	in.lines.w = in
	return in
}

// Write takes content; beyond the limit it only counts.
func (in *incoming) Write(b []byte) (int, error) {
	in.size += int64(len(b))
	if in.fault != nil || in.limit > 0 && in.size > in.limit || in.broken() {
		return len(b), nil
	}
	_, in.fault = in.spool.Write(b)
	return len(b), nil
}

func (in *incoming) broken() bool {
	return in.lines.bareLF || in.lines.bareCR && !in.srv.AcceptBareCR
}

func (in *incoming) close() {
	in.spool.Close()
	in.srv.memory.Add(in.reserved)
	in.reserved = 0
}

var errBroken = Reply{554, "5.6.0", "the message has a CR or LF that ends no line; send it as quoted-printable or base64"}

// verdict is what the wire itself has against the message; a positive reply is nothing.
func (in *incoming) verdict() Reply {
	switch {
	case in.broken():
		return errBroken
	case in.limit > 0 && in.size > in.limit:
		return Reply{552, "5.3.4", "message larger than the limit"}
	case in.fault != nil:
		in.srv.Log.Error("spool", "err", in.fault)
		return Reply{452, "4.3.1", "no room for the message; try again later"}
	}
	hops, loop, err := in.hops()
	switch {
	case err != nil:
		in.srv.Log.Error("spool", "err", err)
		return Reply{452, "4.3.1", "cannot read the message back; try again later"}
	case loop || hops > in.srv.limits.Hops:
		return Reply{554, "5.4.6", "the mail goes round in a circle"} // RFC 3463 §3.5
	}
	return OK("")
}

// hops counts the Received fields and looks for the mark of this server (RFC 5321 §6.3).
func (in *incoming) hops() (n int, loop bool, err error) {
	buf := largeWindows.Get().(*[]byte)
	defer func() { clear(*buf); largeWindows.Put(buf) }()
	mark := in.srv.LoopField
	r := in.spool.Reader()
	held := 0
	for {
		k, err := r.Read((*buf)[held:])
		b := (*buf)[:held+k]
		for {
			i := bytes.IndexByte(b, '\n')
			if i < 0 && len(b) == len(*buf) {
				i = len(b) - 1 // no field that counts has such a line
			}
			if i < 0 {
				break
			}
			line := strings.TrimRight(string(b[:min(i, 1000)]), "\r")
			b = b[i+1:]
			if line == "" {
				return n, loop, nil
			}
			name, value, _ := strings.Cut(line, ":")
			name = strings.TrimRight(name, " \t")
			if strings.EqualFold(name, "Received") {
				n++
			}
			if mark != "" && strings.EqualFold(name, mark) && strings.TrimSpace(value) == in.srv.LoopValue {
				loop = true
			}
		}
		held = copy(*buf, b)
		if k == 0 || err != nil {
			return n, loop, eofIsFine(err)
		}
	}
}

func eofIsFine(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
