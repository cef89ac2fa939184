// SPDX-License-Identifier: Apache-2.0
#include <exchange/origin.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using Headers = std::vector<std::pair<std::string, std::string>>;

namespace {

std::string origin(Headers headers) {
    ports::HttpRequest request;
    request.headers = std::move(headers);
    return exchange::origin_of(request);
}

} // namespace

TEST_CASE("addresses follow the host that was asked, or the proxy in front of it") {
    CHECK(origin({{"host", "oakum:8443"}}) == "https://oakum:8443");
    CHECK(origin({{"host", "10.0.0.1"}, {"x-forwarded-host", "u.example"}, {"x-forwarded-proto", "https"}}) ==
          "https://u.example");
    CHECK(origin({{"host", "i"}, {"x-forwarded-host", "u.example, inner"}, {"x-forwarded-port", "8080"}}) ==
          "https://u.example:8080");
    CHECK(origin({{"host", "h:99"}, {"x-forwarded-proto", "http"}, {"x-forwarded-port", "80"}}) ==
          "http://h:99");
    CHECK(origin({{"host", "h"}, {"x-forwarded-port", "443"}}) == "https://h");
    CHECK(origin({{"host", "[::1]"}, {"x-forwarded-port", "8443"}}) == "https://[::1]:8443");
}

TEST_CASE("a host that is none is not put into an address") {
    CHECK(origin({}).empty());
    CHECK(origin({{"host", "a/b"}}).empty());
    CHECK(origin({{"host", "good"}, {"x-forwarded-host", "bad\"host"}}) == "https://good");
    CHECK(origin({{"host", "good"}, {"x-forwarded-port", "80;x"}}) == "https://good");
    CHECK(origin({{"host", std::string(300, 'a')}}).empty());
}
