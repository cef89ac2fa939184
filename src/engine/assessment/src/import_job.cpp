// SPDX-License-Identifier: Apache-2.0
// The job "feed import".
#include "import.hpp"

#include <json/parse.hpp>
#include <json/writer.hpp>

#include <algorithm>

namespace oakum::assessment {

using device::TenantId;
using shard::Transaction;

namespace {

std::string import_payload(const std::string& incoming, const std::string& file, const std::string& kept) {
    std::string payload;
    json::Writer(payload)
        .begin_object()
        .member("incoming", incoming)
        .member("file", file)
        .member("kept", kept)
        .end_object();
    return payload;
}

} // namespace

// Read through once to count and refuse; kept; everything compiled anew; every set assessed. Each step may be
// done again after an interruption; the first two change nothing that a reader sees. Imports that wait
// together are read and kept first, and compiled once.
class Assessor::Import final : public shard::JobWork {
  public:
    // `kept`: as what it was about to be kept, when it was interrupted after it had been read.
    Import(Assessor& assessor, TenantId tenant, std::string incoming, std::string file_name, std::string kept)
        : assessor_(assessor), tenant_(tenant), incoming_(std::move(incoming)),
          file_name_(std::move(file_name)), kept_(std::move(kept)) {}

    base::Result<shard::Progress> step() override {
        switch (stage_) {
        case 0:
            return or_discarded(read());
        case 1:
            return or_discarded(keep());
        case 2:
            return compile();
        case 3:
            return assess();
        default:
            return end();
        }
    }

  private:
    // What ends before it is kept leaves nothing behind.
    base::Result<shard::Progress> or_discarded(base::Result<shard::Progress> progress) {
        if (progress.ok() && !progress->finished) return progress;
        const base::Status dropped = assessor_.files_.discard(incoming_);
        if (!dropped.ok()) assessor_.log_.write(base::LogLevel::warning, "feed", dropped.error().text());
        return progress;
    }

    base::Result<shard::Progress> read() {
        const feeds::Sink nowhere = [](feeds::Item&&) -> base::Status { return {}; };
        auto seen = read_feed(assessor_.files_, incoming_, file_name_, nowhere);
        if (!seen.ok() && seen.error().kind == base::ErrorKind::not_found && !kept_.empty()) {
            is_kept_ = true; // the interruption came after that
            seen = read_feed(assessor_.files_, kept_, file_name_, nowhere);
        }
        if (!seen.ok()) return std::move(seen).error().wrap("reading " + file_name_);
        const feeds::Tally& tally = seen->tally;
        const std::string first =
            tally.reasons.empty() ? "" : tally.reasons.front().where + ": " + tally.reasons.front().reason;
        if (!tally.whole)
            return base::corrupt(file_name_ + " is cut off or broken in the middle (" + first +
                                 "): nothing was changed, so that no half of it counts");
        if (tally.accepted == 0)
            return base::invalid(file_name_ + " has no record that could be read; the first of " +
                                 std::to_string(tally.rejected) +
                                 " refused: " + (first.empty() ? "none" : first));
        kept_ = kept_name(seen->kind, file_name_, tally.edition);
        row_.name = row_.raw_file = kept_;
        row_.newest = seen->newest;
        row_.accepted = tally.accepted;
        row_.rejected = tally.rejected;
        for (const advisory::Rejected& rejected : tally.reasons)
            row_.rejects.push_back(rejected.where + ": " + rejected.reason);
        digest_ = seen->digest;
        read_ = std::to_string(tally.accepted) + " records read";
        if (tally.rejected > 0)
            read_ += ", " + std::to_string(tally.rejected) + " refused (the first: " + first + ")";
        stage_ = 1;
        return shard::Progress{
            false, 1, 4, read_ + "; compiling", import_payload(incoming_, file_name_, kept_), true};
    }

