package milter

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Commands of the MTA (SMFIC_).
const (
	cmdAbort     = 'A'
	cmdBody      = 'B'
	cmdConnect   = 'C'
	cmdMacro     = 'D'
	cmdEnd       = 'E'
	cmdHelo      = 'H'
	cmdQuitNew   = 'K'
	cmdHeader    = 'L'
	cmdMail      = 'M'
	cmdHeaderEnd = 'N'
	cmdNegotiate = 'O'
	cmdQuit      = 'Q'
	cmdRcpt      = 'R'
	cmdData      = 'T'
	cmdUnknown   = 'U'
)

// Answers of the filter (SMFIR_).
const (
	repAddRcpt      = '+'
	repDeleteRcpt   = '-'
	repAddRcptArgs  = '2'
	repAccept       = 'a'
	repReplaceBody  = 'b'
	repContinue     = 'c'
	repDiscard      = 'd'
	repChangeFrom   = 'e'
	repAddHeader    = 'h'
	repInsertHeader = 'i'
	repChangeHeader = 'm'
	repProgress     = 'p'
	repQuarantine   = 'q'
	repReject       = 'r'
	repSkip         = 's'
	repTempFail     = 't'
	repCode         = 'y'
)

// bodyPiece is the most that one packet of a new body holds (MILTER_CHUNK_SIZE).
const bodyPiece = 65535

var errPacket = errors.New("milter: packet not valid")

// packets reads and writes packets: a length of four bytes, a command, its data.
type packets struct {
	rw   io.ReadWriter
	most int
	buf  []byte
}

// read returns the next packet; its data is good until the next read.
func (p *packets) read() (cmd byte, data []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(p.rw, head[:]); err != nil {
		return 0, nil, err
	}
	n := int64(binary.BigEndian.Uint32(head[:])) - 1
	if n < 0 || n > int64(p.most) {
		return 0, nil, fmt.Errorf("milter: packet of %d bytes, the limit is %d", n+1, p.most)
	}
	// What is announced costs nothing until it comes.
	p.buf = p.buf[:0]
	for int64(len(p.buf)) < n {
		old := len(p.buf)
		step := int(min(n-int64(old), 64<<10))
		if cap(p.buf) < old+step {
			p.buf = append(make([]byte, 0, max(old+step, min(2*cap(p.buf), int(n)))), p.buf...)
		}
		p.buf = p.buf[:old+step]
		if _, err := io.ReadFull(p.rw, p.buf[old:]); err != nil {
			return 0, nil, err
		}
	}
	return head[4], p.buf, nil
}

func (p *packets) write(cmd byte, data ...[]byte) error {
	n := 1
	for _, d := range data {
		n += len(d)
	}
	b := make([]byte, 0, n+4)
	b = binary.BigEndian.AppendUint32(b, uint32(n))
	b = append(b, cmd)
	for _, d := range data {
		b = append(b, d...)
	}
	_, err := p.rw.Write(b)
	return err
}

// cstrings splits data into strings that each end with NUL.
func cstrings(data []byte) ([]string, error) {
	if len(data) == 0 {
		return nil, nil
	}
	if data[len(data)-1] != 0 {
		return nil, errPacket
	}
	var list []string
	for s := range bytes.SplitSeq(data[:len(data)-1], []byte{0}) {
		list = append(list, string(s))
	}
	return list, nil
}

// cstring is the form of a string in a packet. A NUL in it would end it early, so it is cut there.
func cstring(s string) []byte {
	if i := bytes.IndexByte([]byte(s), 0); i >= 0 {
		s = s[:i]
	}
	return append([]byte(s), 0)
}

func uint32Bytes(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }
