// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../../shard/tests/fakes.hpp"

#include <fleet/bulk.hpp>
#include <fleet/edits.hpp>
#include <fleet/enrolment.hpp>
#include <fleet/groups.hpp>
#include <fleet/inventory.hpp>
#include <fleet/polling.hpp>
#include <fleet/registry.hpp>
#include <shard/audit.hpp>

namespace oakum::fleet::test {

inline const TenantId kTenant = device::kDefaultTenant;

class Dice final : public ports::Random {
  public:
    void fill(std::span<std::uint8_t> bytes) override {
        for (auto& byte : bytes)
            byte = static_cast<std::uint8_t>(
                (state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL) >> 56);
    }

  private:
    std::uint64_t state_ = 1;
};

class Authority final : public ports::DeviceAuthority {
  public:
    // Requests are "csr", with or without the name of a key.
    base::Result<Certificate> issue(const std::string& csr_pem, const std::string& uri, std::int64_t from,
                                    std::int64_t to, const std::string& renews) override {
        if (!csr_pem.starts_with("csr")) return base::invalid("not a certificate request");
        ++issued;
        const std::string serial = renews.empty() ? "00aa" + std::to_string(1000 + issued)
                                                  : base::sha256(csr_pem + uri + renews).hex().substr(0, 32);
        return Certificate{
            uri + " " + std::to_string(from) + " " + std::to_string(to) + " " + serial, serial, {}};
    }
    std::string ca_pem() override { return "CA"; }
    int issued = 0;
};

// Offers what a test puts into it.
class Offers final : public OfferSource {
  public:
    bool would_offer(const Glance& device, Keeps) const override { return wanted && device.id() == *wanted; }
    void offer(const DeviceActor&, Keeps, shard::Completion<std::optional<OfferView>> done) override {
        ++made;
        OfferView view;
        view.deployment = "d";
        wanted.reset();
        done(std::optional(view));
    }
    std::optional<OfferView> present(const DeviceActor&) const override { return std::nullopt; }
    bool listens(const DeviceActor&) const override { return false; }
    void seen(const DeviceActor&, std::string, bool, std::function<void(base::Status)> done) override {
        done({});
    }
    std::optional<DeviceId> wanted;
    int made = 0;
};

class History final : public ports::History {
  public:
    explicit History(const shard::test::Journal& journal) : journal_(journal) {}
    base::Result<std::vector<ports::DeviceEventRow>> device_events(ports::TenantId, ports::DeviceId device,
                                                                   std::optional<base::TimePoint>,
                                                                   std::size_t) override {
        return all<ports::DeviceEventRow>([&](const auto& row) { return row.device == device; });
    }
    base::Result<std::vector<ports::DeviceSetRow>> device_sets(ports::TenantId,
                                                               ports::DeviceId device) override {
        return all<ports::DeviceSetRow>([&](const auto& row) { return row.device == device; });
    }
    base::Result<std::vector<ports::DeploymentRow>> deployments(ports::TenantId, ports::DeviceId,
                                                                std::size_t) override {
        return std::vector<ports::DeploymentRow>();
    }
    base::Result<std::vector<ports::SetFindingRow>> set_findings(ports::TenantId, ports::SetId,
                                                                 bool) override {
        return std::vector<ports::SetFindingRow>();
    }
    base::Result<std::vector<ports::AuditRow>> audit(ports::TenantId, std::uint64_t, std::size_t) override {
        return all<ports::AuditRow>([](const auto&) { return true; });
    }
    base::Result<std::vector<ports::ChangeRow>> changes(ports::TenantId, std::uint64_t,
                                                        std::size_t) override {
        return std::vector<ports::ChangeRow>();
    }
    base::Result<std::vector<ports::RolloutDecisionRow>> decisions(ports::TenantId,
                                                                   ports::RolloutId) override {
        return std::vector<ports::RolloutDecisionRow>();
    }
    base::Result<std::vector<ports::DeviceHistory>>
    device_histories(ports::TenantId, std::optional<ports::DeviceId>, std::size_t) override {
        return base::unavailable("nothing here reads the histories of all devices");
    }
    base::Status each_deployment_of(ports::TenantId, ports::RolloutId rollout,
                                    const std::function<bool(const ports::DeploymentRow&)>& take) override {
        std::map<ports::DeploymentId, ports::DeploymentRow> held; // the newest row of each
        for (const auto& row : all<ports::DeploymentRow>([&](const auto& r) { return r.rollout == rollout; }))
            held.insert_or_assign(row.id, row);
        for (const auto& [id, row] : held)
            if (!take(row)) break;
        return {};
    }
    base::Result<std::vector<ports::EditedDeviceRow>> edited_devices(ports::TenantId tenant,
                                                                     ports::EditId edit,
                                                                     std::optional<ports::DeviceId> after,
                                                                     std::size_t limit) override {
        // The newest row of each device, in the order that the port promises.
        const auto place = [&](const ports::DeviceId& id) {
            return std::pair(device::shard_of(tenant, id), id);
        };
        std::map<std::pair<ports::ShardId, ports::DeviceId>, ports::EditedDeviceRow> held;
        for (const auto& row : all<ports::EditedDeviceRow>([&](const auto& r) { return r.edit == edit; }))
            if (!after || place(*after) < place(row.device)) held.insert_or_assign(place(row.device), row);
        std::vector<ports::EditedDeviceRow> rows;
        for (const auto& [at, row] : held)
            if (rows.size() < limit) rows.push_back(row);
        return rows;
    }

