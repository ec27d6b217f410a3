package cms_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/limit"
)

// ciphers are those that OpenSSL 3.0 and we both write.
var ciphers = []struct {
	name string
	oid  der.OID
}{
	{"aes-128-cbc", alg.OIDAES128CBC}, {"aes-192-cbc", alg.OIDAES192CBC}, {"aes-256-cbc", alg.OIDAES256CBC},
	{"aes-128-gcm", alg.OIDAES128GCM}, {"aes-192-gcm", alg.OIDAES192GCM}, {"aes-256-gcm", alg.OIDAES256GCM},
}

// reader is somebody that both sides encrypt to.
type reader struct {
	name   string
	key    testca.KeyKind
	keyopt []string // for openssl
	option cms.RecipientOptions

	*testca.Entity
	certs, keyFile string
}

// readers are one of each way to transport a key.
func readers(t *testing.T) []*reader {
	t.Helper()
	root := testca.Root(t, "Root")
	dir := t.TempDir()
	list := []*reader{
		{name: "RSA v1.5", key: testca.RSA},
		{name: "OAEP SHA-1", key: testca.RSA, keyopt: []string{"rsa_padding_mode:oaep"}, option: cms.RecipientOptions{OAEP: true, Hash: alg.SHA1}},
		{name: "OAEP SHA-256", key: testca.RSA, keyopt: []string{"rsa_padding_mode:oaep", "rsa_oaep_md:sha256", "rsa_mgf1_md:sha256"}, option: cms.RecipientOptions{OAEP: true}},
		{name: "OAEP SHA-512, MGF SHA-1, label", key: testca.RSA, keyopt: []string{"rsa_padding_mode:oaep", "rsa_oaep_md:sha512", "rsa_mgf1_md:sha1", "rsa_oaep_label:77617877"}, option: cms.RecipientOptions{OAEP: true, Hash: alg.SHA512}},
		{name: "P-256", key: testca.P256, keyopt: []string{"ecdh_kdf_md:sha256"}},
		{name: "P-256 by default", key: testca.P256, option: cms.RecipientOptions{Hash: alg.SHA512}},
		{name: "P-384", key: testca.P384, keyopt: []string{"ecdh_kdf_md:sha384"}, option: cms.RecipientOptions{UseKeyID: true}},
		{name: "P-521", key: testca.P521, keyopt: []string{"ecdh_kdf_md:sha512", "ecdh_cofactor_mode:1"}},
	}
	for i, r := range list {
		r.Entity = root.Issue(testca.Person(fmt.Sprintf("reader%d@example.org", i)).With(testca.Key(r.key)))
		r.certs, r.keyFile, _ = r.Files(dir, fmt.Sprint("reader", i))
		r.option.Certificate = r.Certificate
	}
	return list
}

// recip is how openssl is told of a reader.
func (r *reader) recip() []string {
	argv := []string{"-recip", r.certs}
	for _, o := range r.keyopt {
		argv = append(argv, "-keyopt", o)
	}
	return argv
}

func TestWeDecryptWhatOpenSSLEncrypts(t *testing.T) {
	peer.Need(t, "openssl")
	people := readers(t)
	content := bytes.Repeat([]byte("secret\r\n"), 20_000)
	for i, r := range people {
		for j, c := range ciphers {
			argv := []string{"openssl", "cms", "-encrypt", "-binary", "-outform", "der", "-" + c.name}
			if j%2 == 1 {
				argv = append(argv, "-stream") // indefinite lengths
			}
			if j%3 == 1 {
				argv = append(argv, "-keyid")
			}
			if j%3 > 0 {
				argv = append(argv, people[(i+1)%len(people)].recip()...)
				argv = append(argv, people[(i+3)%len(people)].recip()...)
			}
			raw := peer.Run(t, content, append(argv, r.recip()...)...)
			e, out, err := open(raw, cms.DecryptOptions{Keys: cms.KeyList{keyOf(r.Entity)}})
			if err != nil || !bytes.Equal(out, content) {
				t.Errorf("%s, %s: %d octets, %v", r.name, c.name, len(out), err)
				continue
			}
			if len(e.Findings) > 0 || e.Authenticated != strings.HasSuffix(c.name, "gcm") {
				t.Errorf("%s, %s: %+v", r.name, c.name, e.Findings)
			}
		}
	}
}

// STANDARDS 17: by issuer and serial number, and by key identifier.
func TestOpenSSLDecryptsWhatWeEncrypt(t *testing.T) {
	peer.Need(t, "openssl")
	people := readers(t)
	content := bytes.Repeat([]byte("secret\r\n"), 20_000)
	for i, r := range people {
		for j, c := range ciphers {
			to := []cms.RecipientOptions{r.option}
			if j%3 > 0 {
				to = append(to, people[(i+1)%len(people)].option, people[(i+3)%len(people)].option)
			}
			to[0].UseKeyID = to[0].UseKeyID || j%2 == 0
			size := int64(len(content))
			if j%2 == 1 {
				size = -1
			}
			raw := sealTo(t, cms.EnvelopeOptions{Cipher: c.oid, Recipients: to, Size: size}, content)
			out := peer.Run(t, raw, "openssl", "cms", "-decrypt", "-binary", "-inform", "der", "-recip", r.certs, "-inkey", r.keyFile)
			if !bytes.Equal(out, content) {
				t.Errorf("%s, %s: another content came out", r.name, c.name)
			}
		}
	}
}

