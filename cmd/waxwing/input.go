package main

import (
	"fmt"
	"io"
	"os"

	"github.com/waxwing-mail/waxwing/eml"
)

// input is a file or the standard input, to be read at random.
type input struct {
	eml.Source
	name  string
	file  *os.File // nil when it was spooled
	spool *eml.Spool
}

// open opens a file; "" and "-" are standard input. A pipe is spooled to a private temporary file.
func (a *app) open(path string) (*input, error) {
	if path == "" || path == "-" {
		if f, ok := a.in.(*os.File); ok {
			return openFile(f, "standard input", true)
		}
		return spooled(a.in, "standard input")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return openFile(f, path, false)
}

func openFile(f *os.File, name string, shared bool) (*input, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		f.Close()
		return nil, failed(exitError, "give one file", "%s is a folder, not a file", name)
	}
	if info.Mode().IsRegular() {
		if pos, err := f.Seek(0, io.SeekCurrent); err == nil && pos == 0 {
			return &input{Source: io.NewSectionReader(f, 0, info.Size()), name: name, file: f}, nil
		}
	}
	if !shared {
		defer f.Close()
	}
	return spooled(f, name)
}

func spooled(r io.Reader, name string) (*input, error) {
	s, err := eml.SpoolFrom(r, eml.SpoolOptions{})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return &input{Source: s, name: name, spool: s}, nil
}

// Close closes the file or removes the spool.
func (i *input) Close() {
	if i.spool != nil {
		i.spool.Close()
	}
	if i.file != nil && i.file != os.Stdin {
		i.file.Close()
	}
}

// readAll reads a small file whole: keys, certificates, lists.
func readAll(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, failed(exitError, "give one file", "%s is a folder, not a file", path)
	}
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if int64(len(data)) > most {
		return nil, failed(exitLimit, "is it the right file?", "%s is larger than %d MiB", path, most>>20)
	}
	return data, nil
}
