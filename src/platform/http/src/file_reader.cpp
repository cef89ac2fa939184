// SPDX-License-Identifier: Apache-2.0
#include "file_reader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace oakum::http {

FileReader::~FileReader() {
    if (file_ >= 0) ::close(file_);
}

base::Status FileReader::open(const std::filesystem::path& path, std::uint64_t offset, std::uint64_t length) {
    file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file_ < 0) return base::not_found("opening " + path.string() + ": " + std::strerror(errno));
    struct stat status{};
    if (fstat(file_, &status) != 0 || !S_ISREG(status.st_mode))
        return base::invalid(path.string() + " is not a file");
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (offset > size || length > size - offset)
        return base::invalid(path.string() + " is shorter than what is to be sent");
    offset_ = offset;
    left_ = length;
    posix_fadvise(file_, static_cast<off_t>(offset), static_cast<off_t>(length), POSIX_FADV_SEQUENTIAL);
    return {};
}

std::optional<std::size_t> FileReader::read_now(char* into, std::size_t size) {
    iovec piece{into, static_cast<std::size_t>(std::min<std::uint64_t>(size, left_))};
    const ssize_t got = preadv2(file_, &piece, 1, static_cast<off_t>(offset_), RWF_NOWAIT);
    if (got <= 0) return std::nullopt;
    took(static_cast<std::size_t>(got));
    return static_cast<std::size_t>(got);
}

std::size_t FileReader::read(char* into, std::size_t size) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, left_));
    for (;;) {
        const ssize_t got = ::pread(file_, into, wanted, static_cast<off_t>(offset_));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return 0;
        took(static_cast<std::size_t>(got));
        return static_cast<std::size_t>(got);
    }
}

void FileReader::took(std::size_t bytes) {
    offset_ += bytes;
    left_ -= bytes;
}

} // namespace oakum::http
