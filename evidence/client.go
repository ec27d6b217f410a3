package evidence

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// mostRedirects is how often a server may send us on.
const mostRedirects = 3

// newClient returns a client that follows few redirects and connects to public addresses only, whatever a name resolves to. It sends no
// cookies and keeps no secrets. A proxy of the environment is used as it is everywhere else.
func (f *Fetcher) newClient() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            f.dialer().DialContext,
			TLSHandshakeTimeout:    5 * time.Second,
			ResponseHeaderTimeout:  f.o.Timeout,
			MaxResponseHeaderBytes: 64 << 10,
			MaxIdleConns:           16,
			IdleConnTimeout:        30 * time.Second,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > mostRedirects {
				return fmt.Errorf("more than %d redirects", mostRedirects)
			}
			return f.allowed(r.URL)
		},
	}
}

// dialer looks at the address after the name was resolved, so that no name can point inside.
func (f *Fetcher) dialer() *net.Dialer {
	return &net.Dialer{
		Timeout: f.o.Timeout,
		Control: func(_, address string, _ syscall.RawConn) error {
			if f.o.Private {
				return nil
			}
			return publicAddress(address)
		},
	}
}

var errPrivate = errors.New("it is a private address, which is not asked")

// publicAddress refuses addresses that are not on the public network.
func publicAddress(address string) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	a := ap.Addr().Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || sharedSpace.Contains(a) || translated.Contains(a) || benchmark.Contains(a) {
		return errPrivate
	}
	return nil
}

// Further ranges that lead inside: RFC 6598 §7 (carriers), RFC 6052 §2.1 (IPv4 inside IPv6), RFC 2544 Appendix C.2.2.
var (
	sharedSpace = netip.MustParsePrefix("100.64.0.0/10")
	translated  = netip.MustParsePrefix("64:ff9b::/96")
	benchmark   = netip.MustParsePrefix("198.18.0.0/15")
)
