// SPDX-License-Identifier: Apache-2.0
#include "file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

namespace oakum::blobs {

namespace {
constexpr std::size_t kPiece = 1 << 20;
}

File::~File() {
    if (fd_ >= 0) ::close(fd_);
}

base::Error file_error(const char* doing, const std::filesystem::path& path, int error) {
    const std::string what =
        std::string(doing) + " " + path.string() + ": " + std::generic_category().message(error);
    if (error == ENOENT) return base::not_found(what);
    if (error == ENOSPC || error == EDQUOT || error == EFBIG)
        return base::unavailable(
            what + ": free space on its disk or raise the limit on file sizes, then resume the upload");
    return base::unavailable(what);
}

base::Result<File> open_for_writing(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return file_error("opening", path, errno);
    return File(fd);
}

base::Result<File> open_for_reading(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return file_error("opening", path, errno);
    return File(fd);
}

base::Result<std::uint64_t> size_of(const File& file, const std::filesystem::path& path) {
    struct stat about{};
    if (::fstat(file.fd(), &about) != 0) return file_error("looking at", path, errno);
    if (!S_ISREG(about.st_mode)) return base::corrupt(path.string() + " is not a file");
    return static_cast<std::uint64_t>(about.st_size);
}

base::Status write_at(const File& file, const std::filesystem::path& path, std::uint64_t offset,
                      base::ByteView bytes) {
    while (!bytes.empty()) {
        const auto written = ::pwrite(file.fd(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0) {
            if (errno == EINTR) continue;
            return file_error("writing", path, errno);
        }
        bytes = bytes.subspan(static_cast<std::size_t>(written));
        offset += static_cast<std::uint64_t>(written);
    }
    return {};
}

base::Status truncate(const File& file, const std::filesystem::path& path, std::uint64_t length) {
    if (::ftruncate(file.fd(), static_cast<off_t>(length)) != 0) return file_error("shortening", path, errno);
    return {};
}

base::Status sync(const File& file, const std::filesystem::path& path) {
    if (::fsync(file.fd()) != 0) return file_error("syncing", path, errno);
    return {};
}

base::Status sync_folder(const std::filesystem::path& folder) {
    const File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!file.is_open()) return file_error("opening", folder, errno);
    return sync(file, folder);
}

base::Status read_first(const File& file, const std::filesystem::path& path, std::uint64_t length,
                        const std::function<void(base::ByteView)>& piece) {
    std::vector<std::uint8_t> buffer(std::min<std::uint64_t>(length, kPiece));
    for (std::uint64_t offset = 0; offset < length;) {
        const auto wanted = std::min<std::uint64_t>(length - offset, buffer.size());
        const auto got = ::pread(file.fd(), buffer.data(), wanted, static_cast<off_t>(offset));
        if (got < 0) {
            if (errno == EINTR) continue;
            if (errno == EIO) return base::corrupt("the disk cannot read " + path.string());
            return file_error("reading", path, errno);
        }
        if (got == 0) return base::corrupt(path.string() + " is shorter than it was");
        piece(base::ByteView(buffer).first(static_cast<std::size_t>(got)));
        offset += static_cast<std::uint64_t>(got);
    }
    return {};
}

void forget_cached(const File& file) {
    (void)::posix_fadvise(file.fd(), 0, 0, POSIX_FADV_DONTNEED);
}

base::Status make_folder(const std::filesystem::path& folder) {
    if (::mkdir(folder.c_str(), 0700) == 0) {
        const auto parent = folder.parent_path();
        return sync_folder(parent.empty() ? std::filesystem::path(".") : parent);
    }
    if (errno != EEXIST) return file_error("making", folder, errno);
    return {};
}

} // namespace oakum::blobs
