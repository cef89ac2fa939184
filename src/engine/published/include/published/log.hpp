// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <base/thread_annotations.hpp>
#include <ports/signer.hpp>
#include <shard/writer.hpp>
#include <tlog/kept_tiles.hpp>
#include <tlog/note.hpp>

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::published {

// One log a tenant, in epochs: a restore may have lost what others saw, so it begins another one, and the
// older ones are served as they were. Borrows its ports; what is const may be called from any thread.
class Log {
  public:
    // The keys that sign checkpoints now; their ids as in metadata.
    using Signers = std::function<base::Result<std::vector<ports::Signer::PublicKeyInfo>>(device::TenantId)>;
    Log(shard::Writer& writer, const shard::ControlTables& control, ports::Signer& signer, Signers signers,
        base::LogSink& log)
        : writer_(writer), control_(control), signer_(signer), signers_(std::move(signers)), log_(log) {}

    // Within a command. Nothing is appended to a log that has not begun. Errors: corrupt (the head cannot be
    // read), too_large.
    bool has_begun(const shard::Transaction& transaction) const;
    base::Status append(shard::Transaction& transaction, std::span<const std::string> entries) const;
    // Begins the log of this name, or its next epoch.
    base::Status begin(shard::Transaction& transaction, const std::string& name) const;
    // Those of the present epoch. Errors: corrupt.
    base::Result<std::vector<std::string>> entries(const shard::Transaction& transaction) const;

    // The audit log's newest record goes in at most so often. Called each few minutes on the writer's
    // executor.
    static constexpr base::Duration kAuditEvery = std::chrono::hours(1);
    void look_at_audit();

    // A file as it is served, by its name below the log's place: "checkpoint", "key", and below an epoch
    // "checkpoint", tiles, and "leaf/HASH", where the entry of that leaf stands for the first time.
    struct File {
        std::string bytes;
        bool changes = false; // later; all others stay as they are for ever
    };
    // Nothing: there is no such file, or no log. Errors: unavailable (no key is at hand), corrupt.
    base::Result<std::optional<File>> file(device::TenantId tenant, std::string_view name) const;
    // Of the present epoch; 0: there is no log.
    std::uint64_t size(device::TenantId tenant) const;

  private:
    struct Signed {
        std::uint64_t size = 0;
        std::vector<std::string> keys;
        std::string note;
    };
    struct Epoch {
        tlog::KeptTiles tiles;
        Signed checkpoint; // the last one
    };
    struct Kept {
        std::string name;
        std::map<std::uint64_t, Epoch> epochs;
    };
    // As committed now. Errors: not_found (no log), corrupt.
    base::Result<Kept*> kept(device::TenantId tenant) const REQUIRES(mutex_);
    base::Result<std::string> checkpoint(device::TenantId tenant, const std::string& name,
                                         std::uint64_t epoch, Epoch& of) const REQUIRES(mutex_);
    base::Result<std::optional<File>> file_of(device::TenantId tenant, const std::string& name,
                                              std::uint64_t epoch, Epoch& of, std::string_view rest) const
        REQUIRES(mutex_);
    base::Result<std::optional<File>> bundle(device::TenantId tenant, std::uint64_t epoch, std::uint64_t size,
                                             const tlog::Tile& tile) const;
    base::Result<std::string> keys(device::TenantId tenant, const std::string& name) const;

    shard::Writer& writer_;
    const shard::ControlTables& control_;
    ports::Signer& signer_;
    Signers signers_;
    base::LogSink& log_;
    mutable base::Mutex mutex_;
    mutable std::map<device::TenantId, Kept> kept_ GUARDED_BY(mutex_);
};

} // namespace oakum::published
