// SPDX-License-Identifier: Apache-2.0
#include "registration.hpp"

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::lwm2m;
using ports::coap::Option;

namespace {

ports::CoapMessage request(std::initializer_list<const char*> queries,
                           const std::string& links = "</3/0>,</5/0>") {
    ports::CoapMessage message;
    message.code = ports::coap::kPost;
    message.add_path("/rd").add(Option::content_format, std::uint32_t{40});
    for (const char* query : queries)
        message.add(Option::uri_query, std::string(query));
    message.payload = links;
    return message;
}

} // namespace

TEST_CASE("registrations of 1.0 and 1.1 are read") {
    const auto old = read_register(request({"ep=urn:dev:1", "lt=300", "lwm2m=1.0", "b=UQ"})).value();
    CHECK(old.endpoint == "urn:dev:1");
    CHECK(old.lifetime == 300);
    CHECK(old.queue);
    CHECK(old.objects->has_object(5));
    const auto one = read_register(request({"ep=x", "lwm2m=1.1", "b=U", "Q"})).value();
    CHECK(one.lifetime == kLifetime);
    CHECK(one.queue);
    CHECK_FALSE(read_register(request({"ep=x", "b=U"})).value().queue);
    CHECK(read_register(request({"ep=x"})).value().version == "1.0");
}

TEST_CASE("a lifetime is kept within bounds, and nonsense is refused") {
    CHECK(read_register(request({"ep=x", "lt=1"})).value().lifetime == kShortestLifetime);
    CHECK(read_register(request({"ep=x", "lt=0"})).value().lifetime == kLongestLifetime);
    CHECK(read_register(request({"ep=x", "lt=4294967295"})).value().lifetime == kLongestLifetime);
    for (const char* wrong : {"lt=", "lt=-1", "lt=1x", "lt=99999999999"})
        CHECK_FALSE(read_register(request({"ep=x", wrong})).ok());
    CHECK_FALSE(read_register(request({"ep="})).ok());
    CHECK_FALSE(read_register(request({"ep=\xff"})).ok());
    CHECK_FALSE(read_register(request({"ep=x"}, "")).ok());
    CHECK_FALSE(read_register(request({"ep=x"}, "nonsense")).ok());
}

TEST_CASE("an update may say nothing, a little, or all anew") {
    const auto nothing = read_update(request({}, "")).value();
    CHECK_FALSE(nothing.lifetime);
    CHECK_FALSE(nothing.binding);
    CHECK_FALSE(nothing.objects);
    CHECK(read_update(request({"b=UQ"}, "")).value().queue);
    CHECK(read_update(request({}, "</5/1>")).value().objects->first_instance(5) == 1);
}

TEST_CASE("any 1.x is spoken") {
    for (const char* version : {"1.0", "1.1", "1.2"})
        CHECK(is_spoken(version));
    for (const char* version : {"", "1", "1.", "2.0", "1.x", "0.9"})
        CHECK_FALSE(is_spoken(version));
}
