// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/digest.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace oakum::ports {

// Artifacts by their digest: immutable, streamed to disk, resumable. Blocking; callable from several threads.
class Blobs {
  public:
    virtual ~Blobs() = default;
    // Begins or resumes an upload named by the caller ("u-01h..."); returns the bytes already held.
    virtual base::Result<std::uint64_t> begin(const std::string& upload, std::uint64_t length) = 0;
    // Errors: conflict (offset is not what is held), too_large, unavailable (disk full).
    virtual base::Status append(const std::string& upload, std::uint64_t offset, base::ByteView piece) = 0;
    // Makes it durable under its digest; an existing blob of the same digest is kept. Errors: invalid (length
    // or digest differ).
    virtual base::Status finish(const std::string& upload, const base::Digest256& expected) = 0;
    virtual base::Status discard(const std::string& upload) = 0;
    // Errors: not_found.
    virtual base::Result<std::filesystem::path> path(const base::Digest256& digest) = 0;
    // Re-reads the whole blob. Errors: not_found, corrupt.
    virtual base::Status rehash(const base::Digest256& digest) = 0;
};

} // namespace oakum::ports
