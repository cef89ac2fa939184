// SPDX-License-Identifier: Apache-2.0
#include "fakes.hpp"

#include <doctest/doctest.h>
#include <shard/clock_watch.hpp>
#include <shard/jobs.hpp>
#include <shard/timers.hpp>

namespace {
using namespace oakum;
using namespace oakum::shard;
using std::chrono::seconds;

struct CountTo final : JobWork {
    CountTo(std::uint64_t from, std::uint64_t to, int& alive) : at(from), end(to), alive_(alive) { ++alive_; }
    ~CountTo() override { --alive_; }
    base::Result<Progress> step() override {
        if (at == 13) return base::invalid("line 13 is unlucky");
        ++at;
        return Progress{at == end, at, end, "counted to " + std::to_string(at), std::to_string(at)};
    }
    std::uint64_t at, end;
    int& alive_;
};

class NoRandom final : public ports::Random {
  public:
    void fill(std::span<std::uint8_t> bytes) override {
        for (auto& byte : bytes)
            byte = ++last_;
    }

  private:
    std::uint8_t last_ = 0;
};

struct JobHouse {
    test::Clock clock;
    test::Executor executor{clock}, background{clock};
    test::Journal journal;
    ControlTables control;
    test::Devices devices;
    test::Log log;
    NoRandom random;
    Ids ids{clock, random};
    Writer writer{executor, clock, journal, journal, control, devices, {&control, &devices}, log};
    Jobs jobs{writer, control, background, clock, ids, log};
    int alive = 0;

    JobHouse() { jobs.kind("count", maker()); }
    Jobs::Maker maker() {
        return [this](device::TenantId, const ports::JobRow& row) -> base::Result<std::unique_ptr<JobWork>> {
            const std::uint64_t from = row.payload.empty() ? 0 : std::stoull(row.payload);
            return std::unique_ptr<JobWork>(std::make_unique<CountTo>(from, 40, alive));
        };
    }
    void settle() {
        for (int i = 0; i < 200; ++i) {
            executor.run();
            if (journal.busy()) journal.succeed();
            background.run();
        }
    }
    ports::JobRow row(const std::string& id) {
        return *control.find<ports::JobRow>(device::kDefaultTenant, id);
    }
};

} // namespace

TEST_CASE("timers fire in the order of their deadlines, by monotonic time") {
    test::Clock clock;
    test::Executor executor(clock);
    Timers timers(executor, clock);
    std::vector<std::uint64_t> fired;
    timers.handle("t", [&](const Timer& timer) { fired.push_back(timer.version); });
    const auto set = [&](std::uint64_t n, seconds in) {
        timers.set("t", {device::kDefaultTenant, {}, {}, n}, clock.now() + in);
    };
    set(3, seconds(30));
    set(1, seconds(10));
    set(2, seconds(10));
    set(0, seconds(-5));
    executor.advance(seconds(1));
    CHECK(fired == std::vector<std::uint64_t>{0});
    clock.wall_offset = std::chrono::hours(24); // a jump of the wall clock hurries nothing
    executor.advance(seconds(5));
    CHECK(fired.size() == 1);
    executor.advance(seconds(5));
    CHECK(fired == std::vector<std::uint64_t>{0, 1, 2});
    executor.advance(seconds(60));
    CHECK(fired == std::vector<std::uint64_t>{0, 1, 2, 3});
    CHECK(timers.size() == 0);
    timers.set("nobody handles this", {}, clock.now());
    CHECK(timers.size() == 0);
}

