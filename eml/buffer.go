package eml

import "sync"

// bufferSize is the unit of reading: large enough that a call costs nothing beside the bytes,
// small enough to stay in the second-level cache.
const bufferSize = 64 << 10

// buffers spares small mails the making of large buffers.
var buffers = sync.Pool{New: func() any { b := make([]byte, bufferSize); return &b }}

func borrow() *[]byte { return buffers.Get().(*[]byte) }

func giveBack(b *[]byte) { buffers.Put(b) }

// wide is how much is copied for a line of up to so many bytes.
const wide = 80

// copyWide copies without a call: the compiler turns pieces of this size into single instructions.
func copyWide(dst, src *[wide]byte) {
	*(*[16]byte)(dst[0:]) = *(*[16]byte)(src[0:])
	*(*[16]byte)(dst[16:]) = *(*[16]byte)(src[16:])
	*(*[16]byte)(dst[32:]) = *(*[16]byte)(src[32:])
	*(*[16]byte)(dst[48:]) = *(*[16]byte)(src[48:])
	*(*[16]byte)(dst[64:]) = *(*[16]byte)(src[64:])
}
