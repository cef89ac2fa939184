// SPDX-License-Identifier: Apache-2.0
#include <metadata/write.hpp>

#include "fields.hpp"
#include "key_text.hpp"

#include <json/writer.hpp>

namespace oakum::metadata {
namespace {

using json::Writer;
using namespace trust;

void write_unknown(Writer& out, const Unknown& unknown) {
    for (const auto& [name, text] : unknown)
        out.key(name).raw(text);
}

void write_header(Writer& out, const Header& header, std::string_view type) {
    out.member("_type", type);
    out.member("spec_version", header.spec_version);
    out.member("version", header.version);
    out.member("expires", base::to_iso8601(header.expires));
    write_unknown(out, header.unknown);
}

void write_strings(Writer& out, std::string_view name, const std::vector<std::string>& texts) {
    out.key(name).begin_array();
    for (const std::string& text : texts)
        out.value(text);
    out.end_array();
}

void write_signers(Writer& out, const Signers& signers) {
    out.key("keyids").begin_array();
    for (const KeyId& key : signers.keys)
        out.value(key.get());
    out.end_array();
    out.member("threshold", signers.threshold);
    write_unknown(out, signers.unknown);
}

void write_key(Writer& out, const Key& key) {
    out.begin_object();
    out.member("keytype", key.type);
    out.member("scheme", key.scheme);
    out.key("keyval").begin_object();
    if (!key.public_text.empty()) out.member("public", key.public_text);
    write_unknown(out, key.unknown_value);
    out.end_object();
    write_unknown(out, key.unknown);
    out.end_object();
}

void write_keys(Writer& out, const Keys& keys) {
    out.key("keys").begin_object();
    for (const auto& [id, key] : keys) {
        out.key(id.get());
        write_key(out, key);
    }
    out.end_object();
}

void write_hashes(Writer& out, const Hashes& hashes) {
    out.key("hashes").begin_object();
    if (hashes.sha256) out.member("sha256", hashes.sha256->hex());
    if (hashes.sha512) out.member("sha512", base::to_hex(*hashes.sha512));
    for (const auto& [name, text] : hashes.others)
        out.member(name, text);
    out.end_object();
}

void write_file_version(Writer& out, const FileVersion& file) {
    out.begin_object();
    out.member("version", file.version);
    if (file.length) out.member("length", *file.length);
    if (!file.hashes.empty()) write_hashes(out, file.hashes);
    write_unknown(out, file.unknown);
    out.end_object();
}

void write_terms(Writer& out, const TargetFile& file) {
    const artifact::Terms& terms = *file.terms;
    out.key("oakum").begin_object();
    out.member("release", terms.release);
    out.member("version", terms.version);
    out.member("counter", terms.counter);
    out.member("floor", terms.floor);
    write_strings(out, "models", terms.models);
    write_strings(out, "hw_revisions", terms.hw_revisions);
    out.member("min_from", terms.min_from);
    out.member("format", terms.format);
    if (const auto& direction = file.direction) {
        out.key("direction").begin_object();
        out.member("device", direction->device);
        out.member("rollout", direction->rollout);
        out.member("wave", direction->wave);
        if (direction->not_after) out.member("not_after", base::to_iso8601(*direction->not_after));
        out.end_object();
    }
    write_unknown(out, file.unknown_terms);
    out.end_object();
}

void write_target(Writer& out, const TargetFile& file) {
    out.begin_object();
    out.member("length", file.length);
    write_hashes(out, file.hashes);
    if (file.terms || !file.unknown_custom.empty()) {
        out.key("custom").begin_object();
        if (file.terms) write_terms(out, file);
        write_unknown(out, file.unknown_custom);
        out.end_object();
    }
    write_unknown(out, file.unknown);
    out.end_object();
}

void write_role(Writer& out, const DelegatedRole& role) {
    out.begin_object();
    out.member("name", role.name);
    write_signers(out, role.signers);
    out.member("terminating", role.terminating);
    if (const auto* patterns = std::get_if<PathPatterns>(&role.scope))
        write_strings(out, "paths", patterns->globs);
    else
        write_strings(out, "path_hash_prefixes", std::get<PathHashPrefixes>(role.scope).prefixes);
    out.end_object();
}

void write_delegations(Writer& out, const Delegations& delegations) {
    out.key("delegations").begin_object();
    write_keys(out, delegations.keys);
    if (const auto* succinct = std::get_if<SuccinctRoles>(&delegations.roles)) {
        out.key("succinct_roles").begin_object();
        write_signers(out, succinct->signers);
        out.member("bit_length", succinct->bit_length);
        out.member("name_prefix", succinct->name_prefix);
        out.end_object();
    } else {
        out.key("roles").begin_array();
        for (const DelegatedRole& role : std::get<std::vector<DelegatedRole>>(delegations.roles))
            write_role(out, role);
        out.end_array();
    }
    write_unknown(out, delegations.unknown);
    out.end_object();
}

template <class Body> std::string document(const Header& header, std::string_view type, Body body) {
    std::string text;
    Writer out(text);
    out.begin_object();
    write_header(out, header, type);
    body(out);
    out.end_object();
    return text;
}

} // namespace

std::string encode(const Root& root) {
    return document(root.header, "root", [&](Writer& out) {
        out.member("consistent_snapshot", root.consistent_snapshot);
        write_keys(out, root.keys);
        out.key("roles").begin_object();
        for (const Role role : kRoles) {
            out.key(to_string(role)).begin_object();
            write_signers(out, root.signers(role));
            out.end_object();
        }
        write_unknown(out, root.unknown_roles);
        out.end_object();
        for (const Role role : kOurOwn) {
            if (!root.has(role)) continue;
            out.key(member_of(role)).begin_object();
            write_signers(out, root.signers(role));
            out.end_object();
        }
    });
}

std::string encode(const Timestamp& timestamp) {
    return document(timestamp.header, "timestamp", [&](Writer& out) {
        out.key("meta").begin_object().key("snapshot.json");
        write_file_version(out, timestamp.snapshot);
        out.end_object();
    });
}

std::string encode(const Snapshot& snapshot) {
    return document(snapshot.header, "snapshot", [&](Writer& out) {
        out.key("meta").begin_object();
        for (const auto& [role, file] : snapshot.roles) {
            out.key(role + ".json");
            write_file_version(out, file);
        }
        out.end_object();
    });
}

std::string encode(const Targets& targets) {
    return document(targets.header, "targets", [&](Writer& out) {
        out.key("targets").begin_object();
        for (const auto& [path, file] : targets.files) {
            out.key(path);
            write_target(out, file);
        }
        out.end_object();
        if (targets.delegations) write_delegations(out, *targets.delegations);
    });
}

std::string encode(const Order& order) {
    return document(order.header, kOrder, [&](Writer& out) {
        out.member("device", order.device);
        out.key("meta").begin_object().key("timestamp.json");
        write_file_version(out, order.timestamp);
        out.end_object();
        out.member("artifact", order.artifact.hex());
        out.key("answer").raw(order.answer);
    });
}

base::Bytes envelope(std::string_view signed_json, std::span<const Signature> signatures) {
    std::string text;
    Writer out(text);
    out.begin_object();
    out.key("signatures").begin_array();
    for (const Signature& signature : signatures) {
        out.begin_object();
        out.member("keyid", signature.key.get());
        out.member("sig", base::to_hex(signature.bytes));
        write_unknown(out, signature.unknown);
        out.end_object();
    }
    out.end_array();
    out.key("signed").raw(signed_json);
    out.end_object();
    return {text.begin(), text.end()};
}

// A key's own text, which its id is the hash of.
std::string key_text(const Key& key) {
    std::string text;
    Writer out(text);
    write_key(out, key);
    return text;
}

std::string target_text(const TargetFile& file) {
    std::string text;
    Writer out(text);
    write_target(out, file);
    return text;
}

} // namespace oakum::metadata
