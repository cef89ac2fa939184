// SPDX-License-Identifier: Apache-2.0
// Waves that have not opened are changed while the others go on.
#include "decisions.hpp"

#include <rollout/edit.hpp>
#include <rollouts/rollouts.hpp>

#include <algorithm>

namespace oakum::rollouts {

using device::TenantId;
using ports::ReleaseRow;
using ports::RolloutId;
using ports::RolloutRow;
using shard::Held;
using shard::Transaction;

namespace {

// Who changed the plan since somebody else approved it, one a line; empty: nobody did.
std::string editors_document(RolloutId id) {
    return "rollout-editors/" + id.text();
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t end = std::min(text.find('\n', from), text.size());
        lines.push_back(text.substr(from, end - from));
        from = end + 1;
    }
    return lines;
}

base::Status may_be_edited(const RolloutRow& row) {
    switch (row.state) {
    case rollout::State::draft:
    case rollout::State::awaiting_approval:
    case rollout::State::running:
    case rollout::State::paused:
    case rollout::State::halted:
        return {};
    case rollout::State::scheduled:
        return base::conflict(
            "it was approved as it is, and has not started; start it and change what has not "
            "opened then, or abort it and make another");
    case rollout::State::settled:
    case rollout::State::finished:
    case rollout::State::rolling_back:
    case rollout::State::rolled_back:
    case rollout::State::aborted:
        break;
    }
    return base::conflict("a rollout that is " + std::string(rollout::to_string(row.state)) +
                          " has no wave left to change");
}

base::Status is_content(const RolloutRow& row, const base::Digest256& seen) {
    if (rollout::content_of(row.plan) == seen) return {};
    return base::conflict(
               "somebody else changed the plan since it was looked at, and nothing of this was taken "
               "over; look at it again")
        .at("/content");
}

} // namespace

std::vector<std::string> Rollouts::unapproved(TenantId tenant, RolloutId id) const {
    if (approval_ != Approval::required) return {};
    return lines_of(core_.control.document(tenant, editors_document(id)));
}

base::Status Rollouts::may_open(const Transaction& transaction, RolloutId id) const {
    if (approval_ != Approval::required) return {};
    const auto editors = lines_of(transaction.document(editors_document(id)));
    if (editors.empty()) return {};
    return base::conflict("its waves were changed by " + editors.back() +
                          ", and no other opens before somebody else has approved that");
}

base::Status Rollouts::may_approve(const access::Actor& actor, const RolloutRow& row,
                                   const std::vector<std::string>& editors) const {
    const auto rule =
        approval_ == Approval::required ? access::SecondPerson::required : access::SecondPerson::not_required;
    TRY(access::may_approve(actor, row.created_by, rule).status());
    for (const std::string& editor : editors)
        TRY(access::may_approve(actor, editor, rule).status());
    return {};
}

void Rollouts::forget_editors(Transaction& transaction, RolloutId id) {
    if (!transaction.document(editors_document(id)).empty())
        transaction.put(ports::DocumentRow{editors_document(id), ""});
}

void Rollouts::edit(access::Actor actor, RolloutId id, std::vector<rollout::Wave> waves, base::Digest256 seen,
                    std::string why, std::function<void(base::Status)> done) {
    for (const access::Action action : {access::Action::rollout_create, access::Action::rollout_operate})
        if (base::Status allowed = fleet::may_do(actor, action); !allowed.ok())
            return done(std::move(allowed));
    core_.writer.submit(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [this, actor, id, waves = std::move(waves), seen,
         why = std::move(why)](Transaction& transaction) -> base::Status {
            const Held<RolloutRow> stored = transaction.find<RolloutRow>(id);
            if (!stored) return base::not_found("there is no such rollout");
            RolloutRow row = *stored;
            TRY(may_be_edited(row));
            TRY(is_content(row, seen));
            const std::vector<rollout::Wave> before = row.plan.waves;
            TRY_VALUE(
                row.plan,
                rollout::edited(row.plan, row.started ? std::optional(row.open_wave) : std::nullopt, waves));
            const std::string changes = rollout::changes_in_words(before, row.plan.waves);
            const std::string content = rollout::content_of(row.plan).hex();
            transaction.put(row);
            std::string editors = transaction.document(editors_document(id));
            const auto known = lines_of(editors);
            if (approval_ == Approval::required && std::ranges::find(known, actor.text()) == known.end())
                transaction.put(ports::DocumentRow{editors_document(id),
                                                   editors + (editors.empty() ? "" : "\n") + actor.text()});
            transaction.put(ports::RolloutDecisionRow{id, transaction.now(), "changed",
                                                      actor.text() + ": " + changes + ". " +
                                                          (why.empty() ? "no reason given" : why)});
            transaction.change("rollout", id.text(),
                               R"({"state":")" + std::string(rollout::to_string(row.state)) +
                                   R"(","open_wave":)" + std::to_string(row.open_wave) + "}");
            transaction.audit({actor.text(), "rollout.change", "rollout " + id.text(),
                               R"({"content":")" + seen.hex() + "\"}", R"({"content":")" + content + "\"}",
                               changes + (why.empty() ? "" : ". " + why)});
            return {};
        },
        std::move(done));
}

void Rollouts::approve_changes(access::Actor actor, RolloutId id, std::optional<base::Digest256> seen,
                               std::string why, std::function<void(base::Status)> done) {
    core_.writer.submit(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [this, actor, id, seen, why = std::move(why)](Transaction& transaction) -> base::Status {
            const Held<RolloutRow> stored = transaction.find<RolloutRow>(id);
            if (!stored) return base::not_found("there is no such rollout");
            const auto editors = lines_of(transaction.document(editors_document(id)));
            if (editors.empty()) return base::conflict("nothing of it waits for an approval");
            TRY(may_approve(actor, *stored, editors));
            if (seen) TRY(is_content(*stored, *seen));
            RolloutRow row = *stored;
            row.approved_by = actor.text();
            transaction.put(row);
            forget_editors(transaction, id);
            transaction.put(ports::RolloutDecisionRow{id, transaction.now(), "approved",
                                                      actor.text() + ": the changed waves. " +
                                                          (why.empty() ? "no reason given" : why)});
            transaction.change("rollout", id.text(),
                               R"({"state":")" + std::string(rollout::to_string(row.state)) +
                                   R"(","open_wave":)" + std::to_string(row.open_wave) + "}");
            transaction.audit({actor.text(), "rollout.approved", "rollout " + id.text(), "",
                               R"({"content":")" + rollout::content_of(row.plan).hex() + "\"}", why});
            return {};
        },
        std::move(done));
}

} // namespace oakum::rollouts
