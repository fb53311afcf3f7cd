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
/* Tables, because a start takes and releases 30,000 blocks. */
static uint32_t class_sizes[CLASSES];
static uint8_t class_of_steps[LARGEST_WIDE / STEP + 1];

static void fill_tables(void) {
  size_t size_class = 0;
  for (; size_class < FINE_CLASSES; size_class++) {
    class_sizes[size_class] = (uint32_t)size_class * STEP;
  }
  for (; size_class < FINE_CLASSES + WIDE_CLASSES; size_class++) {
    class_sizes[size_class] = class_sizes[size_class - 1] + WIDE_STEP;
  }
  memcpy(class_sizes + size_class, large_sizes, sizeof large_sizes);
  size_class = 0;
  for (size_t steps = 0; steps < sizeof class_of_steps; steps++) {
    if (steps * STEP > class_sizes[size_class]) size_class++;
    class_of_steps[steps] = (uint8_t)size_class;
  }
}

static size_t size_class_of(size_t size) {
  if (size <= LARGEST_WIDE) return class_of_steps[(size + STEP - 1) / STEP];
  size_t size_class = FINE_CLASSES + WIDE_CLASSES;
  while (class_sizes[size_class] < size) size_class++;
  return size_class;
}

static bool is_in_region(const void *pointer) {
  return region && (size_t)((const char *)pointer - region) < (size_t)PAGES * PAGE_BYTES;
}

static size_t class_of(const void *pointer) {
  return class_of_page[(size_t)((const char *)pointer - region) / PAGE_BYTES];
}

static size_t block_size(const void *pointer) {
  if (!is_in_region(pointer)) return malloc_usable_size((void *)(uintptr_t)pointer);
  return class_sizes[class_of(pointer)];
}

void prepare_memory(void) {
  fill_tables();
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  void *mapped = mmap(NULL, (size_t)PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (mapped == MAP_FAILED) {
    used_pages = PAGES; /* malloc takes over */
    return;
  }
  /* A huge page would back 2 MB with memory for the first byte. */
  madvise(mapped, (size_t)PAGES * PAGE_BYTES, MADV_NOHUGEPAGE);
  region = mapped;
}

/* Adds a page of blocks, or one block of several pages. */
static bool add_blocks(size_t size_class) {
  size_t size = class_sizes[size_class], pages = (size + PAGE_BYTES - 1) / PAGE_BYTES;
  if (used_pages + pages > PAGES) return false;
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

/* For a process that never returns to JavaScript. */
void keep_memory_from_fork(bool is_kept) {
  if (region) madvise(region, (size_t)PAGES * PAGE_BYTES, is_kept ? MADV_DONTFORK : MADV_DOFORK);
}

static size_t in_use;

size_t memory_in_use(void) { return in_use; }

static void *allocate(JSMallocState *state, size_t size);

/* Apart from allocate(), which then saves no registers for it. */
__attribute__((noinline)) static void *allocate_anew(JSMallocState *state, size_t size,
                                                     size_t size_class) {
  if (size_class && add_blocks(size_class)) return allocate(state, size);
  void *pointer = resize_memory(NULL, size);
  state->malloc_count++;
  in_use = state->malloc_size += malloc_usable_size(pointer);
  return pointer;
}

/* The loop collects cycles by the bytes in use (memory_in_use), so each block is counted. */
static void *allocate(JSMallocState *state, size_t size) {
  /* Class 0 never has a block: malloc's are not in the region. */
  size_t size_class = size <= LARGEST_IN_REGION ? size_class_of(size) : 0;
  struct block *block = free_blocks[size_class];
  if (!block) return allocate_anew(state, size, size_class);
  free_blocks[size_class] = block->next;
  state->malloc_count++;
  in_use = state->malloc_size += class_sizes[size_class];
  return block;
}

static void release(JSMallocState *state, void *pointer) {
  if (!pointer) return;
  state->malloc_count--;
  if (!is_in_region(pointer)) {
    in_use = state->malloc_size -= malloc_usable_size(pointer);
    return free(pointer);
  }
  size_t size_class = class_of(pointer), size = class_sizes[size_class];
  in_use = state->malloc_size -= size;
  /* Most of them are left behind by a table that grows, so no other block needs their class. */
  if (size > PAGE_BYTES) madvise((char *)pointer + PAGE_BYTES, size - PAGE_BYTES, MADV_DONTNEED);
  struct block *block = pointer;
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
