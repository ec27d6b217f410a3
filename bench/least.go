package main

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"errors"
)

// The public-key operations that a job cannot avoid, with Go's standard library and nothing around them.

func (s *small) leastSign() error {
	digest := sha256.Sum256(nil)
	_, err := s.key.(crypto.Signer).Sign(rand.Reader, digest[:], crypto.SHA256)
	return err
}

func (s *small) leastVerify(n int) func() error {
	digest := sha256.Sum256(nil)
	sig, err := s.key.(crypto.Signer).Sign(rand.Reader, digest[:], crypto.SHA256)
	return func() error {
		if err != nil {
			return err
		}
		for range n {
			switch k := s.cert.PublicKey.(type) {
			case *rsa.PublicKey:
				if err := rsa.VerifyPKCS1v15(k, crypto.SHA256, digest[:], sig); err != nil {
					return err
				}
			case *ecdsa.PublicKey:
				if !ecdsa.VerifyASN1(k, digest[:], sig) {
					return errors.New("signature does not verify")
				}
			}
		}
		return nil
	}
}

// leastEncrypt is one RSA encryption a recipient, or one fresh key and one agreement.
func (s *small) leastEncrypt(n int) func() error {
	cek := make([]byte, 32)
	return func() error {
		for range n {
			switch k := s.cert.PublicKey.(type) {
			case *rsa.PublicKey:
				if _, err := rsa.EncryptPKCS1v15(rand.Reader, k, cek); err != nil { //nolint:staticcheck // SA1019: what CMS peers read
					return err
				}
			case *ecdsa.PublicKey:
				if err := agree(k); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

func agree(k *ecdsa.PublicKey) error {
	fresh, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	theirs, err := k.ECDH()
	if err != nil {
		return err
	}
	_, err = fresh.ECDH(theirs)
	return err
}

// leastDecrypt is one RSA decryption, or one agreement with a key that is there.
func (s *small) leastDecrypt() func() error {
	switch k := s.key.(type) {
	case *rsa.PrivateKey:
		c, err := rsa.EncryptPKCS1v15(rand.Reader, &k.PublicKey, make([]byte, 32)) //nolint:staticcheck // as above
		return func() error {
			if err != nil {
				return err
			}
			return rsa.DecryptPKCS1v15SessionKey(nil, k, c, make([]byte, 32)) //nolint:staticcheck // as above
		}
	case *ecdsa.PrivateKey:
		own, err := k.ECDH()
		return func() error {
			if err != nil {
				return err
			}
			_, err := own.ECDH(own.PublicKey())
			return err
		}
	}
	return func() error { return errors.New("no such key") }
}

// leastChain is the check of one certificate with the key of its issuer: what is left where the issuers are known.
func (s *small) leastChain() func() error {
	issuer, err := x509.ParseCertificate(s.root.Raw)
	if err != nil {
		return func() error { return err }
	}
	leaf, err := x509.ParseCertificate(s.cert.Raw)
	return func() error {
		if err != nil {
			return err
		}
		return issuer.CheckSignature(leaf.SignatureAlgorithm, leaf.RawTBSCertificate, leaf.Signature)
	}
}
