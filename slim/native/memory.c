/* Allocates QuickJS's blocks by size class from one region that only grows. musl's allocator
 * returns a group of blocks to the kernel as soon as it is empty, which took a third of each start.
 */

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
  /* Most blocks are objects, of 72 bytes, and names. */
  STEP = 8,
  LARGEST_FINE = 128,
  /* Above that size a class spans more: each class has one partly filled page, so fewer classes
     waste less. */
  WIDE_STEP = 32,
  LARGEST_WIDE = 512,
  FINE_CLASSES = LARGEST_FINE / STEP + 1,
  WIDE_CLASSES = (LARGEST_WIDE - LARGEST_FINE) / WIDE_STEP,
};

/* What divides a page well, and then whole pages. */
static const uint32_t large_sizes[] = {
    576,   672,   816,   1024,  1360,  2048,  4096,  8192,   12288,
    16384, 20480, 24576, 32768, 49152, 65536, 98304, 131072,
};

enum {
  LARGE_CLASSES = sizeof large_sizes / sizeof *large_sizes,
  CLASSES = FINE_CLASSES + WIDE_CLASSES + LARGE_CLASSES,
#ifdef __SANITIZE_ADDRESS__
  /* Every block must come from malloc for the sanitizer to track it. */
  LARGEST_IN_REGION = 0,
#else
  LARGEST_IN_REGION = 128 * 1024,
#endif
};

struct block {
  struct block *next;
};

static char *region;
static size_t used_pages, populated_pages;
static uint8_t class_of_page[PAGES];
static struct block *free_blocks[CLASSES];

static size_t size_class_of(size_t size) {
  if (size <= LARGEST_FINE) return (size + STEP - 1) / STEP;
  size_t wide = FINE_CLASSES - 1 + (size - LARGEST_FINE + WIDE_STEP - 1) / WIDE_STEP;
  if (size <= LARGEST_WIDE) return wide;
  size_t large = 0;
  while (large_sizes[large] < size) large++;
  return FINE_CLASSES + WIDE_CLASSES + large;
}

static size_t size_of_class(size_t size_class) {
  if (size_class < FINE_CLASSES) return size_class * STEP;
  size_class -= FINE_CLASSES;
  if (size_class < WIDE_CLASSES) return LARGEST_FINE + (size_class + 1) * WIDE_STEP;
  return large_sizes[size_class - WIDE_CLASSES];
}

static bool is_in_region(const void *pointer) {
  return region && (size_t)((const char *)pointer - region) < (size_t)PAGES * PAGE_BYTES;
}

static size_t block_size(const void *pointer) {
  if (!is_in_region(pointer)) return malloc_usable_size((void *)(uintptr_t)pointer);
  return size_of_class(class_of_page[((const char *)pointer - region) / PAGE_BYTES]);
}

static bool open_region(void) {
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  void *mapped = mmap(NULL, (size_t)PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (mapped == MAP_FAILED) {
    used_pages = PAGES; /* not tried again */
    return false;
  }
  /* A huge page would back 2 MB with memory for the first byte. */
  madvise(mapped, (size_t)PAGES * PAGE_BYTES, MADV_NOHUGEPAGE);
  region = mapped;
  return true;
}

/* Adds a page of blocks, or one block of several pages. */
static bool add_blocks(size_t size_class) {
  size_t size = size_of_class(size_class), pages = (size + PAGE_BYTES - 1) / PAGE_BYTES;
  if (used_pages + pages > PAGES || (!region && !open_region())) return false;
  char *first = region + used_pages * PAGE_BYTES;
  class_of_page[used_pages] = (uint8_t)size_class;
  used_pages += pages;
  while (populated_pages < used_pages) {
    char *next = region + populated_pages * PAGE_BYTES;
    madvise(next, (size_t)PAGES_AT_ONCE * PAGE_BYTES, MADV_POPULATE_WRITE);
    populated_pages += PAGES_AT_ONCE;
  }
  for (size_t end = pages * PAGE_BYTES / size * size; end > 0; end -= size) {
    struct block *block = (struct block *)(void *)(first + end - size);
    block->next = free_blocks[size_class];
    free_blocks[size_class] = block;
  }
  return true;
}

static void *take_block(size_t size_class) {
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
  void *pointer;
  state->malloc_count++;
  size_t size_class = size <= LARGEST_IN_REGION ? size_class_of(size) : 0;
  if (size_class && (free_blocks[size_class] || add_blocks(size_class))) {
    pointer = take_block(size_class);
    size = size_of_class(size_class);
  } else {
    pointer = resize_memory(NULL, size);
    size = malloc_usable_size(pointer);
  }
  in_use = state->malloc_size += size;
  return pointer;
}

static void release(JSMallocState *state, void *pointer) {
  if (!pointer) return;
  size_t size = block_size(pointer);
  state->malloc_count--;
  in_use = state->malloc_size -= size;
  if (!is_in_region(pointer)) return free(pointer);
  /* Most of them are left behind by a table that grows, so no other block needs their class. */
  if (size > PAGE_BYTES) madvise((char *)pointer + PAGE_BYTES, size - PAGE_BYTES, MADV_DONTNEED);
  struct block *block = pointer;
  size_t size_class = class_of_page[((char *)pointer - region) / PAGE_BYTES];
  block->next = free_blocks[size_class];
  free_blocks[size_class] = block;
}

static void *resize(JSMallocState *state, void *pointer, size_t size) {
  if (!pointer) return size ? allocate(state, size) : NULL;
  if (!size) return release(state, pointer), NULL;
  size_t old = block_size(pointer);
  if (!is_in_region(pointer) && size > LARGEST_IN_REGION) {
    void *resized = resize_memory(pointer, size);
    in_use = state->malloc_size += block_size(resized) - old;
    return resized;
  }
  if (is_in_region(pointer) && size <= LARGEST_IN_REGION &&
      size_class_of(size) == size_class_of(old)) {
    return pointer;
  }
  void *moved = allocate(state, size);
  memcpy(moved, pointer, size < old ? size : old);
  release(state, pointer);
  return moved;
}

const JSMallocFunctions memory_functions = {allocate, release, resize, block_size};
