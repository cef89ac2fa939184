// SPDX-License-Identifier: Apache-2.0
#include <lwm2m_data/links.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::lwm2m_data;

TEST_CASE("the lists of objects that devices send are read") {
    struct Row {
        const char *links, *root;
        std::vector<Path> paths;
        std::vector<std::uint16_t> formats;
    };
    const Row rows[] = {
        // The specification's, with and without a root of its own.
        {"</1/0>,</1/1>,</2/0>,</3/0>,</4/0>,</5>", "", {{1, 0}, {1, 1}, {2, 0}, {3, 0}, {4, 0}, {5}}, {}},
        {R"(</lwm2m>;rt="oma.lwm2m", </lwm2m/1/0>,</lwm2m/3/0>)", "/lwm2m", {{1, 0}, {3, 0}}, {}},
        // Zephyr's, Leshan's and wakaama's ways.
        {R"(</>;rt="oma.lwm2m";ct=112,</1/0>,</3/0>,</5/0>;ver=1.0)", "", {{1, 0}, {3, 0}, {5, 0}}, {112}},
        {R"(</>;rt="oma.lwm2m";ct="60 110 112 11542 11543",</1>;ver=1.1,</1/0>,</3/0>)",
         "",
         {{1}, {1, 0}, {3, 0}},
         {60, 110, 112, 11542, 11543}},
        {R"(</>;ct=110;rt="oma.lwm2m",<1/0>,<3/0>)", "", {{1, 0}, {3, 0}}, {110}},
        {"", "", {}, {}},
        {R"(</3/0>;title="a, \"b\"; <c>",</3/0>,</sensors>;if)", "", {{3, 0}}, {}},
    };
    for (const Row& row : rows) {
        CAPTURE(std::string(row.links));
        const auto list = read_objects(row.links);
        REQUIRE(list.ok());
        CHECK(list->root == row.root);
        CHECK(list->paths == row.paths);
        CHECK(list->formats == row.formats);
    }
    const auto list = read_objects("</3/0>,</5>,</9/2>,</9/3>").value();
    CHECK(list.has_object(5));
    CHECK_FALSE(list.has_object(4));
    CHECK(list.first_instance(5) == 0);
    CHECK(list.first_instance(9) == 2);
}

TEST_CASE("what is no list of links is refused") {
    for (const char* wrong : {"3/0", "</3/0", "</3/0>,", "</3/0>;=1", R"(</3/0>;a="b)", "</3/0></5/0>",
                              R"(</3/0>;a="\)", ",</3/0>"}) {
        CAPTURE(std::string(wrong));
        CHECK_FALSE(read_objects(wrong).ok());
    }
    CHECK(read_objects(std::string(20'000, ' ')).error().kind == base::ErrorKind::too_large);
    std::string many = "</0>";
    for (int i = 1; i < 600; ++i)
        many += ",</" + std::to_string(i) + ">";
    CHECK(read_objects(many).error().kind == base::ErrorKind::too_large);
}
