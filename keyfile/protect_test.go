package keyfile

import (
	"testing"

	"github.com/waxwing-mail/waxwing/alg"
	"github.com/waxwing-mail/waxwing/limit"
)

// One salt in 128 brings gpgsm 2.2 to where it loses a zero.
func TestNoSaltIsUsedThatGpgsmStumblesOver(t *testing.T) {
	p := &oldProtector{[]byte("open sesame"), 1}
	bmp := alg.BMPPassword(p.password)
	for range 3000 {
		salt, key, err := p.key(bmp, limit.New(limit.Limits{}))
		if err != nil {
			t.Fatal(err)
		}
		if alg.PKCS12LeadingZero(alg.SHA1, bmp, salt, key) {
			t.Fatalf("salt %x", salt)
		}
	}
	stumbles := 0
	for i := range 3000 {
		salt := []byte{byte(i), byte(i >> 8), 1, 2, 3, 4, 5, 6}
		key, err := alg.PKCS12Key(alg.SHA1, alg.PKCS12ForKey, bmp, salt, 1, 24, limit.New(limit.Limits{}))
		if err != nil {
			t.Fatal(err)
		}
		if alg.PKCS12LeadingZero(alg.SHA1, bmp, salt, key) {
			stumbles++
		}
	}
	if stumbles < 5 || stumbles > 80 {
		t.Errorf("%d of 3000 salts would be drawn anew, expected about 23", stumbles)
	}
}
