// SPDX-License-Identifier: Apache-2.0
#include <component/cpe.hpp>
#include <doctest/doctest.h>

using namespace oakum::component;

namespace {
CpeAttribute version(std::string_view value) {
    return Cpe::parse("cpe:2.3:a:v:p:" + std::string(value) + ":*:*:*:*:*:*:*").value()[CpeField::version];
}
} // namespace

TEST_CASE("CPE names are read and written canonically") {
    struct Row {
        const char *text, *canonical;
    };
    for (const auto& row :
         {Row{"cpe:2.3:a:BusyBox:busybox:1.36.1:*:*:*:*:*:*:*",
              "cpe:2.3:a:busybox:busybox:1.36.1:*:*:*:*:*:*:*"},
          Row{"cpe:2.3:o:hp:tcp\\/ip:-:*:*:*:*:*:*:*", "cpe:2.3:o:hp:tcp\\/ip:-:*:*:*:*:*:*:*"},
          Row{"cpe:2.3:h:dlink:dir-816/a2:\\-:*:*:*:*:*:*:*",
              "cpe:2.3:h:dlink:dir-816\\/a2:\\-:*:*:*:*:*:*:*"},
          Row{"cpe:2.3:a:v:a\\:b:1\\.0:*:*:*:*:*:*:*", "cpe:2.3:a:v:a\\:b:1.0:*:*:*:*:*:*:*"},
          Row{"cpe:/a:apache:http_server:2.4.54", "cpe:2.3:a:apache:http_server:2.4.54:*:*:*:*:*:*:*"},
          Row{"cpe:/o:microsoft:windows_10:-::~~pro~~x64~",
              "cpe:2.3:o:microsoft:windows_10:-:*:*:*:pro:*:x64:*"},
          Row{"cpe:/a:v:p%2b%2b:1.%02", "cpe:2.3:a:v:p\\+\\+:1.*:*:*:*:*:*:*:*"}}) {
        const auto cpe = Cpe::parse(row.text);
        INFO(row.text);
        REQUIRE(cpe.ok());
        CHECK(cpe->text() == row.canonical);
        CHECK(Cpe::parse(cpe->text()).value() == *cpe);
    }
    CHECK(Cpe::parse("cpe:2.3:o:hp:tcp\\/ip:-:*:*:*:*:*:*:*").value()[CpeField::product].plain() == "tcp/ip");
}

TEST_CASE("malformed CPE names are refused") {
    for (const char* text :
         {"", "cpe:2.3:a:v:p", "cpe:2.3:x:v:p:*:*:*:*:*:*:*:*", "cpe:2.3:a:v:p:1*2:*:*:*:*:*:*:*",
          "cpe:2.3:a:v:p::*:*:*:*:*:*:*", "cpe:2.3:a:v:p:*:*:*:*:*:*:*:*:*", "cpe:2.3:a:v:p:*:*:*:*:*:*:*:\\",
          "cpe:2.3:a:v:p p:*:*:*:*:*:*:*:*", "cpe:/a:v:%4", "pkg:deb/x"}) {
        INFO(text);
        CHECK_FALSE(Cpe::parse(text).ok());
    }
}

TEST_CASE("attributes relate as table 6-2 of NISTIR 7696 says") {
    struct Row {
        const char *source, *target;
        Relation relation;
    };
    for (const auto& row : {Row{"*", "*", Relation::equal},         Row{"*", "-", Relation::superset},
                            Row{"*", "1", Relation::superset},      Row{"*", "1*", Relation::undefined},
                            Row{"-", "*", Relation::subset},        Row{"-", "-", Relation::equal},
                            Row{"-", "1", Relation::disjoint},      Row{"1", "1", Relation::equal},
                            Row{"1", "2", Relation::disjoint},      Row{"1", "*", Relation::subset},
                            Row{"1", "-", Relation::disjoint},      Row{"1.*", "1.2", Relation::superset},
                            Row{"1.*", "2.1", Relation::disjoint},  Row{"1.*", "*", Relation::subset},
                            Row{"1.*", "-", Relation::disjoint},    Row{"1.?", "1.2", Relation::superset},
                            Row{"1.?", "1.23", Relation::disjoint}, Row{"*2", "1.2", Relation::superset},
                            Row{"1.*", "1.*", Relation::undefined}, Row{"*1?", "21", Relation::superset},
                            Row{"??1", "3211", Relation::disjoint}, Row{"??1", "321", Relation::superset}}) {
        INFO(row.source, " ? ", row.target);
        CHECK(relation(version(row.source), version(row.target)) == row.relation);
    }
}

TEST_CASE("names relate by their attributes together") {
    const auto name = [](const char* text) { return Cpe::parse(text).value(); };
    const auto any = name("cpe:2.3:a:v:p:*:*:*:*:*:*:*:*");
    const auto one = name("cpe:2.3:a:v:p:1:*:*:*:*:*:*:*");
    const auto for_android = name("cpe:2.3:a:v:p:*:*:*:*:*:android:*:*");
    CHECK(relation(any, any) == Relation::equal);
    CHECK(relation(any, one) == Relation::superset);
    CHECK(relation(one, any) == Relation::subset);
    CHECK(relation(for_android, one) == Relation::undefined);
    CHECK(relation(one, name("cpe:2.3:a:v:q:1:*:*:*:*:*:*:*")) == Relation::disjoint);
}

TEST_CASE("a wildcard product in criteria never matches") {
    const auto component = Cpe::parse("cpe:2.3:a:v:p:1:*:*:*:*:*:*:*").value();
    CHECK(same_product(Cpe::parse("cpe:2.3:a:v:p:*:*:*:*:*:*:*:*").value(), component));
    CHECK_FALSE(same_product(Cpe::parse("cpe:2.3:a:v:*:*:*:*:*:*:*:*:*").value(), component));
    CHECK_FALSE(same_product(Cpe::parse("cpe:2.3:a:v:p*:*:*:*:*:*:*:*:*").value(), component));
    CHECK_FALSE(same_product(Cpe::parse("cpe:2.3:o:v:p:*:*:*:*:*:*:*:*").value(), component));
}
