package main

import (
	"os"
	"syscall"
)

// umask returns the process's file mode creation mask, which can be read only by setting it.
func umask() os.FileMode {
	old := syscall.Umask(0o077)
	syscall.Umask(old)
	return os.FileMode(old)
}
