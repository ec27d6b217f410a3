package kit

// devices are telephones, tablets, and mail in the browser.
var devices = []Client{
	{
		ID: "ios", Title: "iPhone and iPad", Form: Apple,
		Steps: []Step{
			{"Open {{.File}} in Safari or Mail, and press Allow.", "Profile Downloaded."},
			{"Settings > Profile Downloaded (or General > VPN & Device Management). Look who signed it: {{.Organisation}}. Press Install.", ""},
			{"Type the code of the device. " + typePassword + " You are asked once for each key.", "Profile Installed."},
			{"If the profile has no account: Settings > Apps > Mail > Mail Accounts (before iOS 18: Settings > Mail > Accounts), your account, Account Settings > Advanced. Turn Sign on and choose your certificate; under Encrypt by Default choose the one for encryption.", "a tick beside the certificate."},
		},
		Write: "the padlock beside the recipients encrypts this mail. It can be closed when the iPhone has the certificate of every recipient: open a signed mail of theirs, press the sender, View Certificate, Install.",
		Read:  "a tick beside the sender; press the sender for the certificate. A padlock says that it was encrypted.",
		Old:   oldIsIn,
		Know:  []string{"A profile made again replaces the old one; remove none by hand before, or old mail cannot be read."},
	},
	{
		ID: "android-outlook", Title: "Outlook for Android", Form: Compatible,
		Steps: []Step{
			{"Bring {{.File}} to the device, and open Settings > Security > Encryption & credentials > Install a certificate > VPN & app user certificate.", ""},
			{typePassword + " Leave the proposed name.", "User certificate installed."},
			{"Outlook: Settings, your account, Security. Turn S/MIME on, and allow the access to the certificate.", "the certificate for signing, and the one for encryption."},
		},
		Write: "in a new mail, ... > Sign and encrypt.",
		Read:  "a line below the sender says who signed.",
		Old:   "Android keeps one key of a file: make the kit with --each, and install the files of the old keys too.",
		Know: []string{"It works for accounts of Microsoft 365 and Exchange Online.",
			"With Intune the administrator distributes the certificates, and nothing is to be installed by hand.",
			"The names of the settings differ between makers: search the settings for certificate."},
	},
	{
		ID: "android-fairemail", Title: "FairEmail on Android", Form: Compatible,
		Steps: []Step{
			{"Bring {{.File}} to the device, and open Settings > Security > Encryption & credentials > Install a certificate > VPN & app user certificate.", ""},
			{typePassword + " Leave the proposed name.", "User certificate installed."},
			{"FairEmail: write a mail, press the padlock until it shows sign or sign and encrypt with S/MIME, and send. Choose your certificate when asked.", "the name of the certificate; FairEmail remembers it for this identity."},
		},
		Write: "the padlock above the text goes through: none, sign, sign and encrypt.",
		Read:  "the padlock in the mail; press it to verify, and to keep the sender's certificate for encryption.",
		Old:   "Android keeps one key of a file: make the kit with --each, and install the files of the old keys too.",
		Know:  []string{"The root of your authority is to be installed as CA certificate too, if signatures of colleagues are called untrusted."},
	},
	{
		ID: "gmail", Title: "Gmail with hosted S/MIME (Google Workspace)", Form: Modern,
		Steps: []Step{
			{"Your administrator turns it on: Admin console > Apps > Google Workspace > Gmail > User settings > S/MIME, and uploads the root of {{.Organisation}} there, if it is none of the public ones.", ""},
			{"Gmail > Settings > See all settings > Accounts > Send mail as, edit info beside {{.Address}} > Upload a personal certificate. Choose {{.File}}.", ""},
			{typePassword + " Save.", "the certificate, with its last day."},
		},
		Write: "with the certificate there, mail is signed, and encrypted where Google has the recipient's certificate: the padlock beside the recipients is green.",
		Read:  "Show details below the sender: Verified email address, and who signed. A green padlock: Enhanced encryption (S/MIME).",
		Old:   "upload an old key only while there is unread mail for it: Google opens mail when it arrives.",
		Know: []string{"Google holds the private key, and opens the mail on its servers: that is the meaning of hosted.",
			"It is part of the Enterprise Plus and Education editions.",
			"Google wants one certificate for signing and encryption: ask for a dual one. If the file is refused, make the form compatible."},
	},
}
