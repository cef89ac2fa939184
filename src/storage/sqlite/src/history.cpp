// SPDX-License-Identifier: Apache-2.0
#include <sqlite/history.hpp>

#include "ages.hpp"
#include "columns.hpp"
#include "store_connection.hpp"

#include <base/thread_annotations.hpp>
#include <device/ids.hpp>

#include <algorithm>
#include <chrono>
#include <limits>

namespace oakum::sqlite {

namespace {
constexpr std::size_t kMostRows = 10'000;

std::int64_t bounded(std::size_t limit) {
    return static_cast<std::int64_t>(std::min(limit, kMostRows));
}

std::array<std::uint8_t, 16> key(ports::DeviceId id) {
    return base::to_bytes(id.get());
}
} // namespace

// The rows of one statement, one looked at ahead.
template <class Row> struct RowCursor {
    Statement* statement = nullptr;
    std::optional<Row> row;

    RowCursor() = default;
    RowCursor(const RowCursor&) = delete;
    RowCursor& operator=(const RowCursor&) = delete;
    ~RowCursor() {
        if (statement != nullptr) statement->reset();
    }
    // Behind a device, in the order of shard and device.
    base::Status open(Connection& connection, ports::TenantId tenant, std::optional<ports::DeviceId> after) {
        TRY_VALUE(statement,
                  connection.cached(select_from<Row>() + "WHERE tenant = ?1 AND (shard, device) > (?2, ?3) "
                                                         "ORDER BY shard, device"));
        const auto id = key(after.value_or(ports::DeviceId()));
        statement->bind(1, std::int64_t{tenant.get()});
        statement->bind(2, after ? std::int64_t{device::shard_of(tenant, *after).get()} : std::int64_t{-1});
        statement->bind(3, base::ByteView(id));
        return go_on();
    }
    base::Status go_on() {
        TRY_VALUE(const bool found, statement->step());
        row.reset();
        return found ? read_row(*statement, 0, row.emplace()) : base::Status();
    }
    base::Status take_all(ports::DeviceId device, std::vector<Row>& rows) {
        rows.clear();
        while (row && row->device == device) {
            rows.push_back(std::move(*row));
            TRY(go_on());
        }
        return {};
    }
};

// Sets and deployments are read side by side.
base::Result<std::vector<ports::DeviceHistory>> histories_on(Connection& connection, ports::TenantId tenant,
                                                             std::optional<ports::DeviceId> after,
                                                             std::size_t limit) {
    RowCursor<ports::DeviceSetRow> sets;
    RowCursor<ports::DeploymentRow> deployments;
    TRY(sets.open(connection, tenant, after));
    TRY(deployments.open(connection, tenant, after));
    const auto place = [&](const auto& cursor) {
        return std::pair(device::shard_of(tenant, cursor.row->device), cursor.row->device);
    };
    std::vector<ports::DeviceHistory> histories;
    while ((sets.row || deployments.row) && histories.size() < limit) {
        const bool offered_alone = !sets.row || (deployments.row && place(deployments) < place(sets));
        ports::DeviceHistory& history = histories.emplace_back();
        history.device = offered_alone ? deployments.row->device : sets.row->device;
        TRY(sets.take_all(history.device, history.sets));
        TRY(deployments.take_all(history.device, history.deployments));
        std::ranges::sort(history.sets, {}, [](const auto& row) { return std::pair(row.from, row.layer); });
        std::ranges::sort(history.deployments, std::greater(),
                          [](const auto& row) { return std::pair(row.offered_at, row.id); });
    }
    return histories;
}

// Connections that nobody uses; `opened` counts all.
struct SqliteHistory::State {
    explicit State(const StoreOptions& its) : options(its) {}

    base::Result<std::unique_ptr<Connection>> take() {
        {
            const auto patience = std::chrono::steady_clock::now() + options.busy_timeout;
            const base::Lock lock(guard);
            while (idle.empty() && opened >= std::max<std::size_t>(options.readers, 1)) {
                if (std::chrono::steady_clock::now() >= patience)
                    return base::unavailable("all readers of the store are busy: try again later");
                returned.wait_until(guard, patience);
            }
            if (!idle.empty()) {
                auto connection = std::move(idle.back());
                idle.pop_back();
                return connection;
            }
            ++opened;
        }
        auto connection = Connection::open(reader_options(options));
        if (!connection.ok()) give_up();
        return connection;
    }
    void give_back(std::unique_ptr<Connection> connection) {
        const base::Lock lock(guard);
        idle.push_back(std::move(connection));
        returned.notify_one();
    }
    void give_up() {
        const base::Lock lock(guard);
        --opened;
        returned.notify_one();
    }

