package public_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/server"
)

// site is a house whose doors are open on a loopback port.
type site struct {
	*server.House
	url       string
	issuing   *ca.Authority
	good, bad *ca.Certificate // the second is revoked
	t         *testing.T
}

func open(t *testing.T) *site {
	t.Helper()
	h, err := server.Create(t.Context(), server.Options{Dir: filepath.Join(t.TempDir(), "home"), By: "test"})
	if err != nil {
		t.Fatal(err)
	}
	s := &site{House: h, t: t}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.url = "http://" + l.Addr().String()
	if _, s.issuing, err = h.CA.Init(t.Context(), h.DB, ca.InitOptions{Generate: h.AuthorityKey("test"), By: "test", URL: s.url, Shards: 4}); err != nil {
		t.Fatal(err)
	}
	s.good, s.bad = s.issue("good@acme.example"), s.issue("bad@acme.example")
	s.write(func(tx *db.Tx) error {
		_, err := h.CA.Revoke(tx, ca.RevokeOrder{Certificate: s.bad.ID, Reason: pki.Superseded, By: "test"})
		return err
	})
	if _, err := h.KeepStatus(t.Context(), "test", true); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- h.ServePublic(ctx, l, server.PublicOptions{Note: func(err error) { t.Log(err) }}) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func (s *site) write(f func(tx *db.Tx) error) {
	s.t.Helper()
	if err := s.DB.Write(s.t.Context(), f); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) issue(address string) *ca.Certificate {
	s.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	request, err := pki.CreateRequest(pki.RequestTemplate{}, key)
	if err != nil {
		s.t.Fatal(err)
	}
	var ready *ca.Ready
	s.write(func(tx *db.Tx) (err error) {
		ready, err = s.CA.Prepare(tx, ca.Order{Profile: "mailbox-strict-dual", Addresses: []string{address}, Request: request, Holder: address, Reference: address, By: "test", Approvers: []string{"a", "b"}})
		return err
	})
	out, err := s.CA.Issue(s.t.Context(), s.DB, ready)
	if err != nil {
		s.t.Fatal(err)
	}
	return out.Certificate
}

// get asks for a path, and returns the answer with its body.
func (s *site) get(method, path string, body []byte, header ...string) (*http.Response, []byte) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	out, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer out.Body.Close()
	data, err := io.ReadAll(out.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return out, data
}

// pem writes certificates into a file for openssl.
func (s *site) pem(name string, ders ...[]byte) string {
	s.t.Helper()
	var b bytes.Buffer
	for _, d := range ders {
		if err := pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: d}); err != nil {
			s.t.Fatal(err)
		}
	}
	path := filepath.Join(s.t.TempDir(), name)
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// AUTHORITY 51: OpenSSL asks by POST, with and without a nonce, with SHA-1 and SHA-256, about one certificate and about two.
func TestOpenSSLGetsAnswersItBelieves(t *testing.T) {
	peer.Need(t, "openssl")
	s := open(t)
	root, issuer := s.pem("root.pem", s.issuing.Chain...), s.pem("issuer.pem", s.issuing.Certificate)
	good, bad := s.pem("good.pem", s.good.DER), s.pem("bad.pem", s.bad.DER)
	for _, options := range [][]string{{}, {"-no_nonce"}, {"-sha256"}, {"-sha256", "-no_nonce"}} {
		argv := append([]string{"openssl", "ocsp", "-url", s.url + "/ocsp", "-CAfile", root, "-issuer", issuer}, options...)
		argv = append(argv, "-cert", good, "-cert", bad)
		out, complaints, err := peer.Try(t, nil, argv...)
		text := string(out)
		if err != nil || !strings.Contains(string(complaints)+text, "Response verify OK") || !strings.Contains(text, "good.pem: good") ||
			!strings.Contains(text, "bad.pem: revoked") || !strings.Contains(text, "Reason: superseded") {
			t.Errorf("%v: %v\n%s%s", options, err, out, complaints)
		}
		if nonce := len(options) == 0 || options[len(options)-1] != "-no_nonce"; nonce && strings.Contains(string(complaints), "no nonce") {
			t.Errorf("%v: %s", options, complaints)
		}
	}
}

// AUTHORITY 52: what the certificates name is there, and OpenSSL checks certificates with it.
func TestTheAddressesInCertificatesLeadToWhatTheySay(t *testing.T) {
	peer.Need(t, "openssl")
	s := open(t)
	root, issuer := s.pem("root.pem", s.issuing.Chain...), s.pem("issuer.pem", s.issuing.Certificate)
	for _, row := range []*ca.Certificate{s.good, s.bad} {
		c, err := row.Parsed()
		if err != nil {
			t.Fatal(err)
		}
		resp, list := s.get("GET", strings.TrimPrefix(c.CRLPoints[0].URIs()[0], s.url), nil)
		if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "application/pkix-crl" {
			t.Fatalf("%v", resp)
		}
		path := filepath.Join(t.TempDir(), "list.crl")
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: list}), 0o600); err != nil {
			t.Fatal(err)
		}
		_, complaints, err := peer.Try(t, nil, "openssl", "verify", "-extended_crl", "-crl_check", "-CAfile", root, "-untrusted", issuer, "-CRLfile", path, s.pem("c.pem", row.DER))
		if revoked := row == s.bad; (err != nil) != revoked || revoked && !strings.Contains(string(complaints), "certificate revoked") {
			t.Errorf("openssl verify: %v %s", err, complaints)
		}
		resp, up := s.get("GET", strings.TrimPrefix(c.IssuerURIs()[0], s.url), nil)
		if !bytes.Equal(up, s.issuing.Certificate) || resp.Header.Get("Content-Type") != "application/pkix-cert" {
			t.Errorf("%v: %d bytes", resp, len(up))
		}
		if c.OCSPServers()[0] != s.url+"/ocsp" {
			t.Error(c.OCSPServers())
		}
	}
}

