// SPDX-License-Identifier: Apache-2.0
#include <outbound/address.hpp>

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>

using namespace oakum::outbound;

namespace {

Reach reach(const char* text) {
    std::array<std::uint8_t, 16> six{};
    std::array<std::uint8_t, 4> four{};
    if (inet_pton(AF_INET, text, four.data()) == 1) return reach_of_ipv4(four);
    REQUIRE(inet_pton(AF_INET6, text, six.data()) == 1);
    return reach_of_ipv6(six);
}

} // namespace

TEST_CASE("where an address leads") {
    for (const char* text :
         {"127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1"}) {
        CAPTURE(text);
        CHECK(reach(text) == Reach::loopback);
    }
    for (const char* text : {"0.0.0.0",
                             "10.0.0.1",
                             "10.255.255.255",
                             "100.64.0.1",
                             "100.127.255.255",
                             "169.254.169.254",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.0.0.1",
                             "192.0.2.7",
                             "192.168.1.1",
                             "198.18.0.1",
                             "198.19.255.255",
                             "198.51.100.1",
                             "203.0.113.9",
                             "224.0.0.1",
                             "239.255.255.255",
                             "240.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::2",
                             "::ffff:10.0.0.1",
                             "::ffff:169.254.169.254",
                             "64:ff9b::192.168.0.1",
                             "64:ff9b:1::1",
                             "fe80::1",
                             "febf::1",
                             "fc00::1",
                             "fdff::1",
                             "fec0::1",
                             "ff02::1",
                             "2001:db8::1",
                             "2001:2::1",
                             "2001:10::1",
                             "2002:0a00:0001::1",
                             "2002:7f00:0001::",
                             "2001:0:0:0:0:0:f5ff:fffe",
                             "3fff::1",
                             "100::1",
                             "4000::1"}) {
        CAPTURE(text);
        CHECK(reach(text) != Reach::world);
    }
    for (const char* text :
         {"1.1.1.1", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.255.255.255",
          "128.0.0.1", "169.253.255.255", "172.15.255.255", "172.32.0.1", "192.167.255.255", "192.169.0.1",
          "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
          "2002:0808:0808::1"}) {
        CAPTURE(text);
        CHECK(reach(text) == Reach::world);
    }
}

TEST_CASE("a socket's address is judged by its family, and an unknown one is not the world") {
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_addr.s_addr = htonl(0x08080808);
    CHECK(reach_of(reinterpret_cast<const sockaddr&>(four)) == Reach::world);
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_addr = in6addr_loopback;
    CHECK(reach_of(reinterpret_cast<const sockaddr&>(six)) == Reach::loopback);
    sockaddr other{};
    other.sa_family = AF_UNIX;
    CHECK(reach_of(other) == Reach::own);
}
