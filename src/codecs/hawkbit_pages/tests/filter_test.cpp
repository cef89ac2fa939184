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

TEST_CASE("a query that was made can be parsed, whatever characters the values have") {
    for (const char* value : {"\"", "'", "a\\\\", "*", "x*", "a,b", "ümlaut", "and", "not", "(", ")"}) {
        const std::string rsql =
            std::string("name=='") + (std::string_view(value) == "'" ? "\\'" : value) + "'";
        if (const auto query = translate(rsql); query.ok()) CHECK(device::parse_query(query->query).ok());
    }
}
