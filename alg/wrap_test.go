package alg

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/limit"
)

// wycheproofCase is one case of Wycheproof, as far as these tests want it.
type wycheproofCase struct {
	ID                                      int `json:"tcId"`
	Comment                                 string
	Flags                                   []string
	Key, Msg, CT, Label, Password, Salt, IV string
	Sig                                     string
	IterationCount                          int
	Result                                  string
}

// wycheproofGroup is one group of cases with what they share.
type wycheproofGroup struct {
	KeySize         int
	SHA, MGFSHA     string
	SLen            int
	PrivateKeyPkcs8 string
	PublicKeyDer    string
	Tests           []wycheproofCase
}

// wycheproof reads a file of Wycheproof.
func wycheproof(t *testing.T, name string) []wycheproofGroup {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(peer.Vectors(t, "wycheproof"), name))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ TestGroups []wycheproofGroup }
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	return file.TestGroups
}

func TestAESKeyWrapAgreesWithWycheproof(t *testing.T) {
	plain := map[int]Identifier{128: {OID: OIDAES128Wrap}, 192: {OID: OIDAES192Wrap}, 256: {OID: OIDAES256Wrap}}
	padded := map[int]Identifier{128: {OID: OIDAES128WrapPad}, 192: {OID: OIDAES192WrapPad}, 256: {OID: OIDAES256WrapPad}}
	for file, ids := range map[string]map[int]Identifier{"aes_wrap_test.json": plain, "aes_kwp_test.json": padded} {
		n := 0
		for _, g := range wycheproof(t, file) {
			w, err := WrapOf(ids[g.KeySize], Allow{})
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range g.Tests {
				n++
				checkWrap(t, w, c)
			}
		}
		if n < 100 {
			t.Errorf("%s: only %d cases", file, n)
		}
	}
}

func checkWrap(t *testing.T, w *Wrap, c wycheproofCase) {
	t.Helper()
	key, msg, ct := unhex(t, c.Key), unhex(t, c.Msg), unhex(t, c.CT)
	got, err := w.Unwrap(key, ct)
	switch {
	case c.Result == "invalid" && err != ErrDecrypt:
		t.Errorf("%s %d (%s): got %x, %v", w.Name, c.ID, c.Comment, got, err)
	case c.Result == "valid" && (err != nil || !bytes.Equal(got, msg)):
		t.Errorf("%s %d (%s): %v", w.Name, c.ID, c.Comment, err)
	}
	if c.Result == "valid" {
		if wrapped, err := w.Wrap(key, msg); err != nil || !bytes.Equal(wrapped, ct) {
			t.Errorf("%s %d (%s): wraps to %x, %v", w.Name, c.ID, c.Comment, wrapped, err)
		}
	}
}

func TestKeyWrapHasTheAnswersOfTheRFCs(t *testing.T) {
	for name, v := range map[string]struct {
		id            Identifier
		kek, key, out string
	}{
		"RFC 3394 §4.1": {Identifier{OID: OIDAES128Wrap}, "000102030405060708090A0B0C0D0E0F", "00112233445566778899AABBCCDDEEFF",
			"1FA68B0A8112B447 AEF34BD8FB5A7B82 9D3E862371D2CFE5"},
		"RFC 3394 §4.6": {Identifier{OID: OIDAES256Wrap}, "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F",
			"00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F",
			"28C9F404C4B810F4 CBCCB35CFB87F826 3F5786E2D80ED326 CBC7F0E71A99F43B FB988B9B7A02DD21"},
		"RFC 5649 §6, 20 octets": {Identifier{OID: OIDAES192WrapPad}, "5840df6e29b02af1 ab493b705bf16ea1 ae8338f4dcc176a8",
			"c37b7e6492584340 bed1220780894115 5068f738", "138bdeaa9b8fa7fc 61f97742e72248ee 5ae6ae5360d1ae6a 5f54f373fa543b6a"},
		"RFC 5649 §6, 7 octets": {Identifier{OID: OIDAES192WrapPad}, "5840df6e29b02af1 ab493b705bf16ea1 ae8338f4dcc176a8",
			"466f7250617369", "afbeb0f07dfbf541 9200f2ccb50bb24f"},
		"RFC 3217 §3.4": {Identifier{OIDDESEDE3Wrap, null()}, "255e 0d1c 07b6 46df b313 4cc8 43ba 8aa7 1f02 5b7c 0838 251f",
			"2923 bf85 e06d d6ae 5291 49f1 f1ba e9ea b3a7 da3d 860d 3e98",
			"6901 0761 8ef0 92b3 b48c a179 6b23 4ae9 fa33 ebb4 1596 0403 7db5 d6a8 4eb3 aac2 768c 6327 75a4 67d4"},
	} {
		w, err := WrapOf(v.id, Allow{Legacy: true})
		if err != nil {
			t.Fatal(err)
		}
		kek, key, out := unhex(t, v.kek), unhex(t, v.key), unhex(t, v.out)
		if got, err := w.Unwrap(kek, out); err != nil || !bytes.Equal(got, key) {
			t.Errorf("%s: unwraps to %x, %v", name, got, err)
		}
		got, err := w.Wrap(kek, key)
		if w.Status == Legacy && err == nil || w.Status == Current && !bytes.Equal(got, out) {
			t.Errorf("%s: wraps to %x, %v", name, got, err)
		}
	}
}

