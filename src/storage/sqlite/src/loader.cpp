// SPDX-License-Identifier: Apache-2.0
#include <sqlite/loader.hpp>

#include "columns.hpp"
#include "places.hpp"
#include "store_connection.hpp"

#include <base/thread_annotations.hpp>

#include <algorithm>
#include <deque>
#include <optional>
#include <set>
#include <thread>
#include <utility>

namespace oakum::sqlite {

namespace {

using Visit = ports::Loader::Visit;

template <class... Rows> struct RowList {};
// What belongs to a tenant, in the order in which rows refer to each other.
using ControlTables =
    RowList<ports::GroupRow, ports::UserRow, ports::TokenRow, ports::ComponentRow, ports::SoftwareSetRow,
            ports::FirmwareRow, ports::SetFindingRow, ports::ArtifactRow, ports::ReleaseRow,
            ports::RolloutRow, ports::JobRow, ports::FeedRow, ports::DocumentRow, ports::IdempotencyRow,
            ports::AlarmRow, ports::ChannelRow, ports::MessageRow, ports::EditRow, ports::ExceptionRow,
            ports::NoticeRow, ports::AuditRow>;
using ShardTables = RowList<ports::DeviceRow, ports::FactRow, ports::DeploymentRow, ports::GateCountRow>;
using TablesBesideDevices = RowList<ports::DeploymentRow, ports::GateCountRow>;

template <class Row> constexpr const char* open_only() {
    return Table<Row>::mode == Mode::interval ? " AND to_at IS NULL" : "";
}

// The row, as one of that table: read over what it held before, so that its texts keep their memory.
template <class Row> Row& as(ports::Row& row) {
    if (Row* same = std::get_if<Row>(&row)) return *same;
    return row.emplace<Row>();
}

// Where rows are read to: a sink gives the place of the next one, and takes it when it was read.
class Visited {
  public:
    explicit Visited(const Visit& visit) : visit_(visit) {}
    ports::Row& next() { return row_; }
    base::Status take(ports::TenantId tenant, ports::ShardId shard) {
        return visit_(tenant, shard, std::move(row_));
    }

  private:
    const Visit& visit_;
    ports::Row row_;
};

template <class Row, class Sink>
base::Status read_all(Statement& rows, ports::TenantId tenant, ports::ShardId shard, Sink& sink) {
    for (;;) {
        TRY_VALUE(const bool found, rows.step());
        if (!found) break;
        TRY(read_row(rows, 0, as<Row>(sink.next())));
        TRY(sink.take(tenant, shard));
    }
    rows.reset();
    return {};
}

template <class Row, class Sink>
base::Status load_control(Connection& connection, std::int64_t tenant, Sink& sink) {
    constexpr bool newest_only = std::is_same_v<Row, ports::AuditRow>;
    static const std::string sql = select_from<Row>() + "WHERE tenant = ?1" + open_only<Row>() +
                                   (newest_only ? " ORDER BY number DESC LIMIT 1" : "");
    TRY_VALUE(Statement * rows, connection.cached(sql));
    rows->bind(1, tenant);
    return read_all<Row>(*rows, ports::TenantId(static_cast<std::uint32_t>(tenant)), device::kControlShard,
                         sink);
}

template <class Row> base::Result<Statement*> rows_of(Connection& connection, Place place) {
    static const std::string sql = select_from<Row>() + "WHERE tenant = ?1 AND shard = ?2";
    TRY_VALUE(Statement * rows, connection.cached(sql));
    rows->bind(1, place.first);
    rows->bind(2, place.second);
    return rows;
}
ports::TenantId tenant_of(Place place) {
    return ports::TenantId(static_cast<std::uint32_t>(place.first));
}
ports::ShardId shard_of(Place place) {
    return ports::ShardId(static_cast<std::uint16_t>(place.second));
}

template <class Row, class Sink> base::Status load_sharded(Connection& connection, Place place, Sink& sink) {
    TRY_VALUE(Statement * rows, rows_of<Row>(connection, place));
    return read_all<Row>(*rows, tenant_of(place), shard_of(place), sink);
}

// Each device's row with its facts behind it, so that whoever takes them in finds the device once. Both
// tables stand in the order of devices, whose ids are the first column.
template <class Sink> base::Status load_devices(Connection& connection, Place place, Sink& sink) {
    TRY_VALUE(Statement * devices, rows_of<ports::DeviceRow>(connection, place));
    TRY_VALUE(Statement * facts, rows_of<ports::FactRow>(connection, place));
    TRY_VALUE(bool is_fact, facts->step());
    for (bool is_device = true; is_device || is_fact;) {
        if (is_device) {
            TRY_VALUE(is_device, devices->step());
        }
        std::array<std::uint8_t, 16> device{};
        if (is_device) {
            auto& row = as<ports::DeviceRow>(sink.next());
            TRY(read_row(*devices, 0, row));
            device = base::to_bytes(row.id.get());
            TRY(sink.take(tenant_of(place), shard_of(place)));
        }
        // Behind the last device whatever is left: a fact of none is its reader's to judge.
        while (is_fact && (!is_device || !std::ranges::lexicographical_compare(device, facts->blob(0)))) {
            TRY(read_row(*facts, 0, as<ports::FactRow>(sink.next())));
            TRY(sink.take(tenant_of(place), shard_of(place)));
            TRY_VALUE(is_fact, facts->step());
        }
    }
    devices->reset();
    facts->reset();
    return {};
}

template <class... Rows, class Sink>
base::Status load_control(RowList<Rows...>, Connection& connection, std::int64_t tenant, Sink& sink) {
    base::Status status;
    ((status = status.ok() ? load_control<Rows>(connection, tenant, sink) : std::move(status)), ...);
    return status;
}
template <class... Rows, class Sink>
base::Status load_place(RowList<Rows...>, Connection& connection, Place place, Sink& sink) {
    base::Status status = load_devices(connection, place, sink);
    ((status = status.ok() ? load_sharded<Rows>(connection, place, sink) : std::move(status)), ...);
    return status;
}

template <class... Rows>
base::Status add_tenants(RowList<Rows...>, Connection& connection, std::set<std::int64_t>& out) {
    base::Status status;
    const auto add = [&](const char* table) -> base::Status {
        TRY_VALUE(const auto tenants, tenants_of(connection, table));
        out.insert(tenants.begin(), tenants.end());
        return {};
    };
    ((status = status.ok() ? add(Table<Rows>::name) : std::move(status)), ...);
    return status;
}
template <class... Rows>
base::Status add_shards(RowList<Rows...>, Connection& connection, std::set<Place>& out) {
    base::Status status;
    ((status = status.ok() ? each_shard(connection, Table<Rows>::name,
                                        [&](Place place) -> base::Status {
                                            out.insert(place);
                                            return {};
                                        })
                           : std::move(status)),
     ...);
    return status;
}

// Rows on their way from the thread that reads to the one that takes them in. A few bundles go round: filled
// here, emptied there, and filled over again, so that neither side allocates for each row or feels the lock.
// One closes its end, the other learns of it.
class Bundles {
  public:
    static constexpr std::size_t kRows = 256;
    struct Bundle {
        ports::TenantId tenant;
        ports::ShardId shard;
        std::size_t used = 0;
        std::array<ports::Row, kRows> rows;
    };
    using Held = std::unique_ptr<Bundle>;

