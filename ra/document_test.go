package ra

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
)

func pngOf(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bomb is a PNG header that promises more dots than anybody can look at.
func bombPNG() []byte {
	head := []byte("\x89PNG\r\n\x1a\n")
	ihdr := append([]byte("IHDR"), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 60000), 60000)...)
	ihdr = append(ihdr, 8, 0, 0, 0, 0)
	chunk := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 13), 0)[:4]
	chunk = append(append(chunk, ihdr...), binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(ihdr))...)
	return append(head, chunk...)
}

func deflate(data []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(data)
	z.Close()
	return b.Bytes()
}

// pdf is a small PDF with a stream.
func pdf(dict string, stream []byte) []byte {
	return []byte(fmt.Sprintf("%%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n2 0 obj<<%s/Length %d>>stream\n%s\nendstream\nendobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n", dict, len(stream), stream))
}

func heic() []byte {
	box := func(kind string, body string) []byte {
		return append(append(binary.BigEndian.AppendUint32(nil, uint32(8+len(body))), kind...), body...)
	}
	return append(box("ftyp", "heic\x00\x00\x00\x00mif1heic"), box("mdat", "picture")...)
}

// AUTHORITY 13: what is taken and what is not, with the reason and the limit.
func TestAuthority13DocumentsThatAreTakenAndThatAreNot(t *testing.T) {
	h := one(t)
	p := h.apply(h.applicant, h.sponsored(h.applicant, "Ada", "Lovelace", "ada@acme.test"))
	who := h.actor("ada")
	plain := pdf("", []byte("BT (Ada) Tj ET"))
	for _, c := range []struct {
		name, file string
		data       []byte
		want       string // code of the refusal; "" is taken
	}{
		{"a PDF", "passport.pdf", plain, ""},
		{"a PDF with packed objects", "passport.pdf", pdf("/Type/ObjStm/Filter/FlateDecode", deflate([]byte("3 0 <</Type/Page>>"))), ""},
		{"a photograph", "passport.JPG", jpegOf(t), ""},
		{"a scan", "passport.png", pngOf(t, 10, 10), ""},
		{"a HEIC photograph", "IMG_0001.heic", heic(), ""},
		{"a text", "letter.txt", []byte("Grüße\r\n"), ""},
		{"a polyglot of PDF and JavaScript", "passport.pdf", append(append([]byte(nil), plain...), "\n*/alert(1)//"...), "polyglot"},
		{"a PDF with a script", "passport.pdf", pdf("/OpenAction<</S/JavaScript/JS(app.alert(1))>>", nil), "active"},
		{"a PDF with a script in disguise", "passport.pdf", pdf("/S/J#61vaScript", nil), "active"},
		{"a PDF with a script in packed objects", "passport.pdf", pdf("/Type/ObjStm/Filter/FlateDecode", deflate([]byte("<</S/JavaScript/JS(1)>>"))), "active"},
		{"a PDF with an attachment", "passport.pdf", pdf("/Type/EmbeddedFile ", []byte("MZ")), "active"},
		{"a PDF with a password", "passport.pdf", pdf("/Encrypt 5 0 R", nil), "hidden"},
		{"a PDF that grows", "passport.pdf", pdf("/Filter/FlateDecode", deflate(make([]byte, maxInflated+1))), "expands"},
		{"a PDF with objects that cannot be read", "passport.pdf", pdf("/Type/ObjStm/Filter/LZWDecode", []byte("x")), "hidden"},
		{"half a PDF", "passport.pdf", plain[:40], "damaged"},
		{"a picture with a page behind it", "passport.png", append(pngOf(t, 9, 9), "<script>alert(1)</script>"...), "polyglot"},
		{"a picture with bytes behind it", "passport.png", append(pngOf(t, 9, 9), 0), "polyglot"},
		{"a photograph with an archive behind it", "passport.jpg", append(jpegOf(t), "PK\x05\x06"+strings.Repeat("\x00", 18)...), "polyglot"},
		{"a picture with 3.6 billion dots", "passport.png", bombPNG(), "expands"},
		{"a film", "film.heic", append([]byte("\x00\x00\x00\x14ftypisom"), make([]byte, 8)...), "type"},
		{"an SVG", "passport.svg", []byte("<svg onload='alert(1)'/>"), "document.active"},
		{"an SVG by another name", "passport.png", []byte("<svg onload='alert(1)'/>"), "extension"},
		{"a page by another name", "letter.txt", []byte("<!DOCTYPE html><script>1</script>"), "extension"},
		{"a zip bomb", "all.zip", []byte("PK\x03\x04"), "document.archive"},
		{"an archive by another name", "passport.pdf", []byte("PK\x03\x04"), "extension"},
		{"a photograph called a PDF", "passport.pdf", jpegOf(t), "extension"},
		{"EICAR", "letter.txt", eicar, "malware"},
		{"a program", "setup.exe", []byte("MZ"), "document.type"},
		{"a name that writes backwards", "fdp.\u202etxt", []byte("x"), "name"},
		{"nothing", "empty.pdf", nil, "document.empty"},
	} {
		doc, err := h.upload(who, p.ID, c.file, c.data)
		if c.want == "" {
			if err != nil || doc.State != Stored {
				t.Errorf("%s: %s, %v", c.name, doc.State, err)
			}
			continue
		}
		refusedFor(t, err, "document."+strings.TrimPrefix(c.want, "document."))
	}
	// 40 MB are the limit, and the refusal says so.
	err := h.try(func(tx *db.Tx) error {
		_, err := h.BeginUpload(tx, who, NewDocument{Application: p.ID, Name: "big.pdf", Size: MaxDocument + 1})
		return err
	})
	refusedFor(t, err, "document.large")
	if !strings.Contains(err.Error(), "40 MB") {
		t.Errorf("the limit is not told: %v", err)
	}
}

