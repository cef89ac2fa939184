// SPDX-License-Identifier: Apache-2.0
#include "connection.hpp"
#include "numbered_commits.hpp"
#include "store_connection.hpp"
#include "store_under_test.hpp"

#include <contract/row_maker.hpp>
#include <contract/row_text.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

using namespace oakum;
using namespace oakum::sqlite;
using contract::RowMaker;

namespace {

ports::Batch batch_of(ports::ShardId shard, std::vector<ports::Row> rows) {
    ports::Batch batch;
    batch.shards.push_back({device::kDefaultTenant, shard, std::move(rows)});
    return batch;
}

std::uint64_t commit(SqliteUnderTest& store, const ports::Batch& batch) {
    std::uint64_t last_change = 0;
    must(store.sqlite_journal().commit_now(batch, last_change));
    return last_change;
}

} // namespace

TEST_CASE("queued commits are answered in their order, on the executor, and all before the journal is gone") {
    SqliteUnderTest store;
    std::vector<std::uint64_t> answers;
    for (std::uint64_t number = 1; number <= 40; ++number)
        store.journal().commit(numbered_commit(number), [&](base::Result<std::uint64_t> last) {
            answers.push_back(must(std::move(last)));
        });
    const auto options = store.options();
    store.close();
    for (int n = 0; n < 40; ++n)
        store.drive();
    REQUIRE(answers.size() == 40);
    for (std::uint64_t number = 1; number <= 40; ++number)
        CHECK(answers[number - 1] == number);
    const auto found = check_numbered_commits(options);
    CHECK_MESSAGE(found.problem.empty(), found.problem);
    CHECK(found.commits == 40);
}

TEST_CASE("the log is moved into the file while commits go on, and begins anew instead of growing") {
    const TemporaryFolder folder;
    auto options = options_in(folder.path());
    options.checkpoint_pages = 16;
    SqliteUnderTest store(options);
    const auto log = [&] { return std::filesystem::file_size(options.file.string() + "-wal"); };
    std::uint64_t longest = 0;
    constexpr std::uint64_t kCommits = 2000, kLeastPagesOfACommit = 3;
    for (std::uint64_t number = 1; number <= kCommits; ++number) {
        commit(store, numbered_commit(number));
        longest = std::max<std::uint64_t>(longest, log());
    }
    CHECK(longest > 16 * 4096);
    // A thread that is kept waiting by a busy machine lets it grow for a while, but not for a third of all
    // that was written.
    CHECK(longest < kCommits * kLeastPagesOfACommit * 4096 / 3);
    store.close();
    const auto found = check_numbered_commits(options);
    CHECK_MESSAGE(found.problem.empty(), found.problem);
    CHECK(found.commits == kCommits);
}

TEST_CASE("a caller that runs away is told that the store is behind, and what was taken is kept") {
    SqliteUnderTest store;
    std::atomic<int> kept = 0, refused = 0;
    const auto big = batch_of(device::kControlShard, std::vector<ports::Row>(2000, RowMaker(1).job("j")));
    for (int n = 0; n < 300; ++n)
        store.journal().commit(big, [&](base::Result<std::uint64_t> last) {
            if (last.ok())
                ++kept;
            else if (last.error().kind == base::ErrorKind::unavailable)
                ++refused;
        });
    while (kept + refused < 300)
        store.drive();
    CHECK(kept >= 64);
    CHECK(refused > 0);
}

TEST_CASE("readers see only whole commits while the writer goes on") {
    SqliteUnderTest store;
    std::atomic<bool> stop = false;
    std::atomic<int> torn = 0, reads = 0;
    RowMaker make(2);
    const auto first = make.id<ports::GroupId>(), second = make.id<ports::GroupId>();
    const auto pair = [&](std::uint64_t version) {
        ports::GroupRow a, b;
        a.id = first;
        b.id = second;
        a.name = b.name = std::to_string(version);
        return batch_of(device::kControlShard, {a, b});
    };
    commit(store, pair(0));
    std::vector<std::thread> readers;
    for (int n = 0; n < 2; ++n)
        readers.emplace_back([&] {
            auto loader = SqliteLoader::open(store.options());
            while (!stop && loader.ok()) {
                std::vector<std::string> names;
                const auto status = (*loader)->load_shard(
                    device::kDefaultTenant, device::kControlShard,
                    [&](ports::TenantId, ports::ShardId, ports::Row row) -> base::Status {
                        names.push_back(std::get<ports::GroupRow>(row).name);
                        return {};
                    });
                if (!status.ok() || names.size() != 2 || names[0] != names[1]) ++torn;
                ++reads;
            }
        });
    for (std::uint64_t version = 1; version < 300 || reads < 20; ++version)
        commit(store, pair(version));
    stop = true;
    for (auto& reader : readers)
        reader.join();
    CHECK(torn == 0);
}