    Bundles() {
        for (std::size_t n = 0; n < kCount; ++n)
            empty_.push_back(std::make_unique<Bundle>());
    }
    // One to fill; null when nobody takes any more. Waits for half of them, not for each.
    Held take_empty() {
        const base::Lock lock(mutex_);
        if (empty_.empty())
            while (empty_.size() < kCount / 2 && !abandoned_)
                changed_.wait(mutex_);
        if (abandoned_) return nullptr;
        Held bundle = std::move(empty_.front());
        empty_.pop_front();
        return bundle;
    }
    void put_filled(Held bundle) {
        const base::Lock lock(mutex_);
        filled_.push_back(std::move(bundle));
        if (filled_.size() == 1) changed_.notify_all();
    }
    void finish(base::Status status) {
        const base::Lock lock(mutex_);
        finished_ = std::move(status);
        changed_.notify_all();
    }
    // Null: it was the last, and `outcome` says how the reading ended.
    Held take_filled(base::Status& outcome) {
        const base::Lock lock(mutex_);
        while (filled_.empty() && !finished_)
            changed_.wait(mutex_);
        if (filled_.empty()) {
            outcome = std::move(*finished_);
            return nullptr;
        }
        Held bundle = std::move(filled_.front());
        filled_.pop_front();
        return bundle;
    }
    void put_empty(Held bundle) {
        const base::Lock lock(mutex_);
        empty_.push_back(std::move(bundle));
        if (empty_.size() == kCount / 2) changed_.notify_all();
    }
    void abandon() {
        const base::Lock lock(mutex_);
        abandoned_ = true;
        changed_.notify_all();
    }

  private:
    static constexpr std::size_t kCount = 8;
    base::Mutex mutex_;
    base::Condition changed_;
    std::deque<Held> empty_ GUARDED_BY(mutex_), filled_ GUARDED_BY(mutex_);
    std::optional<base::Status> finished_ GUARDED_BY(mutex_);
    bool abandoned_ GUARDED_BY(mutex_) = false;
};

// The sink of the thread that reads: bundles of one place.
class Bundled {
  public:
    explicit Bundled(Bundles& bundles) : bundles_(bundles), bundle_(bundles.take_empty()) {}
    ports::Row& next() { return bundle_->rows[bundle_->used]; }
    base::Status take(ports::TenantId tenant, ports::ShardId shard) {
        bundle_->tenant = tenant;
        bundle_->shard = shard;
        return ++bundle_->used < Bundles::kRows ? base::Status() : hand_over();
    }
    base::Status hand_over() {
        if (bundle_->used == 0) return {};
        bundles_.put_filled(std::move(bundle_));
        bundle_ = bundles_.take_empty();
        if (!bundle_) return base::unavailable("the load was given up");
        bundle_->used = 0;
        return {};
    }

