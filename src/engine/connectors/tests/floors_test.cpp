// SPDX-License-Identifier: Apache-2.0
#include "sync_world.hpp"

#include <connectors/floors.hpp>

using namespace oakum;
using namespace oakum::connectors;
using test::phone;
using Site = test::SyncWorld;

TEST_CASE("a floor says who falls short, who cannot be told, and what would be sent") {
    Site site;
    REQUIRE(site.set("hq", Site::fresh()).ok());
    site.script.pages[""].devices = {phone("a"),
                                     phone("b", {{"os_version", "26.4"}}),
                                     phone("c", {{"os_version", "18.1"}, {"platform", "ipados"}}),
                                     phone("d", {{"os_version", "26.1"}, {"x.ownership", "personal"}}),
                                     phone("e", {{"os_version", ""}}),
                                     phone("f", {{"platform", "android"}, {"os_version", "16"}})};
    site.script.pages[""].devices[4].facts.erase("os_version");
    REQUIRE(site.sync_now("hq").starts_with("done"));
    const auto plan = plan_floor(site.core, site.connectors, site.admin, "hq", {"ios", "26.4", "", 7});
    REQUIRE_MESSAGE(plan.ok(), plan.error().text());
    CHECK(plan->total == 5);
    CHECK(plan->short_of_it == 3);
    CHECK(plan->cannot_tell == 1);
    CHECK(plan->personal_short == 1);
    CHECK(plan->would.calls.size() == 1);
    CHECK(site.script.asked.size() == 1); // of the sync; nothing since
    CHECK(plan_floor(site.core, site.connectors, site.admin, "hq", {"ios", "soon", "", 7}).error().where ==
          "/version");
    CHECK(plan_floor(site.core, site.connectors, site.admin, "lab", {"ios", "26.4", "", 7}).error().kind ==
          base::ErrorKind::not_found);
}
