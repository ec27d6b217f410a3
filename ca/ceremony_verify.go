package ca

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/cms"
	"github.com/waxwing-mail/waxwing/limit"
	"github.com/waxwing-mail/waxwing/pki"
)

// Officer signs transcripts.
type Officer struct {
	Certificate *pki.Certificate
	Key         crypto.Signer
}

// officer finds whose certificate it is by the script; empty: nobody's.
func (s *Script) officer(c *pki.Certificate) string {
	print := c.Fingerprint()
	for name, want := range s.Officers {
		if plainHex(want) == fmt.Sprintf("%x", print) {
			return name
		}
	}
	return ""
}

// OfficersError says that all is as the script says, and too few officers signed it.
type OfficersError struct{ Signed []string }

func (e *OfficersError) Error() string {
	return fmt.Sprintf("%d officers signed the transcript; two are needed (S/MIME BR §4.3.1.1)", len(e.Signed))
}

// SignTranscript signs a transcript for an officer whom the script names: a detached CMS SignedData, which
// `openssl cms -verify -binary -inform DER -content transcript` reads too.
func (s *Script) SignTranscript(transcript []byte, o Officer, at time.Time) (name string, signature []byte, err error) {
	if name = s.officer(o.Certificate); name == "" {
		return "", nil, fmt.Errorf("the script names no officer with the certificate %x (%s)", o.Certificate.Fingerprint(), o.Certificate.Subject.Display())
	}
	options := cms.SignedOptions{Signers: []cms.SignerOptions{{Certificate: o.Certificate, Key: o.Key, SigningTime: at}}, Certificates: []*pki.Certificate{o.Certificate}, Detached: true}
	d, err := cms.NewDigests(options)
	if err != nil {
		return name, nil, err
	}
	if _, err := d.Write(transcript); err != nil {
		return name, nil, err
	}
	m, err := cms.Sign(options, d)
	if err != nil {
		return name, nil, err
	}
	return name, m.Detached(), nil
}

// VerifyCeremony makes everything anew out of the script and the facts of the transcript, and compares: transcript and files byte for byte, and
// each signature with its key. At least two officers of the script must have signed the transcript. It returns their names.
func VerifyCeremony(s *Script, transcript []byte, files map[string][]byte, signatures [][]byte) ([]string, error) {
	f, err := readTranscript(transcript)
	if err != nil {
		return nil, err
	}
	again, err := s.play(f)
	if err != nil {
		return nil, fmt.Errorf("the transcript does not follow from the script: %w", err)
	}
	if !bytes.Equal(again.Transcript, transcript) {
		return nil, fmt.Errorf("the transcript is not what the script leads to: line %d differs", differs(again.Transcript, transcript))
	}
	for name, want := range again.Files {
		if got, ok := files[name]; !ok || !bytes.Equal(got, want) {
			return nil, fmt.Errorf("the file %s is missing or not the one that the transcript records (SHA-256 %s)", name, hexSum(want))
		}
	}
	var names []string
	for i, raw := range signatures {
		name, err := s.checkOfficer(transcript, raw)
		if err != nil {
			return nil, fmt.Errorf("signature %d: %w", i+1, err)
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if len(names) < 2 {
		return names, &OfficersError{Signed: names}
	}
	return names, nil
}

// differs is the first line that is not the same.
func differs(a, b []byte) int {
	x, y := strings.Split(string(a), "\n"), strings.Split(string(b), "\n")
	for i := range x {
		if i >= len(y) || x[i] != y[i] {
			return i + 1
		}
	}
	return len(x) + 1
}

// checkOfficer checks one signature, and says whose it is.
func (s *Script) checkOfficer(transcript, raw []byte) (string, error) {
	content, err := cms.Read(bytes.NewReader(raw), limit.New(limit.Limits{}))
	if err != nil {
		return "", err
	}
	signed, ok := content.(*cms.Signed)
	if !ok {
		return "", errors.New("it is no CMS SignedData")
	}
	if err := errors.Join(signed.Finish(), signed.Hash(bytes.NewReader(transcript))); err != nil {
		return "", err
	}
	if len(signed.Signers) != 1 {
		return "", fmt.Errorf("it has %d signers, not one", len(signed.Signers))
	}
	check, err := signed.Check(signed.Signers[0], signed.Certificates, alg.Allow{})
	if err != nil {
		return "", err
	}
	if !check.OK() {
		return "", errors.New("it is not over this transcript")
	}
	if name := s.officer(check.Certificate); name != "" {
		return name, nil
	}
	return "", errors.New("it is by nobody whom the script names")
}
