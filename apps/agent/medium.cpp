// SPDX-License-Identifier: Apache-2.0
#include "medium.hpp"

#include "firmware_image.hpp"
#include "tools.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace oakum::agent {
namespace {

constexpr std::size_t alignment = 4096;
constexpr std::size_t read_size = 256 << 10;
constexpr base::Duration installing = std::chrono::hours(1);
constexpr std::size_t cpio_header = 110;
constexpr std::uint64_t max_name = 4096;

base::Result<Descriptor> open_to_write(const std::filesystem::path& path) {
    struct stat stats{};
    if (::stat(path.c_str(), &stats) != 0) return system_error("looking at " + path.string());
    // A partition that is mounted is not opened for itself alone: what runs is never written.
    const int own = S_ISBLK(stats.st_mode) ? O_EXCL : 0;
    Descriptor out(::open(path.c_str(), O_WRONLY | O_CLOEXEC | own));
    if (!out.open()) return system_error("opening " + path.string());
    return out;
}

base::Result<std::uint64_t> size_of(const Descriptor& file, const std::filesystem::path& path) {
    const off_t end = ::lseek(file.number(), 0, SEEK_END);
    if (end < 0 || ::lseek(file.number(), 0, SEEK_SET) != 0)
        return system_error("measuring " + path.string());
    return static_cast<std::uint64_t>(end);
}

base::Status same(const std::filesystem::path& path, std::uint64_t length, const base::Digest256& digest) {
    TRY_VALUE(const auto found, hash_medium(path, length));
    if (found == digest) return {};
    return base::corrupt(path.string() + " does not hold what was written");
}

base::Result<std::uint64_t> hex_field(std::string_view header, std::size_t number) {
    const std::string_view text = header.substr(6 + number * 8, 8);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (error != std::errc() || end != text.data() + text.size())
        return base::corrupt("a bad header in the cpio archive");
    return value;
}

std::uint64_t padded(std::uint64_t length) {
    return (length + 3) / 4 * 4;
}

} // namespace

base::Result<base::Digest256> hash_medium(const std::filesystem::path& path, std::uint64_t length) {
    Descriptor in(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECT));
    if (!in.open() && errno == EINVAL) {
        // A file system without direct reading: at least what is cached and clean is let go first.
        in = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (in.open()) ::posix_fadvise(in.number(), 0, 0, POSIX_FADV_DONTNEED);
    }
    if (!in.open()) return system_error("opening " + path.string());
    void* memory = nullptr;
    if (::posix_memalign(&memory, alignment, read_size) != 0) return base::unavailable("no memory");
    const std::unique_ptr<void, decltype(&std::free)> owner(memory, &std::free);
    const auto* bytes = static_cast<const std::uint8_t*>(memory);
    base::Sha256 hash;
    while (length > 0) {
        const ssize_t got = ::read(in.number(), memory, read_size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return system_error("reading " + path.string());
        if (got == 0) return base::corrupt(path.string() + " ends early");
        const auto use = std::min<std::uint64_t>(length, static_cast<std::uint64_t>(got));
        hash.update(base::ByteView(bytes, static_cast<std::size_t>(use)));
        length -= use;
    }
    return hash.finish();
}

// The files of an archive, each to the partition of its component.
class PartitionMedium::Splitter final : public ImageSink {
  public:
    Splitter(const std::vector<Component>& components, std::string slot)
        : components_(components), slot_(std::move(slot)) {}
    base::Status begin(const ImageEntry& entry) override {
        const auto component = std::ranges::find(components_, entry.path, &Component::name);
        if (component == components_.end())
            return base::invalid("this device has no component \"" + entry.path + "\"");
        Written written{component->partitions.at(slot_), entry.size, {}};
        TRY_VALUE(out_, open_to_write(written.path));
        TRY_VALUE(const std::uint64_t room, size_of(out_, written.path));
        if (entry.size > room)
            return base::too_large("\"" + entry.path + "\" has " + std::to_string(entry.size) +
                                   " bytes, its partition " + std::to_string(room));
        written_.push_back(std::move(written));
        hash_ = base::Sha256();
        return {};
    }
    base::Status data(base::ByteView piece) override {
        hash_.update(piece);
        return write_all(out_.number(), piece);
    }
    base::Status end() override {
        written_.back().digest = hash_.finish();
        if (::fsync(out_.number()) != 0) return system_error("writing " + written_.back().path.string());
        out_.close();
        return {};
    }
    base::Status read_back() const {
        if (written_.size() != components_.size())
            return base::invalid("the image holds " + std::to_string(written_.size()) + " of " +
                                 std::to_string(components_.size()) + " components");
        for (const Written& each : written_)
            TRY(same(each.path, each.length, each.digest));
        return {};
    }
    ImageReader reader{*this};

  private:
    struct Written {
        std::filesystem::path path;
        std::uint64_t length;
        base::Digest256 digest;
    };
    const std::vector<Component>& components_;
    const std::string slot_;
    std::vector<Written> written_;
    Descriptor out_;
    base::Sha256 hash_;
};

