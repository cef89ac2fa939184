// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vendor_files/read_at.hpp>

#include <string>

namespace oakum::vendor_files {

// A bundle of RAUC: a file system, in the format "verity" its hash tree, a CMS message, and its length in 8
// bytes, highest first.
struct RaucBundle {
    std::uint64_t before = 0; // bytes before the message
    base::Bytes message;
};
// Errors: corrupt (its lengths do not fit), too_large; those of the reading.
base::Result<RaucBundle> read_rauc(const File& file);

// What a message carries in the format "verity": the bundle's manifest.
struct RaucManifest {
    std::string compatible, version; // as they are; may be empty
    base::Bytes root, salt;          // of the hash tree
    std::uint64_t tree = 0;          // its bytes
};
// Errors: invalid (another format, what is missing or stands there twice).
base::Result<RaucManifest> read_rauc_manifest(std::string_view text);

// Whether every byte before the message is what the manifest's root stands for (dm-verity, format 1, SHA-256,
// blocks of 4 KiB). Errors: corrupt (it is not), too_large; those of the reading.
base::Status check_tree(const RaucBundle& bundle, const RaucManifest& manifest, const File& file);

} // namespace oakum::vendor_files
