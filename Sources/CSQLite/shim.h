#include <sqlite3.h>

/* Swift cannot call C functions with variable arguments. */

/* Leaves the write-ahead log alone when the last connection closes: checkpoints are taken only under
   the lock beside the store. */
static inline int card_vault_sqlite_no_checkpoint_on_close(sqlite3 *database) {
  return sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

/* Refuses SQL that could corrupt the file through a crafted schema. */
static inline int card_vault_sqlite_defensive(sqlite3 *database) {
  return sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}

/* Binds bytes or UTF-8 text that SQLite copies at once: SQLITE_TRANSIENT is a cast that Swift lacks. */
static inline int card_vault_sqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes,
                                              int count) {
  return count == 0 ? sqlite3_bind_zeroblob(statement, index, 0)
                    : sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}

static inline int card_vault_sqlite_bind_text(sqlite3_stmt *statement, int index, const char *text,
                                              int count) {
  return sqlite3_bind_text(statement, index, text, count, SQLITE_TRANSIENT);
}