PartitionMedium::PartitionMedium(std::vector<Component> components) : components_(std::move(components)) {}
PartitionMedium::~PartitionMedium() = default;

base::Result<std::uint64_t> PartitionMedium::capacity(const std::string& slot) {
    std::uint64_t all = 0;
    for (const Component& component : components_) {
        const auto& path = component.partitions.at(slot);
        const Descriptor in(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!in.open()) return system_error("opening " + path.string());
        TRY_VALUE(const std::uint64_t size, size_of(in, path));
        all += size;
    }
    // The archive's own blocks.
    if (components_.size() > 1) all += (components_.size() * 2 + 2) * ImageReader::block;
    return all;
}

base::Status PartitionMedium::begin(const std::string& slot) {
    slot_ = slot;
    splitter_.reset();
    if (components_.size() > 1) {
        splitter_ = std::make_unique<Splitter>(components_, slot);
        return {};
    }
    const auto& path = components_.front().partitions.at(slot);
    TRY_VALUE(out_, open_to_write(path));
    TRY_VALUE(left_, size_of(out_, path));
    return {};
}

base::Status PartitionMedium::write(base::ByteView piece) {
    if (splitter_) return splitter_->reader.feed(piece);
    // A file in a partition's place would grow.
    if (piece.size() > left_) return base::too_large("the image does not fit into its partition");
    left_ -= piece.size();
    return write_all(out_.number(), piece);
}

base::Status PartitionMedium::finish() {
    if (splitter_) return splitter_->reader.finish();
    if (::fsync(out_.number()) != 0) return system_error("writing slot " + slot_);
    out_.close();
    return {};
}

base::Status PartitionMedium::read_back(const updates::Image& image) {
    if (splitter_) return splitter_->read_back();
    return same(components_.front().partitions.at(slot_), image.length, image.digest);
}

base::Status SwupdateMedium::begin(const std::string& slot) {
    slot_ = slot;
    return {};
}

base::Status SwupdateMedium::finish() {
    Tool tool{{"swupdate-client", "-q", "-e", options_.selections.at(slot_), options_.download.string()}};
    tool.timeout = installing;
    if (!options_.sockets.empty()) tool.environment = {{"TMPDIR", options_.sockets.string()}};
    TRY(run_tool(tool));
    return {};
}

base::Status SwupdateMedium::read_back(const updates::Image& image) {
    // What the installer read is what was verified, and the partition holds what was in it.
    TRY(same(options_.download, image.length, image.digest));
    for (const Component& each : options_.images) {
        TRY_VALUE(const Packed packed, find_in_cpio(options_.download, each.name));
        TRY(same(each.partitions.at(slot_), packed.length, packed.digest));
    }
    return {};
}

base::Result<Packed> find_in_cpio(const std::filesystem::path& archive, std::string_view name) {
    const Descriptor in(::open(archive.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!in.open()) return system_error("opening " + archive.string());
    TRY_VALUE(const std::uint64_t size, size_of(in, archive));
    const auto read_at = [&](std::uint64_t at, std::size_t length) -> base::Result<std::string> {
        std::string text(length, '\0');
        if (at > size || length > size - at) return base::corrupt("the cpio archive is cut off");
        const ssize_t got = ::pread(in.number(), text.data(), length, static_cast<off_t>(at));
        if (got != static_cast<ssize_t>(length)) return system_error("reading " + archive.string());
        return text;
    };
    for (std::uint64_t at = 0;;) {
        TRY_VALUE(const std::string header, read_at(at, cpio_header));
        if (!header.starts_with("070701") && !header.starts_with("070702"))
            return base::corrupt("this is no cpio archive of the kind \"newc\"");
        TRY_VALUE(const std::uint64_t length, hex_field(header, 6));
        TRY_VALUE(const std::uint64_t name_length, hex_field(header, 11));
        if (name_length == 0 || name_length > max_name)
            return base::corrupt("a bad name in the cpio archive");
        TRY_VALUE(std::string found, read_at(at + cpio_header, static_cast<std::size_t>(name_length)));
        found.resize(found.find('\0') == std::string::npos ? found.size() : found.find('\0'));
        if (found == "TRAILER!!!")
            return base::not_found("the archive holds no \"" + std::string(name) + "\"");
        const std::uint64_t content = padded(at + cpio_header + name_length);
        if (content > size || length > size - content) return base::corrupt("the cpio archive is cut off");
        at = padded(content + length);
        if (found != name) continue;
        Packed packed;
        packed.length = length;
        base::Sha256 hash;
        for (std::uint64_t done = 0; done < length;) {
            const auto next = static_cast<std::size_t>(std::min<std::uint64_t>(length - done, 64 << 10));
            TRY_VALUE(const std::string piece, read_at(content + done, next));
            hash.update(base::as_bytes(piece));
            done += next;
        }
        packed.digest = hash.finish();
        return packed;
    }
}

} // namespace oakum::agent
