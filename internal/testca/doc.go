// Package testca makes authorities and people for tests, so that a test reads like a story:
//
//	root := testca.Root(t, "Example Root")
//	issuing := root.Issue(testca.Authority("Example Issuing CA"))
//	alice := issuing.Issue(testca.Person("alice@example.org"))
//	other := issuing.Issue(testca.Person("bob@example.org").With(testca.Key(testca.RSA)))
//
// Every Entity has a certificate, a key, the way up to its root, and knows how to write itself as the
// files that peers read. Certificates are valid from 2025 to 2045, so that peers that look at the
// clock accept them; Now is the moment at which tests judge.
//
// It is for tests only and keeps keys in memory, shared by all tests of a process: making RSA
// keys is slow.
package testca
