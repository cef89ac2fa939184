// SPDX-License-Identifier: Apache-2.0
#include <coap/networks.hpp>

#include <doctest/doctest.h>

using oakum::coap::Networks;

TEST_CASE("this machine is always heard, others where they are declared") {
    Networks networks;
    CHECK(networks.contains("127.0.0.1"));
    CHECK(networks.contains("127.9.9.9"));
    CHECK(networks.contains("::1"));
    CHECK_FALSE(networks.contains("10.1.2.3"));
    REQUIRE(networks.add("10.1.0.0/16").ok());
    REQUIRE(networks.add("fd00::/8").ok());
    REQUIRE(networks.add("192.0.2.7").ok());
    REQUIRE(networks.add("198.51.100.128/25").ok());
    CHECK(networks.contains("10.1.2.3"));
    CHECK_FALSE(networks.contains("10.2.0.0"));
    CHECK(networks.contains("::ffff:10.1.2.3"));
    CHECK(networks.contains("fd12::1"));
    CHECK_FALSE(networks.contains("fe80::1"));
    CHECK(networks.contains("192.0.2.7"));
    CHECK_FALSE(networks.contains("192.0.2.8"));
    CHECK(networks.contains("198.51.100.200"));
    CHECK_FALSE(networks.contains("198.51.100.100"));
    CHECK_FALSE(networks.contains("nonsense"));
}

TEST_CASE("what is no network is refused") {
    Networks networks;
    for (const char* wrong :
         {"", "10.1.0.0/33", "10.1.0.0/", "10.1", "fd00::/129", "x/8", "10.0.0.0/8x", "10.0.0.0/-1"}) {
        CAPTURE(std::string(wrong));
        CHECK_FALSE(networks.add(wrong).ok());
    }
}
