// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../../shard/tests/fakes.hpp"

#include <governance/open_sessions.hpp>
#include <governance/second_factor.hpp>
#include <governance/sessions.hpp>
#include <governance/tokens.hpp>
#include <governance/users.hpp>
#include <ports/passwords.hpp>
#include <shard/writer.hpp>

#include <array>
#include <optional>
#include <string>

// A tenant's control shard on fakes, single-threaded: what governance and the API are tested on.
namespace oakum::governance::test {

class Random final : public ports::Random {
  public:
    void fill(std::span<std::uint8_t> bytes) override {
        for (std::uint8_t& byte : bytes) {
            state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
            byte = static_cast<std::uint8_t>(state_ >> 56);
        }
    }

  private:
    std::uint64_t state_ = 42;
};

class Passwords final : public ports::Passwords {
  public:
    base::Result<std::string> hash(const std::string& password) override { return "hash of " + password; }
    base::Result<bool> verify(const std::string& password, const std::string& encoded) override {
        ++verified;
        return encoded == "hash of " + password;
    }
    int verified = 0;
};

// Not secret at all: what is sealed is seen in the store by tests.
class Sealer final : public ports::Sealer {
  public:
    base::Result<std::string> seal(base::ByteView secret, std::string_view purpose) override {
        return std::string(purpose) + ":" + base::to_hex(secret);
    }
    base::Result<base::Bytes> open(std::string_view sealed, std::string_view purpose) override {
        if (!sealed.starts_with(std::string(purpose) + ":")) return base::corrupt("another purpose");
        return base::from_hex(sealed.substr(purpose.size() + 1));
    }
};

// What the fake journal stored, as History reads it. Only what governance asks is answered.
class History final : public ports::History {
  public:
    explicit History(shard::test::Journal& journal) : journal_(journal) {}
    base::Result<std::vector<ports::AuditRow>> audit(device::TenantId tenant, std::uint64_t after,
                                                     std::size_t limit) override {
        std::vector<ports::AuditRow> rows;
        for (const auto& [place, row] : journal_.stored)
            if (const auto* record = std::get_if<ports::AuditRow>(&row))
                if (place.tenant == tenant && record->number > after && rows.size() < limit)
                    rows.push_back(*record);
        return rows;
    }
    base::Result<std::vector<ports::DeviceEventRow>> device_events(device::TenantId tenant,
                                                                   device::DeviceId device,
                                                                   std::optional<base::TimePoint>,
                                                                   std::size_t limit) override {
        std::vector<ports::DeviceEventRow> rows;
        for (auto at = journal_.stored.rbegin(); at != journal_.stored.rend(); ++at)
            if (const auto* event = std::get_if<ports::DeviceEventRow>(&at->second))
                if (at->first.tenant == tenant && event->device == device && rows.size() < limit)
                    rows.push_back(*event);
        return rows;
    }
    base::Result<std::vector<ports::DeviceSetRow>> device_sets(device::TenantId, device::DeviceId) override {
        return std::vector<ports::DeviceSetRow>{};
    }
    base::Result<std::vector<ports::DeploymentRow>> deployments(device::TenantId, device::DeviceId,
                                                                std::size_t) override {
        return std::vector<ports::DeploymentRow>{};
    }
    base::Result<std::vector<ports::SetFindingRow>> set_findings(device::TenantId, device::SetId,
                                                                 bool) override {
        return std::vector<ports::SetFindingRow>{};
    }
    base::Result<std::vector<ports::ChangeRow>> changes(device::TenantId, std::uint64_t,
                                                        std::size_t) override {
        return std::vector<ports::ChangeRow>{};
    }
    base::Result<std::vector<ports::RolloutDecisionRow>> decisions(device::TenantId,
                                                                   ports::RolloutId) override {
        return std::vector<ports::RolloutDecisionRow>{};
    }
    base::Result<std::vector<ports::DeviceHistory>>
    device_histories(device::TenantId, std::optional<device::DeviceId>, std::size_t) override {
        return std::vector<ports::DeviceHistory>{};
    }
    base::Status each_deployment_of(device::TenantId, ports::RolloutId,
                                    const std::function<bool(const ports::DeploymentRow&)>&) override {
        return {};
    }
    base::Result<std::vector<ports::EditedDeviceRow>>
    edited_devices(device::TenantId, ports::EditId, std::optional<device::DeviceId>, std::size_t) override {
        return std::vector<ports::EditedDeviceRow>{};
    }

