package smime

import (
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/eml"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
	"github.com/waxwing-mail/waxwing/pki/chain"
)

// Opener undoes the layers of messages. The zero value trusts no one and holds no key,
// and is still useful: it tells what a message claims.
type Opener struct {
	Trust     *chain.Anchors     // whose word counts; nil trusts no one
	Keys      cms.Keys           // asked for each recipient entry; nil holds none
	Evidence  chain.Evidence     // CRLs, OCSP answers and issuers at hand; nil means none
	Untrusted []*pki.Certificate // further certificates to name signers and build paths with; no trust follows from them

	Now      time.Time // the moment of judgement; required
	Received time.Time // when a server of the caller's took the message in; zero: not known

	Allow      alg.Allow          // legacy algorithms that are accepted; zero accepts none
	Purpose    chain.Purpose      // what signers must be certified for; zero means S/MIME signing
	Policies   chain.PolicyInputs // certificate policies asked for (RFC 5280 §6.1.1)
	Revocation chain.Revocation   // how much must be known about revocation
	MaxAge     time.Duration      // how old CRLs and OCSP answers may be, whatever they say themselves; zero: as they say
	Cache      *chain.Cache       // signatures of authorities found good before; nil remembers nothing

	Known         []string     // addresses and domains, one's own and partners', whose imitations in From are pointed out
	NoSenderCheck bool         // do not compare signers with From (RFC 8550 §3); the report says so
	Content       eml.Source   // what a detached signature covers that comes without its content
	Explain       bool         // look for the change that broke a signature: costs many passes over a covered part, up to 8 MiB of it
	Limits        limit.Limits // zero fields take the defaults

	Spool eml.SpoolOptions  // where large contents are kept, as ciphertext; the zero value takes the defaults
	Audit func(cms.Attempt) // told why a decryption failed, which nobody outside may learn; nil tells no one
}
