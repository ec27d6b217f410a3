package cms_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/limit"
)

// small is a message with everything in it, and what opens it.
func small(t testing.TB, cipher der.OID, size int64) ([]byte, cms.DecryptOptions) {
	t.Helper()
	bob := testca.Root(t, "Root").Issue(testca.Person("bob@example.org"))
	o := cms.EnvelopeOptions{Cipher: cipher, Size: size, ContentType: alg.OIDSignedData,
		Recipients: []cms.RecipientOptions{{Certificate: bob.Certificate}, {KEK: kek16}, {Password: []byte("p"), Iterations: 1}}}
	if alg.IsAEAD(cipher) {
		o.AuthAttributes = []cms.Attribute{someAttribute("inside")}
	}
	var out bytes.Buffer
	w, err := cms.NewEnvelopedWriter(&out, o)
	if err != nil {
		t.Fatal(err)
	}
	write(t, w, []byte("text"))
	return out.Bytes(), cms.DecryptOptions{Keys: cms.KeyList{keyOf(bob), {KEK: kek16}, {Password: []byte("p")}}}
}

// What a message that was cut or changed can end in.
func clean(err error) bool {
	var syntax *der.SyntaxError
	var over *limit.Error
	var unsupported *alg.UnsupportedError
	var params *alg.ParamsError
	var old *alg.NotAllowedError
	return errors.Is(err, cms.ErrDecrypt) || errors.Is(err, cms.ErrNotCMS) || errors.Is(err, cms.ErrNoRecipient) || errors.Is(err, cms.ErrWrongContainer) ||
		errors.Is(err, cms.ErrDetached) || errors.As(err, &syntax) || errors.As(err, &over) || errors.As(err, &unsupported) || errors.As(err, &params) ||
		errors.As(err, &old) || strings.HasSuffix(err.Error(), "a *cms.Encrypted") || strings.Contains(err.Error(), "version out of range") || strings.Contains(err.Error(), ": unexpected ")
}

func TestEveryCutMessageFails(t *testing.T) {
	for _, cipher := range []der.OID{alg.OIDAES128GCM, alg.OIDAES128CBC, alg.OIDChaCha20Poly1305, alg.OIDAES128CCM} {
		for _, size := range []int64{4, -1} {
			if size < 0 && isCCM(cipher) {
				continue
			}
			raw, o := small(t, cipher, size)
			if _, _, err := open(raw, o); err != nil {
				t.Fatal(err)
			}
			for n := range raw {
				if _, _, err := open(raw[:n], o); err == nil || !clean(err) {
					t.Fatalf("%s, %d of %d octets: %v", alg.Name(cipher), n, len(raw), err)
				}
			}
		}
	}
}

// STANDARDS 1: what was changed anywhere is not taken, unless it is outside of what is authenticated: the version, how the key is carried
// to others, and the identifiers of recipients.
func TestEveryChangedOctetIsNoticed(t *testing.T) {
	for _, cipher := range []der.OID{alg.OIDAES128GCM, alg.OIDChaCha20Poly1305, alg.OIDAES128CCM} {
		raw, o := small(t, cipher, 4)
		content := bytes.Index(raw, build(func(b *der.Builder) { b.OID(alg.OIDSignedData) }))
		for i := range raw {
			for _, bit := range []byte{1, 0x80} {
				changed := bytes.Clone(raw)
				changed[i] ^= bit
				e, out, err := open(changed, o)
				if err == nil && (i > content || !bytes.Equal(out, []byte("text"))) {
					t.Errorf("%s: octet %d of %d changed: %q, %v", alg.Name(cipher), i, len(raw), out, e.Findings)
				}
				if err != nil && !clean(err) {
					t.Errorf("%s: octet %d: %v", alg.Name(cipher), i, err)
				}
			}
		}
	}
}

