// SPDX-License-Identifier: Apache-2.0
#include "route.hpp"

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::hawkbit;

namespace {

struct Case {
    const char* path;
    Act act;
    std::int32_t number = 0;
    const char* file = "";
};

} // namespace

TEST_CASE("every address of the API leads to its act") {
    const Case cases[] = {
        {"/DEFAULT/controller/v1/dev1", Act::base},
        {"/default/controller/v1/dev1/", Act::base},
        {"/D/controller/v1/dev1/deploymentBase/8", Act::deployment, 8},
        {"/D/controller/v1/dev1/deploymentBase/8/feedback", Act::deployment_feedback, 8},
        {"/D/controller/v1/dev1/cancelAction/2147483647", Act::cancel, 2147483647},
        {"/D/controller/v1/dev1/cancelAction/8/feedback", Act::cancel_feedback, 8},
        {"/D/controller/v1/dev1/configData", Act::attributes},
        {"/D/controller/v1/dev1/installedBase/7", Act::installed, 7},
        {"/D/controller/v1/dev1/confirmationBase", Act::auto_confirm},
        {"/D/controller/v1/dev1/confirmationBase/activateAutoConfirm", Act::activate},
        {"/D/controller/v1/dev1/confirmationBase/deactivateAutoConfirm", Act::deactivate},
        {"/D/controller/v1/dev1/confirmationBase/8", Act::confirmation, 8},
        {"/D/controller/v1/dev1/confirmationBase/8/feedback", Act::confirmation_feedback, 8},
        {"/D/controller/v1/dev1/softwaremodules/10/artifacts", Act::files, 10},
        {"/D/controller/v1/dev1/softwaremodules/10/artifacts/a.swu", Act::file, 10, "a.swu"},
    };
    for (const Case& each : cases) {
        CAPTURE(each.path);
        const Route route = read_route(each.path);
        CHECK(route.act == each.act);
        CHECK(route.number == each.number);
        CHECK(route.file == each.file);
        CHECK(route.controller == "dev1");
    }
}

TEST_CASE("what is no address of the API leads nowhere") {
    for (const char* path :
         {"", "/", "/D/controller/v1", "/D/controller/v1/", "/D/controller/v2/dev1", "/D/rest/v1/dev1",
          "/D/controller/v1/dev1/deploymentBase", "/D/controller/v1/dev1/deploymentBase/0",
          "/D/controller/v1/dev1/deploymentBase/08", "/D/controller/v1/dev1/deploymentBase/-8",
          "/D/controller/v1/dev1/deploymentBase/4294967303", "/D/controller/v1/dev1/deploymentBase/8x",
          "/D/controller/v1/dev1/softwaremodules/10/artifacts/a/b", "/D/controller/v1/dev1//",
          "/D/controller/v1/dev1/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p"}) {
        CAPTURE(path);
        CHECK(read_route(path).act == Act::unknown);
    }
}

TEST_CASE("each address is asked in one way, a file also for its length") {
    CHECK(is_asked_with(read_route("/D/controller/v1/d/configData"), ports::Method::put));
    CHECK_FALSE(is_asked_with(read_route("/D/controller/v1/d/configData"), ports::Method::post));
    CHECK(is_asked_with(read_route("/D/controller/v1/d/softwaremodules/1/artifacts/a"), ports::Method::head));
    CHECK_FALSE(is_asked_with(read_route("/D/controller/v1/d"), ports::Method::head));
}
