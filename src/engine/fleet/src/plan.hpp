// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "columns.hpp"

#include <array>
#include <memory>
#include <optional>
#include <vector>

namespace oakum::fleet {

// The slots of one block of which a condition is true, and those of which it is not known.
struct Slots {
    Roaring yes, unknown;
};

// A selection compiled against the columns: its leaves are read while a block is shared, long scans are taken
// out of it and finished afterwards, and the rest is arithmetic on bitmaps. Used by one thread.
class Plan {
  public:
    Plan(const LiveFleet::Tenant& tenant, const Software& software, std::shared_ptr<const GroupList> groups,
         const Selection& selection);

    struct Answer {
        Slots slots;
        Roaring universe; // in scope, without the records that are left out
    };
    Answer evaluate(const LiveFleet::Block& block);
    // Also where the query names the lifecycle.
    void leave_unmanaged_out() { managed_only_ = true; }
    // The members of groups that give a default for one of the keys, the winner of each key first: what tally
    // and facet need beside the cells. To be asked after evaluate, for the same block.
    struct Given {
        std::string_view value;
        Roaring members;
    };
    std::vector<std::vector<Given>> given(const LiveFleet::Block& block,
                                          std::span<const std::string_view> keys);

    const GroupList& groups() const { return *groups_; }

  private:
    // What has been said of a value of the pool, a page at a time: 0 not asked, else 1 + Truth.
    struct Memo {
        std::vector<std::unique_ptr<std::array<std::uint8_t, 4096>>> pages;
        std::uint8_t& at(std::uint32_t value) {
            const std::size_t page = value / 4096;
            if (page >= pages.size()) pages.resize(page + 1);
            if (!pages[page]) pages[page] = std::make_unique<std::array<std::uint8_t, 4096>>();
            return (*pages[page])[value % 4096];
        }
    };
    enum class LeafKind { fact, field, group, sets, slots, overdue, empty };
    struct Leaf {
        LeafKind kind = LeafKind::fact;
        device::Term term;
        std::optional<std::size_t> key;    // fact
        std::uint32_t group_value = 0;     // group: of its id
        std::vector<device::Truth> by_set; // sets
        std::vector<Software::Overdue> overdue;
        std::vector<bool> empty;
        std::vector<bool> unassessed;     // sets: those that say nothing of findings
        std::vector<std::uint32_t> slots; // slots: those that may hold it, found by an index
        Memo memo;
    };
    // `surely`: what is not known is no; `unclear`: what is not known is yes, and all else is no.
    enum class OpKind {
        everything,
        nothing,
        untold, // of nobody it can be told
        leaf,
        negation,
        conjunction,
        disjunction,
        inherit,
        surely,
        unclear
    };
    struct Heir {
        std::uint32_t member = 0; // op that says who is a member
        device::Truth truth = device::Truth::unknown;
    };
    struct Op {
        OpKind kind = OpKind::everything;
        std::uint32_t left = 0, right = 0;
        std::vector<Heir> heirs; // inherit
    };
    // What was read of a leaf while the block was shared.
    struct Read {
        Slots slots;
        Roaring present, assumed;
        std::vector<std::pair<std::uint16_t, std::uint32_t>> cells; // to be finished outside
    };

    std::uint32_t compile(const device::Query& query, bool own_only, int depth);
    std::uint32_t term(const device::Term& term, bool own_only, int depth);
    std::uint32_t overdue(bool own_only, int depth);
    std::uint32_t of_sets(const device::Term& term);
    std::uint32_t cannot_tell();
    std::uint32_t outside(std::uint32_t op, const DecisionScopes& scopes, std::uint64_t bits);
    std::uint32_t scope_of(const std::vector<GroupId>& groups);
    std::uint32_t group(const GroupInfo& group, int depth);
    std::uint32_t groups_named(const device::Term& term, int depth);
    std::uint32_t leaf(Leaf leaf);
    std::uint32_t add(OpKind kind, std::uint32_t left = 0, std::uint32_t right = 0);

    void read(Leaf& leaf, const LiveFleet::Block& block, Read& into) REQUIRES_SHARED(block.mutex);
    void read_field(const Leaf& leaf, const LiveFleet::Block& block, Read& into) REQUIRES_SHARED(block.mutex);
    void read_sets(const Leaf& leaf, const LiveFleet::Block& block, Read& into) REQUIRES_SHARED(block.mutex);
    void read_overdue(const Leaf& leaf, const LiveFleet::Block& block, Read& into)
        REQUIRES_SHARED(block.mutex);
    void read_empty(const Leaf& leaf, const LiveFleet::Block& block, Read& into) REQUIRES_SHARED(block.mutex);
    void by_value(Leaf& leaf, const Inverted& index, Slots& into);
    device::Truth truth_of(Leaf& leaf, std::uint32_t value);
    void find_shared();
    Slots run(std::uint32_t op);
    Slots work_out(std::uint32_t op);

    const LiveFleet::Tenant& tenant_;
    const Software& software_;
    std::shared_ptr<const GroupList> groups_; // shared: the tenant may replace its list meanwhile
    std::vector<Leaf> leaves_;
    std::vector<Op> ops_;
    std::vector<Read> reads_;
    std::vector<bool> shared_;               // ops that several others ask for
    std::vector<std::optional<Slots>> kept_; // what those gave for the block at hand
    std::map<std::string, std::uint32_t> group_ops_;
    // The scopes of decisions, as ops; while they are compiled findings are asked for as found.
    std::map<std::pair<DecisionScopes, std::size_t>, std::uint32_t> scope_ops_;
    bool as_found_ = false;
    Roaring used_;
    std::uint32_t query_ = 0, scope_ = 0;
    Records records_ = Records::managed;
    bool managed_only_ = false;
    Roaring left_out_;
};

} // namespace oakum::fleet
