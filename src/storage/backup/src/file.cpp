// SPDX-License-Identifier: Apache-2.0
#include "file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace oakum::backup {

namespace fs = std::filesystem;

File::~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

base::Error failed(std::string_view doing, const fs::path& path, int error) {
    std::string text =
        std::string(doing) + " " + path.string() + ": " + std::generic_category().message(error);
    if (error == ENOENT) return base::not_found(std::move(text));
    if (error == ENOSPC || error == EDQUOT || error == EFBIG) text += "; free some space and try again";
    return base::unavailable(std::move(text));
}

base::Result<File> make_file(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0 && errno == EEXIST) return base::conflict(path.string() + " is there already");
    if (descriptor < 0) return failed("making", path, errno);
    return File(descriptor);
}

base::Result<File> open_file(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0) return failed("opening", path, errno);
    return File(descriptor);
}

base::Status write_all(const File& file, const fs::path& path, base::ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failed("writing", path, errno);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

base::Result<std::size_t> read_some(const File& file, const fs::path& path, std::span<std::uint8_t> into) {
    std::size_t filled = 0;
    while (filled < into.size()) {
        const ssize_t got = ::read(file.get(), into.data() + filled, into.size() - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed("reading", path, errno);
        if (got == 0) break;
        filled += static_cast<std::size_t>(got);
    }
    return filled;
}

base::Status sync(const File& file, const fs::path& path) {
    if (::fsync(file.get()) != 0) return failed("syncing", path, errno);
    return {};
}

base::Status sync_folder(const fs::path& folder) {
    const fs::path named = folder.empty() ? fs::path(".") : folder;
    const File file(::open(named.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (file.get() < 0) return failed("opening", named, errno);
    return sync(file, named);
}

base::Status make_folders(const fs::path& folder) {
    if (folder.empty() || is_there(folder)) return {};
    TRY(make_folders(folder.parent_path()));
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return failed("making", folder, errno);
    return sync_folder(folder.parent_path());
}

base::Status rename_durably(const fs::path& from, const fs::path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) return failed("moving", from, errno);
    TRY(sync_folder(to.parent_path()));
    return sync_folder(from.parent_path());
}

base::Status remove_tree(const fs::path& path) {
    std::error_code error;
    fs::remove_all(path, error);
    if (error) return base::unavailable("removing " + path.string() + ": " + error.message());
    return {};
}

bool is_there(const fs::path& path) {
    std::error_code error;
    return fs::exists(fs::symlink_status(path, error));
}

} // namespace oakum::backup
