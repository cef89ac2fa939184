// LINK: engine_governance
// SPDX-License-Identifier: Apache-2.0
#include <governance/anchor.hpp>
#include <governance/retention.hpp>
#include <governance/sign_in_codes.hpp>
#include <governance/single_sign_on.hpp>

#include <cstdlib>

using namespace oakum;

// What somebody types as a code, a provider's date, a stored policy and an audit record, each from the same
// bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    if (const auto core = governance::code_core(text)) {
        if (core->size() != 8 || governance::code_core(*core) != core) std::abort();
    }
    (void)governance::behind(text, base::from_unix_ms(1'800'000'000'000));
    const retention::Policy policy = governance::retention_policy(text);
    // Whatever stands there, evidence keeps its floor.
    if (!policy.with({}).ok()) std::abort();
    if (const auto days = policy.of(retention::Kind::audit); days && *days < 365) std::abort();
    ports::AuditRow row;
    row.number = 7;
    row.actor = "oakumd";
    row.action = governance::kAnchorAction;
    row.after = text;
    if (const auto anchor = governance::anchor_of(row); anchor && anchor->through >= row.number) std::abort();
    return 0;
}
