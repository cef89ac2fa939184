// SPDX-License-Identifier: Apache-2.0
#include <metadata/ceremony.hpp>
#include <metadata/reader.hpp>

#include "key_text.hpp"

#include <trust/limits.hpp>
#include <trust/names.hpp>
#include <trust/verify.hpp>

#include <algorithm>
#include <optional>

namespace oakum::metadata {
namespace {

using base::Bytes;
using base::Result;
using base::Status;
using base::TimePoint;
using trust::RepositoryState;
using trust::Role;
using trust::Signers;

struct Authority {
    const trust::Keys* keys;
    const Signers* signers;
};

// One issue in the making: drafts are signed, checked and collected in the order in which clients must find
// them.
class Press {
  public:
    Press(RepositoryState state, TimePoint now, const trust::Lifetimes& lifetimes, const Sign& sign)
        : state_(std::move(state)), now_(now), lifetimes_(lifetimes), sign_(sign) {}

    Status root(trust::Root next, const trust::Root* present) {
        std::vector<Authority> authorities{{&next.keys, &next.signers(Role::root)}};
        if (present != nullptr) authorities.push_back({&present->keys, &present->signers(Role::root)});
        TRY_VALUE(Bytes bytes, press("root", encode(next), authorities, trust::limits::root_bytes));
        files_.push_back({trust::served_name("root", next.header.version), std::move(bytes)});
        state_.root = std::move(next);
        return {};
    }

    Status targets(const std::string& role, trust::Targets next) {
        TRY_VALUE(const Authority authority, authority_of(role));
        TRY_VALUE(Bytes bytes, press(role, encode(next), {authority}, trust::limits::targets_bytes));
        changed_[role] = describe(next.header.version, bytes);
        files_.push_back({trust::served_name(role, next.header.version), std::move(bytes)});
        state_.targets.insert_or_assign(role, std::move(next));
        return {};
    }

    Status snapshot() {
        TRY_VALUE(trust::Snapshot next, trust::draft_snapshot(state_, changed_, now_, lifetimes_));
        TRY_VALUE(Bytes bytes,
                  press("snapshot", encode(next), {online(Role::snapshot)}, trust::limits::snapshot_bytes));
        snapshot_ = describe(next.header.version, bytes);
        files_.push_back({trust::served_name("snapshot", next.header.version), std::move(bytes)});
        state_.snapshot = std::move(next);
        return {};
    }

    // Of the snapshot of this issue, or of the one that is there.
    Status timestamp() {
        const trust::FileVersion snapshot = snapshot_ ? *snapshot_ : state_.timestamp.snapshot;
        TRY_VALUE(trust::Timestamp next, trust::draft_timestamp(state_, snapshot, now_, lifetimes_));
        TRY_VALUE(Bytes bytes, press("timestamp", encode(next), {online(Role::timestamp)},
                                     trust::limits::timestamp_bytes));
        files_.push_back({trust::local_name("timestamp"), std::move(bytes)});
        state_.timestamp = std::move(next);
        return {};
    }

    // What was signed elsewhere.
    Status adopt(trust::Root next, Bytes bytes) {
        files_.push_back({trust::served_name("root", next.header.version), std::move(bytes)});
        state_.root = std::move(next);
        return {};
    }
    Status adopt(trust::Targets next, Bytes bytes) {
        changed_["targets"] = describe(next.header.version, bytes);
        files_.push_back({trust::served_name("targets", next.header.version), std::move(bytes)});
        state_.targets.insert_or_assign("targets", std::move(next));
        return {};
    }

    // A root that takes a key of timestamp or snapshot away makes clients forget both (docs/pouf.md), and so
    // does the repository: whoever had the key may have driven the numbers up to their end.
    void forget_numbers(const trust::Root& before) {
        for (const Role role : {Role::timestamp, Role::snapshot})
            if (trust::revokes_signer(before.keys, before.signers(role), state_.root.keys,
                                      state_.root.signers(role)))
                state_.timestamp.header.version = state_.snapshot.header.version = 0;
    }

    // Devices follow a root that names a director or a log, and then install nothing that it does not permit
    // or hold: it has to be able to speak.
    Status our_own_speak(const trust::Root& before) const {
        for (const Role role : trust::kOurOwn) {
            const Signers& signers = state_.root.signers(role);
            if (!state_.root.has(role) ||
                trust::same_signers(before.keys, before.signers(role), state_.root.keys, signers))
                continue;
            const std::string name(to_string(role));
            const std::string probe = "can the " + name + " speak?";
            TRY_VALUE(const auto signatures, sign_with(sign_, name, signers.keys, base::as_bytes(probe)));
            if (trust::verify_threshold(state_.root.keys, signers, base::as_bytes(probe), signatures, name)
                    .ok())
                continue;
            return base::conflict("the root names a " + name +
                                  " whose keys are not in keys/online of this server, so that devices would "
                                  "install nothing any more; put them there (oakum key create --online " +
                                  name + "), or name those that are there");
        }
        return {};
    }

