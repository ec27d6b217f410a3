package keyfile

import (
	"crypto/rand"
	"crypto/sha1"
	"errors"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/der"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// PKCS12Options says how to write a PKCS#12 file. The zero value, with a password, is for everything that is current:
// PBES2 with AES-256, checked by HMAC-SHA-256.
type PKCS12Options struct {
	Password   []byte // required
	Iterations int    // of each key derivation; zero takes 600,000, or 100,000 for Compatible

	// Compatible protects the file with 3DES and SHA-1, for systems that read nothing else: Windows before 10
	// (1709) and Apple's before 2023. It is the one old form that is written anywhere here, and its strength is that
	// of the password.
	Compatible bool

	// PBMAC1 checks the file by RFC 9579, which few programs read yet, instead of the key derivation of PKCS#12.
	// It does not go with Compatible.
	PBMAC1 bool
}

// MarshalPKCS12 writes the keys, certificates and CRLs of a bundle. Each key is tied to its certificate by a localKeyID,
// and carries its name, else that of the certificate's subject.
func MarshalPKCS12(b *Bundle, o PKCS12Options) ([]byte, error) {
	switch {
	case o.Password == nil:
		return nil, errors.New("a PKCS#12 file needs a password")
	case o.PBMAC1 && o.Compatible:
		return nil, errors.New("a PKCS#12 file for old systems cannot have PBMAC1")
	}
	s, err := o.sealer()
	if err != nil {
		return nil, err
	}
	labels := labelsOf(b)
	certificates, err := certificateSafe(b, labels, s)
	if err != nil {
		return nil, err
	}
	keys, err := keyBags(b, labels, s)
	if err != nil {
		return nil, err
	}
	var safe der.Builder
	safe.Sequence(func(b *der.Builder) {
		b.Raw(certificates)
		b.Raw(keys)
	})
	raw, err := safe.Bytes()
	if err != nil {
		return nil, err
	}
	mac, err := o.mac(raw)
	if err != nil {
		return nil, err
	}
	var pfx der.Builder
	pfx.Sequence(func(p *der.Builder) {
		p.Int(3)
		dataInfo(p, raw)
		p.Raw(mac)
	})
	return pfx.Bytes()
}

// sealer returns what encrypts the parts, and sets the default of Iterations.
func (o *PKCS12Options) sealer() (sealer, error) {
	if o.Iterations == 0 {
		if o.Iterations = 600_000; o.Compatible {
			o.Iterations = 100_000
		}
	}
	if o.Compatible {
		return &oldProtector{o.Password, o.Iterations}, nil
	}
	return newProtector(o.Password, o.Iterations)
}

// dataInfo writes a ContentInfo of octets.
func dataInfo(b *der.Builder, octets []byte) {
	b.Sequence(func(b *der.Builder) {
		b.OID(alg.OIDData)
		b.Explicit(0, func(b *der.Builder) { b.OctetString(octets) })
	})
}

// labels are the labels of keys, by index, and of certificates.
type labels struct {
	keys  []Label
	certs map[*pki.Certificate]Label
}

// labelsOf gives every key and its first certificate the same localKeyID.
func labelsOf(b *Bundle) labels {
	l := labels{certs: map[*pki.Certificate]Label{}}
	for _, c := range b.Certificates {
		l.certs[c] = Label{Name: b.Labels[c].Name}
	}
	for _, id := range b.Match() {
		one := id.Key.Label
		if id.Certificate != nil {
			print := sha1.Sum(id.Certificate.Raw) // a name, as Windows and OpenSSL make it, and no proof of anything
			one.LocalKeyID = print[:]
			if one.Name == "" {
				one.Name = clean(id.Certificate.Subject.Display())
			}
			l.certs[id.Certificate] = one
		}
		l.keys = append(l.keys, one)
	}
	return l
}

// mac writes the MacData (RFC 7292 §4, RFC 9579 §3).
func (o *PKCS12Options) mac(safe []byte) ([]byte, error) {
	salt := make([]byte, 16)
	rand.Read(salt)
	h := alg.SHA256
	if o.Compatible {
		// QUIRK: some versions of the macOS keychain are reported to open no file whose salt here is longer than OpenSSL's 8 octets,
		// which are what RFC 8018 §4.1 asks for at least.
		h, salt = alg.SHA1, salt[:8]
	}
	id, iterations := alg.Identifier{OID: h.OID, Params: []byte{5, 0}}, o.Iterations // with NULL, which old readers want
	var sum []byte
	var err error
	if o.PBMAC1 {
		var p *alg.PasswordMAC
		if p, err = alg.NewPBMAC1(h, o.Iterations); err != nil {
			return nil, err
		}
		id, iterations = p.Identifier(), 1 // RFC 9579 §3: salt and count are those of PBMAC1
		sum, err = p.Sum(o.Password, safe, limit.New(limit.Limits{}))
	} else {
		sum, err = pkcs12MAC(h, alg.BMPPassword(o.Password), salt, o.Iterations, safe, limit.New(limit.Limits{}))
	}
	if err != nil {
		return nil, err
	}
	var b der.Builder
	b.Sequence(func(b *der.Builder) {
		b.Sequence(func(b *der.Builder) {
			id.Append(b)
			b.OctetString(sum)
		})
		b.OctetString(salt)
		b.Int(int64(iterations))
	})
	return b.Bytes()
}