TEST_CASE("many threads may ask for history at the same time, more than there are readers") {
    SqliteUnderTest store;
    for (std::uint64_t number = 1; number <= 50; ++number)
        commit(store, numbered_commit(number));
    std::atomic<int> wrong = 0;
    std::vector<std::thread> askers;
    for (int n = 0; n < 12; ++n)
        askers.emplace_back([&] {
            for (int round = 0; round < 20; ++round) {
                const auto changes = store.history().changes(device::kDefaultTenant, 10, 1000);
                if (!changes.ok() || changes->size() != 40) ++wrong;
            }
        });
    for (auto& asker : askers)
        asker.join();
    CHECK(wrong == 0);
}

TEST_CASE(
    "a fact of a device that is not stored is refused, and the device may come later in the same commit") {
    SqliteUnderTest store;
    RowMaker make(3);
    const auto id = make.id<ports::DeviceId>();
    const auto shard = device::shard_of(device::kDefaultTenant, id);
    const ports::FactRow fact{id, make.fact("site")};
    std::uint64_t last_change = 0;
    const auto status = store.sqlite_journal().commit_now(batch_of(shard, {fact}), last_change);
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().kind == base::ErrorKind::invalid);
    commit(store, batch_of(shard, {fact, make.device(id, 0)}));
}

TEST_CASE("a device's row in a foreign shard is a bug that is not stored") {
    SqliteUnderTest store;
    RowMaker make(4);
    const auto id = make.id<ports::DeviceId>();
    const auto shard = device::shard_of(device::kDefaultTenant, id);
    const ports::ShardId other(static_cast<std::uint16_t>((shard.get() + 1) % device::kShardCount));
    std::uint64_t last_change = 0;
    for (const auto& row : {ports::Row(make.device(id, 0)), ports::Row(ports::FactRow{id, make.fact("site")}),
                            ports::Row(make.event(id, make.time()))}) {
        const auto status = store.sqlite_journal().commit_now(batch_of(other, {row}), last_change);
        REQUIRE_FALSE(status.ok());
        CHECK(status.error().kind == base::ErrorKind::bug);
    }
}

TEST_CASE("a deployment moves on with and without a change of what it is looked up by") {
    SqliteUnderTest store;
    RowMaker make(7);
    const auto id = make.id<ports::DeviceId>();
    const auto shard = device::shard_of(device::kDefaultTenant, id);
    auto row = make.deployment(make.id<ports::DeploymentId>(), id, 1);
    row.rollout = {};
    commit(store, batch_of(shard, {make.device(id, 0), row}));
    const auto check = [&] {
        ++row.row_version;
        row.detail = make.name();
        commit(store, batch_of(shard, {row}));
        const auto stored = must(store.history().deployments(device::kDefaultTenant, id, 10));
        REQUIRE(stored.size() == 1);
        CHECK(contract::text(stored.front()) == contract::text(row));
        std::vector<std::string> of_rollout;
        CHECK(store.history()
                  .each_deployment_of(device::kDefaultTenant, row.rollout,
                                      [&](const ports::DeploymentRow& each) {
                                          of_rollout.push_back(contract::text(each));
                                          return true;
                                      })
                  .ok());
        CHECK(of_rollout == (row.rollout.is_zero() ? std::vector<std::string>()
                                                   : std::vector<std::string>{contract::text(row)}));
    };
    check();
    row.rollout = make.id<ports::RolloutId>();
    check();
    check();
    row.offered_at += base::Duration(1);
    check();
    check();
    row.row_version -= 1;
    std::uint64_t last_change = 0;
    const auto status = store.sqlite_journal().commit_now(batch_of(shard, {row}), last_change);
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().kind == base::ErrorKind::conflict);
}

