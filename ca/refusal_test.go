package ca

import (
	"crypto/ecdh"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/pki"
)

// has fails the test unless the order is refused for a reason.
func (h *house) refuses(o Order, code string) *Refusal {
	h.t.Helper()
	_, err := h.issue(o)
	var no *Refusal
	if !errors.As(err, &no) {
		h.t.Errorf("an order that should be refused for %s: %v", code, err)
		return &Refusal{}
	}
	if !no.Has(code) {
		h.t.Errorf("want the reason %s, got %v", code, no)
	}
	for _, p := range no.Problems {
		if p.What == "" || p.Advice == "" || p.Field == "" {
			h.t.Errorf("the reason %s does not teach: %+v", p.Code, p)
		}
	}
	return no
}

// AUTHORITY 8 to 12 and 34.
func TestNamesThatAreRefused(t *testing.T) {
	h := publicHouse(t)
	for name, c := range map[string]struct {
		profile string
		change  func(*Order)
		code    string
	}{
		"9: a given name in a mailbox certificate":  {mv, func(o *Order) { o.Subject.GivenName = "Ada" }, "subject.not-allowed"},
		"10: an individual with a common name only": {iv, func(o *Order) { o.Subject = Subject{CommonName: "ada@acme.test"} }, "subject.fixed"},
		"10: an individual without a name":          {iv, func(o *Order) { o.Subject = Subject{} }, "smime.subject.identity"},
		"10: a pseudonym beside a surname":          {iv, func(o *Order) { o.Subject.Pseudonym = "P" }, "smime.subject.pseudonym-alone"},
		"7: an identifier of another country":       {ov, func(o *Order) { o.Subject.OrganizationIdentifier = "NTRGB-123" }, "smime.orgid.country"},
		"a wrong check digit of an LEI":             {ov, func(o *Order) { o.Subject.OrganizationIdentifier = "LEIXG-5493001KJTIIGC8Y1R13" }, "smime.orgid.lei"},
		"an organisation without its identifier":    {ov, func(o *Order) { o.Subject.OrganizationIdentifier = "" }, "subject.missing"},
		"an organisation of 65 characters":          {ov, func(o *Order) { o.Subject.Organization = strings.Repeat("a", 65) }, "subject.too-long"},
		"a line break in a name":                    {sv, func(o *Order) { o.Subject.Surname = "Love\nlace" }, "subject.value"},
		"a name that turns the direction":           {sv, func(o *Order) { o.Subject.Surname = "Love\u202elace" }, "subject.value"},
		"34: a decomposed address":                  {mv, func(o *Order) { o.Addresses = []string{"ju\u0308rgen@acme.test"} }, "address.form"},
		"34: an address that turns the direction":   {mv, func(o *Order) { o.Addresses = []string{"a\u202eda@acme.test"} }, "address.form"},
		"no address":                                     {mv, func(o *Order) { o.Addresses = nil }, "address.count"},
		"eleven addresses":                               {mv, func(o *Order) { o.Addresses = make([]string, 11) }, "address.count"},
		"the same address twice":                         {mv, func(o *Order) { o.Addresses = []string{"a@acme.test", "a@ACME.test"} }, "address.repeated"},
		"a display name":                                 {mv, func(o *Order) { o.Addresses = []string{"Ada <ada@acme.test>"} }, "address.form"},
		"a host without a dot":                           {mv, func(o *Order) { o.Addresses = []string{"ada@acme"} }, "address.form"},
		"a user principal name in Strict":                {mv, func(o *Order) { o.UPN = "ada@acme.test" }, "upn.not-allowed"},
		"nobody approved":                                {mv, func(o *Order) { o.Approvers = nil }, "order.approvals"},
		"no holder":                                      {mv, func(o *Order) { o.Holder = "" }, "order.incomplete"},
		"no reference":                                   {mv, func(o *Order) { o.Reference = "" }, "order.incomplete"},
		"a profile that is not there":                    {"mailbox-strict-nothing", func(*Order) {}, "profile.unknown"},
		"an authority that is not there":                 {mv, func(o *Order) { o.Authority = "nobody" }, "authority.none"},
		"the root":                                       {mv, func(o *Order) { o.Authority = "root" }, "authority.root"},
		"39: backdated by two hours":                     {mv, func(o *Order) { o.NotBefore = now.Add(-2 * time.Hour) }, "time.backdated"},
		"a year ahead":                                   {mv, func(o *Order) { o.NotBefore = now.AddDate(1, 0, 0) }, "time.ahead"},
		"825 days, more than the profile's 824":          {mv, func(o *Order) { o.Days = 825 }, "time.validity"},
		"a negative time":                                {mv, func(o *Order) { o.Days = -1 }, "time.validity"},
		"a house bound by the rules and a private shape": {"mailbox-private-dual", func(*Order) {}, "smime.policy.one"},
	} {
		t.Run(name, func(t *testing.T) {
			o := order(t, c.profile)
			c.change(&o)
			h.t = t
			h.refuses(o, c.code)
		})
	}
}

