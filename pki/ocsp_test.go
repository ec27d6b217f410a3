package pki_test

import (
	"bytes"
	"crypto"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
)

func TestAnswersOfOthersAreRead(t *testing.T) {
	answers, requests, compared := 0, 0, 0
	for _, o := range corpus(t, "boringssl-pki", "rustcrypto") {
		switch {
		case o.kind == "OCSP REQUEST", strings.HasSuffix(o.path, "-req.der"):
			r, err := pki.ParseOCSPRequest(o.raw)
			if err != nil || len(r.CertIDs) == 0 {
				t.Errorf("%s: %v", o.path, err)
			}
			requests++
		case o.kind == "OCSP RESPONSE", strings.Contains(o.path, "x509-ocsp") && (strings.Contains(o.path, "-res") || strings.Contains(o.path, "/ocsp-")):
			r, err := pki.ParseOCSPResponse(o.raw)
			std, stdErr := ocsp.ParseResponse(o.raw, nil)
			if err != nil {
				if stdErr == nil {
					t.Errorf("%s: %v", o.path, err)
				}
				continue
			}
			answers++
			if !bytes.Equal(r.Raw, o.raw) {
				t.Errorf("%s: the bytes were not kept", o.path)
			}
			if stdErr == nil && len(r.Responses) == 1 {
				compared++
				compareAnswers(t, o.path, r, std)
			}
		}
	}
	if answers < 40 || requests < 40 || compared < 15 {
		t.Errorf("%d answers, %d requests, %d compared", answers, requests, compared)
	}
}

func compareAnswers(t *testing.T, path string, r *pki.OCSPResponse, std *ocsp.Response) {
	t.Helper()
	s := r.Responses[0]
	ours := fmt.Sprint(int(s.Status), s.CertID.Serial, s.ThisUpdate.Unix(), s.NextUpdate.Unix(), r.ProducedAt.Unix(), int(s.Reason))
	theirs := fmt.Sprint(std.Status, std.SerialNumber, std.ThisUpdate.Unix(), std.NextUpdate.Unix(), std.ProducedAt.Unix(), std.RevocationReason)
	if ours != theirs || !bytes.Equal(r.RawTBS, std.TBSResponseData) || !bytes.Equal(r.ResponderKey, std.ResponderKeyHash) {
		t.Errorf("%s: %s, x/crypto/ocsp has %s", path, ours, theirs)
	}
}

// singleOf is an answer about a certificate.
func singleOf(t testing.TB, about *testca.Entity, h *alg.Hash, status pki.CertStatus) pki.SingleResponse {
	t.Helper()
	id := must[pki.CertID](t)(pki.NewCertID(about.Certificate, about.Issuer.Certificate, h))
	s := pki.SingleResponse{CertID: id, Status: status, ThisUpdate: testca.Now, NextUpdate: testca.Now.AddDate(0, 0, 7)}
	if status == pki.OCSPRevoked {
		s.Revoked, s.HasReason, s.Reason = testca.Now.Add(-time.Hour), true, pki.KeyCompromise
	}
	return s
}

