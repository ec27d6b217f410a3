package p11rpc_test

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/waxwing-mail/waxwing/internal/p11rpc"
)

// answers are the bodies of good answers by call: signature and results.
func answer(id uint32, signature string, results ...[]byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, id)
	b = binary.BigEndian.AppendUint32(b, uint32(len(signature)))
	b = append(b, signature...)
	for _, r := range results {
		b = append(b, r...)
	}
	return b
}

func ulong(v uint64) []byte { return binary.BigEndian.AppendUint64(nil, v) }

func raw(p string) []byte { return append(binary.BigEndian.AppendUint32(nil, uint32(len(p))), p...) }

func ulongs(list ...uint64) []byte {
	b := binary.BigEndian.AppendUint32([]byte{1}, uint32(len(list)))
	for _, v := range list {
		b = append(b, ulong(v)...)
	}
	return b
}

func pad(s string, n int) []byte { return raw(s + strings.Repeat(" ", n-len(s))) }

func tokenInfo() (b []byte) {
	for _, p := range [][]byte{pad("waxwing", 32), pad("maker", 32), pad("model", 16), pad("1", 16)} {
		b = append(b, p...)
	}
	for range 11 {
		b = append(b, ulong(7)...)
	}
	return append(append(b, 1, 2, 3, 4), pad("", 16)...)
}

// good answers a whole conversation: what use does, in its order.
func good() [][]byte {
	attribute := append([]byte{0, 0, 0, 3, 1, 0, 0, 0, 2}, raw("ca")...)
	attributes := append([]byte{0, 0, 0, 2}, append(attribute, 0, 0, 1, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 3)...)
	return [][]byte{
		answer(1, ""), answer(4, "au", ulongs(5)), answer(6, "ssssuuuuuuuuuuuvvs", tokenInfo()), answer(7, "au", ulongs(1, 2)),
		answer(10, "u", ulong(9)), answer(18, ""), answer(26, ""), answer(27, "au", ulongs(77)), answer(28, ""),
		answer(24, "aAu", attributes, ulong(0)), answer(42, ""), answer(43, "ay", append([]byte{1}, raw("signature")...)),
		answer(33, ""), answer(34, "ay", append([]byte{1}, raw("plain")...)), answer(59, "uu", ulong(1), ulong(2)), answer(62, "u", ulong(3)), answer(22, ""), answer(11, ""),
	}
}

// use does one of each call.
func use(c *p11rpc.Client) error {
	slots, err := c.Slots()
	if err != nil {
		return err
	}
	if len(slots) == 0 || slots[0].Label != "waxwing" {
		return errors.New("no slot")
	}
	if _, err := c.Mechanisms(slots[0].ID); err != nil {
		return err
	}
	s, err := c.OpenSession(slots[0].ID, true)
	if err != nil {
		return err
	}
	if err := c.Login(s, []byte("1234")); err != nil {
		return err
	}
	if _, err := c.Find(s, []p11rpc.Attribute{p11rpc.Ulong(p11rpc.Class, p11rpc.PrivateKey)}, 2); err != nil {
		return err
	}
	a, err := c.Attributes(s, 77, p11rpc.Label, p11rpc.KeyType)
	if err != nil {
		return err
	}
	if string(a[0].Value) != "ca" || a[1].Number != 3 {
		return errors.New("other attributes")
	}
	if _, err := c.Sign(s, p11rpc.Mechanism{Type: p11rpc.RSAPSS, PSS: &p11rpc.PSS{}}, 77, []byte("digest")); err != nil {
		return err
	}
	if _, err := c.Decrypt(s, p11rpc.Mechanism{Type: p11rpc.RSAOAEP, OAEP: &p11rpc.OAEP{}}, 77, []byte("sealed")); err != nil {
		return err
	}
	if _, _, err := c.GenerateKeyPair(s, p11rpc.Mechanism{Type: p11rpc.ECKeyPairGen}, nil, nil); err != nil {
		return err
	}
	if _, err := c.Derive(s, p11rpc.Mechanism{Type: p11rpc.ECDH1Derive, ECDH: []byte{4}}, 77, nil); err != nil {
		return err
	}
	if err := c.Destroy(s, 77); err != nil {
		return err
	}
	return c.CloseSession(s)
}

// converse lets a client talk to a server that gives these answers and then hangs up.
func converse(answers [][]byte) error {
	client, server := net.Pipe()
	defer client.Close()
	go func() {
		defer server.Close()
		var greeting [1]byte
		if _, err := io.ReadFull(server, greeting[:]); err != nil {
			return
		}
		for n, a := range answers {
			var head [12]byte
			if _, err := io.ReadFull(server, head[:]); err != nil {
				return
			}
			if _, err := io.CopyN(io.Discard, server, int64(binary.BigEndian.Uint32(head[8:]))); err != nil {
				return
			}
			var out []byte
			if n == 0 {
				out = append(out, 0)
			}
			out = append(append(out, head[:4]...), 0, 0, 0, 0)
			out = append(binary.BigEndian.AppendUint32(out, uint32(len(a))), a...)
			if _, err := server.Write(out); err != nil {
				return
			}
		}
	}()
	c, err := p11rpc.NewClient(client, 5*time.Second)
	if err != nil {
		return err
	}
	return use(c)
}

func TestAGoodServerIsUnderstood(t *testing.T) {
	if err := converse(good()); err != nil {
		t.Fatal(err)
	}
}

