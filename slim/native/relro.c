/* Makes the data that only relocations write read-only, such as tables of function pointers. A
 * dynamic linker does it for a dynamic executable; nothing does it for musl's static-pie. Unmaps
 * the pages of the relocations themselves, which nobody reads again. */

#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host.h"

/* From the linker: the start of the executable in memory. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

void protect_relocated_data(void) {
  uintptr_t base = (uintptr_t)&__ehdr_start;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  const ElfW(Phdr) *headers = (const ElfW(Phdr) *)(base + __ehdr_start.e_phoff);
  for (size_t i = 0; i < __ehdr_start.e_phnum; i++) {
    if (headers[i].p_type != PT_GNU_RELRO) continue;
    uintptr_t start = (base + headers[i].p_vaddr) & -page;
    uintptr_t end = (base + headers[i].p_vaddr + headers[i].p_memsz) & -page;
    if (mprotect((void *)start, end - start, PROT_READ) == 0) continue;
    /* The program would serve as well; but what is promised would silently be missing. */
    perror("error: Cannot make relocated data read-only");
    exit(1);
  }
  /* The first segment has only these headers and the relocations. */
  madvise((void *)base, headers[0].p_memsz, MADV_DONTNEED);
}
