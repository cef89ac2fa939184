// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <contract/row_maker.hpp>
#include <contract/row_text.hpp>
#include <contract/store_model.hpp>
#include <device/ids.hpp>
#include <doctest/doctest.h>
#include <ports/daily_records.hpp>
#include <ports/store.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

// What every store must do, whoever implements it: one suite over Journal, Loader, History and DailyRecords.
//
// A store under test is a default-constructible class with
//     ports::Journal& journal();  ports::Loader& loader();  ports::History& history();
//     ports::DailyRecords& daily();
//     void drive();     // lets posted completions run; called until the completion of a commit was called
//     void reopen();    // closes and opens again; what was acknowledged is there
// and one line in a test file:  OAKUM_STORE_CONTRACT(SqliteUnderTest)
//
// The rules, beside the comments in ports/rows.hpp and ports/store.hpp:
// - A commit is all or nothing, over all its shards; rows take effect in their order.
// - row_version 0 inserts or replaces, whatever is stored. A version n > 0 must find n - 1 stored; no row
// counts as
//   version 0. Otherwise: conflict.
// - Control rows may stand in any shard's rows; they belong to the tenant and are loaded under its control
// shard.
//   Rows of a device stand in its own shard, shard_of(tenant, device).
// - A DeviceSetRow (SetFindingRow) without `to` closes the open interval of its device and layer (set,
// advisory and
//   component) at its `from`, but never before that interval's own beginning, and becomes the open one. One
//   with `to` inserts or replaces the interval that begins at its `from`.
// - An AuditRow's number must follow the newest one of its tenant (1 is the first). Otherwise: conflict.
// - Changes get the next numbers, without gaps within the store; a commit without changes reports the last
// number.
// - Histories that name no order: intervals and decisions oldest first, deployments newest offer first.
namespace oakum::contract {

using namespace oakum::ports;

inline const TenantId kTenant = device::kDefaultTenant;
inline const TenantId kOther{7};

template <class Store> base::Result<std::uint64_t> commit(Store& store, Batch batch) {
    std::optional<base::Result<std::uint64_t>> answer;
    store.journal().commit(std::move(batch),
                           [&](base::Result<std::uint64_t> result) { answer = std::move(result); });
    while (!answer)
        store.drive();
    return *answer;
}

template <class Store>
base::Result<std::uint64_t> put(Store& store, TenantId tenant, ShardId shard, std::vector<Row> rows) {
    Batch batch;
    batch.shards.push_back({tenant, shard, std::move(rows)});
    return commit(store, std::move(batch));
}

template <class Store> base::Result<std::uint64_t> put_control(Store& store, std::vector<Row> rows) {
    return put(store, kTenant, device::kControlShard, std::move(rows));
}

struct Loaded {
    TenantId tenant;
    ShardId shard;
    Row row;
};

template <class Store> std::vector<Loaded> load_all(Store& store) {
    std::vector<Loaded> rows;
    const auto status = store.loader().load_all([&](TenantId tenant, ShardId shard, Row row) -> base::Status {
        rows.push_back({tenant, shard, std::move(row)});
        return {};
    });
    REQUIRE_MESSAGE(status.ok(), (status.ok() ? std::string() : status.error().text()));
    return rows;
}

inline std::string line(TenantId tenant, ShardId shard, const Row& row) {
    return std::to_string(tenant.get()) + "/" + std::to_string(shard.get()) + " " + text(row);
}

inline std::vector<std::string> lines(const std::vector<Loaded>& rows) {
    std::vector<std::string> out;
    for (const auto& loaded : rows)
        out.push_back(line(loaded.tenant, loaded.shard, loaded.row));
    std::sort(out.begin(), out.end());
    return out;
}

template <class Rows> std::vector<std::string> texts(const Rows& rows) {
    std::vector<std::string> out;
    for (const auto& row : rows)
        out.push_back(text(row));
    return out;
}

// The first line that one has and the other lacks, for the message of a failed check.
inline std::string difference(const std::vector<std::string>& have, const std::vector<std::string>& want) {
    std::vector<std::string> extra, missing;
    std::set_difference(have.begin(), have.end(), want.begin(), want.end(), std::back_inserter(extra));
    std::set_difference(want.begin(), want.end(), have.begin(), have.end(), std::back_inserter(missing));
    std::string out;
    if (!missing.empty()) out += "missing: " + missing.front() + "\n";
    if (!extra.empty()) out += "unexpected: " + extra.front() + "\n";
    return out;
}

template <class Store> void check_loads(Store& store, const Model& model) {
    const auto have = lines(load_all(store));
    std::vector<std::string> want;
    for (const auto& entry : model.open_rows())
        want.push_back(line(entry.tenant, entry.shard, entry.row));
    std::sort(want.begin(), want.end());
    CHECK_MESSAGE(have == want, difference(have, want));
}

TEST_CASE_TEMPLATE_DEFINE(
    "a store loads exactly what was put, of every kind of row, before and after it is reopened", Store,
    contract_round_trip) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        CAPTURE(seed);
        Store store;
        Model model;
        RowMaker make(seed);
        ModelKeys keys(make);
        int accepted = 0;
        for (int n = 0; n < 25; ++n) {
            Batch batch = keys.random_batch(make, model, {kTenant, kOther});
            const auto expected = model.commit(batch);
            const auto got = commit(store, std::move(batch));
            REQUIRE_MESSAGE(got.ok() == expected.ok(),
                            (got.ok() ? std::string("committed") : got.error().text()));
            accepted += got.ok() ? 1 : 0;
            if (got.ok())
                CHECK(got.value() == expected.value());
            else
                CHECK(got.error().kind == expected.error().kind);
        }
        CHECK(accepted > 10);
        check_loads(store, model);
        for (const auto& [tenant, shard] : model.shards()) {
            std::vector<Loaded> rows;
            REQUIRE(store.loader()
                        .load_shard(tenant, shard,
                                    [&](TenantId t, ShardId s, Row row) -> base::Status {
                                        rows.push_back({t, s, std::move(row)});
                                        return {};
                                    })
                        .ok());
            std::vector<std::string> want;
            for (const auto& entry : model.open_rows())
                if (entry.tenant == tenant && entry.shard == shard)
                    want.push_back(line(entry.tenant, entry.shard, entry.row));
            std::sort(want.begin(), want.end());
            CHECK_MESSAGE(lines(rows) == want, difference(lines(rows), want));
        }
        store.reopen();
        check_loads(store, model);
    }
}