// AUTHORITY 11 and 12, and 34: what is accepted, and how it is written.
func TestNamesThatAreAccepted(t *testing.T) {
	h := publicHouse(t)
	o := order(t, iv)
	o.Subject = Subject{Surname: "Suharto"} // 11
	if _, c := h.mustIssue(o); c.Subject.String() != "CN=Suharto,SN=Suharto" {
		t.Errorf("a single name: %s", c.Subject)
	}
	o = order(t, mv)
	long := strings.Repeat("a", 56) + "@acme-test.test" // 12
	o.Addresses = []string{long}
	if _, c := h.mustIssue(o); !c.Subject.Empty() || c.SubjectAlt.Texts(pki.RFC822Name)[0] != long {
		t.Errorf("a long address: %s", c.Subject)
	}
	forced := subscriberProfile(Mailbox, Strict, Dual)
	forced.Name, forced.Subject = "forced", []AttributeRule{{Attribute: "commonName", Value: "{address}", Required: true}}
	h.addProfile(forced)
	o = order(t, "mailbox-strict-dual")
	o.Profile, o.Addresses = "forced", []string{long}
	h.refuses(o, "subject.too-long")
	o = order(t, mv)
	o.Addresses = []string{"用户@例子.test", "user@例子.test"} // 34
	_, c := h.mustIssue(o)
	if got := c.SubjectAlt.Texts(pki.RFC822Name); len(got) != 1 || got[0] != "user@xn--fsqu00a.test" {
		t.Errorf("an ASCII local part: %q", got)
	}
	if box, ok := c.SubjectAlt.Of(pki.OtherName)[0].SmtpUTF8Mailbox(); !ok || box != "用户@xn--fsqu00a.test" {
		t.Errorf("an international local part: %q", box)
	}
}

func (h *house) addProfile(p Profile) {
	h.t.Helper()
	err := h.d.Write(h.t.Context(), func(tx *db.Tx) error { _, err := h.AddProfile(tx, p, "user:root"); return err })
	if err != nil {
		h.t.Fatal(err)
	}
}