func TestATruncatedAnswerIsAnError(t *testing.T) {
	for n, a := range good() {
		for cut := range len(a) {
			answers := good()
			answers[n] = a[:cut]
			if err := converse(answers); err == nil {
				t.Errorf("answer %d cut to %d of %d bytes: understood", n, cut, len(a))
			}
		}
		answers := good()
		answers[n] = append(a, 0)
		if err := converse(answers); err == nil {
			t.Errorf("answer %d with a byte more: understood", n)
		}
		if err := converse(good()[:n]); err == nil {
			t.Errorf("hung up before answer %d: understood", n)
		}
	}
}

func TestAWrongAnswerIsAnError(t *testing.T) {
	huge := []byte{1, 0xff, 0xff, 0xff, 0xfe}
	for name, c := range map[string]struct {
		n      int
		answer []byte
	}{
		"the answer to another call":      {1, answer(6, "ssssuuuuuuuuuuuvvs", tokenInfo())},
		"another signature":               {1, answer(4, "ay", ulongs(5))},
		"a refusal":                       {1, answer(0, "u", ulong(5))},
		"a refusal without a reason":      {1, answer(0, "u", ulong(0))},
		"a refusal with a rest":           {1, answer(0, "u", ulong(5), []byte{0})},
		"more slots than were asked for":  {1, answer(4, "au", ulongs(make([]uint64, 1025)...))},
		"a list as long as memory":        {1, answer(4, "au", huge)},
		"a list that is only announced":   {1, answer(4, "au", []byte{0, 0, 0, 0, 5})},
		"a short label":                   {2, answer(6, "ssssuuuuuuuuuuuvvs", pad("waxwing", 31), tokenInfo()[36:])},
		"more objects than asked for":     {7, answer(27, "au", ulongs(1, 2, 3))},
		"attributes in another order":     {9, answer(24, "aAu", []byte{0, 0, 0, 2, 0, 0, 1, 0, 0, 0, 0, 0, 3, 0}, ulong(0))},
		"an attribute too few":            {9, answer(24, "aAu", []byte{0, 0, 0, 1, 0, 0, 0, 3, 0}, ulong(0))},
		"a value as long as memory":       {9, answer(24, "aAu", []byte{0, 0, 0, 2, 0, 0, 0, 3, 1, 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xfe}, ulong(0))},
		"attributes with another failure": {9, answer(24, "aAu", []byte{0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0}, ulong(0x30))},
		"a signature that is announced":   {11, answer(43, "ay", []byte{0, 0, 0, 0, 9})},
		"a signature as long as memory":   {11, answer(43, "ay", huge)},
	} {
		answers := good()
		answers[c.n] = c.answer
		if err := converse(answers); err == nil {
			t.Errorf("%s: understood", name)
		}
	}
}

func TestASilentServerIsNotWaitedForForEver(t *testing.T) {
	client, server := net.Pipe()
	defer server.Close()
	go io.Copy(io.Discard, server)
	if _, err := p11rpc.NewClient(client, 50*time.Millisecond); err == nil {
		t.Error("connected to a server that says nothing")
	}
}

func FuzzAnswers(f *testing.F) {
	for n, a := range good() {
		f.Add(n, a)
	}
	f.Fuzz(func(t *testing.T, n int, a []byte) {
		answers := good()
		if n < 0 || n >= len(answers) {
			return
		}
		answers[n] = a
		_ = converse(answers) // no panic and no hanging is all that is asked of it
	})
}

func TestURIsOfTokens(t *testing.T) {
	for text, want := range map[string]string{
		"pkcs11:token=waxwing;object=ca?pin-source=file:/etc/pin": "pkcs11:token=waxwing;object=ca?pin-source=%2Fetc%2Fpin",
		"pkcs11:id=%01%FF;object=a%20b%3Bc;type=private":          "pkcs11:object=a%20b%3Bc;id=%01%FF",
		"pkcs11:": "pkcs11:",
		"pkcs11:object=a?x-socket=/run/a&pin-source=/p": "pkcs11:object=a?pin-source=%2Fp&x-socket=%2Frun%2Fa",
		"pkcs11:object=a&b":                             "pkcs11:object=a%26b",
	} {
		u, err := p11rpc.ParseURI(text)
		if err != nil || u.String() != want {
			t.Errorf("%s: %s, %v, want %s", text, u, err, want)
		}
	}
	for _, text := range []string{"", "pkcs11", "http://x", "pkcs11:object", "pkcs11:object=%zz", "pkcs11:object=a;object=b", "pkcs11:objekt=a",
		"pkcs11:object=a?pin-value=1234", "pkcs11:object=a?module-path=/evil.so", "pkcs11:type=cert", "pkcs11:id=%01;id=%02"} {
		if u, err := p11rpc.ParseURI(text); err == nil || strings.Contains(err.Error(), "1234") {
			t.Errorf("%s: %+v, %v", text, u, err)
		}
	}
}

func FuzzURI(f *testing.F) {
	f.Add("pkcs11:token=waxwing;object=ca;id=%01?pin-source=file:/etc/pin&x-socket=/run/s")
	f.Fuzz(func(t *testing.T, text string) {
		u, err := p11rpc.ParseURI(text)
		if err != nil {
			return
		}
		again, err := p11rpc.ParseURI(u.String())
		if err != nil || again.String() != u.String() {
			t.Errorf("%q: %q, then %q, %v", text, u, again, err)
		}
	})
}
