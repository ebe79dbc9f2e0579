/* Counts the calls that change or read files below a folder, and makes the nth of them fail, or ends the process there.

   Preloaded into a process (LD_PRELOAD). It is armed by fault_arm(), or by the environment:
     FAULT_FOLDER   only calls on files below it count
     FAULT_CALLS    the calls that count, as in "open,write,fsync"; empty: those that change the disk
     FAULT_MODE     count, kill, torn, short, zero, drop, or the number of an error
     FAULT_AT       the number of the call, from 1
     FAULT_STICKY   1: each later call too
     FAULT_PROCESS  coordinator or worker: a process forked by Python's fork server is a worker
     FAULT_CLAIM    a file: of several processes only the one that creates it acts
     FAULT_TRACE    a file to which each call that succeeds is appended with its data: number, name, inode, position, length, path, and
                    the second path of a rename or a link

   Modes: `torn` writes half and kills; `short` writes half; `zero` writes nothing and says so; `drop` fails an fsync with EIO and
   loses what the file was given since it was opened, as the kernel may. An error that is sticky writes half the first time.
   Calls made inside the C library, such as those of fwrite, are not seen. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define CHANGES "open,write,pwrite,writev,rename,link,unlink,mkdir,rmdir,fsync,fdatasync,ftruncate,close,copy,sendfile"

enum outcome { GO_ON, FAIL, HALF, NOTHING, DIE_TORN };

static char folder[PATH_MAX], calls[512], claim[PATH_MAX];
static enum { COUNT, KILL, TORN, SHORT, ZERO, DROP, ERROR } mode;
static int error_number, is_sticky, trace = -1;
static volatile int is_armed;
static volatile long at, counted, acted;
static pid_t first_pid;
static int is_fork_server, wanted_process; /* 0 any, 1 coordinator, 2 worker */

__attribute__((noreturn)) static void die(void) {
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
}

__attribute__((visibility("default"))) void fault_arm(const char *below, const char *which, const char *how, long nth, int sticky,
                                                      const char *claimed, const char *traced) {
    is_armed = 0;
    snprintf(folder, sizeof folder, "%s", below);
    snprintf(calls, sizeof calls, ",%s,", *which ? which : CHANGES);
    snprintf(claim, sizeof claim, "%s", claimed);
    at = nth;
    counted = acted = 0;
    is_sticky = sticky;
    error_number = atoi(how);
    mode = !strcmp(how, "count") ? COUNT : !strcmp(how, "kill") ? KILL : !strcmp(how, "torn") ? TORN : !strcmp(how, "short") ? SHORT
           : !strcmp(how, "zero") ? ZERO : !strcmp(how, "drop") ? DROP : ERROR;
    if (trace >= 0) syscall(SYS_close, trace);
    trace = *traced ? (int)syscall(SYS_openat, AT_FDCWD, traced, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    is_armed = *below != 0;
}

__attribute__((visibility("default"))) long fault_counted(void) { return counted; }
__attribute__((visibility("default"))) long fault_acted(void) { return acted; }

static const char *setting(const char *name) {
    const char *value = getenv(name);
    return value ? value : "";
}

__attribute__((constructor)) static void begin(void) {
    char line[4096];
    int file = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/cmdline", O_RDONLY, 0);
    ssize_t length = syscall(SYS_read, file, line, sizeof line);
    syscall(SYS_close, file);
    first_pid = getpid();
    is_fork_server = length > 0 && memmem(line, length, "multiprocessing.forkserver", 26) != NULL;
    int is_tracker = length > 0 && memmem(line, length, "resource_tracker", 16) != NULL;
    const char *process = setting("FAULT_PROCESS");
    wanted_process = !strcmp(process, "coordinator") ? 1 : !strcmp(process, "worker") ? 2 : 0;
    if (*setting("FAULT_FOLDER") && !is_tracker)
        fault_arm(setting("FAULT_FOLDER"), setting("FAULT_CALLS"), setting("FAULT_MODE"), atol(setting("FAULT_AT")),
                  atoi(setting("FAULT_STICKY")), setting("FAULT_CLAIM"), setting("FAULT_TRACE"));
}

static int is_this_process(void) {
    int is_worker = is_fork_server && getpid() != first_pid;
    return wanted_process == 0 || (wanted_process == 2 ? is_worker : !is_fork_server);
}

static int is_below(const char *path) {
    size_t length = strlen(folder);
    return path && !strncmp(path, folder, length) && (path[length] == '/' || path[length] == 0);
}

static const char *path_of(int file, char *into) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, into, PATH_MAX - 1);
    if (length < 0) return NULL;
    into[length] = 0;
    return into;
}