TEST_CASE_TEMPLATE_DEFINE("an empty store loads nothing, and its histories are empty", Store,
                          contract_empty) {
    Store store;
    CHECK(load_all(store).empty());
    CHECK(store.history().device_events(kTenant, DeviceId(base::Id128{1, 1}), std::nullopt, 10)->empty());
    CHECK(store.history().audit(kTenant, 0, 10)->empty());
    CHECK(store.history().changes(kTenant, 0, 10)->empty());
    CHECK(commit(store, Batch{}).value() == 0);
}

TEST_CASE_TEMPLATE_DEFINE("control rows are loaded before any device's, and a shard's rows come together",
                          Store, contract_order) {
    Store store;
    RowMaker make(3);
    Batch batch;
    for (int n = 0; n < 60; ++n) {
        const auto id = make.template id<DeviceId>();
        const TenantId tenant = n % 2 == 0 ? kTenant : kOther;
        batch.shards.push_back(
            {tenant, device::shard_of(tenant, id), {make.device(id, 0), FactRow{id, make.fact("site")}}});
        batch.shards.push_back({tenant, device::kControlShard, {make.group(make.template id<GroupId>(), 0)}});
    }
    REQUIRE(commit(store, std::move(batch)).ok());
    store.reopen();
    bool device_seen = false;
    std::set<std::pair<TenantId, ShardId>> finished;
    std::optional<std::pair<TenantId, ShardId>> current;
    for (const auto& loaded : load_all(store)) {
        if (std::holds_alternative<GroupRow>(loaded.row)) {
            CHECK_FALSE(device_seen);
            CHECK(loaded.shard == device::kControlShard);
            continue;
        }
        device_seen = true;
        const std::pair place{loaded.tenant, loaded.shard};
        if (current != place) {
            if (current) finished.insert(*current);
            CHECK(finished.count(place) == 0);
            current = place;
        }
    }
}

