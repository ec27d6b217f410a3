package vault_test

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/audit"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/internal/testdb"
	"github.com/waxwing-mail/waxwing/keyfile"
	"github.com/waxwing-mail/waxwing/vault"
)

// secrets are forms in which a secret could show itself.
func secrets(raw []byte) []string {
	return []string{string(raw), hex.EncodeToString(raw), strings.ToUpper(hex.EncodeToString(raw)), base64.StdEncoding.EncodeToString(raw),
		base64.RawURLEncoding.EncodeToString(raw), strings.Trim(fmt.Sprint(raw), "[]"), new(big.Int).SetBytes(raw).String(),
		strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%#v", raw), "[]byte{"), "}")}
}

// printed is everything that printing a value can show.
func printed(t *testing.T, x any) string {
	t.Helper()
	var b strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&b, verb+"\n", x)
		fmt.Fprintf(&b, verb+"\n", struct{ X, y any }{x, x})
	}
	raw, err := json.Marshal(x)
	if err == nil {
		b.Write(raw)
	}
	return b.String()
}

// reachable collects every byte that reflection can reach from a value.
func reachable(v reflect.Value, seen map[uintptr]bool, out *bytes.Buffer, depth int) {
	if depth > 12 {
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice:
		if v.IsNil() || v.Kind() != reflect.Slice && seen[v.Pointer()] {
			return
		}
		seen[v.Pointer()] = true
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		reachable(v.Elem(), seen, out, depth+1)
	case reflect.Struct:
		for n := range v.NumField() {
			reachable(v.Field(n), seen, out, depth+1)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			reachable(k, seen, out, depth+1)
			reachable(v.MapIndex(k), seen, out, depth+1)
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			for n := range v.Len() {
				out.WriteByte(byte(v.Index(n).Uint()))
			}
			return
		}
		for n := range v.Len() {
			reachable(v.Index(n), seen, out, depth+1)
		}
	case reflect.String:
		out.WriteString(v.String())
	}
}

func TestNothingThatIsPrintedShowsASecret(t *testing.T) {
	h := one(t)
	kek := h.kekBytes()
	pair := readPair(t)
	var k vault.Key
	h.must(h.write(func(tx *db.Tx) (err error) {
		k, err = h.v.Import(tx, vault.Spec{Purpose: vault.Dual, Owner: "person:ada", By: "user:ada"}, keyfile.Key{Private: pair.key})
		return err
	}))
	signer, err := h.v.Signer(t.Context(), k.ID)
	h.must(err)
	decrypter, err := h.v.Decrypter(t.Context(), k.ID)
	h.must(err)
	forms := append(secrets(pair.scalar), secrets(kek)...)
	for name, x := range map[string]any{"vault": h.v, "key": k, "signer": signer, "decrypter": decrypter, "source": vault.File(h.path),
		"spec": vault.Spec{Purpose: vault.Signing}, "identity": vault.IdentityRef{Key: k.ID}} {
		text := printed(t, x)
		var bytes bytes.Buffer
		if name != "vault" { // it holds the database and the test itself
			reachable(reflect.ValueOf(x), map[uintptr]bool{}, &bytes, 0)
		}
		for n, form := range forms {
			if strings.Contains(text, form) || strings.Contains(bytes.String(), form) {
				t.Errorf("%s shows a secret, in form %d", name, n)
			}
		}
	}
	if _, ok := signer.(interface{ Bytes() ([]byte, error) }); ok {
		t.Error("a signer has Bytes")
	}
	for _, x := range []any{signer, decrypter} {
		if _, err := keyfile.MarshalPKCS8(x, nil); err == nil {
			t.Errorf("%T was written as PKCS #8", x)
		}
	}
}

