// SPDX-License-Identifier: Apache-2.0
// Pages that a forked child finds filled with zeros: wiped by the kernel on Linux, and by a fork
// handler where the kernel has no such pages (macOS knows no VM_INHERIT_ZERO).
#define _GNU_SOURCE
#include "CPlatform.h"

#include <sys/mman.h>

static void *new_page(size_t byte_count) {
  void *page = mmap(NULL, byte_count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
  return page == MAP_FAILED ? NULL : page;
}

#ifdef MADV_WIPEONFORK

void *card_vault_page_wiped_on_fork(size_t byte_count) {
  void *page = new_page(byte_count);
  if (page == NULL) return NULL;
  if (madvise(page, byte_count, MADV_WIPEONFORK) != 0) {
    munmap(page, byte_count);
    return NULL;
  }
  madvise(page, byte_count, MADV_DONTDUMP);
  return page;
}

void card_vault_page_free(void *page, size_t byte_count) { munmap(page, byte_count); }

#else

#include <pthread.h>
#include <string.h>

struct page {
  struct page *next;
  size_t byte_count;
  unsigned char bytes[];
};

static struct page *pages;
static pthread_mutex_t pages_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t handlers_once = PTHREAD_ONCE_INIT;
static int handlers_refused;

static void lock_pages(void) { pthread_mutex_lock(&pages_lock); }
static void unlock_pages(void) { pthread_mutex_unlock(&pages_lock); }

static void wipe_pages(void) {
  for (struct page *page = pages; page != NULL; page = page->next)
    memset(page->bytes, 0, page->byte_count);
  unlock_pages();
}

static void install_handlers(void) {
  handlers_refused = pthread_atfork(lock_pages, unlock_pages, wipe_pages);
}

void *card_vault_page_wiped_on_fork(size_t byte_count) {
  pthread_once(&handlers_once, install_handlers);
  if (handlers_refused != 0) return NULL;
  struct page *page = new_page(sizeof *page + byte_count);
  if (page == NULL) return NULL;
  page->byte_count = byte_count;
  lock_pages();
  page->next = pages;
  pages = page;
  unlock_pages();
  return page->bytes;
}

void card_vault_page_free(void *bytes, size_t byte_count) {
  lock_pages();
  struct page **link = &pages;
  while ((*link)->bytes != bytes) link = &(*link)->next;
  struct page *page = *link;
  *link = page->next;
  unlock_pages();
  munmap(page, sizeof *page + byte_count);
}

#endif
