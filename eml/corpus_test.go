package eml

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/waxwing-mail/waxwing/finding"
	"github.com/waxwing-mail/waxwing/limit"
)

func parsed(t testing.TB, text string) *Message {
	t.Helper()
	m, err := Parse(bytes.NewReader([]byte(text)), limit.New(limit.Limits{}))
	if err != nil {
		t.Fatal(err)
	}
	if err := tiles(m); err != nil {
		t.Fatalf("%.200q: %v", text, err)
	}
	return m
}

// tiles checks that ranges cover every byte once: envelope and root the source; header, empty line and body a part;
// preamble, delimiters, children and epilogue a multipart's body.
func tiles(m *Message) error {
	at := int64(0)
	step := func(what, path string, r Range) error {
		if r.Start != at || r.End < r.Start {
			return fmt.Errorf("part %s: %s is %s, expected at %d", path, what, r, at)
		}
		at = r.End
		return nil
	}
	if err := step("envelope", "", m.Envelope); err != nil {
		return err
	}
	if err := step("root", "1", m.Root.Range); err != nil {
		return err
	}
	if at != m.Source.Size() {
		return fmt.Errorf("%d of %d bytes are covered", at, m.Source.Size())
	}
	for p := range m.Parts() {
		at = p.Range.Start
		if err := step("header", p.Path, p.HeaderRange); err != nil {
			return err
		}
		empty, _ := io.ReadAll(Section(m.Source, Range{at, max(at, p.BodyRange.Start)}))
		if s := bytes.TrimLeft(empty, "\r"); len(s) > 0 && string(s) != "\n" {
			return fmt.Errorf("part %s: %q between header and body", p.Path, empty)
		}
		at += int64(len(empty))
		if err := step("body", p.Path, p.BodyRange); err != nil {
			return err
		}
		if at != p.Range.End {
			return fmt.Errorf("part %s: %s and body %s", p.Path, p.Range, p.BodyRange)
		}
		if err := fieldsTile(p); err != nil {
			return err
		}
		if p.IsMessage() && p.Children[0].Range != p.BodyRange {
			return fmt.Errorf("part %s: its message is %s", p.Path, p.Children[0].Range)
		}
		if !p.IsMultipart() {
			continue
		}
		at = p.BodyRange.Start
		if err := step("preamble", p.Path, p.Preamble); err != nil {
			return err
		}
		for i, d := range p.Delimiters {
			if err := step("delimiter", p.Path, d); err != nil {
				return err
			}
			if i < len(p.Children) {
				if err := step("child", p.Path, p.Children[i].Range); err != nil {
					return err
				}
			}
		}
		if err := step("epilogue", p.Path, p.Epilogue); err != nil {
			return err
		}
		if at != p.BodyRange.End {
			return fmt.Errorf("part %s: parts end at %d of %s", p.Path, at, p.BodyRange)
		}
	}
	return nil
}

func fieldsTile(p *Part) error {
	at := p.HeaderRange.Start
	for _, f := range p.Header.Fields {
		if f.Range.Start != at || f.Range.Len() != int64(len(f.Raw)) {
			return fmt.Errorf("part %s: field %q is %s, expected at %d", p.Path, f.Name, f.Range, at)
		}
		at = f.Range.End
		got, _ := io.ReadAll(Section(p.msg.Source, f.Range))
		if !bytes.Equal(got, f.Raw) {
			return fmt.Errorf("part %s: field %q differs from its range", p.Path, f.Name)
		}
	}
	if at != p.HeaderRange.End {
		return fmt.Errorf("part %s: fields end at %d of %s", p.Path, at, p.HeaderRange)
	}
	return nil
}

// STANDARDS item 24: received bytes are kept.
func TestEveryMailOfTheCorporaIsTiledExactly(t *testing.T) {
	for name, data := range mails(t) {
		m, err := Parse(bytes.NewReader(data), limit.New(limit.Limits{}))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := tiles(m); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for p := range m.Parts() {
			if m.Part(p.Path) != p {
				t.Errorf("%s: part %s is not found by its path", name, p.Path)
			}
			p.FileName()
			if _, err := io.Copy(io.Discard, p.Decoded()); err != nil {
				t.Errorf("%s: part %s: %v", name, p.Path, err)
			}
			for _, f := range p.Header.Fields {
				ParseAddressList(f.Value())
				ParseMediaType(f.Value())
				DecodeWords(f.Value())
			}
		}
		for _, f := range m.Faults {
			if _, ok := finding.Explain(f.Code); !ok || f.Count < 1 || m.Part(f.Part) == nil {
				t.Errorf("%s: fault %+v", name, f)
			}
		}
	}
}

func TestAnEditThatChangesNothingGivesTheSameBytes(t *testing.T) {
	for name, data := range mails(t) {
		m := parsed(t, string(data))
		for p := range m.Parts() {
			var b bytes.Buffer
			n, err := NewEdit(p).WriteTo(&b)
			if want := data[p.Range.Start:p.Range.End]; err != nil || n != int64(len(want)) || !bytes.Equal(b.Bytes(), want) {
				t.Errorf("%s: part %s differs, %v", name, p.Path, err)
			}
		}
	}
}
