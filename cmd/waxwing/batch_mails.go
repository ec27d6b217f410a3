package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/waxwing-mail/waxwing/eml"
)

// mailsIn lists the mails of a folder (with all below it, as a Maildir has cur and new), or of an mbox; nil for a file
// that is one mail.
func mailsIn(path string) ([]mailAt, error) {
	if path == "" || path == "-" {
		return nil, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return mbox(path)
	}
	files, err := filesIn(path)
	if err != nil {
		return nil, err
	}
	var list []mailAt
	for _, f := range files {
		if isMaildirState(f) {
			continue
		}
		many, err := mbox(f)
		if err != nil {
			return nil, err
		}
		name, err := filepath.Rel(path, f)
		if err != nil {
			return nil, err
		}
		if many == nil {
			list = append(list, mailAt{name: name, path: f})
		}
		list = append(list, many...)
	}
	if len(list) == 0 {
		return nil, failed(exitError, "give a folder with mails in it", "%s holds no mail", path)
	}
	return list, nil
}

// isMaildirState tells the files that mail servers keep beside the mails.
func isMaildirState(path string) bool {
	base := filepath.Base(path)
	return strings.HasPrefix(base, ".") || strings.HasPrefix(base, "dovecot") || base == "maildirsize" || base == "subscriptions" ||
		filepath.Base(filepath.Dir(path)) == "tmp"
}

// mbox lists the mails of an mbox file (RFC 4155) that holds more than one; nil for any other file.
func mbox(path string) ([]mailAt, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 256<<10)
	if head, _ := r.Peek(5); string(head) != "From " {
		return nil, nil
	}
	starts, size, err := fromLines(r)
	if err != nil || len(starts) < 2 {
		return nil, err
	}
	list := make([]mailAt, len(starts))
	for i, start := range starts {
		end := size
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		list[i] = mailAt{name: filepath.Base(path) + "#" + strconv.Itoa(i+1), path: path, at: eml.Range{Start: start, End: end}}
	}
	return list, nil
}

// fromLines returns where the lines "From " stand that follow an empty line, and the size of the file.
func fromLines(r *bufio.Reader) (starts []int64, size int64, err error) {
	empty, whole := true, true
	for {
		line, err := r.ReadSlice('\n')
		if whole && empty && bytes.HasPrefix(line, []byte("From ")) {
			starts = append(starts, size)
		}
		if whole {
			empty = len(bytes.TrimRight(line, "\r\n")) == 0
		}
		whole = !errors.Is(err, bufio.ErrBufferFull)
		size += int64(len(line))
		switch {
		case errors.Is(err, io.EOF):
			return starts, size, nil
		case err != nil && whole:
			return nil, 0, err
		}
	}
}
