package p11rpc

// call is one function of PKCS #11 as the protocol names it: its number and the signatures of its arguments and results.
type call struct {
	id                uint32
	name              string
	request, response string
}

// The calls that are used here.
var (
	callError             = call{0, "ERROR", "", "u"}
	callInitialize        = call{1, "C_Initialize", "ayyay", ""}
	callGetSlotList       = call{4, "C_GetSlotList", "yfu", "au"}
	callGetTokenInfo      = call{6, "C_GetTokenInfo", "u", "ssssuuuuuuuuuuuvvs"}
	callGetMechanismList  = call{7, "C_GetMechanismList", "ufu", "au"}
	callOpenSession       = call{10, "C_OpenSession", "uu", "u"}
	callCloseSession      = call{11, "C_CloseSession", "u", ""}
	callLogin             = call{18, "C_Login", "uuay", ""}
	callDestroyObject     = call{22, "C_DestroyObject", "uu", ""}
	callGetAttributeValue = call{24, "C_GetAttributeValue", "uufA", "aAu"}
	callFindObjectsInit   = call{26, "C_FindObjectsInit", "uaA", ""}
	callFindObjects       = call{27, "C_FindObjects", "ufu", "au"}
	callFindObjectsFinal  = call{28, "C_FindObjectsFinal", "u", ""}
	callDecryptInit       = call{33, "C_DecryptInit", "uMu", ""}
	callDecrypt           = call{34, "C_Decrypt", "uayfy", "ay"}
	callSignInit          = call{42, "C_SignInit", "uMu", ""}
	callSign              = call{43, "C_Sign", "uayfy", "ay"}
	callGenerateKeyPair   = call{59, "C_GenerateKeyPair", "uMaAaA", "uu"}
	callDeriveKey         = call{62, "C_DeriveKey", "uMuaA", "u"}
)

// Slot is a slot with a token in it.
type Slot struct {
	ID           uint64
	Label        string
	Manufacturer string
	Model        string
	Serial       string
}

// most is how many slots, objects or mechanisms are taken of one answer, and mostBytes how long a signature or a plaintext may be.
const (
	most      = 1024
	mostBytes = 64 << 10
)

