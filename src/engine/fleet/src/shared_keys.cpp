// SPDX-License-Identifier: Apache-2.0
#include <fleet/shared_keys.hpp>

#include "facts.hpp"

#include <fleet/guests.hpp>
#include <fleet/registry.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>

#include <algorithm>

namespace oakum::fleet {
namespace {

constexpr std::string_view kEndpoints = "shared-key/endpoint/", kIdentities = "shared-key/identity/";

// Names are cut to one length, whatever a device calls itself.
std::string document_of(std::string_view kind, std::string_view name) {
    return std::string(kind) + base::sha256(name).hex().substr(0, 40);
}

struct Stored {
    SharedKeys::Entry entry;
    std::string sealed;
};

std::string purpose_of(std::string_view endpoint) {
    return "shared key of " + std::string(endpoint);
}

std::string body_of(const Stored& stored) {
    std::string body;
    json::Writer writer(body);
    writer.begin_object()
        .member("endpoint", stored.entry.endpoint)
        .member("identity", stored.entry.identity)
        .member("group", stored.entry.group.is_zero() ? std::string() : stored.entry.group.text())
        .member("created", base::unix_ms(stored.entry.created))
        .member("mark", stored.entry.mark)
        .member("key", stored.sealed)
        .end_object();
    return body;
}

base::Result<Stored> read(std::string_view body) {
    TRY_VALUE(const json::Value value, json::parse(body));
    Stored stored;
    TRY_VALUE(stored.entry.endpoint, value.string_at("endpoint"));
    TRY_VALUE(stored.entry.identity, value.string_at("identity"));
    TRY_VALUE(const std::string group, value.string_at("group"));
    if (!group.empty()) {
        TRY_VALUE(stored.entry.group, GroupId::parse(group));
    }
    TRY_VALUE(const std::int64_t created, value.int_at("created"));
    stored.entry.created = base::from_unix_ms(created);
    TRY_VALUE(stored.entry.mark, value.string_at("mark"));
    TRY_VALUE(stored.sealed, value.string_at("key"));
    stored.entry.proof = stored.sealed.empty() ? SharedKeys::Proof::none : SharedKeys::Proof::key;
    return stored;
}

std::optional<Stored> stored_in(const std::string& body) {
    if (body.empty()) return std::nullopt;
    auto stored = read(body);
    return stored.ok() ? std::optional(*std::move(stored)) : std::nullopt;
}

access::Resource resource_of(const access::Actor& actor, GroupId group) {
    std::vector<base::Id128> groups;
    if (!group.is_zero()) groups.push_back(group.get());
    return {.tenant = actor.tenant, .groups = std::move(groups)};
}

base::Status check_name(std::string_view name, std::string_view place) {
    const bool plain = std::ranges::none_of(
        name, [](char c) { return static_cast<unsigned char>(c) < 0x21 || c == 0x7f || c == '/'; });
    if (name.empty() || name.size() > SharedKeys::kLongestName || !plain || !base::is_utf8(name))
        return base::invalid("a name has 1 to 128 bytes, and no spaces, slashes or control characters")
            .at(place);
    return check_fact(device::key::serial, name);
}

base::Status check(const access::Actor& actor, const SharedKeys::Wish& wish) {
    using access::Action;
    TRY(access::may(actor, Action::enrolment_edit).status());
    if (!access::may(actor, Action::enrolment_edit, resource_of(actor, wish.group)).allowed)
        return wish.group.is_zero()
                   ? base::denied("you see only some groups of the fleet; name the group that it joins")
                         .at("/group")
                   : base::not_found("there is no group " + wish.group.text()).at("/group");
    TRY(check_name(wish.endpoint, "/endpoint"));
    if (!wish.identity.empty()) TRY(check_name(wish.identity, "/identity"));
    if (wish.proof == SharedKeys::Proof::none && (wish.key || !wish.identity.empty()))
        return base::invalid("a device without a key has neither key nor identity").at("/key");
    if (wish.key &&
        (wish.key->size() < SharedKeys::kShortestKey || wish.key->size() > SharedKeys::kLongestKey))
        return base::invalid("a key has 16 to 64 bytes, as hexadecimal digits").at("/key");
    return {};
}

// A record of that name that is there already is taken over only where its present identity has ended, and
// by those who may see it.
base::Status may_name(const Core& core, const access::Actor& actor, const std::string& endpoint) {
    const auto known = core.fleet.by_serial(tenant_of(actor), endpoint);
    if (!known) return {};
    if (!may_on_device(core, actor, access::Action::enrolment_edit, *known).ok())
        return base::conflict("a device of this name is there already").at("/endpoint");
    return {};
}

} // namespace

std::optional<SharedKeys::Entry> SharedKeys::of_endpoint(TenantId tenant, std::string_view endpoint) const {
    const auto stored = stored_in(core_.control.document(tenant, document_of(kEndpoints, endpoint)));
    return stored ? std::optional(stored->entry) : std::nullopt;
}

std::optional<SharedKeys::Entry> SharedKeys::of_identity(TenantId tenant, std::string_view identity) const {
    const std::string endpoint = core_.control.document(tenant, document_of(kIdentities, identity));
    if (endpoint.empty()) return std::nullopt;
    auto entry = of_endpoint(tenant, endpoint);
    return entry && entry->identity == identity ? entry : std::nullopt;
}

base::Result<base::Bytes> SharedKeys::key(TenantId tenant, std::string_view identity) const {
    const std::string endpoint = core_.control.document(tenant, document_of(kIdentities, identity));
    const auto stored = endpoint.empty()
                            ? std::nullopt
                            : stored_in(core_.control.document(tenant, document_of(kEndpoints, endpoint)));
    if (!stored || stored->entry.identity != identity || stored->sealed.empty())
        return base::not_found("there is no key of that identity");
    return sealer_.open(stored->sealed, purpose_of(endpoint));
}

base::Result<std::vector<SharedKeys::Entry>> SharedKeys::list(const access::Actor& actor) const {
    TRY(access::may(actor, access::Action::enrolment_read).status());
    std::vector<Entry> entries;
    for (const auto& row : core_.control.list<ports::DocumentRow>(tenant_of(actor))) {
        if (!row->name.starts_with(kEndpoints)) continue;
        auto stored = stored_in(row->body);
        if (stored &&
            access::may(actor, access::Action::enrolment_read, resource_of(actor, stored->entry.group))
                .allowed)
            entries.push_back(std::move(stored->entry));
    }
    std::ranges::sort(entries, {}, &Entry::endpoint);
    return entries;
}

void SharedKeys::add(access::Actor actor, Wish wish, shard::Completion<Made> done) {
    if (auto good = check(actor, wish); !good.ok()) return done(std::move(good).error());
    if (auto free = may_name(core_, actor, wish.endpoint); !free.ok()) return done(std::move(free).error());
    Made made;
    Stored stored;
    stored.entry.endpoint = wish.endpoint;
    stored.entry.group = wish.group;
    stored.entry.proof = wish.proof;
    if (wish.proof == Proof::key) {
        stored.entry.identity = wish.identity.empty() ? wish.endpoint : wish.identity;
        made.key = wish.key ? *wish.key : base::Bytes(kShortestKey);
        if (!wish.key) random_.fill(made.key);
        auto sealed = sealer_.seal(made.key, purpose_of(wish.endpoint));
        if (!sealed.ok()) return done(std::move(sealed).error());
        stored.sealed = *std::move(sealed);
    }
    stored.entry.mark = Guests::mark_of(
        wish.proof == Proof::key ? "shared key" : "no key",
        wish.proof == Proof::key ? stored.entry.identity + " " + base::to_hex(made.key) : wish.endpoint);
    core_.writer.submit<Made>(
        shard::control_of(tenant_of(actor)), shard::Priority::person,
        [actor, made = std::move(made),
         stored = std::move(stored)](shard::Transaction& transaction) mutable -> base::Result<Made> {
            Entry& entry = stored.entry;
            const std::string name = document_of(kEndpoints, entry.endpoint);
            if (!transaction.document(name).empty())
                return base::conflict("this endpoint is named already; remove it first").at("/endpoint");
            const std::string identity = document_of(kIdentities, entry.identity);
            if (entry.proof == Proof::key && !transaction.document(identity).empty())
                return base::conflict("this identity is another endpoint's").at("/identity");
            entry.created = transaction.now();
            transaction.put(ports::DocumentRow{name, body_of(stored)});
            if (entry.proof == Proof::key) transaction.put(ports::DocumentRow{identity, entry.endpoint});
            transaction.audit({actor.text(), "shared_key.add", "endpoint " + entry.endpoint, "",
                               json_of({{"identity", entry.identity},
                                        {"group", entry.group.is_zero() ? std::string() : entry.group.text()},
                                        {"proof", entry.proof == Proof::key ? "key" : "none"}}),
                               ""});
            made.entry = entry;
            return std::move(made);
        },
        std::move(done));
}

void SharedKeys::remove(access::Actor actor, std::string endpoint, std::function<void(base::Status)> done) {
    if (auto allowed = access::may(actor, access::Action::enrolment_edit).status(); !allowed.ok())
        return done(std::move(allowed).error());
    const auto missing = [](const std::string& name) {
        return base::not_found("there is no key of an endpoint " + name);
    };
    const auto entry = of_endpoint(tenant_of(actor), endpoint);
    if (!entry ||
        !access::may(actor, access::Action::enrolment_edit, resource_of(actor, entry->group)).allowed)
        return done(missing(endpoint));
    core_.writer.submit(
        shard::control_of(tenant_of(actor)), shard::Priority::person,
        [actor, endpoint, missing](shard::Transaction& transaction) -> base::Status {
            const auto stored = stored_in(transaction.document(document_of(kEndpoints, endpoint)));
            if (!stored) return missing(endpoint);
            transaction.put(ports::DocumentRow{document_of(kEndpoints, endpoint), ""});
            if (stored->entry.proof == Proof::key)
                transaction.put(ports::DocumentRow{document_of(kIdentities, stored->entry.identity), ""});
            transaction.audit({actor.text(), "shared_key.remove", "endpoint " + endpoint,
                               json_of({{"identity", stored->entry.identity}}), "", ""});
            return {};
        },
        [this, actor, endpoint, mark = entry->mark, done = std::move(done)](base::Status removed) {
            if (!removed.ok()) return done(std::move(removed));
            // What it proved itself with is gone, so the record may take another identity.
            const auto known = core_.fleet.by_serial(tenant_of(actor), endpoint);
            const auto row = known ? core_.fleet.device({tenant_of(actor), *known}) : std::nullopt;
            if (!row || row->certificate_serial != mark || row->revoked) return done({});
            enrolment_.revoke(actor, *known, "its key was removed", done);
        });
}

} // namespace oakum::fleet
