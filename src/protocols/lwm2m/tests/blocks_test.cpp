// SPDX-License-Identifier: Apache-2.0
#include "blocks.hpp"

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::lwm2m;
using ports::CoapMessage;
using ports::coap::Option;

namespace {

CoapMessage piece(std::uint32_t number, bool more, const std::string& bytes,
                  const std::string& path = "/rd") {
    CoapMessage message;
    message.code = ports::coap::kPost;
    message.add_path(path).add(Option::block1, ports::coap::Block{number, more, 16});
    message.payload = bytes;
    return message;
}
std::uint8_t code(const std::variant<CoapMessage, std::uint8_t>& answer) {
    const auto* said = std::get_if<std::uint8_t>(&answer);
    return said != nullptr ? *said : std::uint8_t{0};
}
const std::string kA(16, 'a'), kB(16, 'b');

} // namespace

TEST_CASE("a body in blocks is put together, a block that came twice counts once") {
    Bodies bodies;
    CHECK(code(bodies.take(1, piece(0, true, kA), {})) == ports::coap::kContinue);
    CHECK(code(bodies.take(1, piece(0, true, kA), {})) == ports::coap::kContinue);
    CHECK(code(bodies.take(1, piece(1, true, kB), {})) == ports::coap::kContinue);
    CHECK(code(bodies.take(1, piece(1, true, kB), {})) == ports::coap::kContinue);
    const auto whole = bodies.take(1, piece(2, false, "c"), {});
    REQUIRE(std::holds_alternative<CoapMessage>(whole));
    CHECK(std::get<CoapMessage>(whole).payload == kA + kB + "c");
    // Without blocks it is whole.
    CoapMessage plain;
    plain.payload = "x";
    CHECK(std::get<CoapMessage>(bodies.take(1, plain, {})).payload == "x");
}

TEST_CASE("blocks that are missing, of another request, too many or of a wrong size are refused") {
    Bodies bodies;
    CHECK(code(bodies.take(1, piece(1, true, kA), {})) == ports::coap::kIncomplete);
    CHECK(code(bodies.take(1, piece(0, true, kA), {})) == ports::coap::kContinue);
    CHECK(code(bodies.take(1, piece(2, true, kA), {})) == ports::coap::kIncomplete);
    CHECK(code(bodies.take(1, piece(0, true, kA), {})) == ports::coap::kContinue);
    CHECK(code(bodies.take(1, piece(1, true, kA, "/dp"), {})) == ports::coap::kIncomplete);
    CHECK(code(bodies.take(2, piece(1, true, kA), {})) == ports::coap::kIncomplete);
    CHECK(code(bodies.take(1, piece(0, true, "short"), {})) == ports::coap::kBadRequest);
    CHECK(code(bodies.take(1, piece(0, false, kA + "x"), {})) == ports::coap::kBadRequest);
    std::uint8_t last = 0;
    for (std::uint32_t i = 0; i < 2000 && last != ports::coap::kTooLarge; ++i)
        last = code(bodies.take(1, piece(i, true, kA), {}));
    CHECK(last == ports::coap::kTooLarge);
}

TEST_CASE("unfinished bodies are few, and old ones make room") {
    Bodies bodies;
    for (std::uint64_t link = 0; link < Bodies::kMost; ++link)
        CHECK(code(bodies.take(link, piece(0, true, kA), {})) == ports::coap::kContinue);
    CHECK(code(bodies.take(1000, piece(0, true, kA), {})) == ports::coap::kUnavailable);
    CHECK(code(bodies.take(1000, piece(0, true, kA), std::chrono::minutes(5))) == ports::coap::kContinue);
}
