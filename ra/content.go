package ra

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	_ "image/jpeg" // sizes of pictures are read, pictures are not decoded
	_ "image/png"
	"io"
	"path"
	"strings"
	"unicode/utf8"
)

// DocumentType is a kind of file that is taken. Whatever is not in the table is refused.
type DocumentType struct {
	Extensions string // separated by blanks, without the dot
	Type       string // media type
	What       string
	check      func(data []byte) error
}

var documentTypes = []DocumentType{
	{"pdf", "application/pdf", "PDF without scripts, attachments and passwords", checkPDF},
	{"jpg jpeg", "image/jpeg", "photograph", checkPicture},
	{"png", "image/png", "scan", checkPNG},
	{"heic heif", "image/heic", "photograph of an iPhone", checkHEIC},
	{"txt eml", "text/plain", "text in UTF-8, or a mail", checkText},
}

// DocumentTypes lists what is taken.
func DocumentTypes() []DocumentType { return append([]DocumentType(nil), documentTypes...) }

// typeByName finds the type that a name promises, or says why such a file is refused.
func typeByName(name string) (DocumentType, error) {
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	for _, t := range documentTypes {
		for _, e := range strings.Fields(t.Extensions) {
			if e == ext {
				return t, nil
			}
		}
	}
	const fix = "scan it, or print it into a PDF: pdf, jpg, png, heic, txt and eml are taken"
	switch ext {
	case "svg", "html", "htm", "xml", "xhtml":
		return DocumentType{}, refuse("document.active", "", "name", name, "a document that can run scripts is not taken", fix)
	case "zip", "7z", "rar", "gz", "tar", "docx", "xlsx", "odt", "asice":
		return DocumentType{}, refuse("document.archive", "", "name", name, "an archive is not taken: nobody can see what is in it", fix)
	}
	return DocumentType{}, refuse("document.type", "", "name", name, "files of this type are not taken", fix)
}

// bad is a refusal of what was found inside.
func bad(code, what, fix string) error {
	return refuse("document."+code, "", "document", "", what, fix)
}

// eicar is the test string that every scanner of viruses must know, in two halves so that this file is not taken for it.
var eicar = []byte(`X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR` + `-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`)

// inspect reads a document and returns its type, or says why it is refused. It decides by the bytes; the name has to agree.
// It is no scanner of viruses: it takes only what cannot run.
func inspect(r io.Reader, name string, size int64) (string, error) {
	t, err := typeByName(name)
	if err != nil {
		return "", err
	}
	data, err := io.ReadAll(io.LimitReader(r, MaxDocument+1))
	if err != nil {
		return "", err
	}
	if int64(len(data)) != size {
		return "", bad("damaged", fmt.Sprintf("it has %d bytes and not %d", len(data), size), "upload it again")
	}
	if bytes.Contains(data, eicar) {
		return "", bad("malware", "it holds the test file of virus scanners", "leave it away")
	}
	if found := sniff(data); found != t.Type {
		if found == "" {
			found = "something else"
		}
		return "", bad("extension", fmt.Sprintf("the name says %s, and inside is %s", t.Type, found), "give the file the name that fits it")
	}
	return t.Type, t.check(data)
}

// sniff tells a type by the first bytes.
func sniff(data []byte) string {
	head := data[:min(len(data), 4096)]
	lower := bytes.ToLower(bytes.TrimLeft(head, "\xef\xbb\xbf \t\r\n"))
	switch {
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return "application/pdf"
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png"
	case len(head) >= 12 && string(head[4:8]) == "ftyp":
		return "image/heic"
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("\x1f\x8b")), bytes.HasPrefix(head, []byte("Rar!")):
		return "an archive"
	case bytes.Contains(lower, []byte("<svg")), bytes.HasPrefix(lower, []byte("<?xml")), bytes.HasPrefix(lower, []byte("<!doctype")), bytes.Contains(lower, []byte("<html")):
		return "a document that can run scripts"
	case bytes.HasPrefix(head, []byte("MZ")), bytes.HasPrefix(head, []byte("\x7fELF")), bytes.HasPrefix(head, []byte("#!")):
		return "a program"
	case utf8.Valid(data[:len(head)-len(head)%4]) || utf8.Valid(data):
		return "text/plain"
	}
	return ""
}

// second are the beginnings of what must not hide in a document of another type.
var second = [][]byte{[]byte("<script"), []byte("<svg"), []byte("<html"), []byte("<?php"), []byte("%PDF-")}

// alone refuses a file that is two things at once.
func alone(data []byte, from int) error {
	lower := bytes.ToLower(data[from:])
	for _, s := range second {
		if bytes.Contains(lower, bytes.ToLower(s)) {
			return bad("polyglot", fmt.Sprintf("it is two files in one: there is %q in it", s), "save it anew with a program for pictures")
		}
	}
	if tail := data[max(from, len(data)-65557):]; bytes.Contains(tail, []byte("PK\x05\x06")) { // the end of a ZIP archive, with the longest comment
		return bad("polyglot", "there is an archive at its end", "save it anew with a program for pictures")
	}
	return nil
}

// maxPixels is the largest picture: what a scan of A4 with 600 dots an inch has, three times.
const maxPixels = 100_000_000

func checkPicture(data []byte) error {
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return bad("damaged", "the picture cannot be read: "+err.Error(), "save it anew")
	}
	if int64(c.Width)*int64(c.Height) > maxPixels {
		return bad("expands", fmt.Sprintf("the picture has %d x %d dots, more than %d million", c.Width, c.Height, maxPixels/1_000_000), "make it smaller")
	}
	return alone(data, 0)
}

// checkPNG also walks the chunks: nothing stands behind the last one.
func checkPNG(data []byte) error {
	if err := checkPicture(data); err != nil {
		return err
	}
	at := 8
	for at+12 <= len(data) {
		n := int(binary.BigEndian.Uint32(data[at:]))
		kind := string(data[at+4 : at+8])
		if n < 0 || n > len(data)-at-12 {
			break
		}
		if at += 12 + n; kind == "IEND" {
			if at != len(data) {
				return bad("polyglot", fmt.Sprintf("%d bytes stand behind the end of the picture", len(data)-at), "save it anew")
			}
			return nil
		}
	}
	return bad("damaged", "the picture is not whole", "save it anew")
}

// checkHEIC walks the boxes of ISO/IEC 14496-12.
func checkHEIC(data []byte) error {
	switch string(data[8:12]) {
	case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1":
	default:
		return bad("type", fmt.Sprintf("it is a film or something else: brand %q", data[8:12]), "send a photograph")
	}
	for at := 0; at < len(data); {
		if len(data)-at < 8 {
			return bad("polyglot", "something stands behind the end of the picture", "save it anew")
		}
		n := uint64(binary.BigEndian.Uint32(data[at:]))
		if n == 1 && len(data)-at >= 16 {
			n = binary.BigEndian.Uint64(data[at+8:])
		}
		if n == 0 {
			break
		}
		if n < 8 || n > uint64(len(data)-at) {
			return bad("damaged", "the picture is not whole", "save it anew")
		}
		at += int(n)
	}
	return alone(data, 0)
}

func checkText(data []byte) error {
	if !utf8.Valid(data) {
		return bad("damaged", "the text is not UTF-8", "save it as UTF-8")
	}
	for _, c := range data {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' || c == 0x7f {
			return bad("type", "there are control characters in the text", "save it as plain text")
		}
	}
	return alone(data, 0)
}