TEST_CASE_TEMPLATE_DEFINE("a visitor that fails stops the load, and its error comes back", Store,
                          contract_visit_error) {
    Store store;
    RowMaker make(4);
    REQUIRE(put_control(store, {make.group(make.template id<GroupId>(), 0),
                                make.group(make.template id<GroupId>(), 0)})
                .ok());
    int calls = 0;
    const auto status = store.loader().load_all([&](TenantId, ShardId, Row) -> base::Status {
        ++calls;
        return base::denied("seen enough");
    });
    CHECK(calls == 1);
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().kind == base::ErrorKind::denied);
}

TEST_CASE_TEMPLATE_DEFINE(
    "a row_version that does not follow the stored one is a conflict, and nothing is stored", Store,
    contract_compare_and_set) {
    Store store;
    RowMaker make(5);
    Model model;
    const auto device = make.template id<DeviceId>();
    const auto shard = device::shard_of(kTenant, device);
    const auto deployment = make.template id<DeploymentId>();
    const auto group = make.template id<GroupId>();
    const auto release = make.template id<ReleaseId>();
    const auto rollout = make.template id<RolloutId>();
    const auto user = make.template id<UserId>();
    const auto token = make.template id<TokenId>();
    const auto alarm = make.template id<AlarmId>();
    const auto channel = make.template id<ChannelId>();
    const auto edit = make.template id<EditId>();
    const auto exception = make.template id<ExceptionId>();
    const std::string notice = make.name();
    struct Kind {
        ShardId shard;
        std::function<Row(std::uint64_t)> row;
    };
    const std::vector<Kind> kinds = {
        {shard, [&](std::uint64_t v) { return make.device(device, v); }},
        {shard, [&](std::uint64_t v) { return make.deployment(deployment, device, v); }},
        {device::kControlShard, [&](std::uint64_t v) { return make.group(group, v); }},
        {device::kControlShard, [&](std::uint64_t v) { return make.release(release, v); }},
        {device::kControlShard, [&](std::uint64_t v) { return make.rollout(rollout, v); }},
        {device::kControlShard, [&](std::uint64_t v) { return make.user(user, v); }},
        {device::kControlShard, [&](std::uint64_t v) { return make.token(token, v); }},
        {device::kControlShard, [&](std::uint64_t v) { return make.alarm(alarm, v); }},
        {device::kControlShard, [&](std::uint64_t v) { return make.channel(channel, v); }},
        {device::kControlShard, [&](std::uint64_t v) { return make.edit(edit, v); }},
        {device::kControlShard, [&](std::uint64_t v) { return make.exception(exception, v); }},
        {device::kControlShard, [&](std::uint64_t v) { return make.notice(notice, v); }}};
    struct Step {
        std::uint64_t version;
        bool accepted;
    };
    // No row, then 0, 1, 2; a replacement goes back to 0.
    const std::vector<Step> steps = {{2, false}, {0, true},  {2, false}, {1, true}, {1, false}, {2, true},
                                     {9, false}, {2, false}, {3, true},  {0, true}, {4, false}, {1, true}};
    for (const auto& kind : kinds) {
        for (const auto& step : steps) {
            CAPTURE(step.version);
            Batch batch;
            // A neighbour in front, which must not stay when the row behind it conflicts.
            batch.shards.push_back({kTenant,
                                    device::kControlShard,
                                    {JobRow{make.job(make.name())}, make.change(device::kControlShard)}});
            batch.shards.push_back({kTenant, kind.shard, {kind.row(step.version)}});
            const auto expected = model.commit(batch);
            REQUIRE(expected.ok() == step.accepted);
            const auto got = commit(store, std::move(batch));
            CHECK(got.ok() == step.accepted);
            if (got.ok() && expected.ok()) CHECK(got.value() == expected.value());
            if (!got.ok()) CHECK(got.error().kind == base::ErrorKind::conflict);
        }
    }
    check_loads(store, model);
    CHECK(store.history().changes(kTenant, 0, 1000)->size() == model.changes().size());
}

TEST_CASE_TEMPLATE_DEFINE("a new row may start at version 1, and two versions of a row fit into one commit",
                          Store, contract_versions_in_one_batch) {
    Store store;
    RowMaker make(6);
    const auto id = make.template id<GroupId>();
    const auto last = make.group(id, 3);
    REQUIRE(put_control(store, {make.group(id, 1), make.group(id, 2), last}).ok());
    const auto rows = load_all(store);
    REQUIRE(rows.size() == 1);
    CHECK(text(rows.front().row) == text(last));
}

