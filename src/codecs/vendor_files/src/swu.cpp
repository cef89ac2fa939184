// SPDX-License-Identifier: Apache-2.0
#include <vendor_files/swu.hpp>

#include <base/digest.hpp>

#include <algorithm>
#include <set>

namespace oakum::vendor_files {
namespace {

using base::Result;

constexpr std::size_t kHead = 110;
constexpr std::string_view kDescription = "sw-description", kSignature = "sw-description.sig",
                           kEnd = "TRAILER!!!";

struct Head {
    std::uint32_t mode = 0, size = 0, name_size = 0;
};

Result<std::uint32_t> number(std::string_view head, std::size_t field) {
    std::uint32_t value = 0;
    for (const char c : head.substr(6 + 8 * field, 8)) {
        std::uint32_t digit = 16;
        if (c >= '0' && c <= '9') digit = static_cast<std::uint32_t>(c - '0');
        if (c >= 'a' && c <= 'f') digit = static_cast<std::uint32_t>(c - 'a' + 10);
        if (c >= 'A' && c <= 'F') digit = static_cast<std::uint32_t>(c - 'A' + 10);
        if (digit == 16) return base::corrupt("a member's head has no numbers");
        value = value << 4 | digit;
    }
    return value;
}

Result<Head> read_head(std::string_view bytes) {
    if (bytes.size() != kHead || (!bytes.starts_with("070701") && !bytes.starts_with("070702")))
        return base::corrupt("a member does not begin where it has to");
    Head head;
    TRY_VALUE(head.mode, number(bytes, 1));
    TRY_VALUE(head.size, number(bytes, 6));
    TRY_VALUE(head.name_size, number(bytes, 11));
    if (head.name_size < 2 || head.name_size > kLongestMemberName + 1)
        return base::too_large("a member's name is too long");
    return head;
}

// To the next multiple of four.
std::uint64_t filled(std::uint64_t at) {
    return (at + 3) & ~std::uint64_t{3};
}

base::Status only_zeros(const File& file, std::uint64_t from) {
    bool zeros = true;
    TRY(each_piece(file, from, file.length, [&](base::ByteView piece) {
        zeros = zeros && std::ranges::all_of(piece, [](std::uint8_t byte) { return byte == 0; });
    }));
    if (!zeros) return base::invalid("something follows behind its end");
    return {};
}

} // namespace

Result<SwuArchive> read_swu(const File& file) {
    SwuArchive archive;
    std::set<std::string> names;
    std::uint64_t at = 0;
    for (std::size_t count = 0;; ++count) {
        if (count > kMostMembers) return base::too_large("more than 256 members");
        TRY_VALUE(const base::Bytes bytes,
                  read_all(file, at, std::min<std::uint64_t>(at + kHead, file.length), kHead));
        TRY_VALUE(const Head head, read_head(base::as_text(bytes)));
        TRY_VALUE(const base::Bytes name_bytes,
                  read_all(file, at + kHead, at + kHead + head.name_size, kLongestMemberName + 1));
        std::string name(base::as_text(name_bytes));
        if (name.back() != '\0' || name.find('\0') != name.size() - 1)
            return base::corrupt("a member's name has no end");
        name.pop_back();
        const std::uint64_t begins = filled(at + kHead + head.name_size), ends = begins + head.size;
        if (ends > file.length) return base::corrupt("a member is longer than the file");
        at = filled(ends);
        if (name == kEnd) {
            if (head.size != 0) return base::corrupt("its end has a length");
            TRY(only_zeros(file, std::min(at, file.length)));
            break;
        }
        if (at > file.length) return base::corrupt("the file ends before its end");
        if ((head.mode & 0170000U) != 0100000U)
            return base::invalid("a member is something else than a file");
        if (!names.insert(name).second) return base::invalid("two members have the same name");
        if ((count == 0) != (name == kDescription))
            return base::invalid("it does not begin with its description");
        if (name == kDescription) {
            TRY_VALUE(archive.description, read_all(file, begins, ends, kLargestDescription));
        } else if (name == kSignature) {
            TRY_VALUE(archive.signature, read_all(file, begins, ends, kLargestDescription));
        } else {
            archive.members.push_back({std::move(name), begins, head.size});
        }
    }
    if (archive.description.empty()) return base::invalid("it has no description");
    return archive;
}

base::Status check_members(const SwuArchive& archive, const File& file) {
    std::string text(base::as_text(archive.description));
    for (char& c : text)
        if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    for (const SwuArchive::Member& member : archive.members) {
        base::Sha256 hash;
        TRY(each_piece(file, member.offset, member.offset + member.length,
                       [&](base::ByteView piece) { hash.update(piece); }));
        if (text.find(hash.finish().hex()) == std::string::npos)
            return base::invalid("its description does not name the SHA-256 of its member number " +
                                 std::to_string(&member - archive.members.data() + 1));
    }
    return {};
}

} // namespace oakum::vendor_files
