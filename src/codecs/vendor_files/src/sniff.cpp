// SPDX-License-Identifier: Apache-2.0
#include <vendor_files/sniff.hpp>

#include <tar/header.hpp>

#include <cstring>

namespace oakum::vendor_files {
namespace {

using intake::FileKind;
using namespace std::string_view_literals;

std::uint64_t little_endian(std::string_view bytes, std::size_t at, std::size_t width) {
    std::uint64_t value = 0;
    for (std::size_t i = width; i-- > 0;)
        value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char byte : bytes)
        value = value << 8 | static_cast<unsigned char>(byte);
    return value;
}

bool has(std::string_view bytes, std::size_t at, std::string_view mark) {
    return bytes.size() >= at + mark.size() && bytes.substr(at, mark.size()) == mark;
}

// A bundle of RAUC ends with the length of its signature, as 8 bytes, which stands before that and behind the
// file system (whose own length is at 40). Both together are the file.
bool is_signed_squashfs(const Ends& ends) {
    if (ends.beginning.size() < 48 || ends.end.size() < 8) return false;
    const std::uint64_t image = little_endian(ends.beginning, 40, 8);
    const std::uint64_t signature = big_endian(ends.end.substr(ends.end.size() - 8));
    constexpr std::uint64_t kLargestSignature = 64 << 10;
    return signature > 0 && signature <= kLargestSignature && ends.length > signature + 8 &&
           image <= ends.length - signature - 8;
}

bool is_tar(std::string_view beginning) {
    if (has(beginning, 257, "ustar"sv)) return true;
    if (beginning.size() < tar::kBlock) return false;
    tar::Block block;
    std::memcpy(block.data(), beginning.data(), block.size());
    const auto header = tar::from_block(block); // its sum is right
    return header.ok() && header->has_value();
}

struct Mark {
    std::size_t at;
    std::string_view bytes;
    FileKind kind;
};
constexpr Mark kMarks[] = {
    {0, "\x3d\xb8\xf3\x96"sv, FileKind::mcuboot},
    {0, "!<arch>\ndebian-binary"sv, FileKind::deb},
    {0, "\xd0\x0d\xfe\xed"sv, FileKind::fit},
    {0, "\x27\x05\x19\x56"sv, FileKind::uimage},
    {0, "\x3a\xff\x26\xed"sv, FileKind::android_sparse},
    {0,
     "\x7f"
     "ELF"sv,
     FileKind::elf},
    {0, "PK\x03\x04"sv, FileKind::zip},
    {0, "PK\x05\x06"sv, FileKind::zip},
    {0, "\x1f\x8b\x08"sv, FileKind::gzip},
    {0,
     "\xfd"
     "7zXZ\0"sv,
     FileKind::xz},
    {0, "\x28\xb5\x2f\xfd"sv, FileKind::zstd},
    {0, "BZh"sv, FileKind::bzip2},
};

} // namespace

FileKind sniff(const Ends& ends) {
    const std::string_view beginning = ends.beginning;
    if (has(beginning, 0, "070701"sv) || has(beginning, 0, "070702"sv))
        return has(beginning, 110, "sw-description\0"sv) ? FileKind::swu : FileKind::cpio;
    if (has(beginning, 0, "hsqs"sv)) return is_signed_squashfs(ends) ? FileKind::rauc : FileKind::squashfs;
    for (const Mark& mark : kMarks)
        if (has(beginning, mark.at, mark.bytes)) return mark.kind;
    if (is_tar(beginning)) return FileKind::tar;
    // The superblock of ext is at 1024; its mark is two bytes, so its revision and block size are looked at
    // too.
    if (has(beginning, 1024 + 56, "\x53\xef"sv) && beginning.size() >= 1024 + 80 &&
        little_endian(beginning, 1024 + 76, 4) <= 1 && little_endian(beginning, 1024 + 24, 4) <= 6)
        return FileKind::ext;
    return FileKind::unknown;
}

} // namespace oakum::vendor_files