    base::Result<shard::Progress> keep() {
        if (!is_kept_) {
            const auto held = assessor_.core_.control.find<ports::FeedRow>(tenant_, kept_);
            if (held && digest_ == digest_of(assessor_.files_, kept_)) {
                read_ =
                    "the same as what was imported on " + base::to_date(held->imported) + "; nothing changed";
                if (!assessor_.stale_) return shard::Progress{true, 4, 4, read_, {}, false};
                stage_ = 2; // what others keep still waits
                return shard::Progress{false, 2, 4, read_, {}, false};
            }
            // The row of one that was kept a moment ago may not be committed yet.
            base::TimePoint& newest = assessor_.newest_kept_[kept_];
            if (held) newest = std::max(newest, held->newest);
            if (row_.newest == base::TimePoint{} && newest != base::TimePoint{})
                return base::conflict(file_name_ + " does not say of when it is, and what is held does (" +
                                      kept_ + " of " + base::to_date(newest) +
                                      "): nothing was changed, so that no knowledge is lost");
            if (row_.newest < newest)
                return base::conflict(file_name_ + " is of " + base::to_date(row_.newest) +
                                      ", older than what is held (" + kept_ + " of " + base::to_date(newest) +
                                      "): nothing was changed, so that no knowledge is lost");
            TRY(assessor_.files_.keep(incoming_, kept_));
            newest = row_.newest;
        }
        assessor_.stale_ = true;
        assessor_.core_.writer.submit(
            shard::control_of(tenant_), shard::Priority::person,
            [row = row_](Transaction& transaction) mutable -> base::Status {
                row.imported = transaction.now();
                transaction.change("feed", row.name);
                transaction.put(std::move(row));
                return {};
            },
            [log = &assessor_.log_](base::Status status) {
                if (!status.ok())
                    log->write(base::LogLevel::error, "feed",
                               "the import could not be noted: " + status.error().text());
            });
        stage_ = 2;
        return shard::Progress{false, 2, 4, read_ + "; compiling", {}, false};
    }

    base::Result<shard::Progress> compile() {
        if (!assessor_.stale_) return end();
        TRY(assessor_.compile_kept());
        stage_ = 3;
        return shard::Progress{
            false,
            3,
            4,
            read_ + "; " + std::to_string(assessor_.knowledge()->file.size()) + " advisories; assessing the fleet",
            {},
            false};
    }

    base::Result<shard::Progress> assess() {
        for (const TenantId tenant : assessor_.core_.control.tenants())
            assessor_.reassess(tenant);
        shard::Progress progress = end();
        progress.finished = false;
        progress.wait = [this](std::function<void()> go_on) {
            assessor_.when_noted(tenant_, std::move(go_on));
        };
        stage_ = 4;
        return progress;
    }

    shard::Progress end() const {
        return {
            true, 4,
            4,    read_ + "; " + std::to_string(assessor_.knowledge()->file.size()) + " advisories at hand",
            {},   false};
    }

    Assessor& assessor_;
    const TenantId tenant_;
    const std::string incoming_, file_name_;
    std::string kept_, read_;
    bool is_kept_ = false;
    base::Digest256 digest_;
    ports::FeedRow row_;
    int stage_ = 0;
};

void Assessor::register_jobs() {
    jobs_.kind(
        "feed import",
        [this](TenantId tenant, const ports::JobRow& row) -> base::Result<std::unique_ptr<shard::JobWork>> {
            TRY_VALUE(const json::Value payload, json::parse(row.payload));
            TRY_VALUE(std::string incoming, payload.string_at("incoming"));
            TRY_VALUE(std::string file, payload.string_at("file"));
            TRY_VALUE(const auto kept, payload.optional_string_at("kept"));
            return std::unique_ptr<shard::JobWork>(std::make_unique<Import>(
                *this, tenant, std::move(incoming), std::move(file), kept.value_or("")));
        });
}

void Assessor::import_feed(access::Actor actor, std::string incoming, std::string file_name,
                           shard::Completion<std::string> done) {
    if (base::Status allowed = fleet::may_do(actor, access::Action::feed_import); !allowed.ok())
        return done(std::move(allowed).error());
    jobs_.enqueue(fleet::tenant_of(actor), "feed import", "reading " + file_name,
                  import_payload(incoming, file_name, ""),
                  {actor.text(), "feed.import", "feed " + file_name, "", "", ""}, std::move(done));
}

} // namespace oakum::assessment