// AUTHORITY 51: GET, with every way of writing base64 into a path.
func TestGETIsAnsweredAsPOST(t *testing.T) {
	s := open(t)
	issuer, _ := s.issuing.Parsed()
	var raw []byte
	var std string
	for !strings.Contains(std, "+") || !strings.Contains(std, "//") && !strings.Contains(std, "/") { // one whose base64 is awkward
		row := s.issue("x" + base64.RawURLEncoding.EncodeToString([]byte(std))[:min(4, len(std))] + rand.Text()[:6] + "@acme.example")
		c, err := row.Parsed()
		if err != nil {
			t.Fatal(err)
		}
		id, err := pki.NewCertID(c, issuer, alg.SHA1)
		if err != nil {
			t.Fatal(err)
		}
		if raw, err = pki.CreateOCSPRequest([]pki.CertID{id}, nil); err != nil {
			t.Fatal(err)
		}
		std = base64.StdEncoding.EncodeToString(raw)
	}
	for _, path := range []string{url.QueryEscape(std), std, strings.ReplaceAll(std, "+", "%2B"), strings.ReplaceAll(std, "/", "%2F"), strings.TrimRight(std, "=")} {
		resp, body := s.get("GET", "/ocsp/"+path, nil)
		answer, err := pki.ParseOCSPResponse(body)
		if err != nil || resp.StatusCode != 200 || answer.Status != pki.OCSPSuccessful || answer.Responses[0].Status != pki.OCSPGood {
			t.Errorf("%s: %v, %v", path, resp.StatusCode, err)
		}
		if resp.Header.Get("Cache-Control") != "max-age=300,public,no-transform,must-revalidate" || resp.Header.Get("Content-Type") != "application/ocsp-response" {
			t.Errorf("%v", resp.Header)
		}
		again, _ := s.get("GET", "/ocsp/"+path, nil, "If-None-Match", resp.Header.Get("ETag"))
		if again.StatusCode != http.StatusNotModified {
			t.Errorf("the same again: %d", again.StatusCode)
		}
	}
	resp, body := s.get("POST", "/ocsp", raw)
	if answer, err := pki.ParseOCSPResponse(body); err != nil || answer.Status != pki.OCSPSuccessful || resp.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("POST: %v, %v", resp.Header, err)
	}
}

func TestOddRequestsAreAnsweredCleanly(t *testing.T) {
	s := open(t)
	id := s.issuing.ID
	for _, c := range []struct {
		method, path string
		body         []byte
		code         int
		ocsp         pki.OCSPStatus // of a body that is an answer; 0: it is none
	}{
		{"POST", "/ocsp", bytes.Repeat([]byte{0x30}, 1<<20), 200, pki.OCSPMalformedRequest},
		{"POST", "/ocsp", nil, 200, pki.OCSPMalformedRequest},
		{"GET", "/ocsp/!!", nil, 200, pki.OCSPMalformedRequest},
		{"GET", "/ocsp", nil, 405, 0},
		{"DELETE", "/ocsp/AA", nil, 405, 0},
		{"GET", "/", nil, 404, 0},
		{"GET", "/crl/" + id + "-4.crl", nil, 404, 0},
		{"GET", "/crl/" + id + "-00.crl", nil, 404, 0},
		{"GET", "/crl/" + id + "--1.crl", nil, 404, 0},
		{"GET", "/crl/" + id + ".crl", nil, 404, 0},
		{"GET", "/crl/nobody-0.crl", nil, 404, 0},
		{"GET", "/crl/" + id + "-0.delta.crl", nil, 404, 0},
		{"GET", "/crl/..%2f..%2fetc%2fpasswd", nil, 404, 0},
		{"GET", "/ca/nobody.cer", nil, 404, 0},
		{"POST", "/ca/" + id + ".cer", nil, 405, 0},
		{"GET", "/ca/" + id + ".cer", nil, 200, 0},
		{"HEAD", "/crl/" + id + "-0.crl", nil, 200, 0},
		{"GET", "/crl/issuing-0.crl", nil, 200, 0}, // by name too
	} {
		resp, body := s.get(c.method, c.path, c.body)
		if resp.StatusCode != c.code {
			t.Errorf("%s %.40s: %d, want %d", c.method, c.path, resp.StatusCode, c.code)
		}
		if c.ocsp == 0 {
			continue
		}
		if answer, err := pki.ParseOCSPResponse(body); err != nil || answer.Status != c.ocsp {
			t.Errorf("%s %.40s: %v, %v", c.method, c.path, answer, err)
		}
	}
}

func TestListsTellCachesHowLong(t *testing.T) {
	s := open(t)
	resp, body := s.get("GET", "/crl/"+s.issuing.ID+"-0.crl", nil)
	list, err := pki.ParseCRL(body)
	if err != nil {
		t.Fatal(err)
	}
	h := resp.Header
	if h.Get("Cache-Control") != "public, max-age=300, no-transform, must-revalidate" || h.Get("Last-Modified") != list.ThisUpdate.Format(http.TimeFormat) ||
		h.Get("Expires") != list.NextUpdate.Format(http.TimeFormat) {
		t.Errorf("%v", h)
	}
	if resp, _ := s.get("GET", "/crl/"+s.issuing.ID+"-0.crl", nil, "If-None-Match", h.Get("ETag")); resp.StatusCode != http.StatusNotModified {
		t.Errorf("the same again: %d", resp.StatusCode)
	}
}
