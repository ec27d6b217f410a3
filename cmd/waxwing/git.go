package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/pki/chain"
	"github.com/waxwing-mail/waxwing/policy"
	"github.com/waxwing-mail/waxwing/smime"
)

// gitFlags are those that git gives to gpg.x509.program, in the manner of gpgsm.
type gitFlags struct {
	statusFD             int
	keyIDFormat, user    string
	verify               string
	detach, sign, armour bool
	trustAnchors         []string
	keyFlags
}

func (a *app) gitCommand() *cobra.Command {
	var f gitFlags
	c := &cobra.Command{
		Use:   "git",
		Short: "Sign and verify git commits and tags: the program for gpg.x509.program",
		Long: "Git speaks to it as to gpgsm. user.signingkey names the file with key and certificate; waxwing.trustAnchor in the git\n" +
			"configuration names files with the authorities whose word counts, and waxwing.passwordFile the password of the key.\n" +
			"Git calls the program without the word git before the flags; waxwing understands that too.",
		Example: "  git config gpg.format x509\n  git config gpg.x509.program waxwing\n  git config user.signingkey ~/alice.p12\n" +
			"  git config waxwing.trustAnchor ~/ca.pem\n  git commit -S -m 'signed' && git verify-commit HEAD",
		Args: func(c *cobra.Command, args []string) error { return nil },
		RunE: func(c *cobra.Command, args []string) error {
			if f.verify != "" {
				return a.gitVerify(c, f, args)
			}
			if !f.sign {
				return usage(c, "say --sign or --verify FILE; git does that by itself")
			}
			return a.gitSign(c, f)
		},
	}
	fl := c.Flags()
	fl.IntVar(&f.statusFD, "status-fd", 2, "file descriptor for status lines")
	fl.StringVar(&f.keyIDFormat, "keyid-format", "", "accepted and not used")
	fl.StringVarP(&f.user, "local-user", "u", "", "file with key and certificate (user.signingkey)")
	fl.StringVar(&f.verify, "verify", "", "file with the signature to verify; the content is on standard input")
	fl.BoolVarP(&f.detach, "detach-sign", "b", false, "make a detached signature; it is always one")
	fl.BoolVarP(&f.sign, "sign", "s", false, "sign standard input")
	fl.BoolVarP(&f.armour, "armor", "a", false, "write PEM; it is always PEM")
	fl.StringArrayVar(&f.trustAnchors, "trust-anchor", nil, "file with authorities; default: waxwing.trustAnchor of the git configuration")
	return c
}

// isGitCall tells a command line of git's from one of a person's.
func isGitCall(argv []string) bool {
	return len(argv) > 0 && (strings.HasPrefix(argv[0], "--status-fd") || strings.HasPrefix(argv[0], "--keyid-format") || strings.HasPrefix(argv[0], "-bs"))
}

// status returns the writer for status lines.
func (a *app) status(fd int) io.Writer {
	switch fd {
	case 1:
		return a.out
	case 2:
		return a.err
	}
	return os.NewFile(uintptr(fd), "status")
}

func (a *app) gitSign(c *cobra.Command, f gitFlags) error {
	f.keys = []string{f.user}
	if f.user == "" {
		return failed(exitUsage, "git config user.signingkey FILE", "no key is named")
	}
	f.passwordFile = gitConfig("--path", "waxwing.passwordFile")
	o, err := a.signedOptions(c, signFlags{keyFlags: f.keyFlags, outform: "pem"})
	if err != nil {
		return err
	}
	content, err := a.open("")
	if err != nil {
		return err
	}
	defer content.Close()
	fmt.Fprintf(a.status(f.statusFD), "\n[GNUPG:] BEGIN_SIGNING\n")
	var signature bytes.Buffer
	// Git knows a signature of this format by the label that gpgsm writes.
	if err := signBare(c.Context(), &signature, content, o, "SIGNED MESSAGE", false); err != nil {
		return err
	}
	if _, err := a.out.Write(signature.Bytes()); err != nil {
		return err
	}
	fingerprint := o.Signers[0].Certificate.Fingerprint()
	fmt.Fprintf(a.status(f.statusFD), "\n[GNUPG:] SIG_CREATED D 1 8 00 %d %X\n", a.now().Unix(), fingerprint[:20])
	return nil
}

