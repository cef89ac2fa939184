// SPDX-License-Identifier: Apache-2.0
#include "sync_job.hpp"

#include <json/parse.hpp>
#include <json/writer.hpp>

#include <algorithm>
#include <array>

namespace oakum::connectors {

using device::TenantId;
using shard::Progress;

namespace {

constexpr std::uint64_t kMostAppEntries = 1'000'000; // of devices' apps, held until all are known

} // namespace

std::string Sync::Work::payload_of(const std::string& connector, connector::Trust trust) {
    std::string text;
    json::Writer(text)
        .begin_object()
        .member("connector", connector)
        .member("force", trust == connector::Trust::forced)
        .end_object();
    return text;
}

// Where it is, so that a restart goes on there.
std::string Sync::Work::payload() const {
    std::string text;
    json::Writer(text)
        .begin_object()
        .member("connector", name_)
        .member("force", trust_ == connector::Trust::forced)
        .member("cursor", cursor_)
        .member("pages", pages_)
        .member("devices", devices_)
        .end_object();
    return text;
}

base::Result<std::unique_ptr<shard::JobWork>> Sync::Work::make(Sync& sync, TenantId tenant,
                                                               const std::string& payload) {
    TRY_VALUE(const json::Value value, json::parse(payload));
    auto work = std::unique_ptr<Work>(new Work(sync, tenant));
    TRY_VALUE(work->name_, value.string_at("connector"));
    TRY_VALUE(const bool force, value.bool_at("force"));
    work->trust_ = force ? connector::Trust::forced : connector::Trust::normal;
    TRY_VALUE(const auto cursor, value.optional_string_at("cursor"));
    if (cursor && !cursor->empty()) {
        work->cursor_ = *cursor;
        work->whole_ = false;
        work->resumed_ = true;
        TRY_VALUE(work->pages_, value.uint_at("pages"));
        TRY_VALUE(work->devices_, value.uint_at("devices"));
    }
    return std::unique_ptr<shard::JobWork>(std::move(work));
}

Sync::Work::~Work() {
    if (run_) run_->stopped = true;
}

base::Result<Progress> Sync::Work::step() {
    switch (stage_) {
    case Stage::begin:
        return begin();
    case Stage::devices:
        return fetch_devices();
    case Stage::take:
        return take_devices();
    case Stage::apps:
        return fetch_apps();
    case Stage::take_apps:
        return take_apps();
    case Stage::sweep:
        return sweep();
    case Stage::steer:
        return steer();
    case Stage::list_tasks:
        return list_tasks();
    case Stage::plan:
        return plan_task();
    case Stage::begin_task:
        return begin_task();
    case Stage::send:
        return send();
    case Stage::end_task:
        return end_task();
    case Stage::end:
        break;
    }
    return end();
}

Progress Sync::Work::telling(std::string detail) const {
    return Progress{false, devices_, 0, std::move(detail), {}, false};
}

Progress Sync::Work::waiting(std::string detail) {
    Progress progress = telling(std::move(detail));
    progress.wait = [run = run_](std::function<void()> go_on) {
        {
            base::Lock lock(run->mutex);
            if (run->busy) {
                run->go_on = std::move(go_on);
                return;
            }
        }
        go_on();
    };
    return progress;
}

base::Result<Progress> Sync::Work::fail(const base::Error& error) {
    ending_.error = error.message;
    // Nothing that time mends.
    ending_.refused = error.kind != base::ErrorKind::unavailable;
    if (run_ && run_->system) ending_.retry_after = run_->system->retry_after();
    stage_ = Stage::end;
    return telling("ending");
}

base::Result<Progress> Sync::Work::begin() {
    auto known = sync_.connectors_.opened(tenant_, name_);
    if (!known.ok()) {
        if (known.error().kind == base::ErrorKind::not_found) return std::move(known).error();
        return fail(base::invalid("its secret cannot be opened, set it again: " + known.error().message));
    }
    const connector::Connector& its = known->connector;
    const connector::About& about = connector::about(its.kind);
    title_ = std::string(about.title) + " (" + name_ + ")";
    with_apps_ = its.apps;
    steers_ = its.steers && its.enabled;
    fleet::Uptake::Origin origin{name_, title_, std::string(about.id_key), std::string(about.protocol), {}};
    for (const Recorded& other : recorded(sync_.core_.control, tenant_))
        if (other.connector.name != name_) origin.others.insert(other.connector.name);
    uptake_ = std::make_unique<fleet::Uptake>(sync_.core_, tenant_, std::move(origin));
    run_ = std::make_shared<Run>();
    auto system = sync_.tools_.open(its, sync_.world([run = run_.get(), sync = &sync_] {
        return run->stopped.load() || sync->stopped_.load();
    }));
    if (!system.ok()) return fail(system.error());
    run_->system = *std::move(system);
    stage_ = Stage::devices;
    return telling("signing in to " + title_);
}

base::Result<Progress> Sync::Work::fetch_devices() {
    run_->begin();
    sync_.tools_.fetches.post([run = run_, cursor = cursor_] {
        auto page = run->system->devices(cursor);
        {
            base::Lock lock(run->mutex);
            run->devices.emplace(std::move(page));
        }
        run->through();
    });
    stage_ = Stage::take;
    return waiting("reading devices of " + title_ + ": " + std::to_string(devices_) + " so far");
}

// Where to go on. Errors: invalid: it goes round in circles, or never ends.
base::Status Sync::Work::follow(const std::string& next) {
    cursors_.insert(cursor_);
    if (!next.empty() && cursors_.contains(next))
        return base::invalid("its pages repeat: page " + std::to_string(pages_) +
                             " leads to one that was read before");
    if (pages_ >= connector::kMostPages || devices_ > connector::kMostDevices)
        return base::invalid("its pages do not end: " + std::to_string(pages_) + " pages with " +
                             std::to_string(devices_) + " records were read");
    cursor_ = next;
    return {};
}

base::Result<Progress> Sync::Work::take_devices() {
    std::optional<base::Result<connector::DevicePage>> got;
    {
        base::Lock lock(run_->mutex);
        got.swap(run_->devices);
    }
    if (!got) return fail(base::bug("no page came"));
    if (!got->ok() && resumed_ && got->error().kind == base::ErrorKind::invalid) {
        // A link from before the restart does not last for ever: from the beginning.
        resumed_ = false;
        whole_ = true;
        cursor_.clear();
        pages_ = devices_ = 0;
        stage_ = Stage::devices;
        return telling("reading devices of " + title_ + " from the beginning");
    }
    resumed_ = false;
    if (!got->ok()) return fail(got->error());
    connector::DevicePage page = **std::move(got);
    ++pages_;
    devices_ += page.records();
    for (const std::string& why : page.unread)
        uptake_->refuse("a record on page " + std::to_string(pages_) + " could not be read: " + why);
    if (!page.unread.empty()) whole_ = false;
    if (auto status = follow(page.next); !status.ok()) return fail(status.error());
    // What an empty page leads to is asked for too, but not for ever.
    stage_ = !cursor_.empty() ? Stage::devices : with_apps_ ? Stage::apps : Stage::sweep;
    if (cursor_.empty()) cursors_.clear();
    run_->begin();
    uptake_->take(std::move(page.devices), [run = run_] { run->through(); });
    Progress progress =
        waiting("taking up devices of " + title_ + ": " + std::to_string(devices_) + " so far");
    progress.payload = payload();
    return progress;
}

base::Result<Progress> Sync::Work::fetch_apps() {
    run_->begin();
    sync_.tools_.fetches.post([run = run_, cursor = cursor_] {
        auto page = run->system->apps(cursor);
        {
            base::Lock lock(run->mutex);
            run->apps.emplace(std::move(page));
        }
        run->through();
    });
    stage_ = Stage::take_apps;
    return waiting("reading apps of " + title_);
}

base::Result<Progress> Sync::Work::take_apps() {
    std::optional<base::Result<ports::AppPage>> got;
    {
        base::Lock lock(run_->mutex);
        got.swap(run_->apps);
    }
    if (!got) return fail(base::bug("no page came"));
    if (!got->ok()) return fail(got->error());
    ports::AppPage page = **std::move(got);
    ++pages_;
    for (const ports::AppPage::Found& found : page.apps)
        for (const std::string& device : found.devices) {
            if (++app_entries_ > kMostAppEntries)
                return fail(base::invalid("it tells more than 1,000,000 apps of devices"));
            apps_[device].push_back(found.app);
        }
    if (auto status = follow(page.next); !status.ok()) return fail(status.error());
    if (!cursor_.empty()) {
        stage_ = Stage::apps;
        return telling("reading apps of " + title_);
    }
    stage_ = Stage::sweep;
    run_->begin();
    uptake_->take_apps(std::move(apps_), [run = run_] { run->through(); });
    return waiting("taking up apps of " + title_);
}

base::Result<Progress> Sync::Work::sweep() {
    stage_ = Stage::steer;
    if (!whole_) return telling("ending");
    const auto state = state_of(sync_.core_.control.document(tenant_, std::string(kStatePrefix) + name_));
    const connector::AfterSweep after =
        connector::after_sweep(state.ok() ? state->missing : std::map<std::string, connector::Missing>{},
                               uptake_->unnamed(), devices_, trust_, sync_.core_.clock.now());
    if (after.suspicious)
        return fail(base::conflict("it named " + std::to_string(devices_) +
                                   " devices, and left out more than a tenth of those that it had named "
                                   "before: nothing was retired; look there, then sync with force"));
    ending_.missing = after.missing;
    run_->begin();
    uptake_->retire(after.gone, [run = run_] { run->through(); });
    return waiting("ending");
}

Figures Sync::Work::figures() const {
    const fleet::Uptake::Counts& counts = uptake_->counts();
    return {.devices = devices_,
            .created = counts.created,
            .changed = counts.changed,
            .unchanged = counts.unchanged,
            .refused = counts.refused,
            .older = counts.older,
            .left = counts.left,
            .gone = counts.gone,
            .pages = pages_};
}

std::string Sync::Work::told() const {
    const Figures all = figures();
    std::string text = std::to_string(all.devices) + " devices of " + title_ + ": " +
                       std::to_string(all.created) + " new, " + std::to_string(all.changed) + " changed, " +
                       std::to_string(all.unchanged) + " unchanged";
    for (const auto& [count, words] :
         {std::pair(all.older, " older records of others"), std::pair(all.left, " that stay retired here"),
          std::pair(all.refused, " refused"), std::pair(all.gone, " gone"),
          std::pair(told_, " told to update"), std::pair(put_back_, " given back what was set before"),
          std::pair(not_told_, " that could not be told")})
        if (count > 0) text += ", " + std::to_string(count) + words;
    for (std::size_t i = 0; i < uptake_->reasons().size() && i < 3; ++i)
        text += "; " + uptake_->reasons()[i];
    return text;
}

base::Result<Progress> Sync::Work::end() {
    ending_.name = name_;
    if (uptake_ && ending_.error.empty()) ending_.figures = figures();
    std::array<std::uint8_t, 4> bytes{};
    sync_.tools_.random.fill(bytes);
    for (const std::uint8_t byte : bytes)
        ending_.dice = ending_.dice << 8 | byte;
    sync_.core_.writer.submit(
        shard::control_of(tenant_), shard::Priority::person,
        [ending = ending_](shard::Transaction& transaction) { return note_ending(transaction, ending); },
        [log = &sync_.log_, name = name_](base::Status status) {
            if (!status.ok())
                log->write(base::LogLevel::error, "connector",
                           "what became of the sync of " + name +
                               " could not be noted: " + status.error().text());
        });
    if (ending_.error.empty()) return Progress{true, devices_, devices_, told(), {}, false};
    const bool some = uptake_ && pages_ > 0;
    const std::string text = ending_.error + (some ? "; until then: " + told() : "");
    if (ending_.refused) return base::conflict(text);
    return base::unavailable(text);
}

} // namespace oakum::connectors
