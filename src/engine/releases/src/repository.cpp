// SPDX-License-Identifier: Apache-2.0
#include <releases/repository.hpp>

#include "files.hpp"

#include <trust/names.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace oakum::releases {

using device::TenantId;
using ports::DocumentRow;
using shard::Held;
using shard::Transaction;

namespace {

constexpr trust::Lifetimes kLifetimes;
// Devices in the middle of a refresh may still ask for what was current a moment ago.
constexpr std::size_t kKept = 4;

// Numbered snapshots and targets that nobody asks for any more; roots are kept for ever. What is above the
// present version was driven up by a thief of the key, and goes first.
std::vector<std::string> outdated(const std::map<std::string, base::Bytes>& files, std::string_view role,
                                  std::uint64_t present) {
    std::vector<std::uint64_t> before, above;
    for (const auto& [name, bytes] : files) {
        const std::uint64_t version = std::strtoull(name.c_str(), nullptr, 10);
        if (version == present || name != trust::served_name(role, version)) continue;
        (version < present ? before : above).push_back(version);
    }
    std::sort(before.rbegin(), before.rend());
    before.insert(before.end(), above.begin(), above.end());
    std::vector<std::string> names;
    for (std::size_t i = kKept - 1; i < before.size(); ++i)
        names.push_back(trust::served_name(role, before[i]));
    return names;
}

void put(Transaction& transaction, const std::vector<metadata::File>& files) {
    for (const metadata::File& file : files)
        transaction.put(
            DocumentRow{std::string(kPrefix) + file.name, std::string(base::as_text(file.bytes))});
}

base::Error in_words(base::Error error) {
    if (error.kind == base::ErrorKind::unavailable)
        error.message += "; bring the folder keys/offline back to this machine, publish, and take it away "
                         "again; or have it "
                         "signed where the keys are: keys/outgoing, oakum key sign, keys/incoming";
    return error;
}

} // namespace

std::map<std::string, base::Bytes> files_of(const std::vector<Held<DocumentRow>>& documents) {
    std::map<std::string, base::Bytes> files;
    for (const Held<DocumentRow>& document : documents)
        if (document->name.starts_with(kPrefix) && !document->body.empty()) {
            const base::ByteView bytes = base::as_bytes(document->body);
            files[document->name.substr(kPrefix.size())] = base::Bytes(bytes.begin(), bytes.end());
        }
    return files;
}

metadata::Sign Repository::sign() const {
    return [this](const std::string& role, const trust::KeyId& key, base::ByteView message) {
        return signer_.sign(role, key.get(), message);
    };
}

base::Result<trust::Root> Repository::first_root() const {
    trust::Root root;
    for (const trust::Role role : trust::kRoles) {
        TRY_VALUE(const auto keys, signer_.keys(std::string(trust::to_string(role))));
        if (keys.empty())
            return base::unavailable("there is no key for the role " + std::string(trust::to_string(role)));
        for (const auto& info : keys) {
            TRY_VALUE(trust::Key key, metadata::ed25519_key(info.public_key));
            TRY_VALUE(const trust::KeyId id, metadata::key_id(key));
            root.keys.emplace(id, std::move(key));
            root.signers(role).keys.push_back(id);
        }
        root.signers(role).threshold = 1;
    }
    // From the first root on devices ask what each of them may install, and look whether it is in the log.
    for (const trust::Role role : trust::kOurOwn) {
        const auto keys = signer_.keys(std::string(trust::to_string(role)));
        if (!keys.ok() || (role == trust::Role::log && told_ == nullptr)) continue;
        for (const auto& info : *keys) {
            TRY_VALUE(trust::Key key, metadata::ed25519_key(info.public_key));
            TRY_VALUE(const trust::KeyId id, metadata::key_id(key));
            root.keys.emplace(id, std::move(key));
            root.signers(role).keys.push_back(id);
        }
    }
    return root;
}

base::Result<trust::RepositoryState> Repository::state(TenantId tenant) const {
    TRY_VALUE(const State now, newest(tenant));
    return *now;
}

