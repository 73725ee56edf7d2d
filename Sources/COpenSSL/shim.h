#pragma once
#include <openssl/ssl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <openssl/param_build.h>
/// The selection of a public key: a macro too involved to be imported.
static inline int caracal_public_key_selection(void) { return EVP_PKEY_PUBLIC_KEY; }
