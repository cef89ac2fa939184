// SPDX-License-Identifier: Apache-2.0
#include <feed_sync/sources.hpp>

#include <json/parse.hpp>
#include <json/writer.hpp>

#include <algorithm>

namespace oakum::feed_sync {

using access::Action;
using device::TenantId;
using ports::DocumentRow;
using source::Source;

namespace {

constexpr std::size_t kMostSources = 100;

std::string purpose(const std::string& name) {
    return "key of source " + name;
}

std::string source_document(const std::string& name) {
    return std::string(kSourcePrefix) + name;
}
std::string state_document(const std::string& name) {
    return std::string(kStatePrefix) + name;
}

// For the audit log: without the key.
std::string describe(Source source) {
    source.key = source.key.empty() ? "" : "set";
    return to_document(source);
}

Recorded shown(Recorded recorded) {
    recorded.source.key.clear();
    return recorded;
}

Recorded made(Source source, const std::string& state) {
    Recorded one;
    one.has_key = !source.key.empty();
    one.offered = source::find_offered(source.name) != nullptr;
    one.source = std::move(source);
    // A state that cannot be read is of no use: everything is asked for again.
    one.state = state_of(state).value_or(SourceState{});
    return one;
}

std::optional<Source> held(const std::string& name, const std::string& document) {
    if (!document.empty())
        if (auto source = source_of(name, document); source.ok()) return *std::move(source);
    if (const Source* offered = source::find_offered(name)) return *offered;
    return std::nullopt;
}

void apply(Source& source, SourcePatch patch) {
    const auto take = [](auto& to, auto& from) {
        if (from) to = *std::move(from);
    };
    take(source.kind, patch.kind);
    take(source.url, patch.url);
    take(source.walk, patch.walk);
    take(source.parts, patch.parts);
    take(source.every, patch.every);
    take(source.pause, patch.pause);
    take(source.enabled, patch.enabled);
    take(source.key, patch.key);
}

} // namespace

std::vector<Recorded> recorded(const shard::ControlTables& control, TenantId tenant) {
    std::map<std::string, Source> sources;
    for (const Source& offered : source::offered())
        sources[offered.name] = offered;
    std::map<std::string, std::string> states;
    for (const auto& row : control.list<DocumentRow>(tenant)) {
        if (row->body.empty()) continue;
        if (row->name.starts_with(kStatePrefix))
            states[row->name.substr(kStatePrefix.size())] = row->body;
        else if (row->name.starts_with(kSourcePrefix))
            if (auto source = held(row->name.substr(kSourcePrefix.size()), row->body)) {
                Source& kept = sources[source->name];
                kept = *std::move(source);
            }
    }
    std::map<std::string, std::string> jobs;
    for (const auto& row : control.list<ports::JobRow>(tenant)) {
        if (row->kind != "feed sync" || row->ended) continue;
        const auto payload = json::parse(row->payload);
        if (!payload.ok()) continue;
        if (auto name = payload->string_at("source"); name.ok()) jobs[*name] = row->id;
    }
    std::vector<Recorded> all;
    for (auto& [name, source] : sources) {
        Recorded one = made(std::move(source), states[name]);
        one.job = jobs[name];
        all.push_back(std::move(one));
    }
    return all;
}

base::Result<std::vector<Recorded>> Sources::list(const access::Actor& actor) const {
    TRY(fleet::may_do(actor, Action::advisory_read));
    std::vector<Recorded> all = recorded(core_.control, fleet::tenant_of(actor));
    for (Recorded& one : all)
        one = shown(std::move(one));
    return all;
}

base::Result<Recorded> Sources::get(const access::Actor& actor, const std::string& name) const {
    TRY_VALUE(const std::vector<Recorded> all, list(actor));
    const auto found = std::ranges::find(all, name, [](const Recorded& one) { return one.source.name; });
    if (found == all.end()) return base::not_found("there is no source " + name);
    return *found;
}

base::Result<Recorded> Sources::opened(TenantId tenant, const std::string& name) const {
    for (Recorded& one : recorded(core_.control, tenant)) {
        if (one.source.name != name) continue;
        if (!one.source.key.empty()) {
            TRY_VALUE(const base::Bytes key, sealer_.open(one.source.key, purpose(name)));
            one.source.key = std::string(base::as_text(key));
        }
        return std::move(one);
    }
    return base::not_found("there is no source " + name);
}

void Sources::set(const access::Actor& actor, std::string name, SourcePatch patch,
                  shard::Completion<Recorded> done) {
    if (auto allowed = fleet::may_do(actor, Action::source_edit); !allowed.ok())
        return done(std::move(allowed).error());
    // The key is checked as it came, and sealed before it goes anywhere.
    if (patch.key && !patch.key->empty()) {
        Source probe;
        probe.name = "probe";
        probe.kind = "kev";
        probe.url = "https://probe.example/";
        probe.key = *patch.key;
        if (auto good = source::check(probe, plain_); !good.ok()) return done(std::move(good).error());
        auto sealed = sealer_.seal(base::as_bytes(*patch.key), purpose(name));
        if (!sealed.ok()) return done(std::move(sealed).error());
        patch.key = *std::move(sealed);
    }
    core_.writer.submit<Recorded>(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [actor, name, patch = std::move(patch),
         plain = plain_](shard::Transaction& transaction) mutable -> base::Result<Recorded> {
            const auto before = held(name, transaction.document(source_document(name)));
            if (!before && (!patch.kind || !patch.url))
                return base::invalid("a new source needs the kind of its records and its address")
                    .at(patch.kind ? "/url" : "/kind");
            Source source = before.value_or(Source{});
            source.name = name;
            const std::string changed = before ? describe(*before) : "";
            apply(source, std::move(patch));
            Source checked = source;
            checked.key.clear(); // sealed, and looked at before
            TRY(source::check(checked, plain));
            std::size_t others = 0;
            for (const auto& row : transaction.list<DocumentRow>())
                others += row->name.starts_with(kSourcePrefix) && !row->body.empty() ? 1 : 0;
            if (!before && others >= kMostSources) return base::conflict("there are 100 sources already");
            SourceState state = state_of(transaction.document(state_document(name))).value_or(SourceState{});
            state.failing.reset();
            state.next.reset();
            state.failures = 0;
            state.refused = false;
            state.error.clear();
            transaction.put(DocumentRow{source_document(name), to_document(source)});
            transaction.put(DocumentRow{state_document(name), to_document(state)});
            transaction.audit({actor.text(), "source.set", "source " + name, changed, describe(source), ""});
            transaction.change("source", name);
            return shown(made(source, to_document(state)));
        },
        std::move(done));
}

void Sources::remove(const access::Actor& actor, std::string name, std::function<void(base::Status)> done) {
    if (auto allowed = fleet::may_do(actor, Action::source_edit); !allowed.ok())
        return done(std::move(allowed));
    core_.writer.submit(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [actor, name](shard::Transaction& transaction) -> base::Status {
            const std::string document = transaction.document(source_document(name));
            const auto before = held(name, document);
            if (!before) return base::not_found("there is no source " + name);
            if (document.empty()) return {}; // as it is offered
            transaction.put(DocumentRow{source_document(name), ""});
            transaction.put(DocumentRow{state_document(name), ""});
            transaction.audit({actor.text(), "source.remove", "source " + name, describe(*before), "", ""});
            transaction.change("source", name);
            return {};
        },
        std::move(done));
}

} // namespace oakum::feed_sync
