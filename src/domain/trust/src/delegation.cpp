// SPDX-License-Identifier: Apache-2.0
#include <trust/delegation.hpp>

#include <trust/limits.hpp>

#include <algorithm>

namespace oakum::trust {
namespace {

// One segment, without '/': the usual greedy match that goes back to the last '*' only.
bool segment_matches(std::string_view pattern, std::string_view text) {
    std::size_t p = 0, t = 0, star = std::string_view::npos, retry = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            retry = t;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            ++p;
            // '?' is one character, which may be several bytes.
            const bool any = pattern[p - 1] == '?';
            ++t;
            while (any && t < text.size() && (static_cast<unsigned char>(text[t]) & 0xC0) == 0x80)
                ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++retry;
        } else {
            return false;
        }
    }
    return std::all_of(pattern.begin() + static_cast<std::ptrdiff_t>(p), pattern.end(),
                       [](char c) { return c == '*'; });
}

std::string succinct_name(const SuccinctRoles& roles, std::string_view path) {
    const base::Digest256 digest = base::sha256(path);
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < 4; ++i)
        bits = bits << 8 | digest.bytes[i];
    const std::uint64_t bin = bits >> (32 - roles.bit_length);
    // As many digits as the last bin's number has.
    const std::size_t digits = (roles.bit_length + 3) / 4;
    std::string name(digits, '0');
    for (std::size_t i = 0; i < digits; ++i)
        name[digits - 1 - i] = "0123456789abcdef"[bin >> (4 * i) & 15];
    return roles.name_prefix + "-" + name;
}

bool covers(const DelegatedRole& role, std::string_view path, const std::string& path_hash) {
    if (const auto* globs = std::get_if<PathPatterns>(&role.scope))
        return std::any_of(globs->globs.begin(), globs->globs.end(),
                           [&](const std::string& glob) { return glob_matches(glob, path); });
    const auto& prefixes = std::get<PathHashPrefixes>(role.scope).prefixes;
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](const std::string& prefix) { return path_hash.starts_with(prefix); });
}

} // namespace

bool glob_matches(std::string_view pattern, std::string_view path) {
    for (;;) {
        const auto pattern_slash = pattern.find('/'), path_slash = path.find('/');
        if ((pattern_slash == std::string_view::npos) != (path_slash == std::string_view::npos)) return false;
        if (!segment_matches(pattern.substr(0, pattern_slash), path.substr(0, path_slash))) return false;
        if (path_slash == std::string_view::npos) return true;
        pattern.remove_prefix(pattern_slash + 1);
        path.remove_prefix(path_slash + 1);
    }
}

std::vector<Delegation> delegations_for(const Delegations& delegations, std::string_view path) {
    if (const auto* succinct = std::get_if<SuccinctRoles>(&delegations.roles))
        return {{succinct_name(*succinct, path), succinct->signers, true}};
    std::vector<Delegation> found;
    const std::string path_hash = base::sha256(path).hex();
    for (const DelegatedRole& role : std::get<std::vector<DelegatedRole>>(delegations.roles)) {
        if (!covers(role, path, path_hash)) continue;
        found.push_back({role.name, role.signers, role.terminating});
        if (role.terminating) break;
    }
    return found;
}

} // namespace oakum::trust
