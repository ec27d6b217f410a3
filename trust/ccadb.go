package trust

import (
	"bytes"
	"encoding/csv"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/pki"
)

// isCCADB looks for the columns of the CCADB's reports of included roots.
func isCCADB(data []byte) bool {
	head, _, _ := bytes.Cut(data, []byte("\n"))
	return bytes.Contains(head, []byte("PEM Info")) || bytes.Contains(head, []byte("Trust Bits"))
}

// ccadb reads the report "Included CA Certificates (with PEM)": one row an authority.
func ccadb(data []byte) ([]Entry, error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	head, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("CCADB report: %w", err)
	}
	column := func(row []string, names ...string) string {
		for i, h := range head {
			for _, n := range names {
				if strings.EqualFold(strings.TrimSpace(h), n) && i < len(row) {
					return strings.TrimSpace(row[i])
				}
			}
		}
		return ""
	}
	var list []Entry
	for line := 2; ; line++ {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, fmt.Errorf("CCADB report: %w", err)
		}
		if !strings.Contains(strings.ToLower(column(row, "Trust Bits", "Mozilla Trust Bits")), "email") {
			continue
		}
		e := Entry{Name: column(row, "Common Name or Certificate Name", "Certificate Name"), Purposes: ForMail}
		if e.Certificate, err = quotedPEM(column(row, "PEM Info", "X.509 Certificate (PEM)")); err != nil {
			return nil, fmt.Errorf("CCADB report, row %d: %w", line, err)
		}
		e.Until = ccadbDay(column(row, "Distrust for S/MIME After Date", "Email Distrust After Date"))
		list = append(list, e)
	}
}

// quotedPEM reads a certificate that stands in quotation marks.
func quotedPEM(text string) (*pki.Certificate, error) {
	b, _ := pem.Decode([]byte(strings.Trim(text, "'")))
	if b == nil {
		return nil, errors.New("there is no PEM certificate; use the report with PEM")
	}
	return pki.ParseCertificate(b.Bytes)
}

// ccadbDay reads a day such as 2026.11.30 and returns the end of it.
func ccadbDay(text string) time.Time {
	for _, layout := range []string{"2006.01.02", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.AddDate(0, 0, 1).Add(-time.Second)
		}
	}
	return time.Time{}
}
