// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <base/digest.hpp>
#include <base/id.hpp>
#include <base/time.hpp>

#include <memory>

namespace oakum::api {

using UploadId = base::Id<struct UploadIdTag>;

struct UploadNew {
    std::string name;
    std::uint64_t length = 0;
    base::Digest256 sha256;
};
struct Upload {
    UploadId id;
    std::string name;
    std::uint64_t length = 0;
    base::Digest256 sha256;
    std::uint64_t offset = 0; // bytes held
    bool finished = false;
};
struct Artifact {
    base::Digest256 sha256;
    std::uint64_t length = 0;
    std::string name;
    base::TimePoint at{};
    std::optional<base::TimePoint> verified_at;
    bool damaged = false;
};

// One piece on its way to disk, fed in order on one thread; what was written is kept if it is destroyed
// early.
class UploadPiece {
  public:
    virtual ~UploadPiece() = default;
    // Errors: too_large (beyond the length said), unavailable (disk full).
    virtual base::Status write(base::ByteView piece) = 0;
    virtual void finish(Answer<Upload> answer) = 0;
};

class UploadsService {
  public:
    virtual ~UploadsService() = default;
    // The same name, length and digest again: the upload under way. Errors: invalid, unavailable.
    virtual void begin(const access::Actor& actor, UploadNew upload, Answer<Upload> answer) = 0;
    // Errors: not_found.
    virtual void get(const access::Actor& actor, UploadId id, Answer<Upload> answer) = 0;
    // At once. Errors: not_found, conflict (offset is not what is held, or another piece is under way).
    virtual base::Result<std::unique_ptr<UploadPiece>> append(const access::Actor& actor, UploadId id,
                                                              std::uint64_t offset) = 0;
    // Errors: not_found, invalid (length or digest differ).
    virtual void finish(const access::Actor& actor, UploadId id, Answer<Artifact> answer) = 0;
    virtual void artifacts(const access::Actor& actor, PageRequest page, Answer<Page<Artifact>> answer) = 0;
};

} // namespace oakum::api
