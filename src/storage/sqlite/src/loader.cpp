// SPDX-License-Identifier: Apache-2.0
#include <sqlite/loader.hpp>

#include "columns.hpp"
#include "store_connection.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

namespace oakum::sqlite {

namespace {

using Visit = ports::Loader::Visit;
using Place = std::pair<std::int64_t, std::int64_t>;

template <class... Rows> struct RowList {};
// What belongs to a tenant, in the order in which rows refer to each other.
using ControlTables = RowList<ports::GroupRow, ports::UserRow, ports::TokenRow, ports::ComponentRow,
                              ports::SoftwareSetRow, ports::FirmwareRow, ports::SetFindingRow,
                              ports::ArtifactRow, ports::ReleaseRow, ports::RolloutRow, ports::JobRow,
                              ports::FeedRow, ports::DocumentRow, ports::IdempotencyRow, ports::AuditRow>;
using ShardTables =
    RowList<ports::DeviceRow, ports::FactRow, ports::DeviceSetRow, ports::DeploymentRow, ports::GateCountRow>;

template <class Row> constexpr const char* open_only() {
    return Table<Row>::mode == Mode::interval ? " AND to_at IS NULL" : "";
}

template <class Row>
base::Status visit_all(Statement& rows, ports::TenantId tenant, ports::ShardId shard, const Visit& visit) {
    for (;;) {
        TRY_VALUE(const bool found, rows.step());
        if (!found) break;
        Row row;
        TRY(read_row(rows, 0, row));
        TRY(visit(tenant, shard, std::move(row)));
    }
    rows.reset();
    return {};
}

template <class Row>
base::Status load_control(Connection& connection, std::int64_t tenant, const Visit& visit) {
    constexpr bool newest_only = std::is_same_v<Row, ports::AuditRow>;
    TRY_VALUE(Statement * rows,
              connection.cached(select_from<Row>() + "WHERE tenant = ?1" + open_only<Row>() +
                                (newest_only ? " ORDER BY number DESC LIMIT 1" : "")));
    rows->bind(1, tenant);
    return visit_all<Row>(*rows, ports::TenantId(static_cast<std::uint32_t>(tenant)), device::kControlShard,
                          visit);
}

template <class Row> base::Status load_sharded(Connection& connection, Place place, const Visit& visit) {
    TRY_VALUE(Statement * rows,
              connection.cached(select_from<Row>() + "WHERE tenant = ?1 AND shard = ?2" + open_only<Row>()));
    rows->bind(1, place.first);
    rows->bind(2, place.second);
    return visit_all<Row>(*rows, ports::TenantId(static_cast<std::uint32_t>(place.first)),
                          ports::ShardId(static_cast<std::uint16_t>(place.second)), visit);
}

template <class... Rows>
base::Status load_control(RowList<Rows...>, Connection& connection, std::int64_t tenant, const Visit& visit) {
    base::Status status;
    ((status = status.ok() ? load_control<Rows>(connection, tenant, visit) : std::move(status)), ...);
    return status;
}
template <class... Rows>
base::Status load_sharded(RowList<Rows...>, Connection& connection, Place place, const Visit& visit) {
    base::Status status;
    ((status = status.ok() ? load_sharded<Rows>(connection, place, visit) : std::move(status)), ...);
    return status;
}

// The tenants and shards that a table has rows of: one step of its key for each, never a scan.
base::Status find_places(Connection& connection, const char* table, bool sharded, std::set<Place>& out) {
    const std::string columns = sharded ? "tenant, shard" : "tenant, 0";
    const std::string where = sharded ? "(tenant, shard) > (?1, ?2)" : "tenant > ?1 AND ?2 = ?2";
    const std::string order = sharded ? "tenant, shard" : "tenant";
    TRY_VALUE(Statement * next, connection.cached("SELECT " + columns + " FROM " + table + " WHERE " + where +
                                                  " ORDER BY " + order + " LIMIT 1"));
    for (Place place{-1, -1};;) {
        next->reset();
        next->bind(1, place.first);
        next->bind(2, place.second);
        TRY_VALUE(const bool found, next->step());
        if (!found) break;
        place = {next->integer(0), next->integer(1)};
        out.insert(place);
    }
    next->reset();
    return {};
}
template <class... Rows>
base::Status find_places(RowList<Rows...>, Connection& connection, std::set<Place>& out) {
    base::Status status;
    ((status = status.ok()
                   ? find_places(connection, Table<Rows>::name, Table<Rows>::scope == Scope::shard, out)
                   : std::move(status)),
     ...);
    return status;
}

} // namespace

// Rows on their way from a thread that reads shards to the one that takes them in: whole bundles, so that
// the lock is not felt, and a few of them, so that a fast reader does not fill the memory. One closes its
// end, the other learns of it.
namespace {

class Bundles {
  public:
    struct Bundle {
        ports::TenantId tenant;
        ports::ShardId shard;
        std::vector<ports::Row> rows;
    };
    // False when nobody takes any more.
    bool put(Bundle bundle) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return waiting_.size() < kMost || abandoned_; });
        if (abandoned_) return false;
        waiting_.push_back(std::move(bundle));
        changed_.notify_all();
        return true;
    }
    void finish(base::Status status) {
        const std::lock_guard lock(mutex_);
        finished_ = std::move(status);
        changed_.notify_all();
    }
    // Nothing: it was the last, and `outcome` says how the reading ended.
    std::optional<Bundle> take(base::Status& outcome) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !waiting_.empty() || finished_; });
        if (waiting_.empty()) {
            outcome = std::move(*finished_);
            return std::nullopt;
        }
        Bundle bundle = std::move(waiting_.front());
        waiting_.pop_front();
        changed_.notify_all();
        return bundle;
    }
    void abandon() {
        const std::lock_guard lock(mutex_);
        abandoned_ = true;
        changed_.notify_all();
    }

  private:
    static constexpr std::size_t kMost = 8;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Bundle> waiting_;
    std::optional<base::Status> finished_;
    bool abandoned_ = false;
};

