// SPDX-License-Identifier: Apache-2.0
#include <connectors/connectors.hpp>

#include <connectors/steerer.hpp>
#include <fleet/uptake.hpp>
#include <json/parse.hpp>

#include <algorithm>

namespace oakum::connectors {

using access::Action;
using connector::Connector;
using device::TenantId;
using ports::DocumentRow;

namespace {

constexpr std::size_t kMostConnectors = 20;

std::string purpose(const std::string& name) {
    return "secret of connector " + name;
}
std::string connector_document(const std::string& name) {
    return std::string(kConnectorPrefix) + name;
}
std::string state_document(const std::string& name) {
    return std::string(kStatePrefix) + name;
}

// For the audit log: without the secret.
std::string describe(Connector connector) {
    connector.secret = connector.secret.empty() ? "" : "set";
    return to_document(connector);
}

Recorded shown(Recorded recorded) {
    recorded.connector.secret.clear();
    return recorded;
}

// What phones had before they were told is known there alone. Given up by who switches writing off first.
base::Status check_none_told(const fleet::Core& core, TenantId tenant, const Connector& its,
                             const std::string& doing) {
    if (!its.steers) return {};
    TRY_VALUE(auto told, device::parse_query(std::string(fleet::kConnectorKey) + " = \"" + its.name +
                                             "\" and exists(" + std::string(kSteeredFrom) + ")"));
    const std::uint64_t phones = core.fleet.count({tenant, {}, std::move(told), fleet::Records::all}).yes;
    if (phones == 0) return {};
    return base::conflict(std::to_string(phones) +
                          " phones were told through it, and what they had before is not set again: abort "
                          "their rollouts, sync, then " +
                          doing + "; or give that up with `oakum connector steer " + its.name + " --off`");
}

std::optional<Connector> held(const std::string& name, const std::string& document) {
    if (document.empty()) return std::nullopt;
    auto read = connector_of(name, document);
    return read.ok() ? std::optional(*std::move(read)) : std::nullopt;
}

// What the patch says, over what is held. Errors: invalid, with its place.
base::Result<Connector> patched(const std::optional<Connector>& before, const std::string& name,
                                ConnectorPatch patch) {
    Connector one = before.value_or(Connector{});
    one.name = name;
    if (!before) {
        if (!patch.kind) return base::invalid("a new connector needs its kind").at("/kind");
        one.kind = *patch.kind;
        one.url = connector::about(one.kind).url;
        one.sign_in = connector::about(one.kind).sign_in;
        if (!patch.secret || patch.secret->empty())
            return base::invalid("a new connector needs the " +
                                 std::string(connector::about(one.kind).secret))
                .at("/secret");
    } else if (patch.kind && *patch.kind != before->kind) {
        return base::invalid("a connector stays of its kind: make another one").at("/kind");
    }
    const auto take = [](auto& to, auto& from) {
        if (from) to = *std::move(from);
    };
    const bool gives_secret = patch.secret && !patch.secret->empty();
    take(one.account, patch.account);
    take(one.client, patch.client);
    take(one.url, patch.url);
    take(one.sign_in, patch.sign_in);
    take(one.every, patch.every);
    take(one.enabled, patch.enabled);
    take(one.apps, patch.apps);
    take(one.steers, patch.steers);
    if (gives_secret) one.secret = *std::move(patch.secret);
    if (before && !gives_secret && (one.sign_in != before->sign_in || one.url != before->url))
        return base::invalid("it is to go to another server: give it anew").at("/secret");
    return one;
}

} // namespace

std::vector<Recorded> recorded(const shard::ControlTables& control, TenantId tenant) {
    std::map<std::string, Recorded> all;
    std::map<std::string, std::string> states;
    for (const auto& row : control.list<DocumentRow>(tenant)) {
        if (row->body.empty()) continue;
        if (row->name.starts_with(kStatePrefix)) {
            states[row->name.substr(kStatePrefix.size())] = row->body;
        } else if (row->name.starts_with(kConnectorPrefix)) {
            const std::string name = row->name.substr(kConnectorPrefix.size());
            if (auto one = held(name, row->body)) all[name].connector = *std::move(one);
        }
    }
    for (const auto& row : control.list<ports::JobRow>(tenant)) {
        if (row->kind != "connector sync" || row->ended) continue;
        const auto payload = json::parse(row->payload);
        if (!payload.ok()) continue;
        const auto name = payload->string_at("connector");
        if (name.ok() && all.contains(*name)) all[*name].job = row->id;
    }
    std::vector<Recorded> list;
    for (auto& [name, one] : all) {
        one.state = state_of(states[name]).value_or(ConnectorState{});
        list.push_back(std::move(one));
    }
    return list;
}

base::Result<std::vector<Recorded>> Connectors::list(const access::Actor& actor) const {
    TRY(fleet::may_do(actor, Action::device_read));
    std::vector<Recorded> all = recorded(core_.control, fleet::tenant_of(actor));
    for (Recorded& one : all)
        one = shown(std::move(one));
    return all;
}

base::Result<Recorded> Connectors::get(const access::Actor& actor, const std::string& name) const {
    TRY_VALUE(const std::vector<Recorded> all, list(actor));
    const auto found = std::ranges::find(all, name, [](const Recorded& one) { return one.connector.name; });
    if (found == all.end()) return base::not_found("there is no connector " + name);
    return *found;
}

base::Result<Recorded> Connectors::opened(TenantId tenant, const std::string& name) const {
    for (Recorded& one : recorded(core_.control, tenant)) {
        if (one.connector.name != name) continue;
        TRY_VALUE(const base::Bytes secret, sealer_.open(one.connector.secret, purpose(name)));
        one.connector.secret = std::string(base::as_text(secret));
        return std::move(one);
    }
    return base::not_found("there is no connector " + name);
}

void Connectors::set(const access::Actor& actor, std::string name, ConnectorPatch patch,
                     shard::Completion<Recorded> done) {
    if (auto allowed = fleet::may_do(actor, Action::source_edit); !allowed.ok())
        return done(std::move(allowed).error());
    // Checked as it came, and sealed before it goes anywhere.
    if (patch.secret && !patch.secret->empty()) {
        if (patch.secret->size() > 16'384)
            return done(base::invalid("a secret has at most 16,384 bytes").at("/secret"));
        auto sealed = sealer_.seal(base::as_bytes(*patch.secret), purpose(name));
        if (!sealed.ok()) return done(std::move(sealed).error());
        patch.secret = *std::move(sealed);
    }
    core_.writer.submit<Recorded>(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [&core = core_, actor, name, patch = std::move(patch),
         plain = plain_](shard::Transaction& transaction) mutable -> base::Result<Recorded> {
            const auto before = held(name, transaction.document(connector_document(name)));
            TRY_VALUE(const Connector one, patched(before, name, std::move(patch)));
            Connector checked = one;
            checked.secret.clear(); // sealed, and looked at before
            TRY(connector::check(checked, plain));
            if (before && (one.account != before->account || one.url != before->url))
                TRY(check_none_told(core, transaction.tenant(), *before, "say where it is now"));
            std::size_t others = 0;
            for (const auto& row : transaction.list<DocumentRow>())
                others += row->name.starts_with(kConnectorPrefix) && !row->body.empty() ? 1 : 0;
            if (!before && others >= kMostConnectors)
                return base::conflict("there are 20 connectors already");
            ConnectorState state =
                state_of(transaction.document(state_document(name))).value_or(ConnectorState{});
            state.failing.reset();
            state.next.reset();
            state.failures = 0;
            state.refused = false;
            state.error.clear();
            transaction.put(DocumentRow{connector_document(name), to_document(one)});
            transaction.put(DocumentRow{state_document(name), to_document(state)});
            transaction.audit({actor.text(), "connector.set", "connector " + name,
                               before ? describe(*before) : "", describe(one), ""});
            transaction.change("connector", name);
            return shown({one, state, ""});
        },
        std::move(done));
}

void Connectors::remove(const access::Actor& actor, std::string name,
                        std::function<void(base::Status)> done) {
    if (auto allowed = fleet::may_do(actor, Action::source_edit); !allowed.ok())
        return done(std::move(allowed));
    core_.writer.submit(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [&core = core_, actor, name](shard::Transaction& transaction) -> base::Status {
            const auto before = held(name, transaction.document(connector_document(name)));
            if (!before) return base::not_found("there is no connector " + name);
            TRY(check_none_told(core, transaction.tenant(), *before, "remove it"));
            transaction.put(DocumentRow{connector_document(name), ""});
            transaction.put(DocumentRow{state_document(name), ""});
            transaction.audit(
                {actor.text(), "connector.remove", "connector " + name, describe(*before), "", ""});
            transaction.change("connector", name);
            return {};
        },
        std::move(done));
}

} // namespace oakum::connectors
