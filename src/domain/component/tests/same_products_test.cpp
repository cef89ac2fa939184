// SPDX-License-Identifier: Apache-2.0
#include <component/same_products.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace oakum::component;

namespace {

bool has(const std::vector<std::string_view>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

} // namespace

TEST_CASE("a product's names lead to each other, and a namesake's to nothing") {
    CHECK(has(other_names("a:haxx:libcurl"), "a:haxx:curl"));
    CHECK(has(other_names("a:haxx:curl"), "a:haxx:libcurl"));
    CHECK_FALSE(has(other_names("a:haxx:curl"), "a:haxx:curl"));
    CHECK(has(other_names("a:davegamble:cjson"), "a:cjson_project:cjson"));
    CHECK(has(other_names("a:polarssl:polarssl"), "a:arm:mbed_tls"));
    CHECK(has(other_names("a:pcre:pcre2"), "a:pcre:pcre"));
    CHECK(other_names("a:pcre:pcre").empty());
    CHECK(other_names("a:tar_project:tar").empty());
    CHECK(other_names("a:gitforwindows:git").empty());
    CHECK(other_names("").empty());
}

TEST_CASE("a repository is the product that is made in it, and a fork is nothing") {
    CHECK(keys_of_repository("madler/zlib") == std::vector<std::string_view>{"a:zlib:zlib"});
    CHECK(keys_of_repository("DaveGamble/cJSON") == std::vector<std::string_view>{"a:cjson_project:cjson"});
    CHECK(keys_of_repository("somebody/zlib").empty());
    CHECK(keys_of_repository("").empty());
}
