// LINK: domain_advisory
// SPDX-License-Identifier: Apache-2.0
#include <advisory/compiler.hpp>
#include <advisory/match.hpp>
#include <advisory/shared.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace {

using namespace oakum;

base::Bytes sample() {
    advisory::AdvisoryCompiler compiler(nullptr);
    advisory::Record nvd;
    nvd.id = "CVE-2024-1";
    advisory::CpeMatch match;
    match.criteria = "cpe:2.3:a:v:p:*:*:*:*:*:*:*:*";
    match.end_excluding = "2.0";
    nvd.applicability.push_back(advisory::CpeConfiguration{false, false, {{false, false, {match}}}});
    compiler.add(nvd);
    advisory::Record apple;
    apple.source = advisory::Source::apple;
    apple.id = "CVE-2024-2";
    apple.applicability.push_back(advisory::AppleRelease{"ios", "17.5", "", {}, {"iPhone16,1"}});
    compiler.add(apple);
    return compiler.compile().value();
}

} // namespace

// Damage to a good file: the input is a list of (place, byte) to write; then everything is read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const base::Bytes good = sample();
    auto bytes = good;
    for (std::size_t i = 0; i + 3 <= size; i += 3)
        bytes[(static_cast<std::size_t>(data[i]) << 8U | data[i + 1]) % bytes.size()] = data[i + 2];
    const auto file = advisory::AdvisoryFile::open(bytes);
    if (!file.ok()) return 0;
    (void)file->verify().ok();
    component::Component p;
    p.name = "p";
    p.version = "1.0";
    p.cpe = "cpe:2.3:a:v:p:1.0:*:*:*:*:*:*:*";
    component::Component system;
    system.kind = component::Kind::operating_system;
    system.name = "ios";
    system.version = "17.4";
    const std::vector set{p, system};
    for (std::uint32_t i = 0; i < std::min(file->size(), 16U); ++i)
        (void)file->advisory(i);
    const auto assessment = advisory::match_set(*file, set, {}, {}, advisory::Detail::everything);
    for (const auto& entry : assessment.verdicts)
        (void)advisory::evidence(*file, set[entry.component % set.size()], entry.verdict);
    // What was judged with the one is carried over to the other, both ways.
    static const advisory::AdvisoryFile whole = advisory::AdvisoryFile::open(good).value();
    const advisory::Surroundings around(set);
    for (const auto& [from, to] : {std::pair(whole, *file), std::pair(*file, whole)}) {
        advisory::SharedMatcher before(from);
        advisory::SharedMatcher now(to, from);
        for (const auto& component : set) {
            const auto id = base::sha256(component.name);
            (void)now.carry(id, before.judge(id, component, around));
        }
    }
    return 0;
}
