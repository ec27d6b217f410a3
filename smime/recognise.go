package smime

import (
	"strings"

	"github.com/waxwing-mail/waxwing/eml"
)

// dress is how a MIME part presents itself; what it is, its ASN.1 decides.
type dress int

const (
	plain          dress = iota // not S/MIME
	clearSigned                 // multipart/signed with an S/MIME signature
	otherSigned                 // multipart/signed of another system
	misSigned                   // multipart/signed for S/MIME without a signature in its place
	cmsTyped                    // a media type of S/MIME
	cmsNamed                    // recognised by its file name (RFC 8551 §3.10)
	openpgp                     // RFC 3156 encryption
	multipartPart               // any other multipart
	messagePart                 // a message inside
	messageEncoded              // a message inside, under a transfer encoding
)

// dressOf applies RFC 8551 §3.10, and what is seen in practice: the x- forms of the media types,
// protocol parameters that are quoted, missing or in the old form.
func dressOf(p *eml.Part) dress {
	switch {
	case p.IsMultipart() && p.Type.Is("multipart/signed"):
		return signedDress(p)
	case p.Type.Is("multipart/encrypted"):
		return openpgp
	case p.IsMultipart():
		return multipartPart
	case p.IsMessage():
		return messagePart
	case isMessageType(p.Type) && (p.Encoding == eml.Base64 || p.Encoding == eml.QuotedPrintable):
		return messageEncoded
	case isCMSType(p.Type):
		return cmsTyped
	case p.Type.Type == "application" && hasCMSName(p):
		return cmsNamed
	}
	return plain
}

// signedDress looks at the protocol and at what stands in the signature's place; either of the two
// makes it S/MIME, so that a wrong parameter neither hides a signature nor invents one.
func signedDress(p *eml.Part) dress {
	ours := isSignatureType(plainType(p.Type.Param("protocol")))
	if len(p.Children) >= 2 {
		sig := p.Children[1]
		if !sig.IsMultipart() && (isSignatureType(sig.Type.String()) || isCMSType(sig.Type) || ours && hasCMSName(sig)) {
			return clearSigned
		}
	}
	if ours {
		return misSigned
	}
	return otherSigned
}

// plainType brings the spellings of a media type in a parameter together.
func plainType(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// isSignatureType also takes the type without its subtype's prefix x-, which old programs write
// (RFC 8551 §3.5.3.2 names the one form).
func isSignatureType(t string) bool {
	return t == "application/pkcs7-signature" || t == "application/x-pkcs7-signature"
}

func isCMSType(t eml.MediaType) bool {
	switch t.String() {
	case "application/pkcs7-mime", "application/x-pkcs7-mime", "application/pkcs7-signature", "application/x-pkcs7-signature",
		"application/pkcs7", "application/x-pkcs7-certificates", "application/cms":
		return true
	}
	return false
}

// isMessageType names the types of whole messages (RFC 2046 §5.2.1, RFC 6532 §3.7).
func isMessageType(t eml.MediaType) bool { return t.Is("message/rfc822") || t.Is("message/global") }

// hasCMSName looks for the suffixes of RFC 8551 §3.2.1.
func hasCMSName(p *eml.Part) bool {
	name := strings.ToLower(strings.TrimSpace(p.FileName()))
	for _, suffix := range [...]string{".p7m", ".p7s", ".p7c", ".p7z"} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}

// announced returns the kind that the part's parameters promise; "" for none or an unknown one.
// RFC 8551 §3.2.2 names the values of smime-type.
func announced(p *eml.Part) Kind {
	switch strings.ToLower(strings.TrimSpace(p.Type.Param("smime-type"))) {
	case "signed-data", "signed-receipt":
		return KindSigned
	case "enveloped-data":
		return KindEnveloped
	case "authenveloped-data":
		return KindAuthEnveloped
	case "compressed-data":
		return KindCompressed
	case "certs-only":
		return KindCertificates
	}
	return ""
}