static const char *path_at(int below, const char *name, char *into) {
    char base[PATH_MAX];
    if (!name || *name == '/') return name;
    if (below == AT_FDCWD ? !getcwd(base, sizeof base) : !path_of(below, base)) return NULL;
    return snprintf(into, PATH_MAX, "%s/%s", base, name) < PATH_MAX ? into : NULL;
}

/* Whether the call counts, and what happens to it. errno is set where it is to fail. */
static enum outcome meet(const char *call, const char *path) {
    char listed[32];
    int writes = !strcmp(call, "write") || !strcmp(call, "pwrite") || !strcmp(call, "writev") || !strcmp(call, "copy") ||
                 !strcmp(call, "sendfile");
    snprintf(listed, sizeof listed, ",%s,", call);
    if (!strstr(calls, listed) || !is_below(path) || !is_this_process()) return GO_ON;
    long number = __sync_add_and_fetch(&counted, 1);
    if (mode == COUNT || !(number == at || (is_sticky && number > at))) return GO_ON;
    if (*claim && !acted) {
        int file = (int)syscall(SYS_openat, AT_FDCWD, claim, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (file < 0) return GO_ON;
        syscall(SYS_close, file);
    }
    long turn = __sync_add_and_fetch(&acted, 1);
    errno = mode == ERROR ? error_number : EIO;
    switch (mode) {
    case KILL: die();
    case TORN: if (writes) return DIE_TORN; die();
    case SHORT: return writes ? HALF : GO_ON;
    case ZERO: return writes ? NOTHING : GO_ON;
    case DROP: return FAIL;
    default: return is_sticky && turn == 1 && writes ? HALF : FAIL;
    }
}

static unsigned long inode_of(int file) {
    struct stat found;
    return fstat(file, &found) ? 0 : (unsigned long)found.st_ino;
}

static void record(const char *call, unsigned long inode, long start, const char *path, const char *other, const void *data,
                   size_t length) {
    char head[2 * PATH_MAX + 100];
    int saved = errno;
    if (trace < 0 || !is_below(path) || !is_this_process()) return;
    int size = snprintf(head, sizeof head, "%ld\t%s\t%lu\t%ld\t%zu\t%s\t%s\n", counted, call, inode, start, length, path, other);
    struct iovec parts[2] = {{head, size}, {(void *)data, length}};
    syscall(SYS_writev, trace, parts, 2);
    errno = saved;
}

/* The position at which a write will begin. */
static long position(int file) {
    if (trace < 0) return 0;
    if (fcntl(file, F_GETFL) & O_APPEND) {
        struct stat found;
        return fstat(file, &found) ? 0 : (long)found.st_size;
    }
    return (long)lseek(file, 0, SEEK_CUR);
}

/* What a copy wrote is read from the file. */
static void record_copy(int file, long start, const char *path, ssize_t done) {
    if (trace < 0 || done <= 0) return;
    char link[64];
    void *data = malloc(done);
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    int again = (int)syscall(SYS_openat, AT_FDCWD, link, O_RDONLY | O_CLOEXEC, 0);
    if (syscall(SYS_pread64, again, data, done, start) == done) record("write", inode_of(file), start, path, "", data, done);
    syscall(SYS_close, again);
    free(data);
}

#define REAL(name, type, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = dlsym(RTLD_NEXT, #name)

static int opened(const char *path, int flags, int file) {
    if (file >= 0 && (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)))
        record("open", inode_of(file), (flags & O_TRUNC) != 0, path, "", "", 0);
    return file;
}

static int refused(const char *path, int flags) {
    int changes = flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC);
    enum outcome found = meet(changes ? "open" : "look", path);
    return found == FAIL;
}

#define MODE_OF(flags) \
    mode_t bits = 0; \
    if ((flags) & (O_CREAT | __O_TMPFILE)) { va_list rest; va_start(rest, flags); bits = va_arg(rest, mode_t); va_end(rest); }

