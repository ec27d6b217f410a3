package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// output is where a result goes. A file appears under its name when it is whole, and not before.
type output struct {
	io.Writer
	path    string
	temp    *os.File // nil for standard output
	buffer  *bufio.Writer
	private bool
}

// create opens an output; "" and "-" are standard output. A private one is readable by its owner alone.
// Writing over one of the inputs is refused.
func (a *app) create(path string, private bool, inputs ...*input) (*output, error) {
	if path == "" || path == "-" {
		b := bufio.NewWriterSize(a.out, 64<<10)
		return &output{Writer: b, buffer: b}, nil
	}
	if err := refuseInput(path, inputs); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part")
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", path, err)
	}
	b := bufio.NewWriterSize(f, 256<<10)
	return &output{Writer: b, path: path, temp: f, buffer: b, private: private}, nil
}

func refuseInput(path string, inputs []*input) error {
	info, err := os.Stat(path)
	if err != nil {
		return nil // it does not exist yet; other troubles come out when it is made
	}
	if info.IsDir() {
		return failed(exitUsage, "give the name of a file with -o", "%s is a folder", path)
	}
	for _, in := range inputs {
		if in.file == nil {
			continue
		}
		if other, err := in.file.Stat(); err == nil && os.SameFile(info, other) {
			return failed(exitUsage, "choose another name with -o", "%s is both input and output", path)
		}
	}
	return nil
}

// finish puts the result in its place, or removes it when err says that it is not whole. It returns err or
// what went wrong at the end.
func (o *output) finish(err error) error {
	if flushErr := o.buffer.Flush(); err == nil {
		err = flushErr
	}
	if o.temp == nil {
		return err
	}
	if err == nil && !o.private {
		err = o.temp.Chmod(o.mode())
	}
	if closeErr := o.temp.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(o.temp.Name(), o.path)
	}
	if err != nil {
		os.Remove(o.temp.Name())
		return fmt.Errorf("write %s: %w", o.path, err)
	}
	return nil
}

// mode is that of the file which is replaced, or what the umask leaves of 0666.
func (o *output) mode() os.FileMode {
	if info, err := os.Stat(o.path); err == nil {
		return info.Mode().Perm()
	}
	return 0o666 &^ umask()
}