TEST_CASE_TEMPLATE_DEFINE("an empty value deletes a fact, an empty body a document", Store,
                          contract_deletes) {
    Store store;
    RowMaker make(7);
    const auto id = make.template id<DeviceId>();
    const auto shard = device::shard_of(kTenant, id);
    FactRow fact{id, make.fact("owner")};
    REQUIRE(
        put(store, kTenant, shard, {make.device(id, 0), fact, DocumentRow{"tuf/1.root.json", "{}"}}).ok());
    CHECK(load_all(store).size() == 3);
    fact.fact.value.clear();
    REQUIRE(put(store, kTenant, shard, {fact, DocumentRow{"tuf/1.root.json", ""}}).ok());
    CHECK(load_all(store).size() == 1);
    CHECK(put(store, kTenant, shard, {fact, DocumentRow{"never/there", ""}}).ok());
}

TEST_CASE_TEMPLATE_DEFINE(
    "what an edit did to devices is read in pages, by shard and device, and is not loaded", Store,
    contract_edited_devices) {
    Store store;
    RowMaker make(14);
    const auto edit = make.template id<EditId>(), other = make.template id<EditId>();
    std::map<std::pair<ShardId, DeviceId>, EditedDeviceRow> want;
    for (int n = 0; n < 40; ++n) {
        const auto id = make.template id<DeviceId>();
        const auto shard = device::shard_of(kTenant, id);
        EditedDeviceRow row = make.edited(edit, id);
        REQUIRE(put(store, kTenant, shard, {make.device(id, 0), row, make.edited(other, id)}).ok());
        if (n % 3 == 0) {
            row.undone = !row.undone;
            REQUIRE(put(store, kTenant, shard, {row}).ok());
        }
        want[{shard, id}] = row;
    }
    store.reopen();
    CHECK(load_all(store).size() == 40);
    std::vector<std::string> have, all;
    for (std::optional<DeviceId> after;;) {
        const auto page = store.history().edited_devices(kTenant, edit, after, 7);
        REQUIRE(page.ok());
        CHECK(page->size() <= 7);
        if (page->empty()) break;
        for (const auto& row : *page)
            have.push_back(text(row));
        after = page->back().device;
    }
    for (const auto& [place, row] : want)
        all.push_back(text(row));
    CHECK(have == all);
    CHECK(store.history().edited_devices(kOther, edit, std::nullopt, 10)->empty());
}

TEST_CASE_TEMPLATE_DEFINE("components and software sets stay as they were first put", Store,
                          contract_immutable) {
    Store store;
    RowMaker make(8);
    const ComponentId component(make.digest());
    const SetId set(make.digest());
    const auto first_component = make.component(component);
    const auto first_set = make.software_set(set);
    REQUIRE(put_control(store, {first_component, first_set}).ok());
    REQUIRE(put_control(store, {make.component(component), make.software_set(set)}).ok());
    std::vector<std::string> have;
    for (const auto& loaded : load_all(store))
        have.push_back(text(loaded.row));
    std::sort(have.begin(), have.end());
    std::vector<std::string> want{text(first_component), text(first_set)};
    std::sort(want.begin(), want.end());
    CHECK(have == want);
}

TEST_CASE_TEMPLATE_DEFINE("opening a software set closes the one before it, and the history keeps both",
                          Store, contract_device_sets) {
    Store store;
    RowMaker make(9);
    const auto id = make.template id<DeviceId>();
    const auto shard = device::shard_of(kTenant, id);
    const auto at = [](std::int64_t ms) { return base::from_unix_ms(ms); };
    const SetId a(make.digest()), b(make.digest()), c(make.digest());
    REQUIRE(put(store, kTenant, shard,
                {make.device(id, 0), DeviceSetRow{id, Layer::base, a, at(1000), std::nullopt},
                 DeviceSetRow{id, Layer::delta, c, at(1000), std::nullopt}})
                .ok());
    REQUIRE(put(store, kTenant, shard, {DeviceSetRow{id, Layer::base, b, at(5000), std::nullopt}}).ok());
    // A clock that went back: the interval that is closed is empty, not negative.
    REQUIRE(put(store, kTenant, shard, {DeviceSetRow{id, Layer::base, a, at(4000), std::nullopt}}).ok());
    // Closing by hand leaves nothing open in the other layer.
    REQUIRE(put(store, kTenant, shard, {DeviceSetRow{id, Layer::delta, c, at(1000), at(9000)}}).ok());
    auto have = texts(*store.history().device_sets(kTenant, id));
    const auto want = texts(std::vector<DeviceSetRow>{{id, Layer::base, a, at(1000), at(5000)},
                                                      {id, Layer::delta, c, at(1000), at(9000)},
                                                      {id, Layer::base, a, at(4000), std::nullopt},
                                                      {id, Layer::base, b, at(5000), at(5000)}});
    CHECK(have == want);
    CHECK(store.history().device_sets(kOther, id)->empty());
    // Nobody lives by them at a start: the device's row names its sets.
    for (const auto& loaded : load_all(store))
        CHECK_FALSE(std::holds_alternative<DeviceSetRow>(loaded.row));
}

