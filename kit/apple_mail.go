package kit

// MailServer is the account that a profile sets up, so that S/MIME is on without a visit to the settings. The password of the
// account stays out of it; the device asks for it.
type MailServer struct {
	Exchange bool   // an Exchange ActiveSync account (iPhone and iPad) at Incoming, in place of IMAP
	Incoming string // host of the IMAP server, port 993 with TLS
	Outgoing string // host of the submission server, port 465 with TLS; empty takes Incoming
	UserName string // of the account; empty takes the address
}

// smimePayload are the settings for S/MIME, the same in both kinds of accounts. The person may change them all: a choice that
// cannot be changed makes people forward mail to private accounts.
type smimePayload struct {
	Enabled               bool   `plist:"SMIMEEnabled"` // before iOS 12 and on old Macs the one switch
	Signing               bool   `plist:"SMIMESigningEnabled"`
	SigningOverride       bool   `plist:"SMIMESigningUserOverrideable"`
	SigningCertificate    string `plist:"SMIMESigningCertificateUUID,omitempty"`
	SigningChoice         bool   `plist:"SMIMESigningCertificateUUIDUserOverrideable"`
	Encryption            bool   `plist:"SMIMEEncryptionEnabled"`
	ByDefault             bool   `plist:"SMIMEEncryptByDefault"`
	ByDefaultOverride     bool   `plist:"SMIMEEncryptByDefaultUserOverrideable"`
	EncryptionCertificate string `plist:"SMIMEEncryptionCertificateUUID,omitempty"`
	EncryptionChoice      bool   `plist:"SMIMEEncryptionCertificateUUIDUserOverrideable"`
	PerMessage            bool   `plist:"SMIMEEnableEncryptionPerMessageSwitch"` // the padlock beside the recipients
	PerMessageOld         bool   `plist:"SMIMEEnablePerMessageSwitch"`           // its name before iOS 12
}

// imapPayload is com.apple.mail.managed.
type imapPayload struct {
	payload
	smimePayload
	Description string `plist:"EmailAccountDescription"`
	Name        string `plist:"EmailAccountName"`
	Kind        string `plist:"EmailAccountType"`
	Address     string `plist:"EmailAddress"`
	InAuth      string `plist:"IncomingMailServerAuthentication"`
	InHost      string `plist:"IncomingMailServerHostName"`
	InPort      int    `plist:"IncomingMailServerPortNumber"`
	InTLS       bool   `plist:"IncomingMailServerUseSSL"`
	InUser      string `plist:"IncomingMailServerUsername"`
	OutAuth     string `plist:"OutgoingMailServerAuthentication"`
	OutHost     string `plist:"OutgoingMailServerHostName"`
	OutPort     int    `plist:"OutgoingMailServerPortNumber"`
	OutTLS      bool   `plist:"OutgoingMailServerUseSSL"`
	OutUser     string `plist:"OutgoingMailServerUsername"`
	SameSecret  bool   `plist:"OutgoingPasswordSameAsIncomingPassword"`
}

// exchangePayload is com.apple.eas.account.
type exchangePayload struct {
	payload
	smimePayload
	Address string `plist:"EmailAddress"`
	Host    string `plist:"Host"`
	TLS     bool   `plist:"SSL"`
	User    string `plist:"UserName"`
}

// account adds the account with S/MIME turned on for the identities in use.
func (a *assembly) account() {
	s := a.order.Mail
	user, out := s.UserName, s.Outgoing
	if user == "" {
		user = a.contents.Address
	}
	if out == "" {
		out = s.Incoming
	}
	on := smimePayload{Enabled: true,
		Signing: a.signing != "", SigningOverride: true, SigningCertificate: a.signing, SigningChoice: true,
		Encryption: a.encryption != "", ByDefaultOverride: true, EncryptionCertificate: a.encryption, EncryptionChoice: true,
		PerMessage: a.encryption != "", PerMessageOld: a.encryption != ""}
	if s.Exchange {
		a.parts = append(a.parts, exchangePayload{a.part(typeExchange, a.contents.Address, "Account with S/MIME", []byte(a.contents.Address)),
			on, a.contents.Address, s.Incoming, true, user})
		return
	}
	const password = "EmailAuthPassword"
	a.parts = append(a.parts, imapPayload{a.part(typeMail, a.contents.Address, "Account with S/MIME", []byte(a.contents.Address)), on,
		a.contents.Address, a.contents.Name, "EmailTypeIMAP", a.contents.Address,
		password, s.Incoming, 993, true, user, password, out, 465, true, user, true})
}
