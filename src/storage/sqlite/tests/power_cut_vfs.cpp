// SPDX-License-Identifier: Apache-2.0
#include "power_cut_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <mutex>
#include <random>
#include <vector>

namespace oakum::sqlite {

namespace {

constexpr const char* kName = "oakum-power-cut";
constexpr std::size_t kSector = 512;

struct Write {
    std::size_t offset = 0;
    std::string bytes;
    bool truncation = false; // to `offset`
};

void put_into(std::string& content, const Write& write) {
    if (write.truncation) {
        content.resize(std::min(content.size(), write.offset));
        return;
    }
    if (content.size() < write.offset + write.bytes.size()) content.resize(write.offset + write.bytes.size());
    std::copy(write.bytes.begin(), write.bytes.end(),
              content.begin() + static_cast<std::ptrdiff_t>(write.offset));
}

// One file by its path: what programs see, what the disk has, and the writes between the two.
struct Content {
    std::string seen, durable;
    std::vector<Write> unsynced;
};

struct Disk {
    // The writer and the thread that moves the log work on it at the same time; held by each operation below.
    mutable std::mutex using_it;
    std::mt19937_64 random;
    std::map<std::string, Content> files;
    std::uint64_t operations = 0;
    std::uint64_t cut_at = std::numeric_limits<std::uint64_t>::max();
    bool cut = false;
    std::uint64_t dropped = 0;
    sqlite3_vfs* under = nullptr;
    sqlite3_vfs vfs{};

