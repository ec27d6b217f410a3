package testdb

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// server starts one PostgreSQL for the test program and returns its port.
var server = sync.OnceValues(start)

// databases counts the databases that were made.
var databases atomic.Int64

// held is open until this process ends: were it let go, the garbage collector would close it and the server would stop.
var held io.WriteCloser

// errMissing says that Debian's package is not there.
var errMissing = errors.New("PostgreSQL is not installed; `make deps` installs it")

// Postgres returns the DSN of a new database, or skips the test where there is no server.
func Postgres(t testing.TB) string {
	t.Helper()
	port, err := server()
	if errors.Is(err, errMissing) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("t%d", databases.Add(1))
	admin, err := sql.Open("pgx", dsn(port, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	if _, err := admin.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	return dsn(port, name)
}

func dsn(port int, name string) string {
	return fmt.Sprintf("postgres://waxwing@127.0.0.1:%d/%s?sslmode=disable", port, name)
}

// start makes a cluster in a temporary folder and starts its server. A shell stands between: when the test program ends, however it
// ends, the shell's standard input closes, and it stops the server by its number and removes the folder.
func start() (port int, err error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) == 0 {
		return 0, errMissing
	}
	slices.Sort(found)
	bin := filepath.Dir(found[len(found)-1])
	dir, err := os.MkdirTemp("/tmp", "waxwing-postgresql-*")
	if err != nil {
		return 0, err
	}
	who, err := serverUser(dir)
	if err != nil {
		return 0, err
	}
	data := filepath.Join(dir, "data")
	c := exec.Command(bin+"/initdb", "-D", data, "-U", "waxwing", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	c.Dir, c.SysProcAttr = dir, who
	if out, err := c.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if port, err = freePort(); err != nil {
		return 0, err
	}
	c = exec.Command("/bin/sh", "-c", `"$@" </dev/null & p=$!; read x; kill -INT $p; wait $p; rm -rf "$0"`, dir,
		bin+"/postgres", "-D", data, "-h", "127.0.0.1", "-p", strconv.Itoa(port), "-k", dir)
	c.Dir, c.SysProcAttr = dir, who
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return 0, err
	}
	defer log.Close()
	c.Stdout, c.Stderr = log, log
	if held, err = c.StdinPipe(); err != nil {
		return 0, err
	}
	if err := c.Start(); err != nil {
		return 0, err
	}
	return port, wait(port, log.Name())
}

// serverUser says as whom the server runs: it refuses root, for whom Debian made the user postgres.
func serverUser(dir string) (*syscall.SysProcAttr, error) {
	a := &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() != 0 {
		return a, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err1 := strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	if err := errors.Join(err1, err2, os.Chown(dir, uid, gid)); err != nil {
		return nil, err
	}
	a.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return a, nil
}

// freePort finds a port of the loopback interface that nobody listens on.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// wait returns when the server answers.
func wait(port int, log string) error {
	admin, err := sql.Open("pgx", dsn(port, "postgres"))
	if err != nil {
		return err
	}
	defer admin.Close()
	for range 300 {
		if err = admin.Ping(); err == nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	text, _ := os.ReadFile(log)
	return fmt.Errorf("PostgreSQL did not start: %w\n%s", err, text)
}
