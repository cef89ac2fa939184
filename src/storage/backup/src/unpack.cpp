// SPDX-License-Identifier: Apache-2.0
#include "unpack.hpp"

#include "file.hpp"
#include "form.hpp"

#include <base/digest.hpp>
#include <tar/header.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <vector>

namespace oakum::backup {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kPiece = 1 << 20;

class Reader {
  public:
    Reader(File file, fs::path path) : file_(std::move(file)), path_(std::move(path)) {}

    base::Result<std::optional<tar::Header>> next() {
        tar::Block block;
        TRY(fill(block));
        return tar::from_block(block);
    }
    // The bytes of the entry whose header was read last.
    base::Status content(std::uint64_t size, const std::function<base::Status(base::ByteView)>& piece) {
        for (std::uint64_t left = size; left > 0;) {
            const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer_.size()));
            TRY(fill(std::span(buffer_).first(wanted)));
            TRY(piece(base::ByteView(buffer_).first(wanted)));
            left -= wanted;
        }
        const auto filling = std::span(buffer_).first(tar::filling(size));
        TRY(fill(filling));
        if (std::any_of(filling.begin(), filling.end(), [](std::uint8_t byte) { return byte != 0; }))
            return base::corrupt("something stands between its entries");
        return {};
    }
    base::Result<std::string> text(const tar::Header& header, std::size_t limit) {
        if (header.size > limit) return base::corrupt(header.name + " is too long");
        std::string out;
        TRY(content(header.size, [&](base::ByteView piece) -> base::Status {
            out += base::as_text(piece);
            return {};
        }));
        return out;
    }
    // Two blocks of zeros, and nothing after them.
    base::Status end() {
        TRY_VALUE(const auto first, next());
        TRY_VALUE(const auto second, next());
        std::uint8_t more = 0;
        TRY_VALUE(const std::size_t got, read_some(file_, path_, {&more, 1}));
        if (first || second || got != 0) return base::corrupt("something follows its last entry");
        return {};
    }

  private:
    base::Status fill(std::span<std::uint8_t> out) {
        TRY_VALUE(const std::size_t got, read_some(file_, path_, out));
        if (got != out.size()) return base::corrupt("it is cut short");
        return {};
    }
    File file_;
    const fs::path path_;
    std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(kPiece);
};

base::Result<base::Digest256> read_part(Reader& reader, const tar::Header& header) {
    base::Sha256 hash;
    TRY(reader.content(header.size, [&](base::ByteView piece) -> base::Status {
        hash.update(piece);
        return {};
    }));
    return hash.finish();
}

base::Result<base::Digest256> unpack_part(Reader& reader, const tar::Header& header, const fs::path& folder) {
    const fs::path path = folder / header.name;
    TRY(make_folders(path.parent_path()));
    TRY_VALUE(const File out, make_file(path));
    base::Sha256 hash;
    TRY(reader.content(header.size, [&](base::ByteView piece) -> base::Status {
        hash.update(piece);
        return write_all(out, path, piece);
    }));
    TRY(sync(out, path));
    return hash.finish();
}

// Artifacts are called by what they hold.
bool has_its_name(std::string_view part, const base::Digest256& digest) {
    part.remove_prefix(kArtifacts.size());
    const std::string hex = digest.hex();
    return part.substr(0, 2) == hex.substr(0, 2) && part.substr(3) == hex.substr(2);
}

base::Result<Verified> unpack_all(Reader& reader, const fs::path& folder, const Keep& keep) {
    Verified found;
    const auto first = reader.next();
    if (!first.ok() || !*first || (*first)->name != kAbout) return base::corrupt("it is no backup of Oakum");
    TRY_VALUE(const std::string words, reader.text(**first, kLongestAbout));
    TRY_VALUE(found.about, about_from(words));
    std::string sums = base::sha256(words).hex() + "  " + std::string(kAbout) + "\n";
    std::set<std::string> names, folders{""};
    for (;;) {
        TRY_VALUE(const auto header, reader.next());
        if (!header) return base::corrupt("it is cut short: its checksums are missing");
        if (header->name == kSums) {
            TRY_VALUE(const std::string stated, reader.text(*header, kLongestSums));
            if (stated != sums)
                return base::corrupt("what it holds does not have the checksums that it states");
            break;
        }
        if (!is_part(header->name)) return base::corrupt("it holds a file of no backup: " + header->name);
        if (!names.insert(header->name).second) return base::corrupt("it holds " + header->name + " twice");
        const bool kept = keep(header->name);
        if (kept) folders.insert(fs::path(header->name).parent_path());
        TRY_VALUE(const base::Digest256 digest,
                  kept ? unpack_part(reader, *header, folder) : read_part(reader, *header));
        found.bytes += header->size;
        if (header->name.starts_with(kArtifacts)) {
            ++found.artifacts;
            found.damaged_artifacts += has_its_name(header->name, digest) ? 0 : 1;
        }
        sums += digest.hex() + "  " + header->name + "\n";
    }
    TRY(reader.end());
    for (const std::string_view needed :
         {kStore, std::string_view("keys/online/ca.pem"), std::string_view("keys/online/ca.key"),
          std::string_view("keys/public/root.hex")})
        if (!names.contains(std::string(needed))) return base::corrupt("it lacks " + std::string(needed));
    for (const std::string& each : folders)
        TRY(sync_folder(each.empty() ? folder : folder / each));
    return found;
}

} // namespace

base::Result<Verified> unpack(const fs::path& file, const fs::path& folder, const Keep& keep) {
    auto opened = open_file(file);
    if (!opened.ok()) return std::move(opened).error();
    Reader reader(std::move(*opened), file);
    TRY(make_folders(folder));
    auto found = unpack_all(reader, folder, keep);
    if (!found.ok() && found.error().kind == base::ErrorKind::corrupt)
        return base::corrupt(file.string() + " cannot be restored: " + found.error().message);
    if (!found.ok()) return std::move(found.error()).wrap("reading " + file.string());
    return found;
}

} // namespace oakum::backup