TEST_CASE_TEMPLATE_DEFINE("a finding's new verdict closes the one before it", Store, contract_set_findings) {
    Store store;
    RowMaker make(10);
    const SetId set(make.digest());
    const ComponentId component(make.digest()), other(make.digest());
    const auto at = [](std::int64_t ms) { return base::from_unix_ms(ms); };
    const auto finding = [&](ComponentId id, Verdict verdict, std::int64_t from,
                             std::optional<base::TimePoint> to) {
        return SetFindingRow{set, "CVE-2024-6387", id, verdict, "range says so", at(from), to};
    };
    REQUIRE(put_control(store, {finding(component, Verdict::unknown, 10, std::nullopt),
                                finding(other, Verdict::affected, 10, std::nullopt)})
                .ok());
    REQUIRE(put_control(store, {finding(component, Verdict::affected, 20, std::nullopt)}).ok());
    REQUIRE(put_control(store, {finding(other, Verdict::affected, 10, at(30))}).ok());
    auto all = texts(*store.history().set_findings(kTenant, set, true));
    auto want = texts(std::vector<SetFindingRow>{finding(component, Verdict::unknown, 10, at(20)),
                                                 finding(component, Verdict::affected, 20, std::nullopt),
                                                 finding(other, Verdict::affected, 10, at(30))});
    std::sort(all.begin(), all.end());
    std::sort(want.begin(), want.end());
    CHECK(all == want);
    CHECK(texts(*store.history().set_findings(kTenant, set, false)) ==
          texts(std::vector<SetFindingRow>{finding(component, Verdict::affected, 20, std::nullopt)}));
    CHECK(load_all(store).size() == 1);
}

TEST_CASE_TEMPLATE_DEFINE("changes are numbered without gaps, also after commits that failed", Store,
                          contract_changes) {
    Store store;
    RowMaker make(11);
    const auto group = make.template id<GroupId>();
    const ShardId control = device::kControlShard;
    const auto first = make.change(control), second = make.change(control), third = make.change(control);
    CHECK(put_control(store, {first, second}).value() == 2);
    CHECK_FALSE(put_control(store, {make.change(control), make.group(group, 5)}).ok());
    CHECK(put_control(store, {make.job("j")}).value() == 2);
    CHECK(put(store, kOther, control, {make.change(control)}).value() == 3);
    store.reopen();
    CHECK(put_control(store, {third}).value() == 4);
    const auto all = store.history().changes(kTenant, 0, 100).value();
    CHECK(texts(all) == texts(std::vector<ChangeRow>{first, second, third}));
    REQUIRE(all.size() == 3);
    CHECK(all[0].number == 1);
    CHECK(all[1].number == 2);
    CHECK(all[2].number == 4);
    CHECK(texts(*store.history().changes(kTenant, 1, 1)) == texts(std::vector<ChangeRow>{second}));
    CHECK(store.history().changes(kTenant, 4, 100)->empty());
    // What the change feed goes on from after a restart: all tenants, ascending, the newest of them.
    const auto newest = store.loader().load_changes(3).value();
    CHECK(newest.last == 4);
    REQUIRE(newest.newest.size() == 3);
    CHECK(newest.newest[0].second.number == 2);
    CHECK(newest.newest[1].first == kOther);
    CHECK(newest.newest[1].second.number == 3);
    CHECK(newest.newest[2].second.number == 4);
    CHECK(texts(std::vector<ChangeRow>{newest.newest[2].second}) == texts(std::vector<ChangeRow>{third}));
    CHECK(store.loader().load_changes(100)->newest.size() == 4);
}

