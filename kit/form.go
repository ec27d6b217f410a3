package kit

import (
	"fmt"
	"strings"
)

// Form is the shape of a kit.
type Form string

// The forms.
const (
	Modern     Form = "modern"     // PKCS#12 with AES-256 and SHA-256: Thunderbird, Windows 11, OpenSSL, Java
	Compatible Form = "compatible" // PKCS#12 with 3DES and SHA-1: what old Windows and Apple's read
	Apple      Form = "apple"      // signed configuration profile for iPhone, iPad and Mac
	History    Form = "history"    // PKCS#12 as Modern with the encryption keys alone: for reading old mail on a new device
)

// formFact is what is known about a form.
type formFact struct {
	Form    Form
	Title   string // for whom
	Ending  string // of the file's name
	Media   string // type, for HTTP
	Protect string // how the keys are protected
}

// Forms are all forms, the recommended one first.
var forms = []formFact{
	{Modern, "Thunderbird, Outlook on Windows 10 and 11, OpenSSL, Java", ".p12", "application/x-pkcs12", "AES-256, PBKDF2 and HMAC-SHA-256"},
	{Compatible, "iPhone, iPad and Mac without a profile, Android, Windows before 10, gpgsm", ".p12", "application/x-pkcs12", "3DES and SHA-1, so the password alone is what protects it"},
	{Apple, "iPhone, iPad and Mac", ".mobileconfig", "application/x-apple-aspen-config", "3DES and SHA-1 inside a signed profile"},
	{History, "old mail on a new device: every encryption key, and no signing key", ".p12", "application/x-pkcs12", "AES-256, PBKDF2 and HMAC-SHA-256"},
}

// Forms returns the names of the forms, the recommended one first.
func Forms() []Form {
	list := make([]Form, len(forms))
	for i, f := range forms {
		list[i] = f.Form
	}
	return list
}

// ParseForm reads the name of a form. An empty one is Modern.
func ParseForm(name string) (Form, error) {
	if name == "" {
		return Modern, nil
	}
	var known []string
	for _, f := range forms {
		if string(f.Form) == name {
			return f.Form, nil
		}
		known = append(known, string(f.Form))
	}
	return "", fmt.Errorf("there is no kit of form %q; choose one of %s", name, strings.Join(known, ", "))
}

// Title says for which programs the form is.
func (f Form) Title() string { return f.fact().Title }

// Protection says how the keys in it are protected.
func (f Form) Protection() string { return f.fact().Protect }

// Ending is what the name of a file of this form ends with, as ".p12".
func (f Form) Ending() string { return f.fact().Ending }

// MediaType is the type under which a file of this form is handed out.
func (f Form) MediaType() string { return f.fact().Media }

func (f Form) fact() formFact {
	for _, k := range forms {
		if k.Form == f || f == "" {
			return k
		}
	}
	return formFact{}
}
