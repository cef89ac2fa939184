// SPDX-License-Identifier: Apache-2.0
#include "fakes.hpp"

#include <doctest/doctest.h>
#include <shard/writer.hpp>

namespace {

using namespace oakum;
using namespace oakum::shard;

const device::TenantId kTenant = device::kDefaultTenant;

device::DeviceId device_id(std::uint64_t n) {
    return device::DeviceId(base::Id128{7, n});
}

struct House {
    test::Clock clock;
    test::Executor executor{clock};
    test::Journal journal;
    ControlTables control;
    test::Devices devices;
    test::Log log;
    Writer writer;

    explicit House(Writer::Limits limits = {})
        : writer(executor, clock, journal, journal, control, devices, {&control, &devices}, log, limits) {}

    // Adds one to a device's desired number; answers with the new one.
    void bump(device::DeviceId id, Completion<std::uint64_t> done, Priority priority = Priority::person) {
        writer.submit<std::uint64_t>(
            place_of(kTenant, id), priority,
            [id](Transaction& transaction) -> base::Result<std::uint64_t> {
                ports::DeviceRow row = transaction.device(id).value_or(ports::DeviceRow{});
                row.id = id;
                ++row.desired_number;
                const std::uint64_t number = row.desired_number;
                transaction.put(std::move(row));
                transaction.change("device", id.text());
                return number;
            },
            std::move(done));
    }
};

} // namespace

TEST_CASE("nothing is published or acknowledged before the commit is durable") {
    House house;
    std::optional<std::uint64_t> answer;
    house.bump(device_id(1), [&](base::Result<std::uint64_t> result) { answer = *result; });
    house.executor.run();
    REQUIRE(house.journal.busy());
    CHECK(!answer);
    CHECK(house.devices.rows.empty());
    CHECK(house.writer.feed().newest() == 0);
    house.journal.succeed();
    CHECK(answer == 1);
    CHECK(house.devices.rows.size() == 1);
    CHECK(house.writer.feed().newest() == 1);
    CHECK(house.writer.load().waiting == 0);
}

TEST_CASE("commands decide against the newest tentative state, whatever is under way") {
    House house;
    std::vector<std::uint64_t> answers;
    const auto note = [&](base::Result<std::uint64_t> result) { answers.push_back(*result); };
    house.bump(device_id(1), note);
    house.executor.run(); // in flight
    house.bump(device_id(1), note);
    house.executor.run(); // open batch
    house.bump(device_id(1), note);
    house.executor.run();
    CHECK(answers.empty());
    house.journal.succeed();
    CHECK(answers == std::vector<std::uint64_t>{1});
    REQUIRE(house.journal.busy());
    CHECK(house.journal.batch().shards.size() == 1);
    CHECK(house.journal.batch().shards[0].rows.size() == 4); // two rows and two changes in one commit
    house.journal.succeed();
    CHECK(answers == std::vector<std::uint64_t>{1, 2, 3});
    CHECK(house.devices.rows.begin()->second.row_version == 3);
    CHECK(!house.journal.overlapping);
}

TEST_CASE("a batch holds at most its limit of commands, and the rest follows") {
    House house({.queue = 1000, .batch = 4});
    int answered = 0;
    for (std::uint64_t n = 0; n < 10; ++n)
        house.bump(device_id(n), [&](base::Result<std::uint64_t>) { ++answered; });
    std::vector<std::size_t> sizes;
    house.executor.run();
    while (house.journal.busy()) {
        std::size_t rows = 0;
        for (const auto& part : house.journal.batch().shards)
            rows += part.rows.size() / 2;
        sizes.push_back(rows);
        house.journal.succeed();
        house.executor.run();
    }
    CHECK(sizes == std::vector<std::size_t>{4, 4, 2});
    CHECK(answered == 10);
}

TEST_CASE("a failed commit fails all that rests on it and forgets what was tentative") {
    House house;
    house.bump(device_id(1), [](base::Result<std::uint64_t>) {});
    house.executor.run();
    house.journal.succeed();
    std::vector<base::ErrorKind> kinds;
    const auto note = [&](base::Result<std::uint64_t> result) {
        REQUIRE(!result.ok());
        kinds.push_back(result.error().kind);
    };
    house.bump(device_id(1), note);
    house.executor.run();
    house.bump(device_id(1), note); // decided against what is about to fail
    house.executor.run();
    house.journal.fail(base::unavailable("the disk is full"));
    CHECK(kinds == std::vector<base::ErrorKind>{base::ErrorKind::unavailable, base::ErrorKind::unavailable});
    CHECK(house.devices.replaced == 1);
    CHECK(house.log.lines.size() == 1);
    CHECK(!house.journal.busy());
    std::optional<std::uint64_t> answer;
    house.bump(device_id(1), [&](base::Result<std::uint64_t> result) { answer = *result; });
    house.executor.run();
    house.journal.succeed();
    CHECK(answer == 2); // as if the two had never been
}

