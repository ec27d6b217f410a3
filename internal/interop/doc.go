// Package interop proves the engine with other people's programs, in both directions: they open what we wrote, and we
// open what they wrote. It holds tests only; the matrix that they print is kept in docs/interop.md:
//
//	go test ./internal/interop -v
//	go test ./internal/interop -update      # writes docs/interop.md
package interop
