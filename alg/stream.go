package alg

import "io"

// chunkSize is how much an engine is given at a time: enough that what a chunk costs does not count, and
// little enough to stay in the cache of a processor.
const chunkSize = 32 << 10

// stream gives an engine whole chunks of what is written to it, and passes on what it makes of them. It holds
// back the last chunk, for padding.
type stream struct {
	engine engine
	w      io.Writer
	max    uint64 // octets that may come; 0: any
	size   uint64 // octets so far
	in     []byte // what was not given to the engine yet
	out    []byte
	err    error
}

func newStream(e engine, w io.Writer, max uint64) *stream {
	return &stream{engine: e, w: w, max: max} // the buffers grow as far as the content needs: most mails are small
}

// Write takes what comes next.
func (s *stream) Write(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	s.size += uint64(len(p))
	if s.max > 0 && s.size > s.max {
		s.err = errTooLong
		return 0, s.err
	}
	total := len(p)
	for len(p) > 0 {
		if len(s.in) == chunkSize {
			s.flush(s.in)
			s.in = s.in[:0]
		}
		for len(s.in) == 0 && len(p) > chunkSize {
			s.flush(p[:chunkSize])
			p = p[chunkSize:]
		}
		if s.err != nil {
			return 0, s.err
		}
		n := min(chunkSize-len(s.in), len(p))
		s.in = append(s.in, p[:n]...)
		p = p[n:]
	}
	return total, nil
}

// flush gives a chunk to the engine and writes what it makes of it.
func (s *stream) flush(chunk []byte) {
	if out := s.crypt(chunk); s.err == nil {
		_, s.err = s.w.Write(out)
	}
}

// crypt returns what the engine makes of a chunk.
func (s *stream) crypt(chunk []byte) []byte {
	if len(s.out) < len(chunk) {
		s.out = make([]byte, len(chunk))
	}
	out := s.out[:len(chunk)]
	s.engine.crypt(out, chunk)
	return out
}
