// SPDX-License-Identifier: Apache-2.0
#include "walk_world.hpp"

using namespace oakum;
using namespace oakum::feed_sync;
using namespace std::chrono_literals;
using World = test::WalkWorld;

namespace {

// A provider of CSAF documents, with a folder or a feed.
struct Provider {
    explicit Provider(World& of) : world(of) {
        world.source.name = "maker";
        world.source.kind = "csaf";
        world.source.walk = source::Walk::csaf_provider;
        world.source.url = "https://m/provider-metadata.json";
        answer(world.source.url, R"({"distributions":[{"directory_url":"https://m/white"}]})");
    }
    void answer(const std::string& url, const std::string& body) {
        world.publisher.answers[url] = {{200, body}};
    }
    static std::string document(const std::string& id, const std::string& more = "") {
        return R"({"document":{"tracking":{"id":")" + id + "\"}}" + more + "}";
    }
    void has(const std::string& id, base::TimePoint updated, const std::string& more = "") {
        times[id] = updated;
        answer("https://m/white/" + id + ".json", document(id, more));
        list();
    }
    void list() {
        std::string csv;
        for (const auto& [id, at] : times)
            csv += "\"" + id + ".json\",\"" + base::to_iso8601(at) + "\"\n";
        answer("https://m/white/changes.csv", csv);
    }
    // What was asked for beside the listing.
    std::vector<std::string> asked() {
        std::vector<std::string> urls;
        for (const auto& wish : world.publisher.asked)
            if (!wish.url.ends_with("metadata.json") && !wish.url.ends_with("changes.csv"))
                urls.push_back(wish.url);
        world.publisher.asked.clear();
        return urls;
    }
    World& world;
    std::map<std::string, base::TimePoint> times;
};

} // namespace

TEST_CASE("a provider's documents are fetched once, and then those that changed") {
    World world;
    Provider provider(world);
    const base::TimePoint now = world.clock.now();
    provider.has("a", now - 900h);
    provider.has("b", now - 10h);
    const Fetched whole = world.one();
    CHECK(whole.failed == "");
    CHECK(whole.whole);
    CHECK(world.arrived(whole) == Provider::document("a") + "\n" + Provider::document("b") + "\n");
    CHECK(whole.state.until == now - 58h);
    world.keep(whole, "csaf-maker");
    provider.asked();

    const Fetched same = world.one();
    CHECK(same.same);
    CHECK(provider.asked().empty());
    world.held.parts["maker"] = same.state;

    // One changed, and one came late with a time of yesterday.
    world.clock.wall_offset += 24h;
    provider.has("a", now + 20h, R"(,"x":1)");
    provider.has("c", now - 20h);
    const Fetched more = world.one();
    CHECK(more.failed == "");
    CHECK_FALSE(more.whole);
    CHECK(provider.asked() == std::vector<std::string>{"https://m/white/c.json", "https://m/white/a.json"});
    CHECK(world.arrived(more).ends_with(Provider::document("c") + "\n" +
                                        Provider::document("a", R"(,"x":1)") + "\n"));
    world.keep(more, "csaf-maker");
    CHECK(world.one().same);

    // A time in the future keeps nothing that comes later from being seen.
    provider.has("d", now + 9000h);
    world.keep(world.one(), "csaf-maker");
    provider.has("e", now + 21h);
    provider.asked();
    world.keep(world.one(), "csaf-maker");
    CHECK(provider.asked() == std::vector<std::string>{"https://m/white/e.json"});
    CHECK(world.one().same);

    world.clock.wall_offset += 31 * 24h;
    const Fetched anew = world.one();
    CHECK(anew.whole);
    CHECK(anew.records_before.has_value());
}