func TestAnswersThatAreBuiltAreReadByOthers(t *testing.T) {
	peer.Need(t, "openssl")
	for _, k := range signingKinds {
		ca := testca.Root(t, "CA", testca.Key(k.kind))
		alice, bob := ca.Issue(testca.Person("alice@example.org")), ca.Issue(testca.Person("bob@example.org"))
		responder := ca.Issue(testca.Responder("OCSP").With(testca.Key(k.kind)))
		dir := t.TempDir()
		caFile, _, _ := ca.Files(dir, "ca")
		aliceFile, _, _ := alice.Files(dir, "alice")
		bobFile, _, _ := bob.Files(dir, "bob")
		for _, byName := range []bool{false, true} {
			nonce := bytes.Repeat([]byte{7}, 32)
			raw := must[[]byte](t)(pki.CreateOCSP(pki.OCSPTemplate{ProducedAt: testca.Now, ByName: byName, Nonce: nonce, Certificates: []*pki.Certificate{responder.Certificate},
				Responses: []pki.SingleResponse{singleOf(t, alice, alg.SHA1, pki.OCSPGood), singleOf(t, bob, alg.SHA256, pki.OCSPRevoked)}, Signing: k.signing}, responder.Certificate, responder.Signer()))
			r := must[*pki.OCSPResponse](t)(pki.ParseOCSPResponse(raw))
			if err := r.CheckSignatureBy(responder.Certificate.PublicKey, alg.Allow{}); err != nil || len(r.Faults) > 0 || !bytes.Equal(r.Nonce, nonce) || !r.NamesResponder(responder.Certificate) || r.NamesResponder(ca.Certificate) {
				t.Errorf("%s: %v, %v", k.name, err, r.Faults)
			}
			if got := r.For(bob.Certificate, ca.Certificate); len(got) != 1 || got[0].Status != pki.OCSPRevoked || got[0].Reason != pki.KeyCompromise {
				t.Errorf("%s: %v", k.name, got)
			}
			path := filepath.Join(dir, "answer.der")
			if err := os.WriteFile(path, raw, 0o600); err != nil {
				t.Fatal(err)
			}
			// The clock of tests stands still: any age is young enough.
			out, errOut, err := peer.Try(t, nil, "openssl", "ocsp", "-respin", path, "-CAfile", caFile, "-issuer", caFile, "-cert", aliceFile, "-sha256", "-cert", bobFile, "-no_nonce", "-resp_text",
				"-validity_period", "1000000000")
			text := string(out) + string(errOut)
			for _, s := range []string{"Response verify OK", "alice.pem: good", "bob.pem: revoked", "Reason: keyCompromise", "OCSP Nonce"} {
				if err != nil || !strings.Contains(text, s) {
					t.Errorf("%s: openssl does not say %q: %v\n%s", k.name, s, err, text)
				}
			}
		}
	}
}

func TestOpenSSLAndWeAskAndAnswerEachOther(t *testing.T) {
	peer.Need(t, "openssl")
	ca := testca.Root(t, "CA")
	alice := ca.Issue(testca.Person("alice@example.org"))
	dir := t.TempDir()
	caFile, caKey, _ := ca.Files(dir, "ca")
	aliceFile, _, _ := alice.Files(dir, "alice")
	index := fmt.Sprintf("V\t450101000000Z\t\t%X\tunknown\t/CN=alice@example.org\n", alice.Certificate.Serial)
	if err := os.WriteFile(filepath.Join(dir, "index"), []byte(index), 0o600); err != nil {
		t.Fatal(err)
	}
	nonce := bytes.Repeat([]byte{9}, 32)
	id := must[pki.CertID](t)(pki.NewCertID(alice.Certificate, ca.Certificate, alg.SHA1))
	ours := must[[]byte](t)(pki.CreateOCSPRequest([]pki.CertID{id}, nonce))
	question, answer := filepath.Join(dir, "q.der"), filepath.Join(dir, "a.der")
	if err := os.WriteFile(question, ours, 0o600); err != nil {
		t.Fatal(err)
	}
	peer.Run(t, nil, "openssl", "ocsp", "-index", filepath.Join(dir, "index"), "-CA", caFile, "-rsigner", caFile, "-rkey", caKey, "-reqin", question, "-respout", answer, "-ndays", "1")
	raw := must[[]byte](t)(os.ReadFile(answer))
	r := must[*pki.OCSPResponse](t)(pki.ParseOCSPResponse(raw))
	if got := r.For(alice.Certificate, ca.Certificate); len(got) != 1 || got[0].Status != pki.OCSPGood || !bytes.Equal(r.Nonce, nonce) {
		t.Errorf("%+v", r)
	}
	if err := r.CheckSignatureBy(ca.Certificate.PublicKey, alg.Allow{}); err != nil {
		t.Error(err)
	}
	again := must[*pki.OCSPResponse](t)(pki.ParseBasicOCSP(r.RawBasic))
	if again.Status != pki.OCSPSuccessful || !bytes.Equal(again.RawTBS, r.RawTBS) || !bytes.Equal(again.Raw, r.RawBasic) {
		t.Error("the answer by itself is another")
	}
	peer.Run(t, nil, "openssl", "ocsp", "-issuer", caFile, "-cert", aliceFile, "-reqout", question)
	q := must[*pki.OCSPRequest](t)(pki.ParseOCSPRequest(must[[]byte](t)(os.ReadFile(question))))
	if len(q.CertIDs) != 1 || !q.CertIDs[0].Matches(alice.Certificate, ca.Certificate) || q.CertIDs[0].Matches(ca.Certificate, ca.Certificate) || len(q.Nonce) == 0 {
		t.Errorf("%+v", q)
	}
	peer.Run(t, nil, "openssl", "ocsp", "-issuer", caFile, "-cert", aliceFile, "-signer", caFile, "-signkey", caKey, "-reqout", question)
	q = must[*pki.OCSPRequest](t)(pki.ParseOCSPRequest(must[[]byte](t)(os.ReadFile(question))))
	if err := q.CheckSignatureBy(ca.Certificate.PublicKey, alg.Allow{}); err != nil || q.Requestor == nil || len(q.Certificates) != 1 {
		t.Errorf("signed request: %v, %+v", err, q)
	}
	if std, err := ocsp.ParseRequest(ours); err != nil || std.HashAlgorithm != crypto.SHA1 || std.SerialNumber.Cmp(alice.Certificate.Serial) != 0 {
		t.Errorf("x/crypto/ocsp: %v", err)
	}
}

