// SPDX-License-Identifier: Apache-2.0
#include <feed_files/folder.hpp>

#include "file.hpp"
#include "partial.hpp"

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
constexpr std::string_view kScores = "feeds/epss-history";
constexpr std::uint64_t kLargestScores = std::uint64_t{512} << 20;
constexpr std::string_view kNotCompiled = "feeds/not-compiled";
// Left for everything else: the store, the compiled file, logs.
constexpr std::uint64_t kLeftOver = std::uint64_t{512} << 20;

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
    for (const char* folder : {"feeds/kept", "feeds/incoming", "feeds/partial"}) {
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

fs::path FolderFeedFiles::next_incoming() {
    return data_ / "feeds/incoming" / (std::string(kIncoming) + std::to_string(next_++));
}

base::Result<std::unique_ptr<ports::IncomingFeed>> FolderFeedFiles::begin() {
    for (int attempt = 0; attempt < 10'000; ++attempt) {
        const fs::path path = next_incoming();
        const int descriptor =
            ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
        if (descriptor >= 0)
            return std::unique_ptr<ports::IncomingFeed>(
                std::make_unique<Incoming>(path, descriptor, largest_));
        if (errno != EEXIST) return failed("making", path);
    }
    return base::unavailable("too many feeds wait in " + (data_ / "feeds/incoming").string());
}

base::Result<std::unique_ptr<ports::PartialFeed>> FolderFeedFiles::resume(const std::string& name) {
    if (!is_plain_name(name) || name.ends_with(kNote)) return base::invalid("not a name for a download");
    return PartialFile::open(data_ / "feeds/partial" / name, largest_, [this] { return next_incoming(); });
}

base::Status FolderFeedFiles::forget_partial_except(const std::vector<std::string>& names) {
    std::error_code error;
    std::vector<fs::path> others;
    for (fs::directory_iterator entry(data_ / "feeds/partial", error), end; !error && entry != end;
         entry.increment(error)) {
        std::string name = entry->path().filename().string();
        if (name.ends_with(kNote)) name.resize(name.size() - kNote.size());
        if (std::ranges::find(names, name) == names.end()) others.push_back(entry->path());
    }
    if (error)
        return base::unavailable("reading " + (data_ / "feeds/partial").string() + ": " + error.message());
    for (const fs::path& path : others)
        if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed("removing", path);
    return {};
}

base::Result<std::uint64_t> FolderFeedFiles::room() {
    std::error_code error;
    const fs::space_info space = fs::space(data_, error);
    if (error) return base::unavailable("looking at the room in " + data_.string() + ": " + error.message());
    return space.available > kLeftOver ? space.available - kLeftOver : std::uint64_t{0};
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

base::Result<base::Bytes> FolderFeedFiles::scores() {
    const fs::path path = data_ / kScores;
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    struct stat about{};
    if (file.get() < 0 || ::fstat(file.get(), &about) != 0) return failed("reading", path);
    if (static_cast<std::uint64_t>(about.st_size) > kLargestScores)
        return base::corrupt(path.string() + " is too large");
    base::Bytes bytes(static_cast<std::size_t>(about.st_size));
    for (std::size_t at = 0; at < bytes.size();) {
        const ssize_t got = ::read(file.get(), bytes.data() + at, bytes.size() - at);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return failed("reading", path);
        at += static_cast<std::size_t>(got);
    }
    return bytes;
}

base::Status FolderFeedFiles::replace_scores(base::ByteView bytes) {
    return replace_file(data_ / kScores, base::as_text(bytes));
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
