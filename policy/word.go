package policy

import "slices"

// Word is the verdict on a message.
type Word string

// The words, worst first.
const (
	Impostor   Word = "impostor"   // somebody pretends to be the sender
	Altered    Word = "altered"    // not what was signed
	Revoked    Word = "revoked"    // signed with a certificate that its authority took back
	Untrusted  Word = "untrusted"  // signed, and nothing that counts vouches for it
	Expired    Word = "expired"    // signed with a certificate outside its time
	Unreadable Word = "unreadable" // encrypted or broken: it cannot be judged
	Unsigned   Word = "unsigned"   // nobody signed what is shown
	Genuine    Word = "genuine"    // signer, authority, content and sender agree
)

// Words lists the words, worst first.
var Words = []Word{Impostor, Altered, Revoked, Untrusted, Expired, Unreadable, Unsigned, Genuine}

// worse tells whether a stands before b in Words.
func (w Word) worse(b Word) bool { return slices.Index(Words, w) < slices.Index(Words, b) }

// Meaning returns what a word says, for people.
func (w Word) Meaning() string { return meanings[w] }

var meanings = map[Word]string{
	Impostor:   "Somebody pretends to be the sender.",
	Altered:    "This is not what was signed.",
	Revoked:    "The signer's certificate was taken back by its authority.",
	Untrusted:  "It is signed, and nobody you trust vouches for the signer.",
	Expired:    "The signer's certificate is outside its time.",
	Unreadable: "The message could not be read, so nothing can be said about it.",
	Unsigned:   "Nobody signed this message.",
	Genuine:    "It comes from who it says, and nothing was changed.",
}
