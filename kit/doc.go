// Package kit makes what a person gets after an application: a file that opens the first time on the device, with the
// password for it, a profile for Apple's, the certificates alone for those who kept their key, and a page that says what to
// click.
//
//	m := &kit.Maker{Keys: vault}
//	k, err := m.Make(ctx, kit.Contents{Address: "alice@example.org", Keys: held, Chain: chain}, kit.Options{Form: kit.Modern, Now: now})
//	os.WriteFile(k.FileName, k.File, 0o600)
//	fmt.Println(k.Password.Reveal())        // once; it is stored nowhere
//
// Every kit holds the chain up to and with the root, and every encryption key that the person ever had, because old mail is
// encrypted for old keys. The room never sees a key: it names keys to its Keys, which is the vault, and gets the sealed file.
//
// A kit leaves the house through a Delivery: a link that is good for one person, once, for 72 hours. Asking for the page
// releases nothing, since mail scanners do that too; the person logs in and presses the button.
//
// It sends no mail, serves no pages, and does not know whether somebody ought to have a certificate: that is package ra.
// What each program makes of each form is in docs/kits.md, as found by the tests; the instructions are in docs/clients.
//
// RFCs: 7292 (PKCS#12), 8018 (PBES2), 8551 §3.8 (certificates alone), 9562 §5.8 (identifiers in profiles).
package kit
