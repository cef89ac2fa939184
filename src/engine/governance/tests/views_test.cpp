// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <doctest/doctest.h>
#include <governance/views.hpp>

using namespace oakum;
using namespace oakum::governance;
using access::Role;
using base::ErrorKind;

namespace {

const device::GroupId kNorth(base::Id128{.high = 1, .low = 1}), kSouth(base::Id128{.high = 1, .low = 2});

access::Actor person(std::uint64_t id, std::string name, Role role, std::vector<base::Id128> scope = {}) {
    access::Actor actor;
    actor.tenant = device::kDefaultTenant.get();
    actor.user = access::UserId(base::Id128{.high = 7, .low = id});
    actor.name = std::move(name);
    actor.role = role;
    actor.scope = std::move(scope);
    return actor;
}

struct House : test::World {
    Views views{writer, control, ids};
    access::Actor anna = person(1, "anna", Role::operator_), bert = person(2, "bert", Role::operator_),
                  carl = person(3, "carl", Role::viewer),
                  nora = person(4, "nora", Role::operator_, {kNorth.get()}),
                  sofi = person(5, "sofi", Role::operator_, {kSouth.get()});

    base::Result<View> add(const access::Actor& who, std::string name, ViewSharing sharing = ViewSharing::own,
                           std::string query = "kev") {
        return wait<View>([&](auto done) {
            views.add(who, {.name = name, .list = "devices", .shows = {{"query", query}}, .sharing = sharing},
                      done);
        });
    }
    base::Result<View> change(const access::Actor& who, const View& view, std::string query,
                              std::optional<std::uint64_t> expected = {}) {
        ViewWish wish = view.wish;
        wish.shows["query"] = query;
        return wait<View>([&](auto done) { views.change(who, view.id, wish, expected, done); });
    }
    base::Status remove(const access::Actor& who, const View& view) {
        return wait_status([&](auto done) { views.remove(who, view.id, done); });
    }
    std::vector<std::string> seen_by(const access::Actor& who) {
        std::vector<std::string> names;
        const auto list = views.list(who, "devices");
        REQUIRE(list.ok());
        for (const View& view : *list)
            names.push_back(view.wish.name);
        return names;
    }
};

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("a view of one's own is nobody else's, also not of an administrator") {
    House house;
    const auto view = house.add(house.anna, "mine");
    REQUIRE(view.ok());
    CHECK(house.seen_by(house.anna) == Names{"mine"});
    const access::Actor root = person(9, "root", Role::administrator);
    for (const access::Actor& other : {house.bert, root}) {
        CHECK(house.seen_by(other).empty());
        CHECK(house.views.get(other, view->id).error().kind == ErrorKind::not_found);
        CHECK(house.change(other, *view, "all").error().kind == ErrorKind::not_found);
        CHECK(house.remove(other, *view).error().kind == ErrorKind::not_found);
    }
    CHECK(house.audited("view.share") == 0);
    CHECK(house.remove(house.anna, *view).ok());
    CHECK(house.seen_by(house.anna).empty());
}

TEST_CASE("a shared view is seen by whose scope meets that of its maker") {
    House house;
    REQUIRE(house.add(house.anna, "whole fleet", ViewSharing::shared).ok());
    REQUIRE(house.add(house.nora, "north", ViewSharing::shared).ok());
    CHECK(house.seen_by(house.bert) == Names{"north", "whole fleet"});
    CHECK(house.seen_by(house.carl) == Names{"north", "whole fleet"});
    CHECK(house.seen_by(house.nora) == Names{"north", "whole fleet"});
    CHECK(house.seen_by(house.sofi) == Names{"whole fleet"});
    CHECK(house.audited("view.share") == 2);
}

TEST_CASE("sharing takes the rights of an operator, and so does changing what another shared") {
    House house;
    CHECK(house.add(house.carl, "mine").ok());
    const auto refused = house.add(house.carl, "ours", ViewSharing::shared);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == ErrorKind::denied);
    CHECK(refused.error().where == "/shared");
    const auto shared = house.add(house.anna, "ours", ViewSharing::shared);
    REQUIRE(shared.ok());
    CHECK(house.change(house.carl, *shared, "all").error().kind == ErrorKind::denied);
    CHECK(house.remove(house.carl, *shared).error().kind == ErrorKind::denied);
    // Shared with the whole fleet, and she sees a part of it only.
    CHECK(house.change(house.nora, *shared, "all").error().kind == ErrorKind::denied);
    CHECK(house.change(house.bert, *shared, "all").ok());
    CHECK(house.remove(house.bert, *shared).ok());
    CHECK(house.audited("view.change") == 1);
    CHECK(house.audited("view.remove") == 1);
}

TEST_CASE("of two people who change one view, the second is refused") {
    House house;
    const auto view = house.add(house.anna, "ours", ViewSharing::shared);
    REQUIRE(view.ok());
    REQUIRE(house.change(house.anna, *view, "site = a", view->row_version).ok());
    const auto second = house.change(house.bert, *view, "site = b", view->row_version);
    REQUIRE_FALSE(second.ok());
    CHECK(second.error().kind == ErrorKind::conflict);
    CHECK(second.error().where == "If-Match");
    CHECK(house.views.get(house.bert, view->id)->wish.shows.at("query") == "site = a");
}

TEST_CASE("names are told apart, and odd ones refused") {
    House house;
    REQUIRE(house.add(house.anna, "late").ok());
    CHECK(house.add(house.anna, "late").error().kind == ErrorKind::conflict);
    CHECK(house.add(house.anna, "late", ViewSharing::shared).ok());
    CHECK(house.add(house.bert, "late").ok());
    CHECK(house.add(house.bert, "late", ViewSharing::shared).error().kind == ErrorKind::conflict);
    const std::string id = "01jd2m6c7g3v8x0w5n4t9r1k2p", escape = "\x1b[31mred", two = "a\nb", nul("a\0b", 3);
    for (const std::string& name : {std::string(), std::string(" "), std::string(65, 'x'), id, escape, two,
                                    nul, std::string("\xff"), std::string(" late")}) {
        CAPTURE(name);
        CHECK(house.add(house.anna, name).error().kind == ErrorKind::invalid);
    }
    CHECK(house.add(house.anna, "<b>\"=1+1\"</b>").ok()); // a text like others; who shows it quotes it
    CHECK(house.add(house.anna, "long", ViewSharing::own, std::string(4097, 'x')).error().where == "/query");
}

TEST_CASE("one's own stands before a shared one of the same name") {
    House house;
    REQUIRE(house.add(house.anna, "late", ViewSharing::shared, "site = a").ok());
    REQUIRE(house.add(house.bert, "late", ViewSharing::own, "site = b").ok());
    CHECK(house.views.find(house.anna, "devices", "late")->wish.shows.at("query") == "site = a");
    CHECK(house.views.find(house.bert, "devices", "late")->wish.shows.at("query") == "site = b");
    CHECK(house.views.find(house.bert, "fixes", "late").error().kind == ErrorKind::not_found);
}

TEST_CASE("nobody keeps views without end") {
    House house;
    for (int i = 0; i < 100; ++i)
        REQUIRE(house.add(house.anna, "view " + std::to_string(i)).ok());
    CHECK(house.add(house.anna, "one more").error().kind == ErrorKind::too_large);
    CHECK(house.add(house.bert, "first").ok());
}
