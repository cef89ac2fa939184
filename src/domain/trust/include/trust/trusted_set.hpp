// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <trust/delegation.hpp>
#include <trust/effect.hpp>
#include <trust/reader.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace oakum::trust {

// What a client trusts in the course of one refresh: the rules of the specification's section 5 over bytes
// that were already received. Every check of expiry uses the `now` of the start. Steps are taken in order:
// roots, finish_roots, timestamp, snapshot, targets; out of order is a bug. A step that fails changes
// nothing. Errors of every step: invalid (malformed), too_large, denied (not authentic), conflict (older than
// what is trusted), unavailable (expired). Not shared between threads; the Reader must outlive it.
class TrustedSet {
  public:
    // From the root that the device already trusts; its expiry is not asked yet, its own signatures are.
    static base::Result<TrustedSet> start(base::ByteView trusted_root, base::TimePoint now,
                                          const Reader& reader);

    // The next root: signed by the present one and by itself, its version one higher. When it takes a key of
    // timestamp or snapshot away, the stored ones go, so that a stolen key cannot leave huge version numbers
    // behind. They stay when a key was only added: a mirror could use the gap to go back.
    base::Result<Effects> update_root(base::ByteView bytes);
    // No later root is known: this one must not have expired.
    base::Status finish_roots();

    // What is carried in a folder instead of fetched: until the order's end, its timestamp and the snapshot
    // of that are taken whatever their own age. Signed by those who sign timestamps; root and targets have to
    // be good by themselves. After finish_roots.
    base::Status accept_order(base::ByteView bytes);

    // `recall_*` take what was stored by an earlier refresh: for comparison, and for use when still current.
    // What no longer verifies is passed over; expiry stops its use, not the comparison.
    void recall_timestamp(base::ByteView bytes);
    // No effect means that the version is the trusted one and the stored bytes stay.
    base::Result<Effects> update_timestamp(base::ByteView bytes);

    // True: the stored one is current, nothing has to be fetched.
    bool recall_snapshot(base::ByteView bytes);
    base::Result<Effects> update_snapshot(base::ByteView bytes);

    // `delegator`: the role whose targets named this delegation; empty for the top-level targets, on root's
    // word.
    bool recall_targets(const Delegation& role, const std::string& delegator, base::ByteView bytes);
    base::Result<Effects> update_targets(const Delegation& role, const std::string& delegator,
                                         base::ByteView bytes);
    // The role was trusted on another delegator's word: ask again with this one's keys. Errors: denied,
    // not_found.
    base::Status confirm_targets(const Delegation& role, const std::string& delegator) const;
    Delegation top_level_targets() const { return {"targets", root_.signers(Role::targets), false}; }

    const Root& root() const { return root_; }
    const Order* order() const { return order_ ? &*order_ : nullptr; }
    const Timestamp* timestamp() const { return timestamp_ ? &*timestamp_ : nullptr; }
    const Snapshot* snapshot() const { return snapshot_ ? &*snapshot_ : nullptr; }
    // Nothing until trusted.
    const Targets* targets(const std::string& role) const;
    // What the snapshot says of a role. Errors: denied (not listed).
    base::Result<FileVersion> expected(const std::string& role) const;

  private:
    enum class Stage { roots, timestamp, snapshot, targets };
    TrustedSet(Root root, base::TimePoint now, const Reader& reader)
        : root_(std::move(root)), now_(now), reader_(&reader) {}
    base::Status at(Stage stage) const;
    base::Status fresh(const Header& header, std::string_view who) const;
    // Of what online keys sign, which an order may stand in for.
    base::Status fresh_or_ordered(const Header& header, std::string_view who) const;
    base::Status check_rollback(const Snapshot& next) const;
    // The keys of the role that delegates. Errors: bug.
    base::Result<const Keys*> keys_of(const std::string& delegator) const;
    base::Result<Signed<Targets>> authentic_targets(const Delegation& role, const std::string& delegator,
                                                    base::ByteView bytes) const;

    Root root_;
    std::optional<Order> order_;
    std::optional<Timestamp> timestamp_;
    std::optional<Snapshot> snapshot_;
    std::map<std::string, Signed<Targets>> targets_;
    Stage stage_ = Stage::roots;
    base::TimePoint now_;
    const Reader* reader_;
};

} // namespace oakum::trust