Repository::State Repository::kept(TenantId tenant, const std::string& stamp) const {
    base::Lock lock(mutex_);
    const auto found = read_.find(tenant);
    return found != read_.end() && found->second.stamp == stamp ? found->second.state : nullptr;
}

base::Result<Repository::State> Repository::newest(TenantId tenant) const {
    // Asked before the documents: what is read may be newer than it, and is then read once more.
    const std::string now = stamp(tenant);
    if (State there = kept(tenant, now)) return there;
    base::Lock reading(reading_);
    if (State there = kept(tenant, now)) return there;
    TRY_VALUE(trust::RepositoryState read, metadata::load(files_of(core_.control.list<DocumentRow>(tenant))));
    auto fresh = std::make_shared<const trust::RepositoryState>(std::move(read));
    base::Lock lock(mutex_);
    read_[tenant] = {now, fresh};
    return State(std::move(fresh));
}

std::string Repository::stamp(TenantId tenant) const {
    return core_.control.document(tenant, std::string(kPrefix) + "timestamp.json");
}

std::optional<std::string> Repository::doubt() const {
    return watch_ != nullptr ? watch_->warning() : std::nullopt;
}

base::Status Repository::issue(Transaction& transaction, const Issuing& issuing) const {
    if (const auto warning = doubt()) return base::unavailable(*warning);
    const auto files = files_of(transaction.list<DocumentRow>());
    TRY_VALUE(const trust::RepositoryState state, metadata::load(files));
    auto issued = issuing(state, sign());
    if (!issued.ok()) return in_words(std::move(issued).error());
    // What could not be read again would be the last that was ever issued.
    auto after = files;
    for (const metadata::File& file : issued->files)
        after[file.name] = file.bytes;
    if (const auto again = metadata::load(after); !again.ok())
        return base::conflict("nothing was issued, since nobody could follow it: " + again.error().message);
    // Before the files: who sees the new list finds its releases in the log.
    if (told_ != nullptr) TRY(tell(transaction, state, *issued));
    put(transaction, issued->files);
    for (const auto& [role, version] :
         {std::pair<std::string, std::uint64_t>("snapshot", issued->state.snapshot.header.version),
          {"targets", issued->state.targets.at("targets").header.version}})
        for (const std::string& name : outdated(after, role, version))
            transaction.put(DocumentRow{std::string(kPrefix) + name, ""});
    return {};
}

void Repository::start(TenantId tenant, bool overtake, std::function<void(base::Status)> done) {
    core_.writer.submit(
        shard::control_of(tenant), shard::Priority::terminal,
        [this, overtake](Transaction& transaction) -> base::Status {
            if (transaction.document(std::string(kPrefix) + "timestamp.json").empty()) {
                TRY_VALUE(trust::Root root, first_root());
                auto made = metadata::create(std::move(root), transaction.now(), kLifetimes, sign());
                if (!made.ok()) return in_words(std::move(made).error());
                put(transaction, made->files);
                transaction.audit({"oakumd", "trust.create", "tuf/1.root.json", "", "", "first start"});
                return {};
            }
            if (overtake) {
                transaction.audit({"oakumd", "trust.reissue", "tuf", "", "",
                                   "restored from a backup: devices may have seen newer versions"});
                return issue(transaction,
                             [&](const trust::RepositoryState& state, const metadata::Sign& sign) {
                                 return metadata::reissue(state, transaction.now(), kLifetimes, sign);
                             });
            }
            return {};
        },
        std::move(done));
}

base::Status Repository::publish(Transaction& transaction, const trust::Changes& changes) const {
    return issue(transaction, [&](const trust::RepositoryState& state, const metadata::Sign& sign) {
        return metadata::publish(state, changes, transaction.now(), kLifetimes, sign);
    });
}

base::Result<Repository::Present> Repository::present(TenantId tenant) const {
    TRY_VALUE(const State state, newest(tenant));
    const auto text = [&](std::string_view role, std::uint64_t version) {
        return core_.control.document(tenant, std::string(kPrefix) + trust::served_name(role, version));
    };
    return Present{text("root", state->root.header.version),
                   text("targets", state->targets.at("targets").header.version)};
}