  private:
    template <class Row, class Keep> std::vector<Row> all(Keep keep) const {
        std::vector<Row> rows;
        for (const auto& [place, row] : journal_.stored)
            if (const auto* found = std::get_if<Row>(&row); found && keep(*found)) rows.push_back(*found);
        return rows;
    }
    const shard::test::Journal& journal_;
};

struct House {
    shard::test::Clock clock;
    shard::test::Executor executor{clock};
    shard::test::Journal journal;
    shard::test::Log log;
    Dice dice;
    Authority authority;
    Offers offers;
    History history{journal};
    shard::ControlTables control;
    Software software;
    LiveFleet live{software, control, clock};
    shard::Ids ids{clock, dice};
    shard::Writer writer{executor, clock, journal, journal, control, live, {&control, &software, &live}, log};
    Core core{writer, control, live, software, history, clock, ids};
    Enrolment enrolment{core, authority};
    Polling polling{core, offers, dice};
    Inventories inventories{core};
    Registry registry{core};
    Groups groups{core};
    Edits edits{core, executor};
    Bulk bulk{core, executor};
    access::Actor admin;

    House() {
        admin.tenant = kTenant.get();
        admin.name = "anna";
        admin.role = access::Role::administrator;
        clock.steady_ = std::chrono::hours(1);
    }
    void settle() {
        for (int i = 0; i < 100'000; ++i) {
            executor.run();
            if (!journal.busy()) return;
            journal.succeed();
        }
    }
    // Runs a use case to its end.
    template <class T> base::Result<T> result(std::function<void(shard::Completion<T>)> use) {
        std::optional<base::Result<T>> answer;
        use([&](base::Result<T> given) { answer = std::move(given); });
        settle();
        return answer ? std::move(*answer) : base::Result<T>(base::bug("never answered"));
    }
    base::Status status(std::function<void(std::function<void(base::Status)>)> use) {
        std::optional<base::Status> answer;
        use([&](base::Status given) { answer = std::move(given); });
        settle();
        return answer ? std::move(*answer) : base::Status(base::bug("never answered"));
    }
    void put(ports::Row row) {
        auto done = status([&](auto reply) {
            writer.submit(
                shard::control_of(kTenant), shard::Priority::person,
                [row](shard::Transaction& transaction) -> base::Status {
                    std::visit([&](auto value) { transaction.put(std::move(value)); }, row);
                    return {};
                },
                reply);
        });
        if (!done.ok()) std::abort();
    }
    void token(const std::string& secret, std::uint32_t uses, GroupId group = {}) {
        ports::TokenRow row;
        row.id = ids.next_as<ports::TokenId>();
        row.kind = ports::TokenKind::enrolment;
        row.secret = base::sha256(secret);
        row.uses_left = uses;
        row.group = group;
        row.expires = clock.now() + std::chrono::hours(24);
        put(row);
    }
    base::Result<Enrolled> enrol(const std::string& token, const std::string& serial,
                                 const std::string& model = "GW-1") {
        EnrolRequest request;
        request.token = token;
        request.csr_pem = "csr";
        request.serial = serial;
        request.model = model;
        return result<Enrolled>([&](auto reply) { enrolment.enrol(kTenant, request, reply); });
    }
    DeviceActor actor(const Enrolled& enrolled) {
        return {kTenant, enrolled.device,
                enrolled.certificate_pem.substr(enrolled.certificate_pem.rfind(' ') + 1)};
    }
    base::Result<PollAnswer> poll(const DeviceActor& device, const std::string& boot = "b1",
                                  const std::string& version = "1.0") {
        PollReport report;
        report.boot_id = boot;
        report.running_version = version;
        return result<PollAnswer>([&](auto reply) { polling.poll(device, report, reply); });
    }
    Selection select(const std::string& query) {
        return {kTenant, {}, device::parse_query(query).value(), Records::managed};
    }
    std::vector<std::string> kinds_of_events(DeviceId id) {
        std::vector<std::string> kinds;
        const auto rows = *history.device_events(kTenant, id, std::nullopt, 1000);
        for (const auto& row : rows)
            kinds.push_back(row.kind);
        return kinds;
    }
    ports::DeviceRow row(DeviceId id) { return live.device({kTenant, id}).value(); }
};

} // namespace oakum::fleet::test