  private:
    shard::test::Journal& journal_;
};

struct World {
    shard::test::Clock clock;
    shard::test::Executor executor{clock};
    shard::test::Journal journal;
    shard::ControlTables control;
    shard::test::Devices devices;
    shard::test::Log log;
    Random random;
    Passwords passwords;
    Sealer sealer;
    shard::Ids ids{clock, random};
    History history{journal};
    shard::Writer writer;
    Sessions sessions;
    OpenSessions open_sessions;
    SecondFactor second_factor;
    Users users;
    Tokens tokens;

    explicit World(Settings settings = {})
        : writer(executor, clock, journal, journal, control, devices, {&control, &devices}, log),
          sessions(writer, control, clock, random, ids, passwords, sealer, executor, log, settings),
          open_sessions(writer, control, clock, sessions),
          second_factor(writer, random, sealer, sessions.code_guesses(), clock),
          users(writer, control, random, ids, passwords, executor, settings),
          tokens(writer, control, clock, random, ids, settings) {}

    // Until nothing is left to do.
    void settle() {
        executor.run();
        while (journal.busy()) {
            journal.succeed();
            executor.run();
        }
    }
    // Calls with a completion and waits for its result.
    template <class T> base::Result<T> wait(const std::function<void(shard::Completion<T>)>& call) {
        std::optional<base::Result<T>> result;
        call([&](base::Result<T> answer) { result.emplace(std::move(answer)); });
        settle();
        return result ? std::move(*result) : base::Result<T>(base::bug("no answer came"));
    }
    base::Status wait_status(const std::function<void(std::function<void(base::Status)>)>& call) {
        std::optional<base::Status> result;
        call([&](base::Status answer) { result.emplace(std::move(answer)); });
        settle();
        return result ? std::move(*result) : base::Status(base::bug("no answer came"));
    }
    // The first administrator, signed in through the link of the first start.
    SignedIn first_administrator() {
        auto link = wait<std::string>(
            [&](auto done) { sessions.first_start(device::kDefaultTenant, "admin", done); });
        auto in = wait<SignedIn>([&](auto done) {
            sessions.sign_in_once(device::kDefaultTenant, *link, {.address = "127.0.0.1", .loopback = true},
                                  done);
        });
        return *in;
    }
    base::Result<ports::UserRow> add_user(const access::Actor& by, std::string name, access::Role role,
                                          std::vector<device::GroupId> scope = {}) {
        return wait<ports::UserRow>([&](auto done) {
            users.create(by, {.name = name, .role = role, .scope = scope, .password = "a good long password"},
                         done);
        });
    }
    base::Result<SignedIn> sign_in(std::string name, std::string password = "a good long password",
                                   std::string address = "192.0.2.7", std::string code = {}) {
        return wait<SignedIn>([&](auto done) {
            sessions.sign_in(device::kDefaultTenant, {.user = name, .password = password, .code = code},
                             {.address = address, .loopback = false}, done);
        });
    }
    std::size_t audited(std::string_view action) const {
        std::size_t count = 0;
        for (const auto& [place, row] : journal.stored)
            if (const auto* record = std::get_if<ports::AuditRow>(&row))
                count += record->action == action ? 1 : 0;
        return count;
    }
    std::size_t records() const {
        std::size_t count = 0;
        for (const auto& [place, row] : journal.stored)
            count += std::holds_alternative<ports::AuditRow>(row) ? 1 : 0;
        return count;
    }
};

} // namespace oakum::governance::test
