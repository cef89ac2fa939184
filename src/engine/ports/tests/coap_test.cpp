// SPDX-License-Identifier: Apache-2.0
#include <ports/coap.hpp>

#include <doctest/doctest.h>

using namespace oakum::ports;
using coap::Option;

TEST_CASE("numbers in options are as short as can be, and read back") {
    for (const std::uint32_t number : {0U, 1U, 255U, 256U, 65'536U, 0xffffffffU}) {
        CoapMessage message;
        message.add(Option::content_format, number);
        CHECK(message.number(Option::content_format) == number);
    }
    CoapMessage message;
    message.add(Option::observe, std::uint32_t{0});
    CHECK(message.option(Option::observe)->empty());
    message.add(Option::size1, std::string(5, 'x'));
    CHECK_FALSE(message.number(Option::size1));
    CHECK_FALSE(message.number(Option::size2));
}

TEST_CASE("blocks are those of RFC 7959") {
    CoapMessage message;
    message.add(Option::block1, coap::Block{3, true, 128}); // the RFC's "1:3/1/128"
    CHECK(message.option(Option::block1) == std::string_view("\x3b", 1));
    CHECK(message.block(Option::block1) == coap::Block{3, true, 128});
    CHECK(message.block(Option::block1)->offset() == 384);
    message.add(Option::block2, std::uint32_t{7});
    CHECK_FALSE(message.block(Option::block2));
}

TEST_CASE("a path is its parts") {
    CoapMessage message;
    message.add_path("/5/0/1");
    CHECK(message.all(Option::uri_path).size() == 3);
    CHECK(message.path() == "/5/0/1");
    CHECK(CoapMessage().path() == "/");
    CHECK(coap::text(coap::kTooLarge) == "4.13");
    CHECK(coap::text(coap::kContent) == "2.05");
}
