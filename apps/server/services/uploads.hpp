// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.hpp"

#include <api/uploads_service.hpp>
#include <base/thread_annotations.hpp>
#include <map>
#include <memory>
#include <set>

namespace oakum::server {

// Uploads under way are documents "upload/ID", so that they survive a restart; their bytes are the blob
// store's.
class UploadsService final : public api::UploadsService {
  public:
    UploadsService(Context context, releases::Releases& releases, ports::Blobs& blobs)
        : context_(context), releases_(releases), blobs_(blobs) {}

    void begin(const access::Actor& actor, api::UploadNew upload, api::Answer<api::Upload> answer) override;
    void get(const access::Actor& actor, api::UploadId id, api::Answer<api::Upload> answer) override;
    base::Result<std::unique_ptr<api::UploadPiece>> append(const access::Actor& actor, api::UploadId id,
                                                           std::uint64_t offset) override;
    void finish(const access::Actor& actor, api::UploadId id, api::Answer<api::Artifact> answer) override;
    void artifacts(const access::Actor& actor, api::PageRequest page,
                   api::Answer<api::Page<api::Artifact>> answer) override;

    // Uploads that were begun before then and that the blob store no longer holds. Any thread.
    void forget_stale(base::TimePoint written_before, const std::function<bool(const std::string&)>& holds);

  private:
    bool is_held(device::TenantId tenant, const base::Digest256& digest) const;
    class Piece;
    // Errors: not_found.
    base::Result<api::Upload> stored(device::TenantId tenant, api::UploadId id) const;
    base::Result<api::Upload> with_offset(device::TenantId tenant, api::Upload upload) const;
    void release(api::UploadId id);

    Context context_;
    releases::Releases& releases_;
    ports::Blobs& blobs_;
    base::Mutex mutex_;
    std::set<api::UploadId> busy_ GUARDED_BY(mutex_); // a piece is under way
};

} // namespace oakum::server
