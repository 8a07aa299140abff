/* The C libraries under the vault, called without it: the yardstick of the benchmarks. */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdint.h>
#include <string.h>

/* HMAC-SHA-256 through one context that is keyed once. */
static inline EVP_MAC_CTX *bare_hmac_new(const uint8_t key[32]) {
  EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
  EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);
  EVP_MAC_free(mac);
  OSSL_PARAM parameters[2] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0),
      OSSL_PARAM_construct_end()};
  EVP_MAC_init(context, key, 32, parameters);
  return context;
}

static inline int bare_hmac(EVP_MAC_CTX *context, const uint8_t *message, size_t count,
                            uint8_t code[32]) {
  return EVP_MAC_init(context, NULL, 0, NULL) == 1 && EVP_MAC_update(context, message, count) == 1 &&
         EVP_MAC_final(context, code, NULL, 32) == 1;
}

/* The key of XAES-256-GCM for a nonce: two AES blocks. `k1` is CMAC's first subkey. */
static inline void bare_xaes_key(EVP_CIPHER_CTX *aes, const uint8_t k1[16], const uint8_t nonce[24],
                                 uint8_t key[32]) {
  uint8_t blocks[32] = {0};
  int written;
  for (int half = 0; half < 2; half++) {
    uint8_t *block = blocks + 16 * half;
    block[1] = (uint8_t)(half + 1);
    block[2] = 'X';
    memcpy(block + 4, nonce, 12);
    for (int i = 0; i < 16; i++) block[i] ^= k1[i];
  }
  EVP_EncryptUpdate(aes, key, &written, blocks, 32);
}

static inline void bare_xaes_seal(EVP_CIPHER_CTX *aes, const uint8_t k1[16], const uint8_t nonce[24],
                                  const uint8_t *aad, size_t aad_count, const uint8_t *message,
                                  size_t count, uint8_t *box) {
  uint8_t key[32];
  bare_xaes_key(aes, k1, nonce, key);
  crypto_aead_aes256gcm_encrypt(box, NULL, message, count, aad, aad_count, NULL, nonce + 12, key);
}

static inline int bare_xaes_open(EVP_CIPHER_CTX *aes, const uint8_t k1[16], const uint8_t nonce[24],
                                 const uint8_t *aad, size_t aad_count, const uint8_t *box,
                                 size_t count, uint8_t *message) {
  uint8_t key[32];
  bare_xaes_key(aes, k1, nonce, key);
  return crypto_aead_aes256gcm_decrypt(message, NULL, NULL, box, count, aad, aad_count, nonce + 12,
                                       key);
}

/* The settings of the store. */
#define BARE_SETTINGS \
  "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;" \
  "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 20000;"

static const char *const bare_settings = BARE_SETTINGS;

/* The layout of the store without the vault: the same columns, of the same sizes. */
static const char *const bare_schema = BARE_SETTINGS
    "CREATE TABLE cards (token BLOB PRIMARY KEY, key INTEGER NOT NULL, box BLOB NOT NULL,"
    " format INTEGER NOT NULL, display TEXT NOT NULL, brand INTEGER NOT NULL, expiry INTEGER,"
    " created INTEGER NOT NULL, expires INTEGER) STRICT, WITHOUT ROWID;"
    "CREATE INDEX cards_by_key ON cards (key);"
    "CREATE TABLE fingerprints (key INTEGER NOT NULL, format INTEGER NOT NULL,"
    " fingerprint BLOB NOT NULL, token BLOB NOT NULL, PRIMARY KEY (key, format, fingerprint))"
    " STRICT, WITHOUT ROWID;"
    "CREATE INDEX fingerprints_by_token ON fingerprints (token);"
    "CREATE TABLE audit (sequence INTEGER PRIMARY KEY, entry BLOB NOT NULL) STRICT;";

static inline int bare_exec(sqlite3 *database, const char *sql) {
  return sqlite3_exec(database, sql, NULL, NULL, NULL);
}

static inline sqlite3_stmt *bare_prepare(sqlite3 *database, const char *sql) {
  sqlite3_stmt *statement = NULL;
  sqlite3_prepare_v2(database, sql, -1, &statement, NULL);
  return statement;
}

static inline int bare_insert_card(sqlite3_stmt *statement, const uint8_t token[17],
                                   const uint8_t box[50]) {
  sqlite3_bind_blob(statement, 1, token, 17, SQLITE_STATIC);
  sqlite3_bind_int64(statement, 2, 5);
  sqlite3_bind_blob(statement, 3, box, 50, SQLITE_STATIC);
  sqlite3_bind_int64(statement, 4, 1);
  sqlite3_bind_text(statement, 5, "411111******1111", 16, SQLITE_STATIC);
  sqlite3_bind_int64(statement, 6, 1);
  sqlite3_bind_int64(statement, 7, 203012);
  sqlite3_bind_int64(statement, 8, 1763884800000);
  sqlite3_bind_null(statement, 9);
  int code = sqlite3_step(statement);
  sqlite3_reset(statement);
  return code == SQLITE_DONE;
}