#define OPEN(name) \
    int name(const char *given, int flags, ...) { \
        REAL(name, int, const char *, int, ...); \
        MODE_OF(flags) \
        if (!is_armed) return real(given, flags, bits); \
        char made[PATH_MAX]; \
        const char *path = path_at(AT_FDCWD, given, made); \
        return refused(path, flags) ? -1 : opened(path, flags, real(given, flags, bits)); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
    int name(int below, const char *given, int flags, ...) { \
        REAL(name, int, int, const char *, int, ...); \
        MODE_OF(flags) \
        if (!is_armed) return real(below, given, flags, bits); \
        char made[PATH_MAX]; \
        const char *path = path_at(below, given, made); \
        return refused(path, flags) ? -1 : opened(path, flags, real(below, given, flags, bits)); \
    }
OPENAT(openat)
OPENAT(openat64)

/* All writes of one buffer: how much is written is decided here. */
static ssize_t written(const char *call, int file, const void *data, size_t size, long start, int is_at) {
    char made[PATH_MAX];
    const char *path = path_of(file, made);
    enum outcome found = size ? meet(call, path) : GO_ON;
    if (found == FAIL) return -1;
    if (found == NOTHING) return 0;
    size_t half = size > 1 ? size / 2 : 1, allowed = found == GO_ON ? size : half;
    if (!is_at) start = position(file);
    ssize_t done = is_at ? syscall(SYS_pwrite64, file, data, allowed, start) : syscall(SYS_write, file, data, allowed);
    if (done > 0) record("write", trace < 0 ? 0 : inode_of(file), start, path, "", data, done);
    if (found == DIE_TORN) die();
    return done;
}

ssize_t write(int file, const void *data, size_t size) {
    return is_armed ? written("write", file, data, size, 0, 0) : syscall(SYS_write, file, data, size);
}
ssize_t pwrite(int file, const void *data, size_t size, off_t start) {
    return is_armed ? written("pwrite", file, data, size, start, 1) : syscall(SYS_pwrite64, file, data, size, start);
}
ssize_t pwrite64(int file, const void *data, size_t size, off64_t start) { return pwrite(file, data, size, start); }

ssize_t writev(int file, const struct iovec *parts, int count) {
    if (!is_armed) return syscall(SYS_writev, file, parts, count);
    size_t size = 0, used = 0;
    for (int i = 0; i < count; i++) size += parts[i].iov_len;
    char *whole = malloc(size + 1);
    for (int i = 0; i < count; used += parts[i++].iov_len) memcpy(whole + used, parts[i].iov_base, parts[i].iov_len);
    ssize_t done = written("writev", file, whole, size, 0, 0);
    free(whole);
    return done;
}

static ssize_t copied(const char *call, int to, int from, off64_t *from_at, off64_t *to_at, size_t size, unsigned flags) {
    char made[PATH_MAX];
    const char *path = path_of(to, made);
    enum outcome found = meet(call, path);
    if (found == FAIL) return -1;
    if (found == NOTHING) return 0;
    struct stat source;
    if (found != GO_ON && !fstat(from, &source)) size = (size_t)source.st_size / 2 + 1;
    long start = to_at ? (long)*to_at : position(to);
    ssize_t done = !strcmp(call, "copy") ? syscall(SYS_copy_file_range, from, from_at, to, to_at, size, flags)
                                         : syscall(SYS_sendfile, to, from, from_at, size);
    record_copy(to, start, path, done);
    if (found == DIE_TORN) die();
    return done;
}

ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t size, unsigned flags) {
    return is_armed ? copied("copy", to, from, from_at, to_at, size, flags)
                    : syscall(SYS_copy_file_range, from, from_at, to, to_at, size, flags);
}
ssize_t sendfile(int to, int from, off_t *from_at, size_t size) {
    return is_armed ? copied("sendfile", to, from, from_at, NULL, size, 0) : syscall(SYS_sendfile, to, from, from_at, size);
}
ssize_t sendfile64(int to, int from, off64_t *from_at, size_t size) { return sendfile(to, from, from_at, size); }

/* Calls on one or two names. */
static int named(const char *call, const char *path, const char *other, long done) {
    if (!done) record(call, 0, 0, path, other, "", 0);
    return (int)done;
}

int renameat2(int below, const char *given, int beside, const char *target, unsigned flags) {
    if (!is_armed) return (int)syscall(SYS_renameat2, below, given, beside, target, flags);
    char made[PATH_MAX], made_too[PATH_MAX];
    const char *from = path_at(below, given, made), *to = path_at(beside, target, made_too);
    if (meet("rename", to) == FAIL) return -1;
    return named("rename", from, to, syscall(SYS_renameat2, below, given, beside, target, flags));
}
int renameat(int below, const char *given, int beside, const char *target) { return renameat2(below, given, beside, target, 0); }
int rename(const char *given, const char *target) { return renameat2(AT_FDCWD, given, AT_FDCWD, target, 0); }