// gitVerify prints the status lines of gpgsm that git looks for.
func (a *app) gitVerify(c *cobra.Command, f gitFlags, args []string) error {
	if len(args) > 1 || len(args) == 1 && args[0] != "-" {
		return usage(c, "the content is read from standard input")
	}
	o := &smime.Opener{Now: a.now(), NoSenderCheck: true, Purpose: chain.SMIMESign, Revocation: chain.Soft}
	anchors := f.trustAnchors
	if len(anchors) == 0 {
		anchors = strings.Split(gitConfig("--path", "--get-all", "waxwing.trustAnchor"), "\n")
	}
	if err := a.addTrust(c.Context(), o, &judging{anchors: withoutEmpty(anchors), store: defaultStoreName}); err != nil {
		return err
	}
	content, err := a.open("")
	if err != nil {
		return err
	}
	defer content.Close()
	signature, err := a.open(f.verify)
	if err != nil {
		return err
	}
	defer signature.Close()
	o.Content = content
	r, err := o.OpenCMS(c.Context(), signature)
	if err != nil {
		return err
	}
	defer r.Close()
	return a.gitStatus(f.statusFD, r)
}

// gitStatus prints the outcome in the words of gpgsm, and for people on standard error.
func (a *app) gitStatus(fd int, r *smime.Report) error {
	w := a.status(fd)
	v := policy.Judge(r, policy.Settings{})
	a.note("waxwing: %s: %s", v.Word, oneLine(v.Reason))
	if len(r.Signers) == 0 || r.Signers[0].Summary == nil {
		fmt.Fprintf(w, "\n[GNUPG:] NODATA 4\n")
		return done(exitNotSigned)
	}
	s := r.Signers[0]
	name := strings.Join(append(s.Summary.Addresses, s.Summary.Subject), " ")
	id := strings.ToUpper(s.Summary.Fingerprint)
	fmt.Fprintf(w, "\n[GNUPG:] NEWSIG\n")
	switch {
	case !s.DigestOK || !s.SignatureOK || v.Word == policy.Altered:
		fmt.Fprintf(w, "[GNUPG:] BADSIG %s %s\n", id, oneLine(name))
		return done(exitNotAcceptable)
	case v.Word == policy.Revoked:
		fmt.Fprintf(w, "[GNUPG:] REVKEYSIG %s %s\n", id, oneLine(name))
	case v.Word == policy.Expired:
		fmt.Fprintf(w, "[GNUPG:] EXPKEYSIG %s %s\n", id, oneLine(name))
	default:
		fmt.Fprintf(w, "[GNUPG:] GOODSIG %s %s\n", id, oneLine(name))
	}
	when := s.Claimed
	if when.IsZero() {
		when = time.Unix(0, 0)
	}
	fmt.Fprintf(w, "[GNUPG:] VALIDSIG %s %s %d 0 0 0 0 0 00\n", id, when.UTC().Format(time.DateOnly), when.Unix())
	if v.Word == policy.Genuine {
		fmt.Fprintf(w, "[GNUPG:] TRUST_FULLY 0 chain\n")
		return nil
	}
	fmt.Fprintf(w, "[GNUPG:] TRUST_UNDEFINED 0 chain\n")
	return done(exitNotAcceptable)
}

// gitConfig asks git for a setting; empty when there is none.
func gitConfig(args ...string) string {
	out, err := exec.Command("git", append([]string{"config"}, args...)...).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

func withoutEmpty(list []string) []string {
	var out []string
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
