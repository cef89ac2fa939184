// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "fakes.hpp"
#include "requests.hpp"

#include <json/parse.hpp>

using namespace oakum;
using namespace oakum::api;
using api::test::body_of;
using api::test::kId;
using api::test::kSha;
using api::test::Server;
using ports::Method;

namespace {

struct Told {
    int status = 0;
    std::string kind, where, detail;
};

Told told(const ports::HttpResponse& response) {
    Told result{.status = response.status, .kind = {}, .where = {}, .detail = {}};
    const auto problem = json::parse(body_of(response));
    if (!problem.ok()) return result;
    result.kind = problem->string_at("kind").value_or("");
    result.detail = problem->string_at("detail").value_or("");
    if (const auto where = problem->find("where"); where && where->is_string()) result.where = where->text();
    return result;
}

struct Bad {
    Method method;
    std::string path, body, where;
    int status = 400;
};

} // namespace

TEST_CASE("a body that is not the JSON it should be is refused with its place, on every route, and changes "
          "nothing") {
    Server server;
    const std::string deep = R"({"name":)" + std::string(200, '[') + std::string(200, ']') + "}";
    for (const Route& route : routes()) {
        if (!route.action || (route.body != Body::json && route.body != Body::optional_json)) continue;
        CAPTURE(route.path);
        const std::string path = test::good_path(route);
        const std::size_t asked = server.asked(), stored = server.stored();
        for (const std::string& body :
             {std::string("{"), std::string("[]"), std::string("null"), std::string("\"text\""),
              std::string("{\"a\":1,\"a\":2}"), deep, std::string("{\"no_such_member\":true}"),
              std::string("{} {}"), std::string("{\"name\":\"\xff\"}"), std::string("{\"why\":7}"),
              std::string("\xef\xbb\xbf{}"), std::string("{\"name\":1e999}")}) {
            CAPTURE(body.substr(0, 40));
            const Told refused = told(server.ask(server.admin, route.method, path, body));
            // Too deep is a matter of size.
            CHECK(refused.status == (body == deep ? 413 : 400));
            CHECK(refused.kind == (body == deep ? "too_large" : "invalid"));
            // A missing member of an empty or foreign document is the whole document's fault: its place is
            // its root.
            CHECK((!refused.where.empty() || body == "[]" || body == "null" || body == "\"text\""));
        }
        const auto too_large =
            server.ask(server.admin, route.method, path, std::string(route.limit + 1, ' '));
        CHECK(too_large.status == 413);
        const auto not_json = server.ask(server.admin, route.method, path, "{}", "text/plain");
        CHECK(not_json.status == 415);
        if (route.body == Body::json)
            CHECK(told(server.ask(server.admin, route.method, path, "")).status == 400);
        CHECK(server.asked() == asked);
        CHECK(server.stored() == stored);
    }
}

