// SPDX-License-Identifier: Apache-2.0
#include <component/identity.hpp>
#include <doctest/doctest.h>

using namespace oakum::component;

TEST_CASE("components are identical when every field is") {
    const Component a{
        Kind::package, "busybox", "1.36.1", "", "cpe:2.3:a:busybox:busybox:1.36.1:*:*:*:*:*:*:*", "", ""};
    auto b = a;
    CHECK(identity(a) == identity(b));
    b.version = "1.36.0";
    CHECK(identity(a) != identity(b));
    // Fields do not run into each other.
    CHECK(identity({Kind::package, "ab", "c", "", "", "", ""}) !=
          identity({Kind::package, "a", "bc", "", "", "", ""}));
    CHECK(identity({Kind::package, "a", "", "", "", "", ""}) !=
          identity({Kind::library, "a", "", "", "", "", ""}));
    CHECK(identity(Component{}).hex() == "6dcdb5d1ff8b446883f4367c807bd42bd0f628c1d72856b443fe052f89005b25");
}

TEST_CASE("vendor and product come from the purl or not at all") {
    CHECK(vendor_product({Kind::library, "curl", "", "pkg:github/curl/curl@8.9.0", "", "", ""}) ==
          VendorProduct{"curl", "curl"});
    CHECK_FALSE(
        vendor_product({Kind::library, "curl", "", "pkg:deb/debian/curl@8.9.0", "", "", ""}).has_value());
    CHECK_FALSE(vendor_product({Kind::library, "curl", "8.9", "", "", "", ""}).has_value());
}