func TestTheDatabaseAndTheLogHoldNoSecret(t *testing.T) {
	each(t, func(h *house) {
		pair := readPair(h.T)
		var k vault.Key
		h.must(h.write(func(tx *db.Tx) (err error) {
			k, err = h.v.Import(tx, vault.Spec{Purpose: vault.Encryption, Owner: "person:ada", By: "user:ada"}, keyfile.Key{Private: pair.key})
			return err
		}))
		password := "4PPL3-K1T-P4SSW0RD"
		_, err := h.v.PKCS12(h.Context(), "user:ada", []vault.IdentityRef{{Key: k.ID, Certificate: certificate(h.T, k.Public, nil)}},
			keyfile.PKCS12Options{Password: []byte(password), Iterations: 2048})
		h.must(err)
		forms := append(append(secrets(pair.scalar), secrets(h.kekBytes())...), password)
		h.must(h.db.Read(h.Context(), func(tx *db.Tx) error {
			for _, query := range []string{`SELECT details, who, object FROM audit_entry`, `SELECT wrapped, sealed, spki FROM vault_key`,
				`SELECT verifier, params, id FROM vault_kek`, `SELECT wrapped, id, kek FROM vault_wrapper`} {
				err := tx.Each(func(scan func(...any) error) error {
					var a, b, c []byte
					err := scan(&a, &b, &c)
					for n, form := range forms {
						if strings.Contains(string(a)+"|"+string(b)+"|"+string(c), form) {
							h.Errorf("%s: a secret in form %d", query, n)
						}
					}
					return err
				}, query)
				if err != nil {
					return err
				}
			}
			return nil
		}))
	})
}

// kekBytes reads the key-encryption key out of its file.
func (h *house) kekBytes() []byte {
	h.Helper()
	text, err := os.ReadFile(h.path)
	h.must(err)
	lines := strings.Fields(string(text))
	raw, err := base64.StdEncoding.DecodeString(lines[len(lines)-1])
	h.must(err)
	return raw
}

func TestAKeyFileThatOthersCanReadIsRefused(t *testing.T) {
	h := one(t)
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660, 0o601} {
		h.must(os.Chmod(h.path, mode))
		_, err := vault.Open(t.Context(), h.db, vault.File(h.path), h.log)
		if err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
	h.must(os.Chmod(h.path, 0o400))
	h.reopen()
	info, err := os.Stat(h.path)
	h.must(err)
	if info.Mode().Perm() != 0o400 {
		t.Errorf("the mode became %v", info.Mode())
	}
}

