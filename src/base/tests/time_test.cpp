// SPDX-License-Identifier: Apache-2.0
#include <base/time.hpp>
#include <doctest/doctest.h>

using namespace oakum::base;

TEST_CASE("times of RFC 3339 and of the feeds are read") {
    struct Row {
        const char* text;
        const char* utc;
    };
    for (const Row& row :
         {Row{"2026-11-22T16:03:00Z", "2026-11-22T16:03:00Z"},
          Row{"2022-10-19T18:15Z", "2022-10-19T18:15:00Z"},
          Row{"2024-08-01T16:27:57.203000+00:00", "2024-08-01T16:27:57Z"},
          Row{"2026-08-17", "2026-08-17T00:00:00Z"}, Row{"2026-01-01T01:30:00+02:00", "2025-12-31T23:30:00Z"},
          Row{"1999-09-29T04:00:00", "1999-09-29T04:00:00Z"},
          Row{"9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"}})
        CHECK(to_iso8601(parse_time(row.text).value()) == row.utc);
    CHECK(unix_ms(parse_time("1970-01-01T00:00:00.5Z").value()) == 500);
}

TEST_CASE("what is not a time is refused") {
    for (const char* text : {"", "2026", "2026-13-01", "2026-02-30", "2026-01-01T24:00:00Z", "2026-01-01T10",
                             "2026-01-01Tx", "2026-01-01T10:00:00ZZ", "2026-01-01T10:00:00.Z", "2026-1-1"})
        CHECK_FALSE(parse_time(text).ok());
}
