package smime

import (
	"github.com/waxwing-mail/waxwing/finding"
)

// conclude draws the facts about a message together once all its layers are known.
func (x *opening) conclude(r *Report) {
	for _, f := range r.Forwarded {
		x.conclude(f)
	}
	r.overCiphertext()
	var found []finding.Finding
	found = append(found, r.readHeaders(x)...)
	found = append(found, r.readSigned()...)
	found = append(found, r.readEncrypted()...)
	x.bindSigners(r)
	r.Findings = append(r.Findings, r.Sender.Findings...)
	r.Findings = append(r.Findings, found...)
	r.Root.each(false, func(l *Layer) {
		r.Findings = append(r.Findings, l.Findings...)
		for _, s := range l.Signers {
			r.Findings = append(r.Findings, s.Findings...)
		}
	})
}

// isEncryption tells whether a layer hides its content.
func (l *Layer) isEncryption() bool { return l.Encryption != nil }

// isSignature tells whether a layer has signers over a content that is here.
func (l *Layer) isSignature() bool { return len(l.Signers) > 0 }

// overCiphertext marks the signers who signed something encrypted: they need not know what it says
// (RFC 8551 §3.7).
func (r *Report) overCiphertext() {
	r.Root.each(false, func(l *Layer) {
		if !l.isSignature() || !l.signsCiphertext() {
			return
		}
		for _, s := range l.Signers {
			s.OverCiphertext = true
			s.note(finding.New(finding.SignerOutside))
		}
	})
}

// signsCiphertext looks through signatures and compression for an encryption.
func (l *Layer) signsCiphertext() bool {
	for len(l.Children) > 0 {
		l = l.Children[0]
		switch {
		case l.isEncryption():
			return true
		case l.Kind != KindClearSigned && l.Kind != KindSigned && l.Kind != KindCompressed:
			return false
		}
	}
	return false
}

// readSigned says how much of what is shown signatures cover (RFC 9787 §4.4, §4.5).
func (r *Report) readSigned() (found []finding.Finding) {
	r.Signed = CoversNothing
	var part *Layer
	r.Root.each(false, func(l *Layer) {
		switch {
		case !l.isSignature():
		case l.InEnvelope:
			r.Signed = CoversAll
			r.Signers = append(r.Signers, l.Signers...)
		case part == nil:
			part = l
		}
	})
	switch {
	case r.Signed == CoversAll:
		if len(r.Signers) > 1 {
			found = append(found, finding.New(finding.MessageSeveral).Because("%d", len(r.Signers)))
		}
	case part != nil:
		r.Signed = CoversPart
		found = append(found, finding.New(finding.MessagePartlySigned).At(part.Path))
	default:
		found = append(found, finding.New(finding.MessageUnsigned))
	}
	for _, f := range r.Forwarded {
		if r.Signed != CoversAll && f.Signed != CoversNothing {
			found = append(found, finding.New(finding.MessageInsideForward).At(f.Where))
		}
	}
	return found
}

// readEncrypted says how much of what is shown was encrypted, and whether something beside it was not.
func (r *Report) readEncrypted() (found []finding.Finding) {
	r.Encrypted, r.Opened = CoversNothing, false
	opened := true
	r.eachUnder(r.Root, false, func(l *Layer, signed bool) {
		if !l.isEncryption() {
			return
		}
		opened = opened && l.Encryption.Opened
		switch {
		case l.InEnvelope:
			r.Encrypted = CoversAll
		case signed:
			found = append(found, finding.New(finding.EncryptionPart).At(l.Path))
		default:
			// RFC 8551 §6: decrypted content must not be shown together with other content.
			found = append(found, finding.New(finding.EncryptionMixed).At(l.Path))
		}
		if r.Encrypted == CoversNothing {
			r.Encrypted = CoversPart
		}
	})
	r.Opened = opened && r.Encrypted != CoversNothing
	if r.Encrypted == CoversAll && r.Opened && r.Signed == CoversNothing {
		found = append(found, finding.New(finding.EncryptionUnsigned))
	}
	return found
}

// eachUnder calls f for every layer of this message and says whether a signature stands around it.
func (r *Report) eachUnder(l *Layer, signed bool, f func(l *Layer, signed bool)) {
	f(l, signed)
	if l.apart {
		return
	}
	signed = signed || l.isSignature()
	for i, c := range l.Children {
		// The further parts of a multipart/signed are not what it signs.
		r.eachUnder(c, signed && (l.Kind != KindClearSigned || i == 0), f)
	}
}

// bindSigners compares every signer with the sender (RFC 8550 §3).
func (x *opening) bindSigners(r *Report) {
	r.Root.each(false, func(l *Layer) {
		for _, s := range l.Signers {
			if x.NoSenderCheck || r.bare {
				s.Identity = unboundIdentity(s.Certificate)
				s.note(finding.New(finding.SignerUncheckedSender))
				continue
			}
			id, found := bindIdentity(&r.Sender, s.Certificate, s.Where)
			s.Identity = id
			s.Findings = append(s.Findings, found...)
		}
	})
}

// Verified returns a proof for each signer that was judged in full and found good: the signature covers all
// that is shown, in the clear, and nothing speaks against the message.
func (r *Report) Verified() []Verified {
	if r.Signed != CoversAll || anyBad(r.Findings) {
		return nil
	}
	var out []Verified
	for _, s := range r.Signers {
		if s.OK() && s.Identity.Match == MatchYes && !s.OverCiphertext {
			out = append(out, Verified{address: s.Identity.Address, signer: s})
		}
	}
	return out
}
