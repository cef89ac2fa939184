// SPDX-License-Identifier: Apache-2.0
#include <intake/file_kind.hpp>

#include <array>
#include <string>

namespace oakum::intake {
namespace {

constexpr std::array<std::string_view, kFileKinds> kWords{"raw bytes of no kind that is known here",
                                                          "a SWUpdate archive",
                                                          "a cpio archive",
                                                          "a RAUC bundle",
                                                          "a squashfs file system",
                                                          "a Mender artifact",
                                                          "a tar archive",
                                                          "an MCUboot image",
                                                          "a Debian package",
                                                          "an ext2, ext3 or ext4 file system",
                                                          "a flattened image tree",
                                                          "a U-Boot image",
                                                          "an Android sparse image",
                                                          "an ELF program",
                                                          "a zip archive",
                                                          "gzip data",
                                                          "xz data",
                                                          "zstd data",
                                                          "bzip2 data"};

struct Ending {
    std::string_view end;
    FileKind kind;
};
constexpr Ending kEndings[] = {{".swu", FileKind::swu},
                               {".cpio", FileKind::cpio},
                               {".raucb", FileKind::rauc},
                               {".squashfs", FileKind::squashfs},
                               {".sqfs", FileKind::squashfs},
                               {".mender", FileKind::mender},
                               {".tar", FileKind::tar},
                               {".deb", FileKind::deb},
                               {".ext2", FileKind::ext},
                               {".ext3", FileKind::ext},
                               {".ext4", FileKind::ext},
                               {".itb", FileKind::fit},
                               {".fit", FileKind::fit},
                               {".dtb", FileKind::fit},
                               {".simg", FileKind::android_sparse},
                               {".elf", FileKind::elf},
                               {".zip", FileKind::zip},
                               {".apk", FileKind::zip},
                               {".ipa", FileKind::zip},
                               {".gz", FileKind::gzip},
                               {".tgz", FileKind::gzip},
                               {".xz", FileKind::xz},
                               {".txz", FileKind::xz},
                               {".zst", FileKind::zstd},
                               {".bz2", FileKind::bzip2}};

} // namespace

std::string_view words(FileKind kind) {
    return kWords[static_cast<std::size_t>(kind)];
}

std::optional<FileKind> declared_by(std::string_view file_name) {
    std::string lower(file_name);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    for (const Ending& each : kEndings)
        if (lower.ends_with(each.end)) return each.kind;
    return std::nullopt;
}

bool agrees(FileKind declared, FileKind is) {
    if (declared == is) return true;
    switch (declared) {
    case FileKind::tar:
        return is == FileKind::mender;
    case FileKind::squashfs:
        return is == FileKind::rauc;
    case FileKind::cpio:
        return is == FileKind::swu;
    default:
        return false;
    }
}

} // namespace oakum::intake
