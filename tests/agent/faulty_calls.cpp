// SPDX-License-Identifier: Apache-2.0
#include "faulty_disk.hpp"

#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <fcntl.h>
#include <new>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace oakum::agent::test {
namespace {

std::string leaf(const std::string& name) {
    return name.substr(name.rfind('/') + 1);
}

// Calls made while an act is noted are not acts. Zero: the disk is not asked.
int depth = 0;
struct Quietly {
    Quietly() { ++depth; }
    ~Quietly() { --depth; }
};

std::optional<std::string> on_disk(int folder, const char* path) {
    if (mounted == nullptr || depth > 0) return std::nullopt;
    const Quietly quietly;
    if (folder == AT_FDCWD || path[0] == '/') return mounted->inside(path);
    // The C library opens folders by calls of its own, so the kernel is asked which one this is.
    char where[4096];
    const std::string link = "/proc/self/fd/" + std::to_string(folder);
    const ssize_t length = ::readlink(link.c_str(), where, sizeof where);
    if (length <= 0) return std::nullopt;
    return mounted->inside(std::string(where, static_cast<std::size_t>(length)) + "/" + path);
}

int fail(int code) {
    errno = code;
    return -1;
}

int do_open(int folder, const char* path, int flags, mode_t mode) {
    const auto raw = [&] { return static_cast<int>(::syscall(SYS_openat, folder, path, flags, mode)); };
    const auto name = on_disk(folder, path);
    if (!name) {
        const int number = raw();
        if (mounted != nullptr && depth == 0 && number >= 0) {
            const Quietly quietly;
            mounted->open.erase(number);
        }
        return number;
    }
    const Quietly quietly;
    const bool is_new = (flags & O_CREAT) != 0 && mounted->node_of(*name) < 0;
    const bool cuts = (flags & O_TRUNC) != 0 && mounted->node_of(*name) >= 0;
    if (is_new || cuts) {
        const auto verdict = mounted->admit(is_new ? Act::Kind::make_file : Act::Kind::truncate);
        if (verdict.code != 0) return fail(verdict.code);
    } else if (mounted->dead()) {
        return fail(EIO);
    }
    const int number = raw();
    if (number < 0) return number;
    Act act{};
    if (is_new) {
        act.kind = Act::Kind::make_file;
        act.node = mounted->nodes[*name] = mounted->next_node++;
        act.folder = mounted->parent_of(*name);
        act.name = leaf(*name);
        mounted->note(act);
    } else if (cuts) {
        act.kind = Act::Kind::truncate;
        act.node = mounted->node_of(*name);
        mounted->note(act);
    }
    mounted->open[number] = *name;
    mounted->node_of_open[number] = mounted->node_of(*name);
    return number;
}

int do_remove(int folder, const char* path, int flags) {
    const auto raw = [&] { return static_cast<int>(::syscall(SYS_unlinkat, folder, path, flags)); };
    const auto name = on_disk(folder, path);
    if (!name) return raw();
    const Quietly quietly;
    const int node = mounted->node_of(*name);
    if (node < 0) return raw();
    const auto verdict = mounted->admit(Act::Kind::remove);
    if (verdict.code != 0) return fail(verdict.code);
    const int done = raw();
    if (done != 0) return done;
    Act act{};
    act.kind = Act::Kind::remove;
    act.node = node;
    act.folder = mounted->parent_of(*name);
    act.name = leaf(*name);
    mounted->note(act);
    mounted->nodes.erase(*name);
    return 0;
}

int do_mkdir(int folder, const char* path, mode_t mode) {
    const auto raw = [&] { return static_cast<int>(::syscall(SYS_mkdirat, folder, path, mode)); };
    const auto name = on_disk(folder, path);
    if (!name || mounted->node_of(*name) >= 0) return raw();
    const Quietly quietly;
    const auto verdict = mounted->admit(Act::Kind::make_folder);
    if (verdict.code != 0) return fail(verdict.code);
    const int done = raw();
    if (done != 0) return done;
    Act act{};
    act.kind = Act::Kind::make_folder;
    act.node = mounted->nodes[*name] = mounted->next_node++;
    act.folder = mounted->parent_of(*name);
    act.name = leaf(*name);
    mounted->note(act);
    return 0;
}

} // namespace
} // namespace oakum::agent::test

// ---- the calls that are taken from the C library

using oakum::agent::test::Act;
using oakum::agent::test::mounted;

