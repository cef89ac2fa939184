// SPDX-License-Identifier: Apache-2.0
#include <vendor_files/sniff.hpp>

#include <tar/header.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace oakum;
using namespace oakum::vendor_files;
using intake::FileKind;

namespace {

FileKind kind_of(const std::string& file) {
    const std::string_view all = file;
    return sniff(
        {all.substr(0, kBeginning), all.size() > kEnd ? all.substr(all.size() - kEnd) : all, all.size()});
}

std::string padded(std::string bytes, std::size_t size = 6000) {
    bytes.resize(size, '\0');
    return bytes;
}

std::string cpio(const std::string& name) {
    return padded("070701" + std::string(104, '0') + name);
}

// A superblock whose file system is so long, and what stands behind it.
std::string squashfs(std::uint64_t image, std::size_t signature) {
    std::string file = "hsqs" + std::string(36, '\1');
    for (int i = 0; i < 8; ++i)
        file += static_cast<char>(image >> (8 * i));
    file.resize(image, '\1');
    if (signature == 0) return file;
    file.append(signature, '\x30');
    for (int i = 7; i >= 0; --i)
        file += static_cast<char>(static_cast<std::uint64_t>(signature) >> (8 * i));
    return file;
}

} // namespace

TEST_CASE("files are told apart by the marks that their kinds have") {
    struct Row {
        std::string file;
        FileKind kind;
    };
    std::string ext(6000, '\0');
    ext[1024 + 56] = '\x53', ext[1024 + 57] = '\xef';
    const tar::Entry entry{"manifest.json", "{}"};
    for (const Row& row :
         {Row{cpio("sw-description"), FileKind::swu}, Row{cpio("sw-description.sig"), FileKind::cpio},
          Row{cpio("rootfs.ext4"), FileKind::cpio}, Row{squashfs(4096, 0), FileKind::squashfs},
          Row{squashfs(4096, 1500), FileKind::rauc},
          Row{tar::archive({&entry, 1}, {}).value(), FileKind::tar},
          Row{padded("\x3d\xb8\xf3\x96"), FileKind::mcuboot},
          Row{padded("!<arch>\ndebian-binary   "), FileKind::deb},
          Row{padded("!<arch>\nother/          "), FileKind::unknown},
          Row{padded("\xd0\x0d\xfe\xed"), FileKind::fit}, Row{padded("PK\x03\x04"), FileKind::zip},
          Row{padded("\x1f\x8b\x08"), FileKind::gzip}, Row{padded("\x28\xb5\x2f\xfd"), FileKind::zstd},
          Row{ext, FileKind::ext}, Row{padded("firmware"), FileKind::unknown},
          Row{std::string(6000, '\0'), FileKind::unknown}, Row{"", FileKind::unknown}})
        CHECK_MESSAGE(kind_of(row.file) == row.kind, row.file.substr(0, 20));
}

TEST_CASE("a length at the end of a squashfs that does not fit the file makes no bundle of it") {
    std::string bundle = squashfs(4096, 1500);
    bundle.pop_back();
    CHECK(kind_of(bundle) == FileKind::squashfs);
    std::string huge = squashfs(4096, 1500);
    huge.replace(huge.size() - 8, 8, "\xff\xff\xff\xff\xff\xff\xff\xff");
    CHECK(kind_of(huge) == FileKind::squashfs);
    std::string longer = squashfs(4096, 1500);
    longer.replace(40, 8, "\xff\xff\xff\xff\xff\xff\xff\x7f");
    CHECK(kind_of(longer) == FileKind::squashfs);
}

TEST_CASE("a file that is cut at any byte is still told apart without reading beyond it") {
    const std::string bundle = squashfs(200, 20);
    for (std::size_t size = 0; size <= bundle.size(); ++size)
        (void)kind_of(bundle.substr(0, size));
    CHECK(kind_of(bundle.substr(0, 3)) == FileKind::unknown);
    CHECK(kind_of(bundle.substr(0, 4)) == FileKind::squashfs);
}
