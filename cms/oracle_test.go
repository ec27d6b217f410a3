package cms_test

import (
	"bytes"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/limit"
)

// STANDARDS 6, 8: bad padding of the content, a bad length of it, a wrong content key, bad padding of the RSA block and a changed tag
// end in one and the same error, after the whole message was read.
func TestEveryFailureLooksTheSame(t *testing.T) {
	bob := testca.Root(t, "Root").Issue(testca.Person("bob@example.org").With(testca.Key(testca.RSA)))
	id := cms.IDOf(bob.Certificate, false)
	public := bob.Certificate.PublicKey.(*rsa.PublicKey)
	seal := func(cek []byte) []byte {
		out, err := alg.NewPKCS1().Encrypt(public, cek)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	good := seal(cek16)
	blocks := map[string][]byte{
		"good": good, "another key": seal(kek16), "a longer key": seal(make([]byte, 32)), "changed": flipped(good, 40),
		"short": good[1:], "empty": {}, "over the modulus": bytes.Repeat([]byte{0xff}, len(good)), "long": append(bytes.Clone(good), 0),
	}
	faults := map[string]func(*craftedEnvelope){
		"untouched": func(*craftedEnvelope) {}, "last block": func(m *craftedEnvelope) { m.ciphertext = flipped(m.ciphertext, len(m.ciphertext)-17) },
		"not a block": func(m *craftedEnvelope) { m.ciphertext = m.ciphertext[:len(m.ciphertext)-1] }, "empty": func(m *craftedEnvelope) { m.ciphertext = []byte{} },
	}
	for _, cipher := range []der.OID{alg.OIDAES128CBC, alg.OIDAES128GCM} {
		for blockName, block := range blocks {
			for faultName, fault := range faults {
				if blockName == "good" && (faultName == "untouched" || cipher == alg.OIDAES128CBC && faultName == "empty") {
					continue
				}
				for _, token := range []bool{false, true} {
					m := craftedEnvelope{kind: alg.OIDEnvelopedData, infos: [][]byte{ktri(&id, alg.NewPKCS1().Identifier(), block)}}
					tag := m.encrypt(t, cipher, cek16, bytes.Repeat([]byte("text"), 40), nil)
					if alg.IsAEAD(cipher) {
						m.kind, m.tail = alg.OIDAuthEnvelopedData, octetString(tag)
					}
					fault(&m)
					var reader counter
					reader.Reader = bytes.NewReader(m.bytes())
					k := keyOf(bob)
					if token {
						k.Private = &decrypterToken{PrivateKey: bob.Key.(*rsa.PrivateKey)}
					}
					err := opens(t, &reader, k)
					if err == nil && !alg.IsAEAD(cipher) && blockName != "good" {
						continue // one wrong key of 256 leaves something that looks like padding, as in every CBC
					}
					if err != cms.ErrDecrypt || reader.n != len(m.bytes()) {
						t.Errorf("%s, block %s, %s, token %v: %v, %d of %d octets read", alg.Name(cipher), blockName, faultName, token, err, reader.n, len(m.bytes()))
					}
				}
			}
		}
	}
}

type counter struct {
	io.Reader
	n int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

func opens(t *testing.T, r io.Reader, keys ...cms.Key) error {
	t.Helper()
	e, err := readEnvelope(r, limit.Limits{})
	if err != nil {
		return err
	}
	return e.Decrypt(t.Context(), io.Discard, cms.DecryptOptions{Keys: cms.KeyList(keys)})
}

func flipped(b []byte, at int) []byte {
	b = bytes.Clone(b)
	b[at] ^= 1
	return b
}

// STANDARDS 6: whether the block of one recipient is well padded does not show by what becomes of the others (CVE-2026-42768).
func TestAProbeAmongSeveralRecipientsTellsNothing(t *testing.T) {
	root := testca.Root(t, "Root")
	bob, carol := root.Issue(testca.Person("bob@example.org").With(testca.Key(testca.RSA))), root.Issue(testca.Person("carol@example.org"))
	id := cms.IDOf(bob.Certificate, false)
	info := func(cek []byte, change int) []byte {
		block, err := alg.NewPKCS1().Encrypt(bob.Certificate.PublicKey, cek)
		if err != nil {
			t.Fatal(err)
		}
		if change > 0 {
			block = flipped(block, change)
		}
		return ktri(&id, alg.NewPKCS1().Identifier(), block)
	}
	good := info(cek16, 0)
	probes := map[string][]byte{"well padded, another key": info(kek16, 0), "badly padded": info(cek16, 99), "well padded, a long key": info(make([]byte, 32), 0)}
	for _, first := range []bool{true, false} {
		for name, probe := range probes {
			m := craftedEnvelope{kind: alg.OIDAuthEnvelopedData, infos: [][]byte{good, probe}}
			m.tail = octetString(m.encrypt(t, alg.OIDAES128GCM, cek16, []byte("text"), nil))
			raw := m.bytes()
			if bytes.Index(raw, probe) < bytes.Index(raw, good) != first {
				swapElements(raw, good, probe)
			}
			err := opens(t, bytes.NewReader(raw), keyOf(bob), keyOf(carol))
			if want := map[bool]error{true: cms.ErrDecrypt, false: nil}[first]; err != want {
				t.Errorf("a probe that is %s, first %v: %v", name, first, err)
			}
			// Who is sure of the key takes it, wherever it stands.
			m.infos = [][]byte{probe, good, kekri(t, kek16, cek16)}
			if err := opens(t, bytes.NewReader(m.bytes()), keyOf(bob), cms.Key{KEK: kek16}); err != nil {
				t.Errorf("beside a shared key: %v", err)
			}
		}
	}
}

// swapElements exchanges two elements of equal length that are neighbours.
func swapElements(raw, a, b []byte) {
	at := min(bytes.Index(raw, a), bytes.Index(raw, b))
	both := [][]byte{a, b}
	if bytes.HasPrefix(raw[at:], a) {
		both = [][]byte{b, a}
	}
	copy(raw[at:], bytes.Join(both, nil))
}

// A message that is repeated decrypts to the same, or does not: else a content that passes once in 256 times would tell.
func TestARepeatedMessageGivesTheSameAnswer(t *testing.T) {
	bob := testca.Root(t, "Root").Issue(testca.Person("bob@example.org").With(testca.Key(testca.RSA)))
	id := cms.IDOf(bob.Certificate, false)
	m := craftedEnvelope{kind: alg.OIDEnvelopedData, infos: [][]byte{ktri(&id, alg.NewPKCS1().Identifier(), make([]byte, 256))}}
	m.encrypt(t, alg.OIDAES128CBC, cek16, []byte("text"), nil)
	var seen []string
	for range 3 {
		e, err := readEnvelope(bytes.NewReader(m.bytes()), limit.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		m.ciphertext = bytes.Repeat([]byte{1}, 48)
		var out bytes.Buffer
		err = e.Decrypt(t.Context(), &out, cms.DecryptOptions{Keys: cms.KeyList{keyOf(bob)}})
		seen = append(seen, fmt.Sprintf("%x %v", out.Bytes(), err))
	}
	if seen[1] != seen[2] {
		t.Errorf("%q", seen)
	}
}

// The reasons are for the audit.
func TestTheAuditHearsTheReasons(t *testing.T) {
	root := testca.Root(t, "Root")
	carol, dave := root.Issue(testca.Person("carol@example.org")), root.Issue(testca.Person("dave@example.org"))
	raw := sealTo(t, cms.EnvelopeOptions{Cipher: alg.OIDAES128GCM, Recipients: []cms.RecipientOptions{{Certificate: carol.Certificate}, {Certificate: dave.Certificate}}}, nil)
	var heard []cms.Attempt
	o := cms.DecryptOptions{Audit: func(a cms.Attempt) { heard = append(heard, a) },
		Keys: cms.KeyList{{Certificate: carol.Certificate, Private: dave.Key}, {Certificate: dave.Certificate, Private: dave.Key}}}
	if _, _, err := open(raw, o); err != nil {
		t.Fatal(err)
	}
	failed := 0
	for _, a := range heard {
		if a.Err != nil {
			failed++
			if !errors.Is(a.Err, alg.ErrDecrypt) || !a.Recipient.Matches(carol.Certificate) {
				t.Errorf("%v", a)
			}
		}
	}
	if len(heard) != 2 || failed != 1 {
		t.Errorf("%v", heard)
	}
	heard = nil
	if _, _, err := open(flipped(raw, len(raw)-1), o); err != cms.ErrDecrypt || len(heard) != 3 || heard[2].Recipient != nil || heard[2].Err == nil {
		t.Errorf("a changed tag: %v, %v", err, heard)
	}
}