// Slots lists the slots with a token.
func (c *Client) Slots() ([]Slot, error) {
	var ids []uint64
	err := c.do(callGetSlotList, func(w *writer) { w.byte(1); w.uint32(most) }, func(r *reader) { ids = r.ulongs(most) })
	if err != nil {
		return nil, err
	}
	var list []Slot
	for _, id := range ids {
		s := Slot{ID: id}
		err := c.do(callGetTokenInfo, func(w *writer) { w.ulong(id) }, func(r *reader) {
			s.Label, s.Manufacturer, s.Model, s.Serial = r.text(32), r.text(32), r.text(16), r.text(16)
			for range 11 {
				r.ulong() // flags, sessions, lengths of PINs, memory
			}
			r.take(4) // versions of hardware and firmware
			r.text(16)
		})
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

// Mechanisms lists what the token of a slot can do and the protocol can carry.
func (c *Client) Mechanisms(slot uint64) (list []uint64, err error) {
	err = c.do(callGetMechanismList, func(w *writer) { w.ulong(slot); w.uint32(most) }, func(r *reader) { list = r.ulongs(most) })
	return list, err
}

// Session is a session of this connection.
type Session uint64

// OpenSession opens a session with the token of a slot; write is needed to make keys.
func (c *Client) OpenSession(slot uint64, write bool) (s Session, err error) {
	flags := uint64(4) // CKF_SERIAL_SESSION
	if write {
		flags |= 2 // CKF_RW_SESSION
	}
	err = c.do(callOpenSession, func(w *writer) { w.ulong(slot); w.ulong(flags) }, func(r *reader) { s = Session(r.ulong()) })
	return s, err
}

// CloseSession ends a session, and with it whatever it was in the middle of.
func (c *Client) CloseSession(s Session) error {
	return c.do(callCloseSession, func(w *writer) { w.ulong(uint64(s)) }, nil)
}

// Login tells the PIN of the user to the token, for all sessions of this connection. That somebody is logged in already is no error.
func (c *Client) Login(s Session, pin []byte) error {
	err := c.do(callLogin, func(w *writer) { w.ulong(uint64(s)); w.ulong(1); w.array(pin) }, nil)
	if e, ok := err.(*Error); ok && e.Code == alreadyLoggedIn {
		return nil
	}
	return err
}

// Object is an object of a token, as seen by one connection.
type Object uint64

// Find looks for objects that have these attributes, at most n of them.
func (c *Client) Find(s Session, with []Attribute, n int) (list []Object, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	session := func(w *writer) { w.ulong(uint64(s)) }
	if err := c.locked(callFindObjectsInit, func(w *writer) { session(w); w.attributes(with) }, nil); err != nil {
		return nil, err
	}
	err = c.locked(callFindObjects, func(w *writer) { session(w); w.uint32(uint32(n)) }, func(r *reader) {
		for _, o := range r.ulongs(n) {
			list = append(list, Object(o))
		}
	})
	if final := c.locked(callFindObjectsFinal, session, nil); err == nil {
		err = final
	}
	return list, err
}

// Attributes asks for attributes of an object. One that the token does not give is not Present.
func (c *Client) Attributes(s Session, o Object, types ...AttributeType) (list []Attribute, err error) {
	var code uint64
	err = c.do(callGetAttributeValue, func(w *writer) {
		w.ulong(uint64(s))
		w.ulong(uint64(o))
		w.uint32(uint32(len(types)))
		for _, t := range types {
			w.uint32(uint32(t))
			w.uint32(Attribute{Type: t}.room())
		}
	}, func(r *reader) { list, code = r.attributes(types), r.ulong() })
	if err == nil && code != 0 && code != attributeSensitive && code != attributeTypeInvalid {
		return nil, &Error{Call: callGetAttributeValue.name, Code: code}
	}
	return list, err
}

// Destroy deletes an object.
func (c *Client) Destroy(s Session, o Object) error {
	return c.do(callDestroyObject, func(w *writer) { w.ulong(uint64(s)); w.ulong(uint64(o)) }, nil)
}

// GenerateKeyPair makes a key pair on the token.
func (c *Client) GenerateKeyPair(s Session, m Mechanism, public, private []Attribute) (pub, priv Object, err error) {
	err = c.do(callGenerateKeyPair, func(w *writer) {
		w.ulong(uint64(s))
		w.mechanism(m)
		w.attributes(public)
		w.attributes(private)
	}, func(r *reader) { pub, priv = Object(r.ulong()), Object(r.ulong()) })
	return pub, priv, err
}

// Sign signs data with a private key.
func (c *Client) Sign(s Session, m Mechanism, key Object, data []byte) ([]byte, error) {
	return c.operate(callSignInit, callSign, s, m, key, data)
}

// Decrypt decrypts data with a private key.
func (c *Client) Decrypt(s Session, m Mechanism, key Object, data []byte) ([]byte, error) {
	return c.operate(callDecryptInit, callDecrypt, s, m, key, data)
}

// operate does an operation of two calls.
func (c *Client) operate(begin, end call, s Session, m Mechanism, key Object, data []byte) (out []byte, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.locked(begin, func(w *writer) { w.ulong(uint64(s)); w.mechanism(m); w.ulong(uint64(key)) }, nil); err != nil {
		return nil, err
	}
	err = c.locked(end, func(w *writer) { w.ulong(uint64(s)); w.array(data); w.uint32(mostBytes) }, func(r *reader) { out = append([]byte{}, r.array()...) })
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Derive makes a key out of a private key and the mechanism's parameters.
func (c *Client) Derive(s Session, m Mechanism, key Object, with []Attribute) (o Object, err error) {
	err = c.do(callDeriveKey, func(w *writer) {
		w.ulong(uint64(s))
		w.mechanism(m)
		w.ulong(uint64(key))
		w.attributes(with)
	}, func(r *reader) { o = Object(r.ulong()) })
	return o, err
}
