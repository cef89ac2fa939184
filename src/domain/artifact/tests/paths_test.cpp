// SPDX-License-Identifier: Apache-2.0
#include <artifact/paths.hpp>

#include <doctest/doctest.h>

using namespace oakum::artifact;

namespace {

Terms gateway(std::string version, std::string min_from = "", std::uint64_t counter = 5) {
    Terms terms;
    terms.release = "gateway";
    terms.version = std::move(version);
    terms.counter = counter;
    terms.models = {"GW-1", "GW-2"};
    terms.min_from = std::move(min_from);
    terms.format = "raw";
    return terms;
}

} // namespace

TEST_CASE("versions that can go to a release are told from those that cannot, with how many and why") {
    Terms to = gateway("2.0", "1.4");
    to.hw_revisions = {"b"};
    const std::vector<Kind> fleet{{"GW-1", "1.5", "b", 30}, {"GW-1", "1.5", "a", 2}, {"GW-1", "1.1", "b", 7},
                                  {"GW-1", "2.0", "b", 90}, {"GW-1", "2.1", "b", 1}, {"GW-1", "", "b", 4},
                                  {"GW-2", "1.5", "b", 3},  {"GW-1", "1.5", "", 1}};
    const auto told = paths(to, fleet, {});
    REQUIRE(told.size() == 6);
    CHECK(told[0] == Path{"GW-1", "1.5", 30, Refusal::none, "", ""});
    CHECK(told[1] ==
          Path{"GW-1", "1.1", 7, Refusal::too_old_to_start, "",
               "It is older than 1.4, which it has to reach first: no published release here takes "
               "it there."});
    CHECK(told[2] == Path{"GW-1", "", 4, Refusal::too_old_to_start, "",
                          "What it runs is not known, and gateway 2.0 needs 1.4 or later to start from."});
    CHECK(told[3] == Path{"GW-1", "1.5", 3, Refusal::wrong_revision, "",
                          "Its hardware revision is another one, or not known."});
    CHECK(told[4] == Path{"GW-2", "1.5", 3, Refusal::none, "", ""});
    CHECK(told[5] == Path{"GW-1", "2.1", 1, Refusal::downgrade, "", "It runs a newer version."});
}

TEST_CASE("a version that is too old is told the lowest release that takes it there") {
    Terms other_line = gateway("1.4");
    other_line.release = "modem";
    Terms other_revision = gateway("1.4");
    other_revision.hw_revisions = {"z"};
    const std::vector<Terms> others{other_line,
                                    other_revision,
                                    gateway("1.6", "1.0", 4),
                                    gateway("1.5", "", 3),
                                    gateway("1.3", "", 2),
                                    gateway("1.4.1", "1.3", 2)};
    const auto told = paths(gateway("2.0", "1.4"), {{"GW-1", "1.1", "", 7}, {"GW-1", "0.9", "", 1}}, others);
    REQUIRE(told.size() == 2);
    CHECK(told[0].through == "1.5");
    CHECK(told[0].why == "It is older than 1.4, which it has to reach first: gateway 1.5 takes it there.");
    CHECK(told[1].through == "1.5");
    // Where no version is asked for, every one can go.
    CHECK(paths(gateway("2.0"), {{"GW-1", "0.9", "", 1}, {"GW-1", "", "", 1}}, {}).back().why.empty());
}
