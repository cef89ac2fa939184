// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <ports/http.hpp>

using namespace oakum::ports;

TEST_CASE("the first header or parameter of a name is the one that is read") {
    HttpRequest request;
    request.headers = {{"accept", "a"}, {"accept", "b"}, {"x-empty", ""}};
    request.query = {{"cursor", "1"}, {"cursor", "2"}, {"flag", ""}};
    CHECK(request.header("accept") == "a");
    CHECK(request.header("host").empty());
    CHECK(request.parameter("cursor") == "1");
    CHECK(request.parameter("flag") == "");
    CHECK_FALSE(request.parameter("limit").has_value());
}

TEST_CASE("a response's header is found by its lower case name") {
    ClientResponse response;
    response.headers = {{"etag", "\"7\""}};
    CHECK(response.header("etag") == "\"7\"");
    CHECK(response.header("ETag").empty());
}
