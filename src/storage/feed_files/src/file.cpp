// SPDX-License-Identifier: Apache-2.0
#include "file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace oakum::feed_files {

namespace fs = std::filesystem;

base::Error failed(std::string_view doing, const fs::path& path) {
    std::string text = std::string(doing) + " " + path.string() + ": " + std::strerror(errno);
    if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG) text += "; free some space and try again";
    return errno == ENOENT ? base::not_found(std::move(text)) : base::unavailable(std::move(text));
}

Descriptor::~Descriptor() {
    if (value_ >= 0) ::close(value_);
}

base::Status write_all(int descriptor, base::ByteView bytes, const fs::path& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failed("writing", path);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

base::Status sync_folder(const fs::path& folder) {
    const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (descriptor.get() < 0 || ::fsync(descriptor.get()) != 0) return failed("syncing", folder);
    return {};
}

base::Status replace_file(const fs::path& path, std::string_view text) {
    fs::path temporary = path;
    temporary += ".new";
    const Descriptor file(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (file.get() < 0) return failed("writing", temporary);
    TRY(write_all(file.get(), base::as_bytes(text), temporary));
    if (::fsync(file.get()) != 0 || ::rename(temporary.c_str(), path.c_str()) != 0)
        return failed("writing", temporary);
    return sync_folder(path.parent_path());
}

bool is_plain_name(std::string_view name) {
    if (name.empty() || name.size() > 200 || name.front() == '.') return false;
    return std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '-' || c == '_' || c == '+';
    });
}

} // namespace oakum::feed_files
