// SPDX-License-Identifier: Apache-2.0
#include "sync_job.hpp"

#include <json/parse.hpp>
#include <json/writer.hpp>
#include <source/timing.hpp>

#include <algorithm>

namespace oakum::feed_sync {

using assessment::Arrivals;
using assessment::Force;
using assessment::Imported;
using device::TenantId;
using shard::Progress;

namespace {

constexpr base::Duration kTellEvery = std::chrono::seconds(1);

} // namespace

struct Sync::Work::Run {
    std::atomic<bool> stopped{false};
    base::Mutex mutex;
    bool ended GUARDED_BY(mutex) = false;
    Walked walked GUARDED_BY(mutex);
    std::string what GUARDED_BY(mutex);
    std::uint64_t done GUARDED_BY(mutex) = 0, total GUARDED_BY(mutex) = 0;
    std::function<void()> go_on GUARDED_BY(mutex);
    base::Duration told_at GUARDED_BY(mutex){};

    void wake() {
        std::function<void()> then;
        {
            base::Lock lock(mutex);
            then.swap(go_on);
        }
        if (then) then();
    }
};

std::string Sync::Work::payload_of(const std::string& source, Force force) {
    std::string text;
    json::Writer(text)
        .begin_object()
        .member("source", source)
        .member("force", force == Force::yes)
        .end_object();
    return text;
}

// What was fetched and is to be noted once it is imported: so that it need not be fetched again after a
// restart.
std::string Sync::Work::payload() const {
    SourceState fetched;
    for (const Fetched& part : walked_.parts)
        if (part.failed.empty()) fetched.parts[part.part] = part.state;
    std::string failed;
    json::Writer list(failed);
    list.begin_object();
    for (const Fetched& part : walked_.parts)
        if (!part.failed.empty()) list.member(part.part, part.failed);
    list.end_object();
    std::string text;
    json::Writer(text)
        .begin_object()
        .member("source", name_)
        .member("force", force_ == Force::yes)
        .member("import", import_payload_)
        .member("fetched", to_document(fetched))
        .key("failed")
        .raw(failed)
        .end_object();
    return text;
}

base::Result<std::unique_ptr<shard::JobWork>> Sync::Work::make(Sync& sync, TenantId tenant,
                                                               const std::string& payload) {
    TRY_VALUE(const json::Value value, json::parse(payload));
    auto work = std::unique_ptr<Work>(new Work(sync, tenant));
    TRY_VALUE(work->name_, value.string_at("source"));
    TRY_VALUE(const bool force, value.bool_at("force"));
    work->force_ = force ? Force::yes : Force::no;
    TRY_VALUE(const auto import, value.optional_string_at("import", std::size_t{1} << 20));
    if (import) {
        TRY_VALUE(const std::string document, value.string_at("fetched", std::size_t{1} << 20));
        TRY_VALUE(const SourceState fetched, state_of(document));
        for (const auto& [name, state] : fetched.parts) {
            Fetched part;
            part.part = name;
            part.state = state;
            work->walked_.parts.push_back(std::move(part));
        }
        TRY_VALUE(const json::Value failed, value.object_at("failed"));
        for (const json::Value& each : failed.items()) {
            Fetched part;
            part.part = std::string(each.key());
            TRY_VALUE(part.failed, each.as_string());
            work->walked_.parts.push_back(std::move(part));
        }
        work->import_payload_ = *import;
        TRY_VALUE(work->import_, sync.assessor_.import_work(tenant, *import));
        work->stage_ = 3;
    }
    return std::unique_ptr<shard::JobWork>(std::move(work));
}

Sync::Work::~Work() {
    if (run_) run_->stopped = true;
}

base::Result<Progress> Sync::Work::step() {
    switch (stage_) {
    case 0:
        return begin();
    case 1:
        return watch();
    case 2:
        return import_what_is_new();
    case 3:
        return go_on_importing();
    default:
        return end();
    }
}

base::Result<Progress> Sync::Work::begin() {
    auto known = sync_.sources_.opened(tenant_, name_);
    if (!known.ok()) {
        if (known.error().kind != base::ErrorKind::not_found)
            note("its key cannot be opened, set it again: " + known.error().message, true);
        return std::move(known).error();
    }
    run_ = std::make_shared<Run>();
    sync_.tools_.fetches.post([this_sync = &sync_, run = run_, known = *std::move(known)] {
        const SyncTools& with = this_sync->tools_;
        const auto stopped = [this_sync, run] { return run->stopped.load() || this_sync->stopped_.load(); };
        const auto tell = [this_sync, run](const std::string& what, std::uint64_t done, std::uint64_t total) {
            const base::Duration now = this_sync->core_.clock.steady();
            {
                base::Lock lock(run->mutex);
                run->what = what;
                run->done = done;
                run->total = total;
                if (now - run->told_at < kTellEvery) return;
                run->told_at = now;
            }
            run->wake();
        };
        Tools tools{with.fetcher,
                    with.files,
                    this_sync->core_.clock,
                    with.random,
                    [&](base::Duration time) { with.pause(time, stopped); },
                    stopped,
                    tell};
        Walked walked;
        if (!stopped()) walked = walk(tools, known.source, known.state);
        {
            base::Lock lock(run->mutex);
            run->walked = std::move(walked);
            run->ended = true;
        }
        run->wake();
    });
    stage_ = 1;
    return watch();
}

base::Result<Progress> Sync::Work::watch() {
    Progress progress;
    {
        base::Lock lock(run_->mutex);
        if (run_->ended) {
            walked_ = std::move(run_->walked);
            stage_ = 2;
        }
        progress.done = run_->done;
        progress.total = run_->total;
        progress.detail = "fetching " + (run_->what.empty() ? name_ : run_->what);
    }
    // Between two waits what was told is stored.
    waited_ = !waited_;
    if (stage_ == 2 || !waited_) return progress;
    progress.wait = [run = run_](std::function<void()> go_on) {
        {
            base::Lock lock(run->mutex);
            if (!run->ended) {
                run->go_on = std::move(go_on);
                return;
            }
        }
        go_on();
    };
    return progress;
}

base::Result<Progress> Sync::Work::import_what_is_new() {
    Arrivals arrivals;
    arrivals.force = force_;
    std::vector<std::string> confirmed;
    for (const Fetched& part : walked_.parts) {
        if (part.same) confirmed.push_back(part.state.kept);
        if (part.incoming.empty()) continue;
        const auto known = sync_.sources_.opened(tenant_, name_);
        arrivals.feeds.push_back({part.incoming, part.file_name, part.part,
                                  known.ok() ? known->source.kind : "", part.records_before});
    }
    if (!confirmed.empty()) sync_.assessor_.confirm(tenant_, confirmed);
    if (arrivals.feeds.empty()) {
        stage_ = 4;
        return Progress{false, 1, 1, told(), {}, false};
    }
    import_payload_ = assessment::import_payload(arrivals);
    TRY_VALUE(import_, sync_.assessor_.import_work(tenant_, import_payload_));
    stage_ = 3;
    return Progress{false, 0, 4, "importing " + name_, payload(), true};
}

base::Result<Progress> Sync::Work::go_on_importing() {
    auto progress = import_->step();
    if (!progress.ok()) {
        import_ended_ = progress.error().text();
        import_failed_ = true;
        stage_ = 4;
        return Progress{false, 4, 4, import_ended_, {}, false};
    }
    if (!progress->payload.empty()) {
        import_payload_ = progress->payload;
        progress->payload = payload();
    }
    if (progress->finished) {
        import_ended_ = progress->detail;
        progress->finished = false;
        progress->payload.clear();
        progress->checkpoint = false;
        stage_ = 4;
    }
    return progress;
}

std::string Sync::Work::told() const {
    const auto same = std::ranges::count_if(walked_.parts, [](const Fetched& part) { return part.same; });
    if (import_) return import_ended_;
    return same > 0 ? "nothing changed since the last sync" : "";
}

base::Result<Progress> Sync::Work::end() {
    std::map<std::string, std::string> errors; // by part
    bool refused = false;
    for (const Fetched& part : walked_.parts)
        if (!part.failed.empty()) errors[part.part] = part.failed;
    if (import_) {
        for (const Imported& imported : import_->imported()) {
            const auto part = std::ranges::find(walked_.parts, imported.part, &Fetched::part);
            if (part == walked_.parts.end()) continue;
            if (!imported.refused.empty()) {
                errors[imported.part] = imported.refused;
                refused = true;
            } else if (!imported.kept.empty()) {
                part->state.kept = imported.kept;
                if (part->whole) part->state.whole_records = imported.accepted;
            }
        }
    }
    // Neither refused nor kept: the disk is full, say.
    if (import_failed_ && !refused) {
        errors[name_] = import_ended_;
        for (Fetched& part : walked_.parts)
            if (!part.same) part.state.kept.clear();
    }
    std::string error;
    for (const auto& [part, why] : errors)
        error += (error.empty() ? "" : "; ") + (part == name_ ? "" : part + ": ") + why;
    if (walked_.parts.empty()) error = "the sync was stopped before it had fetched anything";
    note(error, refused);
    if (!error.empty()) {
        if (refused) return base::conflict(error);
        return base::unavailable(told().empty() ? error : error + "; of the rest: " + told());
    }
    return Progress{true, 4, 4, told(), {}, false};
}

void Sync::Work::note(const std::string& error, bool refused) {
    std::map<std::string, PartState> held;
    for (const Fetched& part : walked_.parts)
        if (part.failed.empty() && !part.state.kept.empty()) held[part.part] = part.state;
    std::array<std::uint8_t, 4> bytes{};
    sync_.tools_.random.fill(bytes);
    std::uint32_t random = 0;
    for (const std::uint8_t byte : bytes)
        random = random << 8 | byte;
    sync_.core_.writer.submit(
        shard::control_of(tenant_), shard::Priority::person,
        [name = name_, held = std::move(held), error, refused, random,
         asked = walked_.retry_after](shard::Transaction& transaction) -> base::Status {
            const std::string document = std::string(kStatePrefix) + name;
            SourceState state = state_of(transaction.document(document)).value_or(SourceState{});
            const std::string body = transaction.document(std::string(kSourcePrefix) + name);
            const source::Source* offered = source::find_offered(name);
            if (body.empty() && offered == nullptr) return {}; // removed meanwhile
            const auto source = source_of(name, body);
            const auto every = source.ok()          ? source->every
                               : offered != nullptr ? offered->every
                                                    : std::chrono::hours(24);
            const base::TimePoint now = transaction.now();
            for (const auto& [part, one] : held)
                state.parts[part] = one;
            state.tried = now;
            state.error = error;
            state.refused = refused;
            if (error.empty()) {
                state.synced = now;
                state.failing.reset();
                state.failures = 0;
                state.next = source::next_after_success(now, every, random);
            } else {
                if (!state.failing) state.failing = now;
                ++state.failures;
                state.next = source::next_after_failure(now, every, state.failures, asked, random);
            }
            transaction.put(ports::DocumentRow{document, to_document(state)});
            transaction.change("source", name);
            return {};
        },
        [log = &sync_.log_, name = name_](base::Status status) {
            if (!status.ok())
                log->write(base::LogLevel::error, "source",
                           "what became of the sync of " + name +
                               " could not be noted: " + status.error().text());
        });
}

} // namespace oakum::feed_sync