TEST_CASE_TEMPLATE_DEFINE("the audit log takes only the next number, and its newest record is loaded", Store,
                          contract_audit) {
    Store store;
    RowMaker make(12);
    std::vector<AuditRow> log{make.audit(1), make.audit(2), make.audit(3)};
    CHECK_FALSE(put_control(store, {log[1]}).ok());
    REQUIRE(put_control(store, {log[0], log[1]}).ok());
    const auto repeated = put_control(store, {make.audit(2)});
    REQUIRE_FALSE(repeated.ok());
    CHECK(repeated.error().kind == base::ErrorKind::conflict);
    CHECK_FALSE(put_control(store, {make.audit(4)}).ok());
    REQUIRE(put(store, kOther, device::kControlShard, {make.audit(1)}).ok());
    REQUIRE(put_control(store, {log[2]}).ok());
    CHECK(texts(*store.history().audit(kTenant, 0, 100)) == texts(log));
    CHECK(texts(*store.history().audit(kTenant, 1, 1)) == texts(std::vector<AuditRow>{log[1]}));
    std::vector<std::string> newest;
    for (const auto& loaded : load_all(store))
        if (loaded.tenant == kTenant) newest.push_back(text(loaded.row));
    CHECK(newest == texts(std::vector<AuditRow>{log[2]}));
}

TEST_CASE_TEMPLATE_DEFINE("a device's events come newest first, in pages", Store, contract_events) {
    Store store;
    RowMaker make(13);
    const auto id = make.template id<DeviceId>(), other = make.template id<DeviceId>();
    std::vector<DeviceEventRow> newest_first;
    REQUIRE(put(store, kTenant, device::shard_of(kTenant, id), {make.device(id, 0)}).ok());
    REQUIRE(put(store, kTenant, device::shard_of(kTenant, other), {make.device(other, 0)}).ok());
    for (std::int64_t ms : {100, 200, 200, 300, 400}) {
        newest_first.insert(newest_first.begin(), make.event(id, base::from_unix_ms(ms)));
        REQUIRE(put(store, kTenant, device::shard_of(kTenant, id), {newest_first.front()}).ok());
        REQUIRE(
            put(store, kTenant, device::shard_of(kTenant, other), {make.event(other, base::from_unix_ms(ms))})
                .ok());
    }
    auto& history = store.history();
    CHECK(texts(*history.device_events(kTenant, id, std::nullopt, 100)) == texts(newest_first));
    CHECK(texts(*history.device_events(kTenant, id, std::nullopt, 2)) ==
          texts(std::vector<DeviceEventRow>(newest_first.begin(), newest_first.begin() + 2)));
    CHECK(texts(*history.device_events(kTenant, id, base::from_unix_ms(300), 100)) ==
          texts(std::vector<DeviceEventRow>(newest_first.begin() + 2, newest_first.end())));
    CHECK(history.device_events(kTenant, id, base::from_unix_ms(100), 100)->empty());
    CHECK(history.device_events(kOther, id, std::nullopt, 100)->empty());
}

TEST_CASE_TEMPLATE_DEFINE("deployments are found by device and by rollout, the newest offer first", Store,
                          contract_deployments) {
    Store store;
    RowMaker make(14);
    const auto rollout = make.template id<RolloutId>();
    std::vector<DeploymentRow> of_device, of_rollout;
    const auto id = make.template id<DeviceId>();
    for (int n = 0; n < 12; ++n) {
        const auto device = n % 2 == 0 ? id : make.template id<DeviceId>();
        auto row = make.deployment(make.template id<DeploymentId>(), device, 0);
        row.offered_at = base::from_unix_ms(1000 - n);
        if (n % 3 == 0) row.rollout = rollout;
        REQUIRE(put(store, kTenant, device::shard_of(kTenant, device), {make.device(device, 0), row}).ok());
        if (n % 2 == 0) of_device.push_back(row);
        if (n % 3 == 0) of_rollout.push_back(row);
    }
    auto& history = store.history();
    CHECK(texts(*history.deployments(kTenant, id, 100)) == texts(of_device));
    const auto first_of = [&](TenantId tenant, std::size_t limit) {
        std::vector<DeploymentRow> rows;
        CHECK(history
                  .each_deployment_of(tenant, rollout,
                                      [&](const DeploymentRow& row) {
                                          rows.push_back(row);
                                          return rows.size() < limit;
                                      })
                  .ok());
        return texts(rows);
    };
    CHECK(first_of(kTenant, 100) == texts(of_rollout));
    CHECK(history.deployments(kTenant, id, 2)->size() == 2);
    of_rollout.resize(3);
    CHECK(first_of(kTenant, 3) == texts(of_rollout)); // and it can be asked again at once
    CHECK(first_of(kOther, 3).empty());
}