TEST_CASE("a value that cannot be is refused with the place where it stands") {
    const std::string user = "/api/v1/users", password = R"("password":"a good long password")";
    const std::vector<Bad> cases{
        {Method::post, user, R"({"name":"a b","role":"viewer",)" + password + "}", "/name"},
        {Method::post, user, R"({"name":"","role":"viewer",)" + password + "}", "/name"},
        {Method::post, user, R"({"name":"anna","role":"root",)" + password + "}", "/role"},
        {Method::post, user, R"({"name":"anna","role":7,)" + password + "}", "/role"},
        {Method::post, user, R"({"name":"anna","role":"viewer","password":"short"})", "/password"},
        {Method::post, user, R"({"name":"anna","role":"viewer","scope":"x",)" + password + "}", "/scope"},
        {Method::post, user, R"({"name":"anna","role":"viewer","scope":["x"],)" + password + "}", "/scope/0"},
        {Method::post, user, R"({"name":"anna","role":"viewer","scope":[")" + kId + R"("],)" + password + "}",
         "/scope/0", 404},
        {Method::post, user, R"({"name":"anna","role":"viewer","password_hash":"x",)" + password + "}",
         "/password_hash"},
        {Method::post, "/api/v1/tokens", R"({"label":"ci","scopes":["root"],"expires_in_days":9})",
         "/scopes/0"},
        {Method::post, "/api/v1/tokens", R"({"label":"ci","scopes":["read","read"],"expires_in_days":9})",
         "/scopes/1"},
        {Method::post, "/api/v1/tokens", R"({"label":"ci","scopes":[],"expires_in_days":9})", "/scopes"},
        {Method::post, "/api/v1/tokens", R"({"label":"ci","scopes":["read"],"expires_in_days":0})",
         "/expires_in_days"},
        {Method::post, "/api/v1/tokens", R"({"label":"ci","scopes":["read"],"expires_in_days":367})",
         "/expires_in_days"},
        {Method::post, "/api/v1/tokens", R"({"label":"a\nb","scopes":["read"],"expires_in_days":9})",
         "/label"},
        {Method::post, "/api/v1/enrolment-tokens", R"({"label":"x","uses":0,"expires_in_hours":1})", "/uses"},
        {Method::post, "/api/v1/enrolment-tokens", R"({"label":"x","uses":1.5,"expires_in_hours":1})",
         "line 1, column 21"},
        {Method::post, "/api/v1/enrolment-tokens",
         R"({"label":"x","uses":18446744073709551616,"expires_in_hours":1})", "line 1, column 21"},
        {Method::post, "/api/v1/enrolment-tokens",
         R"({"label":"x","group":"y","uses":1,"expires_in_hours":1})", "/group"},
        {Method::post, "/api/v1/groups", R"({"query":"a = b"})", ""},
        {Method::post, "/api/v1/groups", R"({"name":"x","defaults":{"criticality":""}})",
         "/defaults/criticality"},
        {Method::patch, "/api/v1/devices/" + kId, R"({"facts":{"owner":7}})", "/facts/owner"},
        {Method::patch, "/api/v1/devices/" + kId, R"({"lifecycle":"active"})", "/lifecycle"},
        {Method::post, "/api/v1/uploads", R"({"name":"../x","length":1,"sha256":")" + kSha + "\"}", "/name"},
        {Method::post, "/api/v1/uploads", R"({"name":"..","length":1,"sha256":")" + kSha + "\"}", "/name"},
        {Method::post, "/api/v1/uploads", R"({"name":"x","length":0,"sha256":")" + kSha + "\"}", "/length"},
        {Method::post, "/api/v1/uploads", R"({"name":"x","length":-1,"sha256":")" + kSha + "\"}", "/length"},
        {Method::post, "/api/v1/uploads", R"({"name":"x","length":1,"sha256":"00"})", "/sha256"},
        {Method::post, "/api/v1/uploads",
         R"({"name":"x","length":1,"sha256":")" + std::string(64, 'A') + "\"}", "/sha256"},
        {Method::post, "/api/v1/releases",
         R"({"name":"a/b","version":"1","artifact":")" + kSha + R"(","models":["m"]})", "/name"},
        {Method::post, "/api/v1/releases",
         R"({"name":"a","version":"1","artifact":")" + kSha + R"(","models":[]})", "/models"},
        {Method::post, "/api/v1/releases",
         R"({"name":"a","version":"1","artifact":")" + kSha + R"(","models":["m","m"]})", "/models/1"},
        {Method::post, "/api/v1/rollouts", R"({"name":"a","release":"x"})", "/release"},
        {Method::post, "/api/v1/rollouts", R"({"name":"a","release":")" + kId + R"(","care":"reckless"})",
         "/care"},
        {Method::post, "/api/v1/rollouts", R"({"name":"a","release":")" + kId + R"(","priority":"high"})",
         "/priority"},
        {Method::put, "/api/v1/schedules/nights",
         R"({"kind":"window","name":"days","times":[{"start":"2026-01-05T02:00","minutes":60}]})", "/name"},
        {Method::put, "/api/v1/budgets/pairs", R"({"name":"others","devices":1})", "/name"},
        {Method::post, "/api/v1/budgets/preview", R"({"name":"a","devices":1,"percent":1})", "/devices"},
        {Method::post, "/api/v1/budgets/preview", R"({"name":"a","devices":1,"by":["a b"]})", "/by/0"},
        {Method::post, "/api/v1/schedules/preview",
         R"({"kind":"window","name":"n","times":[{"start":"2026-01-05T02:00","minutes":60,"rule":"FREQ=YEARLY"}]})",
         "/times/0/rule"},
        {Method::post, "/api/v1/rollouts", R"({"name":"a","release":")" + kId + R"(","waves":[]})", "/waves"},
        {Method::put, "/api/v1/rollouts/" + kId + "/waves",
         R"({"waves":[{"name":"a"}],"content":"x","why":"w"})", "/content"},
        {Method::put, "/api/v1/rollouts/" + kId + "/waves",
         R"({"waves":[{"name":"a"},{"name":"b"}],"content":")" + kSha + R"(","why":"w"})", "/waves/1"},
        {Method::post, "/api/v1/rollouts/" + kId + "/actions/approve", R"({"why":"w","content":"x"})",
         "/content"},
        {Method::post, "/api/v1/rollouts",
         R"({"name":"a","release":")" + kId + R"(","waves":[{"name":"b","pace":{"per_minute":0}}]})",
         "/waves/0/pace/per_minute"},
        {Method::post, "/api/v1/rollouts",
         R"({"name":"a","release":")" + kId + R"(","pace":{"per_minute":5,"up_to_per_minute":9}})",
         "/pace/up_to_per_minute"},
        {Method::post, "/api/v1/rollouts",
         R"({"name":"a","release":")" + kId +
             R"(","waves":[{"name":"b","share_ppm":500},{"name":"c","share_ppm":500}]})",
         "/waves/1"},
        {Method::post, "/api/v1/rollouts",
         R"({"name":"a","release":")" + kId + R"(","waves":[{"name":"b","share_ppm":1000001}]})",
         "/waves/0/share_ppm"},
        {Method::post, "/api/v1/rollouts",
         R"({"name":"a","release":")" + kId + R"(","waves":[{"name":"b"},{"name":"c","query":"kev"}]})",
         "/waves/1"},
        {Method::post, "/api/v1/rollouts",
         R"({"name":"a","release":")" + kId + R"(","first":"kev","waves":[{"name":"b"}]})", "/first"},
        {Method::post, "/api/v1/rollouts", R"({"name":"a","release":")" + kId + R"(","first":"kev ="})",
         "/first column 6"},
        {Method::post, "/api/v1/rollouts", R"({"name":"a","release":")" + kId + R"(","max_attempts":21})",
         "/max_attempts"},
        {Method::post, "/api/v1/rollouts/" + kId + "/actions/halt", R"({"why":""})", "/why"},
        {Method::post, "/api/v1/backups", R"({"file":"../a"})", "/file"},
        {Method::post, "/api/v1/backups", R"({"file":".a"})", "/file"},
        {Method::post, "/api/v1/backups", R"({"file":"a","with_files":"no"})", "/with_files"},
        {Method::patch, "/api/v1/backups/schedule", R"({"every_seconds":60})", "/every_seconds"},
        {Method::patch, "/api/v1/backups/schedule", R"({"every_seconds":-1})", "/every_seconds"},
        {Method::patch, "/api/v1/backups/schedule", R"({"keep":0})", "/keep"},
        {Method::patch, "/api/v1/backups/schedule", R"({"with_files":1})", "/with_files"},
        {Method::get, "/api/v1/devices?limit=0", "", "limit"},
        {Method::get, "/api/v1/devices?limit=501", "", "limit"},
        {Method::get, "/api/v1/devices?limit=ten", "", "limit"},
        {Method::get, "/api/v1/devices?cursor=AAAA", "", "cursor"},
        {Method::get, "/api/v1/devices?sort=colour", "", "sort"},
        {Method::get, "/api/v1/devices?colour=red", "", "colour"},
        {Method::get, "/api/v1/devices?query=a&query=b", "", "query"},
        {Method::get, "/api/v1/devices?query=" + std::string(4097, 'a'), "", "query", 413},
        {Method::get, "/api/v1/devices?query=%\xff", "", "query"},
        {Method::get, "/api/v1/devices/nonsense", "", "id", 404},
        {Method::get, "/api/v1/devices/" + kId + "/findings?state=maybe", "", "state"},
        {Method::get, "/api/v1/rollouts?state=maybe", "", "state"},
        {Method::get, "/api/v1/rollouts/" + kId + "/devices?state=maybe", "", "state"},
        {Method::get, "/api/v1/audit?after=-1", "", "after"},
        {Method::get, "/api/v1/audit/search?before=newest", "", "before"},
        {Method::get, "/api/v1/search", "", "q"},
        {Method::get, "/api/v1/search?q=" + std::string(257, 'a'), "", "q", 413},
        {Method::get, "/api/v1/findings?state=closed", "", "state"},
        {Method::get, "/api/v1/figures/now?by=colour", "", "by"},
        {Method::get, "/api/v1/devices?as_of=2026-11-01", "", "as_of"},
        {Method::get, "/api/v1/devices/" + kId + "/software?as_of=soon", "", "as_of"},
        {Method::get, "/api/v1/devices/" + kId + "/software?most=0", "", "most"},
        {Method::get, "/api/v1/devices/" + kId + "/software?most=-1", "", "most"},
        {Method::get, "/api/v1/figures/now?as_of=2026-13-01", "", "as_of"},
        {Method::get, "/api/v1/devices/" + kId + "/findings?as_of=then", "", "as_of"},
        {Method::get, "/api/v1/proof/exposure-windows?as_of=2026-02-30", "", "as_of"},
        {Method::get, "/api/v1/advisories/CVE-1/then", "", "as_of"},
        {Method::get, "/api/v1/figures?group=plant", "", "group"},
        {Method::get, "/api/v1/figures?from=yesterday", "", "from"},
        {Method::get, "/api/v1/adoption?from=yesterday", "", "from"},
        {Method::get, "/api/v1/adoption?model=" + std::string(513, 'x'), "", "model", 413},
        {Method::get, "/api/v1/fixes/ends", "", "fix"},
        {Method::get, "/api/v1/figures?to=2026-13-01", "", "to"},
        {Method::get, "/api/v1/findings/CVE-1/explain", "", "device"},
        {Method::get, "/api/v1/findings/CVE<b>/explain?device=" + kId, "", "id"},
        {Method::get, "/api/v1/advisories?only=scary", "", "only"},
        {Method::get, "/api/v1/advisories/CVE<script>", "", "id"},
        {Method::post, "/api/v1/sboms?model=x", "{}", "version"},
        {Method::post, "/api/v1/sboms/statements?model=x", "{}", "version"},
        {Method::post, "/api/v1/sboms/statements?model=a&version=b&name=../x", "{}", "name"},
        {Method::post, "/api/v1/sboms", "{}", "model"},
        {Method::post, "/api/v1/sboms?device=" + kId + "&model=a&version=b", "{}", "model"},
        {Method::post, "/api/v1/sboms?model=a&version=b&name=../x", "{}", "name"},
    };
    Server server;
    for (const Bad& bad : cases) {
        CAPTURE(bad.path.substr(0, 80));
        CAPTURE(bad.body);
        const std::size_t asked = server.asked(), stored = server.stored();
        const Told refused = told(server.ask(server.admin, bad.method, bad.path, bad.body));
        CAPTURE(refused.detail);
        CHECK(refused.status == bad.status);
        CHECK(refused.where == bad.where);
        CHECK_FALSE(refused.detail.empty());
        CHECK(server.asked() == asked);
        CHECK(server.stored() == stored);
    }
}

