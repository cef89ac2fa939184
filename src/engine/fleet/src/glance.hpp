// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "columns.hpp"

namespace oakum::fleet {

class SlotView;

// How a device is looked at. With `own_only` nothing is inherited and queries of groups are not followed
// further than `depth` levels; with `as_found` no decision about findings counts.
struct Look {
    bool own_only = false;
    int depth = 0;
    bool as_found = false;
    // Another view of the same device: they share what was worked out.
    const SlotView* through = nullptr;
};

// One device in its block, which the maker holds shared for the life of the view.
class SlotView final : public Glance {
  public:
    SlotView(const LiveFleet::Tenant& tenant, const LiveFleet::Block& block, std::uint16_t local,
             const GroupList& groups, const Software& software, Look look = {}) NO_ANALYSIS;

    std::optional<std::string_view> fact(std::string_view key) const override;
    std::optional<std::string> field(device::Field field) const override;
    device::Truth in_group(const device::Literal& name) const override;
    device::Truth component(const device::Term& term) const override { return of_sets(term); }
    device::Truth finding(const device::Term& term) const override {
        const bool other = !term.presence && term.compare == device::Compare::not_equal;
        return other && term.field == device::Field::finding ? device::opposite(of_sets(term))
                                                             : of_sets(term);
    }

    DeviceId id() const override { return slot_.id; }
    TenantId tenant() const override { return tenant_.id; }
    device::Lifecycle lifecycle() const override { return slot_.lifecycle; }
    GroupId group() const override;
    std::uint64_t desired_number() const override { return slot_.desired_number; }
    ports::RolloutId desired_rollout() const override;
    bool has_deployment() const override;
    const ports::DeploymentRow* deployment() const override;
    bool hold() const override { return slot_.hold; }
    bool revoked() const override { return slot_.revoked; }
    bool enrolled() const override;
    std::string_view running_version() const override { return tenant_.values.at(slot_.running_version); }
    SetId base_set() const override { return software_.id_of(tenant_.id, slot_.base_set); }
    SetId delta_set() const override { return software_.id_of(tenant_.id, slot_.delta_set); }

    bool is_member(const GroupInfo& group) const;
    bool is_in(const Selection& selection) const; // which records it looks at is not asked
    // Its own fact with its source; nothing when it has none.
    std::optional<device::Fact> own_fact(std::string_view key) const;

  private:
    device::Truth of_sets(const device::Term& term) const;
    device::Truth membership(const GroupInfo& group) const;
    device::Truth overdue() const;
    bool cannot_tell() const;
    // In which scopes of decisions it stands, worked out once; `anew` after others were published.
    const Asked& asked() const;
    void ask_anew() const;

    const LiveFleet::Tenant& tenant_;
    const LiveFleet::Block& block_;
    const Slot& slot_;
    const std::uint16_t local_;
    const GroupList& groups_;
    const Software& software_;
    const Look look_;
    mutable std::optional<Asked> asked_;
};

// "key = word".
device::Term word_term(std::string_view key, std::string_view word);
// Of a device with a layer of which that holds, by when it was first seen; 0: it never was.
device::Truth truth_of(const Software::Overdue& overdue, std::uint32_t first_seen);

// The tenant's groups, parsed; read anew from the control tables when one of them changed.
std::shared_ptr<const GroupList> groups_of(LiveFleet::Tenant& tenant, const shard::ControlTables& control);

// Slots as the row that they came from. The block is held.
ports::DeviceRow row_of(const LiveFleet::Tenant& tenant, const LiveFleet::Block& block, std::uint16_t local,
                        const Software& software) REQUIRES_SHARED(block.mutex);

} // namespace oakum::fleet
