package evidence_test

import (
	"net"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"

	"github.com/waxwing-mail/waxwing/evidence"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// serveLDAP answers every search with one entry that has one attribute (RFC 4511 §4.5).
func serveLDAP(t *testing.T, attribute string, value []byte) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go answerLDAP(c, attribute, value)
		}
	}()
	return l.Addr().String()
}

func answerLDAP(c net.Conn, attribute string, value []byte) {
	defer c.Close()
	for {
		request, err := ber.ReadPacket(c)
		if err != nil {
			return
		}
		if op := request.Children[1]; op.Tag != 3 { // SearchRequest
			continue
		}
		id := request.Children[0].Value.(int64)
		envelope := func(op *ber.Packet) []byte {
			m := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
			m.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, id, ""))
			m.AppendChild(op)
			return m.Bytes()
		}
		text := func(s string) *ber.Packet {
			return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, s, "")
		}
		list := func(tag ber.Tag, children ...*ber.Packet) *ber.Packet {
			p := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, tag, nil, "")
			for _, child := range children {
				p.AppendChild(child)
			}
			return p
		}
		entry := ber.Encode(ber.ClassApplication, ber.TypeConstructed, 4, nil, "")
		entry.AppendChild(text("cn=ca"))
		entry.AppendChild(list(ber.TagSequence, list(ber.TagSequence, text(attribute), list(ber.TagSet, text(string(value))))))
		done := ber.Encode(ber.ClassApplication, ber.TypeConstructed, 5, nil, "")
		done.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, int64(0), ""))
		done.AppendChild(text(""))
		done.AppendChild(text(""))
		c.Write(append(envelope(entry), envelope(done)...))
	}
}

func TestListsAreFetchedFromLDAP(t *testing.T) {
	root := testca.Root(t, "Root")
	revoked := root.Issue(testca.Person("alice@example.org"))
	address := serveLDAP(t, "certificateRevocationList;binary", root.CRL(revoked.Revoke(pki.Superseded)).Raw)
	alice := root.Renew(revoked, testca.Person("alice@example.org").With(func(s *testca.Spec) {
		s.Serial = revoked.Certificate.Serial
		s.CRLPoints = []string{"ldap://" + address + "/cn=ca?certificateRevocationList;binary?base"}
	}))
	f := fetcher(t, evidence.Options{Private: true, Timeout: 2 * time.Second})
	r := chain.Verify(t.Context(), chain.Request{Leaf: alice.Certificate, Time: testca.Now,
		Anchors: chain.NewAnchors(chain.Anchor{Certificate: root.Certificate}), Evidence: f.For(t.Context())})
	if r.OK || r.Revocation[0].State != chain.Revoked {
		t.Errorf("%+v %v", r.Revocation, f.Events())
	}
}
