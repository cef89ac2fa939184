// SPDX-License-Identifier: Apache-2.0
#include "../../../codecs/tlog/tests/signer.hpp"
#include "../../../engine/shard/tests/fakes.hpp"

#include <published/protocol.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::published;
using ports::HttpResponse;
using ports::Method;

namespace {

struct Dice final : ports::Random {
    void fill(std::span<std::uint8_t> bytes) override {
        for (auto& byte : bytes)
            byte = ++state;
    }
    std::uint8_t state = 0;
};

struct Key final : ports::Signer {
    bool here = true;
    base::Result<std::vector<PublicKeyInfo>> keys(const std::string&) override {
        return std::vector{PublicKeyInfo{"one", tlog::testing::Signer("one").key.public_key}};
    }
    bool available(const std::string&) override { return here; }
    base::Result<base::Bytes> sign(const std::string&, const std::string&, base::ByteView text) override {
        if (!here) return base::unavailable("it is not here");
        return tlog::testing::Signer("one").sign(std::string(base::as_text(text))).signatures.front().bytes;
    }
};

struct World {
    shard::test::Clock clock;
    shard::test::Executor executor{clock};
    shard::test::Journal journal;
    shard::test::Log sink;
    shard::ControlTables control;
    shard::test::Devices devices;
    shard::Writer writer{executor, clock, journal, journal, control, devices, {&control}, sink};
    Key key;
    Dice dice;
    Log log{writer, control, key, [this](device::TenantId) { return key.keys("log"); }, sink};
    Protocol protocol;

    explicit World(std::function<base::Status(std::string_view)> may_read, Settings settings = {})
        : protocol({log, clock, dice, sink, std::move(may_read)}, settings) {
        writer.submit(
            shard::control_of(device::kDefaultTenant), shard::Priority::person,
            [this](shard::Transaction& transaction) { return log.begin(transaction, "oakum/log/00"); },
            [](base::Status status) { CHECK(status.ok()); });
        for (int i = 0; i < 10; ++i) {
            executor.run();
            if (journal.busy()) journal.succeed();
        }
    }
    HttpResponse send(std::string path, std::vector<std::pair<std::string, std::string>> headers = {},
                      Method method = Method::get) {
        ports::HttpRequest request;
        request.method = method;
        request.path = std::move(path);
        request.headers = std::move(headers);
        request.peer.address = "192.0.2.1";
        auto head = protocol.on_head(request);
        if (auto* refused = std::get_if<HttpResponse>(&head)) return std::move(*refused);
        CHECK(std::get<ports::BufferBody>(head).limit == 0);
        std::optional<HttpResponse> response;
        protocol.handle(std::move(request), [&](HttpResponse made) { response = std::move(made); });
        return response.value();
    }
    std::string epoch() {
        const std::string note =
            std::get<std::string>(send("/log/checkpoint", {{"authorization", "Bearer good"}}).body);
        const std::string origin = note.substr(0, note.find('\n'));
        return origin.substr(origin.rfind('/') + 1);
    }
};

std::string header(const HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return {};
}

base::Status only_good(std::string_view token) {
    if (token == "good") return {};
    if (token == "nobody") return base::unauthenticated("no such token");
    return base::denied("may not read releases");
}

} // namespace

TEST_CASE("who may read releases reads the log, and nobody else") {
    World world(only_good);
    CHECK(world.send("/log/checkpoint").status == 401);
    CHECK(world.send("/log/checkpoint", {{"authorization", "Basic good"}}).status == 401);
    CHECK(world.send("/log/checkpoint", {{"authorization", "Bearer nobody"}}).status == 401);
    CHECK(world.send("/log/checkpoint", {{"authorization", "Bearer other"}}).status == 403);
    CHECK(world.send("/log/checkpoint", {{"authorization", "Bearer " + std::string(300, 'x')}}).status ==
          401);
    const HttpResponse read = world.send("/log/checkpoint", {{"authorization", "Bearer good"}});
    CHECK(read.status == 200);
    CHECK(std::get<std::string>(read.body).starts_with("oakum/log/00/"));
    CHECK(header(read, "Cache-Control") == "no-cache");
    const HttpResponse tile =
        world.send("/log/" + world.epoch() + "/tile/0/000.p/1", {{"authorization", "Bearer good"}});
    CHECK(std::get<std::string>(tile.body).size() == 32);
    CHECK(header(tile, "Cache-Control") == "private, max-age=31536000, immutable");
}

TEST_CASE("a log that is open is read without a name, and caches may share it") {
    World world(nullptr);
    const std::string place = "/log/" + world.epoch() + "/";
    const HttpResponse tile = world.send(place + "tile/entries/000.p/1");
    CHECK(tile.status == 200);
    CHECK(header(tile, "Cache-Control") == "public, max-age=31536000, immutable");
    const HttpResponse again =
        world.send(place + "tile/entries/000.p/1", {{"if-none-match", header(tile, "ETag")}});
    CHECK(again.status == 304);
    CHECK(std::get<std::string>(again.body).empty());
    CHECK(world.send("/log/checkpoint", {{"if-none-match", header(tile, "ETag")}}).status == 200);
    CHECK(world.send("/log/key").status == 200);
}

TEST_CASE("the log's place takes nothing but the names of its files") {
    World world(nullptr);
    CHECK(world.send("/log/").status == 404);
    CHECK(world.send("/log/head").status == 404);
    CHECK(world.send("/log/1/checkpoint").status == 404);
    const HttpResponse post = world.send("/log/checkpoint", {}, Method::post);
    CHECK(post.status == 405);
    CHECK(header(post, "Allow") == "GET");
    CHECK(world.send("/log/checkpoint", {}, Method::head).status == 200);
    world.key.here = false;
    Log fresh{world.writer, world.control, world.key, [&](device::TenantId) { return world.key.keys("log"); },
              world.sink};
    Protocol keyless({fresh, world.clock, world.dice, world.sink, nullptr});
    ports::HttpRequest request;
    request.path = "/log/checkpoint";
    std::optional<HttpResponse> response;
    keyless.handle(request, [&](HttpResponse made) { response = std::move(made); });
    CHECK(response->status == 503);
}

TEST_CASE("an address that asks too often is told when to come back") {
    Settings settings;
    settings.address = {.per_second = 1, .burst = 3};
    World world(nullptr, settings);
    int refused = 0;
    for (int i = 0; i < 6; ++i)
        if (const HttpResponse response = world.send("/log/checkpoint"); response.status == 429) {
            ++refused;
            CHECK_FALSE(header(response, "Retry-After").empty());
        }
    CHECK(refused >= 2);
    world.clock.steady_ += std::chrono::minutes(1);
    CHECK(world.send("/log/checkpoint").status == 200);
}
