// SPDX-License-Identifier: Apache-2.0
// Lists that are narrowed to what one figure counts.
#include <doctest/doctest.h>

#include "fakes.hpp"

#include <json/parse.hpp>

using namespace oakum;
using namespace oakum::api;
using api::test::body_of;
using api::test::Server;
using ports::Method;

TEST_CASE("a list is asked for what one figure counts") {
    Server server;
    const std::string rollout =
        "/api/v1/rollouts/" + rollout::RolloutId(base::Id128{1, 4}).text() + "/devices";
    struct Case {
        std::string address;
        test::Asked* service;
        const char* asked;
    };
    const Case cases[] = {
        {"/api/v1/devices?fix=vendor:M2", &server.devices, "list of vendor:M2 after "},
        {"/api/v1/devices?part=unclear", &server.devices, "list after "},
        {"/api/v1/devices?part=not_assessed", &server.devices, "list after "},
        {"/api/v1/devices?part=partly_assessed", &server.devices, "list after "},
        {"/api/v1/devices?part=without_fix", &server.devices, "list after "},
        {"/api/v1/findings?state=assumed", &server.findings, "assumed findings "},
        {"/api/v1/findings?fix=none:M1&exploited=true", &server.findings, "exploited findings none:M1"},
        {"/api/v1/proof/holes", &server.exposure, "holes all any"},
        {"/api/v1/proof/holes?class=exploited&state=kept_late", &server.exposure,
         "holes exploited kept_late"},
        {rollout, &server.rollouts, "devices"},
        {rollout + "?outcome=wrong&wave=1&model=GW&reason=health_failed", &server.rollouts,
         "devices wrong of wave 1 GW health_failed"},
        {"/api/v1/releases?state=published", &server.releases, "list published"},
        {"/api/v1/releases?awaits_approval=true", &server.releases, "list awaits approval"},
        {"/api/v1/schedules/dates?from=2026-05-04&to=2026-05-11", &server.schedules, "dates"},
    };
    for (const Case& each : cases) {
        CAPTURE(each.address);
        CHECK(server.ask(server.admin, Method::get, each.address).status == 200);
        CHECK(each.service->calls.back() == each.asked);
    }
}

TEST_CASE("what no figure counts is refused where it is said") {
    Server server;
    const std::string rollout =
        "/api/v1/rollouts/" + rollout::RolloutId(base::Id128{1, 4}).text() + "/devices";
    struct Case {
        std::string address;
        const char* where;
    };
    const Case cases[] = {
        {"/api/v1/devices?part=unknown&fix=x", "fix"},
        {"/api/v1/devices?part=nothing", "part"},
        {"/api/v1/findings?fix=x&state=all", "state"},
        {"/api/v1/findings?state=closed", "state"},
        {"/api/v1/findings?exploited=perhaps", "exploited"},
        {"/api/v1/findings?fix=x&as_of=2020-01-01", "as_of"},
        {"/api/v1/findings?state=assumed&as_of=2020-01-01", "as_of"},
        {"/api/v1/proof/holes?class=grave", "class"},
        {"/api/v1/proof/holes?state=any", "state"},
        {"/api/v1/proof/holes?group=Plant", "group"},
        {rollout + "?outcome=any", "outcome"},
        {rollout + "?wave=first", "wave"},
        {rollout + "?reason=bad_luck", "reason"},
        {"/api/v1/releases?state=new", "state"},
    };
    for (const Case& each : cases) {
        CAPTURE(each.address);
        const auto answer = server.ask(server.admin, Method::get, each.address);
        CHECK(answer.status == 400);
        CHECK(json::parse(body_of(answer)).value().string_at("where").value() == each.where);
    }
}
