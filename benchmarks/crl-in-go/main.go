// Builds and signs a CRL with Go's crypto/x509, as a yardstick: crl-in-go ENTRIES OUT prints the milliseconds it took.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"os"
	"strconv"
	"time"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 3 {
		return fmt.Errorf("usage: crl-in-go ENTRIES OUT")
	}
	count, err := strconv.Atoi(os.Args[1])
	if err != nil {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	issuer := &x509.Certificate{
		Subject:      pkix.Name{Organization: []string{"op1"}},
		SubjectKeyId: make([]byte, 20),
		KeyUsage:     x509.KeyUsageCRLSign,
	}
	now := time.Unix(1790000000, 0)
	serials := make([]byte, 16*count)
	if _, err := rand.Read(serials); err != nil {
		return err
	}
	since := time.Now()
	entries := make([]x509.RevocationListEntry, count)
	for i := range entries {
		serial := serials[16*i : 16*i+16]
		serial[0] = serial[0]&0x7f | 1
		entries[i] = x509.RevocationListEntry{
			SerialNumber:   new(big.Int).SetBytes(serial),
			RevocationTime: now.Add(-time.Duration(i) * time.Second),
			ReasonCode:     4,
		}
	}
	der, err := x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
		RevokedCertificateEntries: entries,
		Number:                    big.NewInt(7),
		ThisUpdate:                now,
		NextUpdate:                now.Add(24 * time.Hour),
	}, issuer, key)
	if err != nil {
		return err
	}
	fmt.Println(time.Since(since).Milliseconds())
	return os.WriteFile(os.Args[2], der, 0o600)
}
