// SPDX-License-Identifier: Apache-2.0
#include <governance/audit_log.hpp>

#include "rows.hpp"

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
            below = from;
            for (auto row = piece->rbegin(); row != piece->rend(); ++row) {
                if (!holds(*row, words)) continue;
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
                if (row->resource == resource && !row->action.starts_with("session."))
                    return done(std::optional(std::move(*row)));
            below = from;
        }
        done(std::optional<ports::AuditRow>());
    });
}

void AuditLog::verify(const access::Actor& actor, shard::Completion<AuditVerification> done) {
    if (auto allowed = access::may(actor, access::Action::audit_read).status(); !allowed.ok())
        return done(std::move(allowed).error());
    background_.post([this, tenant = tenant_of(actor), done = std::move(done)] {
        constexpr std::size_t kPiece = 1000;
        // Taken first: records that come later are read, and may be newer than it.
        const auto newest = control_.find<ports::AuditRow>(tenant, shard::NewestAudit{});
        AuditVerification result;
        std::optional<ports::AuditRow> last, at_newest;
        for (;;) {
            auto piece = history_.audit(tenant, last ? last->number : 0, kPiece);
            if (!piece.ok()) return done(std::move(piece).error());
            if (piece->empty()) break;
            for (ports::AuditRow& row : *piece) {
                if (!shard::verify_audit(last, std::span(&row, 1)).ok()) {
                    result.first_bad = last ? last->number + 1 : 1;
                    result.sentence =
                        "Record " + std::to_string(*result.first_bad) +
                        " does not follow from the one before: the log was changed there or after it.";
                    return done(std::move(result));
                }
                ++result.records;
                if (newest && row.number == newest->number) at_newest = row;
                last = std::move(row);
            }
        }
        if (last) result.head = last->hash;
        if (newest && (!at_newest || at_newest->hash != newest->hash)) {
            result.first_bad = last ? last->number + 1 : 1;
            result.sentence = "The stored log ends before record " + std::to_string(newest->number) +
                              ", which this server wrote: its end was cut off or replaced.";
            return done(std::move(result));
        }
        result.ok = true;
        result.sentence = result.records == 0
                              ? "The log is empty."
                              : "All " + std::to_string(result.records) +
                                    " records follow from one another. Note the head elsewhere: a log that "
                                    "was cut short verifies too, and ends with another head.";
        done(std::move(result));
    });
}

} // namespace oakum::governance
