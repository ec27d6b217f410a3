// Package p11rpc asks a PKCS #11 module for things over a Unix socket, so that a program without C code can use tokens and HSMs.
//
//	c, err := p11rpc.Dial(ctx, "/run/user/1000/p11-kit/pkcs11", 30*time.Second)
//	defer c.Close()
//	slots, err := c.Slots()
//	s, err := c.OpenSession(slots[0].ID, true)
//	err = c.Login(s, pin)
//	found, err := c.Find(s, []p11rpc.Attribute{p11rpc.Ulong(p11rpc.Class, p11rpc.PrivateKey), p11rpc.Bytes(p11rpc.Label, []byte("ca"))}, 2)
//	signature, err := c.Sign(s, p11rpc.Mechanism{Type: p11rpc.ECDSA}, found[0], digest)
//
// The other side is p11-kit's server, which loads the vendor's module in a process of its own:
//
//	p11-kit server --provider /usr/lib/softhsm/libsofthsm2.so --name /run/waxwing/token.sock "pkcs11:token=waxwing"
//
// This is p11-kit's remoting protocol in version 0, which all its releases since 0.23.10 speak: frames with an id, a call, the signature of
// its arguments and the arguments in big endian. Whatever the other side answers is taken as bytes from a stranger: one that does not fit is
// an error and ends the connection. Only the calls that keys need are here; keys are not judged, and signatures not checked.
//
// A Client does one call at a time, and its methods may be called by many goroutines. Operations of several calls (find, sign, decrypt) are
// done under one lock. Specifications: PKCS #11 v2.40, RFC 7512 (URIs).
package p11rpc