    // All rows of a query over one table; `bind` binds ?1 to ?n.
    template <class Row, class Binder>
    base::Result<std::vector<Row>> query(const std::string& rest, Binder binder) {
        TRY_VALUE(std::unique_ptr<Connection> connection, take());
        auto rows = query_on<Row>(*connection, rest, binder);
        give_back(std::move(connection));
        return rows;
    }
    template <class Row, class Binder>
    static base::Result<std::vector<Row>> query_on(Connection& connection, const std::string& rest,
                                                   Binder& binder) {
        TRY_VALUE(Statement * statement, connection.cached(select_from<Row>() + rest));
        binder(*statement);
        auto rows = read_all<Row>(*statement);
        statement->reset();
        return rows;
    }
    // Row by row, until `take` says false.
    template <class Row, class Binder, class Take>
    base::Status each(const std::string& rest, Binder binder, const Take& take) {
        TRY_VALUE(std::unique_ptr<Connection> connection, this->take());
        auto status = each_on<Row>(*connection, rest, binder, take);
        give_back(std::move(connection));
        return status;
    }
    template <class Row, class Binder, class Take>
    static base::Status each_on(Connection& connection, const std::string& rest, Binder& binder,
                                const Take& take) {
        TRY_VALUE(Statement * statement, connection.cached(select_from<Row>() + rest));
        binder(*statement);
        for (bool goes_on = true; goes_on;) {
            const base::Result<bool> found = statement->step();
            if (!found.ok() || !*found) {
                statement->reset();
                return found.ok() ? base::Status() : base::Status(found.error());
            }
            Row row;
            if (base::Status read = read_row(*statement, 0, row); !read.ok()) {
                statement->reset();
                return read;
            }
            goes_on = take(row);
        }
        statement->reset();
        return {};
    }
    template <class Row> static base::Result<std::vector<Row>> read_all(Statement& statement) {
        std::vector<Row> rows;
        for (;;) {
            TRY_VALUE(const bool found, statement.step());
            if (!found) return rows;
            TRY(read_row(statement, 0, rows.emplace_back()));
        }
    }

