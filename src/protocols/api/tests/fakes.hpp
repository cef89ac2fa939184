// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../../../engine/governance/tests/world.hpp"
#include "fake_devices.hpp"
#include "fake_house.hpp"
#include "fake_releases.hpp"
#include "fake_risk.hpp"

#include <api/api.hpp>
#include <governance/idempotency.hpp>

// The nouns behind the API as fakes that note what was asked and answer a sample; governance is the real one.
namespace oakum::api::test {

// One server of these, and a client that asks it in process.
struct Server {
    governance::test::World world;
    governance::Idempotency idempotency{world.writer, world.control, world.clock};
    governance::AuditLog audit{world.history, world.control, world.executor};
    FakePolicies policies;
    governance::Views views{world.writer, world.control, world.ids};
    FakeGroups groups;
    FakeDevices devices;
    FakeEdits edits;
    FakeFindings findings;
    FakeSoftware software;
    FakeAdvisories advisories;
    FakeExposure exposure;
    FakeEvidence evidence;
    FakeFigures figures;
    FakeFeeds feeds;
    FakeJobs jobs;
    FakeUploads uploads;
    FakeReleases releases;
    FakeCarried carried;
    FakeRollouts rollouts;
    FakeSchedules schedules;
    FakeBudgets budgets;
    FakeLwm2m lwm2m;
    FakeFloors floors;
    FakeSearch search;
    FakeSystem system;
    FakeExceptions exceptions;
    FakeNotices notices;
    FakeVex vex;
    FakeAlarms alarms;
    FakeChannels channels;
    FakeSources sources;
    FakeConnectors connectors;
    FakeApple apple;
    FakeAges ages;
    FakePacks packs;
    governance::Forgetter forgetter{world.writer, world.control};
    governance::Retentions retentions{world.writer, world.control, ages, packs, world.executor, world.clock};
    governance::SignInCodes sign_in_codes{world.writer, world.control, world.tokens, world.clock,
                                          world.random};
    governance::SignedIn admin{world.first_administrator()};
    Api api;

    explicit Server(std::filesystem::path web = {})
        : api(Services{world.sessions,
                       world.open_sessions,
                       world.second_factor,
                       nullptr,
                       [this](const access::Actor& actor, governance::SignInRules rules,
                              shard::Completion<governance::SignInRules> done) {
                           governance::set_sign_in_rules(world.writer, actor, rules, std::move(done));
                       },
                       world.users,
                       forgetter,
                       retentions,
                       sign_in_codes,
                       world.tokens,
                       views,
                       audit,
                       idempotency,
                       policies,
                       groups,
                       devices,
                       edits,
                       findings,
                       software,
                       advisories,
                       exposure,
                       evidence,
                       figures,
                       feeds,
                       jobs,
                       uploads,
                       releases,
                       carried,
                       rollouts,
                       schedules,
                       budgets,
                       floors,
                       search,
                       system,
                       exceptions,
                       notices,
                       vex,
                       alarms,
                       channels,
                       sources,
                       connectors,
                       apple,
                       lwm2m,
                       world.control,
                       world.writer.feed(),
                       world.clock,
                       world.executor,
                       world.ids,
                       world.log},
              settings(std::move(web))) {}

    static Settings settings(std::filesystem::path web) {
        Settings chosen;
        chosen.web = std::move(web);
        chosen.address = [] { return std::string("https://oakum.example:8443"); };
        chosen.ca_fingerprint = kDigest.hex();
        return chosen;
    }

    // How often any noun was asked.
    std::size_t asked() const {
        return groups.calls.size() + devices.calls.size() + findings.calls.size() + software.calls.size() +
               advisories.calls.size() + exposure.calls.size() + evidence.calls.size() +
               figures.calls.size() + feeds.calls.size() + jobs.calls.size() + uploads.calls.size() +
               releases.calls.size() + carried.calls.size() + rollouts.calls.size() + search.calls.size() +
               system.calls.size() + alarms.calls.size() + channels.calls.size() + sources.calls.size() +
               connectors.calls.size() + apple.calls.size() + edits.calls.size() + exceptions.calls.size() +
               notices.calls.size() + vex.calls.size();
    }
    std::size_t stored() const { return world.journal.stored.size(); }

    // Head, then body, as platform/http does it.
    ports::HttpResponse send(ports::HttpRequest request) {
        const std::string body = std::exchange(request.body, {});
        if (!body.empty()) request.headers.emplace_back("content-length", std::to_string(body.size()));
        auto head = api.on_head(request);
        if (auto* refused = std::get_if<ports::HttpResponse>(&head)) return std::move(*refused);
        std::optional<ports::HttpResponse> response;
        const auto keep = [&](ports::HttpResponse made) {
            REQUIRE_FALSE(response.has_value());
            response = std::move(made);
        };
        if (auto* sink = std::get_if<std::unique_ptr<ports::BodySink>>(&head)) {
            REQUIRE((*sink)->write(base::as_bytes(body)).ok());
            (*sink)->finish(keep);
        } else if (body.size() > std::get<ports::BufferBody>(head).limit) {
            ports::HttpResponse too_large;
            too_large.status = 413;
            return too_large;
        } else {
            request.body = body;
            api.handle(std::move(request), keep);
        }
        world.settle();
        REQUIRE(response.has_value());
        return std::move(*response);
    }

    ports::HttpRequest request(ports::Method method, std::string path, std::string body = {},
                               std::string type = "application/json") {
        ports::HttpRequest made;
        made.method = method;
        const std::size_t mark = path.find('?');
        made.path = path.substr(0, mark);
        while (mark != std::string::npos && path.size() > mark + 1) {
            std::string rest = path.substr(mark + 1);
            path.resize(mark + 1);
            for (std::size_t at = 0; at < rest.size();) {
                const std::size_t end = std::min(rest.find('&', at), rest.size());
                const std::string pair = rest.substr(at, end - at);
                const std::size_t equals = std::min(pair.find('='), pair.size());
                made.query.emplace_back(pair.substr(0, equals),
                                        equals < pair.size() ? pair.substr(equals + 1) : "");
                at = end + 1;
            }
        }
        if (!body.empty() || method == ports::Method::post || method == ports::Method::patch ||
            method == ports::Method::put)
            made.headers.emplace_back("content-type", type);
        made.body = std::move(body);
        made.peer.address = "192.0.2.7";
        return made;
    }
    static void as(ports::HttpRequest& request, const governance::SignedIn& who) {
        request.headers.emplace_back("cookie", "theme=dark; __Host-oakum_session=" + who.secret);
        request.headers.emplace_back("x-csrf-token", who.principal.csrf);
    }
    ports::HttpResponse ask(const governance::SignedIn& who, ports::Method method, std::string path,
                            std::string body = {}, std::string type = "application/json") {
        ports::HttpRequest made = request(method, std::move(path), std::move(body), std::move(type));
        as(made, who);
        return send(std::move(made));
    }
};

inline std::string body_of(const ports::HttpResponse& response) {
    const auto* text = std::get_if<std::string>(&response.body);
    return text ? *text : std::string();
}
inline std::string header_of(const ports::HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return {};
}

} // namespace oakum::api::test
