package main

import (
	"bytes"
	"encoding/pem"
	"slices"
)

// pemOrDER returns the contents of the PEM blocks of the given types, or the data itself when it is no PEM.
func pemOrDER(data []byte, types ...string) [][]byte {
	if !bytes.Contains(data, []byte("-----BEGIN ")) {
		return [][]byte{data}
	}
	var list [][]byte
	for rest := data; ; {
		var b *pem.Block
		if b, rest = pem.Decode(rest); b == nil {
			return list
		}
		if slices.Contains(types, b.Type) {
			list = append(list, b.Bytes)
		}
	}
}
