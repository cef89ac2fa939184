// SPDX-License-Identifier: Apache-2.0
#include <device/query.hpp>
#include <doctest/doctest.h>
#include <hawkbit_pages/filter.hpp>

using namespace oakum;
using namespace oakum::hawkbit_pages;

namespace {
std::string said(std::string_view rsql) {
    const auto query = translate(rsql);
    return query.ok() ? query->query : "wrong: " + query.error().message;
}
} // namespace

TEST_CASE("filters of targets are said in our language") {
    CHECK(said("name==gate*") == R"(name = "gate*")");
    CHECK(said("controllerId==CAM-7") == R"(serial = "CAM-7")");
    CHECK(said("attribute.Device_Type==gw200;attribute.site!=Kiel") ==
          R"(x.device_type = "gw200" and x.site != "Kiel")");
    CHECK(said("controllerAttributes.revision=ge=3 and (id=in=(a,'b c') or name=OUT=(x))") ==
          R"(x.revision >= "3" and (serial in ("a", "b c") or name not in ("x")))");
    CHECK(said("id==a,id==b;id==c") == R"(serial = "a" or serial = "b" and serial = "c")");
    CHECK(said("lastTargetQuery<1609459200000") == "last_seen < 2021-01-01T00:00:00Z");
    CHECK(said("attribute.owner==*") == "exists(x.owner)");
    CHECK(said("attribute.owner!=*") == "not exists(x.owner)");
    CHECK(said(R"(name=="a \"b\" \\ c")") == R"(name = "a \"b\" \\ c")");
    CHECK(said("order.x==1").starts_with("wrong"));
}

TEST_CASE("what cannot be said in the same sense is refused with its place") {
    CHECK(said("updateStatus==ERROR") == R"(wrong: "updateStatus" is not taken over (column 1))");
    CHECK(said("name==a;tag==beta") == R"(wrong: "tag" is not taken over (column 9))");
    CHECK(said("name==*gate*").find("only at the end") != std::string::npos);
    CHECK(said("name=li=a").find("no counterpart") != std::string::npos);
    CHECK(said("lastTargetQuery=lt=${OVERDUE_TS}").find("(column 20)") != std::string::npos);
    CHECK(said("lastTargetQuery=lt=yesterday").find("milliseconds") != std::string::npos);
    for (const char* broken : {"", "name", "name==", "name==a)", "(name==a", "name==a;;", "name=in=a",
                               "name==''", "name==\"a", "==a", "name==a b", "name=in=(*)"})
        CHECK_MESSAGE(said(broken).starts_with("wrong"), broken);
    CHECK(translate(std::string(5000, 'a')).error().kind == base::ErrorKind::too_large);
    CHECK(translate(std::string(40, '(') + "id==a" + std::string(40, ')')).error().kind ==
          base::ErrorKind::too_large);
    std::string many = "id==a";
    for (int i = 0; i < 200; ++i)
        many += ",id==a";
    CHECK(translate(many).error().kind == base::ErrorKind::too_large);
}

TEST_CASE("where the languages differ it is said once") {
    const auto query = translate("attribute.a!=1;attribute.a!=2;attribute.v=lt=1.10");
    REQUIRE(query.ok());
    REQUIRE(query->notes.size() == 2);
    CHECK(query->notes[0].find("x.a") != std::string::npos);
    CHECK(query->notes[1].find("x.v") != std::string::npos);
    CHECK(translate("name==a")->notes.empty());
}

TEST_CASE("values of any characters are said so that they are read as they were meant") {
    struct Row {
        const char *value, *query;
    };
    const Row rows[] = {
        {R"(")", R"(name = "\"")"},
        {R"(\')", R"(name = "'")"},
        {R"(a\\)", R"(name = "a\\")"},
        {"*", "exists(name)"},
        {"x*", R"(name = "x*")"},
        {"a,b", R"(name = "a,b")"},
        {"ümlaut", R"(name = "ümlaut")"},
        {"and", R"(name = "and")"},
        {"not", R"(name = "not")"},
        {"(", R"(name = "(")"},
        {")", "name = \")\""},
        {R"(a\*b)", "wrong: a * stands only at the end of a value here (column 7)"},
        {"*a", "wrong: a * stands only at the end of a value here (column 7)"},
        {"", "wrong: an empty value cannot be asked for here (column 9)"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.value);
        const std::string query = said("name=='" + std::string(row.value) + "'");
        CHECK(query == row.query);
        CHECK((query.starts_with("wrong") || device::parse_query(query).ok()));
    }
}
