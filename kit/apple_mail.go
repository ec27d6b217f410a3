package kit

// MailServer is the account that a profile sets up, so that S/MIME is on without a visit to the settings. The password of the
// account stays out of it; the device asks for it.
type MailServer struct {
	Exchange bool   // an Exchange ActiveSync account (iPhone and iPad) at Incoming, in place of IMAP
	Incoming string // host of the IMAP server, port 993 with TLS
	Outgoing string // host of the submission server, port 465 with TLS; empty takes Incoming
	UserName string // of the account; empty takes the address
}

// smime are the settings for S/MIME, the same in both kinds of accounts. The person may change them all: a choice that
// cannot be changed makes people forward mail to private accounts.
func (a *assembly) smime(p payload) {
	p["SMIMEEnabled"] = true // before iOS 12 and on old Macs the one switch
	p["SMIMESigningEnabled"], p["SMIMESigningUserOverrideable"] = a.signing != nil, true
	if a.signing != nil {
		p["SMIMESigningCertificateUUID"], p["SMIMESigningCertificateUUIDUserOverrideable"] = a.signing, true
	}
	p["SMIMEEncryptionEnabled"] = a.encryption != nil
	p["SMIMEEncryptByDefault"], p["SMIMEEncryptByDefaultUserOverrideable"] = false, true
	if a.encryption != nil {
		p["SMIMEEncryptionCertificateUUID"], p["SMIMEEncryptionCertificateUUIDUserOverrideable"] = a.encryption, true
	}
	p["SMIMEEnableEncryptionPerMessageSwitch"] = a.encryption != nil // the padlock beside the recipients
	p["SMIMEEnablePerMessageSwitch"] = a.encryption != nil           // its name before iOS 12
}

// account adds the account with S/MIME turned on for the identities in use.
func (a *assembly) account() {
	s := a.order.Mail
	address, user, out := a.contents.Address, s.UserName, s.Outgoing
	if user == "" {
		user = address
	}
	if out == "" {
		out = s.Incoming
	}
	kind := typeMail
	if s.Exchange {
		kind = typeExchange
	}
	p := a.part(kind, address, "Account with S/MIME", []byte(address))
	a.smime(p)
	p["EmailAddress"] = address
	if s.Exchange {
		p["Host"], p["SSL"], p["UserName"] = s.Incoming, true, user
	} else {
		p["EmailAccountDescription"], p["EmailAccountName"], p["EmailAccountType"] = address, a.contents.Name, "EmailTypeIMAP"
		for _, side := range []struct {
			name, host string
			port       int
		}{{"Incoming", s.Incoming, 993}, {"Outgoing", out, 465}} {
			p[side.name+"MailServerAuthentication"] = "EmailAuthPassword"
			p[side.name+"MailServerHostName"], p[side.name+"MailServerPortNumber"] = side.host, side.port
			p[side.name+"MailServerUseSSL"], p[side.name+"MailServerUsername"] = true, user
		}
		p["OutgoingPasswordSameAsIncomingPassword"] = true
	}
	a.parts = append(a.parts, p)
}