func TestSharedKeysAndPasswordsWorkWithOpenSSL(t *testing.T) {
	peer.Need(t, "openssl")
	content := []byte("for those who hold the key\r\n")
	for i, c := range ciphers {
		kek := bytes.Repeat([]byte{byte(i + 1)}, 16+8*(i%3))
		secret := []string{"-secretkey", hex.EncodeToString(kek), "-secretkeyid", "c0ffee"}
		password := []string{"-pwri_password", "seal wax"}
		ours := cms.Key{KEK: kek, KEKID: []byte{0xc0, 0xff, 0xee}}
		pwri := cms.Key{Password: []byte("seal wax")}

		held := map[string]cms.Key{"key": ours, "key without a name": {KEK: kek}}
		argv := slices.Concat([]string{"openssl", "cms", "-encrypt", "-binary", "-outform", "der", "-" + c.name}, secret)
		if strings.HasSuffix(c.name, "cbc") { // OpenSSL takes the cipher of the content for the password, and cannot with GCM
			held["password"] = pwri
			argv = append(argv, password...)
		}
		raw := peer.Run(t, content, argv...)
		for name, k := range held {
			if _, out, err := open(raw, cms.DecryptOptions{Keys: cms.KeyList{k}}); err != nil || !bytes.Equal(out, content) {
				t.Errorf("%s of openssl, %s: %v", c.name, name, err)
			}
		}
		raw = sealTo(t, cms.EnvelopeOptions{Cipher: c.oid, Size: int64(len(content)), Recipients: []cms.RecipientOptions{
			{KEK: kek, KEKID: []byte{0xc0, 0xff, 0xee}}, {Password: []byte("seal wax"), Iterations: 1000}}}, content)
		for _, how := range [][]string{secret, password} {
			out := peer.Run(t, raw, append([]string{"openssl", "cms", "-decrypt", "-binary", "-inform", "der"}, how...)...)
			if !bytes.Equal(out, content) {
				t.Errorf("%s with %s: another content came out", c.name, how[0])
			}
		}
	}
}

func TestEncryptedDataWorksWithOpenSSL(t *testing.T) {
	peer.Need(t, "openssl")
	content := bytes.Repeat([]byte("kept\r\n"), 50_000)
	for i, c := range ciphers[:3] {
		key := bytes.Repeat([]byte{byte(i + 1)}, 16+8*i)
		argv := []string{"-secretkey", hex.EncodeToString(key), "-" + c.name, "-binary"}
		for _, size := range []int64{int64(len(content)), -1} {
			var raw bytes.Buffer
			w, err := cms.NewEncryptedWriter(&raw, c.oid, "", key, size)
			if err != nil {
				t.Fatal(err)
			}
			write(t, w, content)
			out := peer.Run(t, raw.Bytes(), append([]string{"openssl", "cms", "-EncryptedData_decrypt", "-inform", "der"}, argv...)...)
			if !bytes.Equal(out, content) {
				t.Errorf("%s: another content came out", c.name)
			}
		}
		raw := peer.Run(t, content, append([]string{"openssl", "cms", "-EncryptedData_encrypt", "-outform", "der"}, argv...)...)
		o, err := cms.Read(bytes.NewReader(raw), limit.New(limit.Limits{}))
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := o.(*cms.Encrypted).Decrypt(t.Context(), &out, key, alg.Allow{}); err != nil || !bytes.Equal(out.Bytes(), content) {
			t.Errorf("%s of openssl: %v", c.name, err)
		}
	}
}

// The empty content, and those around the blocks of a cipher and the segments of a string.
func TestContentsOfEverySizeWorkWithOpenSSL(t *testing.T) {
	peer.Need(t, "openssl")
	root := testca.Root(t, "Root")
	bob := root.Issue(testca.Person("bob@example.org"))
	certs, key, _ := bob.Files(t.TempDir(), "bob")
	for _, c := range []int{0, 3} {
		for _, n := range []int{0, 1, 15, 16, 17, 65535, 65536, 65537, 131072} {
			content := bytes.Repeat([]byte("x"), n)
			for _, size := range []int64{int64(n), -1} {
				raw := sealTo(t, cms.EnvelopeOptions{Cipher: ciphers[c].oid, Size: size, Recipients: []cms.RecipientOptions{{Certificate: bob.Certificate}}}, content)
				if _, out, err := open(raw, cms.DecryptOptions{Keys: cms.KeyList{keyOf(bob)}}); err != nil || !bytes.Equal(out, content) {
					t.Errorf("%s, %d octets: %v", ciphers[c].name, n, err)
				}
				out, _, err := peer.Try(t, raw, "openssl", "cms", "-decrypt", "-binary", "-inform", "der", "-recip", certs, "-inkey", key)
				if err != nil || !bytes.Equal(out, content) {
					t.Errorf("%s, %d of %d octets: openssl: %v", ciphers[c].name, n, size, err)
				}
			}
			raw := peer.Run(t, content, "openssl", "cms", "-encrypt", "-binary", "-outform", "der", "-"+ciphers[c].name, "-recip", certs)
			if _, out, err := open(raw, cms.DecryptOptions{Keys: cms.KeyList{keyOf(bob)}}); err != nil || !bytes.Equal(out, content) {
				t.Errorf("%s of openssl, %d octets: %v", ciphers[c].name, n, err)
			}
		}
	}
}
