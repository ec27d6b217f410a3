package eml

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

func edited(t *testing.T, text string, change func(*Edit)) string {
	t.Helper()
	e := NewEdit(parsed(t, text).Root)
	change(e)
	var b bytes.Buffer
	if n, err := e.WriteTo(&b); err != nil || n != int64(b.Len()) {
		t.Fatal(n, err)
	}
	var header bytes.Buffer
	if err := e.WriteHeader(&header); err != nil || !bytes.HasPrefix(b.Bytes(), header.Bytes()) {
		t.Errorf("the header alone is %q, %v", header.Bytes(), err)
	}
	return b.String()
}

func TestEditsKeepEveryOtherByte(t *testing.T) {
	const mail = "A: 1\nB: 2\n folded \nb: 3\nC: 4\n\nbody \r\n\n"
	field := []byte("New: x\r\n y\r\n")
	for _, c := range []struct {
		name, text string
		change     func(*Edit)
		want       string
	}{
		{"delete", mail, func(e *Edit) {
			if n := e.Delete("B"); n != 2 || e.Delete("B") != 0 || e.Delete("none") != 0 {
				t.Errorf("deleted %d", n)
			}
		}, "A: 1\nC: 4\n\nbody \r\n\n"},
		{"remove", mail, func(e *Edit) { e.Remove(1) }, "A: 1\nb: 3\nC: 4\n\nbody \r\n\n"},
		{"remove all", mail, func(e *Edit) { e.Delete("A"); e.Delete("B"); e.Delete("C") }, "\nbody \r\n\n"},
		{"replace", mail, func(e *Edit) { e.Replace(0, field) }, "New: x\n y\nB: 2\n folded \nb: 3\nC: 4\n\nbody \r\n\n"},
		{"replace, then delete by its old name", mail, func(e *Edit) {
			if e.Replace(1, field); e.Delete("B") != 1 {
				t.Error("what was replaced has another name")
			}
		}, "A: 1\nNew: x\n y\nC: 4\n\nbody \r\n\n"},
		{"prepend", mail, func(e *Edit) { e.Prepend([]byte("X: 1\r\n")); e.Prepend(field) }, "New: x\n y\nX: 1\n" + mail},
		{"append", mail, func(e *Edit) { e.Append(field); e.Append([]byte("X: 1\r\n")) }, "A: 1\nB: 2\n folded \nb: 3\nC: 4\nNew: x\n y\nX: 1\n\nbody \r\n\n"},
		{"CRLF", "A: 1\r\n\r\nbody", func(e *Edit) { e.Append(field) }, "A: 1\r\nNew: x\r\n y\r\n\r\nbody"},
		{"no line end", "A: 1", func(e *Edit) { e.Append(field) }, "A: 1\r\nNew: x\r\n y\r\n"},
		{"no line end, prepended", "A: 1", func(e *Edit) { e.Prepend(field) }, "New: x\r\n y\r\nA: 1"},
		{"no header", "\nbody", func(e *Edit) { e.Append(field) }, "New: x\n y\n\nbody"},
		{"no header and no empty line", "just text\nmore\n", func(e *Edit) { e.Prepend(field) }, "New: x\n y\n\njust text\nmore\n"},
		{"nothing at all", "", func(e *Edit) { e.Prepend(field) }, "New: x\r\n y\r\n"},
		{"an envelope", "From a@b\nA: 1\n\nbody", func(e *Edit) { e.Delete("A") }, "\nbody"},
		{"junk comes to stand first", "A: 1\njunk\nB: 2\n\nbody", func(e *Edit) { e.Delete("A") }, "B: 2\n\nbody"},
		{"junk stays behind a new field", "A: 1\njunk\nB: 2\n\nbody", func(e *Edit) { e.Delete("A"); e.Prepend(field) }, "New: x\n y\njunk\nB: 2\n\nbody"},
	} {
		if got := edited(t, c.text, c.change); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAnEditOfAnyMailIsReadAgain(t *testing.T) {
	for name, data := range mails(t) {
		got := edited(t, string(data), func(e *Edit) {
			e.Delete("Received")
			e.Prepend([]byte("X-First: 1\r\n"))
			e.Append([]byte("X-Last: 2\r\n"))
		})
		m, was := parsed(t, got), parsed(t, string(data))
		fields := m.Root.Header.Fields
		if fields[0].Name != "X-First" || fields[len(fields)-1].Name != "X-Last" || len(m.Root.Header.All("Received")) > 0 {
			t.Errorf("%s: fields are lost", name)
		}
		a, _ := io.ReadAll(m.Root.Body())
		b, _ := io.ReadAll(was.Root.Body())
		if !bytes.Equal(a, b) && !strings.HasPrefix(name, "mox/") {
			t.Errorf("%s: the body changed", name)
		}
	}
}