static inline int bare_insert_fingerprint(sqlite3_stmt *statement, const uint8_t fingerprint[16],
                                          const uint8_t token[17]) {
  sqlite3_bind_int64(statement, 1, 6);
  sqlite3_bind_int64(statement, 2, 1);
  sqlite3_bind_blob(statement, 3, fingerprint, 16, SQLITE_STATIC);
  sqlite3_bind_blob(statement, 4, token, 17, SQLITE_STATIC);
  int code = sqlite3_step(statement);
  sqlite3_reset(statement);
  return code == SQLITE_DONE;
}

static inline int bare_insert_entry(sqlite3_stmt *statement, const uint8_t *entry, int count) {
  sqlite3_bind_blob(statement, 1, entry, count, SQLITE_STATIC);
  int code = sqlite3_step(statement);
  sqlite3_reset(statement);
  return code == SQLITE_DONE;
}

static inline int bare_select_card(sqlite3_stmt *statement, const uint8_t token[17],
                                   uint8_t box[50]) {
  sqlite3_bind_blob(statement, 1, token, 17, SQLITE_STATIC);
  int found = sqlite3_step(statement) == SQLITE_ROW;
  if (found) memcpy(box, sqlite3_column_blob(statement, 1), 50);
  sqlite3_reset(statement);
  return found;
}

/* The statements of a walk that gives every card another key and box. */
typedef struct {
  sqlite3_stmt *scan, *update, *position, *begin, *commit;
} bare_walk;

static inline bare_walk bare_walk_prepare(sqlite3 *database) {
  bare_walk walk = {
      bare_prepare(database,
                   "SELECT token, key, box, format, display, brand, expiry, created, expires"
                   " FROM cards WHERE token > ? ORDER BY token LIMIT ?"),
      bare_prepare(database, "UPDATE cards SET key = ?, box = ? WHERE token = ?"),
      bare_prepare(database,
                   "INSERT OR REPLACE INTO registers VALUES ('jobs', x'72', ?, ?, ?)"),
      bare_prepare(database, "BEGIN IMMEDIATE"), bare_prepare(database, "COMMIT")};
  return walk;
}

static inline void bare_walk_finalize(bare_walk *walk) {
  sqlite3_finalize(walk->scan);
  sqlite3_finalize(walk->update);
  sqlite3_finalize(walk->position);
  sqlite3_finalize(walk->begin);
  sqlite3_finalize(walk->commit);
}

static inline int bare_run(sqlite3_stmt *statement) {
  int code = sqlite3_step(statement);
  sqlite3_reset(statement);
  return code == SQLITE_DONE;
}

/* Reads the cards after `place`, at most `limit`, and gives each the key and the next 50 of
   `boxes`, with a row for the new place, in one transaction. `tokens` has room for `limit` of 17
   bytes. Returns how many cards, or -1. */
static inline int bare_walk_page(bare_walk *walk, uint8_t place[17], int limit, int64_t key,
                                 const uint8_t *boxes, uint8_t *tokens) {
  int count = 0;
  sqlite3_bind_blob(walk->scan, 1, place, 17, SQLITE_STATIC);
  sqlite3_bind_int(walk->scan, 2, limit);
  while (sqlite3_step(walk->scan) == SQLITE_ROW) {
    if (sqlite3_column_bytes(walk->scan, 0) != 17) return -1;
    memcpy(tokens + 17 * count++, sqlite3_column_blob(walk->scan, 0), 17);
  }
  sqlite3_reset(walk->scan);
  if (count == 0) return 0;
  if (!bare_run(walk->begin)) return -1;
  for (int i = 0; i < count; i++) {
    sqlite3_bind_int64(walk->update, 1, key);
    sqlite3_bind_blob(walk->update, 2, boxes + 50 * i, 50, SQLITE_STATIC);
    sqlite3_bind_blob(walk->update, 3, tokens + 17 * i, 17, SQLITE_STATIC);
    if (!bare_run(walk->update)) return -1;
  }
  memcpy(place, tokens + 17 * (count - 1), 17);
  sqlite3_bind_blob(walk->position, 1, boxes, 160, SQLITE_STATIC);
  sqlite3_bind_blob(walk->position, 2, boxes, 16, SQLITE_STATIC);
  sqlite3_bind_blob(walk->position, 3, boxes, 32, SQLITE_STATIC);
  return bare_run(walk->position) && bare_run(walk->commit) ? count : -1;
}