// AUTHORITY 18: keys that nobody gets a certificate for, each with its own reason.
func TestKeysThatAreRefused(t *testing.T) {
	h := publicHouse(t)
	spki := func(raw []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	rsaOf := func(n *big.Int, e int) []byte { return spki(alg.MarshalPublicKey(&rsa.PublicKey{N: n, E: e})) }
	bits := func(n int) *big.Int { return new(big.Int).SetBit(big.NewInt(1), n-1, 1) }
	wrong, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	offCurve := append([]byte("\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04"), make([]byte, 64)...)
	blocked := csr(t, "P-256")
	r, err := pki.ParseRequest(blocked)
	if err != nil {
		t.Fatal(err)
	}
	err = h.d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := h.Block(tx, BlockedKey{SPKI: hexSum(r.RawSPKI), Source: "published", By: "user:root"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ spki, code string }{
		"RSA of 1024 bits":      {string(rsaOf(bits(1024), 65537)), "rsa.size"},
		"RSA of 2047 bits":      {string(rsaOf(bits(2047), 65537)), "rsa.size"},
		"an exponent of 1":      {string(rsaOf(bits(2048), 1)), "rsa.exponent"},
		"an even modulus":       {string(rsaOf(new(big.Int).SetBit(new(big.Int), 2047, 1), 65537)), "rsa.even"},
		"a point off the curve": {string(offCurve), "ec.point"},
		"X25519":                {string(spki(alg.MarshalPublicKey(wrong.PublicKey()))), "key.algorithm"},
		"a blocked key":         {string(r.RawSPKI), "key.blocked"},
		"no key":                {"\x30\x00", "key.unreadable"},
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			o := order(t, mv)
			o.Request, o.SPKI, o.Own = nil, []byte(c.spki), true
			h.refuses(o, c.code)
		})
	}
	h.t = t
	o := order(t, mv)
	h.mustIssue(o)
	other := order(t, mv)
	other.Request = o.Request
	h.refuses(other, "key.other-holder")
	err = h.d.Read(t.Context(), func(tx *db.Tx) error {
		a, err := GetAuthority(tx, "issuing")
		if err == nil {
			other.Request, other.Own = nil, true
			other.SPKI, err = authoritySPKI(tx, a.ID)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	h.refuses(other, "key.authority")
}

// AUTHORITY 19: requests that prove nothing, or are no requests.
func TestRequestsThatAreRefused(t *testing.T) {
	h := publicHouse(t)
	good := csr(t, "P-256")
	broken := append([]byte{}, good...)
	broken[len(broken)-1] ^= 1
	key, err := makeKey("P-256")
	if err != nil {
		t.Fatal(err)
	}
	var names []pki.GeneralName
	for range 10_000 {
		names = append(names, pki.RFC822("ada@acme.test"))
	}
	san, err := pki.SubjectAltNameExtension(false, names...)
	if err != nil {
		t.Fatal(err)
	}
	many, err := pki.CreateRequest(pki.RequestTemplate{Extensions: []pki.Extension{san}}, key)
	if err != nil {
		t.Fatal(err)
	}
	body, err := der.ParseOne(good)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		raw  []byte
		code string
	}{
		"a broken signature":   {broken, "request.signature"},
		"10,000 names":         {many, "request.too-large"},
		"five megabytes":       {make([]byte, 5<<20), "request.too-large"},
		"an indefinite length": {append(append([]byte{0x30, 0x80}, body.Body...), 0, 0), "request.malformed"},
		"bytes after the end":  {append(append([]byte{}, good...), 0), "request.malformed"},
		"no request":           {[]byte("hello"), "request.malformed"},
		"half a request":       {good[:len(good)/2], "request.malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			o := order(t, mv)
			o.Request = c.raw
			h.refuses(o, c.code)
		})
	}
	h.t = t
	o := order(t, mv)
	r, err := pki.ParseRequest(o.Request)
	if err != nil {
		t.Fatal(err)
	}
	o.Request, o.SPKI = nil, r.RawSPKI
	h.refuses(o, "key.proof")
	o.Request, o.SPKI = csr(t, "P-256"), r.RawSPKI
	h.refuses(o, "key.proof")
	o.Request, o.SPKI = nil, nil
	h.refuses(o, "key.missing")
}

// AUTHORITY 21: a key that only signs.
func TestKeysThatOnlySign(t *testing.T) {
	h := publicHouse(t)
	o := order(t, "mailbox-strict-dual")
	o.Request = csr(t, "Ed25519")
	if no := h.refuses(o, "key.kind"); len(no.Problems) > 0 && !strings.Contains(no.Problems[0].Advice, "only signs") {
		t.Errorf("the advice is %q", no.Problems[0].Advice)
	}
	o.Profile = "mailbox-strict-signing"
	if _, c := h.mustIssue(o); c.KeyUsage != pki.DigitalSignature {
		t.Errorf("the usage is %v", c.KeyUsage)
	}
}

// AUTHORITY 22: ML-DSA signs and ML-KEM wraps; the identifiers are exact to the byte.
func TestKeysOfTheNextGeneration(t *testing.T) {
	h := publicHouse(t)
	key := func(last string, n int) []byte {
		var b der.Builder
		b.Sequence(func(b *der.Builder) {
			b.Raw([]byte("\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04" + last))
			b.BitString(der.BitString{Bytes: make([]byte, n)})
		})
		raw, err := b.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	for profile, c := range map[string]struct {
		spki  []byte
		usage pki.KeyUsage
	}{
		"mailbox-strict-signing":    {key("\x03\x12", 1952), pki.DigitalSignature},
		"mailbox-strict-encryption": {key("\x04\x02", 1184), pki.KeyEncipherment},
	} {
		o := order(t, profile)
		o.Request, o.SPKI, o.Own = nil, c.spki, true
		_, cert := h.mustIssue(o)
		if cert.KeyUsage != c.usage || string(cert.RawSPKI) != string(c.spki) {
			t.Errorf("%s: usage %v", profile, cert.KeyUsage)
		}
		o.Profile, o.Reference, o.Holder = "mailbox-strict-dual", "x"+profile, "person:x"
		h.refuses(o, "key.kind")
	}
}