TEST_CASE("while the store cannot be read, its shard stays readable and takes no command") {
    House house;
    house.bump(device_id(1), [](base::Result<std::uint64_t>) {});
    house.executor.run();
    house.journal.succeed();
    house.bump(device_id(1), [](base::Result<std::uint64_t>) {});
    house.executor.run();
    house.journal.readable = false;
    house.journal.fail(base::unavailable("the store is gone"));
    CHECK(house.devices.rows.size() == 1);
    std::optional<base::Result<std::uint64_t>> answer;
    house.bump(device_id(1), [&](base::Result<std::uint64_t> result) { answer = result; });
    house.executor.run();
    REQUIRE(answer);
    CHECK(answer->error().kind == base::ErrorKind::unavailable);
    CHECK(!house.journal.busy());
    house.journal.readable = true;
    house.bump(device_id(1), [&](base::Result<std::uint64_t> result) { answer = result; });
    house.executor.run();
    house.journal.succeed();
    CHECK(**answer == 2);
}

TEST_CASE("an answer that changes nothing waits for what it rests on") {
    House house;
    house.bump(device_id(1), [](base::Result<std::uint64_t>) {});
    house.executor.run();
    std::optional<base::Result<bool>> seen;
    const auto look = [&] {
        house.writer.submit<bool>(
            place_of(kTenant, device_id(1)), Priority::person,
            [](Transaction& transaction) -> base::Result<bool> {
                return transaction.device(device_id(1)).has_value();
            },
            [&](base::Result<bool> result) { seen = result; });
        house.executor.run();
    };
    look();
    CHECK(!seen);
    house.journal.fail(base::unavailable("no"));
    REQUIRE(seen);
    CHECK(!seen->ok()); // what it saw never came to be
    look();
    CHECK(!**seen);
}

TEST_CASE("a command that fails leaves nothing behind") {
    House house;
    std::optional<base::Status> status;
    house.writer.submit(
        control_of(kTenant), Priority::person,
        [](Transaction& transaction) -> base::Status {
            ports::JobRow job;
            job.id = "j";
            transaction.put(std::move(job));
            CHECK(transaction.find<ports::JobRow>("j") != nullptr);
            return base::conflict("no");
        },
        [&](base::Status result) { status = result; });
    house.executor.run();
    REQUIRE(status);
    CHECK(status->error().kind == base::ErrorKind::conflict);
    CHECK(!house.journal.busy());
    CHECK(house.control.find<ports::JobRow>(kTenant, "j") == nullptr);
}

TEST_CASE("overload refuses telemetry first and terminal reports never") {
    House house({.queue = 16, .batch = 4});
    std::map<Priority, int> refused;
    const std::array order = {Priority::telemetry, Priority::inventory, Priority::poll,
                              Priority::download,  Priority::person,    Priority::terminal};
    for (int round = 0; round < 40; ++round)
        for (const Priority priority : order)
            house.bump(
                device_id(1),
                [&refused, priority](base::Result<std::uint64_t> result) {
                    if (!result.ok()) ++refused[priority];
                },
                priority);
    house.executor.run();
    CHECK(refused[Priority::telemetry] >= refused[Priority::inventory]);
    CHECK(refused[Priority::inventory] >= refused[Priority::poll]);
    CHECK(refused[Priority::poll] >= refused[Priority::download]);
    CHECK(refused[Priority::download] >= refused[Priority::person]);
    CHECK(refused[Priority::telemetry] > 0);
    CHECK(refused[Priority::terminal] == 0);
    while (house.journal.busy()) {
        house.journal.succeed();
        house.executor.run();
    }
    CHECK(house.writer.load().waiting == 0);
    CHECK(house.devices.rows.begin()->second.desired_number >= 40);
}

TEST_CASE("after stop new commands are refused and those that wait are finished") {
    House house;
    std::optional<base::Result<std::uint64_t>> first, second;
    house.bump(device_id(1), [&](base::Result<std::uint64_t> result) { first = result; });
    house.writer.stop();
    house.bump(device_id(1), [&](base::Result<std::uint64_t> result) { second = result; });
    house.executor.run();
    house.journal.succeed();
    CHECK(first->ok());
    CHECK(second->error().kind == base::ErrorKind::unavailable);
}

