package ca

import (
	"bytes"
	"encoding/base64"
	"math/big"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/testdb"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// asker asks an OCSP about certificates of a house.
type asker struct {
	*OCSP
	h      *house
	issuer *pki.Certificate
	t      testing.TB
}

func (h *house) asker() *asker {
	_, issuer := h.authority("issuing")
	return &asker{&OCSP{CA: h.CA, DB: h.d}, h, issuer, h.t}
}

func (a *asker) id(row *Certificate, h *alg.Hash) pki.CertID {
	a.t.Helper()
	c, err := row.Parsed()
	if err != nil {
		a.t.Fatal(err)
	}
	id, err := pki.NewCertID(c, a.issuer, h)
	if err != nil {
		a.t.Fatal(err)
	}
	return id
}

// ask sends a request and reads the reply.
func (a *asker) ask(nonce []byte, ids ...pki.CertID) (*Reply, *pki.OCSPResponse) {
	a.t.Helper()
	raw, err := pki.CreateOCSPRequest(ids, nonce)
	if err != nil {
		a.t.Fatal(err)
	}
	return a.askRaw(raw)
}

func (a *asker) askRaw(raw []byte) (*Reply, *pki.OCSPResponse) {
	a.t.Helper()
	reply, err := a.Answer(a.t.Context(), raw)
	if err != nil {
		a.t.Log(err)
	}
	out, err := pki.ParseOCSPResponse(reply.DER)
	if err != nil {
		a.t.Fatal(err)
	}
	if out.Status != reply.Status {
		a.t.Errorf("the reply is %v, the answer %v", reply.Status, out.Status)
	}
	return reply, out
}

// status is what the answer says, as pki/chain judges it.
func (a *asker) status(row *Certificate, answer *pki.OCSPResponse, nonce []byte, at time.Time) chain.State {
	a.t.Helper()
	c, err := row.Parsed()
	if err != nil {
		a.t.Fatal(err)
	}
	k := chain.CheckOCSP(a.t.Context(), chain.OCSPCheck{Response: answer, Certificate: c, Issuer: a.issuer, Nonce: nonce, Time: at, Now: at})
	if !k.OK {
		a.t.Errorf("pki/chain: %v", k.Findings)
	}
	return k.Status.State
}

func (h *house) responder() *StoredResponder {
	h.t.Helper()
	r, err := h.RenewResponder(h.t.Context(), h.d, "issuing", ResponderOptions{Generate: h.keys.generate, By: "node:test"})
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// AUTHORITY 51 and 48: what is asked is answered, by the authority itself and by a delegated responder, on both engines.
func TestCertificatesAreGoodUntilTheyAreRevoked(t *testing.T) {
	testdb.Each(t, schema(), func(t *testing.T, d *db.DB) {
		h, c := timed(t, d, nil)
		row := h.person("mailbox-multipurpose-signing")
		a := h.asker()
		for _, delegated := range []bool{false, true} {
			if delegated {
				if h.responder() == nil {
					t.Fatal("no responder is made")
				}
				c.at = c.at.Add(indexLife + time.Second)
			}
			for _, hash := range []*alg.Hash{alg.SHA1, alg.SHA256} {
				_, answer := a.ask(nil, a.id(row, hash))
				if s := a.status(row, answer, nil, c.at); s != chain.Good {
					t.Errorf("delegated %v, %s: %v", delegated, hash.Name, s)
				}
				if n := len(answer.Certificates); delegated && !answer.NamesResponder(a.issuer) && n != 1 {
					t.Errorf("%d certificates are sent along", n)
				}
			}
		}
		h.mustRevoke(RevokeOrder{Certificate: row.ID, Reason: pki.CertificateHold})
		_, answer := a.ask(nil, a.id(row, alg.SHA1))
		if s := a.status(row, answer, nil, c.at); s != chain.Revoked || answer.Responses[0].Reason != pki.CertificateHold || len(answer.Responses[0].Extensions) > 0 {
			t.Errorf("at once: %v, %+v", s, answer.Responses[0])
		}
		if _, err := h.release(row.ID); err != nil {
			t.Fatal(err)
		}
		if _, answer := a.ask(nil, a.id(row, alg.SHA1)); a.status(row, answer, nil, c.at) != chain.Good {
			t.Error("released, and not good")
		}
		h.mustRevoke(RevokeOrder{Certificate: row.ID})
		if _, answer := a.ask(nil, a.id(row, alg.SHA1)); answer.Responses[0].HasReason { // AUTHORITY 50
			t.Error("the reason unspecified is written")
		}
	})
}

// AUTHORITY 51.
func TestOddRequestsGetTheRightStatus(t *testing.T) {
	h := newHouse(t, nil)
	one, two := h.person("mailbox-strict-signing"), h.person("mailbox-strict-signing")
	planned, err := h.prepare(order(t, "mailbox-strict-signing"))
	if err != nil {
		t.Fatal(err)
	}
	h.mustRevoke(RevokeOrder{Certificate: two.ID, Reason: pki.Superseded})
	a := h.asker()
	id := a.id(one, alg.SHA1)
	foreign := a.id(one, alg.SHA1)
	foreign.Raw = bytes.Replace(foreign.Raw, foreign.KeyHash, make([]byte, 20), 1)
	md5 := bytes.Replace(id.Raw, []byte("\x2b\x0e\x03\x02\x1a"), []byte("\x2b\x0e\x03\x02\x1b"), 1)
	raw := func(nonce []byte, ids ...pki.CertID) []byte {
		t.Helper()
		b, err := pki.CreateOCSPRequest(ids, nonce)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, c := range []struct {
		name    string
		request []byte
		status  pki.OCSPStatus
		says    []pki.CertStatus
	}{
		{"one", raw(nil, id), pki.OCSPSuccessful, []pki.CertStatus{pki.OCSPGood}},
		{"two in one request", raw(nil, id, a.id(two, alg.SHA256)), pki.OCSPSuccessful, []pki.CertStatus{pki.OCSPGood, pki.OCSPRevoked}},
		{"a number that is planned and not signed", raw(nil, a.id(planned.Certificate(), alg.SHA1)), pki.OCSPSuccessful, []pki.CertStatus{pki.OCSPUnknown}},
		{"a number of nobody", raw(nil, a.serial(big.NewInt(4711))), pki.OCSPSuccessful, []pki.CertStatus{pki.OCSPUnknown}},
		{"a negative number", raw(nil, a.serial(big.NewInt(-4711))), pki.OCSPSuccessful, []pki.CertStatus{pki.OCSPUnknown}},
		{"a number that is far too long", raw(nil, a.serial(new(big.Int).Lsh(big.NewInt(1), 1000))), pki.OCSPSuccessful, []pki.CertStatus{pki.OCSPUnknown}},
		{"another key of the issuer", raw(nil, foreign), pki.OCSPUnauthorized, nil},
		{"a hash that is not known", raw(nil, pki.CertID{Raw: md5}), pki.OCSPUnauthorized, nil},
		{"one of ours and one of others", raw(nil, id, foreign), pki.OCSPSuccessful, []pki.CertStatus{pki.OCSPGood, pki.OCSPUnknown}},
		{"of two authorities", raw(nil, id, a.top()), pki.OCSPUnauthorized, nil},
		{"nothing", nil, pki.OCSPMalformedRequest, nil},
		{"text", []byte("hello"), pki.OCSPMalformedRequest, nil},
		{"half a request", raw(nil, id)[:40], pki.OCSPMalformedRequest, nil},
		{"bytes behind the request", append(raw(nil, id), 0), pki.OCSPMalformedRequest, nil},
		{"1 MB", make([]byte, 1<<20), pki.OCSPMalformedRequest, nil},
		{"65 certificates", raw(nil, many(id, 65)...), pki.OCSPMalformedRequest, nil},
		{"64 certificates", raw(nil, many(id, 64)...), pki.OCSPSuccessful, nil},
	} {
		_, answer := a.askRaw(c.request)
		if answer.Status != c.status {
			t.Errorf("%s: %v, want %v", c.name, answer.Status, c.status)
		}
		for i, want := range c.says {
			if len(answer.Responses) != len(c.says) || answer.Responses[i].Status != want {
				t.Errorf("%s: %+v, want %v", c.name, answer.Responses, c.says)
				break
			}
		}
	}
}

func many(id pki.CertID, n int) (list []pki.CertID) {
	for range n {
		list = append(list, id)
	}
	return list
}

// serial is the identifier of a serial number.
func (a *asker) serial(n *big.Int) pki.CertID {
	a.t.Helper()
	id, err := pki.NewCertID(&pki.Certificate{RawIssuer: a.issuer.RawSubject, Serial: n}, a.issuer, alg.SHA1)
	if err != nil {
		a.t.Fatal(err)
	}
	return id
}

// top is the identifier of the issuing authority's own certificate, which the root answers for.
func (a *asker) top() pki.CertID {
	a.t.Helper()
	_, root := a.h.authority("root")
	id, err := pki.NewCertID(a.issuer, root, alg.SHA1)
	if err != nil {
		a.t.Fatal(err)
	}
	return id
}

// AUTHORITY 51: RFC 9654 §2.1.
func TestNoncesOfEveryLengthAreEchoedOrRefused(t *testing.T) {
	h := newHouse(t, nil)
	row := h.person("mailbox-strict-signing")
	a := h.asker()
	for _, n := range []int{1, 16, 32, 33, 128} {
		nonce := bytes.Repeat([]byte{7}, n)
		reply, answer := a.ask(nonce, a.id(row, alg.SHA1))
		if !bytes.Equal(answer.Nonce, nonce) || reply.Cacheable() || reply.Headers()["Cache-Control"] != "no-store" {
			t.Errorf("%d octets: %x, %v", n, answer.Nonce, reply.Headers())
		}
		if s := a.status(row, answer, nonce, now); s != chain.Good {
			t.Errorf("%d octets: %v", n, s)
		}
	}
	for _, n := range []int{0, 129, 1000} {
		if _, answer := a.askRaw(withNonce(t, a.id(row, alg.SHA1), bytes.Repeat([]byte{7}, n))); answer.Status != pki.OCSPMalformedRequest {
			t.Errorf("%d octets: %v", n, answer.Status)
		}
	}
}

// withNonce writes a request by hand, whose nonce may have any length.
func withNonce(t testing.TB, id pki.CertID, nonce []byte) []byte {
	t.Helper()
	x := pki.NonceExtension(nonce)
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.Sequence(func(b *der.Builder) {
			b.Sequence(func(b *der.Builder) { b.Sequence(func(b *der.Builder) { b.Raw(id.Raw) }) })
			b.Explicit(2, func(b *der.Builder) {
				b.Sequence(func(b *der.Builder) {
					b.Sequence(func(b *der.Builder) {
						b.OID(x.ID)
						b.OctetString(x.Value)
					})
				})
			})
		})
	})
	raw, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// AUTHORITY 51: every way in which clients write base64 into a path.
func TestGETIsDecodedInEveryWayThatClientsWriteIt(t *testing.T) {
	raw := []byte{0xfb, 0xef, 0xbe, 0xff, 0xff, 0xfe, 0x30, 0x82} // base64 with +, / and padding
	std := base64.StdEncoding.EncodeToString(raw)
	if !strings.ContainsAny(std, "+") || !strings.Contains(std, "/") || !strings.HasSuffix(std, "=") {
		t.Fatal(std)
	}
	for _, path := range []string{std, url.PathEscape(std), url.QueryEscape(std), strings.ReplaceAll(std, "+", "%2B"), strings.ReplaceAll(std, "+", "%2b"), strings.ReplaceAll(std, "/", "%2F"),
		strings.ReplaceAll(std, "=", "%3D"), strings.TrimRight(std, "="), base64.RawURLEncoding.EncodeToString(raw), base64.URLEncoding.EncodeToString(raw),
		strings.ReplaceAll(std, "+", "%20"), strings.ReplaceAll(url.QueryEscape(std), "%", "%25")} {
		if got, err := DecodeGET(path); err != nil || !bytes.Equal(got, raw) {
			t.Errorf("%s: %x, %v", path, got, err)
		}
	}
	for _, path := range []string{"", "*", "%", "%zz", "a", "AA\n", strings.Repeat("A", 1<<20)} {
		if got, err := DecodeGET(path); err == nil {
			t.Errorf("%.10q is read as %x", path, got)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	h := newHouse(f, nil)
	row := h.person("mailbox-strict-signing")
	a := h.asker()
	for _, nonce := range [][]byte{nil, {1, 2, 3}} {
		raw, err := pki.CreateOCSPRequest([]pki.CertID{a.id(row, alg.SHA1)}, nonce)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		reply, err := a.Answer(t.Context(), raw)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pki.ParseOCSPResponse(reply.DER); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzDecodeGET(f *testing.F) {
	f.Add("MEkwRzBFMEMwQTAJ%2B/==")
	f.Fuzz(func(t *testing.T, path string) {
		raw, err := DecodeGET(path)
		if err != nil {
			return
		}
		if again, err := DecodeGET(url.PathEscape(base64.StdEncoding.EncodeToString(raw))); err != nil || !bytes.Equal(raw, again) {
			t.Errorf("%x, %v", again, err)
		}
	})
}
