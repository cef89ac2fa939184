// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <json/value.hpp>
#include <yaml/parse.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace oakum::plan_files {

// One document of a file that keeps the schema.
struct Document {
    std::string kind, name; // "rollout", "spring"
    json::Value body;       // all members in the schema's order, with its defaults
    std::map<std::string, yaml::Mark, std::less<>> places; // by JSON pointer, "/waves/0/share_ppm"

    // Where the value at a pointer stands, or the nearest thing around it that does.
    yaml::Mark place(std::string_view pointer) const;
};

struct File {
    std::vector<Document> documents;   // only to be used when there is no problem
    std::vector<yaml::Wrong> problems; // by line; the first of what is not YAML, and at most 50 others
};
// No I/O and no look at a server: names that stand for something there are the caller's to find.
File read(std::string_view text);

// A document as a person would write it. Members that are null are left out.
std::string write(const json::Value& document);

// docs/rollout-plan.schema.json
std::string_view schema();

} // namespace oakum::plan_files