// RFC 3211 §3, both examples, with the key derivation.
func TestPasswordKeyWrapHasTheAnswersOfRFC3211(t *testing.T) {
	for name, v := range map[string]struct {
		password   string
		iterations int
		cipher     Identifier
		kek, key   string
		wrapped    string
	}{
		"DES": {"password", 5, Identifier{OIDDESCBC, octets(unhex(t, "EF E5 98 EF 21 B3 3D 6D"))}, "D1 DA A7 86 15 F2 87 E6",
			"8C 62 7C 89 73 23 A2 F8", "B8 1B 25 65 EE 37 3C A6 DE DC A2 6A 17 8B 0C 10"},
		"3DES": {"All n-entities must communicate with other n-entities via n-1 entiteeheehees", 500,
			Identifier{OIDDESEDE3CBC, octets(unhex(t, "BA F1 CA 79 31 21 3C 4E"))},
			"6A 89 70 BF 68 C9 2C AE A8 4A 8D F2 85 10 85 86 07 12 63 80 CC 47 AB 2D",
			"8C 63 7D 88 72 23 A2 F9 65 B5 66 EB 01 4B 0F A5 D5 23 00 A3 F7 EA 40 FF FC 57 72 03 C7 1B AF 3B",
			"C0 3C 51 4A BD B9 E2 C5 AA C0 38 57 2B 5E 24 55 38 76 B3 77 AA FB 82 EC A5 A9 D7 3F 8A B1 43 D9 EC 74 E6 CA D7 DB 26 0C"},
	} {
		w, err := WrapOf(Identifier{OIDPWRIKEK, v.cipher.Bytes()}, Allow{Legacy: true})
		if err != nil {
			t.Fatal(err)
		}
		hmacSHA1, err := NewMAC(OIDHMACSHA1)
		if err != nil {
			t.Fatal(err)
		}
		kdf := &KDF{Entry: table[OIDPBKDF2], Salt: unhex(t, "1234567878563412"), Iterations: v.iterations, PRF: hmacSHA1}
		kek, err := kdf.Key([]byte(v.password), w.KeySize, limit.New(limit.Limits{}))
		if err != nil || !bytes.Equal(kek, unhex(t, v.kek)) {
			t.Fatalf("%s: key %x, %v", name, kek, err)
		}
		if got, err := w.Unwrap(kek, unhex(t, v.wrapped)); err != nil || !bytes.Equal(got, unhex(t, v.key)) {
			t.Errorf("%s: unwraps to %x, %v", name, got, err)
		}
		var n *NotAllowedError
		if _, err := WrapOf(w.Identifier(), Allow{}); !errors.As(err, &n) {
			t.Errorf("%s unasked: %v", name, err)
		}
	}
}