// AUTHORITY 13: what was taken lies there sealed, each document under a key of its own, and is given out as it came.
func TestAuthority13DocumentsLieThereSealed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.apply(h.applicant, h.sponsored(h.applicant, "Ada", "Lovelace", "ada@acme.test"))
		who := h.actor("ada")
		secret := []byte(strings.Repeat("The number of my passport is C01X00T47. ", 20_000))
		doc, err := h.upload(who, p.ID, "passport.txt", secret)
		if err != nil {
			t.Fatal(err)
		}
		h.do(func(tx *db.Tx) error {
			return tx.Each(func(scan scanner) error {
				var sealed []byte
				if err := scan(&sealed); err != nil {
					return err
				}
				if bytes.Contains(sealed, []byte("passport")) {
					t.Error("a document lies there in clear text")
				}
				return nil
			}, `SELECT sealed FROM ra_piece`)
		})
		var out bytes.Buffer
		h.do(func(tx *db.Tx) error {
			out.Reset()
			_, err := h.ReadDocument(tx, h.specialist, doc.ID, &out)
			return err
		})
		if !bytes.Equal(out.Bytes(), secret) {
			t.Error("it is not what was uploaded")
		}
		for _, other := range []Actor{h.auditor, h.operator, h.helpdesk, h.enterprise, h.user("eve")} {
			forbidden(t, h.try(func(tx *db.Tx) error { _, err := h.ReadDocument(tx, other, doc.ID, io.Discard); return err }), other.Name+" reads a document")
		}
		// A piece that was moved is noticed.
		h.do(func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE ra_piece SET sealed = (SELECT sealed FROM ra_piece WHERE document = $1 AND n = 1) WHERE document = $1 AND n = 0`, doc.ID)
			return err
		})
		if err := h.try(func(tx *db.Tx) error { _, err := h.ReadDocument(tx, h.specialist, doc.ID, io.Discard); return err }); err == nil {
			t.Error("pieces that were exchanged are read")
		}
	})
}

// torn is a file that cannot be read to its end.
type torn struct {
	*bytes.Reader
	left int64
}

func (r *torn) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, errors.New("the line went dead")
	}
	n, err := r.Reader.Read(p[:min(int64(len(p)), r.left)])
	r.left -= int64(n)
	return n, err
}

// AUTHORITY 14: an upload that was interrupted goes on where it ended.
func TestAuthority14AnInterruptedUploadGoesOn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.apply(h.applicant, h.sponsored(h.applicant, "Ada", "Lovelace", "ada@acme.test"))
		who := h.actor("ada")
		data := bytes.Repeat([]byte("0123456789abcdef"), 5*piece/16)
		n := NewDocument{Application: p.ID, Name: "letter.txt", Size: int64(len(data))}
		first, err := h.Upload(t.Context(), h.d, who, n, &torn{bytes.NewReader(data), int64(len(data)) * 8 / 10})
		if err == nil || first.Received != 4*piece {
			t.Fatalf("%d bytes are there, %v", first.Received, err)
		}
		rest := &torn{bytes.NewReader(data), piece} // no more than the last piece is read again
		second, err := h.Upload(t.Context(), h.d, who, n, rest)
		if err != nil || second.ID != first.ID || second.State != Stored {
			t.Fatalf("%s %s: %v", second.ID, second.State, err)
		}
		var out bytes.Buffer
		h.do(func(tx *db.Tx) error { out.Reset(); _, err := h.ReadDocument(tx, who, second.ID, &out); return err })
		if !bytes.Equal(out.Bytes(), data) {
			t.Error("the document is not whole")
		}
	})
}

// AUTHORITY 17: a person is forgotten, and the log still verifies.
func TestAuthority17APersonIsForgotten(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.validated()
		doc, err := h.upload(h.applicant, p.ID, "passport.txt", []byte("C01X00T47"))
		if err != nil {
			t.Fatal(err)
		}
		issued := h.issue(p.ID)
		erase := func() error {
			return h.try(func(tx *db.Tx) error { return h.Erase(tx, h.officer, p.Person, "asked for it") })
		}
		refusedFor(t, erase(), "erase.retention")
		h.now = issued[0].NotAfter.Add(Retention + day)
		forbidden(t, h.try(func(tx *db.Tx) error { return h.Erase(tx, h.approver, p.Person, "why not") }), "an approver forgets somebody")
		if err := erase(); err != nil {
			t.Fatal(err)
		}
		if err := h.try(func(tx *db.Tx) error { _, err := h.ReadDocument(tx, h.specialist, doc.ID, io.Discard); return err }); err == nil {
			t.Error("the document can be read")
		}
		h.do(func(tx *db.Tx) error {
			for _, table := range []string{"ra_application", "ra_revision", "ra_document", "ra_address"} {
				column := "body"
				if table == "ra_address" {
					column = "address"
				}
				n, err := count(tx, `SELECT count(*) FROM `+table+` WHERE `+column+` LIKE '%Lovelace%' OR `+column+` LIKE '%ada@acme%' OR `+column+` LIKE '%passport.txt%'`)
				if err != nil {
					return err
				}
				if n > 0 {
					t.Errorf("%s still knows her", table)
				}
			}
			c, err := ca.Get(tx, issued[0].ID)
			if err == nil && len(c.DER) == 0 {
				t.Error("the record of the certificate is gone")
			}
			return err
		})
		h.verify()
	})
}