base::Result<metadata::Ceremony> Repository::draft(TenantId tenant, const trust::Changes& changes) const {
    TRY_VALUE(const State state, newest(tenant));
    TRY_VALUE(const trust::Targets next,
              trust::draft_targets(*state, changes, core_.clock.now(), kLifetimes));
    TRY_VALUE(const Present now, present(tenant));
    const base::ByteView root = base::as_bytes(now.root), targets = base::as_bytes(now.targets);
    return metadata::Ceremony{base::Bytes(root.begin(), root.end()),
                              base::Bytes(targets.begin(), targets.end()),
                              {{"targets", metadata::encode(next), {}}}};
}

base::Status Repository::adopt(Transaction& transaction,
                               std::span<const metadata::Ceremony::Document> documents) const {
    return issue(transaction, [&](const trust::RepositoryState& state, const metadata::Sign& sign) {
        return metadata::adopt(state, documents, transaction.now(), kLifetimes, sign);
    });
}

void Repository::refresh_when_due() {
    if (doubt()) return; // said once, when it was noticed
    for (const TenantId tenant : core_.control.tenants()) {
        if (stamp(tenant).empty()) continue; // not made yet
        const auto state = newest(tenant);
        if (!state.ok()) {
            if (std::exchange(unreadable_, true)) continue; // said once
            log_.write(base::LogLevel::error, "trust",
                       "the signed metadata is not renewed any more, since it cannot be read: " +
                           state.error().text() + "; restore a backup");
            continue;
        }
        const trust::Due due = trust::due(**state, core_.clock.now(), kLifetimes);
        if (!due.timestamp && !due.snapshot) continue;
        core_.writer.submit(
            shard::control_of(tenant), shard::Priority::terminal,
            [this, due](Transaction& transaction) {
                return issue(
                    transaction, [&](const trust::RepositoryState& newest, const metadata::Sign& sign) {
                        return metadata::refresh(newest,
                                                 due.snapshot ? metadata::Refresh::snapshot_and_timestamp
                                                              : metadata::Refresh::timestamp,
                                                 transaction.now(), kLifetimes, sign);
                    });
            },
            [this](base::Status status) {
                if (!status.ok())
                    log_.write(base::LogLevel::error, "trust",
                               "the signed metadata could not be renewed: " + status.error().text());
            });
    }
}

std::optional<std::string> Repository::file(TenantId tenant, const std::string& name) const {
    std::string body = core_.control.document(tenant, std::string(kPrefix) + name);
    return body.empty() ? std::nullopt : std::optional(std::move(body));
}

bool Repository::offline_keys_here() const {
    return signer_.available("root") || signer_.available("targets");
}

base::Result<std::vector<Repository::Ending>> Repository::endings(TenantId tenant) const {
    TRY_VALUE(const State state, newest(tenant));
    const base::TimePoint now = core_.clock.now();
    const trust::Due due = trust::due(*state, now, kLifetimes);
    std::vector<Ending> endings;
    const auto add = [&](bool soon, std::string role, base::TimePoint expires, std::string sentence) {
        endings.push_back({std::move(role), expires, std::move(sentence), soon});
    };
    const base::TimePoint root = state->root.header.expires, snapshot = state->snapshot.header.expires,
                          targets = state->targets.at("targets").header.expires,
                          timestamp = state->timestamp.header.expires;
    add(due.root_soon, "root", root,
        "The trust root expires on " + base::to_date(root) + "; sign a new one before that.");
    add(due.targets_soon, "targets", targets,
        "The signed list of releases expires on " + base::to_date(targets) +
            "; publish or re-sign with the offline keys before that.");
    add(now >= snapshot, "snapshot", snapshot,
        "The snapshot has expired, so devices refuse every update; are the online keys readable?");
    add(now >= timestamp, "timestamp", timestamp,
        "The timestamp has expired, so devices refuse every update; are the online keys readable?");
    return endings;
}

} // namespace oakum::releases
