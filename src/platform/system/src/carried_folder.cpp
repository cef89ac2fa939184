// SPDX-License-Identifier: Apache-2.0
#include <system/carried_folder.hpp>

#include <system/file.hpp>

#include "descriptor.hpp"

#include <algorithm>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

namespace oakum::system {
namespace {

using base::Result;
using base::Status;

constexpr std::size_t kPiece = 64 << 10;
constexpr std::size_t kMostName = 200;

Status check_name(const std::string& name) {
    const bool plain = !name.empty() && name.size() <= kMostName && name.front() != '.' &&
                       std::ranges::all_of(name, [](char c) {
                           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                  (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == '~' ||
                                  c == '%';
                       });
    return plain ? Status() : Status(base::invalid("no name of a file that is carried"));
}

std::string shown(const std::string& folder, const std::string& name) {
    return folder.empty() ? name : name.empty() ? folder : folder + "/" + name;
}

// A link says ELOOP, a file in a folder's place ENOTDIR.
base::Error not_plain(const std::string& what) {
    return base::invalid(what +
                         " is not a plain file of this folder: a link, a device, a pipe or another medium");
}

class Folder final : public ports::CarriedFolder {
  public:
    Folder(Descriptor root, dev_t medium) : root_(std::move(root)), medium_(medium) {}

    Result<std::optional<std::string>> read(const std::string& folder, const std::string& name,
                                            std::size_t max_bytes) override {
        TRY_VALUE(const Opened file, open(folder, name));
        if (!file.descriptor.open()) return std::optional<std::string>();
        if (file.size > max_bytes)
            return base::too_large(shown(folder, name) + " has more than " + std::to_string(max_bytes) +
                                   " bytes");
        std::string text;
        const Status done =
            take(file, 0, file.size, shown(folder, name), [&](base::ByteView piece) -> Status {
                text.append(base::as_text(piece));
                return {};
            });
        TRY(done);
        return std::optional(std::move(text));
    }

    Result<std::optional<std::uint64_t>> length(const std::string& folder, const std::string& name) override {
        TRY_VALUE(const Opened file, open(folder, name));
        return file.descriptor.open() ? std::optional(file.size) : std::nullopt;
    }

    Status stream(const std::string& folder, const std::string& name, std::uint64_t from, std::uint64_t to,
                  const std::function<Status(base::ByteView)>& piece) override {
        TRY_VALUE(const Opened file, open(folder, name));
        if (!file.descriptor.open()) return base::not_found(shown(folder, name) + " is not there");
        if (to > file.size || from > to)
            return base::corrupt(shown(folder, name) + " has " + std::to_string(file.size) +
                                 " bytes, which is too few");
        return take(file, from, to, shown(folder, name), piece);
    }

    Result<std::vector<std::string>> names(const std::string& folder, std::size_t most) override {
        std::vector<std::string> names;
        TRY_VALUE(Descriptor at, enter(folder, Make::no));
        if (!at.open()) return names;
        // Opened to be entered only; what reads it is another descriptor.
        DIR* list = ::fdopendir(::openat(at.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (list == nullptr) return system_error("listing " + shown(folder, ""));
        bool too_many = false;
        while (const dirent* each = ::readdir(list)) {
            const std::string name = each->d_name;
            if (!check_name(name).ok()) continue; // what systems leave on media
            too_many = names.size() == most;
            if (too_many) break;
            names.push_back(name);
        }
        ::closedir(list);
        if (too_many)
            return base::too_large(shown(folder, "") + " holds more than " + std::to_string(most) + " files");
        std::ranges::sort(names);
        return names;
    }

    Result<std::unique_ptr<File>> create(const std::string& folder, const std::string& name) override;

    Status remove(const std::string& folder, const std::string& name) override {
        TRY(check_name(name));
        TRY_VALUE(const Descriptor at, enter(folder, Make::no));
        if (at.open() && ::unlinkat(at.get(), name.c_str(), 0) != 0 && errno != ENOENT)
            return system_error("removing " + shown(folder, name));
        return {};
    }

  private:
    struct Opened {
        Descriptor descriptor; // not open: there is no such file
        std::uint64_t size = 0;
    };

    // Not open: there is no such folder.
    Result<Descriptor> enter(const std::string& folder, Make make) {
        constexpr int how = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
        if (folder.empty()) return Descriptor(::fcntl(root_.get(), F_DUPFD_CLOEXEC, 0));
        TRY(check_name(folder));
        if (make == Make::yes && ::mkdirat(root_.get(), folder.c_str(), 0755) != 0 && errno != EEXIST)
            return system_error("making " + folder);
        Descriptor at(::openat(root_.get(), folder.c_str(), how));
        if (!at.open() && errno == ENOENT) return Descriptor();
        if (!at.open() && (errno == ELOOP || errno == ENOTDIR)) return not_plain(folder);
        if (!at.open()) return system_error("opening " + folder);
        struct stat status{};
        if (::fstat(at.get(), &status) != 0) return system_error("opening " + folder);
        if (status.st_dev != medium_) return not_plain(folder);
        return at;
    }

    // First as a place only, which opens no device and waits for no pipe.
    Result<Opened> open(const std::string& folder, const std::string& name) {
        TRY(check_name(name));
        TRY_VALUE(const Descriptor at, enter(folder, Make::no));
        if (!at.open()) return Opened{};
        const Descriptor place(::openat(at.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
        if (!place.open() && errno == ENOENT) return Opened{};
        if (!place.open()) return system_error("opening " + shown(folder, name));
        struct stat status{};
        if (::fstat(place.get(), &status) != 0) return system_error("opening " + shown(folder, name));
        if (!S_ISREG(status.st_mode) || status.st_dev != medium_) return not_plain(shown(folder, name));
        const std::string same = "/proc/self/fd/" + std::to_string(place.get());
        Opened opened{Descriptor(::open(same.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)),
                      static_cast<std::uint64_t>(status.st_size)};
        if (!opened.descriptor.open()) return system_error("opening " + shown(folder, name));
        return opened;
    }

    static Status take(const Opened& file, std::uint64_t from, std::uint64_t to, const std::string& what,
                       const std::function<Status(base::ByteView)>& piece) {
        base::Bytes buffer(kPiece);
        while (from < to) {
            const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(to - from, buffer.size()));
            const ssize_t got =
                ::pread(file.descriptor.get(), buffer.data(), wanted, static_cast<off_t>(from));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return system_error("reading " + what);
            if (got == 0) return base::corrupt(what + " became shorter while it was read");
            TRY(piece(base::ByteView(buffer).first(static_cast<std::size_t>(got))));
            from += static_cast<std::uint64_t>(got);
        }
        return {};
    }

    Descriptor root_;
    dev_t medium_;
};

class NewFile final : public ports::CarriedFolder::File {
  public:
    NewFile(Descriptor folder, Descriptor file, std::string name)
        : folder_(std::move(folder)), file_(std::move(file)), name_(std::move(name)) {}
    ~NewFile() override {
        if (!kept_) ::unlinkat(folder_.get(), beside(name_).c_str(), 0);
    }
    static std::string beside(const std::string& name) { return name + ".new"; }

    Status write(base::ByteView piece) override {
        while (!piece.empty()) {
            const ssize_t written = ::write(file_.get(), piece.data(), piece.size());
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) return system_error("writing " + name_);
            piece = piece.subspan(static_cast<std::size_t>(written));
        }
        return {};
    }
    Status keep() override {
        if (::fsync(file_.get()) != 0) return system_error("writing " + name_);
        file_.close();
        if (::renameat(folder_.get(), beside(name_).c_str(), folder_.get(), name_.c_str()) != 0)
            return system_error("writing " + name_);
        kept_ = true;
        // Some file systems of sticks have nothing to sync here, and say so.
        if (::fsync(folder_.get()) != 0 && errno != EINVAL) return system_error("writing " + name_);
        return {};
    }

  private:
    Descriptor folder_, file_;
    std::string name_;
    bool kept_ = false;
};

Result<std::unique_ptr<ports::CarriedFolder::File>> Folder::create(const std::string& folder,
                                                                   const std::string& name) {
    TRY(check_name(name));
    TRY_VALUE(Descriptor at, enter(folder, Make::yes));
    if (!at.open()) return base::unavailable("making " + folder);
    const std::string beside = NewFile::beside(name);
    constexpr int how = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    Descriptor file(::openat(at.get(), beside.c_str(), how, 0644));
    if (!file.open() && errno == EEXIST && ::unlinkat(at.get(), beside.c_str(), 0) == 0)
        file = Descriptor(::openat(at.get(), beside.c_str(), how, 0644));
    if (!file.open()) return system_error("writing " + shown(folder, name));
    return std::unique_ptr<File>(std::make_unique<NewFile>(std::move(at), std::move(file), name));
}

} // namespace

Result<std::unique_ptr<ports::CarriedFolder>> open_carried(const std::filesystem::path& path, Make make) {
    if (make == Make::yes && ::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST)
        return system_error("making " + path.string());
    Descriptor root(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK));
    if (!root.open() && errno == ENOTDIR) return base::invalid(path.string() + " is no folder");
    if (!root.open()) return system_error("opening " + path.string());
    struct stat status{};
    if (::fstat(root.get(), &status) != 0) return system_error("opening " + path.string());
    return std::unique_ptr<ports::CarriedFolder>(std::make_unique<Folder>(std::move(root), status.st_dev));
}

} // namespace oakum::system