// RFC 6960 §2.3: an answer that there is none.
func TestAnswersWithoutContentsSayWhy(t *testing.T) {
	for _, s := range []pki.OCSPStatus{pki.OCSPMalformedRequest, pki.OCSPInternalError, pki.OCSPTryLater, pki.OCSPSigRequired, pki.OCSPUnauthorized} {
		raw := must[[]byte](t)(pki.CreateOCSPError(s))
		r, err := pki.ParseOCSPResponse(raw)
		if err != nil || r.Status != s || len(r.Responses) != 0 || strings.HasPrefix(r.Status.String(), "status") {
			t.Errorf("%v: %v", s, err)
		}
		if r.CheckSignatureBy(key.Public(), alg.Allow{}) == nil {
			t.Errorf("%v: a signature that is not there verifies", s)
		}
	}
	for what, raw := range map[string][]byte{
		"status 4": seq(el(der.Enumerated, false, []byte{4})), "status 7": seq(el(der.Enumerated, false, []byte{7})), "no status": seq(),
		"success without contents": seq(el(der.Enumerated, false, []byte{0})), "nothing": nil,
	} {
		if _, err := pki.ParseOCSPResponse(raw); err == nil {
			t.Errorf("%s is read", what)
		}
	}
}

// rawAnswer wraps ResponseData fields.
func rawAnswer(t testing.TB, fields ...[]byte) []byte {
	t.Helper()
	data := seq(fields...)
	basic := seq(data, alg.Identifier{OID: alg.OIDEd25519}.Bytes(), el(der.TagBitString, false, []byte{0}, must[[]byte](t)(key.Sign(nil, data, hashless{}))))
	return seq(el(der.Enumerated, false, []byte{0}), ctx(0, seq(oid(alg.OIDOCSPBasic), octets(basic))))
}