constexpr std::size_t kBundle = 4096;

// Reads on a thread of its own while `visit` takes in what was read, on this one.
base::Status load_beside(Connection& connection, const std::set<Place>& shards, const Visit& visit) {
    Bundles bundles;
    std::thread reader([&] {
        Bundles::Bundle bundle;
        const auto hand_over = [&]() -> base::Status {
            if (bundle.rows.empty()) return {};
            if (!bundles.put(std::exchange(bundle, {}))) return base::unavailable("the load was given up");
            return {};
        };
        base::Status status;
        for (const Place& place : shards) {
            if (!status.ok()) break;
            status = load_sharded(ShardTables(), connection, place,
                                  [&](ports::TenantId tenant, ports::ShardId shard, ports::Row row) {
                                      bundle.tenant = tenant;
                                      bundle.shard = shard;
                                      if (bundle.rows.empty()) bundle.rows.reserve(kBundle);
                                      bundle.rows.push_back(std::move(row));
                                      return bundle.rows.size() < kBundle ? base::Status() : hand_over();
                                  });
            if (status.ok()) status = hand_over();
        }
        bundles.finish(std::move(status));
    });
    base::Status outcome, refused;
    while (auto bundle = bundles.take(outcome))
        for (ports::Row& row : bundle->rows) {
            if (!refused.ok()) break;
            refused = visit(bundle->tenant, bundle->shard, std::move(row));
            if (!refused.ok()) bundles.abandon();
        }
    reader.join();
    return refused.ok() ? outcome : refused;
}

} // namespace

struct SqliteLoader::State {
    std::mutex using_connection;
    std::unique_ptr<Connection> connection;
};

base::Result<std::unique_ptr<SqliteLoader>> SqliteLoader::open(const StoreOptions& options) {
    auto state = std::make_unique<State>();
    TRY_VALUE(state->connection, Connection::open(reader_options(options)));
    return std::unique_ptr<SqliteLoader>(new SqliteLoader(std::move(state)));
}

SqliteLoader::SqliteLoader(std::unique_ptr<State> state) : state_(std::move(state)) {}
SqliteLoader::~SqliteLoader() = default;

base::Status SqliteLoader::load_all(const Visit& row) {
    const std::lock_guard lock(state_->using_connection);
    Connection& connection = *state_->connection;
    Transaction transaction(connection);
    TRY(transaction.begin_read());
    std::set<Place> tenants, shards;
    TRY(find_places(ControlTables(), connection, tenants));
    TRY(find_places(ShardTables(), connection, shards));
    for (const auto& [tenant, unused] : tenants)
        TRY(load_control(ControlTables(), connection, tenant, row));
    TRY(load_beside(connection, shards, row));
    return transaction.commit();
}

base::Status SqliteLoader::load_shard(ports::TenantId tenant, ports::ShardId shard, const Visit& row) {
    const std::lock_guard lock(state_->using_connection);
    Connection& connection = *state_->connection;
    Transaction transaction(connection);
    TRY(transaction.begin_read());
    if (shard == device::kControlShard)
        TRY(load_control(ControlTables(), connection, std::int64_t{tenant.get()}, row));
    TRY(load_sharded(ShardTables(), connection, {std::int64_t{tenant.get()}, std::int64_t{shard.get()}},
                     row));
    return transaction.commit();
}

base::Result<ports::Loader::Changes> SqliteLoader::load_changes(std::size_t limit) {
    const std::lock_guard lock(state_->using_connection);
    Connection& connection = *state_->connection;
    Transaction transaction(connection);
    TRY(transaction.begin_read());
    Changes changes;
    TRY_VALUE(const std::int64_t last, connection.integer("SELECT change FROM store_counter"));
    changes.last = static_cast<std::uint64_t>(last);
    std::set<Place> tenants;
    TRY(find_places(connection, Table<ports::ChangeRow>::name, false, tenants));
    for (const auto& [tenant, unused] : tenants) {
        TRY_VALUE(Statement * rows, connection.cached(select_from<ports::ChangeRow>() +
                                                      "WHERE tenant = ?1 ORDER BY number DESC LIMIT ?2"));
        rows->bind(1, tenant);
        rows->bind(2, static_cast<std::int64_t>(limit));
        TRY(visit_all<ports::ChangeRow>(
            *rows, ports::TenantId(static_cast<std::uint32_t>(tenant)), device::kControlShard,
            [&](ports::TenantId owner, ports::ShardId, ports::Row row) -> base::Status {
                changes.newest.emplace_back(owner, std::get<ports::ChangeRow>(std::move(row)));
                return {};
            }));
    }
    TRY(transaction.commit());
    std::sort(changes.newest.begin(), changes.newest.end(),
              [](const auto& a, const auto& b) { return a.second.number < b.second.number; });
    if (changes.newest.size() > limit)
        changes.newest.erase(changes.newest.begin(),
                             changes.newest.end() - static_cast<std::ptrdiff_t>(limit));
    return changes;
}

} // namespace oakum::sqlite
