// SPDX-License-Identifier: Apache-2.0
#include <vendor_files/minisign.hpp>

#include <base/blake2b.hpp>

#include <algorithm>
#include <vector>

namespace oakum::vendor_files {
namespace {

using base::invalid;
using base::Result;

constexpr std::size_t kLargestText = 16 << 10;
constexpr std::string_view kUntrusted = "untrusted comment: ", kTrusted = "trusted comment: ";

// Lines without their ends; the last may have none.
Result<std::vector<std::string_view>> lines_of(std::string_view text) {
    if (text.size() > kLargestText) return base::too_large("more than 16 KiB");
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.push_back(line);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

Result<base::Bytes> decoded(std::string_view line, std::size_t size, std::string_view what) {
    auto bytes = base::from_base64(line);
    if (!bytes.ok() || bytes->size() != size) return invalid("no " + std::string(what) + " of minisign");
    return bytes;
}

template <std::size_t N> void copy(const base::Bytes& from, std::size_t at, std::array<std::uint8_t, N>& to) {
    std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(at), N, to.begin());
}

} // namespace

Result<MinisignKey> MinisignKey::parse(std::string_view text) {
    TRY_VALUE(const std::vector<std::string_view> lines, lines_of(text));
    const bool has_comment = lines.size() == 2 && lines[0].starts_with(kUntrusted);
    if (lines.size() != 1 && !has_comment)
        return invalid("a public key of minisign is one line, or two with its comment");
    TRY_VALUE(const base::Bytes bytes, decoded(lines.back(), 2 + 8 + 32, "public key"));
    if (bytes[0] != 'E' || bytes[1] != 'd') return invalid("no public key of minisign");
    TRY_VALUE(base::PublicKey key, base::PublicKey::ed25519(base::ByteView(bytes).subspan(10)));
    MinisignKey parsed{{}, std::move(key)};
    copy(bytes, 2, parsed.id);
    return parsed;
}

Result<MinisignSignature> MinisignSignature::parse(std::string_view text) {
    TRY_VALUE(const std::vector<std::string_view> lines, lines_of(text));
    if (lines.size() != 4 || !lines[0].starts_with(kUntrusted) || !lines[2].starts_with(kTrusted))
        return invalid("a signature of minisign has four lines");
    TRY_VALUE(const base::Bytes bytes, decoded(lines[1], 2 + 8 + 64, "signature"));
    TRY_VALUE(const base::Bytes global, decoded(lines[3], 64, "signature"));
    MinisignSignature parsed;
    if (bytes[0] != 'E' || (bytes[1] != 'd' && bytes[1] != 'D'))
        return invalid("no signature of minisign that is known here");
    parsed.prehashed = bytes[1] == 'D';
    copy(bytes, 2, parsed.key);
    copy(bytes, 10, parsed.signature);
    copy(global, 0, parsed.global);
    parsed.trusted_comment = lines[2].substr(kTrusted.size());
    return parsed;
}

base::Status verify(const MinisignSignature& signature, const MinisignKey& key, const File& file) {
    if (signature.key != key.id) return invalid("it is by the key " + key_id(signature.key));
    // Cheap, and needs nothing of the file.
    base::Bytes signed_too(signature.signature.begin(), signature.signature.end());
    signed_too.insert(signed_too.end(), signature.trusted_comment.begin(), signature.trusted_comment.end());
    if (!key.key.verify(signed_too, signature.global))
        return invalid("its trusted comment is not what the key signed");
    bool is_over_file = false;
    if (signature.prehashed) {
        base::Blake2b512 hash;
        TRY(each_piece(file, 0, file.length, [&](base::ByteView piece) { hash.update(piece); }));
        is_over_file = key.key.verify(hash.finish(), signature.signature);
    } else {
        TRY_VALUE(const base::Bytes all, read_all(file, 0, file.length, kLargestUnhashed));
        is_over_file = key.key.verify(all, signature.signature);
    }
    if (!is_over_file) return invalid("the key signed another file");
    return {};
}

std::string key_id(const std::array<std::uint8_t, 8>& id) {
    std::array<std::uint8_t, 8> shown = id; // minisign shows a number, lowest byte last
    std::ranges::reverse(shown);
    std::string text = base::to_hex(shown);
    for (char& c : text)
        if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

} // namespace oakum::vendor_files
