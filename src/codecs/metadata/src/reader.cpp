// SPDX-License-Identifier: Apache-2.0
#include <metadata/reader.hpp>

#include "fields.hpp"

#include <json/canonical.hpp>
#include <json/parse.hpp>
#include <trust/limits.hpp>

namespace oakum::metadata {
namespace {

using base::ByteView;
using base::Result;
using json::Value;
namespace limits = trust::limits;

template <class Document> struct Opened {
    Value signed_part;
    trust::Signed<Document> document;
};

// The envelope: signatures, and the canonical form of what they are over.
template <class Document>
Result<Opened<Document>> open(ByteView bytes, std::uint64_t max_bytes, std::size_t max_values) {
    json::Limits bounds;
    bounds.max_bytes = max_bytes;
    bounds.max_values = max_values;
    TRY_VALUE(const Value file, json::parse(base::as_text(bytes), bounds));
    TRY_VALUE(Value signed_part, file.object_at("signed"));
    TRY_VALUE(const Value list, file.array_at("signatures"));
    Opened<Document> opened{std::move(signed_part), {}};
    TRY_VALUE(opened.document.signatures, read_signatures(list));
    TRY_VALUE(const std::string text, json::canonical(opened.signed_part));
    opened.document.canonical.assign(text.begin(), text.end());
    return opened;
}

Result<trust::Root> read_root(const Value& object) {
    trust::Root root;
    TRY_VALUE(root.header,
              read_header(object, "root", {"consistent_snapshot", "keys", "roles", kDirector, kLog}));
    TRY_VALUE(const auto consistent, object.optional_bool_at("consistent_snapshot"));
    root.consistent_snapshot = consistent.value_or(false);
    TRY_VALUE(const Value keys, object.object_at("keys"));
    TRY_VALUE(root.keys, read_keys(keys));
    TRY_VALUE(const Value roles, object.object_at("roles", 64));
    for (const trust::Role role : trust::kRoles) {
        TRY_VALUE(const Value signers, roles.object_at(to_string(role)));
        TRY_VALUE(root.signers(role), read_signers(signers, {}));
    }
    for (const trust::Role role : trust::kOurOwn) {
        TRY_VALUE(const auto named, object.optional_object_at(member_of(role)));
        if (!named) continue;
        TRY_VALUE(root.signers(role), read_signers(*named, {}));
        // None would be read as a root without it, and its devices would ask nobody.
        if (!root.has(role)) return named->wrong("no key can sign as " + std::string(to_string(role)));
    }
    root.unknown_roles = unknown_members(roles, {"root", "timestamp", "snapshot", "targets"});
    return root;
}

Result<trust::Timestamp> read_timestamp(const Value& object) {
    trust::Timestamp timestamp;
    TRY_VALUE(timestamp.header, read_header(object, "timestamp", {"meta"}));
    TRY_VALUE(const Value meta, object.object_at("meta", 64));
    TRY_VALUE(const Value snapshot, meta.object_at("snapshot.json"));
    TRY_VALUE(timestamp.snapshot, read_file_version(snapshot));
    return timestamp;
}

Result<trust::Snapshot> read_snapshot(const Value& object) {
    trust::Snapshot snapshot;
    TRY_VALUE(snapshot.header, read_header(object, "snapshot", {"meta"}));
    TRY_VALUE(const Value meta, object.object_at("meta", limits::snapshot_roles));
    for (const Value& member : meta.items()) {
        constexpr std::string_view suffix = ".json";
        std::string_view name = member.key();
        if (!name.ends_with(suffix) || name.size() == suffix.size() || name.size() > limits::name_bytes)
            return meta.wrong("lists a file that is not ROLE.json");
        name.remove_suffix(suffix.size());
        TRY_VALUE(trust::FileVersion file, read_file_version(member));
        snapshot.roles.emplace(std::string(name), std::move(file));
    }
    return snapshot;
}

Result<trust::Targets> read_targets(const Value& object) {
    trust::Targets targets;
    TRY_VALUE(targets.header, read_header(object, "targets", {"targets", "delegations"}));
    TRY_VALUE(const Value files, object.object_at("targets", limits::targets));
    for (const Value& member : files.items()) {
        if (member.key().empty() || member.key().size() > limits::name_bytes)
            return files.wrong("a target path has 1 to " + std::to_string(limits::name_bytes) + " bytes");
        TRY_VALUE(trust::TargetFile file, read_target(member));
        targets.files.emplace(std::string(member.key()), std::move(file));
    }
    TRY_VALUE(const auto delegations, object.optional_object_at("delegations"));
    if (delegations) {
        TRY_VALUE(targets.delegations, read_delegations(*delegations));
    }
    return targets;
}

Result<trust::Order> read_order(const Value& object) {
    trust::Order order;
    TRY_VALUE(order.header, read_header(object, kOrder, {"device", "meta", "artifact", "answer"}));
    TRY_VALUE(order.device, object.string_at("device", 64));
    TRY_VALUE(const Value meta, object.object_at("meta", 1));
    TRY_VALUE(const Value timestamp, meta.object_at("timestamp.json"));
    TRY_VALUE(order.timestamp, read_file_version(timestamp));
    TRY_VALUE(const std::string artifact, object.string_at("artifact", 64));
    const auto digest = base::Digest256::parse(artifact);
    if (!digest.ok()) return object.wrong("\"artifact\" is not a SHA-256");
    order.artifact = *digest;
    TRY_VALUE(const Value answer, object.object_at("answer"));
    order.answer = answer.source();
    return order;
}

template <class Document, class Read>
Result<trust::Signed<Document>> read(ByteView bytes, std::uint64_t max_bytes, std::size_t max_values,
                                     Read read_one) {
    TRY_VALUE(Opened<Document> opened, open<Document>(bytes, max_bytes, max_values));
    TRY_VALUE(opened.document.document, read_one(opened.signed_part));
    return std::move(opened.document);
}

} // namespace

Result<trust::Signed<trust::Root>> JsonReader::root(ByteView bytes) const {
    return read<trust::Root>(bytes, limits::root_bytes, 20'000, read_root);
}
Result<trust::Signed<trust::Timestamp>> JsonReader::timestamp(ByteView bytes) const {
    return read<trust::Timestamp>(bytes, limits::timestamp_bytes, 2'000, read_timestamp);
}
Result<trust::Signed<trust::Snapshot>> JsonReader::snapshot(ByteView bytes) const {
    return read<trust::Snapshot>(bytes, limits::snapshot_bytes, 150'000, read_snapshot);
}
Result<trust::Signed<trust::Targets>> JsonReader::targets(ByteView bytes) const {
    return read<trust::Targets>(bytes, limits::targets_bytes, 400'000, read_targets);
}
Result<trust::Signed<trust::Order>> JsonReader::order(ByteView bytes) const {
    return read<trust::Order>(bytes, limits::order_bytes, 2'000, read_order);
}

} // namespace oakum::metadata
