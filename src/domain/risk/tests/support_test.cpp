// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <risk/support.hpp>

using namespace oakum;
using namespace oakum::risk;

namespace {

base::TimePoint day(int n) {
    return base::from_unix_ms(86'400'000LL * n);
}

component::Component made(component::Kind kind, std::string name, std::string version,
                          std::string purl = "") {
    component::Component out;
    out.kind = kind;
    out.name = std::move(name);
    out.version = std::move(version);
    out.purl = std::move(purl);
    return out;
}

} // namespace

TEST_CASE("a version is of the branch that it begins with, whole numbers apart") {
    CHECK(is_of_branch("3.0.14", "3.0"));
    CHECK(is_of_branch("3.0", "3.0"));
    CHECK(is_of_branch("1.1.1w", "1.1.1"));
    CHECK(is_of_branch("12 (bookworm)", "12"));
    CHECK(is_of_branch("anything", ""));
    CHECK_FALSE(is_of_branch("3.01", "3.0"));
    CHECK_FALSE(is_of_branch("3.10", "3.1"));
    CHECK_FALSE(is_of_branch("3", "3.0"));
}

TEST_CASE("the most specific row says until when, of equal ones the later; a package is its distribution's") {
    using Of = SupportEnd::Of;
    const SupportEnds ends({{Of::component, "openssl", "", day(1), "a"},
                            {Of::component, "OpenSSL", "1.1.1", day(2), "b"},
                            {Of::component, "openssl", "1.1.1", day(3), "our own contract"},
                            {Of::system, "ios", "14", day(4), "c"},
                            {Of::model, "AC-GW200", "", day(5), "letter"}});
    CHECK(ends.of(made(component::Kind::library, "libopenssl", "1.1.1n"))->source == "our own contract");
    CHECK(ends.of(made(component::Kind::library, "openssl", "3.0.1"))->ends == day(1));
    CHECK(ends.of(made(component::Kind::package, "openssl", "1.1.1n", "pkg:deb/debian/openssl@1.1.1n")) ==
          nullptr);
    CHECK(ends.of(made(component::Kind::operating_system, "ipados", "14.8"))->ends == day(4));
    CHECK(ends.of(made(component::Kind::operating_system, "ios", "15.1")) == nullptr);
    CHECK(ends.of(made(component::Kind::library, "ios", "14.8")) == nullptr);
    CHECK(ends.of_model("ac-gw200")->source == "letter");
    CHECK(ends.of_model("AC-GW300") == nullptr);
}