func TestOddAnswersAreReadOrRefused(t *testing.T) {
	now := str(der.GeneralizedTime, "20261125120000Z")
	byKey := ctx(2, octets(make([]byte, 20)))
	id := seq(alg.Identifier{OID: alg.OIDSHA1}.Bytes(), octets(make([]byte, 20)), octets(make([]byte, 20)), integer(5))
	good := seq(id, ctxPrim(0, nil), now)
	unknown := ext(der.MustOID("1.2.3.4"), true, octets(nil))
	for what, v := range map[string]struct {
		raw          []byte
		read, broken bool
		unhandled    int
	}{
		"the least":                     {rawAnswer(t, byKey, now, seq(good)), true, false, 0},
		"no responses":                  {rawAnswer(t, byKey, now, seq()), true, false, 0},
		"a version":                     {rawAnswer(t, ctx(0, integer(0)), byKey, now, seq(good)), true, false, 0},
		"version 9":                     {rawAnswer(t, ctx(0, integer(9)), byKey, now, seq(good)), true, true, 0},
		"no responder":                  {rawAnswer(t, now, seq(good)), false, false, 0},
		"a status of another kind":      {rawAnswer(t, byKey, now, seq(seq(id, ctxPrim(3, nil), now))), false, false, 0},
		"good, with contents":           {rawAnswer(t, byKey, now, seq(seq(id, ctxPrim(0, []byte{1}), now))), false, false, 0},
		"revoked at no time":            {rawAnswer(t, byKey, now, seq(seq(id, ctx(1), now))), false, false, 0},
		"no time":                       {rawAnswer(t, byKey, now, seq(seq(id, ctxPrim(0, nil)))), false, false, 0},
		"a time that cannot be read":    {rawAnswer(t, byKey, now, seq(seq(id, ctxPrim(0, nil), utcTime("never")))), true, true, 0},
		"an unknown critical extension": {rawAnswer(t, byKey, now, seq(good), ctx(1, seq(unknown))), true, false, 1},
		"and of one response":           {rawAnswer(t, byKey, now, seq(seq(id, ctxPrim(0, nil), now, ctx(1, seq(unknown))))), true, false, 1},
		"more behind":                   {rawAnswer(t, byKey, now, seq(good), integer(1)), false, false, 0},
		"a name that is none":           {rawAnswer(t, ctx(1, integer(1)), now, seq(good)), false, false, 0},
	} {
		r, err := pki.ParseOCSPResponse(v.raw)
		if (err == nil) != v.read {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if err != nil {
			continue
		}
		unhandled := len(r.UnhandledCritical)
		for _, s := range r.Responses {
			unhandled += len(s.UnhandledCritical)
		}
		if _, broken := r.Broken(); broken != v.broken || unhandled != v.unhandled {
			t.Errorf("%s: %v, %d unhandled", what, r.Faults, unhandled)
		}
		if err := r.CheckSignatureBy(key.Public(), alg.Allow{}); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// CVE-2026-58062: an answer is about the certificate that its hashes name, and about no other of that serial number.
func TestAnswersAreBoundToTheirCertificate(t *testing.T) {
	ca, other := testca.Root(t, "CA"), testca.Root(t, "Other")
	alice := ca.Issue(testca.Person("alice@example.org"))
	twin := other.Issue(testca.Person("twin@example.org").With(func(s *testca.Spec) { s.Serial = alice.Certificate.Serial }))
	namesake := testca.Root(t, "CA", testca.Key(testca.P384)) // the same name, another key
	r := ca.OCSP(alice, pki.OCSPGood)
	if len(r.For(alice.Certificate, ca.Certificate)) != 1 {
		t.Error("the answer is not about its own certificate")
	}
	for what, v := range map[string][2]*pki.Certificate{"another issuer's certificate": {twin.Certificate, other.Certificate}, "another issuer": {alice.Certificate, other.Certificate},
		"another key of the name": {alice.Certificate, namesake.Certificate}, "the issuer's certificate": {ca.Certificate, ca.Certificate}} {
		if len(r.For(v[0], v[1])) != 0 {
			t.Errorf("the answer is taken for %s", what)
		}
	}
	id := r.Responses[0].CertID
	id.Hash = alg.Identifier{OID: der.MustOID("1.2.3")}
	if id.Matches(alice.Certificate, ca.Certificate) {
		t.Error("an unknown hash matches")
	}
}
