// SPDX-License-Identifier: Apache-2.0
#include "durable.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace oakum::sqlite {

namespace {
base::Error failed(const char* doing, const std::filesystem::path& file, int error) {
    return base::unavailable(std::string(doing) + " " + file.string() + ": " +
                             std::generic_category().message(error));
}
base::Status sync_path(const std::filesystem::path& path, int flags) {
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC);
    if (fd < 0) return failed("opening", path, errno);
    const int error = ::fsync(fd) == 0 ? 0 : errno;
    ::close(fd);
    if (error != 0) return failed("syncing", path, error);
    return {};
}
} // namespace

base::Status sync_file(const std::filesystem::path& file) {
    return sync_path(file, O_RDWR);
}

base::Status sync_folder_of(const std::filesystem::path& file) {
    const auto folder = file.parent_path();
    return sync_path(folder.empty() ? std::filesystem::path(".") : folder, O_RDONLY | O_DIRECTORY);
}

base::Status create_private_file(const std::filesystem::path& file) {
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        if (errno == EEXIST) return {};
        return failed("making", file, errno);
    }
    ::close(fd);
    return sync_folder_of(file);
}

} // namespace oakum::sqlite
