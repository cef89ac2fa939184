// SPDX-License-Identifier: Apache-2.0
#include <vendor_files/rauc.hpp>

#include <base/cms.hpp>
#include <base/digest.hpp>

#include <algorithm>
#include <charconv>
#include <map>

namespace oakum::vendor_files {
namespace {

using base::Bytes;
using base::ByteView;
using base::Result;

constexpr std::size_t kLength = 8, kBlock = 4096, kHash = 32, kMostSalt = 256;
constexpr std::uint64_t kLargest = std::uint64_t{8} << 30; // its lowest level has 64 MiB then

Bytes hash_of(ByteView salt, ByteView block) {
    base::Sha256 hash;
    hash.update(salt);
    hash.update(block);
    const base::Digest256 digest = hash.finish();
    return {digest.bytes.begin(), digest.bytes.end()};
}

// The hashes of these blocks, filled up to whole blocks.
class Level {
  public:
    explicit Level(ByteView salt) : salt_(salt) {}
    void take(ByteView bytes) {
        while (!bytes.empty()) {
            const std::size_t count = std::min(bytes.size(), kBlock - block_.size());
            block_.insert(block_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
            bytes = bytes.subspan(count);
            if (block_.size() < kBlock) continue;
            const Bytes hash = hash_of(salt_, block_);
            hashes_.insert(hashes_.end(), hash.begin(), hash.end());
            block_.clear();
        }
    }
    Bytes finish() {
        if (hashes_.size() > kHash) hashes_.resize((hashes_.size() + kBlock - 1) / kBlock * kBlock);
        return std::move(hashes_);
    }

  private:
    const ByteView salt_;
    Bytes block_, hashes_;
};

// Of a section [bundle] or [update]: "bundle/format". Lists and other sections are passed over.
Result<std::map<std::string, std::string, std::less<>>> settings_of(std::string_view text) {
    std::map<std::string, std::string, std::less<>> lines;
    std::string section;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.starts_with('[') && line.ends_with(']')) section = line.substr(1, line.size() - 2);
        const std::size_t equals = line.find('=');
        if ((section != "bundle" && section != "update") || line.starts_with('#') ||
            equals == std::string_view::npos)
            continue;
        std::string_view name = line.substr(0, equals), value = line.substr(equals + 1);
        while (name.ends_with(' '))
            name.remove_suffix(1);
        while (value.starts_with(' '))
            value.remove_prefix(1);
        if (!lines.emplace(section + "/" + std::string(name), value).second)
            return base::invalid("its manifest says " + std::string(name.substr(0, 64)) + " twice");
    }
    return lines;
}

} // namespace

Result<RaucBundle> read_rauc(const File& file) {
    if (file.length < kLength) return base::corrupt("it is too short for a bundle");
    TRY_VALUE(const Bytes end, read_all(file, file.length - kLength, file.length, kLength));
    std::uint64_t length = 0;
    for (const std::uint8_t byte : end)
        length = length << 8 | byte;
    if (length == 0 || length >= file.length - kLength)
        return base::corrupt("its signature does not fit into it");
    if (length > base::kLargestCms) return base::too_large("a signature of more than 64 KiB");
    RaucBundle bundle;
    bundle.before = file.length - kLength - length;
    TRY_VALUE(bundle.message, read_all(file, bundle.before, file.length - kLength, base::kLargestCms));
    return bundle;
}

Result<RaucManifest> read_rauc_manifest(std::string_view text) {
    TRY_VALUE(auto lines, settings_of(text));
    const auto value = [&](std::string_view name) {
        const auto found = lines.find(name);
        return found == lines.end() ? std::string() : found->second;
    };
    if (const std::string format = value("bundle/format"); format != "verity")
        return base::invalid("its format is " + (format.empty() ? "not said" : format.substr(0, 64)) +
                             " and not verity");
    RaucManifest manifest{value("update/compatible"), value("update/version"), {}, {}, 0};
    const auto root = base::from_hex(value("bundle/verity-hash")),
               salt = base::from_hex(value("bundle/verity-salt"));
    if (!root.ok() || root->size() != kHash || !salt.ok() || salt->size() > kMostSalt)
        return base::invalid("its manifest has no hash of it");
    manifest.root = *root;
    manifest.salt = *salt;
    const std::string tree = value("bundle/verity-size");
    const auto [end, error] = std::from_chars(tree.data(), tree.data() + tree.size(), manifest.tree);
    if (tree.empty() || error != std::errc() || end != tree.data() + tree.size())
        return base::invalid("its manifest has no length of its hash tree");
    return manifest;
}

base::Status check_tree(const RaucBundle& bundle, const RaucManifest& manifest, const File& file) {
    if (bundle.before > kLargest) return base::too_large("a bundle of more than 8 GiB");
    if (manifest.tree >= bundle.before || manifest.tree % kBlock != 0 || bundle.before % kBlock != 0)
        return base::corrupt("its hash tree does not fit into it");
    const std::uint64_t data = bundle.before - manifest.tree;
    Level lowest(manifest.salt);
    TRY(each_piece(file, 0, data, [&](ByteView piece) { lowest.take(piece); }));
    std::vector<Bytes> levels{lowest.finish()};
    while (levels.back().size() > kHash) {
        Level next(manifest.salt);
        next.take(levels.back());
        levels.push_back(next.finish());
    }
    if (levels.back() != manifest.root) return base::corrupt("its bytes are not those that were signed");
    levels.pop_back();
    // The highest comes first.
    std::uint64_t at = data;
    for (auto level = levels.rbegin(); level != levels.rend(); ++level) {
        if (level->size() > bundle.before - at) return base::corrupt("its hash tree is cut");
        std::size_t compared = 0;
        bool same = true;
        TRY(each_piece(file, at, at + level->size(), [&](ByteView piece) {
            same = same && std::ranges::equal(piece, ByteView(*level).subspan(compared, piece.size()));
            compared += piece.size();
        }));
        if (!same) return base::corrupt("its hash tree is not that of its bytes");
        at += level->size();
    }
    if (at != bundle.before) return base::corrupt("something follows behind its hash tree");
    return {};
}

} // namespace oakum::vendor_files
