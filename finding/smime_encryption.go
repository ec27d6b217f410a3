package finding

// What the reading side of package smime says about encryption.
const (
	EncryptionNoKey       Code = "encryption.no-key"
	EncryptionFailed      Code = "encryption.failed"
	EncryptionRefused     Code = "encryption.algorithm-refused"
	EncryptionNoIntegrity Code = "encryption.no-integrity"
	EncryptionMixed       Code = "encryption.mixed"
	EncryptionPart        Code = "encryption.part"
	EncryptionUnsigned    Code = "encryption.unsigned"
)

var _ = define(
	Page{Code: EncryptionNoKey, Severity: Bad,
		Title:    "No key at hand opens this message.",
		Meaning:  "The message is encrypted to certificates whose private keys were not given.",
		Innocent: "It was encrypted to an old certificate, to another of your keys, or to somebody else.",
		Advice:   "The report lists the recipients. Give the key of one of them; keep old keys to read old mail.",
		Source:   "RFC 5652 §6.2"},
	Page{Code: EncryptionFailed, Severity: Bad,
		Title:    "The message cannot be decrypted with the keys at hand.",
		Meaning:  "A key matches the message, but the content does not come out. Nothing of it was released. The cause is not told apart on purpose, because the difference helps attackers.",
		Innocent: "The message was damaged in transit, or the key belongs to another certificate of the same name.",
		Attack:   "Somebody changed the ciphertext.",
		Advice:   "Ask the sender to send it again.",
		Source:   "RFC 5083 §2; RFC 3218"},
	Page{Code: EncryptionRefused, Severity: Bad,
		Title:    "The message uses an encryption that is refused.",
		Meaning:  "The cipher or the way the key is transported is broken, outdated or not known here.",
		Innocent: "Old mail and old software use RC2, DES or Triple-DES.",
		Attack:   "A weak cipher is no protection against somebody who kept the message.",
		Advice:   "To read old mail, allow it once: --allow-legacy. Ask the sender for AES.",
		Source:   "RFC 8551 §2.7, appendix B"},
	Page{Code: EncryptionNoIntegrity, Severity: Warn,
		Title:    "The encryption does not notice changes.",
		Meaning:  "The cipher hides the content, but ciphertext in this mode can be altered without leaving a trace. Only a signature inside it would show that.",
		Innocent: "Nearly all S/MIME mail before version 4 is like this (AES-CBC or Triple-DES).",
		Attack:   "In the EFAIL attack pieces of the ciphertext are rearranged so that the mail client sends the text to the attacker.",
		Advice:   "Do not load remote content of such mail. Ask the sender for AES-GCM.",
		Source:   "RFC 8551 §3.3, §6; EFAIL, USENIX Security 2018"},
	Page{Code: EncryptionMixed, Severity: Bad,
		Title:    "Encrypted and unencrypted parts are mixed, and nobody vouches for the mixture.",
		Meaning:  "An encrypted part stands beside plain parts or other encrypted parts. Nothing shows that they belong together.",
		Innocent: "Somebody attached an encrypted mail, or a gateway added a footer.",
		Attack:   "EFAIL: an attacker who caught a ciphertext wraps it in HTML of his own, and the mail client sends him the decrypted text.",
		Advice:   "Open the encrypted part by itself and load no remote content. Do not answer with a quotation: it would send the text in the clear.",
		Source:   "RFC 8551 §6; RFC 9787 §4.5; EFAIL, USENIX Security 2018"},
	Page{Code: EncryptionPart, Severity: Warn,
		Title:    "Only a part of this message was encrypted.",
		Meaning:  "The signer put an encrypted part beside plain ones. The rest could be read on the way.",
		Innocent: "Somebody attached an encrypted document.",
		Advice:   "Do not take the whole message as confidential.",
		Source:   "RFC 9787 §4.5"},
	Page{Code: EncryptionUnsigned, Severity: Info,
		Title:    "The message is encrypted and nobody signed it.",
		Meaning:  "Anybody who has your certificate can encrypt to you. Encryption says nothing about the sender.",
		Innocent: "The sender has no certificate to sign with.",
		Attack:   "A forger encrypts his mail so that it looks official and passes the scanner.",
		Advice:   "Treat the sender's name as unproven.",
		Source:   "RFC 8551 §3.4"},
)