TEST_CASE("very many documents of one time are fetched once, and of another provider anew") {
    World world;
    Provider provider(world);
    const base::TimePoint at = base::from_unix_ms(base::unix_seconds(world.clock.now()) * 1000) - 3h;
    for (int i = 0; i < 500; ++i)
        provider.times["d" + std::to_string(i)] = at;
    for (const auto& [id, when] : provider.times)
        provider.answer("https://m/white/" + id + ".json", Provider::document(id));
    provider.list();
    world.keep(world.one(), "csaf-maker");
    CHECK(provider.asked().size() == 500);
    CHECK(state_of(to_document(world.held)).value() == world.held);
    CHECK(world.one().same);
    CHECK(provider.asked().empty());
    provider.has("new", at + 1h);
    world.keep(world.one(), "csaf-maker");
    CHECK(provider.asked() == std::vector<std::string>{"https://m/white/new.json"});
    // A walk that broke off at one provider is not gone on with at another.
    world.held = {};
    world.publisher.answers["https://m/white/d9.json"] = {{.error = base::unavailable("cut")}};
    CHECK(world.one().failed == "cut");
    world.source.url = "https://m/other-metadata.json";
    provider.answer(world.source.url, R"({"distributions":[{"directory_url":"https://m/white"}]})");
    provider.answer("https://m/white/d9.json", Provider::document("d9"));
    provider.asked();
    CHECK(world.one().failed == "");
    CHECK(provider.asked().size() == 501);
}

TEST_CASE("a walk through documents that was cut off goes on behind the last that came") {
    World world;
    Provider provider(world);
    const base::TimePoint now = world.clock.now();
    for (const char* id : {"a", "b", "c"})
        provider.has(id, now - 100h);
    world.publisher.answers["https://m/white/b.json"] = {{.error = base::unavailable("cut")}};
    CHECK(world.one().failed == "cut");
    provider.asked();
    provider.has("b", now - 100h);
    const Fetched whole = world.one();
    CHECK(whole.failed == "");
    CHECK(provider.asked() == std::vector<std::string>{"https://m/white/b.json", "https://m/white/c.json"});
    CHECK(world.arrived(whole) ==
          Provider::document("a") + "\n" + Provider::document("b") + "\n" + Provider::document("c") + "\n");
}

TEST_CASE("a document that is listed and not there is told, and keeps no other from coming") {
    World world;
    Provider provider(world);
    const base::TimePoint now = world.clock.now();
    provider.has("a", now - 3h);
    provider.has("b", now - 2h);
    provider.has("c", now - 1h);
    world.publisher.answers["https://m/white/a.json"] = {{.status = 404}};
    provider.answer("https://m/white/b.json", "<html>busy</html>");
    const Walked walked = walk(world.tools, world.source, world.held);
    REQUIRE(walked.parts.size() == 2);
    CHECK(world.arrived(walked.parts[0]) == Provider::document("c") + "\n");
    CHECK(walked.parts[1].failed.starts_with("2 of the 3 that it lists cannot be had"));
    CHECK(walked.parts[1].failed.find("https://m/white/a.json") != std::string::npos);
    world.keep(walked.parts[0], "csaf-maker");
    // They are asked for again, and come.
    provider.has("a", now - 3h);
    provider.has("b", now - 2h);
    provider.asked();
    const Fetched rest = world.one();
    CHECK(provider.asked() == std::vector<std::string>{"https://m/white/a.json", "https://m/white/b.json"});
    world.keep(rest, "csaf-maker");
    CHECK(world.one().same);
}

TEST_CASE("a listing that cannot be read whole, or leads to no TLS, is not taken for one") {
    World world;
    Provider provider(world);
    provider.has("a", world.clock.now() - 1h);
    provider.answer("https://m/white/changes.csv",
                    "a.json,2026-01-01T00:00:00Z\n../b.json,2026-01-01T00:00:00Z\n");
    CHECK(world.one().failed.find("../b.json") != std::string::npos);
    provider.list();
    provider.answer(world.source.url, R"({"distributions":[{"directory_url":"http://m/white"}]})");
    CHECK(world.one().failed.find("without TLS") != std::string::npos);
    provider.answer(world.source.url, "{}");
    CHECK_FALSE(world.one().failed.empty());
    // Nobody takes nothing for everything.
    provider.answer(world.source.url, R"({"distributions":[{"directory_url":"https://m/white"}]})");
    world.publisher.answers["https://m/white/a.json"] = {{.status = 404}};
    CHECK_FALSE(world.one().failed.empty());
    CHECK(world.files.files.empty());
}

TEST_CASE(
    "of a provider's feeds those are read that are for all, and with a key the others, at its own server") {
    World world;
    Provider provider(world);
    provider.answer(world.source.url, R"({"distributions":[{"rolie":{"feeds":[
        {"url":"https://m/white.json","tlp_label":"WHITE"},{"url":"https://m/amber.json","tlp_label":"AMBER"}]}},
        {"directory_url":"https://m/white"}]})");
    const auto feed = [](const std::string& url) {
        return R"({"feed":{"entry":[{"updated":"2026-01-01T00:00:00Z","content":{"src":")" + url + "\"}}]}}";
    };
    provider.answer("https://m/white.json", feed("https://m/1.json"));
    provider.answer("https://m/amber.json", feed("https://cdn/2.json"));
    provider.answer("https://m/1.json", Provider::document("1"));
    provider.answer("https://cdn/2.json", Provider::document("2"));
    CHECK(world.arrived(world.one()) == Provider::document("1") + "\n");
    world.source.key = "secret";
    CHECK(world.arrived(world.one()) == Provider::document("2") + "\n" + Provider::document("1") + "\n");
    for (const auto& wish : world.publisher.asked)
        CHECK((!wish.key || wish.url.starts_with("https://m/")));
    CHECK(std::ranges::any_of(world.publisher.asked, [](const auto& wish) { return wish.key.has_value(); }));
}
