// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <problem/problem.hpp>

using namespace oakum;
using namespace oakum::problem;

TEST_CASE("a problem says what, of which kind, where and under which id") {
    CHECK(
        encode({400, base::invalid("it is no number").at("/limit"), "id-1", {}}) ==
        R"({"type":"about:blank","title":"Not valid","status":400,"detail":"it is no number","kind":"invalid","where":"/limit","id":"id-1"})");
    CHECK(
        encode({404, base::not_found("CVE-1 is not in our data"), "id-2", "2026-08-21T00:00:00Z"}) ==
        R"({"type":"about:blank","title":"Not found","status":404,"detail":"CVE-1 is not in our data","kind":"not_found","where":null,"id":"id-2","newest_record":"2026-08-21T00:00:00Z"})");
}

TEST_CASE("what is our fault is told in general words, and the log has the particulars under the same id") {
    for (const base::Error& ours :
         {base::bug("row 7 of /srv/secret").at("/srv"), base::corrupt("row 7 of /srv/secret").at("/srv")}) {
        const Problem problem{status_of(ours.kind), ours, "id-3", {}};
        const std::string body = encode(problem);
        CHECK(problem.status == 500);
        CHECK(body.find("secret") == std::string::npos);
        CHECK(body.find("srv") == std::string::npos);
        CHECK(body.find("id-3") != std::string::npos);
        CHECK(log_line(problem).find("secret") != std::string::npos);
        CHECK(log_line(problem).starts_with("id-3: 500 "));
    }
}