int linkat(int below, const char *given, int beside, const char *target, int flags) {
    if (!is_armed) return (int)syscall(SYS_linkat, below, given, beside, target, flags);
    char made[PATH_MAX], made_too[PATH_MAX];
    const char *from = path_at(below, given, made), *to = path_at(beside, target, made_too);
    if (meet("link", to) == FAIL) return -1;
    return named("link", from, to, syscall(SYS_linkat, below, given, beside, target, flags));
}
int link(const char *given, const char *target) { return linkat(AT_FDCWD, given, AT_FDCWD, target, 0); }

int unlinkat(int below, const char *given, int flags) {
    if (!is_armed) return (int)syscall(SYS_unlinkat, below, given, flags);
    char made[PATH_MAX];
    const char *path = path_at(below, given, made), *call = flags & AT_REMOVEDIR ? "rmdir" : "unlink";
    if (meet(call, path) == FAIL) return -1;
    return named(call, path, "", syscall(SYS_unlinkat, below, given, flags));
}
int unlink(const char *given) { return unlinkat(AT_FDCWD, given, 0); }
int rmdir(const char *given) { return unlinkat(AT_FDCWD, given, AT_REMOVEDIR); }

int mkdirat(int below, const char *given, mode_t bits) {
    if (!is_armed) return (int)syscall(SYS_mkdirat, below, given, bits);
    char made[PATH_MAX];
    const char *path = path_at(below, given, made);
    if (meet("mkdir", path) == FAIL) return -1;
    return named("mkdir", path, "", syscall(SYS_mkdirat, below, given, bits));
}
int mkdir(const char *given, mode_t bits) { return mkdirat(AT_FDCWD, given, bits); }

static int synced(const char *call, int file, long number) {
    char made[PATH_MAX];
    const char *path = is_armed ? path_of(file, made) : NULL;
    if (is_armed && meet(call, path) == FAIL) {
        struct stat found;
        if (mode == DROP && !fstat(file, &found) && S_ISREG(found.st_mode) && truncate(path, 0) + truncate(path, found.st_size)) abort();
        errno = mode == ERROR ? error_number : EIO;
        return -1;
    }
    long done = syscall(number, file);
    if (is_armed && !done) record("fsync", trace < 0 ? 0 : inode_of(file), 0, path, "", "", 0);
    return (int)done;
}
int fsync(int file) { return synced("fsync", file, SYS_fsync); }
int fdatasync(int file) { return synced("fdatasync", file, SYS_fdatasync); }

int ftruncate(int file, off_t size) {
    if (!is_armed) return (int)syscall(SYS_ftruncate, file, size);
    char made[PATH_MAX];
    const char *path = path_of(file, made);
    if (meet("ftruncate", path) == FAIL) return -1;
    long done = syscall(SYS_ftruncate, file, size);
    if (!done) record("ftruncate", trace < 0 ? 0 : inode_of(file), size, path, "", "", 0);
    return (int)done;
}
int ftruncate64(int file, off64_t size) { return ftruncate(file, size); }

/* A file that cannot be closed is closed all the same. Only files that may be written count. */
int close(int file) {
    REAL(close, int, int);
    if (!is_armed || file == trace) return file == trace && trace >= 0 ? 0 : real(file);
    char made[PATH_MAX];
    int flags = fcntl(file, F_GETFL);
    int may_write = flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
    enum outcome found = may_write ? meet("close", path_of(file, made)) : GO_ON;
    if (may_write) record("close", 0, 0, path_of(file, made), "", "", 0);
    int saved = errno, done = real(file);
    if (found != FAIL) return done;
    errno = saved;
    return -1;
}

ssize_t read(int file, void *into, size_t size) {
    char made[PATH_MAX];
    if (is_armed && strstr(calls, ",read,") && meet("read", path_of(file, made)) == FAIL) return -1;
    return syscall(SYS_read, file, into, size);
}
ssize_t pread(int file, void *into, size_t size, off_t start) {
    char made[PATH_MAX];
    if (is_armed && strstr(calls, ",read,") && meet("read", path_of(file, made)) == FAIL) return -1;
    return syscall(SYS_pread64, file, into, size, start);
}
ssize_t pread64(int file, void *into, size_t size, off64_t start) { return pread(file, into, size, start); }
