// SPDX-License-Identifier: Apache-2.0
#include <trust/trusted_set.hpp>

#include <trust/limits.hpp>
#include <trust/names.hpp>
#include <trust/verify.hpp>

namespace oakum::trust {
namespace {

using base::ByteView;
using base::Result;
using base::Status;

template <class Document> Status verify(const Root& root, Role role, const Signed<Document>& document) {
    return verify_threshold(root.keys, root.signers(role), document.canonical, document.signatures,
                            to_string(role));
}

std::string version_text(std::uint64_t version) {
    return "version " + std::to_string(version);
}

base::Error older(std::string_view who, std::uint64_t offered, std::uint64_t trusted) {
    return base::conflict(std::string(who) + ": " + version_text(offered) + " is older than the trusted " +
                          version_text(trusted));
}

Effect persist(std::string_view role, ByteView bytes) {
    return Persist{local_name(role), base::Bytes(bytes.begin(), bytes.end())};
}

// What the reader says of a place in a document, with the document's name before it.
template <class Document> Result<Document> named(std::string_view who, Result<Document> read) {
    if (read.ok()) return read;
    return std::move(read).error().wrap(who);
}

bool revokes(const Root& from, const Root& to, Role role) {
    return revokes_signer(from.keys, from.signers(role), to.keys, to.signers(role));
}

} // namespace

Result<TrustedSet> TrustedSet::start(ByteView trusted_root, base::TimePoint now, const Reader& reader) {
    if (trusted_root.size() > limits::root_bytes) return base::too_large("root: larger than its limit");
    TRY_VALUE(Signed<Root> root, reader.root(trusted_root));
    TRY(verify(root.document, Role::root, root));
    return TrustedSet(std::move(root.document), now, reader);
}

Status TrustedSet::at(Stage stage) const {
    if (stage_ == stage) return {};
    return base::bug("a step of the trust workflow out of order");
}

Status TrustedSet::fresh(const Header& header, std::string_view who) const {
    if (header.expires > now_) return {};
    return base::unavailable(std::string(who) + ": " + version_text(header.version) + " expired at " +
                             base::to_iso8601(header.expires));
}

Status TrustedSet::fresh_or_ordered(const Header& header, std::string_view who) const {
    return order_ ? Status() : fresh(header, who);
}

Result<Effects> TrustedSet::update_root(ByteView bytes) {
    TRY(at(Stage::roots));
    TRY_VALUE(Signed<Root> next, named("root", reader_->root(bytes)));
    TRY(verify(root_, Role::root, next));
    TRY(verify(next.document, Role::root, next));
    if (next.document.header.version != root_.header.version + 1)
        return base::denied("root: " + version_text(next.document.header.version) + " does not follow " +
                            version_text(root_.header.version));
    Effects effects;
    // Before the root that asks for it: a power cut in between would leave numbers that nobody forgets any
    // more.
    if (revokes(root_, next.document, Role::timestamp) || revokes(root_, next.document, Role::snapshot)) {
        effects.push_back(Remove{local_name("timestamp")});
        effects.push_back(Remove{local_name("snapshot")});
    }
    effects.push_back(persist("root", bytes));
    root_ = std::move(next.document);
    return effects;
}

Status TrustedSet::finish_roots() {
    TRY(at(Stage::roots));
    TRY(fresh(root_.header, "root"));
    stage_ = Stage::timestamp;
    return {};
}

Status TrustedSet::accept_order(ByteView bytes) {
    TRY(at(Stage::timestamp));
    TRY_VALUE(Signed<Order> order, named("order", reader_->order(bytes)));
    TRY(verify_threshold(root_.keys, root_.signers(Role::timestamp), order.canonical, order.signatures,
                         "order"));
    if (!order.document.timestamp.hashes.any_known())
        return base::denied("order: does not say which timestamp it is for");
    TRY(fresh(order.document.header, "order"));
    order_ = std::move(order.document);
    return {};
}

void TrustedSet::recall_timestamp(ByteView bytes) {
    if (stage_ != Stage::timestamp) return;
    auto stored = reader_->timestamp(bytes);
    if (stored.ok() && verify(root_, Role::timestamp, *stored).ok()) timestamp_ = std::move(stored->document);
}

Result<Effects> TrustedSet::update_timestamp(ByteView bytes) {
    TRY(at(Stage::timestamp));
    TRY_VALUE(Signed<Timestamp> next, named("timestamp", reader_->timestamp(bytes)));
    TRY(verify(root_, Role::timestamp, next));
    const Timestamp& offered = next.document;
    if (order_) {
        TRY(verify_file(order_->timestamp, bytes, "timestamp"));
        if (offered.header.version != order_->timestamp.version)
            return base::denied("timestamp: is " + version_text(offered.header.version) +
                                ", the order says " + version_text(order_->timestamp.version));
    }
    if (timestamp_) {
        if (offered.header.version < timestamp_->header.version)
            return older("timestamp", offered.header.version, timestamp_->header.version);
        if (offered.header.version == timestamp_->header.version) {
            TRY(fresh_or_ordered(timestamp_->header, "timestamp"));
            stage_ = Stage::snapshot;
            return Effects{};
        }
        if (offered.snapshot.version < timestamp_->snapshot.version)
            return older("timestamp's snapshot", offered.snapshot.version, timestamp_->snapshot.version);
    }
    TRY(fresh_or_ordered(offered.header, "timestamp"));
    timestamp_ = std::move(next.document);
    stage_ = Stage::snapshot;
    return Effects{persist("timestamp", bytes)};
}

bool TrustedSet::recall_snapshot(ByteView bytes) {
    if (stage_ != Stage::snapshot) return false;
    auto stored = reader_->snapshot(bytes);
    if (!stored.ok() || !verify(root_, Role::snapshot, *stored).ok()) return false;
    snapshot_ = std::move(stored->document);
    if (snapshot_->header.version != timestamp_->snapshot.version ||
        !verify_file(timestamp_->snapshot, bytes, "snapshot").ok() ||
        !fresh_or_ordered(snapshot_->header, "snapshot").ok())
        return false;
    stage_ = Stage::targets;
    return true;
}

Status TrustedSet::check_rollback(const Snapshot& next) const {
    if (!snapshot_) return {};
    for (const auto& [role, trusted] : snapshot_->roles) {
        const auto offered = next.roles.find(role);
        if (offered == next.roles.end())
            return base::conflict("snapshot: the role \"" + role + "\" is no longer listed");
        if (offered->second.version < trusted.version)
            return older("snapshot's \"" + role + "\"", offered->second.version, trusted.version);
    }
    return {};
}

Result<Effects> TrustedSet::update_snapshot(ByteView bytes) {
    TRY(at(Stage::snapshot));
    TRY(verify_file(timestamp_->snapshot, bytes, "snapshot"));
    TRY_VALUE(Signed<Snapshot> next, named("snapshot", reader_->snapshot(bytes)));
    TRY(verify(root_, Role::snapshot, next));
    if (next.document.header.version != timestamp_->snapshot.version)
        return base::denied("snapshot: is " + version_text(next.document.header.version) +
                            ", the timestamp says " + version_text(timestamp_->snapshot.version));
    TRY(check_rollback(next.document));
    TRY(fresh_or_ordered(next.document.header, "snapshot"));
    snapshot_ = std::move(next.document);
    stage_ = Stage::targets;
    return Effects{persist("snapshot", bytes)};
}

Result<FileVersion> TrustedSet::expected(const std::string& role) const {
    TRY(at(Stage::targets));
    const auto listed = snapshot_->roles.find(role);
    if (listed == snapshot_->roles.end())
        return base::denied("snapshot: does not list the role \"" + role + "\"");
    return listed->second;
}

Result<const Keys*> TrustedSet::keys_of(const std::string& delegator) const {
    if (delegator.empty()) return &root_.keys;
    const Targets* parent = targets(delegator);
    if (parent == nullptr || !parent->delegations)
        return base::bug("\"" + delegator + "\" does not delegate");
    return &parent->delegations->keys;
}

Result<Signed<Targets>> TrustedSet::authentic_targets(const Delegation& role, const std::string& delegator,
                                                      ByteView bytes) const {
    TRY_VALUE(const FileVersion listed, expected(role.role));
    TRY_VALUE(const Keys* keys, keys_of(delegator));
    TRY(verify_file(listed, bytes, role.role));
    TRY_VALUE(Signed<Targets> next, named(role.role, reader_->targets(bytes)));
    TRY(verify_threshold(*keys, role.signers, next.canonical, next.signatures, role.role));
    const Header& header = next.document.header;
    if (header.version != listed.version)
        return base::denied(role.role + ": is " + version_text(header.version) + ", the snapshot says " +
                            version_text(listed.version));
    TRY(fresh(header, role.role));
    return next;
}

bool TrustedSet::recall_targets(const Delegation& role, const std::string& delegator, ByteView bytes) {
    auto stored = authentic_targets(role, delegator, bytes);
    if (!stored.ok()) return false;
    targets_.insert_or_assign(role.role, std::move(*stored));
    return true;
}

Result<Effects> TrustedSet::update_targets(const Delegation& role, const std::string& delegator,
                                           ByteView bytes) {
    TRY_VALUE(Signed<Targets> next, authentic_targets(role, delegator, bytes));
    targets_.insert_or_assign(role.role, std::move(next));
    return Effects{persist(role.role, bytes)};
}

Status TrustedSet::confirm_targets(const Delegation& role, const std::string& delegator) const {
    const auto trusted = targets_.find(role.role);
    if (trusted == targets_.end())
        return base::not_found("the role \"" + role.role + "\" is not trusted yet");
    TRY_VALUE(const Keys* keys, keys_of(delegator));
    return verify_threshold(*keys, role.signers, trusted->second.canonical, trusted->second.signatures,
                            role.role);
}

const Targets* TrustedSet::targets(const std::string& role) const {
    const auto found = targets_.find(role);
    return found == targets_.end() ? nullptr : &found->second.document;
}

} // namespace oakum::trust
