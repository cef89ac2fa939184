// SPDX-License-Identifier: Apache-2.0
#include "partial.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

namespace oakum::feed_files {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLongestNote = 64 << 10;

fs::path note_of(fs::path path) {
    path += kNote;
    return path;
}

} // namespace

base::Result<std::unique_ptr<ports::PartialFeed>> PartialFile::open(fs::path path, std::uint64_t largest,
                                                                    std::function<fs::path()> incoming) {
    const int descriptor =
        ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (descriptor < 0) return failed("opening", path);
    auto held =
        std::unique_ptr<PartialFile>(new PartialFile(path, descriptor, 0, "", largest, std::move(incoming)));
    struct stat about{};
    if (::fstat(descriptor, &about) != 0) return failed("looking at", path);
    held->size_ = static_cast<std::uint64_t>(about.st_size);
    std::ifstream note(note_of(path), std::ios::binary);
    if (note) held->note_.assign(std::istreambuf_iterator<char>(note), std::istreambuf_iterator<char>());
    if (held->note_.size() > kLongestNote) held->note_.clear();
    return std::unique_ptr<ports::PartialFeed>(std::move(held));
}

base::Status PartialFile::set_note(std::string note) {
    if (::fsync(file_.get()) != 0) return failed("syncing", path_);
    TRY(replace_file(note_of(path_), note));
    note_ = std::move(note);
    return {};
}

base::Status PartialFile::cut(std::uint64_t size) {
    if (size >= size_) return {};
    if (::ftruncate(file_.get(), static_cast<off_t>(size)) != 0) return failed("cutting", path_);
    size_ = size;
    return {};
}

base::Status PartialFile::write(base::ByteView piece) {
    if (size_ + piece.size() > largest_)
        return base::too_large("a feed has at most " + std::to_string(largest_ >> 20) + " MiB");
    TRY(write_all(file_.get(), piece, path_));
    size_ += piece.size();
    return {};
}

base::Result<std::string> PartialFile::finish() {
    if (::fsync(file_.get()) != 0) return failed("syncing", path_);
    // A name that nobody has: linked, not renamed, so that nothing is written over.
    for (int attempt = 0; attempt < 10'000; ++attempt) {
        const fs::path to = incoming_();
        if (::link(path_.c_str(), to.c_str()) != 0) {
            if (errno == EEXIST) continue;
            return failed("handing over", path_);
        }
        TRY(sync_folder(to.parent_path()));
        if (::unlink(path_.c_str()) != 0 && errno != ENOENT) return failed("removing", path_);
        const fs::path note = note_of(path_);
        if (::unlink(note.c_str()) != 0 && errno != ENOENT) return failed("removing", note);
        return to.filename().string();
    }
    return base::unavailable("too many feeds wait to be imported");
}

} // namespace oakum::feed_files
