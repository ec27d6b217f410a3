package trust

import (
	"bufio"
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/pki"
)

// object is one object of certdata.txt: its attributes, those in octal as bytes.
type object struct {
	values map[string]string
	octets map[string][]byte
}

// certdata reads the list of NSS: certificates, and trust objects that name them by issuer and serial number.
func certdata(data []byte) ([]Entry, error) {
	objects, err := readObjects(data)
	if err != nil {
		return nil, err
	}
	trusted := map[string]bool{}
	for _, o := range objects {
		if strings.HasSuffix(o.values["CKA_CLASS"], "CKO_NSS_TRUST") &&
			strings.HasSuffix(o.values["CKA_TRUST_EMAIL_PROTECTION"], "CKT_NSS_TRUSTED_DELEGATOR") {
			trusted[o.name()] = true
		}
	}
	var list []Entry
	for _, o := range objects {
		if !strings.HasSuffix(o.values["CKA_CLASS"], "CKO_CERTIFICATE") || !trusted[o.name()] {
			continue
		}
		e := Entry{Name: strings.Trim(o.values["CKA_LABEL"], `"`), Purposes: ForMail}
		if e.Certificate, err = pki.ParseCertificate(o.octets["CKA_VALUE"]); err != nil {
			return nil, fmt.Errorf("certdata: %s: %w", e.Name, err)
		}
		if day := o.octets["CKA_NSS_EMAIL_DISTRUST_AFTER"]; len(day) > 0 {
			if e.Until, err = time.Parse("060102150405Z", string(day)); err != nil {
				return nil, fmt.Errorf("certdata: %s: distrusted after %q", e.Name, day)
			}
		}
		list = append(list, e)
	}
	return list, nil
}

func (o object) name() string {
	return string(o.octets["CKA_ISSUER"]) + "/" + string(o.octets["CKA_SERIAL_NUMBER"])
}

// readObjects splits the file at its CKA_CLASS lines.
func readObjects(data []byte) ([]object, error) {
	var list []object
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") || line == "BEGINDATA" {
			continue
		}
		name, rest, _ := strings.Cut(line, " ")
		if name == "CKA_CLASS" {
			list = append(list, object{map[string]string{}, map[string][]byte{}})
		}
		if len(list) == 0 {
			continue
		}
		o := list[len(list)-1]
		if rest != "MULTILINE_OCTAL" {
			o.values[name] = rest
			continue
		}
		octets, used, err := readOctal(lines)
		if err != nil {
			return nil, fmt.Errorf("certdata: line %d: %w", n, err)
		}
		o.octets[name] = octets
		n += used
	}
	return list, lines.Err()
}

// readOctal reads lines of \ooo up to END.
func readOctal(lines *bufio.Scanner) (octets []byte, used int, err error) {
	for lines.Scan() {
		used++
		line := strings.TrimSpace(lines.Text())
		if line == "END" {
			return octets, used, nil
		}
		for _, digits := range strings.Split(strings.TrimPrefix(line, `\`), `\`) {
			v, err := strconv.ParseUint(digits, 8, 8)
			if err != nil {
				return nil, used, fmt.Errorf("octal octet %q", digits)
			}
			octets = append(octets, byte(v))
		}
	}
	return nil, used, fmt.Errorf("no END")
}