TEST_CASE("values that no binary wrote are reported with their column, not guessed at") {
    const std::pair<const char*, const char*> damages[] = {
        {"UPDATE device SET lifecycle = 99", "device.lifecycle"},
        {"UPDATE device SET lifecycle = -1", "device.lifecycle"},
        {"UPDATE device SET base_set = x'0102'", "device.base_set"},
        {"UPDATE device_group SET packed_defaults = x''", "device_group.packed_defaults"},
        {"UPDATE device_group SET packed_defaults = x'01ffffff7f'", "device_group.packed_defaults"},
        {"UPDATE software_set SET components = x'010203'", "software_set.components"},
        {"UPDATE token SET uses_left = 4294967296", "token.uses_left"}};
    for (const auto& [sql, column] : damages) {
        CAPTURE(sql);
        SqliteUnderTest store;
        RowMaker make(5);
        const auto id = make.id<ports::DeviceId>();
        commit(store, batch_of(device::shard_of(device::kDefaultTenant, id),
                               {make.device(id, 0), make.group(make.id<ports::GroupId>(), 0),
                                make.software_set(ports::SetId(make.digest())),
                                make.token(make.id<ports::TokenId>(), 0)}));
        must(must(Connection::open(writer_options(store.options())))->execute(sql));
        const auto status = store.loader().load_all(
            [](ports::TenantId, ports::ShardId, ports::Row) -> base::Status { return {}; });
        REQUIRE_FALSE(status.ok());
        CHECK(status.error().kind == base::ErrorKind::corrupt);
        CHECK(status.error().where == column);
    }
}

