/* Stands between a process and the system: fails, stops or kills at the n-th call of a kind below a directory.
 *
 *   CC_SHIM_ROOT   the directory
 *   CC_SHIM_POINT  <call>:<n>:<fail|stop|kill>, or nothing to count only
 *   CC_SHIM_COUNTS the file that the numbers of calls are written to
 *   CC_SHIM_LOG    the file that each call is written to, with its path
 *
 * Calls that .NET looks up in the system's library itself get here by dlsym. Counting begins when a file named shim-arm is opened, and ends when one named shim-disarm is. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

/* The last two are told only: where a rename comes from, and a directory that was not there. */
enum { RENAME, UNLINK, OPEN, FLOCK, FSYNC, MKDIR, WRITE, CALLS, FROM = CALLS, MADE };

static const char *const names[CALLS + 2] = { "rename", "unlink", "open", "flock", "fsync", "mkdir", "write", "from", "made" };
static volatile int armed;
static volatile long counts[CALLS];
static int point_call = -1;
static long point_number;
static char point_action;

typedef void *(*lookup)(void *, const char *);

static lookup real_lookup(void)
{
    static lookup found;
    static const char *const versions[] = { "GLIBC_2.34", "GLIBC_2.17", "GLIBC_2.2.5" };
    for (int i = 0; !found && i < 3; i++) found = (lookup)dlvsym(RTLD_NEXT, "dlsym", versions[i]);
    return found;
}

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))real_lookup()(RTLD_NEXT, #name)

__attribute__((constructor)) static void begin(void)
{
    const char *point = getenv("CC_SHIM_POINT");
    char call[16], action[16];
    if (point && sscanf(point, "%15[^:]:%ld:%15s", call, &point_number, action) == 3) {
        for (int i = 0; i < CALLS; i++)
            if (!strcmp(call, names[i])) point_call = i;
        point_action = action[0];
    }
}

static int is_below(const char *path)
{
    const char *root = getenv("CC_SHIM_ROOT");
    return root && path && !strncmp(path, root, strlen(root));
}

static void tell(int call, const char *path)
{
    static int file = -1;
    char line[4200];
    if (!getenv("CC_SHIM_LOG")) return;
    if (file < 0) file = syscall(SYS_openat, AT_FDCWD, getenv("CC_SHIM_LOG"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    int length = snprintf(line, sizeof line, "%s %s\n", names[call], path);
    syscall(SYS_write, file, line, length);
}

/* Whether the call is to fail. */
static int enter(int call, const char *path)
{
    if (!armed || !is_below(path)) return 0;
    tell(call, path);
    long number = __sync_add_and_fetch(&counts[call], 1);
    if (call != point_call || number != point_number) return 0;
    if (point_action == 'k') kill(getpid(), SIGKILL);
    if (point_action == 's') { kill(getpid(), SIGSTOP); return 0; }
    errno = EIO;
    return 1;
}

static int enter_file(int call, int file)
{
    char link[64], path[4096];
    if (!armed) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return enter(call, path);
}

static void note(const char *path)
{
    const char *name = path ? strrchr(path, '/') : NULL;
    if (!name) return;
    if (!strcmp(name, "/shim-arm")) armed = 1;
    if (!strcmp(name, "/shim-disarm") && armed) {
        armed = 0;
        FILE *file = fopen(getenv("CC_SHIM_COUNTS"), "w");
        if (!file) return;
        for (int i = 0; i < CALLS; i++) fprintf(file, "%s %ld\n", names[i], counts[i]);
        fclose(file);
    }
}

static mode_t mode_of(int flags, va_list list)
{
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;
}

#define OPENER(name) \
    int name(const char *path, int flags, ...) \
    { \
        REAL(name); \
        va_list list; va_start(list, flags); mode_t mode = mode_of(flags, list); va_end(list); \
        note(path); \
        return enter(OPEN, path) ? -1 : real(path, flags, mode); \
    }

OPENER(open)
OPENER(open64)

int rename(const char *from, const char *to)
{
    REAL(rename);
    if (armed && is_below(from)) tell(FROM, from);
    return enter(RENAME, to) ? -1 : real(from, to);
}

int unlink(const char *path) { REAL(unlink); return enter(UNLINK, path) ? -1 : real(path); }
int mkdir(const char *path, mode_t mode)
{
    REAL(mkdir);
    if (enter(MKDIR, path)) return -1;
    int result = real(path, mode);
    if (!result && armed && is_below(path)) tell(MADE, path);
    return result;
}

int fsync(int file) { REAL(fsync); return enter_file(FSYNC, file) ? -1 : real(file); }
int fdatasync(int file) { REAL(fdatasync); return enter_file(FSYNC, file) ? -1 : real(file); }

ssize_t pwrite(int file, const void *bytes, size_t count, off_t position)
{
    REAL(pwrite);
    return enter_file(WRITE, file) ? -1 : real(file, bytes, count, position);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t position)
{
    REAL(pwrite64);
    return enter_file(WRITE, file) ? -1 : real(file, bytes, count, position);
}

int flock(int file, int operation);
int flock(int file, int operation) { REAL(flock); return enter_file(FLOCK, file) ? -1 : real(file, operation); }

void *dlsym(void *library, const char *name)
{
    static const struct { const char *name; void *ours; } all[] = {
        { "open", open }, { "rename", rename }, { "unlink", unlink }, { "mkdir", mkdir }, { "fsync", fsync },
        { "pwrite", pwrite }, { "flock", flock },
    };
    for (size_t i = 0; library != RTLD_NEXT && i < sizeof all / sizeof *all; i++)
        if (!strcmp(name, all[i].name)) return all[i].ours;
    return real_lookup()(library, name);
}