// STANDARDS 9.
func TestPasswordKeyWrapRefuses(t *testing.T) {
	w, err := NewPasswordWrap(OIDAES256CBC)
	if err != nil {
		t.Fatal(err)
	}
	kek, cek := random(32), random(16)
	wrapped, err := w.Wrap(kek, cek)
	if err != nil || len(wrapped) != 32 {
		t.Fatalf("%d octets, %v", len(wrapped), err)
	}
	if got, err := w.Unwrap(kek, wrapped); err != nil || !bytes.Equal(got, cek) {
		t.Fatal(err)
	}
	if _, err := w.Wrap(kek, cek); err == nil {
		t.Error("its initialization vector served twice")
	}
	for name, b := range map[string][]byte{
		"nothing": nil, "one block": wrapped[:16], "half a block more": append(bytes.Clone(wrapped), 1, 2, 3, 4, 5, 6, 7, 8),
		"a megabyte": make([]byte, 1<<20), "another": flip(wrapped),
	} {
		if _, err := w.Unwrap(kek, b); err != ErrDecrypt {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.Unwrap(kek[:16], wrapped); err != ErrDecrypt {
		t.Errorf("short key: %v", err)
	}
	for name, params := range map[string][]byte{
		"GCM":     Identifier{OIDAES128GCM, nonceAndTag(random(12), 16)}.Bytes(),
		"HKDF":    Identifier{OIDCEKHKDFSHA256, Identifier{OIDAES128CBC, octets(random(16))}.Bytes()}.Bytes(),
		"nothing": nil, "a NULL": null(), "an OCTET STRING": octets(nil),
	} {
		var p *ParamsError
		if _, err := WrapOf(Identifier{OIDPWRIKEK, params}, Allow{Legacy: true}); !errors.As(err, &p) {
			t.Errorf("%s as cipher: %v", name, err)
		}
	}
}

func TestPasswordKeyChecksItsLengthAndItsCheckValue(t *testing.T) {
	for s, good := range map[string]bool{
		"10 fefdfc 0102030405060708090a0b0c0d0e0f10 000000000000000000000000": true,
		"1c fefdfc 0102030405060708090a0b0c0d0e0f10 000000000000000000000000": true,
		"1d fefdfc 0102030405060708090a0b0c0d0e0f10 000000000000000000000000": false,
		"ff fefdfc 0102030405060708090a0b0c0d0e0f10 000000000000000000000000": false,
		"00 fefdfc 0102030405060708090a0b0c0d0e0f10 000000000000000000000000": false,
		"04 fefdfc 0102030405060708090a0b0c0d0e0f10 000000000000000000000000": false,
		"10 fefdfd 0102030405060708090a0b0c0d0e0f10 000000000000000000000000": false,
		"10 010203 0102030405060708090a0b0c0d0e0f10 000000000000000000000000": false,
	} {
		if _, err := checkPasswordKey(unhex(t, s)); (err == nil) != good {
			t.Errorf("%s: %v", s, err)
		}
	}
}

// STANDARDS 30.
func TestKeyWrapFitsItsCipher(t *testing.T) {
	for _, oid := range currentCiphers {
		c, err := NewCipher(oid)
		if err != nil {
			t.Fatal(err)
		}
		w := WrapFor(c)
		if w.KeySize != c.KeySize {
			t.Errorf("%s: %s", c.Name, w.Name)
		}
		if _, err := w.Wrap(random(w.KeySize+1), c.NewKey()); err == nil {
			t.Errorf("%s: a key of a wrong length wraps", c.Name)
		}
	}
	for _, id := range []Identifier{{OIDAES128Wrap, octets(nil)}, {OID: OIDSHA256}, {OID: OIDRC2Wrap, Params: null()}} {
		if _, err := WrapOf(id, Allow{Legacy: true}); err == nil {
			t.Errorf("%s wraps keys", hex.EncodeToString([]byte(id.OID)))
		}
	}
	if _, err := WrapOf(Identifier{OIDAES128Wrap, null()}, Allow{}); err != nil {
		t.Errorf("NULL as parameters, as in old mail: %v", err)
	}
}
