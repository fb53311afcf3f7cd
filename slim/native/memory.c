/* Allocates QuickJS's small blocks by size class from one region that only grows. musl's allocator
 * returns a group of blocks to the kernel as soon as it is empty, which took a third
 * of each start. */

#define _GNU_SOURCE
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "host.h"

/* Since Linux 5.14. Older kernels refuse it harmlessly; older headers lack it. */
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

enum {
  PAGE_BYTES = 4096,
  /* 16 MB of address space; the kernel backs only touched pages. When it is full, malloc takes
     over. */
  PAGES = 4 * 1024,
  /* Populated at once: one madvise is far cheaper than eight page faults. */
  PAGES_AT_ONCE = 8,
  STEP = 16,
  /* Above this size a class spans four steps: each class has one partly filled page, so fewer
     classes waste less. */
  LARGEST_FINE = 192,
  WIDE_STEP = 64,
#ifdef __SANITIZE_ADDRESS__
  /* Every block must come from malloc for the sanitizer to track it. */
  LARGEST_SMALL = 0,
#else
  LARGEST_SMALL = 1024,
#endif
  FINE_CLASSES = LARGEST_FINE / STEP + 1,
  CLASSES = FINE_CLASSES + 1024 / WIDE_STEP,
};

struct block {
  struct block *next;
};

static char *region;
static size_t used_pages;
static uint8_t class_of_page[PAGES];
static struct block *free_blocks[CLASSES];

static size_t size_class_of(size_t size) {
  if (size <= LARGEST_FINE) return (size + STEP - 1) / STEP;
  return FINE_CLASSES - 1 + (size - LARGEST_FINE + WIDE_STEP - 1) / WIDE_STEP;
}

static size_t size_of_class(size_t size_class) {
  if (size_class < FINE_CLASSES) return size_class * STEP;
  return LARGEST_FINE + (size_class - FINE_CLASSES + 1) * WIDE_STEP;
}

static bool is_in_region(const void *pointer) {
  return region && (size_t)((const char *)pointer - region) < (size_t)PAGES * PAGE_BYTES;
}

static size_t block_size(const void *pointer) {
  if (!is_in_region(pointer)) return malloc_usable_size((void *)(uintptr_t)pointer);
  return size_of_class(class_of_page[((const char *)pointer - region) / PAGE_BYTES]);
}

static bool add_page(size_t size_class) {
  if (used_pages == PAGES) return false;
  if (!region) {
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    void *mapped = mmap(NULL, (size_t)PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (mapped == MAP_FAILED) {
      used_pages = PAGES;
      return false;
    }
    /* A huge page would back 2 MB with memory for the first byte. */
    madvise(mapped, (size_t)PAGES * PAGE_BYTES, MADV_NOHUGEPAGE);
    region = mapped;
  }
  char *page = region + used_pages * PAGE_BYTES;
  if (used_pages % PAGES_AT_ONCE == 0) {
    madvise(page, (size_t)PAGES_AT_ONCE * PAGE_BYTES, MADV_POPULATE_WRITE);
  }
  class_of_page[used_pages++] = (uint8_t)size_class;
  size_t size = size_of_class(size_class);
  for (size_t end = PAGE_BYTES / size * size; end > 0; end -= size) {
    struct block *block = (struct block *)(void *)(page + end - size);
    block->next = free_blocks[size_class];
    free_blocks[size_class] = block;
  }
  return true;
}

static void *take_block(size_t size) {
  size_t size_class = size_class_of(size);
  if (size > LARGEST_SMALL) return resize_memory(NULL, size);
  if (!free_blocks[size_class] && !add_page(size_class)) return resize_memory(NULL, size);
  struct block *block = free_blocks[size_class];
  free_blocks[size_class] = block->next;
  return block;
}

/* For a process that never returns to JavaScript. */
void keep_memory_from_fork(bool is_kept) {
  if (region) madvise(region, (size_t)PAGES * PAGE_BYTES, is_kept ? MADV_DONTFORK : MADV_DOFORK);
}

static size_t in_use;

size_t memory_in_use(void) { return in_use; }

/* The loop collects cycles by the bytes in use (memory_in_use), so each block is counted. */
static void *allocate(JSMallocState *state, size_t size) {
  void *pointer = take_block(size);
  state->malloc_count++;
  in_use = state->malloc_size += block_size(pointer);
  return pointer;
}

static void release(JSMallocState *state, void *pointer) {
  if (!pointer) return;
  size_t size = block_size(pointer);
  state->malloc_count--;
  in_use = state->malloc_size -= size;
  if (!is_in_region(pointer)) return free(pointer);
  struct block *block = pointer;
  size_t size_class = size_class_of(size);
  block->next = free_blocks[size_class];
  free_blocks[size_class] = block;
}

static void *resize(JSMallocState *state, void *pointer, size_t size) {
  if (!pointer) return size ? allocate(state, size) : NULL;
  if (!size) return release(state, pointer), NULL;
  size_t old = block_size(pointer);
  if (!is_in_region(pointer) && size > LARGEST_SMALL) {
    void *resized = resize_memory(pointer, size);
    in_use = state->malloc_size += block_size(resized) - old;
    return resized;
  }
  if (is_in_region(pointer) && size_class_of(size) == size_class_of(old)) return pointer;
  void *moved = allocate(state, size);
  memcpy(moved, pointer, size < old ? size : old);
  release(state, pointer);
  return moved;
}

const JSMallocFunctions memory_functions = {allocate, release, resize, block_size};
