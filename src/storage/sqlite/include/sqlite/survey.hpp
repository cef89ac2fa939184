// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite/options.hpp>

#include <base/result.hpp>

#include <cstdint>
#include <map>
#include <vector>

namespace oakum::sqlite {

// What a store is like, without what is in it: for people who help from afar.
struct Survey {
    struct Migration {
        std::string name;
        base::TimePoint applied;
    };
    struct Feed {
        std::string name;
        base::TimePoint imported, newest;
        std::uint64_t accepted = 0, rejected = 0;
    };
    static constexpr std::uint64_t kMost = 1'000'000; // rows that are counted; so many means "at least"

    std::string library; // SQLite's version
    std::vector<Migration> migrations;
    std::map<std::string, std::uint64_t> rows; // by table
    // Those that are numbers; of others only their length, since they may hold a secret.
    std::map<std::string, std::string> settings;
    std::vector<Feed> feeds;
};

// Reads only, beside a running server or without one. Errors: not_found, corrupt, unavailable.
base::Result<Survey> survey(const StoreOptions& store);

} // namespace oakum::sqlite