TEST_CASE("files are imported under plain names and pieces at the offset that is held") {
    Server server;
    const auto feed = [&](const std::string& name) {
        return server
            .ask(server.admin, Method::post, "/api/v1/feeds/import?name=" + name, "{\"a\":1}",
                 "application/octet-stream")
            .status;
    };
    CHECK(feed("kev.json") == 202);
    CHECK(server.feeds.received == "{\"a\":1}");
    CHECK(feed("kev.json&force=true") == 202);
    CHECK(server.feeds.calls.back() == "import kev.json forced");
    for (const char* bad : {"", "..", ".", "a/b", "a\\b", "/etc/passwd", "kev.json&force=1"})
        CHECK(feed(bad) == 400);
    CHECK(server.feeds.calls.size() == 2);

    const auto piece = [&](const std::string& offset) {
        ports::HttpRequest request =
            server.request(Method::patch, "/api/v1/uploads/" + kId, "bytes", "application/octet-stream");
        Server::as(request, server.admin);
        if (!offset.empty()) request.headers.emplace_back("upload-offset", offset);
        return told(server.send(std::move(request)));
    };
    CHECK(piece("4").status == 200);
    CHECK(piece("5").status == 409);
    CHECK(piece("5").where == "Upload-Offset");
    for (const char* bad : {"", "-1", "4 ", "0x4", "99999999999999999999"})
        CHECK(piece(bad).status == 400);
}

TEST_CASE("credentials that are malformed are no credentials") {
    Server server;
    const auto with = [&](std::string name, std::string value) {
        ports::HttpRequest request = server.request(Method::get, "/api/v1/me");
        request.headers.emplace_back(std::move(name), std::move(value));
        return server.send(std::move(request)).status;
    };
    for (const std::string& value : {std::string("Bearer "), std::string("Bearer x"),
                                     std::string("Basic YTpi"), "bearer " + server.admin.secret,
                                     "Bearer " + server.admin.secret, "Bearer " + std::string(1000, 'x')})
        CHECK(with("authorization", value) == 401);
    for (const std::string& value :
         {std::string("__Host-oakum_session="), "oakum_session=" + server.admin.secret,
          "x__Host-oakum_session=" + server.admin.secret, "__Host-oakum_session=" + server.admin.secret + "x",
          "__Host-oakum_session=" + std::string(5000, 'a')})
        CHECK(with("cookie", value) == 401);
    CHECK(with("cookie", "a=b; __Host-oakum_session=" + server.admin.secret + "; c=d") == 200);
}
