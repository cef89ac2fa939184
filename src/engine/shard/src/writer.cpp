// SPDX-License-Identifier: Apache-2.0
#include <shard/writer.hpp>

#include <algorithm>

namespace oakum::shard {
namespace {

// The share of the queue, in eighths, from which on commands of a priority are refused.
std::size_t eighths(Priority priority) {
    switch (priority) {
    case Priority::telemetry:
        return 2;
    case Priority::inventory:
        return 4;
    case Priority::poll:
        return 5;
    case Priority::download:
        return 6;
    case Priority::person:
    case Priority::terminal:
        return 8;
    }
    return 8;
}

ports::ShardRows& rows_of(ports::Batch& batch, Place place) {
    for (auto part = batch.shards.rbegin(); part != batch.shards.rend(); ++part)
        if (part->tenant == place.tenant && part->shard == place.shard) return *part;
    return batch.shards.emplace_back(ports::ShardRows{place.tenant, place.shard, {}});
}

} // namespace

Writer::Writer(ports::Executor& executor, ports::Clock& clock, ports::Journal& journal, ports::Loader& loader,
               ControlTables& control, const DeviceTables& devices, std::vector<Projection*> projections,
               base::LogSink& log)
    : Writer(executor, clock, journal, loader, control, devices, std::move(projections), log, Limits{}) {}

Writer::Writer(ports::Executor& executor, ports::Clock& clock, ports::Journal& journal, ports::Loader& loader,
               ControlTables& control, const DeviceTables& devices, std::vector<Projection*> projections,
               base::LogSink& log, Limits limits)
    : executor_(executor), clock_(clock), journal_(journal), loader_(loader), control_(control),
      devices_(devices), projections_(std::move(projections)), log_(log), limits_(limits) {}

base::Status Writer::start() {
    TRY_VALUE(ports::Loader::Changes changes, loader_.load_changes(feed_.capacity()));
    std::vector<ChangeFeed::Numbered> stored;
    stored.reserve(changes.newest.size());
    for (auto& [tenant, change] : changes.newest)
        stored.push_back({tenant, std::move(change)});
    feed_.begin(changes.last, std::move(stored));
    return loader_.load_all(
        [&](device::TenantId tenant, device::ShardId shard, ports::Row&& row) -> base::Status {
            for (Projection* projection : projections_)
                projection->apply({tenant, shard}, row);
            return {};
        });
}

std::optional<base::Error> Writer::refusal(Priority priority) {
    if (stopping_) return base::unavailable("the server is shutting down");
    if (priority != Priority::terminal && outstanding_ * 8 >= limits_.queue * eighths(priority))
        return base::unavailable("the server is overloaded, try again later");
    return std::nullopt;
}

void Writer::enqueue(Command command) {
    std::optional<base::Error> refused;
    decltype(command.done) done;
    bool post = false;
    {
        base::Lock lock(mutex_);
        refused = refusal(command.priority);
        if (refused) {
            ++load_.refused;
            done = std::move(command.done);
        } else {
            ++outstanding_;
            queue_.push_back(std::move(command));
            post = !drain_posted_;
            drain_posted_ = true;
        }
    }
    if (refused)
        executor_.post(
            [done = std::move(done), error = std::move(*refused)]() mutable { done(std::move(error)); });
    else if (post)
        executor_.post([this] { drain(); });
}

void Writer::drain() {
    for (;;) {
        std::optional<Command> command;
        {
            base::Lock lock(mutex_);
            // With the open batch full, `committed` drains on.
            if (queue_.empty() || open_.waiting.size() >= limits_.batch) {
                drain_posted_ = false;
                break;
            }
            command.emplace(std::move(queue_.front()));
            queue_.pop_front();
        }
        decide(std::move(*command));
    }
    if (!in_flight_ && !open_.empty()) commit();
}

bool Writer::usable(Place place) {
    if (broken_.contains(place)) reload({place});
    return !broken_.contains(place);
}

void Writer::decide(Command command) {
    if (!usable(command.place) || !usable(control_of(command.place.tenant))) {
        release(1, &Load::failed);
        command.done(base::unavailable("the store cannot be read"));
        return;
    }
    Transaction transaction(command.place, clock_.now(), control_, devices_,
                            {&open_.overlay, &flying_.overlay});
    base::Status status = command.decide(transaction);
    if (!status.ok()) {
        release(1, &Load::failed);
        command.done(std::move(status));
        return;
    }
    if (transaction.rows().empty()) {
        // It may rest on what is not durable yet: its answer waits for that.
        if (!open_.empty()) {
            open_.waiting.push_back(std::move(command.done));
        } else if (in_flight_) {
            flying_.waiting.push_back(std::move(command.done));
        } else {
            release(1, &Load::committed);
            command.done({});
        }
        return;
    }
    for (const Transaction::Placed& placed : transaction.rows())
        rows_of(open_.batch, placed.place).rows.push_back(placed.row);
    open_.overlay.absorb(std::move(transaction.own()));
    open_.waiting.push_back(std::move(command.done));
}

void Writer::commit() {
    flying_ = std::move(open_);
    open_ = Group();
    in_flight_ = true;
    journal_.commit(flying_.batch,
                    [this](base::Result<std::uint64_t> result) { committed(std::move(result)); });
}

void Writer::committed(base::Result<std::uint64_t> result) {
    in_flight_ = false;
    if (result.ok())
        publish(*result);
    else
        fail(result.error());
    if (!in_flight_ && !open_.empty()) commit();
    drain();
}

void Writer::publish(std::uint64_t last_change) {
    Group group = std::move(flying_);
    flying_ = Group();
    std::size_t changes = 0;
    for (const ports::ShardRows& part : group.batch.shards)
        for (const ports::Row& row : part.rows) {
            changes += std::holds_alternative<ports::ChangeRow>(row) ? 1 : 0;
            for (Projection* projection : projections_)
                projection->apply({part.tenant, part.shard}, row);
        }
    std::vector<ChangeFeed::Numbered> numbered;
    numbered.reserve(changes);
    for (const ports::ShardRows& part : group.batch.shards)
        for (const ports::Row& row : part.rows)
            if (const auto* change = std::get_if<ports::ChangeRow>(&row)) {
                numbered.push_back({part.tenant, *change});
                numbered.back().change.number = last_change - changes + numbered.size();
            }
    {
        base::Lock lock(mutex_);
        ++load_.batches;
        load_.failure.clear();
    }
    for (const Listener& listener : listeners_)
        listener({group.batch, last_change});
    release(group.waiting.size(), &Load::committed);
    for (auto& done : group.waiting)
        done({});
    feed_.publish(std::move(numbered));
}

void Writer::fail(const base::Error& error) {
    log_.write(base::LogLevel::error, "writer", "a commit failed: " + error.text());
    {
        base::Lock lock(mutex_);
        load_.failure = error.text();
    }
    Group lost = std::move(flying_), resting = std::move(open_);
    flying_ = Group();
    open_ = Group();
    std::set<Place> touched;
    for (const Group* group : {&lost, &resting})
        for (const ports::ShardRows& part : group->batch.shards)
            touched.insert({part.tenant, part.shard});
    reload(touched);
    release(lost.waiting.size() + resting.waiting.size(), &Load::failed);
    for (Group* group : {&lost, &resting})
        for (auto& done : group->waiting)
            done(base::Error{base::ErrorKind::unavailable, "nothing was changed: " + error.message,
                             error.where});
}

void Writer::reload(const std::set<Place>& places) {
    for (const Place& place : places) {
        std::vector<ports::Row> rows;
        const base::Status read =
            loader_.load_shard(place.tenant, place.shard,
                               [&](device::TenantId, device::ShardId, ports::Row&& row) -> base::Status {
                                   rows.push_back(std::move(row));
                                   return {};
                               });
        if (!read.ok()) {
            // What was committed last stays readable: polls survive the loss of the store.
            if (broken_.insert(place).second)
                log_.write(base::LogLevel::error, "writer",
                           "reading a shard anew failed: " + read.error().text());
            continue;
        }
        for (Projection* projection : projections_)
            projection->replace(place, rows);
        broken_.erase(place);
    }
}

void Writer::release(std::size_t count, std::uint64_t Load::* what) {
    base::Lock lock(mutex_);
    outstanding_ -= std::min(count, outstanding_);
    load_.*what += count;
}

Writer::Load Writer::load() const {
    base::Lock lock(mutex_);
    Load load = load_;
    load.waiting = outstanding_;
    return load;
}

void Writer::stop() {
    base::Lock lock(mutex_);
    stopping_ = true;
}

} // namespace oakum::shard
