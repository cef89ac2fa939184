// SPDX-License-Identifier: Apache-2.0
#include "numbered_commits.hpp"

#include "connection.hpp"
#include "store_connection.hpp"

#include <device/ids.hpp>
#include <sqlite/loader.hpp>
#include <sqlite/schema.hpp>

#include <cstdlib>

namespace oakum::sqlite {

namespace {

constexpr std::uint64_t kDevices = 40;

ports::DeviceId device_of(std::uint64_t number) {
    return ports::DeviceId(base::Id128{number % kDevices + 1, 7});
}

// Of different sizes, some larger than a page.
std::string payload(std::uint64_t number) {
    return std::string(number * 37 % 600 + (number % 11 == 0 ? 9000 : 0),
                       static_cast<char>('a' + number % 26));
}

ports::DeviceRow device_row(std::uint64_t number) {
    ports::DeviceRow row;
    row.id = device_of(number);
    row.running_version = std::to_string(number);
    row.boot_id = payload(number);
    row.row_version = (number - 1) / kDevices;
    return row;
}

std::string expect(const std::string& what, std::int64_t have, std::uint64_t want) {
    if (have == static_cast<std::int64_t>(want)) return {};
    return std::to_string(have) + " " + what + ", " + std::to_string(want) + " expected";
}

base::Result<std::string> look(const StoreOptions& options, std::uint64_t& commits) {
    TRY(prepare_store(options));
    TRY_VALUE(const std::unique_ptr<Connection> connection, Connection::open(reader_options(options)));
    TRY_VALUE(Statement check, connection->prepare("PRAGMA integrity_check"));
    TRY_VALUE(const bool row, check.step());
    if (!row || check.text(0) != "ok") return "integrity check: " + std::string(check.text(0));
    TRY(check.run());
    TRY_VALUE(const std::int64_t last, connection->integer("SELECT change FROM store_counter"));
    commits = static_cast<std::uint64_t>(last);
    TRY_VALUE(const std::int64_t changes, connection->integer("SELECT count(*) FROM change"));
    TRY_VALUE(const std::int64_t newest, connection->integer("SELECT max(number) FROM change"));
    TRY_VALUE(const std::int64_t jobs, connection->integer("SELECT count(*) FROM job"));
    TRY_VALUE(const std::int64_t events, connection->integer("SELECT count(*) FROM device_event"));
    for (const auto& problem :
         {expect("changes", changes, commits), expect("as newest change", newest, commits),
          expect("jobs", jobs, commits), expect("events", events, commits)})
        if (!problem.empty()) return problem;
    TRY_VALUE(const std::unique_ptr<SqliteLoader> loader, SqliteLoader::open(options));
    std::string problem;
    TRY(loader->load_all([&](ports::TenantId, ports::ShardId, ports::Row loaded) -> base::Status {
        if (const auto* job = std::get_if<ports::JobRow>(&loaded); job != nullptr)
            if (job->done == 0 || job->done > commits || job->payload != payload(job->done))
                problem = "job " + job->id + " is not as it was put";
        if (const auto* device = std::get_if<ports::DeviceRow>(&loaded); device != nullptr) {
            const auto number = std::strtoull(device->running_version.c_str(), nullptr, 10);
            const bool newest_of_device = number + kDevices > commits && number <= commits;
            if (!newest_of_device || *device != device_row(number))
                problem = "a device is not as it was put last";
        }
        return {};
    }));
    return problem;
}

} // namespace

bool deep() {
    return std::getenv("OAKUM_DEEP") != nullptr;
}

ports::Batch numbered_commit(std::uint64_t number) {
    const auto tenant = device::kDefaultTenant;
    const auto at = base::from_unix_ms(static_cast<std::int64_t>(number));
    const auto row = device_row(number);
    const auto shard = device::shard_of(tenant, row.id);
    ports::JobRow job;
    job.id = "job-" + std::to_string(number);
    job.done = number;
    job.payload = payload(number);
    ports::Batch batch;
    batch.shards.push_back({tenant,
                            shard,
                            {row, ports::DeviceEventRow{row.id, at, "crash", {}, {}, {}, payload(number)},
                             ports::ChangeRow{0, shard, at, "device", row.id.text(), "{}"}}});
    batch.shards.push_back({tenant, device::kControlShard, {job}});
    return batch;
}

FoundCommits check_numbered_commits(const StoreOptions& options) {
    FoundCommits found;
    auto problem = look(options, found.commits);
    found.problem = problem.ok() ? *problem : problem.error().text();
    return found;
}

} // namespace oakum::sqlite