    const StoreOptions options;
    base::Mutex guard;
    base::Condition returned;
    std::vector<std::unique_ptr<Connection>> idle GUARDED_BY(guard);
    std::size_t opened GUARDED_BY(guard) = 0;
};

SqliteHistory::SqliteHistory(const StoreOptions& options) : state_(std::make_unique<State>(options)) {}
SqliteHistory::~SqliteHistory() = default;

base::Result<SqliteHistory::Counted> SqliteHistory::count_older(ports::TenantId tenant,
                                                                const ports::Older& than) {
    TRY_VALUE(std::unique_ptr<Connection> connection, state_->take());
    auto found = older_of(*connection, tenant, than);
    state_->give_back(std::move(connection));
    return found;
}

base::Result<std::vector<ports::DeviceEventRow>>
SqliteHistory::device_events(ports::TenantId tenant, ports::DeviceId device,
                             std::optional<base::TimePoint> before, std::size_t limit) {
    const auto id = key(device);
    return state_->query<ports::DeviceEventRow>(
        "WHERE tenant = ?1 AND shard = ?2 AND device = ?3 AND at < ?4 ORDER BY at DESC, number DESC LIMIT ?5",
        [&](Statement& statement) {
            statement.bind(1, std::int64_t{tenant.get()});
            statement.bind(2, std::int64_t{device::shard_of(tenant, device).get()});
            statement.bind(3, base::ByteView(id));
            statement.bind(4, before ? base::unix_ms(*before) : std::numeric_limits<std::int64_t>::max());
            statement.bind(5, bounded(limit));
        });
}

base::Result<std::vector<ports::DeviceSetRow>> SqliteHistory::device_sets(ports::TenantId tenant,
                                                                          ports::DeviceId device) {
    const auto id = key(device);
    return state_->query<ports::DeviceSetRow>(
        "WHERE tenant = ?1 AND shard = ?2 AND device = ?3 ORDER BY from_at, layer LIMIT ?4",
        [&](Statement& statement) {
            statement.bind(1, std::int64_t{tenant.get()});
            statement.bind(2, std::int64_t{device::shard_of(tenant, device).get()});
            statement.bind(3, base::ByteView(id));
            statement.bind(4, bounded(kMostRows));
        });
}

base::Result<std::vector<ports::DeploymentRow>>
SqliteHistory::deployments(ports::TenantId tenant, ports::DeviceId device, std::size_t limit) {
    const auto id = key(device);
    return state_->query<ports::DeploymentRow>(
        "WHERE tenant = ?1 AND shard = ?2 AND device = ?3 ORDER BY offered_at DESC, deployment DESC LIMIT ?4",
        [&](Statement& statement) {
            statement.bind(1, std::int64_t{tenant.get()});
            statement.bind(2, std::int64_t{device::shard_of(tenant, device).get()});
            statement.bind(3, base::ByteView(id));
            statement.bind(4, bounded(limit));
        });
}

base::Result<std::vector<ports::SetFindingRow>>
SqliteHistory::set_findings(ports::TenantId tenant, ports::SetId set, bool closed_too) {
    return state_->query<ports::SetFindingRow>(std::string("WHERE tenant = ?1 AND set_id = ?2") +
                                                   (closed_too ? "" : " AND to_at IS NULL") +
                                                   " ORDER BY advisory, component, from_at",
                                               [&](Statement& statement) {
                                                   statement.bind(1, std::int64_t{tenant.get()});
                                                   statement.bind(2, base::ByteView(set.get().bytes));
                                               });
}

base::Result<std::vector<ports::AuditRow>> SqliteHistory::audit(ports::TenantId tenant, std::uint64_t after,
                                                                std::size_t limit) {
    return state_->query<ports::AuditRow>("WHERE tenant = ?1 AND number > ?2 ORDER BY number LIMIT ?3",
                                          [&](Statement& statement) {
                                              statement.bind(1, std::int64_t{tenant.get()});
                                              statement.bind(2, static_cast<std::int64_t>(after));
                                              statement.bind(3, bounded(limit));
                                          });
}

base::Result<std::vector<ports::ChangeRow>> SqliteHistory::changes(ports::TenantId tenant,
                                                                   std::uint64_t after, std::size_t limit) {
    return state_->query<ports::ChangeRow>("WHERE tenant = ?1 AND number > ?2 ORDER BY number LIMIT ?3",
                                           [&](Statement& statement) {
                                               statement.bind(1, std::int64_t{tenant.get()});
                                               statement.bind(2, static_cast<std::int64_t>(after));
                                               statement.bind(3, bounded(limit));
                                           });
}

base::Result<std::vector<ports::RolloutDecisionRow>> SqliteHistory::decisions(ports::TenantId tenant,
                                                                              ports::RolloutId rollout) {
    const auto id = base::to_bytes(rollout.get());
    return state_->query<ports::RolloutDecisionRow>(
        "WHERE tenant = ?1 AND rollout = ?2 ORDER BY number LIMIT ?3", [&](Statement& statement) {
            statement.bind(1, std::int64_t{tenant.get()});
            statement.bind(2, base::ByteView(id));
            statement.bind(3, bounded(kMostRows));
        });
}

base::Result<std::vector<ports::DeviceHistory>>
SqliteHistory::device_histories(ports::TenantId tenant, std::optional<ports::DeviceId> after,
                                std::size_t limit) {
    TRY_VALUE(std::unique_ptr<Connection> connection, state_->take());
    auto histories = histories_on(*connection, tenant, after, std::min(limit, kMostRows));
    state_->give_back(std::move(connection));
    return histories;
}

base::Status SqliteHistory::each_deployment_of(ports::TenantId tenant, ports::RolloutId rollout,
                                               const std::function<bool(const ports::DeploymentRow&)>& take) {
    const auto id = base::to_bytes(rollout.get());
    return state_->each<ports::DeploymentRow>(
        "WHERE tenant = ?1 AND rollout = ?2 ORDER BY offered_at DESC",
        [&](Statement& statement) {
            statement.bind(1, std::int64_t{tenant.get()});
            statement.bind(2, base::ByteView(id));
        },
        take);
}

base::Result<std::vector<ports::FiguresRow>> SqliteHistory::figures(ports::TenantId tenant,
                                                                    ports::GroupId group,
                                                                    base::TimePoint from,
                                                                    base::TimePoint to) {
    const auto id = base::to_bytes(group.get());
    return state_->query<ports::FiguresRow>(
        "WHERE tenant = ?1 AND device_group = ?2 AND day BETWEEN ?3 AND ?4 ORDER BY day LIMIT ?5",
        [&](Statement& statement) {
            statement.bind(1, std::int64_t{tenant.get()});
            statement.bind(2, base::ByteView(id));
            statement.bind(3, base::unix_ms(from));
            statement.bind(4, base::unix_ms(to));
            statement.bind(5, bounded(kMostRows));
        });
}

base::Result<std::vector<ports::FiguresRow>> SqliteHistory::figures_of_day(ports::TenantId tenant,
                                                                           base::TimePoint day) {
    return state_->query<ports::FiguresRow>("WHERE tenant = ?1 AND day = ?2 ORDER BY device_group LIMIT ?3",
                                            [&](Statement& statement) {
                                                statement.bind(1, std::int64_t{tenant.get()});
                                                statement.bind(2, base::unix_ms(day));
                                                statement.bind(3, bounded(kMostRows));
                                            });
}

base::Result<std::optional<base::TimePoint>> SqliteHistory::first_day(ports::TenantId tenant,
                                                                      ports::GroupId group) {
    const auto id = base::to_bytes(group.get());
    TRY_VALUE(const auto first,
              state_->query<ports::FiguresRow>("WHERE tenant = ?1 AND device_group = ?2 ORDER BY day LIMIT 1",
                                               [&](Statement& statement) {
                                                   statement.bind(1, std::int64_t{tenant.get()});
                                                   statement.bind(2, base::ByteView(id));
                                               }));
    return first.empty() ? std::nullopt : std::optional(first.front().day);
}

base::Result<std::vector<ports::MarkRow>> SqliteHistory::marks(ports::TenantId tenant, ports::GroupId group,
                                                               base::TimePoint from, base::TimePoint to) {
    const auto id = base::to_bytes(group.get()), everybody = base::to_bytes(ports::GroupId().get());
    TRY_VALUE(auto found, state_->query<ports::MarkRow>(
                              "WHERE tenant = ?1 AND at >= ?2 AND at < ?3 AND device_group IN (?4, ?5) "
                              "ORDER BY at DESC, kind DESC, subject DESC, device_group DESC LIMIT ?6",
                              [&](Statement& statement) {
                                  statement.bind(1, std::int64_t{tenant.get()});
                                  statement.bind(2, base::unix_ms(from));
                                  statement.bind(3, base::unix_ms(to));
                                  statement.bind(4, base::ByteView(id));
                                  statement.bind(5, base::ByteView(everybody));
                                  statement.bind(6, bounded(kMostRows));
                              }));
    std::reverse(found.begin(), found.end());
    return found;
}

base::Result<std::vector<ports::EditedDeviceRow>>
SqliteHistory::edited_devices(ports::TenantId tenant, ports::EditId edit,
                              std::optional<ports::DeviceId> after, std::size_t limit) {
    limit = std::min(limit, kMostRows);
    const auto edit_bytes = base::to_bytes(edit.get());
    const auto after_bytes = key(after.value_or(ports::DeviceId()));
    const unsigned first = after ? device::shard_of(tenant, *after).get() : 0U;
    TRY_VALUE(std::unique_ptr<Connection> connection, state_->take());
    base::Result<std::vector<ports::EditedDeviceRow>> all = std::vector<ports::EditedDeviceRow>();
    // The key says all of it: one look a shard, and no index to keep up for what is rarely asked.
    for (unsigned shard = first; shard < device::kShardCount && all->size() < limit; ++shard) {
        const auto bind = [&](Statement& statement) {
            statement.bind(1, std::int64_t{tenant.get()});
            statement.bind(2, std::int64_t{shard});
            statement.bind(3, base::ByteView(edit_bytes));
            statement.bind(4, shard == first && after ? base::ByteView(after_bytes) : base::ByteView());
            statement.bind(5, bounded(limit - all->size()));
        };
        auto rows = State::query_on<ports::EditedDeviceRow>(
            *connection,
            "WHERE tenant = ?1 AND shard = ?2 AND edit = ?3 AND device > ?4 ORDER BY device LIMIT ?5", bind);
        if (!rows.ok()) {
            all = std::move(rows).error();
            break;
        }
        std::move(rows->begin(), rows->end(), std::back_inserter(*all));
    }
    state_->give_back(std::move(connection));
    return all;
}

} // namespace oakum::sqlite