TEST_CASE("the change feed gives cursors what was committed, in order, and says when it has forgotten") {
    ChangeFeed feed(4);
    feed.begin(10, {});
    int woken = 0;
    auto subscription = feed.subscribe([&] { ++woken; });
    const auto change = [](std::uint64_t number, device::TenantId tenant) {
        ports::ChangeRow row;
        row.number = number;
        return ChangeFeed::Numbered{tenant, row};
    };
    feed.publish({change(11, kTenant), change(12, device::TenantId{7}), change(13, kTenant)});
    CHECK(woken == 1);
    CHECK(feed.newest() == 13);
    CHECK(!feed.read(kTenant, 9, 10));
    CHECK(feed.read(kTenant, 10, 10)->size() == 2);
    CHECK(feed.read(kTenant, 11, 10)->size() == 1);
    CHECK(feed.read(kTenant, 10, 1)->size() == 1);
    CHECK(feed.read(kTenant, 13, 10)->empty());
    feed.publish({change(14, kTenant), change(15, kTenant)});
    CHECK(!feed.read(kTenant, 10, 10)); // 11 was forgotten
    CHECK(feed.read(kTenant, 11, 10)->size() == 3);
    subscription = {};
    feed.publish({change(16, kTenant)});
    CHECK(woken == 2);
}

TEST_CASE("after a restart the feed goes on where it was, with what is stored without a gap") {
    const auto change = [](std::uint64_t number, device::TenantId tenant) {
        ports::ChangeRow row;
        row.number = number;
        return ChangeFeed::Numbered{tenant, row};
    };
    const device::TenantId other{7};
    ChangeFeed feed(4);
    // 7 is missing: it was pruned, so nobody who was at 6 may believe to have missed nothing.
    feed.begin(10, {change(5, kTenant), change(6, kTenant), change(8, other), change(9, kTenant),
                    change(10, kTenant)});
    CHECK(feed.newest() == 10);
    CHECK_FALSE(feed.read(kTenant, 6, 10));
    CHECK(feed.read(kTenant, 7, 10)->size() == 2);
    CHECK(feed.read(kTenant, 9, 10)->front().number == 10);
    feed.publish({change(11, kTenant)});
    CHECK(feed.read(kTenant, 9, 10)->size() == 2);
    // The numbers after the last stored one were given to changes that are gone: a restored backup.
    ChangeFeed restored(4);
    restored.begin(1000, {change(9, kTenant), change(10, kTenant)});
    CHECK_FALSE(restored.read(kTenant, 10, 10));
    CHECK(restored.read(kTenant, 1000, 10)->empty());
    // No more than it holds anyway.
    ChangeFeed small(2);
    small.begin(10, {change(8, kTenant), change(9, kTenant), change(10, kTenant)});
    CHECK_FALSE(small.read(kTenant, 7, 10));
    CHECK(small.read(kTenant, 8, 10)->size() == 2);
}

TEST_CASE("a writer that starts on a store with changes numbers on and serves those that are stored") {
    House house;
    house.bump(device_id(1), [](base::Result<std::uint64_t>) {});
    house.executor.run();
    while (house.journal.busy())
        house.journal.succeed();
    const std::uint64_t last = house.writer.feed().newest();
    REQUIRE(last > 0);
    ControlTables control;
    test::Devices devices;
    test::Log log;
    Writer again(house.executor, house.clock, house.journal, house.journal, control, devices, {&devices},
                 log);
    REQUIRE(again.start().ok());
    CHECK(again.feed().newest() == last);
    CHECK(again.feed().read(kTenant, last - 1, 10)->size() == 1);
}

TEST_CASE("the audit chain shows every change of a record") {
    House house;
    for (int i = 0; i < 3; ++i)
        house.writer.submit(
            control_of(kTenant), Priority::person,
            [i](Transaction& transaction) -> base::Status {
                transaction.audit(
                    {"user anna", "device.hold", "device " + std::to_string(i), "{}", "{}", "asked"});
                transaction.audit({"oakumd", "note", "device", "", "", ""});
                return {};
            },
            [](base::Status status) { CHECK(status.ok()); });
    house.executor.run();
    while (house.journal.busy())
        house.journal.succeed();
    std::vector<ports::AuditRow> rows;
    for (const auto& [place, row] : house.journal.stored)
        if (const auto* audit = std::get_if<ports::AuditRow>(&row)) rows.push_back(*audit);
    REQUIRE(rows.size() == 6);
    CHECK(verify_audit(std::nullopt, rows).ok());
    CHECK(verify_audit(rows[2], std::span(rows).subspan(3)).ok());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto changed = rows;
        changed[i].why += "x";
        CHECK(!verify_audit(std::nullopt, changed).ok());
        auto shorter = rows;
        shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i));
        CHECK(verify_audit(std::nullopt, shorter).ok() == (i + 1 == rows.size()));
        auto moved = rows;
        moved[i].before = moved[i].before + moved[i].after;
        moved[i].after.clear();
        CHECK(verify_audit(std::nullopt, moved).ok() == (rows[i].after.empty()));
    }
}
