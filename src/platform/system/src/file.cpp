// SPDX-License-Identifier: Apache-2.0
#include <system/file.hpp>

#include "descriptor.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <atomic>

namespace oakum::system {
namespace {

base::Status write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return system_error("writing");
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

std::filesystem::path name_beside(const std::filesystem::path& path) {
    static std::atomic<unsigned> counter{0};
    return path.string() + ".new-" + std::to_string(getpid()) + "-" + std::to_string(counter.fetch_add(1));
}

base::Result<Descriptor> open_regular(const std::filesystem::path& path, std::uint64_t& size) {
    // Without O_NONBLOCK a FIFO put in the file's place would hang us.
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.open()) return system_error("opening " + path.string());
    struct stat status{};
    if (fstat(file.get(), &status) != 0) return system_error("opening " + path.string());
    if (!S_ISREG(status.st_mode)) return base::invalid(path.string() + " is not a regular file");
    size = static_cast<std::uint64_t>(status.st_size);
    return file;
}

} // namespace

base::Status sync_folder(const std::filesystem::path& path) {
    const Descriptor folder(::open(path.empty() ? "." : path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.open() || fsync(folder.get()) != 0)
        return system_error("syncing the folder " + path.string());
    return {};
}

base::Status write_durably(const std::filesystem::path& path, std::string_view text, FileMode mode) {
    const std::filesystem::path beside = name_beside(path);
    const mode_t bits = mode == FileMode::owner_only ? 0600 : 0644;
    constexpr int fresh = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    Descriptor file(::open(beside.c_str(), fresh, bits));
    // Left by a process of the same number that a power cut ended: a device gives out the same numbers at
    // each start.
    if (!file.open() && errno == EEXIST && ::unlink(beside.c_str()) == 0)
        file = Descriptor(::open(beside.c_str(), fresh, bits));
    if (!file.open()) return system_error("creating " + beside.string());
    base::Status written = write_all(file.get(), text);
    if (written.ok() && fchmod(file.get(), bits) != 0) written = system_error("setting the mode");
    if (written.ok() && fsync(file.get()) != 0) written = system_error("syncing");
    if (written.ok() && ::rename(beside.c_str(), path.c_str()) != 0) written = system_error("renaming");
    if (!written.ok()) {
        ::unlink(beside.c_str());
        return std::move(written).error().wrap("writing " + path.string());
    }
    return sync_folder(path.parent_path());
}

base::Result<std::string> read_bounded(const std::filesystem::path& path, std::size_t limit) {
    std::uint64_t size = 0;
    TRY_VALUE(const Descriptor file, open_regular(path, size));
    if (size > limit)
        return base::too_large(path.string() + " has more than " + std::to_string(limit) + " bytes");
    // Files of /proc say that they are empty; a file that grows is caught by the limit.
    std::string text;
    char piece[16 * 1024];
    for (;;) {
        const ssize_t got = ::read(file.get(), piece, sizeof piece);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return system_error("reading " + path.string());
        if (got == 0) return text;
        if (text.size() + static_cast<std::size_t>(got) > limit)
            return base::too_large(path.string() + " has more than " + std::to_string(limit) + " bytes");
        text.append(piece, static_cast<std::size_t>(got));
    }
}

base::Status make_private_folder(const std::filesystem::path& path) {
    std::filesystem::path built;
    for (const auto& part : path) {
        built /= part;
        if (::mkdir(built.c_str(), 0700) == 0) continue;
        const int number = errno;
        struct stat status{};
        if (::stat(built.c_str(), &status) != 0)
            return system_error("creating the folder " + path.string(), number);
        if (!S_ISDIR(status.st_mode)) return base::conflict(built.string() + " exists and is not a folder");
    }
    return {};
}

base::Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
    std::uint64_t size = 0;
    TRY_VALUE(const Descriptor file, open_regular(path, size));
    if (size == 0) return MappedFile(nullptr, 0);
    void* data = mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
    if (data == MAP_FAILED) return system_error("mapping " + path.string());
    return MappedFile(static_cast<const std::uint8_t*>(data), size);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
}

MappedFile::~MappedFile() {
    if (data_ != nullptr) munmap(const_cast<std::uint8_t*>(data_), size_);
}

base::Result<FileLock> FileLock::acquire(const std::filesystem::path& path) {
    Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.open()) return system_error("opening the lock " + path.string());
    if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return base::conflict(path.string() + " is locked by another process");
        return system_error("locking " + path.string());
    }
    return FileLock(file.release());
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

FileLock::~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

} // namespace oakum::system
