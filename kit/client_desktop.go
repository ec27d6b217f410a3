package kit

// typePassword is the step at which every program asks for the password.
const typePassword = "Type or paste the password that you were shown, with its hyphens."

// oldIsIn says that nothing is to be done for old mail.
const oldIsIn = "the kit has your old encryption keys; nothing else is to be done."

// ecOld is the limit of programs that decrypt for RSA keys only.
const ecOld = "Mail for elliptic curve keys is not decrypted by every version; if that happens, ask for RSA keys."

// desktops are the programs for computers.
var desktops = []Client{
	{
		ID: "outlook", Title: "Outlook for Windows (classic)", Form: Modern,
		Steps: []Step{
			{"Double-click {{.File}} and choose Current User.", "the Certificate Import Wizard."},
			{typePassword + " Leave the other boxes as they are, and let Windows choose the store.", ""},
			{"Press Finish. If Windows asks about the root of {{.Organisation}}, compare the thumbprint with the one that you were given, and press Yes.", "The import was successful."},
			{"In Outlook: File > Options > Trust Center > Trust Center Settings > Email Security > Settings. Choose your certificate twice, for signing and for encryption, with SHA256 and AES (256-bit).", "your name beside Signing Certificate and Encryption Certificate."},
			{"Tick Add digital signature to outgoing messages, and Send clear text signed message.", ""},
			{"Restart Outlook.", ""},
		},
		Write: "Options > Sign; Options > Encrypt > Encrypt with S/MIME. To encrypt, you need a signed mail from the other person, whom you add to your contacts.",
		Read:  "a red rosette in the line of the sender; click it for the certificate. A padlock says that it was encrypted.",
		Old:   oldIsIn,
		Know: []string{"Windows 10 before version 1709, and Windows Server before 2019, need the form compatible.",
			"Untick Mark this key as exportable unless you have a reason: keep the kit for the next device instead."},
	},
	{
		ID: "outlook-new", Title: "New Outlook for Windows", Form: Modern,
		Steps: []Step{
			{"Double-click {{.File}} and choose Current User.", "the Certificate Import Wizard."},
			{typePassword + " Let Windows choose the store, and press Finish. If Windows asks about the root of {{.Organisation}}, compare the thumbprint, and press Yes.", "The import was successful."},
			{"In Outlook: Settings > Mail > S/MIME. Tick the boxes to sign and to encrypt as you wish.", "your certificate is found by itself."},
		},
		Write: "in a new mail, Options > ... > Digitally sign this message (S/MIME), Encrypt this message (S/MIME).",
		Read:  "a line above the text says who signed. A padlock says that it was encrypted.",
		Old:   oldIsIn,
		Know: []string{"It works for accounts of Microsoft 365 and Exchange Online, not for IMAP.",
			"Your administrator must give Exchange Online the root of your authority once: Set-SmimeConfig -SMIMECertificateIssuingCA."},
	},
	{
		ID: "apple-mail", Title: "Apple Mail on a Mac", Form: Apple,
		Steps: []Step{
			{"Double-click {{.File}}.", "a message that the profile is to be reviewed."},
			{"System Settings > General > Device Management (before macOS 15: Privacy & Security > Profiles). Double-click the profile of {{.Organisation}}.", "who signed it, and what is in it."},
			{"Press Install. " + typePassword + " You are asked once for each key.", "the profile in the list."},
			{"Quit Mail and open it again.", "in a new mail, a seal and a padlock at the line of the subject."},
		},
		Write: "the seal signs, the padlock encrypts; blue is on. The padlock can be pressed when Mail has a certificate of every recipient, which it takes from their signed mails.",
		Read:  "Security: Signed, below the sender; click it for the certificate.",
		Old:   oldIsIn,
		Know: []string{"If the signatures of colleagues are called untrusted: Keychain Access, the root of the authority, Trust, Secure Mail (S/MIME): Always Trust.",
			"Without a profile: make the form compatible, and double-click it for Keychain Access, keychain login."},
	},
	{
		ID: "thunderbird", Title: "Thunderbird", Form: Modern,
		Steps: []Step{
			{"Settings > Privacy & Security > Certificates > Manage Certificates > Your Certificates > Import. Choose {{.File}}.", ""},
			{typePassword, "your certificates in the list, the old ones too."},
			{"Authorities: find the root of {{.Organisation}}, Edit Trust, and tick This certificate can identify mail users.", ""},
			{"Account Settings > End-To-End Encryption > S/MIME. Select your certificate for digital signing and the one for encryption.", "{{.Address}}, with the use and the last day in its name."},
		},
		Write: "in a new mail, the menu beside Encrypt: choose S/MIME, then Encrypt and Digitally Sign.",
		Read:  "S/MIME with a seal at the right of the header; click it for the certificate.",
		Old:   oldIsIn,
		Know:  []string{ecOld, "If Thunderbird has a Primary Password, it is asked for first; it is not the one of the kit."},
	},
	{
		ID: "gpgsm", Title: "Kleopatra, KMail and gpgsm", Form: Compatible, Other: []string{"--each"},
		Steps: []Step{
			{"Import each of the files: Kleopatra > File > Import, or gpgsm --import {{.File}}", ""},
			{typePassword + " Then choose a passphrase for GnuPG's own store.", "1 secret key imported, for each file."},
			{"When asked whether you trust the root of {{.Organisation}}, compare the fingerprint, and say yes.", "the certificate is shown as certified."},
		},
		Write: "in KMail, Options > Sign Message, Encrypt Message.",
		Read:  "a green frame around the text says who signed.",
		Old:   "import the files of the old keys too.",
		Know: []string{"GnuPG 2.2 takes one key out of a file and no elliptic curves: ask for RSA keys.",
			"GnuPG fetches CRLs itself, and calls a certificate unusable when it cannot."},
	},
}
