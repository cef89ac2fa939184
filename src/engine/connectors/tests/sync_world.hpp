// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../../fleet/tests/house.hpp"

#include <connectors/sync.hpp>
#include <shard/jobs.hpp>

#include <doctest/doctest.h>

// A server with connectors, whose system says what a test has it say; one thread, virtual time.
namespace oakum::connectors::test {

using fleet::test::kTenant;

// Pages by cursor; an error is given as often as it stands there.
class System final : public ports::ManagementSystem {
  public:
    struct Script {
        std::map<std::string, connector::DevicePage> pages;
        std::map<std::string, ports::AppPage> apps;
        std::map<std::string, std::vector<base::Error>> errors; // by cursor
        std::vector<std::string> asked;
        std::optional<base::Duration> retry_after;
        std::map<std::string, std::string> policies; // of phones, by their ids there
        std::set<std::string> gone;                  // phones that it does not know any more
        std::set<std::string> too_large;             // whose policy is
        std::vector<ports::ManagementCall> sent;     // in order
        std::vector<base::Status> answers;           // to what is sent next; then all is well
        std::function<void()> before_sending = [] {};
    };
    explicit System(Script& script) : script_(script) {}
    base::Result<connector::DevicePage> devices(const std::string& cursor) override {
        script_.asked.push_back(cursor);
        if (auto& errors = script_.errors[cursor]; !errors.empty()) {
            base::Error error = errors.front();
            errors.erase(errors.begin());
            return error;
        }
        return script_.pages[cursor];
    }
    base::Result<ports::AppPage> apps(const std::string& cursor) override {
        script_.asked.push_back("apps " + cursor);
        return script_.apps[cursor];
    }
    base::Result<std::string> try_out() override { return std::string("it answers"); }
    base::Result<ports::ManagementChange> plan_update(const ports::UpdateWish& wish) override {
        const std::string now = script_.policies[wish.device];
        if (script_.too_large.contains(wish.device)) return base::too_large("its policy is too large");
        if (now.empty()) return base::invalid("it has no policy");
        const std::string own = now.starts_with("oakum-") ? wish.before : now;
        return ports::ManagementChange{own, "oakum-" + own, {call(wish.device, "oakum-" + own)}};
    }
    base::Result<ports::ManagementChange> plan_return(const std::string& device, const std::string& before,
                                                      const std::string& after) override {
        const std::string now = script_.policies[device];
        if (script_.gone.contains(device)) return base::not_found("it knows no such thing (status 404)");
        ports::ManagementChange change{now, before, {}};
        if (now == after) change.calls.push_back(call(device, before));
        return change;
    }
    base::Status send(const ports::ManagementCall& call) override {
        script_.before_sending();
        if (!script_.answers.empty()) {
            base::Status answer = script_.answers.front();
            script_.answers.erase(script_.answers.begin());
            if (!answer.ok()) return answer;
        }
        script_.sent.push_back(call);
        script_.policies[call.url] = call.body;
        return {};
    }
    std::optional<base::Duration> retry_after() const override { return script_.retry_after; }

  private:
    static ports::ManagementCall call(const std::string& device, const std::string& policy) {
        return {"PATCH", device, policy, "gave it the policy " + policy};
    }

    Script& script_;
};

class Seals final : public ports::Sealer {
  public:
    base::Result<std::string> seal(base::ByteView secret, std::string_view purpose) override {
        std::string turned(base::as_text(secret));
        std::ranges::reverse(turned);
        return "sealed for " + std::string(purpose) + ": " + turned;
    }
    base::Result<base::Bytes> open(std::string_view sealed, std::string_view purpose) override {
        const std::string head = "sealed for " + std::string(purpose) + ": ";
        if (!sealed.starts_with(head)) return base::corrupt("sealed for something else");
        std::string turned(sealed.substr(head.size()));
        std::ranges::reverse(turned);
        return base::Bytes(turned.begin(), turned.end());
    }
};

class Nobody final : public ports::Fetcher {
  public:
    base::Result<ports::FetchAnswer> fetch(const ports::FetchWish&, const Taker&) override {
        return base::unavailable("nobody answers");
    }
};

struct SyncWorld : fleet::test::House {
    shard::Jobs jobs{writer, control, executor, clock, ids, log};
    Nobody nobody;
    Seals seals;
    System::Script script;
    connector::Connector opened; // as it was last opened
    Connectors connectors{core, seals, connector::Plain::refused};
    Sync sync{core,
              connectors,
              jobs,
              {nobody, dice, executor, executor, executor,
               [this](base::Duration time, const std::function<bool()>&) { clock.wall_offset += time; },
               [this](const connector::Connector& its,
                      World) -> base::Result<std::unique_ptr<ports::ManagementSystem>> {
                   opened = its;
                   return std::unique_ptr<ports::ManagementSystem>(std::make_unique<System>(script));
               }},
              log};

    SyncWorld() {
        sync.register_jobs();
        jobs.take_up();
    }
    static ConnectorPatch fresh() {
        ConnectorPatch patch;
        patch.kind = connector::Kind::intune;
        patch.account = "tenant-1";
        patch.client = "client-1";
        patch.secret = "s3cret";
        return patch;
    }
    base::Result<Recorded> set(const std::string& name, ConnectorPatch patch) {
        return result<Recorded>(
            [&](auto done) { connectors.set(admin, name, std::move(patch), std::move(done)); });
    }
    Recorded connector(const std::string& name) { return connectors.get(admin, name).value(); }
    std::string end_of(const std::string& id) {
        const auto row = control.find<ports::JobRow>(kTenant, id);
        REQUIRE(row);
        return row->state + ": " + row->detail;
    }
    // By hand; how the job ended.
    std::string sync_now(const std::string& name, connector::Trust trust = connector::Trust::normal) {
        const auto id =
            result<std::string>([&](auto done) { sync.sync(admin, name, trust, std::move(done)); });
        settle();
        return id.ok() ? end_of(*id) : "refused: " + id.error().message;
    }
    void pass(base::Duration time) {
        const base::Duration end = clock.steady_ + time;
        while (clock.steady_ < end) {
            executor.advance(std::min<base::Duration>(std::chrono::seconds(15), end - clock.steady_));
            settle();
        }
    }
    std::uint64_t count(const std::string& query) { return live.count(select(query)).yes; }
};

inline connector::ManagedDevice phone(const std::string& id, std::map<std::string, std::string> more = {}) {
    connector::ManagedDevice device;
    device.id = id;
    device.facts = {{"x.intune_id", id},      {"serial", "S" + id},       {"platform", "ios"},
                    {"os_version", "26.3"},   {"model", "iPhone 15 Pro"}, {"x.ownership", "company"},
                    {"manufacturer", "Apple"}};
    for (auto& [key, value] : more)
        device.facts[key] = value;
    return device;
}

} // namespace oakum::connectors::test
