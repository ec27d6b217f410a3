package server

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// The files of a home.
const (
	databaseFile = "waxwing.db" // SQLite
	dsnFile      = "database"   // one line: the DSN of a database elsewhere
)

// maxDSN is the longest DSN in bytes.
const maxDSN = 4096

// find returns the DSN of a home that exists.
func (o Options) find() (string, error) {
	if o.Dir == "" {
		return "", errors.New("server: a house needs the folder of its home")
	}
	info, err := os.Stat(o.Dir)
	if errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("%w: %s does not exist", ErrNoHome, o.Dir)
	}
	if err != nil {
		return "", fmt.Errorf("server: %w", err)
	}
	if err := private(o.Dir, info); err != nil {
		return "", err
	}
	if o.DSN != "" {
		return o.DSN, nil
	}
	dsn, err := ReadDSN(filepath.Join(o.Dir, dsnFile))
	if !errors.Is(err, os.ErrNotExist) {
		return dsn, err
	}
	path := filepath.Join(o.Dir, databaseFile)
	if there, err := exists(path); err != nil || there {
		return "sqlite:" + path, err
	}
	return "", fmt.Errorf("%w: %s has neither %s nor %s", ErrNoHome, o.Dir, databaseFile, dsnFile)
}

// IsHome tells whether a folder is a home that Create made.
func IsHome(dir string) bool {
	for _, name := range []string{dsnFile, databaseFile} {
		if there, err := exists(filepath.Join(dir, name)); err == nil && there {
			return true
		}
	}
	return false
}

// target returns the DSN of the database that a home has or had; a restore may find its file lost, or make the folder anew.
func (o Options) target() (string, error) {
	if o.Dir == "" {
		return "", errors.New("server: a house needs the folder of its home")
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return "", fmt.Errorf("server: make the home: %w", err)
	}
	dsn, err := o.find()
	if errors.Is(err, ErrNoHome) {
		return "sqlite:" + filepath.Join(o.Dir, databaseFile), nil
	}
	return dsn, err
}

// make makes the folder of a new home, and returns the DSN of its database.
func (o Options) make() (string, error) {
	if o.Dir == "" {
		return "", errors.New("server: a house needs the folder of its home")
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return "", fmt.Errorf("server: make the home: %w", err)
	}
	list, err := os.ReadDir(o.Dir)
	if err != nil {
		return "", fmt.Errorf("server: make the home: %w", err)
	}
	for _, f := range list {
		if f.Name() != dsnFile && f.Name() != sourceFile && f.Name() != keyFile {
			return "", fmt.Errorf("%w: %s has %s", ErrIsHome, o.Dir, f.Name())
		}
	}
	if err := os.Chmod(o.Dir, 0o700); err != nil {
		return "", fmt.Errorf("server: make the home: %w", err)
	}
	path := filepath.Join(o.Dir, dsnFile)
	if o.DSN == "" {
		dsn, err := ReadDSN(path)
		if errors.Is(err, os.ErrNotExist) {
			return "sqlite:" + filepath.Join(o.Dir, databaseFile), nil
		}
		return dsn, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return "", fmt.Errorf("%w: %s has %s", ErrIsHome, o.Dir, dsnFile)
	}
	if err != nil {
		return "", fmt.Errorf("server: make the home: %w", err)
	}
	_, err = io.WriteString(f, o.DSN+"\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", fmt.Errorf("server: make the home: %w", err)
	}
	return o.DSN, nil
}

// unmake takes away what Create made, so that it can be tried again. What was given stays, and so does the vault's key: a database elsewhere
// may have been sealed under it.
func (o Options) unmake() error {
	var err error
	for _, name := range []string{databaseFile, databaseFile + "-wal", databaseFile + "-shm"} {
		err = errors.Join(err, removeIfThere(filepath.Join(o.Dir, name)))
	}
	if o.DSN != "" {
		err = errors.Join(err, removeIfThere(filepath.Join(o.Dir, dsnFile)))
	}
	return err
}

func removeIfThere(path string) error {
	if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// ReadDSN reads a file with one line, the DSN of a database. The file may be readable by its owner only, since there may be a password in it.
func ReadDSN(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("server: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("server: %w", err)
	}
	if err := private(path, info); err != nil {
		return "", err
	}
	data, err := io.ReadAll(io.LimitReader(f, maxDSN+1))
	if err != nil {
		return "", fmt.Errorf("server: read %s: %w", path, err)
	}
	dsn := strings.TrimSpace(string(data))
	if dsn == "" || len(data) > maxDSN || strings.ContainsAny(dsn, "\n\r") {
		return "", fmt.Errorf("server: %s must hold one line, as postgres://user:password@host/database", path)
	}
	return dsn, nil
}

// private refuses what others than the owner can read.
func private(path string, info os.FileInfo) error {
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf("server: others than the owner can read %s (mode %04o); set it right with: chmod go-rwx %s", path, mode, path)
	}
	return nil
}
