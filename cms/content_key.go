package cms

import (
	"crypto"
	"errors"
	"slices"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/limit"
)

// keySearch looks for the content key of a message.
type keySearch struct {
	o           *DecryptOptions
	object      object
	originators certificateList
	size        int // octets of the key; 0 for any

	asked  bool   // a key at hand was named
	used   bool   // and could be used
	unfit  error  // why another could not: alg.ErrKeyUnavailable, or an algorithm that is refused
	key    []byte // so far
	proven bool   // it is surely the one that the sender put there
}

// contentKey tries every key that the message names, whatever comes of the others, and returns the content key: nil
// when no entry gave one. Of several it takes the first that carries proof of being right. PKCS #1 v1.5 carries none, so
// of such entries it is the first, good or not: what stands in another can never tell whether that one was
// good (STANDARDS item 6).
func (o *DecryptOptions) contentKey(in object, recipients []*Recipient, originators certificateList, size int) ([]byte, error) {
	s := &keySearch{o: o, object: in, originators: originators, size: size}
	if o.Keys == nil {
		return nil, ErrNoRecipient
	}
	for _, r := range recipients {
		keys := o.Keys.For(r)
		if err := in.b.Take(limit.PublicKey, int64(len(keys))); err != nil {
			return nil, err
		}
		if len(keys) == 0 {
			continue
		}
		s.asked = true
		if err := s.entry(r, keys); err != nil {
			return nil, err
		}
	}
	switch {
	case !s.asked:
		return nil, ErrNoRecipient
	case !s.used && s.unfit != nil:
		return nil, s.unfit // which everybody sees who sees the message
	}
	return s.key, nil
}

// entry tries the keys that one entry names. The only error is that of a limit.
func (s *keySearch) entry(r *Recipient, keys []Key) error {
	in := openInput{allow: s.o.Allow, budget: s.object.b, originators: s.originators, size: s.size}
	if r.Kind == KeyTransport {
		// All at once: which of them decrypted must not show.
		cek, proven, err := r.openTransport(decrypters(keys), in)
		return s.take(r, cek, proven, err)
	}
	for _, k := range keys {
		cek, err := r.open(k, in)
		if err := s.take(r, cek, err == nil, err); err != nil {
			return err
		}
	}
	return nil
}

// take notes what came of one try.
func (s *keySearch) take(r *Recipient, cek []byte, proven bool, err error) error {
	s.o.tell(r, err)
	var over *limit.Error
	switch {
	case errors.As(err, &over):
		return err
	case errors.Is(err, alg.ErrKeyUnavailable), refused(err):
		s.unfit = err
		return nil
	}
	s.used = true
	if err == nil && (s.key == nil || proven && !s.proven) {
		s.key, s.proven = cek, proven
	}
	return nil
}

// refused tells whether alg says of an algorithm that it does not take part.
func refused(err error) bool {
	var unsupported *alg.UnsupportedError
	var old *alg.NotAllowedError
	var params *alg.ParamsError
	return errors.As(err, &unsupported) || errors.As(err, &old) || errors.As(err, &params)
}

// decrypters returns those of the keys that transport keys, each once: certificates may share a key.
func decrypters(keys []Key) []crypto.Decrypter {
	var list []crypto.Decrypter
	for _, k := range keys {
		d, ok := k.Private.(crypto.Decrypter)
		if ok && !slices.ContainsFunc(list, func(other crypto.Decrypter) bool { return sameKey(other, d) }) {
			list = append(list, d)
		}
	}
	return list
}

// sameKey tells whether two keys have the same public key.
func sameKey(a, b crypto.Decrypter) bool {
	p, ok := a.Public().(interface{ Equal(crypto.PublicKey) bool })
	return ok && p.Equal(b.Public())
}
