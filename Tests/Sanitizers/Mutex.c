// Tells the thread sanitizer of the locks of `Synchronization.Mutex` that were waited for.
//
// A lock that is free is taken in code that the compiler puts into its caller, where the sanitizer sees it. Waiting for one, and
// handing it to who waits, happens in the runtime's library, which is not instrumented: without this file every such lock would
// order nothing, and what it guards would be reported. The functions here stand before the library's, call those, and tell what the
// lock does: what was released before is acquired now. Nothing else is left out of sight.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

void __tsan_acquire(void *address);
void __tsan_release(void *address);

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self

// The names of `_MutexHandle._lockSlow(_:)`, `_unlockSlow()` and `_tryLockSlow()`, which are part of Swift's binary interface.
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"

SWIFT void sanitizedLock(uint32_t thread, SELF) __asm__(LOCK);
SWIFT void sanitizedUnlock(SELF) __asm__(UNLOCK);
SWIFT bool sanitizedTryLock(SELF) __asm__(TRY_LOCK);

static SWIFT void (*lock)(uint32_t, SELF);
static SWIFT void (*unlock)(SELF);
static SWIFT bool (*tryLock)(SELF);

static void *original(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) abort();
    return found;
}

// Before there are threads, so that these pointers are no race themselves.
__attribute__((constructor)) static void findOriginals(void) {
    lock = original(LOCK);
    unlock = original(UNLOCK);
    tryLock = original(TRY_LOCK);
}

SWIFT void sanitizedLock(uint32_t thread, SELF) {
    lock(thread, self);
    __tsan_acquire(self);
}

SWIFT void sanitizedUnlock(SELF) {
    __tsan_release(self);
    unlock(self);
}

SWIFT bool sanitizedTryLock(SELF) {
    bool isLocked = tryLock(self);
    if (isLocked) __tsan_acquire(self);
    return isLocked;
}
