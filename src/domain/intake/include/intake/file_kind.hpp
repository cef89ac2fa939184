// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace oakum::intake {

// What an artifact is, by its bytes or by its name.
enum class FileKind : std::uint8_t {
    unknown, // nothing that is known here: raw bytes of a flash
    swu,     // SWUpdate: a cpio archive that begins with its description
    cpio,
    rauc, // RAUC: a squashfs with its signature behind it
    squashfs,
    mender,
    tar,
    mcuboot,
    deb,
    ext, // ext2, ext3 or ext4
    fit, // a flattened image tree, or a device tree
    uimage,
    android_sparse,
    elf,
    zip, // also apk, ipa
    gzip,
    xz,
    zstd,
    bzip2
};
inline constexpr std::size_t kFileKinds = static_cast<std::size_t>(FileKind::bzip2) + 1;

// "a SWUpdate archive"
std::string_view words(FileKind kind);
// What the end of a file's name says; nothing: it says nothing (.bin, .img).
std::optional<FileKind> declared_by(std::string_view file_name);
// Whether bytes of that kind may carry such a name: a Mender artifact is a tar archive, a bundle of RAUC a
// squashfs.
bool agrees(FileKind declared, FileKind is);

} // namespace oakum::intake