    Status all_targets() {
        std::vector<std::string> roles;
        for (const auto& [role, targets] : state_.targets)
            roles.push_back(role);
        for (const std::string& role : roles) {
            TRY_VALUE(trust::Targets next, trust::draft_again(state_.targets.at(role), now_, lifetimes_));
            TRY(targets(role, std::move(next)));
        }
        return {};
    }

    const RepositoryState& state() const { return state_; }
    Issue finish() && { return {std::move(state_), std::move(files_)}; }

  private:
    Authority online(Role role) const { return {&state_.root.keys, &state_.root.signers(role)}; }

    Result<Authority> authority_of(const std::string& role) const {
        if (role == to_string(Role::targets)) return online(Role::targets);
        const auto& delegations = state_.targets.at("targets").delegations;
        if (delegations)
            if (const auto* roles = std::get_if<std::vector<trust::DelegatedRole>>(&delegations->roles))
                for (const trust::DelegatedRole& delegated : *roles)
                    if (delegated.name == role) return Authority{&delegations->keys, &delegated.signers};
        return base::not_found("no role \"" + role + "\" is delegated");
    }

    static trust::FileVersion describe(std::uint64_t version, base::ByteView bytes) {
        trust::FileVersion file;
        file.version = version;
        file.length = bytes.size();
        file.hashes.sha256 = base::sha256(bytes);
        return file;
    }

    Result<Bytes> press(const std::string& role, const std::string& text,
                        const std::vector<Authority>& authorities, std::uint64_t max_bytes) const {
        TRY_VALUE(const Bytes message, canonical(text));
        std::vector<trust::KeyId> keys;
        for (const Authority& authority : authorities)
            for (const trust::KeyId& key : authority.signers->keys)
                if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
        TRY_VALUE(const auto signatures, sign_with(sign_, role, keys, message));
        for (const Authority& authority : authorities)
            if (const auto status =
                    trust::verify_threshold(*authority.keys, *authority.signers, message, signatures, role);
                !status.ok())
                return base::unavailable("too few keys of the role " + role +
                                         " are at hand: " + status.error().message);
        Bytes bytes = envelope(text, signatures);
        if (bytes.size() > max_bytes)
            return base::too_large("the metadata of " + role + " would exceed what clients read");
        return bytes;
    }