func TestTheSourcesOfTheKey(t *testing.T) {
	h := one(t)
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		h.must(os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	t.Setenv("WAXWING_TEST_KEY", h.path)
	for text, want := range map[string]string{
		"file:" + h.path:                                      "",
		"env:WAXWING_TEST_KEY":                                "",
		"env:WAXWING_TEST_NONE":                               "does not name a file",
		"file:" + filepath.Join(dir, "none"):                  "no such file",
		"file:" + dir:                                         "is not a file",
		"file:" + write("empty", ""):                          "is not a key file",
		"file:" + write("short", "waxwing vault key 1\nAAAA"): "is not a key file",
		"file:" + write("long", strings.Repeat("x", 5000)):    "more than 4096",
		"file:" + write("other", "waxwing vault key 1\n"+base64.StdEncoding.EncodeToString(make([]byte, 32))): "does not open the vault",
		"passphrase:" + write("p", "short"): "comes from a file, not from a passphrase",
		"nonsense":                          "comes from file:PATH",
		"file:":                             "comes from file:PATH",
	} {
		s, err := vault.ParseSource(text)
		if err == nil {
			_, err = vault.Open(t.Context(), h.db, s, h.log)
		}
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	var none vault.Source
	if _, err := vault.Open(t.Context(), h.db, none, h.log); err == nil {
		t.Error("the zero source opened")
	}
	if _, err := h.v.Rotate(t.Context(), vault.Passphrase(write("weak", "hunter2\n")), "user:ada"); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a short passphrase: %v", err)
	}
}

// Rows cannot be exchanged, and nothing in them can be changed.
func TestARowOpensOnlyAsItself(t *testing.T) {
	each(t, func(h *house) {
		a, b := h.generate(vault.Ed25519, vault.Signing), h.generate(vault.Ed25519, vault.Signing)
		e := h.generate(vault.P256, vault.Encryption)
		for name, change := range map[string]string{
			"a purpose that may leave less": `UPDATE vault_key SET purpose = 'authority' WHERE id = $1`,
			"another purpose":               `UPDATE vault_key SET purpose = 'dual' WHERE id = $1`,
			"the private half of another":   `UPDATE vault_key SET (wrapped, sealed) = (SELECT wrapped, sealed FROM vault_key o WHERE o.id = '` + b.ID + `') WHERE id = $1`,
			"the data key of another":       `UPDATE vault_key SET wrapped = (SELECT wrapped FROM vault_key o WHERE o.id = '` + b.ID + `') WHERE id = $1`,
			"the public half of another":    `UPDATE vault_key SET spki = (SELECT spki FROM vault_key o WHERE o.id = '` + b.ID + `') WHERE id = $1`,
			"nothing sealed":                `UPDATE vault_key SET sealed = NULL WHERE id = $1`,
			"an empty data key":             `UPDATE vault_key SET wrapped = NULL WHERE id = $1`,
		} {
			undo := h.write(func(tx *db.Tx) error {
				if _, err := tx.Exec(change, a.ID); err != nil {
					h.Fatalf("%s: %v", name, err)
				}
				if s, err := h.v.SignerIn(tx, a.ID); err == nil {
					h.Errorf("%s: it lends %v", name, s)
				}
				return errUndo
			})
			if undo != errUndo {
				h.Fatalf("%s: %v", name, undo)
			}
		}
		h.certifies(h.v, a)
		undo := h.write(func(tx *db.Tx) error {
			if _, err := tx.Exec(`UPDATE vault_key SET purpose = 'signing' WHERE id = $1`, e.ID); err != nil {
				h.Fatal(err)
			}
			if _, err := h.v.SignerIn(tx, e.ID); err == nil {
				h.Error("an encryption key signs after its row was changed")
			}
			return errUndo
		})
		if undo != errUndo {
			h.Fatal(undo)
		}
	})
}

func TestAKeyThatWasDrawnAheadIsStoredOnceAndNeverShown(t *testing.T) {
	h := one(t)
	drawn, err := vault.Draw("")
	h.must(err)
	spec := vault.Spec{Drawn: drawn, Purpose: vault.Encryption, Owner: "person:ada", By: "user:ada"}
	store := func(s vault.Spec) (k vault.Key, err error) {
		err = h.write(func(tx *db.Tx) error { k, err = h.v.Generate(tx, s); return err })
		return k, err
	}
	other := spec
	other.Algorithm = vault.P384
	if _, err := store(other); err == nil {
		t.Error("another kind was drawn")
	}
	k, err := store(spec)
	h.must(err)
	if _, err := store(spec); err == nil {
		t.Error("one key was stored twice")
	}
	pem := h.recoverable(k)
	for name, x := range map[string]any{"drawn": drawn, "spec": spec} {
		var bytes bytes.Buffer
		reachable(reflect.ValueOf(x), map[uintptr]bool{}, &bytes, 0)
		for n, form := range secrets(pem) {
			if strings.Contains(printed(t, x), form) || strings.Contains(bytes.String(), form) {
				t.Errorf("%s shows the key, in form %d", name, n)
			}
		}
	}
}

// recoverable returns the secret number of a P-256 key of Ada's, by way of a kit.
func (h *house) recoverable(k vault.Key) []byte {
	h.Helper()
	password := []byte("kit password")
	file, err := h.v.PKCS12(h.Context(), "user:ada", []vault.IdentityRef{{Key: k.ID, Certificate: certificate(h.T, k.Public, nil)}}, keyfile.PKCS12Options{Password: password, Iterations: 2048})
	h.must(err)
	b, err := keyfile.Read(file, keyfile.Options{Password: password})
	h.must(err)
	raw, err := b.Keys[0].Private.(*ecdsa.PrivateKey).Bytes()
	h.must(err)
	return raw
}

func BenchmarkSigner(b *testing.B) {
	d := testdb.Open(b, filepath.Join(b.TempDir(), "waxwing.db"), schema...)
	log := &audit.Log{Origin: "test"}
	v, err := vault.Create(b.Context(), d, vault.File(filepath.Join(b.TempDir(), "k")), log)
	if err != nil {
		b.Fatal(err)
	}
	var k vault.Key
	if err := d.Write(b.Context(), func(tx *db.Tx) (err error) {
		k, err = v.Generate(tx, vault.Spec{Purpose: vault.Authority, Owner: "ca:1", By: "b"})
		return err
	}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := v.Signer(b.Context(), k.ID); err != nil {
			b.Fatal(err)
		}
	}
}