TEST_CASE("evidence goes by the number of an anchor, and by the time when it ended, in short steps; what "
          "holds stays") {
    SqliteUnderTest store;
    RowMaker make(7);
    const auto at = [](std::int64_t ms) { return base::from_unix_ms(ms); };
    for (std::uint64_t n = 1; n <= 40; ++n)
        commit(store, batch_of(device::kControlShard, {make.audit(n)}));
    std::vector<ports::SetId> sets;
    for (int n = 0; n < 20; ++n) {
        ports::SetFindingRow finding;
        finding.set = ports::SetId{base::sha256(std::to_string(n))};
        finding.advisory = "CVE-1";
        finding.component = ports::ComponentId{base::sha256("c")};
        sets.push_back(finding.set);
        for (const std::int64_t ms : {1, 5, 20}) {
            finding.from = at(ms);
            finding.to = ms == 20 ? std::nullopt : std::optional(at(ms + 3));
            commit(store, batch_of(device::kControlShard, {finding}));
        }
    }
    const auto id = make.id<ports::DeviceId>();
    const auto shard = device::shard_of(device::kDefaultTenant, id);
    std::vector<ports::Row> rows{make.device(id, 0)};
    for (const std::int64_t ms : {1, 9}) {
        ports::DeviceSetRow set;
        set.device = id;
        set.set = sets.front();
        set.from = at(ms);
        rows.push_back(set);
    }
    commit(store, batch_of(shard, rows));

    const ports::Older than{{}, at(5), at(9)};
    SqliteHistory history(store.options());
    const auto counted = must(history.count_older(device::kDefaultTenant, than));
    CHECK(counted.of[static_cast<std::size_t>(ports::Kept::findings)] == 40);
    CHECK_FALSE(counted.about);

    std::uint64_t gone = 0, steps = 0;
    for (bool finished = false; !finished; ++steps) {
        const auto pruned = must(store.sqlite_journal().prune_audit(device::kDefaultTenant, 25, 7));
        CHECK(pruned.rows <= 7);
        gone += pruned.rows;
        finished = pruned.finished;
    }
    CHECK(gone == 25);
    CHECK(steps == 4);
    CHECK(must(store.history().audit(device::kDefaultTenant, 0, 100)).front().number == 26);

    gone = steps = 0;
    for (bool finished = false; !finished; ++steps) {
        REQUIRE(steps < 10'000);
        const auto pruned = must(store.sqlite_journal().prune_findings(at(9), 3));
        CHECK(pruned.rows <= 3);
        gone += pruned.rows;
        finished = pruned.finished;
    }
    CHECK(gone == 40); // two of each set that ended at 4 and 8; the device's set ended at 9, not before
    for (const auto& set : sets)
        CHECK(must(store.history().set_findings(device::kDefaultTenant, set, true)).size() == 1);
    CHECK(must(store.history().device_sets(device::kDefaultTenant, id)).size() == 2);
    gone = 0;
    for (bool finished = false; !finished;) {
        const auto pruned = must(store.sqlite_journal().prune_findings(at(10), 3));
        gone += pruned.rows;
        finished = pruned.finished;
    }
    CHECK(gone == 1);
    CHECK(must(store.history().device_sets(device::kDefaultTenant, id)).size() == 1);
}

TEST_CASE("retention removes what is older, in short steps, and keeps the rest and the numbering") {
    SqliteUnderTest store;
    RowMaker make(6);
    const auto at = [](std::int64_t ms) { return base::from_unix_ms(ms); };
    std::vector<ports::DeviceId> devices;
    for (int n = 0; n < 30; ++n) {
        const auto id = make.id<ports::DeviceId>();
        const auto shard = device::shard_of(device::kDefaultTenant, id);
        devices.push_back(id);
        std::vector<ports::Row> rows{make.device(id, 0)};
        for (std::int64_t ms = 0; ms < 20; ++ms) {
            rows.push_back(make.event(id, at(ms)));
            rows.push_back(ports::ChangeRow{0, shard, at(ms), "device", id.text(), "{}"});
        }
        commit(store, batch_of(shard, std::move(rows)));
    }
    commit(store, batch_of(device::kControlShard,
                           {ports::IdempotencyRow{"old", {}, 200, "", at(1)},
                            ports::IdempotencyRow{"new", {}, 200, "", at(50)}, make.audit(1)}));
    std::vector<ports::Row> ending;
    for (const auto kind : {ports::TokenKind::session, ports::TokenKind::sign_in, ports::TokenKind::api,
                            ports::TokenKind::enrolment})
        for (const std::int64_t ms : {1, 7, 50}) {
            ports::TokenRow token = make.token(make.id<ports::TokenId>(), 0);
            token.kind = kind;
            token.expires = at(ms);
            ending.push_back(token);
        }
    for (const std::int64_t ms : {1, 50}) {
        ports::JobRow job = make.job("ended " + std::to_string(ms));
        job.ended = at(ms);
        ending.push_back(job);
        job.id = "open " + std::to_string(ms);
        job.ended.reset();
        ending.push_back(job);
        ports::AlarmRow alarm = make.alarm(make.id<ports::AlarmId>(), 0);
        alarm.closed = at(ms);
        ending.push_back(alarm);
        alarm.id = make.id<ports::AlarmId>();
        alarm.closed.reset();
        ending.push_back(alarm);
        ports::MessageRow message = make.message(make.id<ports::MessageId>());
        message.ended = at(ms);
        ending.push_back(message);
        message.id = make.id<ports::MessageId>();
        message.ended.reset();
        ending.push_back(message);
    }
    commit(store, batch_of(device::kControlShard, ending));
    const auto old_edit = make.id<ports::EditId>(), new_edit = make.id<ports::EditId>();
    for (const auto& [id, ms] : {std::pair(old_edit, 3), std::pair(new_edit, 50)}) {
        ports::EditRow edit = make.edit(id, 0);
        edit.created = at(ms);
        commit(store, batch_of(device::kControlShard, {edit}));
        for (const auto& device : devices)
            commit(store,
                   batch_of(device::shard_of(device::kDefaultTenant, device), {make.edited(id, device)}));
    }
    const ports::Retention retention{at(15), at(5), at(10), at(10), at(5), at(10), at(10), at(10), at(10)};
    std::uint64_t rows = 0, steps = 0;
    for (bool finished = false; !finished; ++steps) {
        REQUIRE(steps < 10'000);
        const auto pruned = must(store.sqlite_journal().prune(retention, 7));
        CHECK(pruned.rows <= 9 * 7);
        rows += pruned.rows;
        finished = pruned.finished;
    }
    for (const auto& id : devices)
        CHECK(must(store.history().device_events(device::kDefaultTenant, id, std::nullopt, 100)).size() == 5);
    // Changes go from the front as far as they are old: what an older one stands behind waits its turn.
    const auto changes = must(store.history().changes(device::kDefaultTenant, 0, 10'000));
    CHECK(changes.size() < 600);
    // Of the tokens: two sessions, two sign-in links, one of each other kind; of jobs, alarms, messages one;
    // the old edit with what it did to 30 devices.
    CHECK(rows == 30 * 15 + (600 - changes.size()) + 1 + 4 + 2 + 3 + 31);
    CHECK(must(store.history().edited_devices(device::kDefaultTenant, old_edit, std::nullopt, 100)).empty());
    CHECK(must(store.history().edited_devices(device::kDefaultTenant, new_edit, std::nullopt, 100)).size() ==
          30);
    std::size_t tokens = 0, jobs = 0, alarms = 0, messages = 0;
    must(store.loader().load_all([&](ports::TenantId, ports::ShardId, ports::Row row) -> base::Status {
        // The memory forgets by the same rule.
        if (const auto* token = std::get_if<ports::TokenRow>(&row)) {
            ++tokens;
            CHECK_FALSE(ports::outlived(*token, retention));
        }
        if (const auto* job = std::get_if<ports::JobRow>(&row)) {
            ++jobs;
            CHECK_FALSE(ports::outlived(*job, retention));
        }
        if (const auto* alarm = std::get_if<ports::AlarmRow>(&row)) {
            ++alarms;
            CHECK_FALSE(ports::outlived(*alarm, retention));
        }
        if (const auto* message = std::get_if<ports::MessageRow>(&row)) {
            ++messages;
            CHECK_FALSE(ports::outlived(*message, retention));
        }
        return {};
    }));
    CHECK(tokens == 6);
    CHECK(jobs == 3);
    CHECK(alarms == 3);
    CHECK(messages == 3);
    for (const ports::Row& row : ending)
        if (const auto* token = std::get_if<ports::TokenRow>(&row))
            CHECK(
                ports::outlived(*token, retention) ==
                (token->expires < at(5) || (token->expires < at(10) && token->kind != ports::TokenKind::api &&
                                            token->kind != ports::TokenKind::enrolment)));
    CHECK(must(store.history().audit(device::kDefaultTenant, 0, 10)).size() == 1);
    CHECK(commit(store, batch_of(device::kControlShard, {make.change(device::kControlShard)})) == 601);
    const auto again = must(store.sqlite_journal().prune({}, 100));
    CHECK(again.rows == 0);
}

TEST_CASE("of more marks than are answered at once the newest are") {
    SqliteUnderTest store;
    constexpr std::int64_t kMost = 10'000;
    std::vector<ports::Row> marks;
    for (std::int64_t n = 0; n < kMost + 5; ++n)
        marks.emplace_back(ports::MarkRow{base::from_unix_ms(n), "feed", "kev", {}, "imported"});
    commit(store, batch_of(device::kControlShard, marks));
    const auto found =
        store.daily()
            .marks(device::kDefaultTenant, {}, base::from_unix_ms(0), base::from_unix_ms(kMost * 2))
            .value();
    REQUIRE(found.size() == static_cast<std::size_t>(kMost));
    CHECK(found.front().at == base::from_unix_ms(5));
    CHECK(found.back().at == base::from_unix_ms(kMost + 4));
}

TEST_CASE("a store that another process holds is waited for, then named") {
    SqliteUnderTest store;
    const auto other = must(Connection::open(writer_options(store.options())));
    Transaction transaction(*other);
    must(transaction.begin_write());
    auto impatient = store.options();
    impatient.busy_timeout = base::Duration(50);
    QueueExecutor executor;
    const auto journal = must(SqliteJournal::open(impatient, executor));
    std::uint64_t last_change = 0;
    const auto status = journal->commit_now(numbered_commit(1), last_change);
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().kind == base::ErrorKind::unavailable);
    CHECK(status.error().message.find("another process holds") == 0);
}
