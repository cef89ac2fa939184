// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fleet/core.hpp>
#include <metadata/ceremony.hpp>
#include <metadata/repository.hpp>
#include <ports/signer.hpp>
#include <published/log.hpp>
#include <shard/clock_watch.hpp>

#include <base/thread_annotations.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace oakum::releases {

// The TUF repository as documents "tuf/NAME" of the tenant's control shard: made at the first start, changed
// only through the Signer port, renewed with the online keys alone. Signing happens inside the command, so
// that two publications cannot build on the same state.
class Repository {
  public:
    Repository(fleet::Core& core, ports::Signer& signer, base::LogSink& log)
        : core_(core), signer_(signer), log_(log) {}

    // From then on nothing is signed while that clock is in doubt; before anything else.
    void heed(const shard::ClockWatch& watch) { watch_ = &watch; }

    // From then on the log is told of every root, list and release within the command that issues it; before
    // anything is issued.
    void tell(const published::Log& log) { told_ = &log; }
    // At each start, after `start`: begins the log when there is none, and appends what it has not: a
    // repository from before there was one, or what an older version of this program published in between.
    // After a restore (`anew`) before `start`: the backup's log may have lost what others saw, and another
    // epoch begins, once. Errors: corrupt.
    enum class LogBegins { when_there_is_none, anew };
    void start_log(device::TenantId tenant, LogBegins begins, std::function<void(base::Status)> done);
    // The keys that sign the log: those that the root lists; none: the server's own. Errors: corrupt,
    // not_found.
    base::Result<std::vector<ports::Signer::PublicKeyInfo>> log_keys(device::TenantId tenant) const;

    // Makes the repository when there is none. After a restore (`overtake`) everything is issued anew, so
    // that no device has seen a newer version; that needs the offline keys. Errors: unavailable (keys),
    // corrupt.
    void start(device::TenantId tenant, bool overtake, std::function<void(base::Status)> done);

    // Within a command: signs and puts the documents. Errors: unavailable (the offline keys are not here;
    // says what to do, or the clock is in doubt), conflict.
    base::Status publish(shard::Transaction& transaction, const trust::Changes& changes) const;

    // For people whose keys are somewhere else (docs/keys.md): root and targets as devices trust them now,
    // the list of releases with these changes, and, within a command, what came back signed. Errors: corrupt
    // (nothing is signed yet); of adopt also those of metadata::adopt.
    struct Present {
        std::string root, targets;
    };
    base::Result<Present> present(device::TenantId tenant) const;
    base::Result<metadata::Ceremony> draft(device::TenantId tenant, const trust::Changes& changes) const;
    base::Status adopt(shard::Transaction& transaction,
                       std::span<const metadata::Ceremony::Document> documents) const;

    // Everything as devices trust it now, a copy. Errors: corrupt. Any thread.
    base::Result<trust::RepositoryState> state(device::TenantId tenant) const;
    // Another text after each issue; empty: nothing was issued yet. Any thread.
    std::string stamp(device::TenantId tenant) const;
    // A sentence while nothing may be signed, since the clock is in doubt.
    std::optional<std::string> doubt() const;

    // Renews what the online keys may, when half of its life is over. Called each minute or so on the
    // writer's executor.
    void refresh_when_due();

    // A file as served to devices. Any thread.
    std::optional<std::string> file(device::TenantId tenant, const std::string& name) const;
    // Root and targets keys can sign on this machine now.
    bool offline_keys_here() const;
    // When the signed metadata ends. `soon`: before anybody would notice; what people renew, when a quarter
    // of its life is left; what renews itself, when that did not happen. Errors: corrupt.
    struct Ending {
        std::string role;
        base::TimePoint expires{};
        std::string sentence; // what people have to do about it, when it is soon
        bool soon = false;
    };
    base::Result<std::vector<Ending>> endings(device::TenantId tenant) const;

  private:
    using Issuing =
        std::function<base::Result<metadata::Issue>(const trust::RepositoryState&, const metadata::Sign&)>;
    base::Status issue(shard::Transaction& transaction, const Issuing& issuing) const;
    base::Status tell(shard::Transaction& transaction, const trust::RepositoryState& before,
                      const metadata::Issue& issued) const;
    base::Status complete_log(shard::Transaction& transaction, LogBegins begins) const;
    base::Result<trust::Root> first_root() const;
    metadata::Sign sign() const;
    using State = std::shared_ptr<const trust::RepositoryState>;
    // Read and verified once after each issue, by one thread at a time; shared by who looks at it.
    base::Result<State> newest(device::TenantId tenant) const EXCLUDES(reading_, mutex_);
    State kept(device::TenantId tenant, const std::string& stamp) const EXCLUDES(mutex_);

    fleet::Core& core_;
    ports::Signer& signer_;
    base::LogSink& log_;
    const shard::ClockWatch* watch_ = nullptr;
    const published::Log* told_ = nullptr;
    bool unreadable_ = false; // was said; of the writer's executor

    struct Read {
        std::string stamp;
        State state;
    };
    mutable base::Mutex reading_; // held while documents are verified; before mutex_
    mutable base::Mutex mutex_;
    mutable std::map<device::TenantId, Read> read_ GUARDED_BY(mutex_);
};

} // namespace oakum::releases
