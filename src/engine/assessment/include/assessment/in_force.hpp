// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <assessment/knowledge.hpp>
#include <exception/subject.hpp>
#include <fleet/live_fleet.hpp>
#include <shard/keyed.hpp>

#include <span>
#include <unordered_map>
#include <vector>

namespace oakum::assessment {

// The exceptions that count, by what they are about (ADR 22). They change no verdict: whoever adds up asks
// for each finding on devices of one cell whether something was decided about it. Immutable; of one tenant
// and one state of knowledge.
class InForce {
  public:
    struct One {
        shard::Held<ports::ExceptionRow> row;
        exception::Matcher matcher;
        std::uint64_t cell = 0; // the bit that the cells of its devices have; 0: the whole fleet
        const exception::Wish& wish() const { return row->wish; }
        bool is_on(std::uint64_t of_cell) const { return cell == 0 || (of_cell & cell) != 0; }
    };

    InForce() = default;
    // Of those rows the approved ones. The first kMostCells scopes can be told apart; what is beyond is left
    // out, so that it counts as open.
    InForce(device::TenantId tenant, const Knowledge& knowledge,
            std::vector<shard::Held<ports::ExceptionRow>> rows);
    // Made of these very rows.
    bool is_of(const std::vector<shard::Held<ports::ExceptionRow>>& rows) const { return rows_ == rows; }

    bool empty() const { return all_.empty(); }
    const std::vector<One>& all() const { return all_; }
    // For LiveFleet::tally and census.
    std::span<const fleet::Selection> cells() const { return cells_; }

    // All that are about an advisory in a component, wherever.
    void each(const Knowledge& knowledge, std::uint32_t advisory, const component::Component& component,
              const std::function<void(const One&)>& visit) const;
    void each(const AssessedSet& set, const advisory::SetVerdict& found,
              const std::function<void(const One&)>& visit) const;
    // What counts for a finding on devices of that cell: what rules out before what accepts, suppresses and
    // mitigates. Nothing: it is open.
    const One* about(const AssessedSet& set, const advisory::SetVerdict& found, std::uint64_t cell) const;

    // What makes a difference to a set: cells that agree in these bits are alike to it.
    struct Touch {
        bool any = false;
        std::uint64_t cells = 0;
    };
    Touch touch(const AssessedSet& set) const;

  private:
    std::vector<shard::Held<ports::ExceptionRow>> rows_;
    std::vector<One> all_;
    std::vector<fleet::Selection> cells_;
    std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> by_advisory_; // places in all_
    std::vector<std::uint32_t> classes_;                                        // about no advisory alone
};

// Those that would count if all of them were approved: for previews.
std::vector<shard::Held<ports::ExceptionRow>> as_if_approved(std::vector<ports::ExceptionRow> rows);

// What is left of a set's findings on devices of that cell: without what is accepted, ruled out, suppressed.
advisory::SetAssessment open_part(const AssessedSet& set, const InForce& in_force, std::uint64_t cell);

inline std::span<const fleet::Selection> cells_of(const AssessedFleet& assessed) {
    return assessed.in_force ? assessed.in_force->cells() : std::span<const fleet::Selection>();
}
// The cell of one device.
std::uint64_t cell_of(const fleet::LiveFleet& fleet, fleet::DeviceKey device, const AssessedFleet& assessed);
// Of many: those that stand in some cell.
using CellsByDevice = std::unordered_map<device::DeviceId, std::uint64_t>;
CellsByDevice cells_by_device(const fleet::LiveFleet& fleet, const AssessedFleet& assessed);

// How much of its score is left under a mitigation, 0 to 1; 1 where the vector has no such metric.
double left_by(const exception::Wish& mitigation, const advisory::AdvisoryView& advisory);

constexpr bool is_open_under(exception::Kind kind) {
    return kind == exception::Kind::mitigate;
}

} // namespace oakum::assessment
