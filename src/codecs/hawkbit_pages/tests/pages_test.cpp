// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <hawkbit_pages/pages.hpp>

using namespace oakum::hawkbit_pages;

TEST_CASE("a page has its records, and names those that cannot be read") {
    const auto page = read_targets(
        R"({"content":[{"controllerId":"a","name":"A","ipAddress":"10.0.0.1","updateStatus":"in_sync"},{"name":"x"},
            {"controllerId":""},{"controllerId":"b","_links":{}}],"total":40,"size":4})");
    REQUIRE(page.ok());
    CHECK(page->total == 40);
    CHECK(page->asked == 4);
    CHECK(page->unreadable.size() == 2);
    REQUIRE(page->records.size() == 2);
    CHECK(page->records[0].id == "a");
    CHECK(page->records[0].address == "10.0.0.1");
    CHECK(page->records[1].name.empty());
    CHECK_FALSE(read_targets("[]").ok());
    CHECK_FALSE(read_targets(R"({"content":{},"total":1})").ok());
    CHECK_FALSE(read_targets(R"({"content":[]})").ok());
    CHECK_FALSE(read_targets(R"({"content":[{"controllerId":"a")").ok());
}

TEST_CASE("sets that were deleted are not among the records; modules, filters and files are") {
    const auto sets = read_sets(
        R"({"content":[{"id":6,"name":"DS","version":"1.0","deleted":false},{"id":7,"name":"old","version":"1","deleted":true},
            {"id":"8","name":"text","version":"1"}],"total":3,"size":3})");
    REQUIRE(sets.ok());
    REQUIRE(sets->records.size() == 1);
    CHECK(sets->records[0].id == "6");
    CHECK(sets->asked == 3);
    CHECK(sets->unreadable.size() == 1);
    CHECK(
        read_modules(R"({"content":[{"id":18,"name":"Firmware","version":"1.0.42","type":"os"}],"total":1})")
            ->records[0]
            .type == "os");
    CHECK(read_filters(R"({"content":[{"id":1,"name":"all","query":"name==*"}],"total":1})")
              ->records[0]
              .query == "name==*");
    const std::string digest(64, 'A');
    const auto files =
        read_artifacts(R"([{"id":3,"providedFilename":"a.swu","size":11,"hashes":{"sha256":")" + digest +
                       R"("}},{"id":4,"providedFilename":"b","size":0,"hashes":{"sha256":")" + digest +
                       R"("}},{"id":5,"providedFilename":"c","size":1,"hashes":{"sha256":"zz"}}])");
    REQUIRE(files.ok());
    REQUIRE(files->records.size() == 1);
    CHECK(files->records[0].sha256 == std::string(64, 'a'));
    CHECK(files->unreadable.size() == 2);
}

TEST_CASE("attributes are texts by name") {
    CHECK(read_attributes(R"({"a":"1","b":2})").value() == std::map<std::string, std::string>{{"a", "1"}});
    CHECK_FALSE(read_attributes("[]").ok());
}
