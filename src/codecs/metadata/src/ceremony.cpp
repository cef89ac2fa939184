// SPDX-License-Identifier: Apache-2.0
#include <metadata/ceremony.hpp>

#include "fields.hpp"
#include "key_text.hpp"

#include <json/parse.hpp>
#include <json/writer.hpp>
#include <metadata/reader.hpp>
#include <trust/limits.hpp>
#include <trust/verify.hpp>
#include <trust/words.hpp>

#include <algorithm>

namespace oakum::metadata {
namespace {

using base::Bytes;
using base::Result;
using base::Status;
using json::Value;
using trust::Keys;
using trust::Role;
using trust::Signers;

constexpr std::string_view kForm = "oakum/ceremony/1";
constexpr std::size_t kMaxBytes = 16 << 20;

Bytes bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

// One list of signers that a document has to satisfy.
struct Authority {
    std::string whose;
    const Keys* keys;
    const Signers* signers;
};

// The documents of a ceremony, read and held together.
struct Opened {
    trust::Root present_root;
    trust::Targets present_targets;
    std::optional<trust::Signed<trust::Root>> root;
    std::optional<trust::Signed<trust::Targets>> targets;

    std::vector<Authority> authorities(std::string_view role) const {
        if (role == "root")
            return {{"the present root", &present_root.keys, &present_root.signers(Role::root)},
                    {"the new root", &root->document.keys, &root->document.signers(Role::root)}};
        const trust::Root& names = root ? root->document : present_root;
        return {{root ? "the new root" : "the present root", &names.keys, &names.signers(Role::targets)}};
    }
    const Bytes& message(std::string_view role) const {
        return role == "root" ? root->canonical : targets->canonical;
    }
};

Result<Opened> open(const Ceremony& ceremony) {
    const JsonReader reader;
    Opened opened;
    TRY_VALUE(auto present, reader.root(ceremony.present_root));
    TRY(trust::verify_threshold(present.document.keys, present.document.signers(Role::root),
                                present.canonical, present.signatures, "the present root"));
    opened.present_root = std::move(present.document);
    TRY_VALUE(auto targets, reader.targets(ceremony.present_targets));
    TRY(trust::verify_threshold(opened.present_root.keys, opened.present_root.signers(Role::targets),
                                targets.canonical, targets.signatures, "the present list of releases"));
    opened.present_targets = std::move(targets.document);
    for (const Ceremony::Document& document : ceremony.documents) {
        const Bytes bytes = envelope(document.signed_json, document.signatures);
        if (document.role == "root") {
            TRY_VALUE(opened.root, reader.root(bytes));
            if (opened.root->document.header.version != opened.present_root.header.version + 1)
                return base::invalid("the new root does not follow the present one");
            TRY(check_ids(opened.root->document.keys, opened.present_root.keys, "the new root"));
        } else {
            TRY_VALUE(opened.targets, reader.targets(bytes));
            if (opened.targets->document.header.version <= opened.present_targets.header.version)
                return base::invalid("the list of releases is not newer than the present one");
            TRY(check_ids(delegated_keys(opened.targets->document), delegated_keys(opened.present_targets),
                          "the new list of releases"));
        }
    }
    return opened;
}

Standing::Need need_of(const Authority& authority, const Bytes& message,
                       const std::vector<trust::Signature>& signatures, std::string_view role) {
    Standing::Need need{authority.whose, authority.signers->threshold, {}, {}, false};
    for (const trust::KeyId& id : authority.signers->keys) {
        const auto key = authority.keys->find(id);
        const auto signature = std::find_if(signatures.begin(), signatures.end(),
                                            [&](const trust::Signature& each) { return each.key == id; });
        const bool good = key != authority.keys->end() && key->second.verifier &&
                          signature != signatures.end() &&
                          key->second.verifier->verify(message, signature->bytes);
        (good ? need.signed_by : need.missing).push_back(trust::name_of_key(id, *authority.keys));
    }
    need.met = trust::verify_threshold(*authority.keys, *authority.signers, message, signatures, role).ok();
    return need;
}

Result<trust::Root> changed(const trust::Root& present, std::span<const RoleChange> changes) {
    trust::Root next = present;
    for (const RoleChange& change : changes) {
        Signers& signers = next.signers(change.role);
        for (const trust::KeyId& id : change.remove)
            if (std::erase(signers.keys, id) == 0)
                return base::not_found("the role " + std::string(to_string(change.role)) + " has no key " +
                                       id.get());
        for (const trust::Key& key : change.add) {
            TRY_VALUE(const trust::KeyId id, key_id(key));
            if (std::find(signers.keys.begin(), signers.keys.end(), id) != signers.keys.end())
                return base::conflict("the role " + std::string(to_string(change.role)) + " has the key " +
                                      id.get() + " already");
            next.keys.insert_or_assign(id, key);
            signers.keys.push_back(id);
        }
        if (change.threshold) signers.threshold = *change.threshold;
    }
    // Keys that nobody signs with any more are not carried along.
    std::erase_if(next.keys, [&](const auto& key) {
        return std::none_of(trust::kRootLists.begin(), trust::kRootLists.end(), [&](Role role) {
            const auto& ids = next.signers(role).keys;
            return std::find(ids.begin(), ids.end(), key.first) != ids.end();
        });
    });
    return next;
}

} // namespace

bool Standing::done() const {
    return std::all_of(needs.begin(), needs.end(), [](const Need& need) { return need.met; });
}

std::string encode(const Ceremony& ceremony) {
    std::string text;
    json::Writer out(text);
    out.begin_object().member("form", kForm);
    out.member("present_root", base::as_text(ceremony.present_root));
    out.member("present_targets", base::as_text(ceremony.present_targets));
    out.key("documents").begin_array();
    for (const Ceremony::Document& document : ceremony.documents) {
        out.begin_object().member("role", document.role);
        out.key("envelope").raw(base::as_text(envelope(document.signed_json, document.signatures)));
        out.end_object();
    }
    out.end_array().end_object();
    return text + "\n";
}

Result<Ceremony> read_ceremony(std::string_view text) {
    json::Limits bounds;
    bounds.max_bytes = kMaxBytes;
    bounds.max_values = 500'000;
    TRY_VALUE(const Value file, json::parse(text, bounds));
    TRY_VALUE(const std::string form, file.string_at("form", 64));
    if (form != kForm)
        return base::invalid("this is not a file of documents to be signed (" + std::string(kForm) + ")");
    Ceremony ceremony;
    TRY_VALUE(const std::string root, file.string_at("present_root", trust::limits::root_bytes));
    TRY_VALUE(const std::string targets, file.string_at("present_targets", trust::limits::targets_bytes));
    ceremony.present_root = bytes_of(root);
    ceremony.present_targets = bytes_of(targets);
    TRY_VALUE(const Value documents, file.array_at("documents", 2));
    for (const Value& each : documents.items()) {
        Ceremony::Document document;
        TRY_VALUE(document.role, each.string_at("role", 16));
        if (document.role != "root" && document.role != "targets")
            return each.wrong("a document of root or of targets");
        if (!ceremony.documents.empty() &&
            (ceremony.documents.back().role != "root" || document.role == "root"))
            return each.wrong("root before targets, each once");
        TRY_VALUE(const Value wrapped, each.object_at("envelope"));
        TRY_VALUE(const Value signed_part, wrapped.object_at("signed"));
        TRY_VALUE(const Value signatures, wrapped.array_at("signatures", trust::limits::signatures));
        document.signed_json = std::string(signed_part.source());
        TRY_VALUE(document.signatures, read_signatures(signatures));
        ceremony.documents.push_back(std::move(document));
    }
    if (ceremony.documents.empty()) return base::invalid("the file holds nothing to be signed");
    return ceremony;
}

Result<std::vector<Standing>> standing(const Ceremony& ceremony, trust::Rest rest) {
    TRY_VALUE(const Opened opened, open(ceremony));
    std::vector<Standing> all;
    for (const Ceremony::Document& document : ceremony.documents) {
        Standing one;
        one.role = document.role;
        one.words = document.role == "root"
                        ? trust::words_of(opened.root->document, opened.present_root)
                        : trust::words_of(opened.targets->document, opened.present_targets, rest);
        one.digest = base::sha256(opened.message(document.role));
        for (const Authority& authority : opened.authorities(document.role))
            one.needs.push_back(
                need_of(authority, opened.message(document.role), document.signatures, document.role));
        all.push_back(std::move(one));
    }
    return all;
}

Status starts_from_root(const Ceremony& ceremony, std::string_view kept) {
    const JsonReader reader;
    TRY_VALUE(const auto present, reader.root(ceremony.present_root));
    auto own = reader.root(base::as_bytes(kept));
    if (!own.ok()) {
        // A file that was signed: the root that it made, or else the one that it started from.
        const auto signed_before = read_ceremony(kept);
        if (!signed_before.ok()) return std::move(own).error().wrap("reading the root that you keep");
        const Ceremony::Document& first = signed_before->documents.front();
        TRY_VALUE(own, reader.root(first.role == "root" ? envelope(first.signed_json, first.signatures)
                                                        : signed_before->present_root));
    }
    if (own->canonical == present.canonical) return {};
    return base::denied("it starts from another root (version " +
                        std::to_string(present.document.header.version) +
                        ") than the one that you keep (version " +
                        std::to_string(own->document.header.version) + "): do not sign it");
}

Result<std::vector<std::string>> since_list(const Ceremony& ceremony, std::string_view kept) {
    const JsonReader reader;
    TRY_VALUE(const auto present, reader.targets(ceremony.present_targets));
    auto own = reader.targets(base::as_bytes(kept));
    if (!own.ok()) {
        const auto signed_before = read_ceremony(kept);
        if (!signed_before.ok()) return std::move(own).error().wrap("reading the list that you keep");
        const Ceremony::Document& last = signed_before->documents.back();
        TRY_VALUE(own, reader.targets(last.role == "targets" ? envelope(last.signed_json, last.signatures)
                                                             : signed_before->present_targets));
    }
    const std::uint64_t now = present.document.header.version, then = own->document.header.version;
    if (now < then)
        return base::denied("it starts from version " + std::to_string(now) +
                            " of the list of releases, which is older than version " + std::to_string(then) +
                            ", which you keep: what was withdrawn since would come back; do not sign it");
    if (now == then && present.canonical != own->canonical)
        return base::denied("it starts from another list of releases of version " + std::to_string(now) +
                            " than the one that you keep: do not sign it");
    std::vector<std::string> words;
    if (now == then) {
        words.emplace_back("It starts from the list of releases that you keep.");
        return words;
    }
    words.push_back("Since version " + std::to_string(then) +
                    " of the list, which you keep, others signed version " + std::to_string(now) + ":");
    for (std::string& line : trust::differences(present.document, own->document))
        words.push_back(std::move(line));
    if (words.size() == 1) words.emplace_back("  nothing but its version and its end changed");
    return words;
}

Status add_signatures(Ceremony& ceremony, const trust::Key& with, const SignOne& sign) {
    TRY_VALUE(const Opened opened, open(ceremony));
    bool wanted = false;
    for (Ceremony::Document& document : ceremony.documents) {
        std::vector<trust::KeyId> ids;
        for (const Authority& authority : opened.authorities(document.role))
            for (const trust::KeyId& id : authority.signers->keys)
                if (const auto key = authority.keys->find(id);
                    key != authority.keys->end() && key->second.type == with.type &&
                    key->second.public_text == with.public_text &&
                    std::find(ids.begin(), ids.end(), id) == ids.end())
                    ids.push_back(id);
        if (ids.empty()) continue;
        wanted = true;
        TRY_VALUE(const Bytes signature, sign(opened.message(document.role)));
        for (const trust::KeyId& id : ids) {
            std::erase_if(document.signatures, [&](const trust::Signature& each) { return each.key == id; });
            document.signatures.push_back({id, signature, {}});
        }
    }
    if (!wanted) return base::denied("this key is not among those that have to sign");
    return {};
}

Result<Ceremony> plan_root(base::ByteView present_root, base::ByteView present_targets,
                           std::span<const RoleChange> changes, base::TimePoint now,
                           const trust::Lifetimes& lifetimes) {
    Ceremony ceremony;
    ceremony.present_root.assign(present_root.begin(), present_root.end());
    ceremony.present_targets.assign(present_targets.begin(), present_targets.end());
    TRY_VALUE(const Opened opened, open(ceremony));
    const trust::Root& present = opened.present_root;
    TRY_VALUE(trust::Root next, changed(present, changes));
    TRY_VALUE(next, trust::draft_root(present, std::move(next), now, lifetimes));
    ceremony.documents.push_back({"root", encode(next), {}});
    if (!trust::same_signers(present.keys, present.signers(Role::targets), next.keys,
                             next.signers(Role::targets))) {
        TRY_VALUE(const trust::Targets again, trust::draft_again(opened.present_targets, now, lifetimes));
        ceremony.documents.push_back({"targets", encode(again), {}});
    }
    return ceremony;
}

Result<Ceremony> plan_targets(base::ByteView present_root, base::ByteView present_targets,
                              base::TimePoint now, const trust::Lifetimes& lifetimes) {
    Ceremony ceremony;
    ceremony.present_root.assign(present_root.begin(), present_root.end());
    ceremony.present_targets.assign(present_targets.begin(), present_targets.end());
    TRY_VALUE(const Opened opened, open(ceremony));
    TRY_VALUE(const trust::Targets again, trust::draft_again(opened.present_targets, now, lifetimes));
    ceremony.documents.push_back({"targets", encode(again), {}});
    return ceremony;
}

std::string encode_key(const trust::Key& key) {
    return key_text(key);
}

Result<trust::Key> read_key(std::string_view json) {
    json::Limits bounds;
    bounds.max_bytes = 32 << 10;
    bounds.max_values = 200;
    TRY_VALUE(const Value object, json::parse(json, bounds));
    return read_key(object);
}

} // namespace oakum::metadata