func TestMuchNestingCostsLittle(t *testing.T) {
	for name, unit := range map[string][]byte{"indefinite sequences": {0x30, 0x80}, "indefinite strings": {0x24, 0x80}, "indefinite [0]": {0xa0, 0x80}} {
		raw, _ := small(t, alg.OIDAES128CBC, -1)
		head := raw[:bytes.Index(raw, build(func(b *der.Builder) { b.OID(alg.OIDSignedData) }))]
		for _, at := range []int{0, len(head)} {
			in := append(bytes.Clone(raw[:at]), bytes.Repeat(unit, 4<<20)...)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, _, err := open(in, cms.DecryptOptions{})
			runtime.ReadMemStats(&after)
			if err == nil || !clean(err) {
				t.Errorf("%s at %d: %v", name, at, err)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
				t.Errorf("%s at %d: %d octets of memory", name, at, used)
			}
		}
	}
}

func TestRecipientsAreLimited(t *testing.T) {
	info := kekri(t, kek16, cek16)
	m := craftedEnvelope{kind: alg.OIDEnvelopedData, ciphertext: []byte{}}
	m.encrypt(t, alg.OIDAES128CBC, cek16, []byte("text"), nil)
	for _, n := range []int{1000, 10_000, 10_001} {
		m.infos = nil
		for range n {
			m.infos = append(m.infos, info)
		}
		e, err := readEnvelope(bytes.NewReader(m.bytes()), limit.Limits{})
		var over *limit.Error
		if n > 10_000 {
			if !errors.As(err, &over) || over.What != limit.Recipients {
				t.Errorf("%d: %v", n, err)
			}
			continue
		}
		if err != nil || len(e.Recipients) != n {
			t.Fatalf("%d: %v", n, err)
		}
		// All of them name the one key: the work on them is bounded too.
		err = e.Decrypt(t.Context(), io.Discard, byKEK)
		if n > 2000 != (errors.As(err, &over) && over.What == limit.PublicKey) || n <= 2000 && err != nil {
			t.Errorf("%d for one key: %v", n, err)
		}
	}
}

func TestAStrangerIsToldSo(t *testing.T) {
	raw, _ := small(t, alg.OIDAES128GCM, 4)
	eve := testca.Root(t, "Other").Issue(testca.Person("eve@example.org"))
	for name, keys := range map[string]cms.Keys{"nobody": nil, "an empty list": cms.KeyList{}, "eve": cms.KeyList{keyOf(eve)}, "another name": cms.KeyList{{KEK: kek16, KEKID: []byte("x")}}} {
		if _, _, err := open(raw, cms.DecryptOptions{Keys: keys}); err != cms.ErrNoRecipient {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, key := range map[string]cms.Key{"password": {Password: []byte("q")}, "empty password": {Password: []byte{}}, "key": {KEK: cek16}, "key of another length": {KEK: []byte("x")}} {
		if _, _, err := open(raw, cms.DecryptOptions{Keys: cms.KeyList{key}}); err != cms.ErrDecrypt {
			t.Errorf("a wrong %s: %v", name, err)
		}
	}
}

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Read([]byte) (int, error)  { return 0, errBroken }
func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestFaultsOfOursStayFaults(t *testing.T) {
	raw, o := small(t, alg.OIDAES128GCM, 4)
	for _, n := range []int{0, 10, len(raw) / 2, len(raw) - 1} {
		e, err := readEnvelope(io.MultiReader(bytes.NewReader(raw[:n]), broken{}), limit.Limits{})
		if err == nil {
			err = e.Decrypt(t.Context(), io.Discard, o)
		}
		if !errors.Is(err, errBroken) {
			t.Errorf("reading breaks at %d: %v", n, err)
		}
	}
	e, err := readEnvelope(bytes.NewReader(raw), limit.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Decrypt(t.Context(), broken{}, o); !errors.Is(err, errBroken) {
		t.Errorf("writing breaks: %v", err)
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if e, err = readEnvelope(bytes.NewReader(raw), limit.Limits{}); err != nil {
		t.Fatal(err)
	}
	if err := e.Decrypt(done, io.Discard, o); !errors.Is(err, context.Canceled) {
		t.Errorf("the caller has gone: %v", err)
	}
	if _, err := cms.NewEnvelopedWriter(broken{}, cms.EnvelopeOptions{Cipher: alg.OIDAES128GCM, Recipients: []cms.RecipientOptions{{KEK: kek16}}}); !errors.Is(err, errBroken) {
		t.Errorf("the output breaks: %v", err)
	}
}
