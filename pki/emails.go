package pki

import "github.com/waxwing-mail/waxwing/alg"

// EmailSource is the place of an address in a certificate.
type EmailSource string

// The places where addresses stand.
const (
	EmailInAltName EmailSource = "rfc822Name"      // subjectAltName (RFC 8550 §3)
	EmailInUTF8    EmailSource = "SmtpUTF8Mailbox" // otherName in subjectAltName (RFC 9598 §3)
	EmailInSubject EmailSource = "emailAddress"    // attribute of the subject (RFC 8550 §3)
)

// Email is an address that a certificate carries.
type Email struct {
	Address string
	Source  EmailSource
}

// Emails returns every address of the certificate with the place where it stands, as written there;
// an address that stands twice is returned twice. Only what a path validation accepted
// says that the subject owns them.
func (c *Certificate) Emails() []Email {
	var out []Email
	for _, g := range c.SubjectAlt {
		if utf8, ok := g.SmtpUTF8Mailbox(); ok {
			out = append(out, Email{utf8, EmailInUTF8})
		}
		if g.Kind == RFC822Name && g.Text != "" {
			out = append(out, Email{g.Text, EmailInAltName})
		}
	}
	for _, address := range c.Subject.All(alg.OIDAttrEmailAddress) {
		if address != "" {
			out = append(out, Email{address, EmailInSubject})
		}
	}
	return out
}