extern "C" {

int open(const char* path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return oakum::agent::test::do_open(AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return oakum::agent::test::do_open(AT_FDCWD, path, flags, mode);
}
int openat(int folder, const char* path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return oakum::agent::test::do_open(folder, path, flags, mode);
}
int openat64(int folder, const char* path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return oakum::agent::test::do_open(folder, path, flags, mode);
}

int close(int number) {
    if (mounted != nullptr && oakum::agent::test::depth == 0) {
        const oakum::agent::test::Quietly quietly;
        mounted->open.erase(number);
    }
    return static_cast<int>(::syscall(SYS_close, number));
}

ssize_t write(int number, const void* bytes, size_t size) {
    using namespace oakum::agent::test;
    if (mounted == nullptr || depth > 0 || !mounted->open.contains(number))
        return ::syscall(SYS_write, number, bytes, size);
    const Quietly quietly;
    const auto verdict = mounted->admit(Act::Kind::write);
    if (verdict.code != 0) return fail(verdict.code);
    if (verdict.half) size = (size + 1) / 2;
    const ssize_t written = ::syscall(SYS_write, number, bytes, size);
    if (written <= 0) return written;
    Act act{};
    act.kind = Act::Kind::write;
    act.node = mounted->node_of_open[number];
    act.offset =
        static_cast<std::uint64_t>(::lseek(number, 0, SEEK_CUR)) - static_cast<std::uint64_t>(written);
    act.bytes.assign(static_cast<const char*>(bytes), static_cast<std::size_t>(written));
    mounted->note(act);
    return written;
}

// Nothing here has to survive a real power cut, so nothing is really synced.
int fsync(int number) {
    using namespace oakum::agent::test;
    if (mounted == nullptr || depth > 0 || !mounted->open.contains(number)) return 0;
    const Quietly quietly;
    struct stat stats{};
    const bool folder = ::fstat(number, &stats) == 0 && S_ISDIR(stats.st_mode);
    const auto verdict = mounted->admit(folder ? Act::Kind::sync_folder : Act::Kind::sync_file);
    if (verdict.code != 0) return fail(verdict.code);
    Act act{};
    act.kind = folder ? Act::Kind::sync_folder : Act::Kind::sync_file;
    act.node = mounted->node_of_open[number];
    mounted->note(act);
    return 0;
}
int fdatasync(int number) {
    return fsync(number);
}

int rename(const char* from, const char* to) noexcept {
    using namespace oakum::agent::test;
    const auto raw = [&] { return static_cast<int>(::syscall(SYS_rename, from, to)); };
    const auto name = on_disk(AT_FDCWD, from);
    const auto target = on_disk(AT_FDCWD, to);
    if (!name || !target) return raw();
    const Quietly quietly;
    // Within one folder is all that the agent does, and all that is modelled.
    if (mounted->parent_of(*name) != mounted->parent_of(*target)) std::abort();
    const auto verdict = mounted->admit(Act::Kind::rename);
    if (verdict.code != 0) return fail(verdict.code);
    const int done = raw();
    if (done != 0) return done;
    Act act{};
    act.kind = Act::Kind::rename;
    act.node = mounted->node_of(*name);
    act.folder = mounted->parent_of(*name);
    act.name = leaf(*name);
    act.target = leaf(*target);
    mounted->note(act);
    mounted->nodes.erase(*name);
    mounted->nodes[*target] = act.node;
    return 0;
}

int unlink(const char* path) noexcept {
    return oakum::agent::test::do_remove(AT_FDCWD, path, 0);
}
int rmdir(const char* path) noexcept {
    return oakum::agent::test::do_remove(AT_FDCWD, path, AT_REMOVEDIR);
}
int unlinkat(int folder, const char* path, int flags) noexcept {
    return oakum::agent::test::do_remove(folder, path, flags);
}
int mkdir(const char* path, mode_t mode) noexcept {
    return oakum::agent::test::do_mkdir(AT_FDCWD, path, mode);
}
int mkdirat(int folder, const char* path, mode_t mode) noexcept {
    return oakum::agent::test::do_mkdir(folder, path, mode);
}
} // extern "C"

[[gnu::noinline]] void* operator new(std::size_t size) {
    if (mounted != nullptr && oakum::agent::test::depth == 0 && !mounted->allocate()) throw std::bad_alloc();
    void* memory = std::malloc(size == 0 ? 1 : size);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
