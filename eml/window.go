package eml

import (
	"bytes"
	"io"
)

// windowSize is how much of the source is looked at in one piece.
const windowSize = 256 << 10

// window shows a source piece by piece.
type window struct {
	src   io.ReaderAt
	size  int64
	start int64  // offset of data in the source
	data  []byte // part of buf
	buf   []byte
}

func newWindow(src Source) *window {
	size := src.Size()
	return &window{src: src, size: size, buf: make([]byte, min(size, windowSize))}
}

// from returns the bytes at an offset: at least n of them, unless the source ends before; n is far below windowSize.
func (w *window) from(off int64, n int) ([]byte, error) {
	end := w.start + int64(len(w.data))
	if off >= w.start && (off+int64(n) <= end || end == w.size) {
		return w.data[min(off, end)-w.start:], nil
	}
	if off >= w.size {
		return nil, nil
	}
	w.start, w.data = off, w.buf[:min(w.size-off, int64(len(w.buf)))]
	if k, err := w.src.ReadAt(w.data, off); k < len(w.data) {
		w.data = nil
		if err == nil || err == io.EOF {
			err = io.ErrUnexpectedEOF // the source is shorter than it said
		}
		return nil, err
	}
	return w.data, nil
}

// nextDashes returns the index of the next "\n--" in p, or -1.
//
// Two hyphens are rare in text and absent in base64, so that is what is searched for. A body full of them is
// searched for the whole.
func nextDashes(p []byte) int {
	for i, misses := 1, 0; i < len(p); misses++ {
		if misses*64 > i {
			if j := bytes.Index(p[i-1:], []byte("\n--")); j >= 0 {
				return i - 1 + j
			}
			return -1
		}
		j := bytes.Index(p[i:], []byte("--"))
		if j < 0 {
			return -1
		}
		i += j
		if p[i-1] == '\n' {
			return i - 1
		}
		for i < len(p) && p[i] == '-' {
			i++
		}
	}
	return -1
}
