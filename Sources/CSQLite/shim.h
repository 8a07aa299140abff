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
