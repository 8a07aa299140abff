#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

/* A keyed message authentication context, or NULL. Its parameters are tagged C unions, which Swift
   cannot build without copying them; the rest of the work is done from Swift. */
static inline EVP_MAC_CTX *card_vault_mac_new(const char *algorithm, const char *parameter,
                                              const char *value, const unsigned char *key,
                                              size_t key_count) {
  EVP_MAC *mac = EVP_MAC_fetch(NULL, algorithm, NULL);
  EVP_MAC_CTX *context = mac == NULL ? NULL : EVP_MAC_CTX_new(mac);
  EVP_MAC_free(mac);
  OSSL_PARAM parameters[2] = {OSSL_PARAM_construct_utf8_string(parameter, (char *)value, 0),
                              OSSL_PARAM_construct_end()};
  if (context != NULL && EVP_MAC_init(context, key, key_count, parameters) != 1) {
    EVP_MAC_CTX_free(context);
    return NULL;
  }
  return context;
}