TEST_CASE("a wall clock that jumps is noticed, one that is set right slowly is not") {
    for (const std::chrono::hours jump : {std::chrono::hours(24 * 3650), std::chrono::hours(-24 * 3650)}) {
        test::Clock clock;
        ClockWatch watch(clock);
        for (int i = 0; i < 10; ++i) {
            clock.steady_ += seconds(1);
            clock.wall_offset += seconds(250); // beyond five minutes in all, and never at once
            CHECK_FALSE(watch.look());
        }
        clock.steady_ += std::chrono::hours(5); // nobody looked for long: no jump either
        CHECK_FALSE(watch.look());
        CHECK_FALSE(watch.warning());
        clock.wall_offset += jump;
        CHECK(watch.look());
        REQUIRE(watch.warning());
        CHECK(watch.warning()->find(std::to_string(jump.count() * 3600)) != std::string::npos);
        clock.steady_ += seconds(1);
        CHECK_FALSE(watch.look()); // noticed once
        CHECK(watch.warning());    // and in doubt from then on
    }
    test::Clock clock;
    ClockWatch watch(clock);
    clock.wall_offset += ClockWatch::kJump;
    CHECK(watch.look());
}

TEST_CASE("a timer may set another, and repeated work goes on") {
    test::Clock clock;
    test::Executor executor(clock);
    Timers timers(executor, clock);
    int fired = 0, ticks = 0;
    timers.handle("again", [&](const Timer& timer) {
        if (++fired < 5) timers.set("again", timer, clock.now() + seconds(1));
    });
    timers.set("again", {}, clock.now());
    timers.repeat(seconds(2), [&] { ++ticks; });
    executor.advance(seconds(10));
    CHECK(fired == 5);
    CHECK(ticks == 5);
}

TEST_CASE("a job runs step by step to its end") {
    JobHouse house;
    std::string id;
    house.jobs.enqueue(device::kDefaultTenant, "count", "counting", "25",
                       {"user anna", "job.create", "", "", "", ""},
                       [&](base::Result<std::string> result) { id = *result; });
    house.settle();
    CHECK(house.row(id).state == "done");
    CHECK(house.row(id).done == 40);
    CHECK(house.row(id).ended.has_value());
    CHECK(house.alive == 0);
}

TEST_CASE("a job that fails says why") {
    JobHouse house;
    std::string id;
    house.jobs.enqueue(device::kDefaultTenant, "count", "", "", {},
                       [&](base::Result<std::string> r) { id = *r; });
    house.settle();
    CHECK(house.row(id).state == "failed");
    CHECK(house.row(id).detail.find("line 13") != std::string::npos);
    std::string other;
    house.jobs.enqueue(device::kDefaultTenant, "no such", "", "", {},
                       [&](base::Result<std::string> r) { other = *r; });
    house.settle();
    CHECK(house.row(other).state == "failed");
}

TEST_CASE("a job that was running when the process ended is taken up where it was") {
    JobHouse house;
    ports::JobRow row;
    row.id = "j";
    row.kind = "count";
    row.state = "running";
    row.payload = "30";
    house.control.apply(control_of(device::kDefaultTenant), row);
    house.jobs.take_up();
    house.settle();
    CHECK(house.row("j").state == "done");
    house.jobs.take_up(); // nothing is left to take up
    house.settle();
    CHECK(house.row("j").state == "done");
}

TEST_CASE("a cancelled job stops between two steps and stays cancelled") {
    JobHouse house;
    std::string id;
    house.jobs.enqueue(device::kDefaultTenant, "count", "", "20", {},
                       [&](base::Result<std::string> r) { id = *r; });
    house.executor.run();
    house.journal.succeed(); // durable; the work waits on the background
    std::optional<base::Status> cancelled, again;
    house.jobs.cancel(device::kDefaultTenant, id, {}, [&](base::Status status) { cancelled = status; });
    house.settle();
    REQUIRE(cancelled);
    CHECK(cancelled->ok());
    CHECK(house.row(id).state == "cancelled");
    CHECK(house.alive == 0);
    house.jobs.cancel(device::kDefaultTenant, id, {}, [&](base::Status status) { again = status; });
    house.settle();
    CHECK(again->error().kind == base::ErrorKind::conflict);
}

