// SPDX-License-Identifier: Apache-2.0
#include <assessment/fix_owners.hpp>

#include <fleet/core.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>

#include <algorithm>

namespace oakum::assessment {
namespace {

constexpr const char* kDocument = "setting/fix_owners";
constexpr std::size_t kMost = 2'000;

std::map<std::string, std::string> read(std::string_view text) {
    std::map<std::string, std::string> owners;
    if (text.empty()) return owners;
    const auto parsed = json::parse(text);
    if (!parsed.ok()) return owners; // nobody's, until they are assigned anew
    for (const json::Value& each : parsed->items())
        owners.emplace(each.key(), each.text());
    return owners;
}

std::string written(const std::map<std::string, std::string>& owners) {
    std::string text;
    json::Writer w(text);
    w.begin_object();
    for (const auto& [fix, owner] : owners)
        w.member(fix, owner);
    w.end_object();
    return text;
}

base::Status check(std::string_view text, std::size_t most, std::string_view what) {
    if (text.size() > most ||
        std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
        return base::invalid("one line of at most " + std::to_string(most) + " bytes").at(what);
    return {};
}

} // namespace

std::map<std::string, std::string> fix_owners(const shard::ControlTables& control, device::TenantId tenant) {
    return read(control.document(tenant, kDocument));
}

void assign_fix(shard::Writer& writer, const access::Actor& actor, std::string fix, std::string owner,
                std::function<void(base::Status)> done) {
    const auto allowed = [&]() -> base::Status {
        TRY(fleet::may_do(actor, access::Action::rollout_create));
        if (fix.empty()) return base::invalid("which update").at("/fix");
        TRY(check(fix, 512, "/fix"));
        return check(owner, 128, "/owner");
    }();
    if (!allowed.ok()) return done(allowed);
    writer.submit(
        shard::control_of(fleet::tenant_of(actor)), shard::Priority::person,
        [actor, fix = std::move(fix),
         owner = std::move(owner)](shard::Transaction& transaction) -> base::Status {
            auto owners = read(transaction.document(kDocument));
            const std::string before = owners.contains(fix) ? owners[fix] : "";
            if (before == owner) return {};
            if (owner.empty())
                owners.erase(fix);
            else
                owners[fix] = owner;
            if (owners.size() > kMost)
                return base::too_large(std::to_string(kMost) + " updates have an owner already");
            transaction.put(ports::DocumentRow{kDocument, written(owners)});
            transaction.audit({actor.text(), "fix.assign", "fix " + fix, written({{"owner", before}}),
                               written({{"owner", owner}}), ""});
            transaction.change("fix", fix);
            return {};
        },
        std::move(done));
}

} // namespace oakum::assessment
