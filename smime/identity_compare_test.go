package smime

import "testing"

// STANDARDS 18: domains without regard to case, by A-labels; local parts too, while both are ASCII.
func TestAddressesAreComparedAsRFC8550Asks(t *testing.T) {
	for _, c := range []struct {
		a, b        string
		same, exact bool
	}{
		{"alice@example.org", "alice@example.org", true, true},
		{"alice@example.org", "alice@EXAMPLE.org", true, true},
		{"alice@example.org", "Alice@example.org", true, false},
		{"alice@example.org", "alice@example.com", false, false},
		{"alice@example.org", "alice@example.org.", false, false},
		{"alice@example.org", "alice@mail.example.org", false, false},
		{"alice@bücher.example", "alice@xn--bcher-kva.example", true, true},
		{"jörg@example.org", "jörg@example.org", true, true},
		{"jörg@example.org", "JÖRG@example.org", false, false},
		{`"alice"@example.org`, "alice@example.org", true, true},
		{`"a b"@example.org`, `"a\ b"@example.org`, true, true},
		{"alice", "alice", false, false},
		{"@example.org", "@example.org", false, false},
		{"alice@", "alice@", false, false},
		{"alice@example.org@evil.example", "alice@example.org", false, false},
		{"alice@my_host.example", "alice@MY_HOST.example", true, true},
		{"alice@exa\x00mple.org", "alice@example.org", false, false},
	} {
		if same, exact := compareAddresses(c.a, c.b); same != c.same || exact != c.exact {
			t.Errorf("%q and %q: same %v, exact %v", c.a, c.b, same, exact)
		}
		if same, exact := compareAddresses(c.b, c.a); same != c.same || exact != c.exact {
			t.Errorf("%q and %q are compared differently from the other side", c.a, c.b)
		}
	}
}

func TestLookalikesAreTold(t *testing.T) {
	for _, c := range []struct {
		a, b string
		is   bool
	}{
		{"alice@example.org", "alice@examp1e.org", true},
		{"alice@example.org", "alice@exаmple.org", true}, // Cyrillic a
		{"alice@example.org", "alice@exarnple.org", true},
		{"alice@example.org", "alice@exampel.org", true},
		{"alice@example.org", "alice@exmple.org", true},
		{"alice@example.org", "alice@example.org.evil.net", true},
		{"alice@example.org", "alice@example-org.net", true},
		{"alice@example.org", "alice@example-secure.org", true},
		{"alice@example.org", "аlice@example.org", true}, // Cyrillic a
		{"alice@example.org", "bob@example.org", false},
		{"alice@example.org", "alice@example.org", false},
		{"alice@example.org", "alice@mail.example.org", false},
		{"alice@abc.org", "alice@abd.org", false}, // short names differ in one letter all the time
		{"alice@example.org", "alice@unrelated.net", false},
		{"example.org", "examp1e.org", true},
		{"@example.org", "examp1e.org", true},
	} {
		if how, is := Lookalike(c.a, c.b); is != c.is || is && how == "" {
			t.Errorf("%s and %s: %v %q", c.a, c.b, is, how)
		}
	}
}