    // True when the power is gone, or goes now.
    bool count_operation() {
        if (++operations >= cut_at) cut = true;
        return cut;
    }
    int put(Content& file, Write write) {
        const std::lock_guard lock(using_it);
        if (cut) return SQLITE_IOERR_WRITE;
        put_into(file.seen, write);
        file.unsynced.push_back(std::move(write));
        return count_operation() ? SQLITE_IOERR_WRITE : SQLITE_OK;
    }
    int sync(Content& file) {
        const std::lock_guard lock(using_it);
        if (count_operation()) return SQLITE_IOERR_FSYNC;
        for (const auto& write : file.unsynced)
            put_into(file.durable, write);
        file.unsynced.clear();
        return SQLITE_OK;
    }
    // Some sectors of a write that was on its way.
    void apply_torn(std::string& content, const Write& write) {
        if (write.truncation) return put_into(content, write);
        for (std::size_t at = 0; at < write.bytes.size();) {
            const std::size_t start = write.offset + at;
            const std::size_t length =
                std::min(write.bytes.size() - at, (start / kSector + 1) * kSector - start);
            if ((random() & 1) != 0) put_into(content, {start, write.bytes.substr(at, length), false});
            at += length;
        }
    }
    void lose(Content& file) {
        // How much of what was on its way arrives differs from cut to cut: nothing, nearly all, or any part.
        const std::uint64_t kept_of_16 = random() % 17;
        for (const auto& write : file.unsynced) {
            if (random() % 16 >= kept_of_16)
                ++dropped;
            else if (random() % 4 == 0)
                apply_torn(file.durable, write);
            else
                put_into(file.durable, write);
        }
        file.unsynced.clear();
        file.seen = file.durable;
    }
};

struct File {
    sqlite3_file base;
    Disk* disk;
    Content* content; // null: a temporary file, which is not kept here
    sqlite3_file* under;
};
File& of(sqlite3_file* file) {
    return *reinterpret_cast<File*>(file);
}
Disk& of(sqlite3_vfs* vfs) {
    return *static_cast<Disk*>(vfs->pAppData);
}

int close_file(sqlite3_file* f) {
    auto* under = of(f).under;
    return under->pMethods == nullptr ? SQLITE_OK : under->pMethods->xClose(under);
}
int read_file(sqlite3_file* f, void* out, int length, sqlite3_int64 offset) {
    File& file = of(f);
    if (file.content == nullptr) return file.under->pMethods->xRead(file.under, out, length, offset);
    const std::lock_guard lock(file.disk->using_it);
    const std::string& seen = file.content->seen;
    const auto wanted = static_cast<std::size_t>(length);
    const auto from = std::min(static_cast<std::size_t>(offset), seen.size());
    const auto got = std::min(wanted, seen.size() - from);
    std::memcpy(out, seen.data() + from, got);
    std::memset(static_cast<char*>(out) + got, 0, wanted - got);
    return got == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}
int write_file(sqlite3_file* f, const void* bytes, int length, sqlite3_int64 offset) {
    File& file = of(f);
    if (file.content == nullptr) return file.under->pMethods->xWrite(file.under, bytes, length, offset);
    std::string copy(static_cast<const char*>(bytes), static_cast<std::size_t>(length));
    return file.disk->put(*file.content, {static_cast<std::size_t>(offset), std::move(copy), false});
}
int truncate_file(sqlite3_file* f, sqlite3_int64 size) {
    File& file = of(f);
    if (file.content == nullptr) return file.under->pMethods->xTruncate(file.under, size);
    return file.disk->put(*file.content, {static_cast<std::size_t>(size), {}, true});
}
int sync_file(sqlite3_file* f, int flags) {
    File& file = of(f);
    if (file.content == nullptr) return file.under->pMethods->xSync(file.under, flags);
    return file.disk->sync(*file.content);
}
int file_size(sqlite3_file* f, sqlite3_int64* size) {
    File& file = of(f);
    if (file.content == nullptr) return file.under->pMethods->xFileSize(file.under, size);
    const std::lock_guard lock(file.disk->using_it);
    *size = static_cast<sqlite3_int64>(file.content->seen.size());
    return SQLITE_OK;
}
int lock(sqlite3_file* f, int level) {
    return of(f).under->pMethods->xLock(of(f).under, level);
}
int unlock(sqlite3_file* f, int level) {
    return of(f).under->pMethods->xUnlock(of(f).under, level);
}
int check_lock(sqlite3_file* f, int* out) {
    return of(f).under->pMethods->xCheckReservedLock(of(f).under, out);
}
int control(sqlite3_file*, int, void*) {
    return SQLITE_NOTFOUND;
}
int sector_size(sqlite3_file*) {
    return static_cast<int>(kSector);
}
int characteristics(sqlite3_file*) {
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}
int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
    return of(f).under->pMethods->xShmMap(of(f).under, page, size, extend, out);
}
int shm_lock(sqlite3_file* f, int offset, int n, int flags) {
    return of(f).under->pMethods->xShmLock(of(f).under, offset, n, flags);
}
void shm_barrier(sqlite3_file* f) {
    of(f).under->pMethods->xShmBarrier(of(f).under);
}
int shm_unmap(sqlite3_file* f, int remove) {
    return of(f).under->pMethods->xShmUnmap(of(f).under, remove);
}

constexpr sqlite3_io_methods kMethods = {
    2,        close_file,  read_file,  write_file, truncate_file, sync_file,       file_size,
    lock,     unlock,      check_lock, control,    sector_size,   characteristics, shm_map,
    shm_lock, shm_barrier, shm_unmap,  nullptr,    nullptr};

int open_file(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* f, int flags, int* out_flags) {
    Disk& disk = of(vfs);
    File& file = of(f);
    file.base.pMethods = nullptr;
    file.disk = &disk;
    file.content = nullptr;
    file.under = reinterpret_cast<sqlite3_file*>(&file + 1);
    const int code = disk.under->xOpen(disk.under, name, file.under, flags, out_flags);
    if (code != SQLITE_OK) return code;
    if (name != nullptr &&
        (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0) {
        const std::lock_guard held(disk.using_it);
        const auto [at, fresh] = disk.files.try_emplace(name);
        if (fresh) {
            std::ifstream in(name, std::ios::binary);
            at->second.seen.assign(std::istreambuf_iterator<char>(in), {});
            at->second.durable = at->second.seen;
        }
        file.content = &at->second;
    }
    file.base.pMethods = &kMethods;
    return SQLITE_OK;
}
int delete_file(sqlite3_vfs* vfs, const char* name, int sync_folder) {
    Disk& disk = of(vfs);
    const std::lock_guard held(disk.using_it);
    if (disk.cut) return SQLITE_IOERR_DELETE;
    disk.files.erase(name);
    return disk.under->xDelete(disk.under, name, sync_folder);
}
int access_file(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
    Disk& disk = of(vfs);
    const std::lock_guard held(disk.using_it);
    const auto found = disk.files.find(name);
    if (found == disk.files.end()) return disk.under->xAccess(disk.under, name, flags, out);
    *out = found->second.seen.empty() ? 0 : 1;
    return SQLITE_OK;
}
int full_path(sqlite3_vfs* vfs, const char* name, int length, char* out) {
    return of(vfs).under->xFullPathname(of(vfs).under, name, length, out);
}
int randomness(sqlite3_vfs* vfs, int length, char* out) {
    return of(vfs).under->xRandomness(of(vfs).under, length, out);
}
int sleep_for(sqlite3_vfs* vfs, int microseconds) {
    return of(vfs).under->xSleep(of(vfs).under, microseconds);
}
int last_error(sqlite3_vfs*, int, char*) {
    return 0;
}
int current_time(sqlite3_vfs* vfs, sqlite3_int64* out) {
    return of(vfs).under->xCurrentTimeInt64(of(vfs).under, out);
}

} // namespace

struct PowerCutDisk::State : Disk {};

const char* PowerCutDisk::name() {
    return kName;
}

PowerCutDisk::PowerCutDisk(std::uint64_t seed) : state_(std::make_unique<State>()) {
    state_->random.seed(seed);
    state_->under = sqlite3_vfs_find(nullptr);
    sqlite3_vfs& vfs = state_->vfs;
    vfs.iVersion = 2;
    vfs.szOsFile = static_cast<int>(sizeof(File)) + state_->under->szOsFile;
    vfs.mxPathname = state_->under->mxPathname;
    vfs.zName = kName;
    vfs.pAppData = static_cast<Disk*>(state_.get());
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    vfs.xAccess = access_file;
    vfs.xFullPathname = full_path;
    vfs.xRandomness = randomness;
    vfs.xSleep = sleep_for;
    vfs.xGetLastError = last_error;
    vfs.xCurrentTimeInt64 = current_time;
    sqlite3_vfs_register(&vfs, 0);
}
PowerCutDisk::~PowerCutDisk() {
    sqlite3_vfs_unregister(&state_->vfs);
}

void PowerCutDisk::cut_after(std::uint64_t operations) {
    const std::lock_guard lock(state_->using_it);
    state_->cut_at = state_->operations + operations;
}
bool PowerCutDisk::is_cut() const {
    const std::lock_guard lock(state_->using_it);
    return state_->cut;
}
std::uint64_t PowerCutDisk::operations() const {
    const std::lock_guard lock(state_->using_it);
    return state_->operations;
}
std::uint64_t PowerCutDisk::dropped_writes() const {
    return state_->dropped;
}

void PowerCutDisk::power_on() {
    for (auto& [name, content] : state_->files) {
        state_->lose(content);
        std::ofstream out(name, std::ios::binary | std::ios::trunc);
        out << content.durable;
        std::remove((name + "-shm").c_str());
    }
    state_->files.clear();
    state_->cut = false;
    state_->cut_at = std::numeric_limits<std::uint64_t>::max();
}

} // namespace oakum::sqlite
