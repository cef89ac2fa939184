// SPDX-License-Identifier: Apache-2.0
#include "fields.hpp"

#include <trust/limits.hpp>
#include <trust/trusted_set.hpp>

#include <algorithm>
#include <set>

namespace oakum::metadata {
namespace {

using base::Result;
using json::Value;
namespace limits = trust::limits;

Result<std::vector<std::string>> read_strings(const Value& list, std::size_t max_items) {
    if (!list.is_array() || list.size() > max_items)
        return list.wrong("a list of at most " + std::to_string(max_items) + " texts");
    std::vector<std::string> texts;
    for (const Value& item : list.items()) {
        TRY_VALUE(std::string text, name_of(item));
        texts.push_back(std::move(text));
    }
    return texts;
}

Result<artifact::Terms> read_terms(const Value& object) {
    artifact::Terms terms;
    TRY_VALUE(terms.release, object.string_at("release", limits::name_bytes));
    TRY_VALUE(terms.version, object.string_at("version", limits::name_bytes));
    TRY_VALUE(terms.counter, object.uint_at("counter", limits::version));
    TRY_VALUE(terms.floor, object.uint_at("floor", limits::version));
    TRY_VALUE(const Value models, object.array_at("models"));
    TRY_VALUE(terms.models, read_strings(models, artifact::kMaxModels));
    TRY_VALUE(const Value revisions, object.array_at("hw_revisions"));
    TRY_VALUE(terms.hw_revisions, read_strings(revisions, artifact::kMaxRevisions));
    TRY_VALUE(terms.min_from, object.string_at("min_from", limits::name_bytes));
    TRY_VALUE(terms.format, object.string_at("format", limits::name_bytes));
    if (const auto status = artifact::check(terms); !status.ok()) return object.wrong(status.error().text());
    return terms;
}

Result<trust::Direction> read_direction(const Value& object) {
    trust::Direction direction;
    TRY_VALUE(direction.device, object.string_at("device", limits::name_bytes));
    TRY_VALUE(direction.rollout, object.string_at("rollout", limits::name_bytes));
    TRY_VALUE(const std::uint64_t wave, object.uint_at("wave", 0xFFFFFFFF));
    direction.wave = static_cast<std::uint32_t>(wave);
    if (const auto not_after = object.find("not_after")) {
        TRY_VALUE(direction.not_after, read_time(*not_after));
    }
    return direction;
}

bool is_hex_prefix(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
}

Result<trust::DelegatedRole> read_delegated_role(const Value& object) {
    trust::DelegatedRole role;
    TRY_VALUE(const Value name, object.at("name"));
    TRY_VALUE(role.name, name_of(name));
    for (const trust::Role top : trust::kRoles)
        if (role.name == to_string(top)) return name.wrong("a delegated role has a name of its own");
    TRY_VALUE(role.signers, read_signers(object, {"name", "terminating", "paths", "path_hash_prefixes"}));
    TRY_VALUE(role.terminating, object.bool_at("terminating"));
    const auto paths = object.find("paths"), prefixes = object.find("path_hash_prefixes");
    if (paths.has_value() == prefixes.has_value()) return object.wrong("either paths or path_hash_prefixes");
    if (paths) {
        TRY_VALUE(auto globs, read_strings(*paths, limits::patterns));
        role.scope = trust::PathPatterns{std::move(globs)};
    } else {
        TRY_VALUE(auto texts, read_strings(*prefixes, limits::patterns));
        if (!std::all_of(texts.begin(), texts.end(), is_hex_prefix))
            return prefixes->wrong("a prefix is 1 to 64 lower hexadecimal digits");
        role.scope = trust::PathHashPrefixes{std::move(texts)};
    }
    return role;
}

Result<trust::SuccinctRoles> read_succinct(const Value& object) {
    trust::SuccinctRoles roles;
    TRY_VALUE(roles.signers, read_signers(object, {"bit_length", "name_prefix"}));
    TRY_VALUE(const std::int64_t bits, object.int_at("bit_length", 1, 32));
    roles.bit_length = static_cast<std::uint32_t>(bits);
    TRY_VALUE(const Value prefix, object.at("name_prefix"));
    TRY_VALUE(roles.name_prefix, name_of(prefix));
    return roles;
}

} // namespace

Result<trust::TargetFile> read_target(const Value& object) {
    trust::TargetFile file;
    TRY_VALUE(file.length, object.uint_at("length", limits::version));
    TRY_VALUE(const Value hashes, object.object_at("hashes"));
    TRY_VALUE(file.hashes, read_hashes(hashes));
    file.unknown = unknown_members(object, {"length", "hashes"});
    const auto custom = object.find("custom");
    if (!custom || !custom->is_object()) return file; // what is no object is not ours to judge
    file.unknown.erase("custom");
    file.unknown_custom = unknown_members(*custom, {"oakum"});
    TRY_VALUE(const auto ours, custom->optional_object_at("oakum"));
    if (!ours) return file;
    TRY_VALUE(file.terms, read_terms(*ours));
    if (const auto direction = ours->find("direction")) {
        TRY_VALUE(file.direction, read_direction(*direction));
    }
    file.unknown_terms = unknown_members(*ours, {"release", "version", "counter", "floor", "models",
                                                 "hw_revisions", "min_from", "format", "direction"});
    return file;
}

Result<trust::Delegations> read_delegations(const Value& object) {
    trust::Delegations delegations;
    TRY_VALUE(const Value keys, object.object_at("keys"));
    TRY_VALUE(delegations.keys, read_keys(keys));
    delegations.unknown = unknown_members(object, {"keys", "roles", "succinct_roles"});
    const auto list = object.find("roles"), succinct = object.find("succinct_roles");
    if (list.has_value() == succinct.has_value()) return object.wrong("either roles or succinct_roles");
    if (succinct) {
        TRY_VALUE(delegations.roles, read_succinct(*succinct));
        return delegations;
    }
    if (!list->is_array() || list->size() > limits::delegated_roles)
        return list->wrong("a list of at most " + std::to_string(limits::delegated_roles) + " roles");
    std::vector<trust::DelegatedRole> roles;
    std::set<std::string> names;
    for (const Value& item : list->items()) {
        TRY_VALUE(trust::DelegatedRole role, read_delegated_role(item));
        if (!names.insert(role.name).second) return item.wrong("a role is delegated twice");
        roles.push_back(std::move(role));
    }
    delegations.roles = std::move(roles);
    return delegations;
}

} // namespace oakum::metadata
