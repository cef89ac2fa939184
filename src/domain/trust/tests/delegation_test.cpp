// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <trust/delegation.hpp>

#include <string>

using namespace oakum::trust;

TEST_CASE("patterns stay within a segment and compare exactly") {
    struct Row {
        const char* pattern;
        const char* path;
        bool matches;
    };
    const Row rows[] = {
        {"*", "a", true},
        {"*", "", true},
        {"*", "a/b", false},
        {"*.doc", "readme.doc", true},
        {"*.doc", "readme.DOC", false},
        {"*.doc", "dir/readme.doc", false},
        {"dir/*", "dir/readme.doc", true},
        {"dir/*", "dir/sub/readme.doc", false},
        {"dir/*/*", "dir/sub/readme.doc", true},
        {"dir", "dir/a", false},
        {"dir/a", "dir", false},
        {"?.doc", "a.doc", true},
        {"?.doc", "ab.doc", false},
        {"?.doc", ".doc", false},
        {"?.doc", "\xC3\xA9.doc", true}, // one character of two bytes
        {"a*b*c", "a12b34c", true},
        {"a*b*c", "a12c34b", false},
        {"a**c", "abc", true},
        {"[a-z]", "b", false}, // no classes
        {"[a-z]", "[a-z]", true},
        {"\\*", "*", false},
        {"foo-version-?.tgz", "foo-version-2.tgz", true},
        {"foo-version-?.tgz", "foo-version-alpha.tgz", false},
        {"*", "\xC3\xA9", true},
        {"*", ".hidden", true},
    };
    for (const Row& row : rows) {
        CAPTURE(row.pattern);
        CAPTURE(row.path);
        CHECK(glob_matches(row.pattern, row.path) == row.matches);
    }
}

TEST_CASE("a pattern of many stars does not take long") {
    std::string pattern, path(1000, 'a');
    for (int i = 0; i < 300; ++i)
        pattern += "*a";
    CHECK_FALSE(glob_matches(pattern + "b", path));
    CHECK(glob_matches(pattern, path));
}

TEST_CASE("delegations are asked in their order, and a terminating one is the last") {
    const auto role = [](const char* name, bool terminating, std::vector<std::string> globs) {
        return DelegatedRole{name, {{KeyId(name)}, 1, {}}, terminating, PathPatterns{std::move(globs)}};
    };
    Delegations delegations;
    delegations.roles =
        std::vector<DelegatedRole>{role("c", false, {"x/*", "y/*"}), role("a", false, {"y/*"}),
                                   role("b", true, {"x/*"}), role("d", false, {"x/*"})};
    const auto names = [&](const char* path) {
        std::string out;
        for (const Delegation& found : delegations_for(delegations, path))
            out += found.role + (found.terminating ? "! " : " ");
        return out;
    };
    CHECK(names("x/1") == "c b! ");
    CHECK(names("y/1") == "c a ");
    CHECK(names("z/1") == "");
}

TEST_CASE("hash prefixes and succinct roles share out paths by SHA-256") {
    const std::string hash = oakum::base::sha256("gateway/1.5.0/image").hex();
    Delegations delegations;
    delegations.roles = std::vector<DelegatedRole>{
        {"other", {{}, 1, {}}, false, PathHashPrefixes{{hash[0] == '0' ? "1" : "0"}}},
        {"mine", {{}, 1, {}}, false, PathHashPrefixes{{hash.substr(0, 3)}}}};
    REQUIRE(delegations_for(delegations, "gateway/1.5.0/image").size() == 1);
    CHECK(delegations_for(delegations, "gateway/1.5.0/image")[0].role == "mine");
    for (const std::uint32_t bits : {1U, 4U, 5U, 8U, 9U, 16U, 32U}) {
        CAPTURE(bits);
        delegations.roles = SuccinctRoles{{{}, 1, {}}, bits, "bin"};
        const auto found = delegations_for(delegations, "gateway/1.5.0/image");
        REQUIRE(found.size() == 1);
        const unsigned long first = std::stoul(hash.substr(0, 8), nullptr, 16);
        const std::string digits = found[0].role.substr(4);
        CHECK(found[0].role.starts_with("bin-"));
        CHECK(digits.size() == (bits + 3) / 4);
        CHECK(std::stoul(digits, nullptr, 16) == first >> (32 - bits));
    }
}