    RepositoryState state_;
    TimePoint now_;
    trust::Lifetimes lifetimes_;
    const Sign& sign_;
    std::map<std::string, trust::FileVersion> changed_;
    std::optional<trust::FileVersion> snapshot_;
    std::vector<File> files_;
};

Status snapshot_and_timestamp(Press& press) {
    TRY(press.snapshot());
    return press.timestamp();
}

} // namespace

Result<Issue> create(trust::Root root, TimePoint now, const trust::Lifetimes& lifetimes, const Sign& sign) {
    RepositoryState state;
    trust::Root none;
    none.header.version = state.snapshot.header.version = state.timestamp.header.version = 0;
    TRY_VALUE(root, trust::draft_root(none, std::move(root), now, lifetimes));
    trust::Targets empty;
    empty.header.version = 0;
    state.targets.emplace("targets", std::move(empty));
    Press press(std::move(state), now, lifetimes, sign);
    TRY(press.root(std::move(root), nullptr));
    TRY(press.all_targets());
    TRY(snapshot_and_timestamp(press));
    return std::move(press).finish();
}

Result<Issue> publish(const RepositoryState& state, const trust::Changes& changes, TimePoint now,
                      const trust::Lifetimes& lifetimes, const Sign& sign) {
    TRY_VALUE(trust::Targets next, trust::draft_targets(state, changes, now, lifetimes));
    Press press(state, now, lifetimes, sign);
    TRY(press.targets(changes.role, std::move(next)));
    TRY(snapshot_and_timestamp(press));
    return std::move(press).finish();
}

Result<Issue> delegate(const RepositoryState& state, const trust::NewDelegation& delegation, TimePoint now,
                       const trust::Lifetimes& lifetimes, const Sign& sign) {
    TRY_VALUE(trust::Targets next, trust::draft_delegation(state, delegation, now, lifetimes));
    Press press(state, now, lifetimes, sign);
    TRY(press.targets("targets", std::move(next)));
    trust::Targets role;
    role.header.version = 0;
    if (const auto present = state.targets.find(delegation.role.name); present != state.targets.end())
        role = present->second;
    TRY_VALUE(role, trust::draft_again(role, now, lifetimes));
    TRY(press.targets(delegation.role.name, std::move(role)));
    TRY(snapshot_and_timestamp(press));
    return std::move(press).finish();
}

Result<Issue> refresh(const RepositoryState& state, Refresh what, TimePoint now,
                      const trust::Lifetimes& lifetimes, const Sign& sign) {
    Press press(state, now, lifetimes, sign);
    if (what == Refresh::snapshot_and_timestamp) TRY(press.snapshot());
    TRY(press.timestamp());
    return std::move(press).finish();
}

Result<Issue> reissue(const RepositoryState& state, TimePoint now, const trust::Lifetimes& lifetimes,
                      const Sign& sign) {
    Press press(state, now, lifetimes, sign);
    TRY(press.all_targets());
    TRY(snapshot_and_timestamp(press));
    return std::move(press).finish();
}

Result<Issue> rotate_root(const RepositoryState& state, trust::Root next, TimePoint now,
                          const trust::Lifetimes& lifetimes, const Sign& sign) {
    TRY_VALUE(next, trust::draft_root(state.root, std::move(next), now, lifetimes));
    const auto rotated = [&](Role role) {
        return !trust::same_signers(state.root.keys, state.root.signers(role), next.keys, next.signers(role));
    };
    const bool targets = rotated(Role::targets), online = rotated(Role::snapshot) || rotated(Role::timestamp);
    Press press(state, now, lifetimes, sign);
    TRY(press.root(std::move(next), &state.root));
    TRY(press.our_own_speak(state.root));
    press.forget_numbers(state.root);
    if (targets) {
        TRY_VALUE(trust::Targets again, trust::draft_again(state.targets.at("targets"), now, lifetimes));
        TRY(press.targets("targets", std::move(again)));
    }
    if (targets || online) TRY(snapshot_and_timestamp(press));
    return std::move(press).finish();
}

namespace {

Status unexpired(const trust::Header& header, std::string_view who, TimePoint now) {
    if (header.expires > now) return {};
    return base::conflict(std::string(who) + ": it expired at " + base::to_iso8601(header.expires) +
                          " while it was being signed");
}

Status adopt_root(Press& press, const Ceremony::Document& document, TimePoint now) {
    Bytes bytes = envelope(document.signed_json, document.signatures);
    TRY_VALUE(auto next, JsonReader().root(bytes));
    const trust::Root& present = press.state().root;
    if (next.document.header.version != present.header.version + 1)
        return base::conflict("root " + std::to_string(next.document.header.version) +
                              " does not follow root " + std::to_string(present.header.version) +
                              ", which is trusted now; prepare it again");
    for (const trust::Root* by : {&present, static_cast<const trust::Root*>(&next.document)})
        TRY(trust::verify_threshold(by->keys, by->signers(Role::root), next.canonical, next.signatures,
                                    by == &present ? "root, by its present signers"
                                                   : "root, by its new signers"));
    TRY(unexpired(next.document.header, "root", now));
    TRY(check_ids(next.document.keys, present.keys, "the new root"));
    if (!next.document.consistent_snapshot)
        return base::invalid("our repositories have consistent snapshots");
    return press.adopt(std::move(next.document), std::move(bytes));
}

Status adopt_targets(Press& press, const Ceremony::Document& document, TimePoint now) {
    Bytes bytes = envelope(document.signed_json, document.signatures);
    TRY_VALUE(auto next, JsonReader().targets(bytes));
    const RepositoryState& state = press.state();
    if (next.document.header.version <= state.targets.at("targets").header.version)
        return base::conflict(
            "a newer list of releases was issued while this one was being signed; prepare it again");
    TRY(trust::verify_threshold(state.root.keys, state.root.signers(Role::targets), next.canonical,
                                next.signatures, "targets"));
    TRY(unexpired(next.document.header, "targets", now));
    TRY(check_ids(delegated_keys(next.document), delegated_keys(state.targets.at("targets")),
                  "the new list of releases"));
    return press.adopt(std::move(next.document), std::move(bytes));
}

} // namespace

Result<Issue> adopt(const RepositoryState& state, std::span<const Ceremony::Document> documents,
                    TimePoint now, const trust::Lifetimes& lifetimes, const Sign& sign) {
    Press press(state, now, lifetimes, sign);
    bool targets = false;
    for (const Ceremony::Document& document : documents) {
        targets = document.role == "targets";
        TRY(targets ? adopt_targets(press, document, now) : adopt_root(press, document, now));
    }
    TRY(press.our_own_speak(state.root));
    press.forget_numbers(state.root);
    const trust::Root& next = press.state().root;
    if (!targets && !trust::same_signers(state.root.keys, state.root.signers(Role::targets), next.keys,
                                         next.signers(Role::targets))) {
        TRY_VALUE(trust::Targets again, trust::draft_again(state.targets.at("targets"), now, lifetimes));
        TRY(press.targets("targets", std::move(again)));
    }
    TRY(snapshot_and_timestamp(press));
    return std::move(press).finish();
}

} // namespace oakum::metadata
