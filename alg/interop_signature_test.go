package alg

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/cloudflare/circl/sign/ed448"

	"github.com/waxwing-mail/waxwing/internal/peer"
)

// opensslKey makes a key with openssl and returns its file and what we read of its public half.
func opensslKey(t *testing.T, args ...string) (file string, pub crypto.PublicKey) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "key.pem")
	peer.Run(t, nil, append(append([]string{"openssl", "genpkey"}, args...), "-out", file)...)
	spki := peer.Run(t, nil, "openssl", "pkey", "-in", file, "-pubout", "-outform", "DER")
	pub, info, err := ParsePublicKey(spki)
	if err != nil {
		t.Fatalf("%s: %v", info.Name, err)
	}
	again, err := MarshalPublicKey(pub)
	if err != nil || string(again) != string(spki) {
		t.Errorf("public key of openssl is\n%x, we write\n%x, %v", spki, again, err)
	}
	return file, pub
}

func rsaArgs(bits int, more ...string) []string {
	return append([]string{"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:" + strconv.Itoa(bits)}, more...)
}

func ecArgs(curve string) []string {
	return []string{"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + curve, "-pkeyopt", "ec_param_enc:named_curve"}
}

// opensslHashes are the names that openssl has for digests.
var opensslHashes = map[*Hash]string{
	SHA1: "sha1", SHA224: "sha224", SHA256: "sha256", SHA384: "sha384", SHA512: "sha512", SHA512224: "sha512-224", SHA512256: "sha512-256",
	SHA3224: "sha3-224", SHA3256: "sha3-256", SHA3384: "sha3-384", SHA3512: "sha3-512", MD5: "md5",
}

// verifies checks a signature of openssl.
func verifies(t *testing.T, id Identifier, digest *Hash, pub crypto.PublicKey, message, sig []byte) {
	t.Helper()
	v, err := NewVerifier(id, digest, pub, Allow{Legacy: true})
	if err != nil {
		t.Error(err)
		return
	}
	if err := v.VerifyMessage(message, sig); err != nil {
		t.Errorf("%s: %v", v.Name(), err)
	}
	if v.VerifyMessage(append(message, 'x'), sig) == nil {
		t.Errorf("%s: another message verifies", v.Name())
	}
}

// STANDARDS 13: rsaEncryption as well as sha*WithRSA, with NULL and without.
func TestWeVerifyPKCS1OfOpenSSL(t *testing.T) {
	peer.Need(t, "openssl")
	message := []byte("to be signed by openssl")
	for _, bits := range []int{1024, 1030, 2048, 3072} {
		file, pub := opensslKey(t, rsaArgs(bits)...)
		for h, name := range opensslHashes {
			sig := peer.Run(t, message, "openssl", "dgst", "-"+name, "-sign", file)
			oid, ok := signatureOID(familyRSA, h)
			if !ok {
				t.Fatalf("no RSA with %s", h.Name)
			}
			for _, params := range [][]byte{nil, null()} {
				verifies(t, Identifier{oid, params}, nil, pub, message, sig)
				verifies(t, Identifier{OIDRSA, params}, h, pub, message, sig)
			}
		}
	}
}

func TestWeVerifyPSSOfOpenSSL(t *testing.T) {
	peer.Need(t, "openssl")
	message := []byte("to be signed by openssl, with salt")
	for _, bits := range []int{1024, 1025, 1031, 2048} { // 1025: the encoded message is one octet shorter
		file, pub := opensslKey(t, rsaArgs(bits)...)
		most := (bits-1+7)/8 - 32 - 2
		for _, salt := range []int{0, 1, 20, 32, 47, most} {
			for _, mgf := range []*Hash{SHA256, SHA1, SHA512, SHA384, SHA3256} {
				sig := peer.Run(t, message, "openssl", "dgst", "-sha256", "-sign", file, "-sigopt", "rsa_padding_mode:pss",
					"-sigopt", "rsa_pss_saltlen:"+strconv.Itoa(salt), "-sigopt", "rsa_mgf1_md:"+opensslHashes[mgf])
				p := &PSSParams{SHA256, mgf, salt}
				verifies(t, p.identifier(), nil, pub, message, sig)
				for _, other := range []*PSSParams{{SHA256, mgf, salt + 1}, {SHA256, mgf, max(salt-1, 2)}, {SHA256, SHA224, salt}, {SHA512256, mgf, salt}} {
					if v, err := NewVerifier(other.identifier(), nil, pub, Allow{}); err == nil && v.VerifyMessage(message, sig) == nil {
						t.Errorf("signed with %+v, verifies with %+v", p, other)
					}
				}
			}
		}
	}
}

func TestWeVerifyECDSAOfOpenSSL(t *testing.T) {
	peer.Need(t, "openssl")
	message := []byte("to be signed by openssl, on a curve")
	for oid := range curves {
		file, pub := opensslKey(t, ecArgs(Name(oid))...)
		for h, name := range opensslHashes {
			if isBrainpool(pub.(*ecdsa.PublicKey).Curve) && h.Size%32 != 0 {
				continue
			}
			sig := peer.Run(t, message, "openssl", "dgst", "-"+name, "-sign", file)
			if oid, ok := signatureOID(familyECDSA, h); ok {
				verifies(t, Identifier{OID: oid}, nil, pub, message, sig)
			}
			verifies(t, Identifier{OIDECDSASpecified, h.Identifier().Bytes()}, nil, pub, message, sig)
			verifies(t, Identifier{OID: OIDECPublicKey}, h, pub, message, sig)
		}
	}
}

func TestWeVerifyDSAOfOpenSSL(t *testing.T) {
	peer.Need(t, "openssl")
	message := []byte("to be signed by openssl, as long ago")
	for _, size := range [][2]int{{1024, 160}, {2048, 224}, {2048, 256}} {
		params := filepath.Join(t.TempDir(), "params.pem")
		peer.Run(t, nil, "openssl", "genpkey", "-genparam", "-algorithm", "DSA", "-pkeyopt", fmt.Sprintf("dsa_paramgen_bits:%d", size[0]),
			"-pkeyopt", fmt.Sprintf("dsa_paramgen_q_bits:%d", size[1]), "-out", params)
		file, pub := opensslKey(t, "-paramfile", params)
		for _, h := range []*Hash{SHA1, SHA224, SHA256, SHA384, SHA512} {
			oid, _ := signatureOID(familyDSA, h)
			sig := peer.Run(t, message, "openssl", "dgst", "-"+opensslHashes[h], "-sign", file)
			verifies(t, Identifier{OID: oid}, nil, pub, message, sig)
			verifies(t, Identifier{OID: OIDDSA}, h, pub, message, sig)
			if _, err := NewVerifier(Identifier{OID: oid}, nil, pub, Allow{SHA1: true}); err == nil {
				t.Error("DSA needs no permission")
			}
		}
	}
}

func TestWeVerifyEdDSAOfOpenSSL(t *testing.T) {
	peer.Need(t, "openssl")
	message := filepath.Join(t.TempDir(), "message")
	if err := os.WriteFile(message, []byte("to be signed by openssl as it is"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, oid := range map[string]Identifier{"ED25519": {OID: OIDEd25519}, "ED448": {OID: OIDEd448}} {
		file, pub := opensslKey(t, "-algorithm", name)
		sig := peer.Run(t, nil, "openssl", "pkeyutl", "-sign", "-inkey", file, "-rawin", "-in", message)
		verifies(t, oid, nil, pub, []byte("to be signed by openssl as it is"), sig)
	}
}

// privateKey reads a key that openssl made.
func privateKey(t *testing.T, file string) crypto.Signer {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(b)
	if k, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		return k.(crypto.Signer)
	}
	if k, err := x509.ParseECPrivateKey(block.Bytes); err == nil {
		return k
	}
	return ed448.NewKeyFromSeed(block.Bytes[len(block.Bytes)-ed448.SeedSize:])
}

func TestOpenSSLVerifiesWhatWeSigned(t *testing.T) {
	peer.Need(t, "openssl")
	message := []byte("signed by us")
	dir := t.TempDir()
	in := filepath.Join(dir, "message")
	if err := os.WriteFile(in, message, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		rsaArgs(2048), rsaArgs(3072), ecArgs("P-224"), ecArgs("P-256"), ecArgs("P-384"), ecArgs("P-521"), {"-algorithm", "ED25519"}, {"-algorithm", "ED448"},
	} {
		file, pub := opensslKey(t, args...)
		key := privateKey(t, file)
		for _, h := range []*Hash{nil, SHA224, SHA384, SHA512256, SHA3256, SHA3512} {
			for _, pss := range []bool{false, true} {
				s, err := SignatureFor(pub, SignOptions{Hash: h, PSS: pss})
				if err != nil {
					if h == nil || !strings.HasPrefix(args[1], "ED") && h != SHA512256 {
						t.Errorf("%s: %v", KeyName(pub), err)
					}
					continue
				}
				sig, err := s.SignMessage(key, message)
				if err != nil {
					t.Errorf("%v: %v", s.Identifier, err)
					continue
				}
				checkWithOpenSSL(t, s, file, in, sig)
			}
		}
	}
}

// checkWithOpenSSL has openssl verify a signature.
func checkWithOpenSSL(t *testing.T, s *SignScheme, key, in string, sig []byte) {
	t.Helper()
	hash := opensslHashes[s.Digest]
	file := filepath.Join(t.TempDir(), "signature")
	if err := os.WriteFile(file, sig, 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"openssl", "dgst", "-" + hash, "-prverify", key, "-signature", file}
	if s.Identifier.OID == OIDRSASSAPSS {
		args = append(args, "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest", "-sigopt", "rsa_mgf1_md:"+hash)
	}
	args = append(args, in)
	if s.Pure {
		args = []string{"openssl", "pkeyutl", "-verify", "-inkey", key, "-rawin", "-in", in, "-sigfile", file}
	}
	if out := peer.Run(t, nil, args...); !strings.Contains(string(out), "Verified OK") && !strings.Contains(string(out), "Signature Verified Successfully") {
		t.Errorf("%v: openssl says %s", s.Identifier, out)
	}
}
