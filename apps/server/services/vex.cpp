// SPDX-License-Identifier: Apache-2.0
#include "vex.hpp"

#include "exposure.hpp"

#include <vex/document.hpp>

#include <map>

namespace oakum::server {

namespace {

using component::StatementStatus;

constexpr std::size_t kMostStatements = 50'000;

// Of several things that hold for a component somewhere the one that nobody may overlook.
int weight(StatementStatus status) {
    switch (status) {
    case StatementStatus::affected:
        return 3;
    case StatementStatus::under_investigation:
        return 2;
    case StatementStatus::not_affected:
        return 1;
    case StatementStatus::fixed:
        break;
    }
    return 0;
}

struct Said {
    StatementStatus status = StatementStatus::fixed;
    std::string justification, words;
    bool operator==(const Said&) const = default;
    auto operator<=>(const Said&) const = default;
};

StatementStatus status_of(advisory::Verdict verdict) {
    switch (verdict) {
    case advisory::Verdict::affected:
        return StatementStatus::affected;
    case advisory::Verdict::not_affected:
        return StatementStatus::not_affected;
    case advisory::Verdict::fixed:
        return StatementStatus::fixed;
    case advisory::Verdict::unknown:
        break;
    }
    return StatementStatus::under_investigation;
}

Said said_of(const assessment::AssessedSet& set, const advisory::SetVerdict& found,
             const assessment::InForce::One* decided) {
    Said said{status_of(found.verdict.verdict), "", found.statement};
    if (said.status == StatementStatus::affected) {
        const std::string_view fix = advisory::fixed_in(set.knowledge->file, found.verdict);
        said.words = fix.empty() ? "No fix is known." : "Update to " + std::string(fix) + " or later.";
    }
    if (decided == nullptr) return said;
    const exception::Wish& wish = decided->wish();
    const std::string until = wish.expires ? " until " + base::to_date(*wish.expires) : std::string();
    switch (wish.kind) {
    case exception::Kind::not_affected:
        return {StatementStatus::not_affected, std::string(exception::to_string(wish.justification)),
                wish.reason};
    case exception::Kind::accept:
        said.words += " The operator accepts the risk" + until + ".";
        break;
    case exception::Kind::mitigate:
        said.words += " The operator mitigates it" + until + ": " + wish.reason;
        break;
    case exception::Kind::suppress:
        break;
    }
    return said;
}

} // namespace

base::Result<std::string> VexService::make(device::TenantId tenant, const fleet::Selection& selection,
                                           const api::VexRequest& request) const {
    const auto assessed = assessor_.fleet(tenant);
    const advisory::AdvisoryFile& file = assessed->knowledge->file;
    std::vector<std::uint32_t> wanted;
    if (!request.advisory.empty()) {
        wanted = by_any_name(file, request.advisory);
        if (wanted.empty()) return base::not_found(request.advisory + " is not in our data").at("advisory");
    }
    std::map<std::pair<std::uint32_t, component::Component>, Said> said;
    const auto note = [&](const assessment::AssessedSet& set, std::uint64_t cell) {
        for (const advisory::SetVerdict& found : set.assessment.verdicts) {
            if (!wanted.empty() &&
                std::find(wanted.begin(), wanted.end(), found.verdict.advisory) == wanted.end())
                continue;
            const assessment::InForce::One* decided =
                assessed->in_force ? assessed->in_force->about(set, found, cell) : nullptr;
            const Said here = said_of(set, found, decided);
            const auto [at, fresh] =
                said.try_emplace({found.verdict.advisory, set.components()[found.component]}, here);
            if (!fresh && weight(here.status) > weight(at->second.status)) at->second = here;
        }
    };
    if (request.release) {
        const auto release = context_.core.control.find<ports::ReleaseRow>(tenant, *request.release);
        if (!release) return base::not_found("there is no such release").at("release");
        if (release->set == device::SetId{})
            return base::not_found("the release has no SBOM: nothing can be said of its software")
                .at("release");
        // Of devices nothing is said: only what was decided for the whole fleet counts.
        const auto set = assessor_.assess(tenant, release->set);
        if (!set || set->knowledge != assessed->knowledge)
            return base::unavailable("the release is being assessed; ask again in a moment");
        note(*set, 0);
    } else {
        for (const fleet::Tally& tally :
             context_.core.fleet.tally(selection, {}, assessment::cells_of(*assessed)))
            for (const auto* set : {assessed->find(tally.base), assessed->find(tally.delta, tally.base)})
                if (set != nullptr) note(*set, tally.cell);
    }
    if (said.size() > kMostStatements)
        return base::too_large("more than " + grouped(kMostStatements) +
                               " statements: ask for one vulnerability, a release or fewer devices");
    std::map<std::pair<std::uint32_t, Said>, std::vector<component::Component>> grouped_by;
    for (const auto& [key, each] : said)
        grouped_by[{key.first, each}].push_back(key.second);
    vex::Document document;
    document.author = "Oakum";
    document.at = context_.core.clock.now();
    for (auto& [key, products] : grouped_by) {
        const advisory::AdvisoryView about = file.advisory(key.first);
        vex::Statement statement;
        statement.advisory = std::string(about.id);
        for (const std::string_view id : about.ids)
            if (id != about.id) statement.aliases.emplace_back(id);
        statement.status = key.second.status;
        statement.justification = key.second.justification;
        statement.words = key.second.words;
        statement.products = std::move(products);
        document.statements.push_back(std::move(statement));
    }
    return request.format == api::VexFormat::openvex ? vex::to_openvex(document)
                                                     : vex::to_cyclonedx(document);
}

void VexService::document(const access::Actor& actor, api::VexRequest request,
                          api::Answer<std::string> answer) {
    auto selection = registry_.selection(actor, request.query);
    if (!selection.ok()) return answer(std::move(selection).error());
    context_.background.post([this, tenant = tenant_of(actor), selection = std::move(*selection),
                              request = std::move(request),
                              answer = std::move(answer)] { answer(make(tenant, selection, request)); });
}

} // namespace oakum::server