TEST_CASE_TEMPLATE_DEFINE("the history of all devices is what each of them has", Store, contract_histories) {
    Store store;
    RowMaker make(17);
    std::map<DeviceId, std::pair<std::vector<std::string>, std::vector<std::string>>> had, told;
    for (int n = 0; n < 40; ++n) {
        const auto id = make.template id<DeviceId>();
        std::vector<ports::Row> rows{make.device(id, 0)};
        for (int m = 0; m < n % 3; ++m) {
            auto row = make.deployment(make.template id<DeploymentId>(), id, 0);
            row.offered_at = base::from_unix_ms(1000 + m * 7 % 5);
            rows.push_back(row);
        }
        for (int m = 0; m < n % 4; ++m)
            rows.push_back(DeviceSetRow{id, m % 2 == 0 ? Layer::base : Layer::delta, SetId(make.digest()),
                                        base::from_unix_ms(1000 + m), std::nullopt});
        REQUIRE(put(store, kTenant, device::shard_of(kTenant, id), rows).ok());
        if (rows.size() > 1)
            had[id] = {texts(*store.history().device_sets(kTenant, id)),
                       texts(*store.history().deployments(kTenant, id, 100))};
    }
    auto& history = store.history();
    for (const std::size_t piece : {1UL, 7UL, 1000UL}) {
        told.clear();
        std::optional<DeviceId> last;
        for (bool goes_on = true; goes_on;) {
            const auto found = history.device_histories(kTenant, last, piece);
            REQUIRE(found.ok());
            for (const ports::DeviceHistory& each : *found) {
                const auto place = [](DeviceId id) { return std::pair(device::shard_of(kTenant, id), id); };
                CHECK((!last || place(*last) < place(each.device)));
                last = each.device;
                CHECK(told.emplace(each.device, std::pair(texts(each.sets), texts(each.deployments))).second);
            }
            goes_on = found->size() == piece;
        }
        CHECK(told == had);
    }
    CHECK(history.device_histories(kOther, std::nullopt, 10)->empty());
}

TEST_CASE_TEMPLATE_DEFINE("a rollout's decisions are kept in the order in which they were made", Store,
                          contract_decisions) {
    Store store;
    RowMaker make(15);
    const auto rollout = make.template id<RolloutId>();
    std::vector<RolloutDecisionRow> made;
    for (std::int64_t ms : {5, 5, 9}) {
        made.push_back({rollout, base::from_unix_ms(ms), make.name(), make.text()});
        REQUIRE(put_control(store, {made.back(), RolloutDecisionRow{make.template id<RolloutId>(),
                                                                    base::from_unix_ms(ms), "held", "x"}})
                    .ok());
    }
    CHECK(texts(*store.history().decisions(kTenant, rollout)) == texts(made));
    CHECK(store.history().decisions(kOther, rollout)->empty());
    CHECK(load_all(store).empty());
}

TEST_CASE_TEMPLATE_DEFINE(
    "figures of a day and group are replaced by newer ones, and read by range and by day", Store,
    contract_figures) {
    Store store;
    RowMaker make(16);
    const auto day = [](int n) { return base::from_unix_ms(86'400'000LL * n); };
    const auto group = make.template id<GroupId>();
    std::vector<FiguresRow> of_group, of_all;
    for (int n = 10; n < 14; ++n) {
        of_group.push_back(make.figures(group, day(n)));
        of_all.push_back(make.figures(GroupId(), day(n)));
        REQUIRE(put_control(store, {make.figures(group, day(n)), of_all.back()}).ok());
        REQUIRE(put_control(store, {of_group.back()}).ok());
    }
    REQUIRE(put(store, kOther, device::kControlShard, {make.figures(group, day(9))}).ok());
    store.reopen();
    auto& daily = store.daily();
    CHECK(texts(*daily.figures(kTenant, group, day(0), day(99))) == texts(of_group));
    CHECK(texts(*daily.figures(kTenant, GroupId(), day(11), day(12))) ==
          texts(std::vector<FiguresRow>{of_all[1], of_all[2]}));
    CHECK(texts(*daily.figures_of_day(kTenant, day(13))) ==
          texts(std::vector<FiguresRow>{of_all[3], of_group[3]}));
    CHECK(*daily.first_day(kTenant, group) == day(10));
    CHECK(*daily.first_day(kOther, group) == day(9));
    CHECK_FALSE(daily.first_day(kOther, GroupId())->has_value());
    CHECK(daily.figures(kTenant, group, day(14), day(99))->empty());
    CHECK(load_all(store).empty());
}

