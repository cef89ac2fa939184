// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/time.hpp>
#include <ports/blobs.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>

namespace oakum::blobs {

struct BlobOptions {
    std::filesystem::path folder;               // artifacts/ and uploads/ are made in it
    std::uint64_t largest_upload = 16ULL << 30; // bytes
    std::uint64_t largest_total = 1ULL << 40;   // bytes of all blobs, and of all uploads as announced
    std::size_t most_uploads = 64;              // under way at the same time
    // A re-hash in the background leaves the disk to those who wait for it.
    std::uint64_t rehash_bytes_a_second = 64ULL << 20;
};

// Blobs as files: folder/artifacts/ab/cdef... by digest, read-only; folder/uploads/NAME.part while they
// arrive. An upload survives a restart up to its last append that was written out, and is resumed by begin
// with its length. A finished blob is synced before it gets its name. Callable from several threads; pieces
// of one upload wait for each other. One object a folder. A process that uses it ignores SIGXFSZ, so that a
// limit on file size is an error.
class FileBlobs final : public ports::Blobs {
  public:
    // Errors: unavailable (the folder cannot be made or read).
    static base::Result<std::unique_ptr<FileBlobs>> open(const BlobOptions& options);
    ~FileBlobs() override;

    // Names are 1 to 64 of a-z, 0-9 and "-". Errors: invalid (name, no length), too_large, conflict (more is
    // held than the length, or another length was announced), unavailable (no room, too many uploads).
    base::Result<std::uint64_t> begin(const std::string& upload, std::uint64_t length) override;
    // Errors: as the port says; not_found (not begun since the start of this process). What could not be
    // written whole is not held.
    base::Status append(const std::string& upload, std::uint64_t offset, base::ByteView piece) override;
    // A wrong digest ends the upload; a missing rest leaves it open. A damaged blob of the same digest is
    // replaced.
    base::Status finish(const std::string& upload, const base::Digest256& expected) override;
    // Also of one that is not there.
    base::Status discard(const std::string& upload) override;
    base::Result<std::filesystem::path> path(const base::Digest256& digest) override;
    // No faster than the options say. Errors: as the port says; unavailable (stopped meanwhile, or not
    // readable now).
    base::Status rehash(const base::Digest256& digest) override;
    // Whether an upload of this name is under way.
    bool holds(const std::string& upload) const;
    // A re-hash that is under way ends with its next piece.
    void stop();

    // Ends uploads that nothing was written to since then; tells how many.
    base::Result<std::size_t> discard_stale(base::TimePoint written_before);

  private:
    struct State;
    explicit FileBlobs(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace oakum::blobs
