package ra

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
)

// active are the names in a PDF that make it do something, or that hide another file in it (ISO 32000-1 §12.6.4, §7.11.4).
var active = regexp.MustCompile(`/(JavaScript|JS|Launch|EmbeddedFile|EmbeddedFiles|RichMedia|XFA|SubmitForm|ImportData|GoToE|GoToR|Rendition|Movie|Sound)[^A-Za-z0-9_]`)

// escaped is a character of a name written as its number (ISO 32000-1 §7.3.5): /J#61vaScript.
var escaped = regexp.MustCompile(`#[0-9A-Fa-f]{2}`)

// maxInflated is how much all streams of a PDF together may become.
const maxInflated = 256 << 20

// checkPDF reads the objects of a PDF: in the open, and those in object streams.
func checkPDF(data []byte) error {
	end := bytes.LastIndex(data, []byte("%%EOF"))
	if end < 0 {
		return bad("damaged", "the end of the PDF is missing", "print it into a new PDF")
	}
	if rest := bytes.TrimSpace(data[end+5:]); len(rest) > 0 {
		return bad("polyglot", fmt.Sprintf("%d bytes stand behind the end of the PDF", len(rest)), "print it into a new PDF")
	}
	var open []byte
	inflated := int64(0)
	for rest := data; ; {
		i := bytes.Index(rest, []byte("stream"))
		if i < 0 {
			open = append(open, rest...)
			break
		}
		open = append(open, rest[:i]...)
		body := bytes.TrimPrefix(bytes.TrimPrefix(rest[i+6:], []byte("\r")), []byte("\n"))
		j := bytes.Index(body, []byte("endstream"))
		if j < 0 {
			open = append(open, body...)
			break
		}
		objects, n, err := pdfStream(dictionary(rest[:i]), body[:j], maxInflated-inflated)
		if err != nil {
			return err
		}
		open, inflated = append(append(open, objects...), ' '), inflated+n
		rest = body[j+9:]
	}
	return checkPDFObjects(open)
}

// dictionary is what stands before a stream, from its object on.
func dictionary(before []byte) []byte {
	at := bytes.LastIndex(before, []byte("endobj"))
	return before[max(at, len(before)-4096, 0):]
}

// pdfStream inflates a stream to see how large it becomes, and returns it if there are objects in it.
func pdfStream(dict, body []byte, budget int64) (objects []byte, n int64, err error) {
	names := unescape(dict)
	holds := bytes.Contains(names, []byte("/ObjStm"))
	flate := bytes.Contains(names, []byte("/FlateDecode")) || bytes.Contains(names, []byte("/Fl "))
	if !flate {
		if holds {
			return nil, 0, bad("hidden", "its objects are packed in a way that is not read", "print it into a new PDF")
		}
		return nil, 0, nil
	}
	z, err := zlib.NewReader(bytes.NewReader(body))
	if err != nil {
		if holds {
			return nil, 0, bad("hidden", "its objects cannot be unpacked", "print it into a new PDF")
		}
		return nil, 0, nil
	}
	var b bytes.Buffer
	w := io.Writer(io.Discard)
	if holds {
		w = &b
	}
	n, err = io.Copy(w, io.LimitReader(z, budget+1))
	if n > budget {
		return nil, n, bad("expands", fmt.Sprintf("unpacked it has more than %d MB", maxInflated>>20), "print it into a new PDF")
	}
	if err != nil && holds {
		return nil, n, bad("hidden", "its objects cannot be unpacked", "print it into a new PDF")
	}
	return b.Bytes(), n, nil
}

func unescape(b []byte) []byte {
	return escaped.ReplaceAllFunc(b, func(m []byte) []byte {
		var c byte
		fmt.Sscanf(string(m[1:]), "%02x", &c)
		return []byte{c}
	})
}

func checkPDFObjects(open []byte) error {
	names := unescape(open)
	if m := active.FindSubmatch(append(names, ' ')); m != nil {
		return bad("active", fmt.Sprintf("the PDF does something or carries another file: /%s", m[1]), "print it into a new PDF")
	}
	if bytes.Contains(names, []byte("/Encrypt")) {
		return bad("hidden", "the PDF has a password, so nobody can check it", "save it without one: here it is encrypted anyway")
	}
	for _, s := range second[:4] {
		if bytes.Contains(bytes.ToLower(open), s) {
			return bad("polyglot", fmt.Sprintf("it is two files in one: there is %q in it", s), "print it into a new PDF")
		}
	}
	return nil
}
