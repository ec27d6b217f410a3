// In-process peer of bench -small: what OpenSSL's libcrypto does with a 10 KB mail,
// as one line "job rate" each, in operations per CPU second.
//
//   libcrypto CERT KEY ROOT MAIL
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static X509 *cert, *root;
static EVP_PKEY *key;
static X509_STORE *store;
static char mail[1 << 20];
static int mail_len;

static void die(const char *what) {
  fprintf(stderr, "%s failed\n", what);
  ERR_print_errors_fp(stderr);
  exit(1);
}

static double cpu(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static BIO *memory(const void *p, int n) { return BIO_new_mem_buf(p, n); }

static FILE *open_or_die(const char *name) {
  FILE *f = fopen(name, "r");
  if (!f) die(name);
  return f;
}

// sign makes detached SignedData over the mail, as DER in *out.
static int sign(unsigned char **out) {
  BIO *in = memory(mail, mail_len);
  CMS_ContentInfo *c = CMS_sign(cert, key, NULL, in, CMS_DETACHED);
  if (!c) die("sign");
  int n = i2d_CMS_ContentInfo(c, out);
  CMS_ContentInfo_free(c);
  BIO_free(in);
  return n;
}

static int verify(const unsigned char *der, int n, int chain) {
  CMS_ContentInfo *c = d2i_CMS_ContentInfo(NULL, &der, n);
  BIO *in = memory(mail, mail_len);
  BIO *out = BIO_new(BIO_s_null());
  int ok = CMS_verify(c, NULL, store, in, out, chain ? 0 : CMS_NO_SIGNER_CERT_VERIFY);
  if (ok != 1) die("verify");
  BIO_free(out);
  BIO_free(in);
  CMS_ContentInfo_free(c);
  return ok;
}

static int encrypt(int recipients, unsigned char **out) {
  STACK_OF(X509) *to = sk_X509_new_null();
  for (int i = 0; i < recipients; i++) sk_X509_push(to, cert);
  BIO *in = memory(mail, mail_len);
  CMS_ContentInfo *c = CMS_encrypt(to, in, EVP_aes_256_cbc(), 0);
  if (!c) die("encrypt");
  int n = i2d_CMS_ContentInfo(c, out);
  CMS_ContentInfo_free(c);
  BIO_free(in);
  sk_X509_free(to);
  return n;
}

static void decrypt(const unsigned char *der, int n) {
  CMS_ContentInfo *c = d2i_CMS_ContentInfo(NULL, &der, n);
  BIO *out = BIO_new(BIO_s_null());
  if (CMS_decrypt(c, key, cert, NULL, out, 0) != 1) die("decrypt");
  BIO_free(out);
  CMS_ContentInfo_free(c);
}

static unsigned char *signed_der, *enveloped_der;
static int signed_len, enveloped_len;

static void job(const char *name, int recipients, int chain) {
  int n = 0;
  double start = cpu(), used;
  do {
    unsigned char *der = NULL;
    if (!strcmp(name, "sign")) sign(&der);
    if (!strncmp(name, "verify", 6)) verify(signed_der, signed_len, chain);
    if (!strncmp(name, "encrypt", 7)) encrypt(recipients, &der);
    if (!strcmp(name, "decrypt")) decrypt(enveloped_der, enveloped_len);
    OPENSSL_free(der);
    n++;
    used = cpu() - start;
  } while (used < 1.0);
  printf("%s %.1f\n", name, n / used);
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  FILE *f = open_or_die(argv[1]);
  cert = PEM_read_X509(f, NULL, NULL, NULL);
  fclose(f);
  f = open_or_die(argv[2]);
  key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
  fclose(f);
  f = open_or_die(argv[3]);
  root = PEM_read_X509(f, NULL, NULL, NULL);
  fclose(f);
  f = open_or_die(argv[4]);
  mail_len = fread(mail, 1, sizeof mail, f);
  fclose(f);
  if (!cert || !key || !root || !mail_len) die("read");
  store = X509_STORE_new();
  X509_STORE_add_cert(store, root);
  signed_len = sign(&signed_der);
  enveloped_len = encrypt(1, &enveloped_der);
  job("sign", 0, 0);
  job("verify", 0, 0);
  job("verify-chain", 0, 1);
  job("encrypt-1", 1, 0);
  job("encrypt-10", 10, 0);
  job("encrypt-100", 100, 0);
  job("decrypt", 0, 0);
  return 0;
}
