// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ports/rows.hpp>
#include <shard/audit.hpp>

#include <optional>

// When old audit records are removed, a record further on in the same chain stands for them: up to which one,
// and that one's hash. So the log verifies from the first record that is held, and nothing can be taken from
// its beginning without an anchor that is itself chained.
namespace oakum::governance {

inline constexpr std::string_view kAnchorAction = "audit.forget";

struct Anchor {
    std::uint64_t through = 0; // the last record that goes
    base::Digest256 hash;      // its hash
    bool operator==(const Anchor&) const = default;
};
shard::AuditEntry entry_of(const ports::AuditRow& last_to_go, std::uint64_t records, std::string why);
// Nothing: it is another record, or one of that name that says no such thing.
std::optional<Anchor> anchor_of(const ports::AuditRow& row);

// Goes over the held part of a log, record by record.
class ChainCheck {
  public:
    // Errors: corrupt, naming the first bad number.
    base::Status take(const ports::AuditRow& row);
    // The record whose hash the newest anchor names, while it is still held (its removal is under way): to be
    // looked up for `finish`.
    std::optional<std::uint64_t> wanted() const;
    // Errors: corrupt: what is missing at the beginning is stood for by nothing, or the anchor names another
    // record.
    base::Status finish(const std::optional<ports::AuditRow>& looked_up) const;

    std::uint64_t records() const { return records_; }
    std::uint64_t missing() const { return first_ == 0 ? 0 : first_ - 1; } // from its beginning
    const std::optional<ports::AuditRow>& last() const { return last_; }
    const std::optional<ports::AuditRow>& anchor() const { return anchor_; } // the newest one

  private:
    std::uint64_t records_ = 0, first_ = 0; // number of the first one; 0: none yet
    base::Digest256 before_first_;
    std::optional<ports::AuditRow> last_, anchor_;
};

} // namespace oakum::governance
