// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <api/answer.hpp>
#include <device/ids.hpp>

#include <map>

namespace oakum::api {

struct Group {
    device::GroupId id;
    std::string name;
    std::optional<std::string> query; // nothing: members are named by their `group`
    std::map<std::string, std::string> defaults;
    std::uint64_t devices = 0; // not retired, in the caller's scope
    std::uint64_t row_version = 0;
};

struct GroupNew {
    std::string name;
    std::string query; // empty: none
    std::map<std::string, std::string> defaults;
};
struct GroupPatch {
    std::optional<std::string> name, query;
    std::optional<std::map<std::string, std::string>> defaults; // replaces all
    std::optional<std::uint64_t> expected_version;              // of what was read
};

class GroupsService {
  public:
    virtual ~GroupsService() = default;
    virtual void list(const access::Actor& actor, Answer<std::vector<Group>> answer) = 0;
    // Errors: not_found.
    virtual void get(const access::Actor& actor, device::GroupId id, Answer<Group> answer) = 0;
    // Errors: invalid (with its place), conflict (the name is taken).
    virtual void create(const access::Actor& actor, GroupNew group, Answer<Group> answer) = 0;
    // Errors: also not_found, conflict (changed meanwhile).
    virtual void patch(const access::Actor& actor, device::GroupId id, GroupPatch patch,
                       Answer<Group> answer) = 0;
    // Errors: not_found, conflict (somebody's scope names it).
    virtual void remove(const access::Actor& actor, device::GroupId id, Answer<base::Nothing> answer) = 0;
};

} // namespace oakum::api
