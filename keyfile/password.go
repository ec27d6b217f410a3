package keyfile

import "slices"

// passwords hands out the password of a file and asks for it once.
type passwords struct {
	given []byte
	ask   func(what string) ([]byte, error)
	asked bool

	tryEmpty bool // the empty password is worth a try where none is given: PKCS#12 files are often protected with it
}

// try calls open with the given password, and where that does not fit or is missing, with the one asked for.
// open returns a *PasswordError for a password that does not fit.
func (p *passwords) try(what string, open func(password []byte) error) error {
	if p.given != nil {
		err := open(p.given)
		if !isPassword(err) || p.ask == nil || p.asked {
			return err
		}
	}
	if p.given == nil && p.tryEmpty {
		if err := open([]byte{}); !isPassword(err) {
			return err
		}
	}
	if p.ask == nil || p.asked {
		return &PasswordError{What: what}
	}
	p.asked = true
	answer, err := p.ask(what)
	if err != nil {
		return err
	}
	p.given = slices.Concat([]byte{}, answer) // not nil, also when empty
	return open(p.given)
}

func isPassword(err error) bool {
	_, ok := err.(*PasswordError)
	return ok
}
