package lint

// The days from which something is asked, by RFCs and by the S/MIME Baseline Requirements (§1.2.1 and the ballots named).
var (
	plainNotices    = day(2013, 1, 1)  // RFC 6818: texts of notices are UTF8String
	alabelMailboxes = day(2024, 5, 1)  // RFC 9598: domains of SmtpUTF8Mailbox in A-labels
	brEffective     = day(2023, 9, 1)  // version 1.0.0
	legacyRetired   = day(2025, 7, 15) // ballot SMC08: no Legacy generation
	postQuantum     = day(2025, 8, 22) // version 1.0.11: ML-DSA and ML-KEM
	noSHA1          = day(2026, 5, 5)  // ballot SMC016
	strongAuthKeys  = day(2026, 9, 15) // ballot SMC017v2: RSA of authorities has 4096 bits
	narrowPurposes  = day(2027, 7, 1)  // ballot SMC018: emailProtection and clientAuth, nothing else
	weakCAsStop     = day(2027, 9, 15) // ballot SMC017v2: nothing is issued under RSA below 3072 bits
)