TEST_CASE("a job is held by a lease, which each stored progress renews and the end gives back") {
    JobHouse house;
    std::string id;
    house.jobs.enqueue(device::kDefaultTenant, "count", "", "20", {},
                       [&](base::Result<std::string> r) { id = *r; });
    house.executor.run();
    house.journal.succeed();
    CHECK(house.row(id).lease == 1);
    CHECK_FALSE(house.row(id).holder.empty());
    REQUIRE(house.row(id).lease_until);
    CHECK(*house.row(id).lease_until == house.clock.now() + Jobs::kLease);
    house.jobs.take_up(); // it is under way here: not taken twice
    house.settle();
    CHECK(house.row(id).state == "done");
    CHECK(house.row(id).lease == 1);
    CHECK_FALSE(house.row(id).lease_until);
}

TEST_CASE("a checkpoint is durable before the next step, also when the store fails meanwhile") {
    struct Careful final : JobWork {
        explicit Careful(std::vector<std::string>& stored_before, JobHouse& of)
            : seen(stored_before), house(of) {}
        base::Result<Progress> step() override {
            seen.push_back(house.control.list<ports::JobRow>(device::kDefaultTenant).front()->payload);
            return Progress{seen.size() == 3, seen.size(), 3, "", std::to_string(seen.size()), true};
        }
        std::vector<std::string>& seen;
        JobHouse& house;
    };
    JobHouse house;
    std::vector<std::string> seen;
    house.jobs.kind("careful", [&](device::TenantId, const ports::JobRow&) {
        return base::Result<std::unique_ptr<JobWork>>(std::make_unique<Careful>(seen, house));
    });
    std::string id;
    house.jobs.enqueue(device::kDefaultTenant, "careful", "", "0", {},
                       [&](base::Result<std::string> r) { id = *r; });
    house.executor.run();
    house.journal.succeed();
    house.background.run();
    house.executor.run();
    CHECK(seen == std::vector<std::string>{"0"});
    house.journal.fail(base::unavailable("the disk is full"));
    house.background.run();
    CHECK(seen.size() == 1);
    house.background.advance(seconds(1));
    house.settle();
    CHECK(seen == std::vector<std::string>{"0", "1", "2"});
    CHECK(house.row(id).state == "done");
}

TEST_CASE("who lost the lease writes no more, and who takes it goes on from the stored payload") {
    JobHouse house;
    Jobs other(house.writer, house.control, house.background, house.clock, house.ids, house.log, Alone::no);
    other.kind("count", house.maker());
    std::string id;
    house.jobs.enqueue(device::kDefaultTenant, "count", "", "20", {},
                       [&](base::Result<std::string> r) { id = *r; });
    house.executor.run();
    house.journal.succeed(); // taken; the work waits on the background
    const std::string first = house.row(id).holder;
    other.take_up(); // the lease still runs
    house.executor.run();
    CHECK_FALSE(house.journal.busy());
    CHECK(house.row(id).holder == first);
    house.clock.steady_ += Jobs::kLease + seconds(1);
    other.take_up();
    house.settle();
    CHECK(house.row(id).holder != first);
    CHECK(house.row(id).lease == 2);
    CHECK(house.row(id).state == "done");
    CHECK(house.row(id).done == 40);
    CHECK(house.alive == 0);
}

TEST_CASE("a job that is interrupted again and again is given up with a reason") {
    JobHouse house;
    ports::JobRow row;
    row.id = "j";
    row.kind = "count";
    row.state = "running";
    row.payload = "30";
    row.lease = Jobs::kTakes;
    house.control.apply(control_of(device::kDefaultTenant), row);
    house.jobs.take_up();
    house.settle();
    CHECK(house.row("j").state == "failed");
    CHECK(house.row("j").detail.find("interrupted") != std::string::npos);
    CHECK(house.row("j").ended.has_value());
    CHECK(house.alive == 0);
}
