// SPDX-License-Identifier: Apache-2.0
#include <feed_files/folder.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace oakum::feed_files {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kIncoming = "incoming-";
constexpr std::string_view kNotCompiled = "feeds/not-compiled";

base::Error failed(std::string_view doing, const fs::path& path) {
    std::string text = std::string(doing) + " " + path.string() + ": " + std::strerror(errno);
    if (errno == ENOSPC || errno == EDQUOT || errno == EFBIG) text += "; free some space and try again";
    return errno == ENOENT ? base::not_found(std::move(text)) : base::unavailable(std::move(text));
}

// A file descriptor that is closed once.
class Descriptor {
  public:
    explicit Descriptor(int value) : value_(value) {}
    ~Descriptor() {
        if (value_ >= 0) ::close(value_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return value_; }

  private:
    int value_;
};

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

bool is_plain_name(std::string_view name) {
    if (name.empty() || name.size() > 200 || name.front() == '.') return false;
    return std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
               c == '-' || c == '_' || c == '+';
    });
}

class Incoming final : public ports::IncomingFeed {
  public:
    Incoming(fs::path path, int descriptor, std::uint64_t largest)
        : path_(std::move(path)), file_(descriptor), largest_(largest) {}
    ~Incoming() override {
        if (!finished_) ::unlink(path_.c_str());
    }
    base::Status write(base::ByteView piece) override {
        written_ += piece.size();
        if (written_ > largest_)
            return base::too_large("a feed has at most " + std::to_string(largest_ >> 20) + " MiB");
        return write_all(file_.get(), piece, path_);
    }
    base::Result<std::string> finish() override {
        if (::fsync(file_.get()) != 0) return failed("syncing", path_);
        TRY(sync_folder(path_.parent_path()));
        finished_ = true;
        return path_.filename().string();
    }

  private:
    fs::path path_;
    Descriptor file_;
    const std::uint64_t largest_;
    std::uint64_t written_ = 0;
    bool finished_ = false;
};

class Mapped final : public ports::CompiledAdvisories {
  public:
    Mapped(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
    ~Mapped() override {
        if (size_ > 0) ::munmap(const_cast<std::uint8_t*>(data_), size_);
    }
    base::ByteView bytes() const override { return {data_, size_}; }

  private:
    const std::uint8_t* data_;
    std::size_t size_;
};

} // namespace

base::Result<std::unique_ptr<FolderFeedFiles>> FolderFeedFiles::open(fs::path data,
                                                                     std::uint64_t largest_feed) {
    std::error_code error;
    for (const char* folder : {"feeds/kept", "feeds/incoming"}) {
        fs::create_directories(data / folder, error);
        if (error) return base::unavailable("making " + (data / folder).string() + ": " + error.message());
    }
    return std::unique_ptr<FolderFeedFiles>(new FolderFeedFiles(std::move(data), largest_feed));
}

base::Result<fs::path> FolderFeedFiles::path_of(const std::string& name) const {
    if (!is_plain_name(name))
        return base::invalid("not a name for a feed: letters, digits, '.', '-', '_' and '+', at most 200");
    return name.starts_with(kIncoming) ? data_ / "feeds/incoming" / name : data_ / "feeds/kept" / name;
}

base::Result<std::unique_ptr<ports::IncomingFeed>> FolderFeedFiles::begin() {
    for (int attempt = 0; attempt < 10'000; ++attempt) {
        const fs::path path = data_ / "feeds/incoming" / (std::string(kIncoming) + std::to_string(next_++));
        const int descriptor =
            ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
        if (descriptor >= 0)
            return std::unique_ptr<ports::IncomingFeed>(
                std::make_unique<Incoming>(path, descriptor, largest_));
        if (errno != EEXIST) return failed("making", path);
    }
    return base::unavailable("too many feeds wait in " + (data_ / "feeds/incoming").string());
}

base::Result<std::vector<std::string>> FolderFeedFiles::kept() {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator entry(data_ / "feeds/kept", error), end; !error && entry != end;
         entry.increment(error))
        if (entry->is_regular_file() && is_plain_name(entry->path().filename().string()))
            names.push_back(entry->path().filename().string());
    if (error)
        return base::unavailable("reading " + (data_ / "feeds/kept").string() + ": " + error.message());
    std::sort(names.begin(), names.end());
    return names;
}

base::Status FolderFeedFiles::read(const std::string& name,
                                   const std::function<base::Status(base::ByteView)>& piece) {
    TRY_VALUE(const fs::path path, path_of(name));
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (file.get() < 0) return failed("reading", path);
    std::vector<std::uint8_t> buffer(256 << 10);
    for (;;) {
        const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return failed("reading", path);
        if (got == 0) return {};
        TRY(piece({buffer.data(), static_cast<std::size_t>(got)}));
    }
}

base::Status FolderFeedFiles::keep(const std::string& incoming, const std::string& name) {
    TRY_VALUE(const fs::path from, path_of(incoming));
    TRY_VALUE(const fs::path to, path_of(name));
    const fs::path mark = data_ / kNotCompiled;
    const Descriptor marked(::open(mark.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (marked.get() < 0) return failed("marking", mark);
    TRY(sync_folder(mark.parent_path()));
    if (::rename(from.c_str(), to.c_str()) != 0) return failed("keeping", from);
    return sync_folder(to.parent_path());
}

base::Status FolderFeedFiles::discard(const std::string& incoming) {
    TRY_VALUE(const fs::path path, path_of(incoming));
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed("removing", path);
    return {};
}

base::Status FolderFeedFiles::replace_compiled(base::ByteView bytes) {
    const fs::path temporary = data_ / "advisories.oadb.new";
    const Descriptor file(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (file.get() < 0) return failed("writing", temporary);
    TRY(write_all(file.get(), bytes, temporary));
    if (::fsync(file.get()) != 0 || ::rename(temporary.c_str(), (data_ / "advisories.oadb").c_str()) != 0)
        return failed("writing", temporary);
    TRY(sync_folder(data_));
    const fs::path mark = data_ / kNotCompiled;
    if (::unlink(mark.c_str()) != 0 && errno != ENOENT) return failed("removing", mark);
    return {};
}

bool FolderFeedFiles::kept_since_compiled() {
    std::error_code error;
    return fs::exists(data_ / kNotCompiled, error);
}

base::Result<std::shared_ptr<const ports::CompiledAdvisories>> FolderFeedFiles::compiled() {
    const fs::path path = data_ / "advisories.oadb";
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat about{};
    if (file.get() < 0 || ::fstat(file.get(), &about) != 0) return failed("opening", path);
    const auto size = static_cast<std::size_t>(about.st_size);
    if (size == 0) return base::corrupt(path.string() + " is empty");
    // Never changed in place: a new one is renamed over it, so the mapping stays whole.
    void* data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (data == MAP_FAILED) return failed("mapping", path);
    return std::shared_ptr<const ports::CompiledAdvisories>(
        std::make_shared<Mapped>(static_cast<const std::uint8_t*>(data), size));
}

} // namespace oakum::feed_files
