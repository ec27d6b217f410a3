package main

import (
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/ca"
	"github.com/waxwing-mail/waxwing/db"
	"github.com/waxwing-mail/waxwing/server"
)

// transcriptFile is the name of the transcript in the folder of a ceremony; the signatures are beside it, as NAME.p7s.
const transcriptFile = "transcript.jsonl"

// ceremonyFlags are those of the verbs of ceremony.
type ceremonyFlags struct {
	homeFlags
	keyFlags
	folder string
}

func (a *app) caCeremonyCommand() *cobra.Command {
	return noun("ceremony", "Make a root by a script that officers sign, and verify it elsewhere",
		"  waxwing ca ceremony run --home offline -o made root.yaml\n  waxwing ca ceremony sign -k ann.p12 -o made root.yaml\n  waxwing ca ceremony verify -o made root.yaml",
		a.ceremonyRunCommand(), a.ceremonySignCommand(), a.ceremonyVerifyCommand())
}

func (a *app) ceremonyRunCommand() *cobra.Command {
	var f ceremonyFlags
	c := &cobra.Command{
		Use: "run -o FOLDER SCRIPT", Short: "Run the script of a ceremony, offline",
		Long: "Run makes the keys in the vault of --home, which it makes if there is none, or on the tokens that the script names; then certificates and\n" +
			"lists, as the script says, into a new FOLDER. The input and the output of every step are hashed into FOLDER/" + transcriptFile + ",\n" +
			"whose hash is printed: the officers compare it with their own and sign it. Requests that the script names lie beside it.\n\n" +
			"A script is YAML:\n\n" +
			"  name: ACME root 2026\n  date: 2026-11-25T12:00:00Z\n  officers: {ann: SHA-256 of a certificate, ben: SHA-256 of another}\n  steps:\n" +
			"    - {do: key, name: root, algorithm: P-384}\n" +
			"    - {do: root, key: root, subject: {countryName: DE, organizationName: ACME GmbH, commonName: ACME Root CA}, file: root.pem}\n" +
			"    - {do: issuing, request: issuing.csr, issuer: root, url: \"http://pki.acme.example\", subject: {...}, file: issuing.pem}\n" +
			"    - {do: crl, issuer: root, number: 1, days: 365, file: root.crl}",
		Example: "  waxwing ca ceremony run --home /media/offline -o made root.yaml", Args: oneFile,
		RunE: func(c *cobra.Command, args []string) error { return a.ceremonyRun(c, f, args[0]) },
	}
	f.homeFlags.add(c)
	c.Flags().StringVarP(&f.folder, "output", "o", "", "folder for what is made; it must not exist")
	return c
}

