// SPDX-License-Identifier: Apache-2.0
#include <governance/audit_log.hpp>

#include "rows.hpp"

#include <governance/anchor.hpp>

#include <shard/audit.hpp>

#include <algorithm>

namespace oakum::governance {

void AuditLog::list(const access::Actor& actor, std::uint64_t after, std::size_t limit,
                    shard::Completion<std::vector<ports::AuditRow>> done) {
    if (auto allowed = access::may(actor, access::Action::audit_read).status(); !allowed.ok())
        return done(std::move(allowed).error());
    background_.post([this, tenant = tenant_of(actor), after, limit, done = std::move(done)] {
        done(history_.audit(tenant, after, limit));
    });
}

namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return result;
}

std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> words;
    for (std::size_t at = 0; (at = text.find_first_not_of(' ', at)) != std::string::npos;) {
        const std::size_t end = std::min(text.find(' ', at), text.size());
        words.push_back(lower(std::string_view(text).substr(at, end - at)));
        at = end;
    }
    return words;
}

bool holds(const ports::AuditRow& row, const std::vector<std::string>& words) {
    if (words.empty()) return true;
    const std::string all = lower(row.actor + "\n" + row.action + "\n" + row.resource + "\n" + row.why +
                                  "\n" + row.before + "\n" + row.after);
    return std::ranges::all_of(words,
                               [&](const std::string& word) { return all.find(word) != std::string::npos; });
}

} // namespace

void AuditLog::search(const access::Actor& actor, AuditSearch wanted, shard::Completion<AuditFound> done) {
    if (auto allowed = access::may(actor, access::Action::audit_read).status(); !allowed.ok())
        return done(std::move(allowed).error());
    background_.post([this, tenant = tenant_of(actor), wanted = std::move(wanted), done = std::move(done)] {
        constexpr std::uint64_t kPiece = 1000, kMost = 100'000;
        const std::vector<std::string> words = words_of(wanted.text);
        const auto newest = control_.find<ports::AuditRow>(tenant, shard::NewestAudit{});
        AuditFound found;
        std::uint64_t below = newest ? newest->number + 1 : 1;
        if (wanted.before) below = std::min(below, *wanted.before);
        const std::uint64_t stop = below > kMost ? below - kMost : 1;
        while (below > stop && found.rows.size() < wanted.limit) {
            const std::uint64_t from = below > stop + kPiece ? below - kPiece : stop;
            auto piece = history_.audit(tenant, from - 1, below - from);
            if (!piece.ok()) return done(std::move(piece).error());
            // Where old records were removed, what is read stands behind, and was looked at.
            const bool at_beginning = from > 1 && (piece->empty() || piece->front().number > from);
            const std::uint64_t end = std::exchange(below, at_beginning ? 1 : from);
            for (auto row = piece->rbegin(); row != piece->rend(); ++row) {
                if (row->number >= end || !holds(*row, words)) continue;
                found.rows.push_back(std::move(*row));
                if (found.rows.size() < wanted.limit) continue;
                below = found.rows.back().number;
                break;
            }
        }
        if (below > 1) found.next = below;
        done(std::move(found));
    });
}

void AuditLog::last_change(device::TenantId tenant, std::string resource,
                           shard::Completion<std::optional<ports::AuditRow>> done) {
    background_.post([this, tenant, resource = std::move(resource), done = std::move(done)] {
        constexpr std::uint64_t kPiece = 500, kMost = 10'000;
        const auto newest = control_.find<ports::AuditRow>(tenant, shard::NewestAudit{});
        std::uint64_t below = newest ? newest->number + 1 : 1;
        const std::uint64_t stop = below > kMost ? below - kMost : 1;
        while (below > stop) {
            const std::uint64_t from = below > stop + kPiece ? below - kPiece : stop;
            auto piece = history_.audit(tenant, from - 1, below - from);
            if (!piece.ok()) return done(std::move(piece).error());
            for (auto row = piece->rbegin(); row != piece->rend(); ++row)
                if (row->number < below && row->resource == resource && !row->action.starts_with("session."))
                    return done(std::optional(std::move(*row)));
            below = from;
        }
        done(std::optional<ports::AuditRow>());
    });
}

namespace {

std::string told(const ChainCheck& check) {
    const std::string records = std::to_string(check.records());
    if (check.records() == 0) return "The log is empty.";
    const std::string end =
        " Note the head elsewhere: a log that was cut short verifies too, and ends with another "
        "head.";
    if (check.missing() == 0) return "All " + records + " records follow from one another." + end;
    return "All " + records + " records from number " + std::to_string(check.missing() + 1) +
           " on follow from one another. Those before were removed when their time was over; record " +
           std::to_string(check.anchor()->number) + " says so, and with which hash they ended." + end;
}

} // namespace

base::Result<AuditVerification> AuditLog::verified(device::TenantId tenant) const {
    constexpr std::size_t kPiece = 1000;
    // Taken first: records that come later are read, and may be newer than it.
    const auto newest = control_.find<ports::AuditRow>(tenant, shard::NewestAudit{});
    AuditVerification result;
    ChainCheck check;
    std::optional<ports::AuditRow> at_newest, at_anchor;
    for (;;) {
        TRY_VALUE(const auto piece, history_.audit(tenant, check.last() ? check.last()->number : 0, kPiece));
        if (piece.empty()) break;
        for (const ports::AuditRow& row : piece) {
            if (!check.take(row).ok()) {
                result.first_bad = check.last() ? check.last()->number + 1 : row.number;
                result.records = check.records();
                result.sentence =
                    "Record " + std::to_string(*result.first_bad) +
                    " does not follow from the one before: the log was changed there or after it.";
                return result;
            }
            if (newest && row.number == newest->number) at_newest = row;
        }
    }
    result.records = check.records();
    result.removed = check.missing();
    if (check.last()) result.head = check.last()->hash;
    if (const auto wanted = check.wanted()) {
        TRY_VALUE(const auto rows, history_.audit(tenant, *wanted - 1, 1));
        if (!rows.empty()) at_anchor = rows.front();
    }
    if (const base::Status begins = check.finish(at_anchor); !begins.ok()) {
        result.first_bad = 1;
        result.sentence = "The log's beginning was cut off: " + begins.error().message + ".";
        return result;
    }
    if (newest && (!at_newest || at_newest->hash != newest->hash)) {
        result.first_bad = check.last() ? check.last()->number + 1 : 1;
        result.sentence = "The stored log ends before record " + std::to_string(newest->number) +
                          ", which this server wrote: its end was cut off or replaced.";
        return result;
    }
    result.ok = true;
    result.sentence = told(check);
    return result;
}

void AuditLog::verify(const access::Actor& actor, shard::Completion<AuditVerification> done) {
    if (auto allowed = access::may(actor, access::Action::audit_read).status(); !allowed.ok())
        return done(std::move(allowed).error());
    background_.post([this, tenant = tenant_of(actor), done = std::move(done)] { done(verified(tenant)); });
}

} // namespace oakum::governance
