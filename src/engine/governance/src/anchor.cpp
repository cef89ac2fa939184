// SPDX-License-Identifier: Apache-2.0
#include <governance/anchor.hpp>

#include <json/parse.hpp>
#include <json/writer.hpp>

#include <span>
#include <string>

namespace oakum::governance {

shard::AuditEntry entry_of(const ports::AuditRow& last_to_go, std::uint64_t records, std::string why) {
    shard::AuditEntry entry;
    entry.actor = "oakumd";
    entry.action = kAnchorAction;
    entry.resource = "audit 1 to " + std::to_string(last_to_go.number);
    json::Writer writer(entry.after);
    writer.begin_object()
        .member("through", last_to_go.number)
        .member("hash", last_to_go.hash.hex())
        .member("until", base::to_iso8601(last_to_go.at))
        .member("records", records)
        .end_object();
    entry.why = std::move(why);
    return entry;
}

std::optional<Anchor> anchor_of(const ports::AuditRow& row) {
    if (row.action != kAnchorAction || row.actor != "oakumd") return std::nullopt;
    const auto body = json::parse(row.after);
    if (!body.ok()) return std::nullopt;
    const auto through = body->uint_at("through");
    const auto text = body->string_at("hash", 64);
    if (!through.ok() || !text.ok() || *through >= row.number) return std::nullopt;
    const auto hash = base::Digest256::parse(*text);
    if (!hash.ok()) return std::nullopt;
    return Anchor{*through, *hash};
}

base::Status ChainCheck::take(const ports::AuditRow& row) {
    std::optional<ports::AuditRow> before = last_;
    if (!before && row.number > 1) {
        before.emplace(); // what is said of it is held to an anchor in the end
        before->number = row.number - 1;
        before->hash = row.previous;
    }
    TRY(shard::verify_audit(before, std::span(&row, 1)));
    if (first_ == 0) {
        first_ = row.number;
        before_first_ = row.previous;
    }
    ++records_;
    if (anchor_of(row)) anchor_ = row;
    last_ = row;
    return {};
}

std::optional<std::uint64_t> ChainCheck::wanted() const {
    if (!anchor_) return std::nullopt;
    const Anchor anchor = *anchor_of(*anchor_);
    return anchor.through >= first_ ? std::optional(anchor.through) : std::nullopt;
}

base::Status ChainCheck::finish(const std::optional<ports::AuditRow>& looked_up) const {
    if (!anchor_) {
        if (missing() == 0) return {};
        return base::corrupt("the records before " + std::to_string(first_) +
                             " are missing, and none stands for them");
    }
    const Anchor anchor = *anchor_of(*anchor_);
    if (anchor.through < missing())
        return base::corrupt("records up to " + std::to_string(missing()) + " are missing, and record " +
                             std::to_string(anchor_->number) + " stands for those up to " +
                             std::to_string(anchor.through) + " only");
    const bool whole = anchor.through == missing();
    if (!whole && (!looked_up || looked_up->number != anchor.through))
        return base::corrupt("record " + std::to_string(anchor.through) + " could not be read");
    if ((whole ? before_first_ : looked_up->hash) != anchor.hash)
        return base::corrupt("what was removed ends with another record than record " +
                             std::to_string(anchor_->number) + " says");
    return {};
}

} // namespace oakum::governance