  private:
    Bundles& bundles_;
    Bundles::Held bundle_;
};

base::Status read_everything(Connection& connection, Bundled& sink) {
    std::set<std::int64_t> tenants;
    std::set<Place> shards;
    TRY(add_tenants(ControlTables(), connection, tenants));
    TRY(add_shards(ShardTables(), connection, shards));
    for (const std::int64_t tenant : tenants) {
        TRY(load_control(ControlTables(), connection, tenant, sink));
        TRY(sink.hand_over());
    }
    for (const Place& place : shards) {
        TRY(load_place(TablesBesideDevices(), connection, place, sink));
        TRY(sink.hand_over());
    }
    return {};
}

// A row was written by another core: it is on its way while the ones before it are taken in.
void send_for(const ports::Row& row) {
    const char* at = reinterpret_cast<const char*>(&row);
    for (std::size_t line = 0; line < 3; ++line)
        __builtin_prefetch(at + line * 64);
}

// Reads on a thread of its own while `visit` takes in what was read, on this one.
base::Status load_beside(Connection& connection, const Visit& visit) {
    Bundles bundles;
    std::thread reader([&] {
        Bundled sink(bundles);
        bundles.finish(read_everything(connection, sink));
    });
    base::Status outcome, refused;
    while (auto bundle = bundles.take_filled(outcome)) {
        for (std::size_t n = 0; n < bundle->used && refused.ok(); ++n) {
            send_for(bundle->rows[std::min(n + 3, Bundles::kRows - 1)]);
            refused = visit(bundle->tenant, bundle->shard, std::move(bundle->rows[n]));
        }
        if (!refused.ok()) bundles.abandon();
        bundles.put_empty(std::move(bundle));
    }
    reader.join();
    return refused.ok() ? outcome : refused;
}

} // namespace

struct SqliteLoader::State {
    explicit State(std::unique_ptr<Connection> its) : connection(std::move(its)) {}
    base::Mutex mutex;
    std::unique_ptr<Connection> connection GUARDED_BY(mutex);
};

base::Result<std::unique_ptr<SqliteLoader>> SqliteLoader::open(const StoreOptions& options) {
    TRY_VALUE(auto connection, Connection::open(reader_options(options)));
    auto state = std::make_unique<State>(std::move(connection));
    return std::unique_ptr<SqliteLoader>(new SqliteLoader(std::move(state)));
}

SqliteLoader::SqliteLoader(std::unique_ptr<State> state) : state_(std::move(state)) {}
SqliteLoader::~SqliteLoader() = default;

base::Status SqliteLoader::load_all(const Visit& row) {
    const base::Lock lock(state_->mutex);
    Connection& connection = *state_->connection;
    Transaction transaction(connection);
    TRY(transaction.begin_read());
    TRY(load_beside(connection, row));
    return transaction.commit();
}

base::Status SqliteLoader::load_shard(ports::TenantId tenant, ports::ShardId shard, const Visit& row) {
    const base::Lock lock(state_->mutex);
    Connection& connection = *state_->connection;
    Transaction transaction(connection);
    TRY(transaction.begin_read());
    Visited sink(row);
    if (shard == device::kControlShard)
        TRY(load_control(ControlTables(), connection, std::int64_t{tenant.get()}, sink));
    TRY(load_place(TablesBesideDevices(), connection, {std::int64_t{tenant.get()}, std::int64_t{shard.get()}},
                   sink));
    return transaction.commit();
}

base::Result<ports::Loader::Changes> SqliteLoader::load_changes(std::size_t limit) {
    const base::Lock lock(state_->mutex);
    Connection& connection = *state_->connection;
    Transaction transaction(connection);
    TRY(transaction.begin_read());
    Changes changes;
    TRY_VALUE(const std::int64_t last, connection.integer("SELECT change FROM store_counter"));
    changes.last = static_cast<std::uint64_t>(last);
    const Visit add = [&](ports::TenantId owner, ports::ShardId, ports::Row&& row) -> base::Status {
        changes.newest.emplace_back(owner, std::get<ports::ChangeRow>(std::move(row)));
        return {};
    };
    Visited sink(add);
    TRY_VALUE(const auto tenants, tenants_of(connection, Table<ports::ChangeRow>::name));
    for (const std::int64_t tenant : tenants) {
        TRY_VALUE(Statement * rows, connection.cached(select_from<ports::ChangeRow>() +
                                                      "WHERE tenant = ?1 ORDER BY number DESC LIMIT ?2"));
        rows->bind(1, tenant);
        rows->bind(2, static_cast<std::int64_t>(limit));
        TRY(read_all<ports::ChangeRow>(*rows, ports::TenantId(static_cast<std::uint32_t>(tenant)),
                                       device::kControlShard, sink));
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