TEST_CASE_TEMPLATE_DEFINE(
    "the first mark of its kind, subject and moment stays; a group sees its own and everybody's", Store,
    contract_marks) {
    Store store;
    const auto at = [](std::int64_t ms) { return base::from_unix_ms(ms); };
    RowMaker make(17);
    const auto one = make.template id<GroupId>(), other = make.template id<GroupId>();
    const MarkRow everybody{at(5), "feed", "kev", {}, "imported"};
    const MarkRow of_one{at(7), "exploited", "CVE-1", one, "it hits one"};
    const MarkRow of_other{at(8), "exploited", "CVE-1", other, "it hits the other"};
    REQUIRE(put_control(store, {everybody, of_other, of_one}).ok());
    REQUIRE(put_control(store, {MarkRow{at(5), "feed", "kev", {}, "imported again"}}).ok());
    store.reopen();
    auto& daily = store.daily();
    CHECK(texts(*daily.marks(kTenant, one, at(0), at(99))) == texts(std::vector<MarkRow>{everybody, of_one}));
    CHECK(texts(*daily.marks(kTenant, GroupId(), at(0), at(99))) == texts(std::vector<MarkRow>{everybody}));
    CHECK(texts(*daily.marks(kTenant, other, at(6), at(8))).empty());
    CHECK(texts(*daily.marks(kTenant, other, at(8), at(9))) == texts(std::vector<MarkRow>{of_other}));
    CHECK(daily.marks(kOther, one, at(0), at(99))->empty());
}

} // namespace oakum::contract

#define OAKUM_STORE_CONTRACT(Store)                                                                          \
    namespace oakum::contract {                                                                              \
    TEST_CASE_TEMPLATE_INVOKE(contract_round_trip, Store);                                                   \
    TEST_CASE_TEMPLATE_INVOKE(contract_empty, Store);                                                        \
    TEST_CASE_TEMPLATE_INVOKE(contract_order, Store);                                                        \
    TEST_CASE_TEMPLATE_INVOKE(contract_visit_error, Store);                                                  \
    TEST_CASE_TEMPLATE_INVOKE(contract_compare_and_set, Store);                                              \
    TEST_CASE_TEMPLATE_INVOKE(contract_versions_in_one_batch, Store);                                        \
    TEST_CASE_TEMPLATE_INVOKE(contract_deletes, Store);                                                      \
    TEST_CASE_TEMPLATE_INVOKE(contract_edited_devices, Store);                                               \
    TEST_CASE_TEMPLATE_INVOKE(contract_immutable, Store);                                                    \
    TEST_CASE_TEMPLATE_INVOKE(contract_device_sets, Store);                                                  \
    TEST_CASE_TEMPLATE_INVOKE(contract_set_findings, Store);                                                 \
    TEST_CASE_TEMPLATE_INVOKE(contract_changes, Store);                                                      \
    TEST_CASE_TEMPLATE_INVOKE(contract_audit, Store);                                                        \
    TEST_CASE_TEMPLATE_INVOKE(contract_events, Store);                                                       \
    TEST_CASE_TEMPLATE_INVOKE(contract_deployments, Store);                                                  \
    TEST_CASE_TEMPLATE_INVOKE(contract_histories, Store);                                                    \
    TEST_CASE_TEMPLATE_INVOKE(contract_decisions, Store);                                                    \
    TEST_CASE_TEMPLATE_INVOKE(contract_figures, Store);                                                      \
    TEST_CASE_TEMPLATE_INVOKE(contract_marks, Store);                                                        \
    }
