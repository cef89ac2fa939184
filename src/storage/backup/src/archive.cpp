// SPDX-License-Identifier: Apache-2.0
#include <backup/archive.hpp>

#include "file.hpp"
#include "form.hpp"

#include <base/digest.hpp>
#include <sys/stat.h>
#include <tar/header.hpp>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace oakum::backup {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kPiece = 1 << 20;

// Removed in the end, whatever happened; what became a backup has another name by then.
class PartFile {
  public:
    explicit PartFile(fs::path path) : path_(std::move(path)) {}
    ~PartFile() { ::unlink(path_.c_str()); }
    PartFile(const PartFile&) = delete;
    PartFile& operator=(const PartFile&) = delete;
    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

class Writer {
  public:
    Writer(File file, fs::path path, base::TimePoint made)
        : file_(std::move(file)), path_(std::move(path)), made_(made) {}

    base::Status add(std::string_view name, std::string_view text) {
        TRY(begin(name, text.size()));
        TRY(put(base::as_bytes(text)));
        return end(base::sha256(text), text.size());
    }
    base::Status add_file(const std::string& name, const fs::path& source) {
        TRY_VALUE(const File file, open_file(source));
        struct stat about{};
        if (::fstat(file.get(), &about) != 0) return failed("looking at", source, errno);
        const auto size = static_cast<std::uint64_t>(about.st_size);
        TRY(begin(name, size));
        base::Sha256 hash;
        for (std::uint64_t left = size; left > 0;) {
            const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer_.size()));
            TRY_VALUE(const std::size_t got, read_some(file, source, std::span(buffer_).first(wanted)));
            if (got != wanted) return base::unavailable(source.string() + " was cut while it was copied");
            const auto piece = base::ByteView(buffer_).first(got);
            hash.update(piece);
            TRY(put(piece));
            left -= got;
        }
        return end(hash.finish(), size);
    }
    base::Result<std::uint64_t> finish() {
        const std::string sums = sums_;
        TRY(add(kSums, sums));
        TRY(put(std::vector<std::uint8_t>(2 * tar::kBlock)));
        TRY(sync(file_, path_));
        return written_;
    }

  private:
    base::Status begin(std::string_view name, std::uint64_t size) {
        name_ = name;
        TRY_VALUE(const tar::Block block, tar::to_block({name_, size, made_}));
        return put(block);
    }
    base::Status end(const base::Digest256& digest, std::uint64_t size) {
        sums_ += digest.hex() + "  " + name_ + "\n";
        return put(std::vector<std::uint8_t>(tar::filling(size)));
    }
    base::Status put(base::ByteView bytes) {
        written_ += bytes.size();
        return write_all(file_, path_, bytes);
    }

    File file_;
    const fs::path path_;
    const base::TimePoint made_;
    std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(kPiece);
    std::string name_, sums_;
    std::uint64_t written_ = 0;
};

struct Part {
    std::string name;
    fs::path file;
};

// The files below a folder that belong into a backup, sorted by name; what else is there stays there.
base::Status find_parts(const fs::path& data, const char* folder, std::vector<Part>& out) {
    if (!is_there(data / folder)) return {};
    std::vector<Part> found;
    std::error_code error;
    for (fs::recursive_directory_iterator at(data / folder, error), end; !error && at != end;
         at.increment(error)) {
        const std::string name = fs::path(at->path()).lexically_relative(data).generic_string();
        if (fs::is_regular_file(at->symlink_status(error)) && is_part(name))
            found.push_back({name, at->path()});
    }
    if (error) return base::unavailable("reading " + (data / folder).string() + ": " + error.message());
    std::sort(found.begin(), found.end(), [](const Part& a, const Part& b) { return a.name < b.name; });
    out.insert(out.end(), found.begin(), found.end());
    return {};
}

} // namespace

base::Result<std::uint64_t> write(const fs::path& data, const fs::path& store_copy, const About& about,
                                  const fs::path& file) {
    if (is_there(file)) return base::conflict(file.string() + " is there already: name a new file");
    std::vector<Part> parts{{std::string(kStore), store_copy}};
    TRY(find_parts(data, "keys/online", parts));
    TRY(find_parts(data, "keys/public", parts));
    if (about.with_files) {
        TRY(find_parts(data, "feeds/kept", parts));
        if (is_there(data / kAdvisories)) parts.push_back({std::string(kAdvisories), data / kAdvisories});
        TRY(find_parts(data, "artifacts", parts));
    }
    // Hidden, so that it is nobody's backup.
    const PartFile unfinished(file.parent_path() / ("." + file.filename().string() + ".part"));
    ::unlink(unfinished.path().c_str()); // left by a backup that was interrupted
    TRY_VALUE(File out, make_file(unfinished.path()));
    Writer writer(std::move(out), unfinished.path(), about.made);
    TRY(writer.add(kAbout, to_text(about)));
    for (const Part& part : parts)
        TRY(writer.add_file(part.name, part.file));
    TRY_VALUE(const std::uint64_t size, writer.finish());
    // A link, unlike a rename, replaces nothing that appeared in between.
    if (::link(unfinished.path().c_str(), file.c_str()) != 0) {
        if (errno == EEXIST) return base::conflict(file.string() + " is there already: name a new file");
        if (errno != EPERM && errno != EOPNOTSUPP) return failed("naming", file, errno);
        TRY(rename_durably(unfinished.path(), file));
    }
    TRY(sync_folder(file.parent_path()));
    return size;
}

} // namespace oakum::backup
