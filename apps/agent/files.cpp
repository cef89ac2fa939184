// SPDX-License-Identifier: Apache-2.0
#include "files.hpp"

#include <system/file.hpp>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace oakum::agent {
namespace {

constexpr std::size_t piece_size = 64 << 10;
constexpr std::size_t max_kept = 8 << 20;

// Names come from our own code and from signed metadata, where they are escaped already.
bool plain_name(const std::string& name) {
    return !name.empty() && name.size() <= 255 && name.front() != '.' &&
           name.find('/') == std::string::npos && name.find('\0') == std::string::npos;
}

} // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    if (this != &other) {
        close();
        number_ = other.release();
    }
    return *this;
}

int Descriptor::release() {
    const int number = number_;
    number_ = -1;
    return number;
}

void Descriptor::close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
}

base::Error system_error(const std::string& doing) {
    const int code = errno;
    const bool full = code == ENOSPC || code == EDQUOT || code == EFBIG;
    const std::string text = doing + ": " + std::strerror(code) +
                             (full ? "; there is no room for it: free space on this device" : "");
    if (code == ENOENT || code == ENOTDIR) return base::not_found(text);
    if (code == EACCES || code == EPERM || code == EROFS) return base::denied(text);
    return base::unavailable(text);
}

base::Status write_all(int descriptor, base::ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return system_error("writing");
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

base::Status read_pieces(const std::filesystem::path& path, std::uint64_t length,
                         const updates::Piece& piece) {
    const Descriptor in(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!in.open()) return system_error("opening " + path.string());
    base::Bytes buffer(piece_size);
    while (length > 0) {
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(length, buffer.size()));
        const ssize_t got = ::read(in.number(), buffer.data(), wanted);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return system_error("reading " + path.string());
        if (got == 0) return base::corrupt(path.string() + " is shorter than it was");
        TRY(piece(base::ByteView(buffer).first(static_cast<std::size_t>(got))));
        length -= static_cast<std::uint64_t>(got);
    }
    return {};
}

base::Result<std::uint64_t> free_space(const std::filesystem::path& folder) {
    struct statvfs stats{};
    if (::statvfs(folder.c_str(), &stats) != 0)
        return system_error("asking for the space in " + folder.string());
    return static_cast<std::uint64_t>(stats.f_bavail) * stats.f_frsize;
}

void remove_unfinished(const std::filesystem::path& folder) {
    std::error_code error;
    for (const char* name : {".", "state", "trust", "slots"})
        for (std::filesystem::directory_iterator at(folder / name, error), end; !error && at != end;
             at.increment(error))
            if (at->path().filename().string().find(".new-") != std::string::npos)
                ::unlink(at->path().c_str());
}

base::Result<std::optional<std::string>> FolderKeep::load(const std::string& name) {
    if (!plain_name(name)) return base::bug("\"" + name + "\" is no name of a kept file");
    auto text = system::read_bounded(folder_ / name, max_kept);
    if (!text.ok() && text.error().kind == base::ErrorKind::not_found) return std::optional<std::string>();
    if (!text.ok()) return std::move(text).error();
    return std::optional(std::move(text).value());
}

base::Status FolderKeep::save(const std::string& name, std::string_view text) {
    if (!plain_name(name)) return base::bug("\"" + name + "\" is no name of a kept file");
    return system::write_durably(folder_ / name, text);
}

base::Status FolderKeep::remove(const std::string& name) {
    if (!plain_name(name)) return base::bug("\"" + name + "\" is no name of a kept file");
    if (::unlink((folder_ / name).c_str()) != 0 && errno != ENOENT) return system_error("removing " + name);
    return system::sync_folder(folder_);
}

base::Result<std::vector<std::string>> FolderKeep::names() {
    std::vector<std::string> names;
    std::error_code error;
    for (std::filesystem::directory_iterator at(folder_, error), end; !error && at != end;
         at.increment(error)) {
        const std::string name = at->path().filename().string();
        // A file that was being written when the power went has a name of another kind.
        if (name.ends_with(".json") && plain_name(name)) names.push_back(name);
    }
    if (error) return base::unavailable("listing " + folder_.string() + ": " + error.message());
    return names;
}

base::Result<std::uint64_t> FileStaging::held() {
    struct stat stats{};
    if (::lstat(file_.c_str(), &stats) != 0) {
        if (errno == ENOENT) return std::uint64_t{0};
        return system_error("looking at " + file_.string());
    }
    return static_cast<std::uint64_t>(stats.st_size);
}

base::Status FileStaging::append(base::ByteView piece) {
    if (!out_.open()) {
        out_ =
            Descriptor(::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!out_.open()) return system_error("opening " + file_.string());
    }
    return write_all(out_.number(), piece);
}

base::Status FileStaging::sync() {
    if (!out_.open()) return system::sync_folder(file_.parent_path());
    if (::fsync(out_.number()) != 0) return system_error("storing " + file_.string());
    // RAUC takes no bundle that somebody might still write to.
    out_.close();
    return system::sync_folder(file_.parent_path());
}

base::Status FileStaging::read(const updates::Piece& piece) {
    TRY_VALUE(const std::uint64_t length, held());
    if (length == 0) return {};
    return read_pieces(file_, length, piece);
}

base::Status FileStaging::clear() {
    out_.close();
    if (::unlink(file_.c_str()) != 0 && errno != ENOENT) return system_error("removing " + file_.string());
    return {};
}

} // namespace oakum::agent
