// SPDX-License-Identifier: Apache-2.0
#include <apple_phones/declaring.hpp>

#include <connector/connector.hpp>
#include <floor/steering.hpp>
#include <json/writer.hpp>

namespace oakum::apple_phones {

using connectors::Task;
using device::TenantId;

namespace {

constexpr base::Duration kEvery = std::chrono::seconds(1);
constexpr std::uint32_t kLooksAnyway = 15; // without news: every so many of them
constexpr std::size_t kMostTasks = 500;    // of one look
constexpr std::string_view kNothing = "nothing declared";

std::string own() {
    return std::string(connector::kOwnManagement);
}

ports::ManagementCall call(const Task& task, const std::optional<apple::Enforced>& enforced) {
    ports::ManagementCall made;
    made.method = "DECLARE";
    made.url = "apple:" + task.device.text();
    made.what = enforced
                    ? "declares that the phone installs " + apple::words(*enforced) + ", on its own clock"
                    : "takes back what was declared of its system";
    if (!enforced) return made;
    json::Writer(made.body)
        .begin_object()
        .member("TargetOSVersion", enforced->version)
        .member("TargetLocalDateTime", enforced->until)
        .end_object();
    return made;
}

} // namespace

// The tasks of one look, one after the other.
struct Declaring::Round {
    TenantId tenant;
    std::vector<Task> tasks;
    std::size_t at = 0;
};

void Declaring::start() {
    tools_.phones.on_news([this] { nudge(); });
    look_now_and_then();
}

void Declaring::look_now_and_then() {
    if (stopped_) return;
    if (rounds_ == 0 && (news_.exchange(false) || ++quiet_looks_ >= kLooksAnyway)) {
        quiet_looks_ = 0;
        for (const TenantId tenant : tools_.core.control.tenants())
            look(tenant);
    }
    tools_.looks.post_after(kEvery, [this] { look_now_and_then(); });
}

void Declaring::look(TenantId tenant) {
    ++rounds_;
    tools_.steerer.look(tenant, own(), [this, tenant] {
        // Not on the writer's thread: it is a pass over all phones.
        tools_.looks.post([this, tenant] {
            auto round = std::make_shared<Round>();
            round->tenant = tenant;
            round->tasks = tools_.steerer.tasks(tenant, own());
            if (round->tasks.size() > kMostTasks) {
                round->tasks.resize(kMostTasks);
                news_ = true;
            }
            next(round);
        });
    });
}

void Declaring::next(const std::shared_ptr<Round>& round) {
    if (stopped_ || round->at >= round->tasks.size()) {
        --rounds_;
        return;
    }
    const Task& task = round->tasks[round->at++];
    const auto ended = [this, round, &task](const base::Status& sent) {
        tools_.steerer.end(round->tenant, own(), task, sent, [this, round](const base::Status& noted) {
            // The next look comes to the same.
            if (!noted.ok())
                tools_.log.write(base::LogLevel::warning, "apple",
                                 "what became of a phone could not be noted: " + noted.error().text());
            next(round);
        });
    };
    std::optional<apple::Enforced> enforced;
    const auto change = plan(round->tenant, task, enforced);
    if (!change.ok()) return ended(change.error());
    tools_.steerer.begin(round->tenant, own(), task, *change,
                         [this, round, &task, enforced, ended](const base::Status& noted) {
                             // Taken back meanwhile: it is not to be done any more.
                             if (!noted.ok()) return next(round);
                             tools_.phones.declare(round->tenant, task.device, enforced, ended);
                         });
}

base::Result<ports::ManagementChange> Declaring::plan(TenantId tenant, const Task& task,
                                                      std::optional<apple::Enforced>& enforced) const {
    ports::ManagementChange change;
    if (task.kind == Task::Kind::put_back) {
        change.before = task.after;
        change.after = task.before;
        change.calls.push_back(call(task, enforced));
        return change;
    }
    std::string model, zone_name;
    for (const device::Fact& fact : tools_.core.fleet.facts({tenant, task.device})) {
        if (fact.key == device::key::model) model = fact.value;
        if (fact.key == device::key::timezone) zone_name = fact.value;
    }
    apple::Enforced wanted;
    wanted.version = task.level.version;
    if (task.level.latest) {
        const auto offered = tools_.offered ? tools_.offered() : nullptr;
        const floor::Offered::Release* newest = offered ? offered->model(model).newest : nullptr;
        if (newest == nullptr) return base::invalid("what its model is offered is not known here");
        wanted.version = newest->version;
    }
    auto zone = tools_.zones.find(zone_name);
    if (!zone) zone = tools_.zones.find(task.level.zone_if_unknown);
    wanted.until =
        floor::install_by(tools_.core.clock.now(), task.level.hour, zone ? *zone : schedule::utc());
    enforced = wanted;
    change.before = task.before.empty() ? std::string(kNothing) : task.before;
    change.after = apple::words(wanted);
    change.calls.push_back(call(task, enforced));
    return change;
}

} // namespace oakum::apple_phones
