// SPDX-License-Identifier: Apache-2.0
// What makers state of their products: CSAF, OpenVEX, CycloneDX.
#include "names.hpp"
#include "statement_rows.hpp"
#include "statements.hpp"

namespace oakum::advisory {

using namespace layout;
using version::Scheme;

void StatementCompiler::add(const MakerStatement& statement, std::uint32_t record) {
    std::vector<std::string> keys;
    auto scheme = Scheme::generic;
    const auto purl = component::Purl::parse(statement.purl);
    if (purl.ok()) {
        keys.push_back(stated_key(purl->type, purl->full_name()));
        scheme = version::scheme_for_purl_type(purl->type).value_or(Scheme::generic);
    }
    // A purl says more than the names beside it.
    if (keys.empty()) {
        for (const auto& text : statement.cpes)
            if (const auto cpe = component::Cpe::parse(text); cpe.ok() && !cpe->key().empty())
                keys.push_back(cpe_key(cpe->key()));
        if (!statement.vendor.empty() && !statement.product.empty())
            keys.push_back(product_key(statement.vendor, statement.product));
    }
    if (keys.empty()) return;
    Rule rule;
    rule.record = record;
    rule.kind = RuleKind::stated;
    rule.default_status = static_cast<std::uint8_t>(statement.status);
    rule.name = strings_.add(statement.product);
    rule.files = purl.ok() ? strings_.add(statement.purl) : 0;
    rule.note = strings_.add(statement.reason);
    rule.fix = strings_.add(statement.fixed_in);
    rule.ranges_first = next(ranges);
    for (const auto& entry : statement.versions)
        append_entry(entry, scheme);
    rule.ranges_count = next(ranges) - rule.ranges_first;
    rule.scheme = static_cast<std::uint8_t>(scheme);
    rules.push_back(rule);
    file(keys);
}

} // namespace oakum::advisory
