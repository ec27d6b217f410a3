package kit_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/waxwing-mail/waxwing/internal/peer"
	"github.com/waxwing-mail/waxwing/internal/testca"
	"github.com/waxwing-mail/waxwing/kit"
)

// toJSON lets Python's plistlib read a property list.
const toJSON = `import plistlib, sys, json, base64
print(json.dumps(plistlib.loads(sys.stdin.buffer.read(), fmt=plistlib.FMT_XML), default=lambda b: base64.b64encode(b).decode()))`

// readProfile lets OpenSSL check the signature of a profile, and Python read it.
func readProfile(t *testing.T, p *person, profile []byte) map[string]any {
	t.Helper()
	peer.Need(t, "openssl", "python3")
	root := filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(root, p.root.CertificatePEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	text := peer.Run(t, profile, "openssl", "cms", "-verify", "-inform", "DER", "-CAfile", root, "-purpose", "any")
	var top map[string]any
	if err := json.Unmarshal(peer.Run(t, text, "python3", "-c", toJSON), &top); err != nil {
		t.Fatal(err)
	}
	return top
}

func parts(top map[string]any, kind string) (list []map[string]any) {
	for _, x := range top["PayloadContent"].([]any) {
		if m := x.(map[string]any); m["PayloadType"] == kind {
			list = append(list, m)
		}
	}
	return list
}

// AUTHORITY 41: signed, with root, intermediate, identities with the old ones, and an account that refers to them.
func TestAProfileForApple(t *testing.T) {
	p := newPerson(t, testca.RSA, false)
	k := p.make(t, kit.Options{Form: kit.Apple})
	top := readProfile(t, p, k.File)
	if k.FileName != "alice@example.org.mobileconfig" || top["PayloadType"] != "Configuration" || top["PayloadOrganization"] != "Example Org" {
		t.Errorf("%s is %v of %v", k.FileName, top["PayloadType"], top["PayloadOrganization"])
	}
	if n := len(parts(top, "com.apple.security.root")); n != 1 {
		t.Errorf("%d roots", n)
	}
	if n := len(parts(top, "com.apple.security.pkcs1")); n != 1 {
		t.Errorf("%d intermediates", n)
	}
	identities := parts(top, "com.apple.security.pkcs12")
	if len(identities) != 4 {
		t.Fatalf("%d identities, want the pair and two old ones", len(identities))
	}
	mail := parts(top, "com.apple.mail.managed")
	if len(mail) != 1 {
		t.Fatalf("%d accounts", len(mail))
	}
	for key, want := range map[string]any{
		"SMIMESigningEnabled": true, "SMIMESigningCertificateUUID": identities[0]["PayloadUUID"],
		"SMIMEEncryptionEnabled": true, "SMIMEEncryptionCertificateUUID": identities[1]["PayloadUUID"],
		"SMIMEEnableEncryptionPerMessageSwitch": true, "SMIMEEncryptByDefault": false,
		"EmailAddress": address, "IncomingMailServerHostName": "imap.example.org", "OutgoingMailServerHostName": "smtp.example.org",
	} {
		if mail[0][key] != want {
			t.Errorf("%s is %v, want %v", key, mail[0][key], want)
		}
	}
	identitiesOpen(t, p, k, identities)
	everyUUIDOnce(t, top)
}

// identitiesOpen opens each identity with OpenSSL, and a mail with the key out of it.
func identitiesOpen(t *testing.T, p *person, k *kit.Kit, identities []map[string]any) {
	t.Helper()
	for i, id := range identities {
		if _, told := id["Password"]; told {
			t.Error("the profile tells the password")
		}
		file, err := base64.StdEncoding.DecodeString(id["PayloadContent"].(string))
		if err != nil {
			t.Fatal(err)
		}
		y := &try{t: t, dir: t.TempDir(), keys: 1, text: k.Password.Reveal()}
		y.write("kit.p12", file)
		y.write("password", []byte(y.text+"\n"))
		if !opensslOpens(y) {
			t.Errorf("OpenSSL does not open identity %d", i)
		}
		if e := append([]*testca.Entity{nil, p.current}, p.old...)[i]; e != nil {
			y.mails = [][]byte{mailTo(t, e.Certificate)}
			if opensslDecrypts(y) != 1 {
				t.Errorf("identity %d does not open mail", i)
			}
		}
	}
}

func everyUUIDOnce(t *testing.T, top map[string]any) {
	t.Helper()
	seen := []string{top["PayloadUUID"].(string)}
	for _, x := range top["PayloadContent"].([]any) {
		id := x.(map[string]any)["PayloadUUID"].(string)
		if slices.Contains(seen, id) || len(id) != 36 {
			t.Errorf("the UUID %s stands twice or is none", id)
		}
		seen = append(seen, id)
	}
}

func TestAProfileMadeAgainReplacesTheOldOne(t *testing.T) {
	p := newPerson(t, testca.RSA, true)
	a, b := readProfile(t, p, p.make(t, kit.Options{Form: kit.Apple}).File), readProfile(t, p, p.make(t, kit.Options{Form: kit.Apple}).File)
	if a["PayloadIdentifier"] != b["PayloadIdentifier"] || a["PayloadUUID"] != b["PayloadUUID"] {
		t.Error("the same mailbox has two identifiers")
	}
	// A renewed certificate changes its part, and not the profile's name.
	p.contents.Keys = p.contents.Keys[1:]
	c := readProfile(t, p, p.make(t, kit.Options{Form: kit.Apple}).File)
	if a["PayloadIdentifier"] != c["PayloadIdentifier"] {
		t.Error("the profile of a renewed person does not replace the old one")
	}
	// One key for both uses is both settings.
	mail := parts(a, "com.apple.mail.managed")[0]
	if mail["SMIMESigningCertificateUUID"] != mail["SMIMEEncryptionCertificateUUID"] || mail["SMIMESigningCertificateUUID"] == nil {
		t.Error("one key for both uses is not used for both")
	}
}

func TestAProfileForExchangeAndOneWithoutAnAccount(t *testing.T) {
	p := newPerson(t, testca.RSA, true)
	o := p.profile()
	o.Mail = &kit.MailServer{Exchange: true, Incoming: "outlook.office365.com"}
	top := readProfile(t, p, p.make(t, kit.Options{Form: kit.Apple, Profile: o}).File)
	if mail := parts(top, "com.apple.eas.account"); len(mail) != 1 || mail[0]["Host"] != "outlook.office365.com" || mail[0]["SMIMESigningEnabled"] != true {
		t.Errorf("%v", mail)
	}
	o.Mail = nil
	top = readProfile(t, p, p.make(t, kit.Options{Form: kit.Apple, Profile: o}).File)
	if n := len(parts(top, "com.apple.eas.account")) + len(parts(top, "com.apple.mail.managed")); n != 0 {
		t.Errorf("%d accounts where none was asked for", n)
	}
}

func TestAProfileIsAcceptedByLibplist(t *testing.T) {
	peer.Need(t, "plistutil", "openssl")
	p := newPerson(t, testca.RSA, true)
	text := peer.Run(t, p.make(t, kit.Options{Form: kit.Apple}).File, "openssl", "cms", "-verify", "-inform", "DER", "-noverify")
	file := filepath.Join(t.TempDir(), "profile.plist")
	if err := os.WriteFile(file, bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := peer.Run(t, nil, "plistutil", "-i", file, "-f", "xml"); !bytes.Contains(out, []byte("com.apple.security.pkcs12")) {
		t.Errorf("plistutil makes of it:\n%s", out)
	}
}

func TestAProfileNeedsASigner(t *testing.T) {
	p := newPerson(t, testca.RSA, true)
	_, err := (&kit.Maker{Keys: p.keys}).Make(t.Context(), p.contents, kit.Options{Form: kit.Apple, Now: testca.Now})
	if err == nil || !strings.Contains(err.Error(), "Options.Profile") {
		t.Errorf("%v", err)
	}
}