// readScript reads a script, and the requests beside it.
func readScript(path string) (*ca.Script, map[string][]byte, error) {
	data, err := readAll(path, 1<<20)
	if err != nil {
		return nil, nil, err
	}
	s, err := ca.ReadScript(data)
	if err != nil {
		return nil, nil, failed(exitPolicy, "see: waxwing ca ceremony run --help", "%s: %s", path, strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	requests := map[string][]byte{}
	for _, step := range s.Steps {
		if step.Request == "" {
			continue
		}
		beside := filepath.Join(filepath.Dir(path), step.Request)
		if !exists(beside) {
			continue // who verifies has it in the transcript
		}
		if requests[step.Request], err = readRequest(beside); err != nil {
			return nil, nil, err
		}
	}
	return s, requests, nil
}

func (a *app) ceremonyRun(c *cobra.Command, f ceremonyFlags, path string) (err error) {
	if f.folder == "" || exists(f.folder) {
		return usage(c, "name a new folder for what is made: -o FOLDER")
	}
	s, requests, err := readScript(path)
	if err != nil {
		return err
	}
	so := server.Options{Dir: f.path(), By: actor()}
	h, err := server.Open(c.Context(), so)
	if errors.Is(err, server.ErrNoHome) {
		h, err = server.Create(c.Context(), so)
	}
	if err != nil {
		return homeError(f.homeFlags, err)
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	keys := h.CeremonyKeys(actor())
	out, err := ca.RunCeremony(c.Context(), s, keys, requests, "waxwing "+version().Version, a.now().UTC().Format(time.RFC3339))
	if err != nil {
		return refused(err)
	}
	if err := h.DB.Write(c.Context(), func(tx *db.Tx) error { return h.CA.Register(tx, s, out, keys.IDs, actor()) }); err != nil {
		return err
	}
	if err := writeCeremony(f.folder, out); err != nil {
		return err
	}
	if f.json {
		return a.printJSON(map[string]any{"folder": f.folder, "transcript": out.Hash, "officers": s.Officers})
	}
	p := &painter{colour: isTerminal(a.out)}
	p.line("%s", p.bold("32", "✔ "+s.Name+" is done."))
	p.fact("Made", f.folder)
	p.fact("Hash", out.Hash)
	p.fact("Next", "each officer: waxwing ca ceremony sign -k IDENTITY -o "+f.folder+" "+path)
	a.printf("%s", p.text.String())
	return nil
}

func writeCeremony(folder string, out *ca.Ceremony) error {
	if err := os.Mkdir(folder, 0o755); err != nil {
		return err
	}
	files := map[string][]byte{transcriptFile: out.Transcript}
	for name, der := range out.Files {
		files[name] = der
		if strings.HasSuffix(name, ".pem") {
			files[name] = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
		}
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) ceremonySignCommand() *cobra.Command {
	var f ceremonyFlags
	c := &cobra.Command{
		Use: "sign -k IDENTITY -o FOLDER SCRIPT", Short: "Sign the transcript of a ceremony, as an officer whom the script names",
		Long:    "Sign makes everything anew first, as verify does, and signs nothing that does not follow from the script.",
		Example: "  waxwing ca ceremony sign -k ann.p12 -o made root.yaml", Args: oneFile,
		RunE: func(c *cobra.Command, args []string) error { return a.ceremonySign(c, f, args[0]) },
	}
	fl := c.Flags()
	fl.StringArrayVarP(&f.keys, "key", "k", nil, "file with the officer's key and certificate")
	fl.StringVar(&f.passwordFile, "password-file", "", "file whose first line is its password")
	fl.StringVarP(&f.folder, "output", "o", "", "folder of the ceremony")
	return c
}

func (a *app) ceremonySign(c *cobra.Command, f ceremonyFlags, path string) error {
	if f.folder == "" || len(f.keys) == 0 {
		return usage(c, "name the folder of the ceremony and the officer's identity: -o FOLDER -k IDENTITY")
	}
	s, _, err := readScript(path)
	if err != nil {
		return err
	}
	transcript, files, _, err := readCeremony(s, f.folder)
	if err != nil {
		return err
	}
	var few *ca.OfficersError
	if _, err := ca.VerifyCeremony(s, transcript, files, nil); !errors.As(err, &few) {
		return failed(exitNotAcceptable, "sign nothing: find out what differs", "%w", err)
	}
	signer, cert, _, err := a.signingIdentity(f.keyFlags, nil, alg.Allow{})
	if err != nil {
		return err
	}
	name, signature, err := s.SignTranscript(transcript, ca.Officer{Certificate: cert, Key: signer}, a.now())
	if err != nil {
		return failed(exitPolicy, "sign with the certificate whose SHA-256 the script has", "%w", err)
	}
	out := filepath.Join(f.folder, name+".p7s")
	if err := os.WriteFile(out, signature, 0o644); err != nil {
		return err
	}
	a.printf("%s signed the transcript: %s\n", oneLine(name), out)
	return nil
}

// readCeremony reads what a ceremony left in its folder.
func readCeremony(s *ca.Script, folder string) (transcript []byte, files map[string][]byte, signatures [][]byte, err error) {
	if transcript, err = readAll(filepath.Join(folder, transcriptFile), 16<<20); err != nil {
		return nil, nil, nil, err
	}
	files = map[string][]byte{}
	for _, step := range s.Steps {
		if step.File == "" {
			continue
		}
		data, err := readAll(filepath.Join(folder, step.File), 1<<20)
		if err != nil {
			return nil, nil, nil, err
		}
		if block, _ := pem.Decode(data); block != nil {
			data = block.Bytes
		}
		files[step.File] = data
	}
	for name := range s.Officers {
		data, err := readAll(filepath.Join(folder, name+".p7s"), 1<<20)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, nil, nil, err
		}
		signatures = append(signatures, data)
	}
	return transcript, files, signatures, nil
}

func (a *app) ceremonyVerifyCommand() *cobra.Command {
	var f ceremonyFlags
	c := &cobra.Command{
		Use: "verify -o FOLDER SCRIPT", Short: "Verify a ceremony on another machine",
		Long: "Verify needs the script, as it was approved, and the folder. It makes the transcript and every file anew, byte for byte but for public\n" +
			"keys and signatures, which it checks, and wants the signatures of two officers whom the script names. It ends with 4 when anything differs.",
		Example: "  waxwing ca ceremony verify -o made root.yaml", Args: oneFile,
		RunE: func(c *cobra.Command, args []string) error {
			if f.folder == "" {
				return usage(c, "name the folder of the ceremony: -o FOLDER")
			}
			s, _, err := readScript(args[0])
			if err != nil {
				return err
			}
			transcript, files, signatures, err := readCeremony(s, f.folder)
			if err != nil {
				return err
			}
			officers, err := ca.VerifyCeremony(s, transcript, files, signatures)
			if err != nil {
				return failed(exitNotAcceptable, "trust nothing that this ceremony made until it is explained", "%w", err)
			}
			if f.json {
				return a.printJSON(map[string]any{"exit": exitGood, "name": s.Name, "officers": officers, "files": len(files)})
			}
			a.printf("✔ %s: %d files made anew, signed by %s\n", oneLine(s.Name), len(files), oneLine(strings.Join(officers, ", ")))
			return nil
		},
	}
	c.Flags().StringVarP(&f.folder, "output", "o", "", "folder of the ceremony")
	c.Flags().BoolVar(&f.json, "json", false, "print as JSON")
	return c
}
